"""Other people's feeds through the same path as any: a real server, the client, the parser."""

import asyncio
import gzip
import io
import os
import tarfile
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import pytest

from newsbeam.clock import FixedClock, from_iso
from newsbeam.feeds.cursor import first_cursor
from newsbeam.feeds.poll import Poller
from newsbeam.feeds.settings import FeedSettings
from tests.integration.loopback import Reply, Server, loopback
from tests.integration.polling import CLOCK, http, poll_all

EVERY = int(os.environ.get("NEWSBEAM_FEED_FILES", "5"))
"""Each so many-th file is taken; 1 takes all 5,081 (half a minute)."""
CAPTURES = int(os.environ.get("NEWSBEAM_STREAM", "24"))
"""So many of the 276 captures."""


@pytest.fixture
def server() -> Iterator[Server]:
    with loopback() as running:
        yield running


def members(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as opened:
        for member in opened:
            stream = opened.extractfile(member)
            if stream is not None:
                yield member.name, stream.read()


def feedparsed(body: bytes, headers: dict[str, str]) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return feedparser.parse(io.BytesIO(body), response_headers=headers, sanitize_html=False)


def test_every_file_of_six_feed_parsers_ends_as_items_or_with_a_readable_reason(
    server: Server, shared_data: Path
) -> None:
    """No crash, and at least the entries that feedparser finds (whole repeats are counted, not kept)."""
    counts: Counter[str] = Counter()
    feeds, found = [], {}
    for number, (_, body) in enumerate(members(shared_data / "feeds" / "feeds.tar.gz")):
        if number % EVERY:
            continue
        # Many hosts, as loopback has many: the client asks each for one file at a time.
        url = server.url(f"/{number}", f"127.1.0.{number % 16 + 1}")
        server.answers[f"/{number}"] = Reply(body, headers={"Content-Type": "application/octet-stream"})
        feeds.append(FeedSettings(url=url))
        try:
            told = {"content-type": "application/octet-stream", "content-location": url}
            found[feeds[-1].feed_id] = len(feedparsed(body, told).entries)
        except Exception:  # noqa: BLE001 - it does that
            counts["feedparser raised"] += 1
            found[feeds[-1].feed_id] = 0
    for polled in poll_all([(feed, first_cursor(feed)) for feed in feeds], http(connections=8), CLOCK):
        counts["files"] += 1
        counts["entries by feedparser"] += (expected := found[polled.feed.feed_id])
        counts["items"] += len(polled.entries)
        counts[f"state {polled.cursor.state}"] += 1
        counts["dead letters"] += len(polled.dead_letters)
        counts.update(f"items with {word}" for entry in polled.entries for word in entry.problems)
        repeats = [word for word in polled.cursor.words.split("; ") if word.endswith("entries repeat others")]
        repeated = sum(int(word.split()[0]) for word in repeats)
        counts["whole repeats"] += repeated
        assert len(polled.entries) + repeated >= expected, polled.feed.url
        assert polled.entries or polled.dead_letters or polled.cursor.state == "empty"
        assert all(
            len(letter.message) > 10 and letter.message.isprintable() for letter in polled.dead_letters
        )
        ids = [entry.item.item_id for entry in polled.entries]
        assert len(ids) == len(set(ids))
        assert all(entry.item.url.startswith(("http", "")) for entry in polled.entries)
    print("\n" + "\n".join(f"  {name:28} {number:6}" for name, number in sorted(counts.items())))
    assert len(feeds) == counts["files"]


@pytest.fixture(scope="module")
def captures(shared_data: Path) -> list[tuple[str, bytes, frozenset[tuple[str, str, str]]]]:
    """Return name, body and what feedparser sees in it (id, title, date) of each capture, oldest first."""
    found = []
    for name, packed in sorted(members(shared_data / "stream" / "ars-2024.tar"))[:CAPTURES]:
        body = gzip.decompress(packed)
        entries = feedparsed(body, {"content-location": "http://127.0.0.1/ars"}).entries
        found.append((name, body, frozenset((e.id, e.title, e.published) for e in entries)))
    return found


@pytest.mark.parametrize("lying", [False, True], ids=["correct validators", "lying validators"])
def test_the_captures_of_one_feed_give_each_item_one_id(
    server: Server, captures: list[tuple[str, bytes, frozenset[tuple[str, str, str]]]], lying: bool
) -> None:
    """What a plain feedparser loop over the bodies sees, arrives: the same items, edits and re-titles."""
    expected: dict[str, set[tuple[str, ...]]] = {}
    seen: dict[str, set[tuple[str, ...]]] = {}
    ids: dict[str, str] = {}
    outcomes: Counter[str] = Counter()
    clock = FixedClock(from_iso("2024-03-21"))

    async def run() -> None:
        feed = FeedSettings(url=server.url("/ars"))
        cursor = first_cursor(feed)
        async with Poller(http(), clock) as poller:
            for name, body, entries in captures:
                clock.now = from_iso(Path(name).name.partition(".")[0])
                tag = '"always the same"' if lying else f'"{hash(body)}"'
                server.answers["/ars"] = lambda request, tag=tag, body=body: (  # type: ignore[misc]
                    Reply(b"", 304)
                    if not lying and request.headers.get("if-none-match") == tag
                    else Reply(body, headers={"ETag": tag})
                )
                for guid, title, date in entries:
                    expected.setdefault(guid, set()).add((title, date))
                async for polled in poller.poll([(feed, cursor)]):
                    cursor = polled.cursor
                    outcomes[polled.outcome] += 1
                    for each in polled.entries:
                        item = each.item
                        seen.setdefault(item.item_id, set()).add((item.title, item.published_at or ""))
                        ids.setdefault(item.item_id, item.url)
                        assert ids[item.item_id] == item.url

    asyncio.run(run())
    versions = sum(len(each) for each in seen.values())
    print(
        f"\n{len(captures)} captures: {dict(outcomes)}, {len(seen)} items, {versions} versions of title and "
        f"date, {sum(len({title for title, _ in each}) > 1 for each in seen.values())} re-titled"
    )
    assert len(expected) == len(seen)
    assert sum(len(each) for each in expected.values()) == versions
    assert "failed" not in outcomes
