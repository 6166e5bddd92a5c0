"""The cursor of a feed: what must be known of it to poll it again."""

from typing import NamedTuple, Optional

from newsbeam.feeds.settings import FeedSettings

# ruff: noqa: UP045 - the ledger reads NamedTuples by their hints; see newsbeam/records.py


class Cursor(NamedTuple):
    """Plain values only; the ledger stores it whole under ``feed_id``.

    ``state`` is one of :data:`newsbeam.feeds.schedule.STATES`, ``words`` says in a sentence what is wrong.
    Times are ISO 8601, ``interval`` is in seconds, ``items_a_day`` is None until known, ``entries`` is how
    many stood in the feed last. ``distrusted``: its validators were caught lying and are not sent again.
    ``host_rests_until``: its host has asked to be left alone until then.
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
    host_rests_until: Optional[str] = None


def first_cursor(feed: FeedSettings) -> Cursor:
    """Return the cursor of a feed that was never polled."""
    return Cursor(feed.feed_id)
