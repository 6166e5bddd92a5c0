"""One poll of many feeds: who is due in, what each had to say and when to ask again out."""

import hashlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import NamedTuple, Self

import httpx

from newsbeam.clock import Clock, from_iso, to_iso
from newsbeam.errors import FeedError, FetchError, HostileError, NewsbeamError, StatusError
from newsbeam.feeds import schedule
from newsbeam.feeds.cursor import Cursor, first_cursor
from newsbeam.feeds.entries import Entry, Origin
from newsbeam.feeds.flow import by_host
from newsbeam.feeds.guard import Resolver
from newsbeam.feeds.http import Response, Retriever, host_of, words_of_error
from newsbeam.feeds.mask import mask_url
from newsbeam.feeds.pages import Pages
from newsbeam.feeds.parse import ParsedFeed
from newsbeam.feeds.parsers import Parsers
from newsbeam.feeds.schedule import due_feeds, is_due
from newsbeam.feeds.settings import FeedSettings, HttpSettings
from newsbeam.records import DeadLetter, FeedItem, dead_letter, digest

__all__ = ["OUTCOMES", "Cursor", "Polled", "Poller", "due_feeds", "first_cursor", "is_due", "poll_feeds"]

OUTCOMES = ("new_body", "same_entries", "same_body", "not_modified", "failed")
STEP = "PollFeeds"
MOVE_BACK_SCORE = 2.0
"""With this score of failures a feed that moved is asked for at its old address again."""
DEAD_STATES = ("broken", "refused")
"""Failures that are dead letters: there is something to look at. The others pass, or the state says all."""
_OK, _NOT_MODIFIED = 200, 304


class Polled(NamedTuple):
    """What one poll of one feed gave.

    ``outcome`` is one of :data:`OUTCOMES`. ``entries`` are all entries that stand in the feed where the
    outcome is ``new_body``; with the others nothing has changed and there are none. ``dead_letters`` say
    why a feed could not be read. ``size`` is in bytes as received, ``seconds`` is what the poll took.
    """

    feed: FeedSettings
    cursor: Cursor
    outcome: str
    entries: tuple[Entry, ...] = ()
    dead_letters: tuple[DeadLetter, ...] = ()
    size: int = 0
    seconds: float = 0.0


class Poller:
    """Polls feeds and fetches pages with one client, so that both share each host's turns."""

    def __init__(self, http: HttpSettings, clock: Clock, resolver: Resolver | None = None) -> None:
        self._http = http
        self._clock = clock
        self._retriever = Retriever(http, clock, resolver)
        self._parsers = Parsers(http.max_parse_seconds)
        self._pages = Pages(self._retriever)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._retriever.aclose()
        await self._parsers.aclose()

    async def poll(
        self, due: Sequence[tuple[FeedSettings, Cursor]], enough: Callable[[], bool] | None = None
    ) -> AsyncIterator[Polled]:
        """Poll ``due`` at once, politely, and yield each as it is done, in no fixed order.

        Never raises for what a server does: that is an outcome ``failed`` with a cursor that says why. No
        more feeds are in work than there may be connections: who stops pulling stops the polling, too. Once
        there is ``enough``, no more feeds are asked.
        """
        jobs = ((host_of(cursor.moved_to or feed.url), (feed, cursor)) for feed, cursor in due)
        pace, room = self._retriever.pace, self._http.connections
        async for polled in by_host(jobs, self._poll_feed, pace, room, enough or (lambda: False)):
            yield polled

    async def _poll_feed(self, pair: tuple[FeedSettings, Cursor]) -> Polled:
        feed, cursor = pair
        started = time.perf_counter()
        try:
            polled = await self._asked(feed, cursor)
        except (FetchError, FeedError) as error:
            polled = self._failed(feed, cursor, error)
        except Exception as error:  # noqa: BLE001 - one feed must not take down the others; it is a dead letter
            polled = self._failed(
                feed, cursor, HostileError(f"{type(error).__name__}: {words_of_error(error)}")
            )
        return polled._replace(seconds=time.perf_counter() - started)

    async def _asked(self, feed: FeedSettings, cursor: Cursor) -> Polled:
        validators = {} if schedule.wants_full(cursor, self._clock()) else _validators(cursor)
        answer = await self._retriever.retrieve(cursor.moved_to or feed.url, validators=validators)
        now = self._clock()
        if answer.status == _NOT_MODIFIED and validators:
            rested = schedule.after_success(cursor, feed, answer.headers, now, changed=False)
            return Polled(feed, _well(rested, now), "not_modified")
        if answer.status != _OK:
            return _denied(feed, cursor, answer, now)
        return await self._read(feed, cursor, answer, now)

    async def _read(self, feed: FeedSettings, cursor: Cursor, answer: Response, now: datetime) -> Polled:
        body_hash = hashlib.sha256(answer.body).hexdigest()[:16]
        known = _with_answer(cursor, answer, body_hash, now)
        if body_hash == cursor.body_hash:
            rested = schedule.after_success(known, feed, answer.headers, now, changed=False)
            return Polled(feed, _well(rested, now), "same_body", size=answer.size)
        origin = Origin(
            feed.feed_id,
            feed.source,
            feed.host,
            _base(answer.url),
            feed.full_text,
            to_iso(now),
            self._http.max_entries,
        )
        parsed = await self._parsers.parse(answer.body, answer.headers, origin)
        return _with_entries(feed, known, answer, parsed, now)._replace(size=answer.size)

    def _failed(self, feed: FeedSettings, cursor: Cursor, error: NewsbeamError) -> Polled:
        state = schedule.state_of_error(error)
        retry = self._retriever.rest_seconds(cursor.moved_to or feed.url) if state == "limited" else None
        return _failure(feed, cursor, schedule.Failure(state, error, retry), self._clock())

    async def page(self, item: FeedItem) -> FeedItem:
        """Return ``item`` with the text of its page; as it is where the page cannot be had. Never raises."""
        return await self._pages.complete(item)


