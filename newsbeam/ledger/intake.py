"""Due feeds in, what is new in them out; what was learned is staged for the commit."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import structlog
from sqlalchemy import Engine

from newsbeam import clock
from newsbeam.clock import Clock
from newsbeam.feeds.cursor import Cursor
from newsbeam.feeds.entries import Entry
from newsbeam.feeds.flow import by_host
from newsbeam.feeds.pace import Pace
from newsbeam.feeds.poll import Polled, Poller
from newsbeam.feeds.schedule import UNREACHED, after_outage
from newsbeam.feeds.settings import FeedSettings, HttpSettings
from newsbeam.ledger.changes import Change, changes
from newsbeam.ledger.engine import opened
from newsbeam.ledger.items import Known, Staged, known_items, stage
from newsbeam.records import DeadLetter, FeedItem

STAGED_FEEDS = 200
"""Feeds staged in one transaction: each costs a write to disk (5 to 20 ms with SQLite on a plain disk)."""

MOST_ITEMS = 5_000
"""Items after which no more feeds are asked, until what these gave is committed: the barriers of the graph
need 25 KB of memory for an item that alerts."""

MOST_SECONDS = 300.0
"""The same after so much time: many feeds of one host take their turns, and who kills a pass that takes long
must not undo all of it each time."""

LOG = structlog.get_logger("newsbeam.poll")


class Plan(NamedTuple):
    """What a pass polls.

    ``ledger`` is its URL, empty where there is none yet; ``run_id`` is empty in a dry run. When
    ``most_items`` have been found, or ``most_seconds`` are over, feeds that were not asked yet are left out.
    """

    due: tuple[tuple[FeedSettings, Cursor], ...]
    http: HttpSettings
    clock: Clock
    ledger: str
    run_id: str
    most_items: int = MOST_ITEMS
    most_seconds: float = MOST_SECONDS


class Noticed(NamedTuple):
    """Something to count: an outcome of a poll (``feeds_…``) or a kind of change (``changes_…``)."""

    name: str
    number: int


async def take_in(plan: Plan) -> AsyncIterator[FeedItem | DeadLetter | Noticed]:
    """Poll what is due; yield the items that are new or edited, dead letters, and what there is to count.

    Items whose page is wanted come last, when all feeds have been polled. When this ends, everything is
    staged under the plan's run: also which feeds were polled.
    """
    book = _Book(plan)
    wanting: list[FeedItem] = []
    async with Poller(plan.http, plan.clock) as poller:
        async for polled in poller.poll(plan.due, book.has_enough):
            found = book.enter(polled)
            yield Noticed(f"feeds_{polled.outcome}", 1)
            for letter in polled.dead_letters:
                yield letter
            for kind, number in _numbers(found):
                yield Noticed(f"changes_{kind}", number)
            for change in found:
                if change.passes_on and change.entry:
                    item = _settled(change, change.entry)
                    if change.entry.wants_page:
                        wanting.append(item)
                    else:
                        yield item
        async for item in _with_pages(plan, poller, wanting):
            yield item
    book.close()


async def _with_pages(plan: Plan, poller: Poller, wanting: Sequence[FeedItem]) -> AsyncIterator[FeedItem]:
    """Yield ``wanting`` with their pages; as they are where there is no time left for more."""
    time = asyncio.get_running_loop().time
    last = time() + plan.http.max_page_seconds
    left_out = 0

    async def complete(item: FeedItem) -> FeedItem:
        nonlocal left_out
        if time() < last:
            return await poller.page(item)
        left_out += 1
        return item

    jobs = ((urlsplit(item.url).hostname or "", item) for item in wanting)
    # The pauses of hosts are the poller's to keep; here is only how many pages are in work.
    async for item in by_host(jobs, complete, Pace(0.0), plan.http.connections):
        yield item
    if left_out:
        LOG.warning("pages left out", number=left_out, seconds=plan.http.max_page_seconds)


def _settled(change: Change, entry: Entry) -> FeedItem:
    """Return the item under the date it first had: an edit must not move its events in time.

    One real feed gives a new date with a new headline. An undated item stands at when it was first seen.
    """
    first = change.row.first_published_at
    item = entry.item._replace(published_at=first, date_source=entry.item.date_source if first else "none")
    return item if first else item._replace(fetched_at=change.row.first_seen_at)


def _numbers(found: Sequence[Change]) -> Iterator[tuple[str, int]]:
    kinds = [change.kind for change in found]
    for kind in dict.fromkeys(kinds):
        yield kind, kinds.count(kind)


OUTAGE_HOSTS = 3
"""Where so many hosts and no other were asked and none answered, it is our network that is down."""


class _Book:
    """Compares polled feeds with the ledger and stages what they taught."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._engine: Engine | None = opened(plan.ledger) if plan.ledger else None
        self._unwritten: list[Staged] = []
        self._brought: dict[str, str] = {}
        """Items that this pass found new, and in which feed."""
        self._before = {feed.feed_id: cursor for feed, cursor in plan.due}
        self._unreached: list[Polled] = []
        self._polled = self._passed_on = 0
        self._began = asyncio.get_running_loop().time()

    def has_enough(self) -> bool:
        """Say whether what was polled is to be committed before more is."""
        seconds = asyncio.get_running_loop().time() - self._began
        full = self._passed_on >= self._plan.most_items or seconds >= self._plan.most_seconds
        return self._polled > 0 and full

    def enter(self, polled: Polled) -> list[Change]:
        now = clock.to_iso(self._plan.clock())
        found = self._changes(polled, now) if polled.outcome == "new_body" else []
        self._brought.update(
            (change.row.item_id, polled.feed.feed_id) for change in found if change.kind == "new"
        )
        self._polled += 1
        if polled.outcome == "failed" and polled.cursor.state in UNREACHED:
            self._unreached.append(polled)
        self._passed_on += sum(change.passes_on for change in found)
        staged = tuple(_without_text(change) for change in found if change.kind != "unchanged")
        self._unwritten.append(Staged(polled.feed.feed_id, polled.cursor, staged))
        if len(self._unwritten) >= STAGED_FEEDS:
            self._write(now)
        _log(polled, found, self._plan.run_id)
        return found

    def close(self) -> None:
        now = self._plan.clock()
        self._write(clock.to_iso(now))
        hosts = {polled.feed.host for polled in self._unreached}
        if len(self._unreached) == self._polled and len(hosts) >= OUTAGE_HOSTS:
            LOG.error("no feed could be reached", feeds=self._polled, why="is the network down?")
            for feed, failed in ((polled.feed, polled.cursor) for polled in self._unreached):
                cursor = after_outage(self._before[feed.feed_id], failed, feed, now)
                self._unwritten.append(Staged(feed.feed_id, cursor, ()))
            self._write(clock.to_iso(now))

    def _changes(self, polled: Polled, now: str) -> list[Change]:
        feed = polled.feed.feed_id
        ids = [entry.item.item_id for entry in polled.entries]
        known = known_items(self._engine, feed, ids) if self._engine else Known({}, {})
        owners = {item_id: owner for item_id, owner in self._brought.items() if owner != feed} | dict(
            known.owners
        )
        return changes(feed, polled.entries, known.rows, owners, now)

    def _write(self, now: str) -> None:
        if self._engine and self._plan.run_id and self._unwritten:
            stage(self._engine, self._plan.run_id, self._unwritten, now)
        self._unwritten.clear()


def _without_text(change: Change) -> Change:
    return change._replace(entry=None)


def _log(polled: Polled, found: Sequence[Change], run_id: str) -> None:
    # Said here, since this is another thread than the one that bound it.
    words = {
        "run": run_id or "dry",
        "feed": polled.feed.source,
        "url": polled.feed.shown,
        "outcome": polled.outcome,
    }
    if polled.outcome == "failed":
        LOG.warning("feed failed", **words, state=polled.cursor.state, why=polled.cursor.words)
        return
    changed = {kind: number for kind, number in _numbers(found) if kind != "unchanged"}
    log = LOG.info if changed else LOG.debug
    log("feed polled", **words, bytes=polled.size, seconds=round(polled.seconds, 3), **changed)
