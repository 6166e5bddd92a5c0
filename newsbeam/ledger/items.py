"""Cursors and items: read before a poll, staged after it, moved to their place by the commit."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, and_, delete, or_, select
from sqlalchemy import update as sql_update

from newsbeam.feeds.cursor import Cursor
from newsbeam.ledger import schema
from newsbeam.ledger.changes import REVISIONS, Change, ItemRow
from newsbeam.ledger.engine import reading, writing
from newsbeam.ledger.rows import from_text, to_text
from newsbeam.ledger.streams import chunks, upsert


class Known(NamedTuple):
    """What the ledger knows about the entries of a feed; see :func:`newsbeam.ledger.changes.changes`."""

    rows: Mapping[str, ItemRow]
    owners: Mapping[str, str]


class Staged(NamedTuple):
    """One polled feed as it will stand in the ledger when the run commits."""

    feed: str
    cursor: Cursor
    changes: tuple[Change, ...]


def cursors(engine: Engine) -> dict[str, Cursor]:
    """Return the cursors by feed id."""
    with reading(engine) as connection:
        rows = connection.execute(select(schema.FEEDS.c.feed, schema.FEEDS.c.cursor)).all()
    return {feed: from_text(Cursor, text) for feed, text in rows}


def known_items(engine: Engine, feed: str, item_ids: Iterable[str]) -> Known:
    """Return the rows of ``feed`` that are present or in ``item_ids``, and who else brought those first.

    An item that has left the feed which brought it first is no duplicate here any more: its edits are told.
    """
    items = schema.ITEMS
    ids = list(item_ids)
    rows: dict[str, ItemRow] = {}
    owners: dict[str, str] = {}
    with reading(engine) as connection:
        mine = select(items).where(and_(items.c.feed == feed, items.c.present == 1))
        rows.update((row.item_id, ItemRow(**row._mapping)) for row in connection.execute(mine))
        for some in chunks(item_id for item_id in ids if item_id not in rows):
            query = select(items).where(
                and_(items.c.item_id.in_(some), or_(items.c.feed == feed, items.c.duplicate_of == ""))
            )
            for row in connection.execute(query):
                if row.feed == feed:
                    rows[row.item_id] = ItemRow(**row._mapping)
                else:
                    owners[row.item_id] = row.feed
        twice = {item_id for item_id, row in rows.items() if row.duplicate_of}
        for item_id in twice - _standing(connection, twice):
            rows[item_id] = rows[item_id]._replace(duplicate_of="")
    return Known(rows, owners)


def _standing(connection: Connection, item_ids: Iterable[str]) -> set[str]:
    """Return those of ``item_ids`` that still stand in the feed which brought them first."""
    items = schema.ITEMS
    found: set[str] = set()
    for some in chunks(item_ids):
        there = and_(items.c.item_id.in_(some), items.c.duplicate_of == "", items.c.present == 1)
        found.update(connection.execute(select(items.c.item_id).where(there)).scalars())
    return found


def stage(engine: Engine, run_id: str, polled: Iterable[Staged], now: str) -> None:
    """Keep what ``polled`` feeds have taught, in one transaction, until the run commits."""
    rows = [row for each in polled for row in _staged_rows(run_id, each, now)]
    with writing(engine) as connection:
        upsert(connection, schema.STAGED, rows)


def _staged_rows(run_id: str, each: Staged, now: str) -> Iterable[dict[str, Any]]:
    yield _staged(run_id, "cursor", each.feed, "", to_text(each.cursor))
    for change in each.changes:
        if change.kind == "unchanged":
            continue  # a row a poll for each item would be most of the ledger's work
        row = change.row
        yield _staged(run_id, "item", each.feed, row.item_id, to_text(row))
        if change.kind in ("new", "duplicate", *REVISIONS):
            revision = {
                "feed": each.feed,
                "item_id": row.item_id,
                "revision": row.revision,
                "kind": change.kind,
                "title": row.title,
                "content_hash": row.content_hash,
                "seen_at": now,
            }
            yield _staged(run_id, "revision", each.feed, row.item_id, json.dumps(revision))


def _staged(run_id: str, kind: str, feed: str, name: str, row: str) -> dict[str, Any]:
    return {"run_id": run_id, "kind": kind, "feed": feed, "name": name, "row": row}


def staged_feeds(engine: Engine, run_id: str) -> set[str]:
    """Return the ids of the feeds that ``run_id`` has polled since it last committed."""
    staged = schema.STAGED
    mine = select(staged.c.feed).where(and_(staged.c.run_id == run_id, staged.c.kind == "cursor"))
    with reading(engine) as connection:
        return set(connection.execute(mine).scalars())


def move_staged(connection: Connection, run_id: str, now: str) -> None:
    """Bring what ``run_id`` staged to its place; part of its commit."""
    staged = schema.STAGED
    for kind, table in (("cursor", schema.FEEDS), ("item", schema.ITEMS), ("revision", schema.REVISIONS)):
        found = connection.execute(
            select(staged.c.feed, staged.c.row).where(and_(staged.c.run_id == run_id, staged.c.kind == kind))
        ).all()
        if kind == "cursor":
            rows = [{"feed": feed, "cursor": row, "updated_at": now} for feed, row in found]
        else:
            rows = [json.loads(row) for _, row in found]
        upsert(connection, table, rows)
    connection.execute(delete(staged))


def forget_items(connection: Connection, feed: str, item_ids: Iterable[str]) -> None:
    """Take ``item_ids`` out of what is known of ``feed``: the next poll finds them new."""
    items = schema.ITEMS
    for some in chunks(item_ids):
        connection.execute(delete(items).where(and_(items.c.feed == feed, items.c.item_id.in_(some))))


def poll_anew(connection: Connection, feed: str) -> bool:
    """Make ``feed`` due, and its next poll unconditional; return whether it has a cursor at all."""
    feeds = schema.FEEDS
    text = connection.execute(select(feeds.c.cursor).where(feeds.c.feed == feed)).scalar()
    if text is None:
        return False
    cursor = from_text(Cursor, text)._replace(
        etag="", last_modified="", body_hash="", entries_hash="", next_poll_at=None
    )
    connection.execute(sql_update(feeds).where(feeds.c.feed == feed).values(cursor=to_text(cursor)))
    return True
