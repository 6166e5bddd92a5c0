"""A pass from its start to its commit, and what is remembered of earlier ones."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, Optional

from sqlalchemy import Connection, Engine, and_, delete, func, select, update

from newsbeam.errors import LedgerError, LedgerHeldError
from newsbeam.ledger import schema
from newsbeam.ledger.engine import reading, shown, writing
from newsbeam.ledger.items import move_staged
from newsbeam.ledger.letters import resolve_read
from newsbeam.ledger.lock import Holder
from newsbeam.ledger.streams import settle, supersede, upsert

# ruff: noqa: UP045 - rows.py reads Optional

Totals = Mapping[tuple[str, str], float]
"""What to add to the counters that outlive a process, by name and label."""


class RunRow(NamedTuple):
    """One pass: ``state`` is running, done, failed or dead; ``summary`` is a JSON object of plain values."""

    run_id: str
    host: str
    pid: int
    started_at: str
    finished_at: Optional[str]
    state: str
    summary: str
    exit_code: Optional[int]


class Ending(NamedTuple):
    """How a run ended: when (ISO 8601), a JSON-able summary, and the exit code."""

    now: str
    summary: Mapping[str, Any]
    exit_code: int


def start(engine: Engine, me: Holder) -> int:
    """Note that this run begins; return how many earlier ones died. Call it under the lock.

    What dead runs staged is thrown away: this run learns it again. What they wrote stays, pending.
    """
    runs = schema.RUNS
    with writing(engine) as connection:
        connection.execute(delete(schema.STAGED))
        died = connection.execute(update(runs).where(runs.c.state == "running").values(state="dead")).rowcount
        row = RunRow(me.run_id, me.host, me.pid, me.since, None, "running", "{}", None)
        upsert(connection, runs, [row._asdict()])
        holder = {"place": 1, "run_id": me.run_id, "host": me.host, "pid": me.pid, "since": me.since}
        upsert(connection, schema.HOLDER, [holder])
    return int(died)


def commit(
    engine: Engine, run_id: str, ending: Ending, totals: Totals, sources: Mapping[str, str] | None = None
) -> None:
    """End the run: cursors and items move to their place, what the run wrote counts as delivered.

    ``sources`` names, by id, the sources of the feeds polled: of those that were read, letters are resolved.

    One transaction: it happens whole or not at all. Raises :class:`LedgerHeldError` where another run
    has begun meanwhile (our connection to the server, and with it the lock, was lost).
    """
    with writing(engine) as connection:
        _require_ours(connection, engine, run_id)
        _take_over(connection, run_id, ending.now, totals, sources or {})
        _finish(connection, run_id, "done", ending)


def commit_part(engine: Engine, run_id: str, now: str, totals: Totals, sources: Mapping[str, str]) -> None:
    """Commit what the run has done so far, as :func:`commit` does, and let it go on."""
    with writing(engine) as connection:
        _require_ours(connection, engine, run_id)
        _take_over(connection, run_id, now, totals, sources)


def _take_over(
    connection: Connection, run_id: str, now: str, totals: Totals, sources: Mapping[str, str]
) -> None:
    resolve_read(connection, run_id, sources)
    supersede(connection, run_id)
    move_staged(connection, run_id, now)
    settle(connection, run_id)
    add_totals(connection, totals)


def fail(engine: Engine, run_id: str, ending: Ending) -> None:
    """Note that the run failed; nothing of it is committed."""
    with writing(engine) as connection:
        _finish(connection, run_id, "failed", ending)


def _require_ours(connection: Connection, engine: Engine, run_id: str) -> None:
    holder = connection.execute(select(schema.HOLDER.c.run_id).with_for_update()).scalar()
    if holder != run_id:
        raise LedgerHeldError(
            f"was taken over by pass {holder} while this one ran: nothing was committed",
            where=shown(engine.url),
            hint="the connection to the server must have been lost",
        )


def _finish(connection: Connection, run_id: str, state: str, ending: Ending) -> None:
    runs = schema.RUNS
    changed = connection.execute(
        update(runs)
        .where(runs.c.run_id == run_id)
        .values(
            finished_at=ending.now,
            state=state,
            summary=json.dumps(ending.summary, ensure_ascii=False),
            exit_code=ending.exit_code,
        )
    )
    if changed.rowcount != 1:
        raise LedgerError(f"knows no pass {run_id}", hint="was the ledger exchanged under a running pass?")


def add_totals(connection: Connection, totals: Totals) -> None:
    """Add to the counters."""
    table = schema.TOTALS
    rows = [{"name": name, "label": label, "value": value} for (name, label), value in totals.items()]
    before = {(row.name, row.label): row.value for row in connection.execute(select(table))}
    for row in rows:
        row["value"] += before.get((row["name"], row["label"]), 0.0)
    upsert(connection, table, rows)


def read_totals(engine: Engine) -> dict[tuple[str, str], float]:
    """Return the counters by name and label."""
    with reading(engine) as connection:
        return {(row.name, row.label): row.value for row in connection.execute(select(schema.TOTALS))}


def recent(engine: Engine, limit: int) -> list[RunRow]:
    """Return the last ``limit`` runs, latest first."""
    runs = schema.RUNS
    query = select(runs).order_by(runs.c.started_at.desc(), runs.c.run_id.desc()).limit(limit)
    with reading(engine) as connection:
        return [RunRow(**row._mapping) for row in connection.execute(query)]


def last_success(engine: Engine, now: str) -> str | None:
    """Return when a run last committed, as far as that is not in the future of ``now`` (ISO 8601)."""
    runs = schema.RUNS
    done = and_(runs.c.state == "done", runs.c.finished_at <= now)
    with reading(engine) as connection:
        return connection.execute(select(func.max(runs.c.finished_at)).where(done)).scalar()


def prune(engine: Engine, before: str) -> int:
    """Forget what ended before ``before`` (ISO 8601); return how many rows. Items in a feed stay."""
    items, runs, letters = schema.ITEMS, schema.RUNS, schema.DEAD_LETTERS
    events, alerts, counts = schema.EVENTS, schema.ALERTS, schema.COUNTS
    done = "delivered"
    old = (
        delete(items).where(and_(items.c.present == 0, items.c.last_seen_at < before)),
        delete(schema.REVISIONS).where(schema.REVISIONS.c.item_id.not_in(select(items.c.item_id))),
        delete(events).where(
            and_(events.c.event_time < before, events.c.state != "pending", _gone(events.c.item_id))
        ),
        delete(alerts).where(and_(alerts.c.raised_at < before, alerts.c.state == done, _story_gone())),
        delete(counts).where(and_(counts.c.window_start < before, counts.c.state == done)),
        delete(schema.OUTCOMES).where(and_(schema.OUTCOMES.c.at < before, _gone(schema.OUTCOMES.c.item_id))),
        delete(letters).where(and_(letters.c.last_seen_at < before, letters.c.state != "open")),
        delete(runs).where(and_(runs.c.started_at < before, runs.c.state != "running")),
    )
    with writing(engine) as connection:
        return sum(int(connection.execute(statement).rowcount) for statement in old)


def _gone(item_id: Any) -> Any:
    """What is told of an item is kept as long as the item: else an edit would tell it again."""
    return item_id.not_in(select(schema.ITEMS.c.item_id))


def _story_gone() -> Any:
    return schema.ALERTS.c.story_id.not_in(select(schema.EVENTS.c.story_id))
