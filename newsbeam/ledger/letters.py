"""Dead letters that wait for somebody: open, retried, and what became of them.

``open``      failed, and nobody has tried again
``retrying``  its item or feed is to be taken again by the next pass
``resolved``  was taken again and did not fail
"""

from collections.abc import Container, Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, Engine, and_, func, select, update

from newsbeam.feeds.cursor import Cursor
from newsbeam.ledger import schema
from newsbeam.ledger.engine import reading, writing
from newsbeam.ledger.items import forget_items, poll_anew
from newsbeam.ledger.rows import from_text
from newsbeam.ledger.streams import chunks
from newsbeam.records import DeadLetter

STEP = "PollFeeds"
"""The step whose letters, where they name no item, stand for a whole feed."""


class Kept(NamedTuple):
    """A dead letter and what has happened to it since. Times are ISO 8601."""

    letter: DeadLetter
    state: str
    attempts: int
    first_seen_at: str
    last_seen_at: str
    run_id: str


def letters(engine: Engine, states: Iterable[str] = ("open", "retrying")) -> list[Kept]:
    """Return all dead letters in one of ``states``, latest first."""
    table = schema.DEAD_LETTERS
    query = (
        select(table)
        .where(table.c.state.in_(list(states)))
        .order_by(table.c.last_seen_at.desc(), table.c.dead_letter_id)
    )
    with reading(engine) as connection:
        return [_kept(row) for row in connection.execute(query)]


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
    """Return how many dead letters are open, or were being retried when the process died."""
    waiting = schema.DEAD_LETTERS.c.state.in_(("open", "retrying"))
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).where(waiting)).scalar() or 0)


def retry(engine: Engine, chosen: Iterable[Kept], feeds: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Make the next pass take the feeds and items of ``chosen`` again; return feed ids by dead letter id.

    ``feeds`` names the feed ids by source, as configured now.
    """
    again: dict[str, list[str]] = {}
    with writing(engine) as connection:
        for kept in chosen:
            mine = _feeds_of(connection, kept, feeds)
            for feed in mine:
                poll_anew(connection, feed)
                forget_items(connection, feed, [kept.letter.item_id] if kept.letter.item_id else [])
            _set_state(connection, [kept.letter.dead_letter_id], "retrying")
            again[kept.letter.dead_letter_id] = mine
    return again


def _feeds_of(connection: Connection, kept: Kept, feeds: Mapping[str, list[str]]) -> list[str]:
    """Return the feeds that an item stands in; those of the letter's source where it names no item."""
    items = schema.ITEMS
    if kept.letter.item_id:
        query = select(items.c.feed).where(items.c.item_id == kept.letter.item_id)
        if found := list(connection.execute(query).scalars()):
            return found
    return feeds.get(kept.letter.source, [])


def resolve(engine: Engine, retried: Mapping[str, list[str]], read: Container[str]) -> int:
    """Settle what :func:`retry` returned once a pass has gone over it; return how many letters are resolved.

    One whose feeds are all among ``read`` is resolved, unless it failed again: then it was written again
    and is open already. A feed that could not be read has proved nothing: the letter is open again.
    """
    table = schema.DEAD_LETTERS
    proved = [
        letter_id for letter_id, feeds in retried.items() if feeds and all(feed in read for feed in feeds)
    ]
    with writing(engine) as connection:
        for some in chunks(proved):
            mine = and_(table.c.state == "retrying", table.c.dead_letter_id.in_(some))
            connection.execute(update(table).where(mine).values(state="resolved"))
        _set_state(connection, [letter_id for letter_id in retried if letter_id not in set(proved)], "open")
        states = [
            state
            for some in chunks(proved)
            for state in connection.execute(
                select(table.c.state).where(table.c.dead_letter_id.in_(some))
            ).scalars()
        ]
    return states.count("resolved")


def reopen(engine: Engine, letter_ids: Iterable[str]) -> None:
    """Take back what :func:`retry` said of letters that no pass has gone over."""
    with writing(engine) as connection:
        _set_state(connection, letter_ids, "open")


def resolve_read(connection: Connection, run_id: str, sources: Mapping[str, str]) -> None:
    """Resolve the letters of feeds that ``run_id`` has read; part of its commit, before what it staged moves.

    ``sources`` names, by id, the sources of the feeds that were polled. Feeds that share a source must all
    have been read.
    """
    staged, table = schema.STAGED, schema.DEAD_LETTERS
    query = select(staged.c.row).where(and_(staged.c.run_id == run_id, staged.c.kind == "cursor"))
    polled = [from_text(Cursor, text) for text in connection.execute(query).scalars()]
    read = {c.feed_id for c in polled if c.last_success_at and c.last_success_at == c.last_polled_at}
    failed = {source for feed, source in sources.items() if feed not in read}
    for some in chunks(set(sources.values()) - failed):
        mended = and_(
            table.c.step == STEP,
            table.c.item_id == "",
            table.c.source.in_(some),
            table.c.state.in_(("open", "retrying")),
            table.c.run_id != run_id,
        )
        connection.execute(update(table).where(mended).values(state="resolved"))


def _set_state(connection: Connection, letter_ids: Iterable[str], state: str) -> None:
    table = schema.DEAD_LETTERS
    for some in chunks(letter_ids):
        connection.execute(update(table).where(table.c.dead_letter_id.in_(some)).values(state=state))
