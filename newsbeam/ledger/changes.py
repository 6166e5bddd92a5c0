"""What has become of the items of a feed since the last poll.

``new``        never seen in this feed
``duplicate``  never seen in this feed, but another feed brought it before
``unchanged``  the same, to the byte
``cosmetic``   other markup, blanks or tracking parameters; the words are the same
``redated``    the words are the same, the date is not
``retitled``   a new headline: a revision
``edited``     new words under the same headline: a revision
``returned``   had vanished and is back with the words it had
``vanished``   stood in the feed at the last poll and no longer does: it has scrolled out or was withdrawn

A revision keeps the item's id and goes through the graph again; the ids of its events make sure that
what was told before is not told twice.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Optional

from newsbeam.feeds.entries import Entry

# ruff: noqa: UP045 - rows.py reads Optional

REVISIONS = ("edited", "retitled")
KINDS = (
    "new", "duplicate", "unchanged", "cosmetic", "redated", "retitled", "edited", "returned", "vanished",
)  # fmt: skip


class ItemRow(NamedTuple):
    """What the ledger knows of an item of a feed: a row of the table ``items``."""

    feed: str
    item_id: str
    url: str
    title: str
    content_hash: str
    published_at: Optional[str]
    first_seen_at: str
    last_seen_at: str
    present: int
    revision: int
    duplicate_of: str
    raw_hash: str
    first_published_at: Optional[str]


class Change(NamedTuple):
    """What became of one item, and its new row. ``passes_on`` says whether it goes through the graph."""

    kind: str
    row: ItemRow
    entry: Entry | None

    @property
    def passes_on(self) -> bool:
        """New items and revisions do; those of a duplicate are told by the feed that was first."""
        return self.kind == "new" or (self.kind in REVISIONS and not self.row.duplicate_of)


def changes(
    feed: str,
    entries: Iterable[Entry],
    known: Mapping[str, ItemRow],
    owners: Mapping[str, str],
    now: str,
) -> list[Change]:
    """Return what became of each item.

    ``known`` are the rows of ``feed`` by item id: all that stood in it at the last poll, and those of
    ``entries``. ``owners`` names, by item id, the feed that brought an item first. ``now`` is the time
    of the poll. Of entries with one id the first counts. ``last_seen_at`` of a row that is not written
    at each poll (unchanged items) is brought up to date when the item vanishes.
    """
    found: dict[str, Change] = {}
    for entry in entries:
        item_id = entry.item.item_id
        if item_id not in found:
            before = known.get(item_id)
            found[item_id] = (
                _compared(entry, before, now) if before else _first(feed, entry, owners.get(item_id, ""), now)
            )
    gone = (row for item_id, row in known.items() if row.present and item_id not in found)
    return [*found.values(), *(_vanished(row, now) for row in gone)]


def _vanished(row: ItemRow, now: str) -> Change:
    return Change("vanished", row._replace(present=0, last_seen_at=max(now, row.last_seen_at)), None)


def _first(feed: str, entry: Entry, owner: str, now: str) -> Change:
    item = entry.item
    row = ItemRow(
        feed=feed,
        item_id=item.item_id,
        url=item.url,
        title=item.title,
        content_hash=entry.content_hash,
        published_at=item.published_at,
        first_seen_at=now,
        last_seen_at=now,
        present=1,
        revision=1,
        duplicate_of=owner,
        raw_hash=entry.raw_hash,
        first_published_at=item.published_at,
    )
    return Change("duplicate" if owner else "new", row, entry)


def _compared(entry: Entry, before: ItemRow, now: str) -> Change:
    kind = _kind(entry, before)
    item = entry.item
    row = before._replace(
        url=item.url,
        title=item.title,
        content_hash=entry.content_hash,
        raw_hash=entry.raw_hash,
        published_at=item.published_at,
        last_seen_at=max(now, before.last_seen_at),
        present=1,
        revision=before.revision + (kind in REVISIONS),
    )
    return Change(kind, row, entry)


def _kind(entry: Entry, before: ItemRow) -> str:
    if entry.content_hash != before.content_hash:
        return "edited" if entry.item.title == before.title else "retitled"
    if not before.present:
        return "returned"
    if entry.item.published_at != before.published_at:
        return "redated"
    # A ledger of version 1 kept no raw hash: then the words decide.
    return "unchanged" if entry.raw_hash == before.raw_hash or not before.raw_hash else "cosmetic"
