"""One poll of many feeds: who is due in, what each had to say and when to ask again out."""

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple, Optional

from newsbeam.clock import Clock
from newsbeam.feeds.entries import Entry
from newsbeam.feeds.settings import FeedSettings, HttpSettings
from newsbeam.records import DeadLetter

# Optional[...] instead of "| None": the ledger reads NamedTuples by their hints.
# ruff: noqa: UP045

OUTCOMES = ("new_body", "same_entries", "same_body", "not_modified", "failed")


class Cursor(NamedTuple):
    """What must be known of a feed to poll it again; plain values only, JSON-able.

    The ledger stores it whole under ``feed_id`` and never looks inside but to show it. ``state`` is one of
    :data:`newsbeam.feeds.schedule.STATES`, ``words`` says in a sentence what is wrong. Times are ISO 8601,
    ``interval`` is in seconds, ``items_a_day`` is None until known.
    """

    feed_id: str
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    entries_hash: str = ""
    moved_to: str = ""
    distrusted: bool = False
    next_poll_at: Optional[str] = None
    interval: int = 0
    failure_score: float = 0.0
    state: str = "new"
    words: str = ""
    title: str = ""
    last_polled_at: Optional[str] = None
    last_success_at: Optional[str] = None
    last_full_at: Optional[str] = None
    last_changed_at: Optional[str] = None
    items_a_day: Optional[float] = None
    entries: int = 0


class Polled(NamedTuple):
    """What one poll of one feed gave.

    ``outcome`` is one of :data:`OUTCOMES`; ``entries`` are all entries of the body where it is ``new_body``
    (or ``same_entries``: the body differs, its entries do not), else none: nothing has changed then.
    ``dead_letters`` say why a feed or an entry could not be read. ``size`` is in bytes as received,
    ``seconds`` is what the poll took.
    """

    feed: FeedSettings
    cursor: Cursor
    outcome: str
    entries: tuple[Entry, ...] = ()
    dead_letters: tuple[DeadLetter, ...] = ()
    size: int = 0
    seconds: float = 0.0


def first_cursor(feed: FeedSettings) -> Cursor:
    """Return the cursor of a feed that was never polled."""
    return Cursor(feed.feed_id)


def due_feeds(
    feeds: Sequence[FeedSettings], cursors: dict[str, Cursor], clock: Clock, *, force: bool = False
) -> list[tuple[FeedSettings, Cursor]]:
    """Return the feeds whose time has come, with their cursors (by feed id; a missing one is made).

    ``force`` takes all, also those that are gone. A feed whose next poll is further away than any schedule
    could have set it (the clock was set back) is due.
    """
    raise NotImplementedError


def poll_feeds(
    due: Sequence[tuple[FeedSettings, Cursor]], http: HttpSettings, clock: Clock
) -> AsyncIterator[Polled]:
    """Poll ``due`` at once, politely, and yield each as it is done, in no fixed order.

    Never raises for what a server does: that is an outcome ``failed`` with a cursor that says why.
    """
    raise NotImplementedError
