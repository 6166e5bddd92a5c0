"""The ledger on SQLite and on a real PostgreSQL server."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, select, text

from newsbeam.counts import make_count
from newsbeam.errors import LedgerError, LedgerHeldError
from newsbeam.feeds.cursor import Cursor
from newsbeam.ledger import letters, runs, schema
from newsbeam.ledger.changes import Change, ItemRow
from newsbeam.ledger.engine import connect, migrate, reading, require_current, version, writing
from newsbeam.ledger.items import Staged, cursors, known_items, stage
from newsbeam.ledger.lock import Holder, held, myself
from newsbeam.ledger.migrations import VERSION
from newsbeam.ledger.rows import to_text
from newsbeam.ledger.runs import Ending
from newsbeam.ledger.streams import (
    Writer,
    counts_of,
    delivered,
    events_between,
    pending,
    settle_records,
    write,
)
from newsbeam.policies import Policy, raise_alerts
from newsbeam.records import DeadLetter, Outcome
from tests.pipelines.streams import item_events

NOW = "2024-04-01T12:00:00Z"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def connected(ledger_url: str) -> Iterator[Callable[[], Engine]]:
    """Return what makes engines for the ledger; they are closed afterwards."""
    made: list[Engine] = []

    def make() -> Engine:
        made.append(connect(ledger_url))
        return made[-1]

    yield make
    for engine in made:
        engine.dispose()


@pytest.fixture
def engine(connected: Callable[[], Engine]) -> Engine:
    """Return a ledger of the newest version in which run ``r1`` has begun."""
    made = connected()
    migrate(made)
    runs.start(made, Holder("r1", "host", 1, NOW))
    return made


def _row(item_id: str, **changed: object) -> ItemRow:
    row = ItemRow(
        "f1", item_id, f"https://news.example/{item_id}", "T", "w", NOW, NOW, NOW, 1, 1, "", "r", NOW
    )
    return row._replace(**changed)  # type: ignore[arg-type]


def test_migrations_end_in_the_schema_that_the_program_uses(engine: Engine) -> None:
    """Table by table, column by column, key by key."""
    there = inspect(engine)
    assert VERSION == version(engine)
    assert {*schema.METADATA.tables, "schema_version"} == set(there.get_table_names())
    for name, table in schema.METADATA.tables.items():
        found = {column["name"]: column["nullable"] for column in there.get_columns(name)}
        assert {column.name: column.nullable for column in table.columns} == found
        keys = there.get_pk_constraint(name)["constrained_columns"]
        assert [column.name for column in table.primary_key] == keys


def test_a_ledger_of_the_first_version_migrates_with_all_it_holds(connected: Callable[[], Engine]) -> None:
    """What a finished run wrote counts as delivered, what a dead one wrote is pending."""
    engine = connected()
    assert 0 == migrate(engine, to=1)
    event, other = item_events("a", 0).events[0], item_events("b", 0).events[0]
    with writing(engine) as connection:
        run = "INSERT INTO runs VALUES (:id, 'host', 1, :now, :now, :state, '{}')"
        connection.execute(text(run), {"id": "done", "now": NOW, "state": "done"})
        connection.execute(text(run), {"id": "dead", "now": NOW, "state": "running"})
        row = "INSERT INTO events VALUES (:id, 's', 'i', 't', :now, :record, :run)"
        for found, run_id in ((event, "done"), (other, "dead")):
            values = {"id": found.event_id, "now": found.event_time, "record": to_text(found), "run": run_id}
            connection.execute(text(row), values)
        item = "INSERT INTO items VALUES ('f1', 'a', 'u', 'T', 'w', NULL, :now, :now, 1, 2)"
        connection.execute(text(item), {"now": NOW})
        cursor = "INSERT INTO feeds VALUES ('f1', :cursor, :now)"
        connection.execute(text(cursor), {"cursor": to_text(Cursor("f1", etag="e")), "now": NOW})
        letter = DeadLetter("d1", "step", "src", "a", "E", "m", "in")
        dead = "INSERT INTO dead_letters VALUES ('d1', 'step', 'src', 'a', :record, 'done', :now, :now)"
        connection.execute(text(dead), {"record": to_text(letter), "now": NOW})
    with pytest.raises(LedgerError, match=f"version 1, this newsbeam needs {VERSION}"):
        require_current(engine)
    assert 1 == migrate(engine)
    require_current(engine)
    assert {event.event_id} == set(delivered(engine, "events", [event.event_id, other.event_id]))
    assert [other] == pending(engine, "events")
    assert {"f1": Cursor("f1", etag="e")} == cursors(engine)
    assert (
        _row("a", url="u", published_at=None, revision=2, raw_hash="", first_published_at=None)
        == known_items(engine, "f1", ["a"]).rows["a"]
    )
    assert [("open", 1)] == [(kept.state, kept.attempts) for kept in letters.letters(engine)]
    assert VERSION == migrate(engine)


def test_a_ledger_of_a_newer_version_is_refused(engine: Engine) -> None:
    """An old program must not write into it."""
    with writing(engine) as connection:
        connection.execute(text("INSERT INTO schema_version VALUES (:n)"), {"n": VERSION + 1})
    with pytest.raises(LedgerError, match="upgrade newsbeam"):
        migrate(engine)


def test_a_migration_that_fails_leaves_nothing_behind(engine: Engine) -> None:
    """A step is one transaction, its tables too."""

    def fail_half_way() -> None:
        with writing(engine) as connection:
            connection.execute(text("CREATE TABLE half_done (a TEXT)"))
            connection.execute(text("NO SQL AT ALL"))

    with pytest.raises(LedgerError):
        fail_half_way()
    assert "half_done" not in inspect(engine).get_table_names()


def test_writing_records_again_changes_nothing(engine: Engine) -> None:
    """Every id stands once, in every stream."""
    items = [item_events(str(n), n) for n in range(1200)]
    events = [event for item in items for event in item.events]
    alerts = [alert for event in events for alert in raise_alerts((Policy(),), event)[0]]
    outcomes = [Outcome(item.item_id, "alerted", "policy default") for item in items]
    for _ in range(2):
        write(engine, "events", events, Writer("r1", NOW))
        write(engine, "alerts", [*alerts, *alerts], Writer("r1", NOW))
        write(engine, "outcomes", outcomes, Writer("r1", NOW))
    assert sorted(events) == sorted(pending(engine, "events"))
    assert sorted(alert.alert_id for alert in alerts) == sorted(a.alert_id for a in pending(engine, "alerts"))
    assert {} == delivered(engine, "alerts", [alert.alert_id for alert in alerts])
    runs.commit(engine, "r1", Ending(NOW, {}, 0), {})
    assert [] == pending(engine, "events")
    assert {alert.alert_id for alert in alerts} == set(
        delivered(engine, "alerts", [a.alert_id for a in alerts])
    )
    start, end = "1970-01-01T00:00:10Z", "1970-01-01T00:00:20Z"
    assert 10 == len(list(events_between(engine, start, end)))


def test_cursors_and_items_stand_only_once_their_run_is_committed(engine: Engine) -> None:
    """What a dead run staged is thrown away."""
    changes = (Change("new", _row("a"), None), Change("edited", _row("b", revision=2), None))
    stage(engine, "r1", [Staged("f1", Cursor("f1", etag="1"), changes)], NOW)
    assert {} == cursors(engine)
    assert 1 == runs.start(engine, Holder("r2", "host", 2, NOW))
    runs.commit(engine, "r2", Ending(NOW, {}, 0), {})
    assert {} == cursors(engine)
    runs.start(engine, Holder("r3", "host", 3, NOW))
    stage(engine, "r3", [Staged("f1", Cursor("f1", etag="3"), changes)], NOW)
    runs.commit(engine, "r3", Ending(NOW, {"items": 2}, 0), {("items_read", ""): 2.0})
    assert {"f1": Cursor("f1", etag="3")} == cursors(engine)
    assert {"a", "b"} == set(known_items(engine, "f1", []).rows)
    assert {"a": "f1"} == known_items(engine, "f2", ["a", "c"]).owners
    with reading(engine) as connection:
        found = connection.execute(select(schema.REVISIONS.c.item_id, schema.REVISIONS.c.revision)).all()
        assert 0 == len(connection.execute(select(schema.STAGED)).all())
    assert [("a", 1), ("b", 2)] == sorted(map(tuple, found))
    assert [("r3", "done"), ("r2", "done"), ("r1", "dead")] == [
        (r.run_id, r.state) for r in runs.recent(engine, 9)
    ]
    assert {("items_read", ""): 2.0} == runs.read_totals(engine)


def test_a_run_whose_lock_was_lost_cannot_commit(engine: Engine) -> None:
    """Another has begun meanwhile: the first one's work is thrown away."""
    stage(engine, "r1", [Staged("f1", Cursor("f1", etag="old"), ())], NOW)
    runs.start(engine, Holder("r2", "host", 2, NOW))
    with pytest.raises(LedgerHeldError, match="taken over by pass r2"):
        runs.commit(engine, "r1", Ending(NOW, {}, 0), {})
    assert {} == cursors(engine)


