"""Hostile servers: bounded time, bounded memory, and the other feeds unharmed."""

import asyncio
import gzip
import os
import resource
import signal
import socket
import subprocess
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

import brotli
import pytest
import zstandard

from newsbeam.feeds.cursor import first_cursor
from newsbeam.feeds.poll import Polled, Poller
from newsbeam.feeds.settings import FeedSettings
from tests.integration.loopback import Raw, Reply, Server, item, loopback, rss
from tests.integration.polling import CLOCK, http, poll, poll_all

GOOD = rss(item(1), item(2))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"
LIMITS = {
    "connect_seconds": 0.5, "read_seconds": 0.5, "total_seconds": 1.0, "max_parse_seconds": 3.0,
    "max_body_bytes": 2_000_000, "max_decoded_bytes": 4_000_000, "connections": 10,
}  # fmt: skip


@pytest.fixture
def server() -> Iterator[Server]:
    with loopback() as running:
        yield running


async def endless_body(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"\r\n")
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


async def endless_chunks(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"1\r\nx\r\n" * 1000)
        await writer.drain()


async def endless_chunk_extension(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;")
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


async def slow_body(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Length: 1000\r\n\r\n")
    for _ in range(1000):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.1)


async def slow_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(1000):
        writer.write(b"X-%d: 1\r\n" % number)
        await writer.drain()
        await asyncio.sleep(0.1)


async def silent(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def header_flood(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in count():
        writer.write(b"X-%d: %s\r\n" % (number, b"y" * 1000))
        await writer.drain()


async def one_long_header(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        writer.write(b"y" * 65_536)
        await writer.drain()


async def endless_hints(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 100)
        await writer.drain()


async def trailer_flood(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n")
    while True:
        writer.write(b"X: y\r\n" * 1000)
        await writer.drain()


async def no_http(writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.0\r\n\r\n")


async def hangs_up(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Length: 1000\r\n\r\nabc")
    await writer.drain()


async def hangs_up_at_once(writer: asyncio.StreamWriter) -> None:
    pass


async def two_lengths(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde")
    await writer.drain()


RAW: dict[str, tuple[Raw, str]] = {
    "endless body": (endless_body, "broken"),
    "endless chunks": (endless_chunks, "broken"),
    "endless chunk extension": (endless_chunk_extension, "broken slow"),
    "slow body": (slow_body, "slow"),
    "slow headers": (slow_headers, "slow"),
    "silent": (silent, "slow"),
    "header flood": (header_flood, "broken"),
    "one long header": (one_long_header, "broken"),
    "endless hints": (endless_hints, "broken"),
    "trailer flood": (trailer_flood, "broken slow"),
    "no HTTP": (no_http, "broken"),
    "hangs up": (hangs_up, "unreachable"),
    "hangs up at once": (hangs_up_at_once, "unreachable"),
    "two lengths": (two_lengths, "broken"),
}

ZEROS = b"\0" * 200_000_000


def laughs(name: str = "lol") -> bytes:
    """Return the billion laughs."""
    lines = [f'<!ENTITY {name}0 "{name * 10}">']
    lines += [f'<!ENTITY {name}{n} "{f"&{name}{n - 1};" * 10}">' for n in range(1, 10)]
    return (
        f"<?xml version='1.0'?><!DOCTYPE rss [{''.join(lines)}]>"
        f"<rss version='2.0'><channel><title>&{name}9;</title>"
        f"<item><title>&{name}9;</title></item></channel></rss>"
    ).encode()


def quadratic() -> bytes:
    """Return one long entity, used often; broken, so that the lenient parser expands it."""
    return (
        b'<!DOCTYPE rss [\n<!ENTITY a "' + b"x" * 100_000 + b'">\n]>\n'
        b'<rss version="2.0"><channel><item><title>'
        + b"&a;" * 20_000 + b" & </title></item></channel></rss>"
    )  # fmt: skip


BODIES: dict[str, Callable[[], Reply]] = {
    "gzip bomb": lambda: Reply(gzip.compress(ZEROS), headers={"Content-Encoding": "gzip"}),
    "br bomb": lambda: Reply(brotli.compress(ZEROS, quality=1), headers={"Content-Encoding": "br"}),
    "zstd bomb": lambda: Reply(zstandard.compress(ZEROS), headers={"Content-Encoding": "zstd"}),
    "bomb in a bomb": lambda: Reply(
        gzip.compress(gzip.compress(ZEROS)), headers={"Content-Encoding": "gzip, gzip"}
    ),
    "packed ten times": lambda: Reply(b"x", headers={"Content-Encoding": ", ".join(["gzip"] * 10)}),
    "huge zstd window": lambda: Reply(
        zstandard.ZstdCompressor(
            compression_params=zstandard.ZstdCompressionParameters(window_log=27, enable_ldm=True)
        ).compress(ZEROS[:100_000_000]),
        headers={"Content-Encoding": "zstd"},
    ),
    "unknown coding": lambda: Reply(GOOD, headers={"Content-Encoding": "rot13"}),
    "not the coding it says": lambda: Reply(GOOD, headers={"Content-Encoding": "br"}),
    "declared too long": lambda: Reply(GOOD, headers={"Content-Length": "99999999999"}),
    "billion laughs": lambda: Reply(laughs()),
    "billion laughs in UTF-16": lambda: Reply(laughs().decode().encode("utf-16")),
    "quadratic entity": lambda: Reply(quadratic()),
    "punycode": lambda: Reply(b"a" * 100_000, headers={"Content-Type": "application/xml; charset=punycode"}),
    "regular expression trap": lambda: Reply(
        b"<rss version='2.0'><channel><item><author>" + b"a" * 300_000 + b"</author></item></channel></rss>"
    ),
    "deep JSON": lambda: Reply(b'{"items":' + b"[" * 500_000),
    "redirects for ever": lambda: Reply(b"", 302, {"Location": "/redirects%20for%20ever"}),
    "redirect to a file": lambda: Reply(b"", 302, {"Location": "file:///etc/passwd"}),
    "redirect to no URL": lambda: Reply(b"", 302, {"Location": "http://[::1"}),
}


def path_of(name: str) -> str:
    return "/" + name.replace(" ", "%20")


@pytest.mark.parametrize("name", [*RAW, *BODIES])
def test_each_trick_ends_soon_as_a_failure_in_words(server: Server, name: str) -> None:
    """In at most the time and size allowed; what is no passing fault is a dead letter."""
    answer, states = RAW[name] if name in RAW else (BODIES[name](), "broken refused")
    server.answers[path_of(name)] = answer
    started = time.perf_counter()
    polled = poll(server.url(path_of(name)), **LIMITS)
    assert time.perf_counter() - started < 6
    assert ("failed", True) == (polled.outcome, polled.cursor.state in states.split()), polled.cursor.words
    assert 10 < len(polled.cursor.words) <= 300
    assert (polled.cursor.state not in ("slow", "unreachable")) == bool(polled.dead_letters)


def test_all_tricks_at_once_leave_the_other_feeds_unharmed(server: Server) -> None:
    """Good feeds among them give their items; memory stays within what the limits allow."""
    for name in RAW:
        server.answers[path_of(name)] = RAW[name][0]
    for name, make in BODIES.items():
        server.answers[path_of(name)] = make()
    server.answers["/good"] = Reply(GOOD)
    hostile = [
        FeedSettings(url=server.url(path_of(n), f"127.0.1.{i}")) for i, n in enumerate([*RAW, *BODIES], 1)
    ]
    good = [FeedSettings(url=server.url("/good", f"127.0.2.{i}")) for i in range(1, 31)]
    mixed = [feed for pair in zip(hostile, good, strict=False) for feed in pair]
    mixed += [feed for feed in (*hostile, *good) if feed not in mixed]
    # Client, server and tricks share this process and a busy machine: what is cut off must not be the good.
    patient = LIMITS | {"connect_seconds": 3, "read_seconds": 3, "total_seconds": 6}
    tracemalloc.start()
    started = time.perf_counter()
    polled = poll_all([(feed, first_cursor(feed)) for feed in mixed], http(**patient))
    seconds, peak = time.perf_counter() - started, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"\n{len(mixed)} feeds, {len(hostile)} hostile: {seconds:.1f} s, "
        f"{peak / 1e6:.0f} MB, parsers {children:.0f} MB"
    )
    urls = {feed.url for feed in good}
    assert [("new_body", 2)] * 30 == [(p.outcome, len(p.entries)) for p in polled if p.feed.url in urls]
    assert {"failed"} == {p.outcome for p in polled if p.feed.url not in urls}
    assert seconds < 60
    assert peak < 100e6


PRIVATE = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1",  # noqa: S104
    "169.254.169.254", "192.0.0.192", "168.63.129.16", "224.0.0.1", "255.255.255.255", "::1", "::",
    "fe80::1",
    "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::1", "fec0::1",
]  # fmt: skip


def resolves_to(*addresses: str) -> Callable[[str, int], object]:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    return resolve


@pytest.mark.parametrize("address", PRIVATE)
def test_no_request_to_private_addresses_by_name_number_or_redirect(server: Server, address: str) -> None:
    """Whether the feed names them, a redirect leads there, or a DNS answer points there."""
    literal = f"[{address}]" if ":" in address else address
    direct = poll(f"http://{literal}:{server.port}/", allow_private=(), **LIMITS)
    named = poll(
        server.url("/", "innocent.example"), resolver=resolves_to(address), allow_private=(), **LIMITS
    )
    server.answers["/"] = Reply(b"", 301, {"Location": f"http://{literal}:{server.port}/secret"})
    redirected = poll(server.url("/"), allow_private=("127.0.0.1/32",), **LIMITS)
    allowed = address == "127.0.0.1"
    assert ["refused", "refused"] == [direct.cursor.state, named.cursor.state]
    assert ("missing" if allowed else "refused") == redirected.cursor.state
    assert [] == [request for request in server.seen if request.path == "/secret" and not allowed]


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f.1", "127.1", "017700000001"])
def test_other_ways_to_write_loopback_are_seen_through(server: Server, host: str) -> None:
    """What counts is the address that is connected to."""
    polled = poll(server.url("/", host), allow_private=(), **LIMITS)
    assert ("failed", []) == (polled.outcome, server.seen)
    assert polled.cursor.state in ("refused", "unreachable")


def test_a_name_that_changes_its_address_between_check_and_connection_gains_nothing(server: Server) -> None:
    """There is one look-up for each connection, and its answer is what is connected to."""
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.9"] if len(asked) == 1 else ["10.0.0.1"]

    server.answers["/"] = Reply(GOOD, headers={"Connection": "keep-alive"})
    polled = poll(
        server.url("/", "rebind.example"), resolver=rebinding, allow_private=("127.0.0.9",), **LIMITS
    )
    assert ("new_body", ["rebind.example"]) == (polled.outcome, asked)


def test_an_answer_with_public_and_private_addresses_reaches_only_what_is_allowed(server: Server) -> None:
    """The private ones are passed over."""
    server.answers["/"] = Reply(GOOD)
    polled = poll(
        server.url("/", "mixed.example"),
        resolver=resolves_to("10.0.0.1", "169.254.169.254", "127.0.0.7"),
        allow_private=("127.0.0.7",),
        **LIMITS,
    )
    assert "new_body" == polled.outcome


def test_an_intranet_host_can_be_allowed_by_name(server: Server) -> None:
    """For that name only."""
    server.answers["/"] = Reply(GOOD)
    resolver = resolves_to("127.0.0.1")
    names = ("wiki.intranet.example", "other.example")
    states = [
        poll(server.url("/", name), resolver=resolver, allow_private=(names[0],), **LIMITS).cursor.state
        for name in names
    ]
    assert ["ok", "refused"] == states


def test_names_that_do_not_resolve_or_take_for_ever(server: Server) -> None:
    """Are failures of that feed, within the time for connecting."""

    async def fails(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    async def hangs(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return []

    started = time.perf_counter()
    states = [poll("http://no.example/", resolver=each, **LIMITS).cursor.state for each in (fails, hangs)]
    assert ["unreachable", "slow"] == states
    assert time.perf_counter() - started < 3


def test_a_stop_that_is_sent_to_all_processes_leaves_the_parsers_at_work(server: Server) -> None:
    """A service manager tells every process of a service to end; the pass still finishes."""
    server.answers["/"] = Reply(rss(*(item(number) for number in range(60))))

    async def run() -> tuple[list[str], list[str]]:
        outcomes: list[str] = []
        found = []
        async with Poller(http(), CLOCK) as poller:
            for _ in range(2):
                feed = FeedSettings(url=server.url("/"))
                outcomes += [polled.outcome async for polled in poller.poll([(feed, first_cursor(feed))])]
                told = await asyncio.to_thread(
                    subprocess.run, ["pgrep", "-P", str(os.getpid()), "-f", "parse_worker"],
                    capture_output=True, text=True, check=False,
                )  # fmt: skip
                found.append(told.stdout)
                for pid in told.stdout.split():
                    os.kill(int(pid), signal.SIGTERM)
        return outcomes, found

    outcomes, found = asyncio.run(run())
    assert ["new_body", "new_body"] == outcomes
    assert found[0] == found[1] != ""


def test_nobody_listens() -> None:
    """A refused connection is unreachable."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "unreachable" == poll(f"http://127.0.0.1:{port}/", **LIMITS).cursor.state


def test_terminal_escapes_and_direction_marks_in_titles_are_taken_out(server: Server) -> None:
    """A title cannot paint the operator's terminal."""
    title = "Xiaomi &#x9b;31m\x1b[2J\x1b]0;owned\x07 &#27;[31m \u202elaunches\u202c\u200b"
    body = (
        rss(item(1, title=title), title="A \x1b[31m feed").replace(b"\x1b", b"&#x1b;").replace(b"\x07", b"")
    )
    server.answers["/"] = Reply(body, headers={"Content-Type": "application/xml; charset=utf-8"})
    polled = poll(server.url("/"))
    shown = (
        polled.entries[0].item.title
        + polled.cursor.title
        + polled.cursor.words
        + polled.entries[0].item.summary
    )
    assert "Xiaomi" in shown
    assert [] == [char for char in shown if not char.isprintable()]


def test_a_feed_cannot_name_a_file_or_take_cookies(server: Server, tmp_path: Path) -> None:
    """A body that looks like a file name is not opened; cookies are not kept."""
    secret = tmp_path / "feed.xml"
    secret.write_bytes(GOOD)
    server.answers["/"] = Reply(str(secret), headers={"Set-Cookie": "a=b; Path=/"})
    feeds = [FeedSettings(url=server.url("/")), FeedSettings(url=server.url("/?again"))]
    server.answers["/?again"] = server.answers["/"]
    polled: list[Polled] = poll_all([(feed, first_cursor(feed)) for feed in feeds], http())
    assert ["broken", "broken"] == [each.cursor.state for each in polled]
    assert [] == [request for request in server.seen if "cookie" in request.headers]


def test_a_feed_with_very_many_entries_gives_the_first(server: Server) -> None:
    """And says that there were more."""
    server.answers["/"] = Reply(rss(*(item(n) for n in range(300))))
    polled = poll(server.url("/"), max_entries=100)
    assert (100, "300 entries, of which the first 100 are read") == (len(polled.entries), polled.cursor.words)
