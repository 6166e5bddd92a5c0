"""The tables as the newest migration leaves them; a test holds the two together."""

from sqlalchemy import Column, Float, Integer, MetaData, Table, Text

METADATA = MetaData()


def _table(name: str, *columns: Column[str] | Column[int] | Column[float]) -> Table:
    return Table(name, METADATA, *columns)


def _text(name: str, *, key: bool = False, null: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=key, nullable=null)


def _whole(name: str, *, key: bool = False, null: bool = False) -> Column[int]:
    return Column(name, Integer, primary_key=key, nullable=null, autoincrement=False)


FEEDS = _table("feeds", _text("feed", key=True), _text("cursor"), _text("updated_at"))

ITEMS = _table(
    "items",
    _text("feed", key=True),
    _text("item_id", key=True),
    _text("url"),
    _text("title"),
    _text("content_hash"),
    _text("published_at", null=True),
    _text("first_seen_at"),
    _text("last_seen_at"),
    _whole("present"),
    _whole("revision"),
    _text("duplicate_of"),
    _text("raw_hash"),
    _text("first_published_at", null=True),
)
"""One row for an item of a feed. ``duplicate_of`` names the feed that brought the item first, or is empty.

``published_at`` is what the feed says now; the events of an item count under ``first_published_at``.
"""

REVISIONS = _table(
    "revisions",
    _text("feed", key=True),
    _text("item_id", key=True),
    _whole("revision", key=True),
    _text("kind"),
    _text("title"),
    _text("content_hash"),
    _text("seen_at"),
)

EVENTS = _table(
    "events",
    _text("event_id", key=True),
    _text("story_id"),
    _text("item_id"),
    _text("type"),
    _text("event_time"),
    _text("record"),
    _text("run_id"),
    _text("state"),
)

ALERTS = _table(
    "alerts",
    _text("alert_id", key=True),
    _text("story_id"),
    _text("policy"),
    _text("record"),
    _text("run_id"),
    _text("raised_at"),
    _text("state"),
)

COUNTS = _table(
    "counts",
    _text("count_id", key=True),
    _text("window_start"),
    _text("vendor"),
    _text("type"),
    _text("record"),
    _text("run_id"),
    _text("state"),
)

DEAD_LETTERS = _table(
    "dead_letters",
    _text("dead_letter_id", key=True),
    _text("step"),
    _text("source"),
    _text("item_id"),
    _text("record"),
    _text("run_id"),
    _text("first_seen_at"),
    _text("last_seen_at"),
    _text("state"),
    _whole("attempts"),
)

OUTCOMES = _table(
    "outcomes", _text("item_id", key=True), _text("outcome"), _text("by"), _text("run_id"), _text("at")
)

RUNS = _table(
    "runs",
    _text("run_id", key=True),
    _text("host"),
    _whole("pid"),
    _text("started_at"),
    _text("finished_at", null=True),
    _text("state"),
    _text("summary"),
    _whole("exit_code", null=True),
)

STAGED = _table(
    "staged",
    _text("run_id", key=True),
    _text("kind", key=True),
    _text("feed", key=True),
    _text("name", key=True),
    _text("row"),
)
"""What a run has learned and not committed: cursors (``kind`` cursor) and items (``kind`` item)."""

HOLDER = _table(
    "holder", _whole("place", key=True), _text("run_id"), _text("host"), _whole("pid"), _text("since")
)
"""One row: which run holds the ledger, or held it last; the lock itself is :mod:`newsbeam.ledger.lock`."""

TOTALS = _table(
    "totals", _text("name", key=True), _text("label", key=True), Column("value", Float, nullable=False)
)
"""Counters that outlive a process, for metrics."""