def test_only_what_a_run_wrote_is_delivered_by_its_commit(engine: Engine) -> None:
    """What another run has written meanwhile stays pending; what is delivered again is settled by id."""
    ours, theirs, other = (item_events(name, 0).events[0] for name in ("a", "b", "c"))
    write(engine, "events", [ours], Writer("r1", NOW))
    write(engine, "events", [theirs, other], Writer("r2", NOW))
    runs.commit(engine, "r1", Ending(NOW, {}, 0), {})
    assert {theirs, other} == set(pending(engine, "events"))
    with writing(engine) as connection:
        settle_records(connection, "events", [theirs])
    assert [other] == pending(engine, "events")


def test_counts_of_a_window_are_not_those_of_a_longer_one(engine: Engine) -> None:
    """Though both begin at once, as after a change of the window."""
    hour, day = (make_count(0, seconds, ("xiaomi", "t"), 1, 1) for seconds in (3600, 86400))
    write(engine, "counts", [hour, day], Writer("r1", NOW))
    assert [hour] == counts_of(engine, hour.window_start, hour.window_end)


def test_a_second_holder_is_told_who_the_first_is(connected: Callable[[], Engine]) -> None:
    """By run, process and host; when the first lets go, the second gets it."""
    first, second = connected(), connected()
    with held(first, myself("r1", NOW)):
        words = r"held by pass r1 \(process \d+ on .+, since .+\)"
        with pytest.raises(LedgerHeldError, match=words), held(second, myself("r2", NOW)):
            raise AssertionError
    with held(second, myself("r2", NOW)):
        pass


