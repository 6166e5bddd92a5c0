"""Processes that parse feeds: started when the first body comes, killed when one takes too long."""

import asyncio
import pickle
import sys
from collections.abc import Mapping
from contextlib import suppress

from newsbeam.errors import FeedError
from newsbeam.feeds.entries import Origin
from newsbeam.feeds.parse import ParsedFeed, parse_feed
from newsbeam.feeds.parse_worker import LENGTH_BYTES

PROCESSES = 2
"""One that is stuck does not hold up the others; more than two gain nothing beside the kernel."""
SMALL_BODY = 8_000
"""Bytes; a smaller body is parsed where we are. The worst found of this size take 0.35 s, where a process
takes 0.2 s to start; the worst of 200,000 bytes take minutes."""


class Parsers:
    """A few parsing processes, each with one body at a time."""

    def __init__(self, max_seconds: float, processes: int = PROCESSES) -> None:
        self._seconds = max_seconds
        self._idle: asyncio.LifoQueue[asyncio.subprocess.Process | None] = asyncio.LifoQueue()
        for _ in range(processes):
            self._idle.put_nowait(None)
        self._size = processes

    async def parse(self, body: bytes, headers: Mapping[str, str], origin: Origin) -> ParsedFeed:
        """Return what ``body`` holds; see :func:`newsbeam.feeds.parse.parse_feed`.

        Raises :class:`FeedError` also where that takes longer than ``max_seconds`` or too much memory.
        """
        if len(body) <= SMALL_BODY:
            return await asyncio.to_thread(parse_feed, body, headers, origin)
        process = await self._idle.get()
        sound = None
        try:
            if process is None or process.returncode is not None:
                process = await self._start()
            async with asyncio.timeout(self._seconds):
                answer = await _ask(process, (body, dict(headers), origin))
            sound = process
        except TimeoutError as error:
            raise FeedError(f"takes longer than {self._seconds:g} s to parse") from error
        except (asyncio.IncompleteReadError, BrokenPipeError, ConnectionResetError) as error:
            raise FeedError("makes the parser crash") from error
        finally:
            if sound is None and process is not None:
                await _stop(process)
            self._idle.put_nowait(sound)
        if isinstance(answer, FeedError):
            raise answer
        return answer

    async def _start(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "newsbeam.feeds.parse_worker",
            str(self._seconds),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=1 << 22,
        )

    async def aclose(self) -> None:
        """Stop the processes; waits for bodies that are being parsed."""
        for _ in range(self._size):
            process = await self._idle.get()
            if process is not None:
                await _stop(process)


async def _ask(process: asyncio.subprocess.Process, job: object) -> ParsedFeed | FeedError:
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    packed = pickle.dumps(job, protocol=pickle.HIGHEST_PROTOCOL)
    process.stdin.write(len(packed).to_bytes(LENGTH_BYTES, "big"))
    process.stdin.write(packed)
    await process.stdin.drain()
    length = int.from_bytes(await process.stdout.readexactly(LENGTH_BYTES), "big")
    answer: ParsedFeed | FeedError = pickle.loads(await process.stdout.readexactly(length))  # noqa: S301 - our own child
    return answer


async def _stop(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()