async def poll_feeds(
    due: Sequence[tuple[FeedSettings, Cursor]],
    http: HttpSettings,
    clock: Clock,
    resolver: Resolver | None = None,
) -> AsyncIterator[Polled]:
    """Poll ``due`` with a poller of their own; see :meth:`Poller.poll`."""
    async with Poller(http, clock, resolver) as poller:
        async for polled in poller.poll(due):
            yield polled


def _base(url: str) -> str:
    """Return what relative links are resolved against: the secrets of a feed's URL are not for its items."""
    return mask_url(str(httpx.URL(url).copy_with(userinfo=b"")))


def _validators(cursor: Cursor) -> dict[str, str]:
    given = {"If-None-Match": cursor.etag, "If-Modified-Since": cursor.last_modified}
    return {name: value for name, value in given.items() if value}


def _with_answer(cursor: Cursor, answer: Response, body_hash: str, now: datetime) -> Cursor:
    """Return the cursor with the validators of a full answer.

    Where they are the old ones and the body is not, they lie: from then on they are not sent.
    """
    etag, modified = _header(answer, "etag"), _header(answer, "last-modified")
    known = bool(cursor.body_hash) and cursor.body_hash != body_hash
    lied = known and bool(etag or modified) and (etag, modified) == (cursor.etag, cursor.last_modified)
    return cursor._replace(
        etag=etag,
        last_modified=modified,
        body_hash=body_hash,
        distrusted=cursor.distrusted or lied,
        last_full_at=to_iso(now),
    )


def _header(answer: Response, name: str) -> str:
    """Return a validator that can be sent back as it is, else nothing."""
    value = answer.headers.get(name, "")
    return value if len(value) <= 300 and value.isascii() and value.isprintable() else ""


def _well(cursor: Cursor, now: datetime) -> Cursor:
    """Return the cursor of a feed that has answered that nothing is new."""
    words = cursor.words if cursor.state in schedule.HEALTHY else ""
    return cursor._replace(last_success_at=to_iso(now), state=_health(cursor), words=words)


def _health(cursor: Cursor) -> str:
    if not cursor.entries:
        return "empty"
    return "undated" if cursor.items_a_day is None else "ok"


def _with_entries(
    feed: FeedSettings, cursor: Cursor, answer: Response, parsed: ParsedFeed, now: datetime
) -> Polled:
    entries_hash = digest(*sorted(f"{entry.item.item_id} {entry.raw_hash}" for entry in parsed.entries))
    changed = entries_hash != cursor.entries_hash
    dated = [entry.item.published_at for entry in parsed.entries if entry.item.published_at]
    moved = answer.permanent_url if answer.permanent_url != feed.url else ""
    read = schedule.after_success(cursor, feed, answer.headers, now, changed=changed)._replace(
        entries_hash=entries_hash,
        # A move to an address with a secret in it is followed anew each time rather than kept.
        moved_to=moved if mask_url(moved) == moved else "",
        words="; ".join(parsed.problems)[:300],
        title=parsed.title,
        last_success_at=to_iso(now),
        last_changed_at=to_iso(now) if changed else cursor.last_changed_at,
        items_a_day=_items_a_day(dated, now),
        entries=len(parsed.entries),
    )
    read = read._replace(state=_health(read))
    return Polled(feed, read, "new_body" if changed else "same_entries", parsed.entries if changed else ())


def _items_a_day(dated: Sequence[str], now: datetime) -> float | None:
    """Return how many items a day the dates of a feed speak of, over a week or as far back as it goes."""
    if not dated:
        return None
    since = max(now - timedelta(days=7), from_iso(min(dated)))
    days = max((now - since) / timedelta(days=1), 1.0)
    return round(sum(to_iso(since) <= date for date in dated) / days, 2)


def _denied(feed: FeedSettings, cursor: Cursor, answer: Response, now: datetime) -> Polled:
    state = schedule.state_of_status(answer.status)
    words = schedule.STATES[state] if answer.status != _NOT_MODIFIED else "although nothing was known to it"
    error = StatusError(f"HTTP {answer.status}: {words}")
    return _failure(feed, cursor, schedule.Failure(state, error, answer.retry_seconds), now)


def _failure(feed: FeedSettings, cursor: Cursor, failure: schedule.Failure, now: datetime) -> Polled:
    failed = schedule.after_failure(cursor, feed, failure, now)
    if failed.moved_to and failed.failure_score >= MOVE_BACK_SCORE:
        failed = failed._replace(moved_to="", etag="", last_modified="")
    letters = (dead_letter(STEP, feed.source, failure.error, feed.shown),)
    return Polled(feed, failed, "failed", dead_letters=letters if failure.state in DEAD_STATES else ())
