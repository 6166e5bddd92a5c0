"""A real HTTP server on loopback that does what it is told, down to the byte; it runs in its own thread."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

REASONS = {200: "OK", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 404: "Not Found"}


class Request(NamedTuple):
    """A request: path with query, headers in lower case, and when it came in seconds of the loop's clock."""

    path: str
    headers: dict[str, str]
    at: float


class Reply(NamedTuple):
    """A whole answer; Content-Length is added."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = {}  # noqa: RUF012 - never changed


Raw = Callable[[asyncio.StreamWriter], Awaitable[None]]
"""Writes an answer by itself, headers and all."""
Answer = Reply | Raw | Callable[[Request], Reply]


class Server:
    """Answers by path; ``seen`` are the requests so far, ``most_at_once`` how many were open together."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.seen: list[Request] = []
        self.port = 0
        self.delay = 0.0
        self.most_at_once: dict[str, int] = defaultdict(int)
        self._open: dict[str, int] = defaultdict(int)
        self._writers: list[asyncio.StreamWriter] = []

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """Return the URL of ``path`` on this server by the name ``host``."""
        return f"http://{host}:{self.port}{path}"

    def asked(self, path: str) -> list[Request]:
        """Return the requests for ``path``."""
        return [request for request in self.seen if request.path == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self._writers.append(writer)
        broken = (
            ConnectionError,
            asyncio.IncompleteReadError,
            asyncio.LimitOverrunError,
            asyncio.CancelledError,
        )
        with suppress(*broken):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                fields = (line.partition(":") for line in head[1:] if line)
                headers = {name.lower(): value.strip() for name, _, value in fields}
                request = Request(head[0].split()[1], headers, asyncio.get_running_loop().time())
                self.seen.append(request)
                if not await self._answered(request, writer):
                    break
        writer.close()

    async def close(self) -> None:
        """Break off all connections."""
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)

    async def _answered(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        host = request.headers["host"]
        self._open[host] += 1
        self.most_at_once[host] = max(self.most_at_once[host], self._open[host])
        try:
            answer = self.answers.get(request.path, Reply(b"nothing here", 404))
            if not isinstance(answer, Reply) and asyncio.iscoroutinefunction(answer):
                await answer(writer)
                return False
            await asyncio.sleep(self.delay)
            writer.write(_packed(answer if isinstance(answer, Reply) else answer(request)))  # type: ignore[arg-type]
            await writer.drain()
            return True
        finally:
            self._open[host] -= 1


def _packed(reply: Reply) -> bytes:
    body = reply.body.encode() if isinstance(reply.body, str) else reply.body
    fields = {"Content-Type": "application/xml", "Content-Length": str(len(body))} | reply.headers
    lines = [f"HTTP/1.1 {reply.status} {REASONS.get(reply.status, 'So')}"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (b"" if reply.status == 304 else body)


@contextmanager
def loopback() -> Iterator[Server]:
    """Run a server on a free port, on all addresses of 127.0.0.0/8."""
    server, ready = Server(), threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def run() -> None:
        listening = await asyncio.start_server(server.serve, "0.0.0.0", 0, limit=1 << 20)  # noqa: S104
        server.port = listening.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        listening.close()
        await server.close()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def rss(*items: str, title: str = "A feed") -> bytes:
    """Return an RSS document with ``items`` (the inside of each)."""
    inside = "".join(f"<item>{item}</item>" for item in items)
    head = '<?xml version="1.0"?><rss version="2.0"><channel>'
    return f"{head}<title>{title}</title>{inside}</channel></rss>".encode()


def item(
    number: int, title: str = "Xiaomi launches a phone", date: str = "Thu, 01 Aug 2024 10:00:00 GMT"
) -> str:
    """Return the inside of an item."""
    return (
        f"<guid isPermaLink='false'>id-{number}</guid><title>{title} {number}</title>"
        f"<link>https://news.example/{number}</link><description>Text {number}.</description>"
        f"<pubDate>{date}</pubDate>"
    )
