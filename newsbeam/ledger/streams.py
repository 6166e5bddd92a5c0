"""What the graph produces: written by id, delivered once its run is committed.

A row is ``pending`` until the run that wrote it commits; then all sinks have had it. Rows that a dead
run left pending are delivered again by the next one (:func:`pending`). An event that a later revision of
its item no longer has is ``superseded``: it counts no more, and is told anew should it come back.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine, Table, and_, case, select
from sqlalchemy.dialects import postgresql, sqlite

from newsbeam.ledger import schema
from newsbeam.ledger.engine import reading, writing
from newsbeam.ledger.rows import from_text, to_text
from newsbeam.records import Alert, DeadLetter, Event, EventCount, Outcome

CHUNK = 500
"""Rows or ids in one statement: SQLite takes 32,766 parameters, the widest table has 12 columns."""
DELIVERED_STREAMS = ("alerts", "events", "counts")

_TABLES = {"alerts": schema.ALERTS, "events": schema.EVENTS, "counts": schema.COUNTS}
_KINDS: dict[str, Any] = {"alerts": Alert, "events": Event, "counts": EventCount}


T = TypeVar("T")


def chunks(many: Iterable[T]) -> Iterator[list[T]]:
    """Yield ``many`` in lists of at most :data:`CHUNK`."""
    rest = iter(many)
    while some := list(islice(rest, CHUNK)):
        yield some


class Writer(NamedTuple):
    """Whose rows these are: the run and its time (ISO 8601)."""

    run_id: str
    now: str


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[dict[str, Any]],
    keep: Iterable[str] = (),
    sets: dict[str, Any] | None = None,
) -> None:
    """Insert ``rows``; where a key is taken, replace the columns not in ``keep``, those in ``sets`` by it."""
    if not rows:
        return
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table)
    keys = [column.name for column in table.primary_key]
    untouched = {*keys, *keep}
    replaced = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in untouched}
    statement = statement.on_conflict_do_update(index_elements=keys, set_=replaced | (sets or {}))
    for some in chunks(rows):
        connection.execute(statement, some)


def write(engine: Engine, stream: str, records: Sequence[Any], by: Writer) -> None:
    """Write ``records`` of ``stream`` by id, in one transaction; writing them again changes nothing."""
    with writing(engine) as connection:
        _WRITERS[stream](connection, records, by)


def _write_events(connection: Connection, events: Sequence[Event], by: Writer) -> None:
    rows = [
        {
            "event_id": event.event_id,
            "story_id": event.story_id,
            "item_id": event.item_id,
            "type": event.detection.type,
            "event_time": event.event_time,
            "record": to_text(event),
            "run_id": by.run_id,
            "state": "pending",
        }
        for event in _unique(events, "event_id")
    ]
    upsert(connection, schema.EVENTS, rows)


def _write_alerts(connection: Connection, alerts: Sequence[Alert], by: Writer) -> None:
    rows = [
        {
            "alert_id": alert.alert_id,
            "story_id": alert.event.story_id,
            "policy": alert.policy,
            "record": to_text(alert),
            "run_id": by.run_id,
            "raised_at": by.now,
            "state": "pending",
        }
        for alert in _unique(alerts, "alert_id")
    ]
    upsert(connection, schema.ALERTS, rows)


def _write_counts(connection: Connection, counts: Sequence[EventCount], by: Writer) -> None:
    rows = [
        {
            "count_id": count.count_id,
            "window_start": count.window_start,
            "vendor": count.vendor,
            "type": count.type,
            "record": to_text(count),
            "run_id": by.run_id,
            "state": "pending",
        }
        for count in _unique(counts, "count_id")
    ]
    upsert(connection, schema.COUNTS, rows)


def _write_dead_letters(connection: Connection, letters: Sequence[DeadLetter], by: Writer) -> None:
    rows = [
        {
            "dead_letter_id": letter.dead_letter_id,
            "step": letter.step,
            "source": letter.source,
            "item_id": letter.item_id,
            "record": to_text(letter),
            "run_id": by.run_id,
            "first_seen_at": by.now,
            "last_seen_at": by.now,
            "state": "open",
            "attempts": 1,
        }
        for letter in _unique(letters, "dead_letter_id")
    ]
    letters_table = schema.DEAD_LETTERS
    again = case(
        (letters_table.c.run_id == by.run_id, letters_table.c.attempts), else_=letters_table.c.attempts + 1
    )
    upsert(connection, letters_table, rows, keep=("first_seen_at",), sets={"attempts": again})


def _write_outcomes(connection: Connection, outcomes: Sequence[Outcome], by: Writer) -> None:
    rows = [
        {**outcome._asdict(), "run_id": by.run_id, "at": by.now} for outcome in _unique(outcomes, "item_id")
    ]
    upsert(connection, schema.OUTCOMES, rows)


_WRITERS: dict[str, Any] = {
    "alerts": _write_alerts,
    "events": _write_events,
    "counts": _write_counts,
    "dead_letters": _write_dead_letters,
    "outcomes": _write_outcomes,
}


def _unique(records: Iterable[Any], key: str) -> list[Any]:
    """PostgreSQL refuses to touch one row twice in a statement; the last counts."""
    return list({getattr(record, key): record for record in records}.values())


def delivered(engine: Engine, stream: str, ids: Iterable[str]) -> dict[str, str]:
    """Return the texts (see :mod:`newsbeam.ledger.rows`) of those of ``ids`` that all sinks have had."""
    table = _TABLES[stream]
    key = next(iter(table.primary_key))
    found: dict[str, str] = {}
    with reading(engine) as connection:
        for some in chunks(ids):
            query = select(key, table.c.record).where(and_(key.in_(some), table.c.state == "delivered"))
            found.update((name, record) for name, record in connection.execute(query))
    return found


def pending(engine: Engine, stream: str) -> list[Any]:
    """Return the records of ``stream`` that a run wrote which never committed."""
    table = _TABLES[stream]
    with reading(engine) as connection:
        rows = connection.execute(select(table.c.record).where(table.c.state == "pending")).scalars()
        return [from_text(_KINDS[stream], row) for row in rows]


def settle(connection: Connection, run_id: str) -> None:
    """Mark what ``run_id`` wrote as delivered: to be called when every sink has it."""
    for table in _TABLES.values():
        mine = and_(table.c.state == "pending", table.c.run_id == run_id)
        connection.execute(table.update().where(mine).values(state="delivered"))


def settle_records(connection: Connection, stream: str, records: Iterable[Any]) -> None:
    """Mark those of ``records`` that are pending as delivered: every sink has them."""
    table = _TABLES[stream]
    key = next(iter(table.primary_key))
    for some in chunks(getattr(record, key.name) for record in records):
        these = and_(table.c.state == "pending", key.in_(some))
        connection.execute(table.update().where(these).values(state="delivered"))


def events_between(engine: Engine, start: str, end: str) -> Iterator[Event]:
    """Yield the events whose event time (ISO 8601) is in [start, end)."""
    events = schema.EVENTS
    between = and_(events.c.event_time >= start, events.c.event_time < end, events.c.state != "superseded")
    with reading(engine) as connection:
        for text in connection.execute(select(events.c.record).where(between)).scalars():
            yield from_text(Event, text)


def events_of(engine: Engine, item_ids: Iterable[str]) -> list[Event]:
    """Return the events of ``item_ids`` as the ledger has them, without those that are superseded."""
    events = schema.EVENTS
    found: list[Event] = []
    with reading(engine) as connection:
        for some in chunks(item_ids):
            theirs = and_(events.c.item_id.in_(some), events.c.state != "superseded")
            query = select(events.c.record).where(theirs)
            found += [from_text(Event, text) for text in connection.execute(query).scalars()]
    return found


def stage_superseded(engine: Engine, run_id: str, event_ids: Iterable[str]) -> None:
    """Have the commit of ``run_id`` mark ``event_ids``, which their items no longer have."""
    rows = [
        {"run_id": run_id, "kind": "superseded", "feed": "", "name": event_id, "row": "{}"}
        for event_id in event_ids
    ]
    if rows:
        with writing(engine) as connection:
            upsert(connection, schema.STAGED, rows)


def supersede(connection: Connection, run_id: str) -> None:
    """Mark the events that ``run_id`` staged as superseded; part of its commit."""
    staged, events = schema.STAGED, schema.EVENTS
    query = select(staged.c.name).where(and_(staged.c.run_id == run_id, staged.c.kind == "superseded"))
    for some in chunks(connection.execute(query).scalars().all()):
        old = and_(events.c.event_id.in_(some), events.c.run_id != run_id)
        connection.execute(events.update().where(old).values(state="superseded"))


def counts_of(engine: Engine, start: str, end: str) -> list[EventCount]:
    """Return the counts of the window [start, end) (ISO 8601); not those of one of another length."""
    counts = schema.COUNTS
    with reading(engine) as connection:
        query = select(counts.c.record).where(counts.c.window_start == start)
        found = [from_text(EventCount, text) for text in connection.execute(query).scalars()]
    return [count for count in found if count.window_end == end]
