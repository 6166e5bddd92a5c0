"""When a feed is asked again, and how well it is.

The interval follows the feed: it shrinks when something has changed and grows when nothing has, between
what the settings allow. A failure adds to a score, a hard one more than a passing one; each whole point
doubles the wait. One success takes the score back to nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import httpx

from newsbeam import clock
from newsbeam.clock import Clock
from newsbeam.errors import NewsbeamError, RefusedError, SlowError, StatusError, UnreachableError
from newsbeam.feeds.cursor import Cursor, first_cursor
from newsbeam.feeds.headers import MAX_SECONDS, fresh_seconds
from newsbeam.feeds.settings import FeedSettings
from newsbeam.records import digest

STATES: Mapping[str, str] = {
    "new": "never polled",
    "ok": "in health",
    "empty": "a feed without entries",
    "undated": "entries, none of which has a date",
    "slow": "took too long",
    "limited": "asked us to wait (429, 503)",
    "failing": "a server error (5xx)",
    "unreachable": "no answer: name, connection or TLS",
    "forbidden": "needs a permission that we do not have (401, 403)",
    "missing": "is not there (404)",
    "gone": "gone for good (410); not polled any more",
    "refused": "its address is none that may be asked",
    "broken": "the answer is no feed that could be read",
}
"""States of health, in words; the score of failures says how bad it has been."""
HEALTHY = ("ok", "empty", "undated")

SHRINK = 0.5
GROW = 1.25
JITTER = 0.1
"""Share of an interval by which polls are spread; which share a feed gets depends on its URL alone."""
SCORES: Mapping[str, float] = {"slow": 0.5, "limited": 0.25, "failing": 0.5, "unreachable": 0.75}
"""What a failure adds to the score; any other adds 1."""
MAX_SCORE = 10.0
FULL_AFTER = timedelta(hours=6)
"""A feed that only ever answers 304 is asked without conditions this often at least: some lie."""
FULL_SOONEST = timedelta(hours=1)
MISSED_ITEMS = 3
"""A busy feed is doubted sooner: when it has said 304 for as long as it takes to bring so many items."""


SKEW = timedelta(minutes=1)
"""What the clocks of two hosts that share a ledger may differ by."""


def is_due(cursor: Cursor, now: datetime) -> bool:
    """Say whether the time of a feed has come.

    A feed that is gone never is. One that was polled in what is the future now is: the clock was set back.
    """
    if cursor.state == "gone":
        return False
    if cursor.next_poll_at is None or _set_back(cursor, now):
        return True
    wait = (clock.from_iso(cursor.next_poll_at) - now).total_seconds()
    return wait <= 0 or wait > MAX_SECONDS * (1 + JITTER)


def _set_back(cursor: Cursor, now: datetime) -> bool:
    """Say whether ``cursor`` is from a later time than ``now``; clocks of two hosts may differ a little."""
    polled = cursor.last_polled_at
    return polled is not None and clock.from_iso(polled) - now > SKEW


def due_feeds(
    feeds: Sequence[FeedSettings],
    cursors: Mapping[str, Cursor],
    now_clock: Clock,
    *,
    force: bool = False,
    known: Sequence[FeedSettings] = (),
) -> list[tuple[FeedSettings, Cursor]]:
    """Return the feeds whose time has come, with their cursors (by feed id; a missing one is made).

    ``force`` takes all, also those that are gone or not yet due. A host that has asked one feed to wait, of
    ``feeds`` or of others that are ``known``, is left alone for all of its feeds.
    """
    now = now_clock()
    paired = [(feed, cursors.get(feed.feed_id) or first_cursor(feed)) for feed in feeds]
    if force:
        return paired
    resting = resting_hosts(((f, cursors[f.feed_id]) for f in (*feeds, *known) if f.feed_id in cursors), now)
    return [pair for pair in paired if is_due(pair[1], now) and host_asked(*pair) not in resting]


def resting_hosts(pairs: Iterable[tuple[FeedSettings, Cursor]], now: datetime) -> dict[str, str]:
    """Return until when (ISO 8601) hosts have asked to be left alone, by host."""
    found: dict[str, str] = {}
    for feed, cursor in pairs:
        if cursor.host_rests_until and _rests(cursor, now):
            host = host_asked(feed, cursor)
            found[host] = max(found.get(host, ""), cursor.host_rests_until)
    return found


def host_asked(feed: FeedSettings, cursor: Cursor) -> str:
    """Return the host at which ``feed`` is asked for."""
    return httpx.URL(cursor.moved_to).host.lower() if cursor.moved_to else feed.host


def _rests(cursor: Cursor, now: datetime) -> bool:
    until = cursor.host_rests_until
    return until is not None and not _set_back(cursor, now) and now < clock.from_iso(until)


def after_success(
    cursor: Cursor, feed: FeedSettings, headers: Mapping[str, str], now: datetime, *, changed: bool
) -> Cursor:
    """Return ``cursor`` with the next poll set after an answer in health.

    Cache-Control and Expires put it off, but no further than the settings allow.
    """
    before = cursor.interval or feed.least_seconds
    interval = _within(feed, before * (SHRINK if changed else GROW))
    wait = max(interval, min(fresh_seconds(headers, now), feed.most_seconds))
    return _next(cursor, feed, now, wait)._replace(
        interval=interval, failure_score=0.0, host_rests_until=None
    )


class Failure(NamedTuple):
    """Why a poll failed; ``retry`` is what a Retry-After asked for, in seconds."""

    state: str
    error: NewsbeamError
    retry: int | None = None


def after_failure(cursor: Cursor, feed: FeedSettings, failure: Failure, now: datetime) -> Cursor:
    """Return ``cursor`` with the next poll set after a failure: later each time, at most a day.

    No poll comes before a Retry-After is over. A feed that is gone is not polled any more.
    """
    score = min(cursor.failure_score + SCORES.get(failure.state, 1.0), MAX_SCORE)
    interval = _within(feed, cursor.interval or feed.least_seconds)
    wait = min(max(interval * 2.0**score, failure.retry or 0), MAX_SECONDS)
    rests = clock.to_iso(now + timedelta(seconds=failure.retry)) if failure.retry else None
    return _next(cursor, feed, now, wait)._replace(
        interval=interval,
        failure_score=score,
        state=failure.state,
        words=str(failure.error)[:300],
        host_rests_until=rests,
    )


UNREACHED = ("unreachable", "slow")
"""Failures that may be our own network's; any other means that a server has answered."""


