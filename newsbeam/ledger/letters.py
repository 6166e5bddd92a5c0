"""Dead letters that wait for somebody: open, retried, and what became of them.

``open``      failed, and nobody has tried again
``retrying``  its item or feed is to be taken again by the next pass
``resolved``  was taken again and did not fail
"""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, Engine, and_, func, select, update

from newsbeam.ledger import schema
from newsbeam.ledger.engine import reading, writing
from newsbeam.ledger.items import forget_items, poll_anew
from newsbeam.ledger.rows import from_text
from newsbeam.records import DeadLetter


class Kept(NamedTuple):
    """A dead letter and what has happened to it since. Times are ISO 8601."""

    letter: DeadLetter
    state: str
    attempts: int
    first_seen_at: str
    last_seen_at: str
    run_id: str


def letters(engine: Engine, states: Iterable[str] = ("open", "retrying"), limit: int = 1000) -> list[Kept]:
    """Return the dead letters in one of ``states``, latest first."""
    table = schema.DEAD_LETTERS
    query = select(table).where(table.c.state.in_(list(states))).order_by(table.c.last_seen_at.desc(), table.c.dead_letter_id)
    with reading(engine) as connection:
        return [_kept(row) for row in connection.execute(query.limit(limit))]


def letter(engine: Engine, start: str) -> list[Kept]:
    """Return the dead letters whose id begins with ``start``."""
    table = schema.DEAD_LETTERS
    with reading(engine) as connection:
        query = select(table).where(func.substr(table.c.dead_letter_id, 1, len(start)) == start)
        return [_kept(row) for row in connection.execute(query)]


def _kept(row: object) -> Kept:
    fields = row._mapping  # type: ignore[attr-defined]  # a Row, which SQLAlchemy types by its columns
    return Kept(
        from_text(DeadLetter, fields["record"]),
        *(fields[name] for name in ("state", "attempts", "first_seen_at", "last_seen_at", "run_id")),
    )


def open_letters(engine: Engine) -> int:
    """Return how many dead letters are open."""
    table = schema.DEAD_LETTERS
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).where(table.c.state == "open")).scalar() or 0)


def retry(engine: Engine, chosen: Iterable[Kept], feeds: dict[str, list[str]]) -> list[str]:
    """Make the next pass take the feeds and items of ``chosen`` again; return the ids of those feeds.

    ``feeds`` names the feed ids by source, as configured now.
    """
    again: dict[str, None] = {}
    with writing(engine) as connection:
        for kept in chosen:
            for feed in _feeds_of(connection, kept, feeds):
                poll_anew(connection, feed)
                forget_items(connection, feed, [kept.letter.item_id] if kept.letter.item_id else [])
                again[feed] = None
            _set_state(connection, kept.letter.dead_letter_id, "retrying")
    return list(again)


def _feeds_of(connection: Connection, kept: Kept, feeds: dict[str, list[str]]) -> list[str]:
    """Return the feeds that an item stands in; those of the letter's source where it names no item."""
    items = schema.ITEMS
    if kept.letter.item_id:
        query = select(items.c.feed).where(items.c.item_id == kept.letter.item_id)
        if found := list(connection.execute(query).scalars()):
            return found
    return feeds.get(kept.letter.source, [])


def resolve(engine: Engine, feeds: Iterable[str], retried: Iterable[Kept]) -> int:
    """Mark as resolved those of ``retried`` that have not failed again; return how many.

    Only where all ``feeds`` were read: one that could not be asked has proved nothing. A letter that
    failed again was written again, and is ``open``.
    """
    table = schema.DEAD_LETTERS
    ids = [kept.letter.dead_letter_id for kept in retried]
    if not list(feeds):
        return 0
    with writing(engine) as connection:
        mine = and_(table.c.state == "retrying", table.c.dead_letter_id.in_(ids))
        return int(connection.execute(update(table).where(mine).values(state="resolved")).rowcount)


def _set_state(connection: Connection, letter_id: str, state: str) -> None:
    table = schema.DEAD_LETTERS
    connection.execute(update(table).where(table.c.dead_letter_id == letter_id).values(state=state))
