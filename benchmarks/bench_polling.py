"""Polling measured: 1,000 feeds that answer 304, 1,000 feeds of 20 new items, and memory.

The server runs in a process of its own. The floor of the first is a bare loop of the same HTTP client over
the same URLs with the same number of connections; that of the second is feedparser in a plain loop over
the same bodies.
"""

import asyncio
import io
import multiprocessing
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

import feedparser
import httpx

from newsbeam.clock import system_clock
from newsbeam.feeds.cursor import Cursor, first_cursor
from newsbeam.feeds.poll import Polled, poll_feeds
from newsbeam.feeds.settings import FeedSettings, HttpSettings
from newsbeam.feeds.transport import MAX_IDLE

FEEDS = 1_000
ITEMS = 20
ROUNDS = 3
HTTP = HttpSettings(allow_private=("127.0.0.0/8",), host_spacing_seconds=0)
PARAGRAPH = (
    "The company said on Thursday that it will build a plant near the river and hire three hundred people, "
    "two years after it had closed another one; suppliers and the town council were told in the morning. "
)


def body(feed: int) -> bytes:
    """Return an RSS document of 20 items of about 2 KB each, as a feed with full text has them."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{feed}-{n}</guid><title>Xiaomi opens plant {feed} in {n}</title>"
        f"<link>https://news{feed}.example/{n}?utm_source=rss</link>"
        f"<pubDate>Thu, 01 Aug 2024 10:{n:02}:00 GMT</pubDate>"
        f"<description>&lt;p&gt;{PARAGRAPH}&lt;/p&gt;</description>"
        f"<content:encoded><![CDATA[{f'<p>{PARAGRAPH}</p>' * 8}]]></content:encoded></item>"
        for n in range(ITEMS)
    )
    return (
        "<?xml version='1.0'?><rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'>"
        f"<channel><title>Feed {feed}</title>{items}</channel></rss>"
    ).encode()


def serve(told: Connection) -> None:
    """Serve: 304 to whoever asks with a condition, else the body of the feed that the path names."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if b"if-none-match" in head.lower():
                    writer.write(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n')
                else:
                    found = body(int(head.split(b" ", 2)[1][1:]))
                    writer.write(
                        b'HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nETag: "1"\r\n'
                        b"Content-Length: %d\r\n\r\n%s" % (len(found), found)
                    )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, "0.0.0.0", 0, backlog=1_000)  # noqa: S104 - all of 127/8
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


@contextmanager
def serving() -> Iterator[int]:
    """Run the server; gives its port."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.kill()
        process.join()


def feeds_at(port: int, count: int) -> list[FeedSettings]:
    """Return ``count`` feeds, each on a host of its own."""
    return [FeedSettings(url=f"http://127.0.{n // 250 + 1}.{n % 250 + 1}:{port}/{n}") for n in range(count)]


async def bare_loop(urls: list[str]) -> None:
    """Ask for ``urls`` with the client as it comes out of its box: as many at once as a pass would."""
    queue = list(reversed(urls))
    limits = httpx.Limits(max_connections=HTTP.connections, max_keepalive_connections=MAX_IDLE)
    async with httpx.AsyncClient(limits=limits) as client:

        async def work() -> None:
            while queue:
                answer = await client.get(queue.pop(), headers={"If-None-Match": '"1"'})
                assert answer.status_code == 304

        await asyncio.gather(*(work() for _ in range(HTTP.connections)))


def one_pass(pairs: list[tuple[FeedSettings, Cursor]]) -> list[tuple[Cursor, str, int]]:
    """Poll ``pairs``; return cursor, outcome and number of entries of each, and drop the entries."""

    async def run(polled: AsyncIterator[Polled]) -> list[tuple[Cursor, str, int]]:
        return [(each.cursor, each.outcome, len(each.entries)) async for each in polled]

    return asyncio.run(run(poll_feeds(pairs, HTTP, system_clock)))


def best(work: Callable[[], object]) -> float:
    """Return the seconds of the fastest of a few rounds."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def not_modified(port: int) -> float:
    """Print what a pass over feeds that have not changed costs beside the bare loop; return the ratio."""
    feeds = feeds_at(port, FEEDS)
    now = system_clock().strftime("%Y-%m-%dT%H:%M:%SZ")
    pairs = [
        (
            feed,
            first_cursor(feed)._replace(etag='"1"', body_hash="x", last_full_at=now, entries=1, state="ok"),
        )
        for feed in feeds
    ]
    assert {"not_modified"} == {outcome for _, outcome, _ in one_pass(pairs)}
    bare = best(lambda: asyncio.run(bare_loop([feed.url for feed in feeds])))
    ours = best(lambda: one_pass(pairs))
    print(f"\npolling {FEEDS} feeds, all 304, {HTTP.connections} connections")
    print(f"  the HTTP client in a bare loop  {bare:6.2f} s")
    print(f"  a pass                          {ours:6.2f} s   {ours / bare:.2f} times")
    return ours / bare


def new_items(port: int) -> float:
    """Print the throughput of a pass over feeds of new items beside feedparser in a plain loop."""
    feeds = feeds_at(port, FEEDS)
    started, spent = time.perf_counter(), processor_seconds()
    found = one_pass([(feed, first_cursor(feed)) for feed in feeds])
    ours, spent = time.perf_counter() - started, processor_seconds() - spent
    assert sum(count for _, _, count in found) == FEEDS * ITEMS
    sample = [body(n) for n in range(FEEDS // 5)]
    started, floor_spent = time.perf_counter(), processor_seconds()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for each in sample:
            feedparser.parse(io.BytesIO(each))
    floor = (time.perf_counter() - started) * FEEDS / len(sample)
    floor_spent = (processor_seconds() - floor_spent) * FEEDS / len(sample)
    print(f"\nretrieving and parsing {FEEDS} feeds of {ITEMS} new items ({len(sample[0]) // 1000} KB each)")
    print(f"  feedparser in a plain loop      {FEEDS * ITEMS / floor:6.0f} items/s (no network)")
    print(f"  a pass                          {FEEDS * ITEMS / ours:6.0f} items/s   {floor / ours:.2f} of it")
    print(f"  processor time                  {floor_spent:6.1f} s and {spent:.1f} s with HTTP and hashes")
    return floor / ours


def processor_seconds() -> float:
    """Return the processor time of this process and of those it has waited for: load does not change it."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def peak(port: int, count: int) -> None:
    """Poll ``count`` feeds of new items and print the peaks of this process and of its parsers in MiB."""
    one_pass([(feed, first_cursor(feed)) for feed in feeds_at(port, count)])
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    print(*(resource.getrusage(who).ru_maxrss / 1024 for who in whose))


def memory(port: int) -> None:
    """Print the peak memory of a pass over 100 and over 1,000 feeds, each in a process of its own."""
    print("\npeak memory of a pass over feeds of new items")
    for count in (FEEDS // 10, FEEDS):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.bench_polling", str(port), str(count)],
            check=True,
            capture_output=True,
            text=True,
        )
        own, parser = map(float, done.stdout.split())
        print(f"  {count:>5} feeds  {own:7.1f} MiB, each of two parsers {parser:.1f} MiB")


def main() -> None:
    """Measure all of it."""
    with serving() as port:
        not_modified(port)
        new_items(port)
        memory(port)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        peak(int(sys.argv[1]), int(sys.argv[2]))
    else:
        main()