HOLD = """
import sys, time
from newsbeam.ledger.engine import connect
from newsbeam.ledger.lock import held, myself
with held(connect(sys.argv[1]), myself("dying", "2024-01-01T00:00:00Z")):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_lock_of_a_dead_process_is_free(ledger_url: str, connected: Callable[[], Engine]) -> None:
    """kill -9 leaves no lock behind, though the name of the dead stays readable."""
    engine = connected()
    process = subprocess.Popen([sys.executable, "-c", HOLD, ledger_url], stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    assert b"held\n" == process.stdout.readline()
    with pytest.raises(LedgerHeldError, match="pass dying"), held(engine, myself("r2", NOW)):
        raise AssertionError
    process.kill()
    process.wait()
    process.stdout.close()
    for _ in range(100):
        try:
            with held(engine, myself("r2", NOW)):
                return
        except LedgerHeldError:
            time.sleep(0.1)  # the server notices the end of a connection a moment later
    raise AssertionError("the lock of a dead process was not freed")


def test_what_is_over_is_forgotten_and_what_stands_in_a_feed_is_not(engine: Engine) -> None:
    """Events of an item live as long as the item, or an edit would tell them again."""
    old = "2020-01-01T00:00:00Z"
    gone, kept = _row("gone", present=0, last_seen_at=old), _row("kept", last_seen_at=old)
    stage(
        engine,
        "r1",
        [Staged("f1", Cursor("f1"), (Change("new", gone, None), Change("new", kept, None)))],
        old,
    )
    events = [item_events(name, 0).events[0] for name in ("gone", "kept")]
    write(engine, "events", events, Writer("r1", old))
    runs.commit(engine, "r1", Ending(old, {}, 0), {})
    assert 3 == runs.prune(engine, "2021-01-01T00:00:00Z")
    assert ["kept"] == list(known_items(engine, "f1", ["gone"]).rows)
    assert [events[1]] == list(events_between(engine, "1970-01-01T00:00:00Z", "1971-01-01T00:00:00Z"))


def test_a_dead_letter_that_fails_again_is_one_letter_with_more_attempts(engine: Engine) -> None:
    """Its id is its content; retried and not failed again it is resolved."""
    letter = DeadLetter("d1", "PollFeeds", "Ars", "a", "FeedError", "no XML", "<html>")
    write(engine, "dead_letters", [letter], Writer("r1", NOW))
    write(engine, "dead_letters", [letter], Writer("r1", NOW))
    stage(engine, "r1", [Staged("f1", Cursor("f1", etag="e"), (Change("new", _row("a"), None),))], NOW)
    runs.commit(engine, "r1", Ending(NOW, {}, 0), {})
    (kept,) = letters.letter(engine, "d")
    assert ("open", 1) == (kept.state, kept.attempts)
    assert {"d1": ["f1"]} == letters.retry(engine, [kept], {})
    assert 1 == letters.open_letters(engine)  # also should the process die now
    assert {} == known_items(engine, "f1", ["a"]).rows
    assert "" == cursors(engine)["f1"].etag
    write(engine, "dead_letters", [letter], Writer("r2", NOW))
    assert 0 == letters.resolve(engine, {"d1": ["f1"]}, {"f1"})
    (kept,) = letters.letters(engine)
    assert ("open", 2) == (kept.state, kept.attempts)
    again = letters.retry(engine, [kept], {"Ars": ["f1"]})
    assert 0 == letters.resolve(engine, again, set())
    assert 1 == letters.open_letters(engine)
    assert 1 == letters.resolve(engine, letters.retry(engine, [kept], {"Ars": ["f1"]}), {"f1"})
    assert [] == letters.letters(engine)


def test_totals_add_up_over_runs(engine: Engine) -> None:
    """Counters survive the process."""
    runs.commit(engine, "r1", Ending(NOW, {"a": 1}, 0), {("items", "alerted"): 2.0})
    runs.start(engine, Holder("r2", "host", 2, NOW))
    runs.commit(engine, "r2", Ending(NOW, {}, 0), {("items", "alerted"): 3.0, ("passes", ""): 1.0})
    assert {("items", "alerted"): 5.0, ("passes", ""): 1.0} == runs.read_totals(engine)
    assert {"a": 1} == json.loads(runs.recent(engine, 2)[1].summary)


def test_the_last_success_is_known_however_many_passes_failed_since(engine: Engine) -> None:
    """Or the alert that goes by it would fall silent; a success in the future is none."""
    runs.commit(engine, "r1", Ending(NOW, {}, 0), {})
    for number in range(120):
        runs.start(engine, Holder(f"f{number}", "host", 1, "2024-04-02T12:00:00Z"))
        runs.fail(engine, f"f{number}", Ending("2024-04-02T12:00:00Z", {}, 5))
    runs.start(engine, Holder("wrong clock", "host", 1, "2031-01-01T00:00:00Z"))
    runs.commit(engine, "wrong clock", Ending("2031-01-01T00:00:00Z", {}, 0), {})
    assert NOW == runs.last_success(engine, "2024-04-03T12:00:00Z")
    assert runs.last_success(engine, "2024-03-01T00:00:00Z") is None


def test_an_item_that_left_the_feed_it_came_from_is_no_duplicate_any_more(engine: Engine) -> None:
    """Its edits in the other feed would be told by nobody."""
    first, second = _row("a", feed="f1"), _row("a", feed="f2", duplicate_of="f1")
    for run_id, row in (("r1", first), ("r2", first._replace(present=0))):
        runs.start(engine, Holder(run_id, "host", 1, NOW))
        staged = [
            Staged("f1", Cursor("f1"), (Change("new", row, None),)),
            Staged("f2", Cursor("f2"), (Change("duplicate", second, None),)),
        ]
        stage(engine, run_id, staged, NOW)
        runs.commit(engine, run_id, Ending(NOW, {}, 0), {})
        owner = "f1" if row.present else ""
        assert owner == known_items(engine, "f2", []).rows["a"].duplicate_of