def after_outage(before: Cursor, failed: Cursor, feed: FeedSettings, now: datetime) -> Cursor:
    """Return the cursor of a feed that ``failed`` because nothing at all could be reached.

    It says so, but the feed is no worse than it was ``before`` and is asked again soon.
    """
    told = before._replace(state=failed.state, words=failed.words)
    return _next(told, feed, now, feed.least_seconds)


def _within(feed: FeedSettings, seconds: float) -> int:
    return round(min(max(seconds, feed.least_seconds), feed.most_seconds))


def _next(cursor: Cursor, feed: FeedSettings, now: datetime, wait: float) -> Cursor:
    share = int(digest("jitter", feed.feed_id)[:8], 16) / 0xFFFFFFFF
    moment = now + timedelta(seconds=wait * (1 + JITTER * share))
    return cursor._replace(next_poll_at=clock.to_iso(moment), last_polled_at=clock.to_iso(now))


def wants_full(cursor: Cursor, now: datetime) -> bool:
    """Say whether a feed is to be asked without conditions."""
    if cursor.distrusted or cursor.last_full_at is None:
        return True
    return not timedelta(0) <= now - clock.from_iso(cursor.last_full_at) < _believed(cursor)


def _believed(cursor: Cursor) -> timedelta:
    """Return how long a feed's 304 is believed."""
    usual = MISSED_ITEMS / cursor.items_a_day if cursor.items_a_day else 1.0
    return min(max(timedelta(days=min(usual, 1.0)), FULL_SOONEST), FULL_AFTER)


def state_of_status(status: int) -> str:
    """Return the state of health that an HTTP status without a body stands for."""
    named = {401: "forbidden", 403: "forbidden", 404: "missing", 410: "gone", 429: "limited", 503: "limited"}
    return named.get(status, "failing" if status >= 500 else "broken")


def state_of_error(error: NewsbeamError) -> str:
    """Return the state of health that an error in fetching or parsing stands for."""
    named: dict[type[NewsbeamError], str] = {
        RefusedError: "refused",
        SlowError: "slow",
        UnreachableError: "unreachable",
        StatusError: "limited",
    }
    return named.get(type(error), "broken")
