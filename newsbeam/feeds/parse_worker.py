"""The process that parses: bodies in on stdin, what they hold out on stdout, one after another.

Some bodies of 200 KB keep feedparser's regular expressions busy for minutes, and no thread can be stopped.
A process can: by the limit on its memory, by its own alarm, or by :mod:`newsbeam.feeds.parsers`.
"""

import os
import pickle
import resource
import signal
import sys
from typing import BinaryIO

from newsbeam.errors import FeedError
from newsbeam.feeds.entries import Origin
from newsbeam.feeds.parse import ParsedFeed, parse_feed

LENGTH_BYTES = 8
MEMORY = 2 << 30
"""Bytes of address space. A feed of 10 MB with 100,000 entries needs 660 MB."""


def main() -> None:
    """Serve until stdin ends; ``argv[1]`` is how many seconds a body may take."""
    seconds = float(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # Ctrl-C and a stop of the whole service are for the pass: it may still finish, and it closes our stdin.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    taken, given = sys.stdin.buffer, sys.stdout.buffer
    while head := taken.read(LENGTH_BYTES):
        job = pickle.loads(taken.read(int.from_bytes(head, "big")))  # noqa: S301 - from our own parent
        signal.setitimer(signal.ITIMER_REAL, seconds + 1)  # in case that the parent is gone
        write_message(given, _answer(*job))
        signal.setitimer(signal.ITIMER_REAL, 0)


def _answer(body: bytes, headers: dict[str, str], origin: Origin) -> ParsedFeed | FeedError:
    try:
        return parse_feed(body, headers, origin)
    except FeedError as error:
        error.__cause__ = None  # causes are objects of parsers; their words are in the message
        return error
    except MemoryError:
        return FeedError(f"needs more than {MEMORY >> 20} MiB of memory to be parsed")
    except Exception as error:  # noqa: BLE001 - one feed must not take down the parsing of others
        return FeedError(f"cannot be parsed: {type(error).__name__}: {str(error)[:200]}")


def write_message(stream: BinaryIO, message: object) -> None:
    """Write ``message`` with its length before it."""
    packed = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(len(packed).to_bytes(LENGTH_BYTES, "big"))
    stream.write(packed)
    stream.flush()


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        os._exit(0)  # the pass was stopped while we parsed: nobody wants the answer
