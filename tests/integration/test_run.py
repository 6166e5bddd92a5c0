"""``newsbeam run`` as an operator uses it, over a real server on loopback."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from newsbeam import clock, metrics
from newsbeam.clock import FixedClock
from newsbeam.config import Settings
from newsbeam.counts import count_keys, window_bounds
from newsbeam.errors import OutputError
from newsbeam.ledger import runs, schema
from newsbeam.ledger.engine import connect, migrate, reading
from newsbeam.ledger.lock import Holder, held, myself
from newsbeam.ledger.rows import from_text
from newsbeam.ledger.streams import Writer, write
from newsbeam.policies import Policy, raise_alerts
from newsbeam.records import DeadLetter, Event
from pipelines.cli import main
from pipelines.request import Report, Request
from pipelines.watch import watch
from tests.integration.captures import Capture, FeedServer, captures, serving
from tests.pipelines.streams import item_events

ROOT = Path(__file__).parents[2]
SECRET = "s3cr3tT0ken0123456789abc"  # noqa: S105 - made up


class Desk:
    """A folder with a configuration, and the commands an operator types there."""

    def __init__(self, folder: Path, server: FeedServer) -> None:
        self.folder = folder
        self.server = server
        self.ledger = f"sqlite:///{folder}/ledger.sqlite3"
        self.sinks = f"[{{type: jsonl, options: {{folder: '{folder}/out'}}}}]"
        self.feed = f"{{url: '{server.url}', name: Ars, full_text: never, least_interval: 30s}}"
        self.more = ""
        self.write()

    @property
    def config(self) -> Path:
        return self.folder / "monitor.yaml"

    def write(self) -> None:
        self.config.write_text(
            f"feeds:\n- {self.feed}\nhttp: {{allow_private: [127.0.0.1]}}\n"
            f"ledger: {{url: '{self.ledger}'}}\nsinks: {self.sinks}\n{self.more}"
        )

    def newsbeam(self, *words: str) -> int:
        return main([*words, "--config", str(self.config)])

    def run(self, capture: Capture, *words: str) -> int:
        self.server.capture = capture
        return self.newsbeam("run", "--now", capture.now, "--ignore-schedule", *words)

    def process(
        self, *words: str, file_limit: int | None = None, bound: bool = False
    ) -> "subprocess.Popen[str]":
        """Start a command; ``bound`` has root heed the modes of files like everybody else."""
        command = [sys.executable, "-m", "pipelines.cli", *words, "--config", str(self.config)]
        if file_limit:
            command = ["prlimit", f"--fsize={file_limit}", *command]
        if bound and os.geteuid() == 0:
            command = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override", *command]
        return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def told(self, stream: str) -> list[dict[str, Any]]:
        path = self.folder / "out" / f"{stream}.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def rows(self, table: Any) -> list[Mapping[str, Any]]:
        engine = connect(self.ledger)
        with reading(engine) as connection:
            found = [row._mapping for row in connection.execute(select(table))]
        engine.dispose()
        return found


@pytest.fixture(scope="module")
def stream() -> list[Capture]:
    return captures()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with serving(FeedServer()) as server:
        yield Desk(tmp_path, server)


def _later(capture: Capture, seconds: int) -> Capture:
    return capture._replace(at=clock.from_timestamp(capture.at.timestamp() + seconds))


def test_two_passes_a_minute_apart_tell_everything_once(
    desk: Desk, stream: list[Capture], capsys: pytest.CaptureFixture[str]
) -> None:
    """The second reports nothing new and exits 0, with the sinks of a replay."""
    desk.sinks = f"[{{type: console}}, {{type: jsonl, options: {{folder: '{desk.folder}/out'}}}}]"
    desk.write()
    desk.server.capture = stream[0]
    assert 0 == desk.newsbeam("run", "--now", stream[0].now)
    first = capsys.readouterr().out
    alerts = desk.told("alerts")
    assert alerts
    assert f"Alerts ({len(alerts)})" in first
    before = {path.name: path.read_bytes() for path in (desk.folder / "out").iterdir()}
    assert 0 == desk.newsbeam("run", "--now", _later(stream[0], 60).now)
    second = capsys.readouterr()
    assert {200: 1, 304: 1} == desk.server.answered
    assert "" == second.out
    assert "nothing new" in second.err
    assert before == {path.name: path.read_bytes() for path in (desk.folder / "out").iterdir()}
    assert 0 == desk.newsbeam("run", "--now", _later(stream[0], 61).now)
    assert {200: 1, 304: 1} == desk.server.answered  # it was not due
    assert "" == capsys.readouterr().out
    assert 0 == desk.newsbeam("runs", "--json")
    listed = json.loads(capsys.readouterr().out)
    assert [(0, "done", 0), (0, "done", 0), (0, "done", 20)] == [
        (run["exit_code"], run["state"], run["summary"].get("items_read", 0)) for run in listed
    ]


def test_counts_are_totals_over_passes(desk: Desk, stream: list[Capture]) -> None:
    """After each pass the counts equal those of all events so far; the files' last line for a key too."""
    for capture in stream[:5]:
        assert 0 == desk.run(capture)
    mentions: dict[tuple[str, str, str], set[str]] = {}
    for row in desk.rows(schema.EVENTS):
        if row["state"] == "superseded":
            continue  # an edit took it back
        event = from_text(Event, row["record"])
        start, _ = window_bounds(clock.from_iso(event.event_time), 86400)
        for vendor, event_type in count_keys(event):
            mentions.setdefault((start, vendor, event_type), set()).add(event.article_id)
    expected = {key: len(articles) for key, articles in mentions.items()}
    kept = [json.loads(row["record"]) for row in desk.rows(schema.COUNTS)]
    for counts in (desk.told("counts"), kept):
        last = {
            (count["window_start"], count["vendor"], count["type"]): count["mentions"] for count in counts
        }
        assert expected == {key: number for key, number in last.items() if number}


def test_nothing_is_told_again_when_the_clock_jumps_back(desk: Desk, stream: list[Capture]) -> None:
    """Nor is the feed forgotten until the old time comes round again."""
    for capture in stream[:3]:
        assert 0 == desk.run(capture)
    before = Counter(alert["alert_id"] for alert in desk.told("alerts"))
    past = _later(stream[3], -40 * 86400)
    desk.server.capture = past
    desk.server.answered.clear()
    assert 0 == desk.newsbeam("run", "--now", past.now)
    assert {200: 1} == desk.server.answered
    again = Counter(alert["alert_id"] for alert in desk.told("alerts"))
    assert before <= again
    assert 1 == max(again.values())
    desk.server.validators = "none"
    assert 0 == desk.run(_later(past, -86400))
    assert again == Counter(alert["alert_id"] for alert in desk.told("alerts"))


def test_a_clock_that_leaps_ahead_for_a_pass_forgets_nothing(desk: Desk, stream: list[Capture]) -> None:
    """Nor does the right time that comes after."""
    assert 0 == desk.run(stream[0])
    tables = (schema.COUNTS, schema.ALERTS, schema.EVENTS, schema.ITEMS)
    before = [desk.rows(table) for table in tables]
    desk.server.status = 404
    for seconds in (2 * 366 * 86400, 3600):
        assert 0 == desk.run(_later(stream[0], seconds))
        assert before == [desk.rows(table) for table in tables]


def test_two_passes_at_once_one_works_and_one_says_so(
    desk: Desk, stream: list[Capture], ledger_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second names the first's process and exits 3."""
    desk.ledger = ledger_url
    desk.write()
    desk.server.capture = stream[0]
    desk.server.delay = 3.0
    with desk.process("run", "--now", stream[0].now) as first:
        assert desk.server.asked.wait(60)
        assert 3 == desk.newsbeam("run", "--now", stream[0].now)
        assert re.search(rf"is held by pass \S+ \(process {first.pid} on ", capsys.readouterr().err)
        first.communicate()
    assert 0 == first.returncode
    assert desk.told("alerts")


def test_what_a_dead_pass_had_found_is_told_by_the_next(desk: Desk, stream: list[Capture]) -> None:
    """Even if its item has left the feed meanwhile; and once only."""
    engine = connect(desk.ledger)
    migrate(engine)
    runs.start(engine, Holder("dead", "host", 1, stream[0].now))
    (event,) = item_events("gone", 0).events
    alerts, _ = raise_alerts((Policy(),), event)
    write(engine, "events", [event], Writer("dead", stream[0].now))
    write(engine, "alerts", alerts, Writer("dead", stream[0].now))
    engine.dispose()
    for capture in stream[:2]:
        assert 0 == desk.run(capture)
    ids = Counter(alert["alert_id"] for alert in desk.told("alerts"))
    assert 1 == ids[alerts[0].alert_id]
    assert 1 == Counter(told["event_id"] for told in desk.told("events"))[event.event_id]


def test_what_is_delivered_again_is_not_replaced_by_the_same_pass(desk: Desk, stream: list[Capture]) -> None:
    """Where the files of each pass replace those of the last."""
    desk.sinks = f"[{{type: jsonl, options: {{folder: '{desk.folder}/out', overwrite: true}}}}]"
    desk.write()
    engine = connect(desk.ledger)
    migrate(engine)
    runs.start(engine, Holder("dead", "host", 1, stream[0].now))
    (event,) = item_events("gone", 0).events
    write(engine, "events", [event], Writer("dead", stream[0].now))
    engine.dispose()
    for capture, there in ((stream[0], True), (stream[1], False)):
        assert 0 == desk.run(capture)
        assert there == (event.event_id in {told["event_id"] for told in desk.told("events")})


def test_a_dry_run_shows_what_a_pass_would_do_and_writes_nothing(
    desk: Desk, stream: list[Capture], capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither the first time nor when there is a ledger."""
    assert 0 == desk.run(stream[0], "--dry-run")
    assert ["monitor.yaml"] == [path.name for path in desk.folder.iterdir()]
    printed = capsys.readouterr().out
    assert re.search(r"Alerts \([1-9]", printed)
    assert re.search(r"changes new +20", printed)
    assert 0 == desk.run(stream[0])
    before = {path.name: path.stat().st_mtime_ns for path in desk.folder.rglob("*.jsonl")}
    rows = [desk.rows(table) for table in (schema.FEEDS, schema.ITEMS, schema.RUNS)]
    capsys.readouterr()
    assert 0 == desk.run(stream[1], "--dry-run")
    assert re.search(r"changes new +2", capsys.readouterr().out)
    assert before == {path.name: path.stat().st_mtime_ns for path in desk.folder.rglob("*.jsonl")}
    assert rows == [desk.rows(table) for table in (schema.FEEDS, schema.ITEMS, schema.RUNS)]


def test_an_unknown_feed_and_no_feeds_are_wrong_use(
    desk: Desk, stream: list[Capture], capsys: pytest.CaptureFixture[str]
) -> None:
    """With a hint."""
    assert 2 == desk.run(stream[0], "--feed", "Arsenal")
    assert "no feed is called 'Arsenal'" in capsys.readouterr().err
    assert 0 == desk.run(stream[0], "--feed", "Ars")
    desk.config.write_text("{}")
    assert 2 == desk.newsbeam("run")
    assert "no feeds to watch" in capsys.readouterr().err


@pytest.mark.parametrize(("full", "code", "words"), [("ledger", 4, "disk"), ("sink", 5, "File too large")])
def test_a_full_disk_is_said_and_nothing_is_lost(
    desk: Desk, stream: list[Capture], full: str, code: int, words: str
) -> None:
    """The pass fails as a whole; with room again the next one does the work, and the ledger is sound."""
    limit = 150_000  # bytes of the largest file: less than the ledger of this feed
    if full == "sink":
        limit = 10_000_000
        (desk.folder / "out").mkdir()
        line = {"event_id": "early", "filler": "x" * (limit - 200)}
        (desk.folder / "out" / "events.jsonl").write_text(json.dumps(line) + "\n")
    desk.server.capture = stream[0]
    with desk.process("run", "--now", stream[0].now, file_limit=limit) as process:
        _, errors = process.communicate()
    assert code == process.returncode, errors
    said = errors.splitlines()[-1]
    assert said.startswith("newsbeam: ")
    assert words in said
    assert "nothing was committed" in said
    assert [] == desk.rows(schema.ITEMS)
    assert 0 == desk.run(stream[0])
    assert 20 == len(desk.rows(schema.ITEMS))
    with closing(sqlite3.connect(desk.folder / "ledger.sqlite3")) as connection:
        assert ("ok",) == connection.execute("PRAGMA integrity_check").fetchone()
    told = {alert["alert_id"] for alert in desk.told("alerts")}
    assert {row["alert_id"] for row in desk.rows(schema.ALERTS)} == told
    told = {event["event_id"] for event in desk.told("events")} - {"early"}
    assert {row["event_id"] for row in desk.rows(schema.EVENTS)} == told


def test_a_read_only_ledger_is_said(
    desk: Desk, stream: list[Capture], capsys: pytest.CaptureFixture[str], ledger_url: str
) -> None:
    """Exit code 4, in words, without a traceback, and the ledger is as it was."""
    desk.ledger = ledger_url
    desk.write()
    assert 0 == desk.run(stream[0])
    before = desk.rows(schema.RUNS)
    capsys.readouterr()
    if ledger_url.startswith("sqlite"):
        path = ledger_url.removeprefix("sqlite:///")
        desk.ledger = f"sqlite:///file:{path}?mode=ro&uri=true"
    else:
        desk.ledger = f"{ledger_url}?options=-c%20default_transaction_read_only%3Don"
    desk.write()
    assert 4 == desk.run(stream[1])
    errors = capsys.readouterr().err
    assert "read-only" in errors
    assert "Traceback" not in errors
    desk.ledger = ledger_url
    assert before == desk.rows(schema.RUNS)


def test_a_server_that_is_down_and_a_folder_that_is_not_there_are_said(
    desk: Desk, stream: list[Capture], capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 4; the password is not shown."""
    desk.ledger = f"postgresql://me:{SECRET}@127.0.0.1:1/news"
    desk.write()
    assert 4 == desk.run(stream[0])
    errors = capsys.readouterr().err
    assert "is the server up" in errors
    assert SECRET not in errors
    desk.ledger = f"sqlite:///{desk.folder}/nowhere/ledger.sqlite3"
    desk.write()
    assert 4 == desk.run(stream[0])
    assert "does the folder exist" in capsys.readouterr().err
    desk.ledger = f"sqlite:///{desk.config}"
    desk.write()
    assert 4 == desk.run(stream[0])
    assert "is not a database" in capsys.readouterr().err


def test_a_broken_feed_is_a_dead_letter_that_can_be_retried(
    desk: Desk, stream: list[Capture], capsys: pytest.CaptureFixture[str]
) -> None:
    """It is listed, shown and, once the feed is mended, resolved."""
    assert 1 == desk.run(stream[0]._replace(body=b"\x00\x01 this is no feed \x1b[31m"))
    assert 0 == desk.newsbeam("dead-letters", "list", "--json")
    captured = capsys.readouterr()
    (letter,) = json.loads(captured.out)
    assert ("open", 1, "Ars") == (letter["state"], letter["attempts"], letter["source"])
    assert "more than the 0 allowed" in captured.err
    start = letter["dead_letter_id"][:6]
    assert 0 == desk.newsbeam("dead-letters", "show", start)
    assert 0 == desk.newsbeam("dead-letters", "list")
    printed = capsys.readouterr().out
    assert letter["message"][:20] in printed
    assert "\x1b" not in printed
    now = _later(stream[0], 600).now
    assert 1 == desk.newsbeam("dead-letters", "retry", "--now", now)
    assert "1 retried, 0 came through" in capsys.readouterr().out
    desk.server.capture = stream[0]
    assert 0 == desk.newsbeam("dead-letters", "retry", start, "--now", now)
    assert "1 retried, 1 came through, 0 did not" in capsys.readouterr().out
    assert desk.told("alerts")
    assert 0 == desk.newsbeam("dead-letters", "retry", "--now", now)
    assert "no dead letters to retry" in capsys.readouterr().out
    assert 2 == desk.newsbeam("dead-letters", "show", "nonsense")


def test_the_letter_of_a_feed_is_resolved_when_a_pass_has_read_it_and_open_when_a_retry_breaks_off(
    desk: Desk, stream: list[Capture], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a retry; a broken retry leaves none `retrying`."""
    broken = stream[0]._replace(body=b"\x00\x01 this is no feed")
    assert 1 == desk.run(broken)
    with monkeypatch.context() as patched:
        patched.setattr("pipelines.dead_letters.one_pass", lambda _: Report(5, None))
        assert 5 == desk.newsbeam("dead-letters", "retry", "--now", stream[0].now)
    assert ["open"] == [row["state"] for row in desk.rows(schema.DEAD_LETTERS)]
    assert 1 == desk.run(broken._replace(at=_later(stream[0], 3600).at))
    assert ["open"] == [row["state"] for row in desk.rows(schema.DEAD_LETTERS)]
    assert 0 == desk.run(_later(stream[0], 7200))
    assert ["resolved"] == [row["state"] for row in desk.rows(schema.DEAD_LETTERS)]


def test_status_tells_the_health_of_each_feed_in_words(
    desk: Desk, stream: list[Capture], capsys: pytest.CaptureFixture[str]
) -> None:
    """Before the first pass, after a good one and after a bad one."""
    assert 0 == desk.newsbeam("feeds", "status")
    assert "new" in capsys.readouterr().out
    assert not (desk.folder / "ledger.sqlite3").exists()
    assert 0 == desk.run(stream[0])
    assert 0 == desk.newsbeam("feeds", "status", "--json")
    (status,) = json.loads(capsys.readouterr().out)
    assert ("ok", stream[0].now) == (status["state"], status["last_success_at"])
    assert status["items_a_day"] > 1
    desk.server.status = 404
    assert 0 == desk.run(_later(stream[0], 3600))
    assert 0 == desk.newsbeam("feeds", "status")
    assert "404" in capsys.readouterr().out


def test_logs_are_structured_and_hold_no_secret(
    desk: Desk, stream: list[Capture], capfd: pytest.CaptureFixture[str]
) -> None:
    """One JSON object a line with the run's id; neither body nor token, in any command's answer either."""
    desk.feed = f"{{url: '{desk.server.url}?token={SECRET}', full_text: never}}"
    desk.write()
    with desk.process("run", "--now", stream[0].now, "--log-format", "json", "--verbose") as process:
        desk.server.capture = stream[0]
        _, errors = process.communicate()
    desk.server.status = 500
    with desk.process("run", "--now", _later(stream[0], 86400).now, "--log-format", "json") as process:
        _, more = process.communicate()
    lines = [json.loads(line) for line in (errors + more).splitlines()]
    assert 2 == len({line["run"] for line in lines})
    assert {"run started", "feed polled", "run finished", "feed failed"} <= {line["event"] for line in lines}
    desk.newsbeam("feeds", "status")
    desk.newsbeam("feeds", "status", "--json")
    desk.newsbeam("runs", "--json")
    desk.newsbeam("dead-letters", "list", "--json", "--all")
    printed = errors + more + "".join(capfd.readouterr())
    assert SECRET not in printed
    assert "***" in printed
    assert "<item>" not in printed


def test_metrics_are_written_for_the_textfile_collector(desk: Desk, stream: list[Capture]) -> None:
    """Totals go on over passes; the file is there whole or not at all."""
    path = desk.folder / "newsbeam.prom"
    for capture in stream[:2]:
        assert 0 == desk.run(capture, "--metrics-file", str(path))
    found = dict(line.rsplit(" ", 1) for line in path.read_text().splitlines() if not line.startswith("#"))
    assert "2.0" == found["newsbeam_passes_total"]
    assert "1.0" == found['newsbeam_feeds{state="ok"}']
    assert "0.0" == found["newsbeam_feeds_stale"]
    assert "0.0" == found["newsbeam_last_pass_exit_code"]
    assert stream[1].at.timestamp() == float(found["newsbeam_last_success_timestamp_seconds"])
    assert len(desk.told("alerts")) == float(found["newsbeam_alerts_total"])
    assert len(desk.told("alerts")) == float(found["newsbeam_alert_lag_seconds_count"])
    items = sum(float(value) for name, value in found.items() if name.startswith("newsbeam_items_total"))
    assert float(found["newsbeam_items_read_total"]) == items
    assert {"graph", "commit", "total"} <= {name.split('"')[1] for name in found if "stage_seconds" in name}


def test_a_metrics_file_that_cannot_be_written_undoes_no_pass(
    desk: Desk, stream: list[Capture], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is logged; run keeps its exit code, watch goes on."""
    nowhere = f"{desk.folder}/nowhere/x.prom"
    assert 0 == desk.run(stream[0], "--metrics-file", nowhere)
    assert "metrics not written" in capsys.readouterr().err
    turns: list[Request] = []

    def failing_pass(request: Request) -> Report:
        turns.append(request)
        if len(turns) > 1:
            os.kill(os.getpid(), signal.SIGTERM)
        return Report(0, facts)

    facts = metrics.Facts(clock.from_iso(stream[0].now), 0, None, {}, {}, {}, 0)
    monkeypatch.setattr("pipelines.watch.one_pass", failing_pass)
    request = Request(Settings(), FixedClock(stream[0].at), metrics_file=Path(nowhere))
    assert 0 == watch(request, 0)
    assert len(turns) > 1


def test_all_dead_letters_are_retried_and_a_long_list_says_how_many_more(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """However many there are."""
    engine = connect(desk.ledger)
    migrate(engine)
    found = [DeadLetter(f"d{n}", "PollFeeds", "elsewhere", "", "E", "m", "i") for n in range(1002)]
    write(engine, "dead_letters", found, Writer("r1", "2024-04-01T12:00:00Z"))
    engine.dispose()
    assert 0 == desk.newsbeam("dead-letters", "list")
    assert capsys.readouterr().out.endswith("… and 2 more\n")
    assert 1 == desk.newsbeam("dead-letters", "retry")
    assert "1002 retried, 0 came through" in capsys.readouterr().out


def test_watch_ends_after_the_current_pass_when_it_is_told_to(desk: Desk, stream: list[Capture]) -> None:
    """SIGTERM in the middle of a slow pass: the pass is committed, the exit code is 0."""
    desk.server.capture = stream[0]
    desk.server.delay = 2.0
    with desk.process("watch", "--every", "1s", "--metrics-address", "127.0.0.1:0") as process:
        assert desk.server.asked.wait(60)
        process.terminate()
        _, errors = process.communicate(timeout=60)
    assert 0 == process.returncode, errors
    assert "serving metrics" in errors
    assert ["done"] == [row["state"] for row in desk.rows(schema.RUNS)]
    assert desk.told("alerts")


def test_a_second_sigterm_stops_watch_at_once_and_safely(desk: Desk, stream: list[Capture]) -> None:
    """Within a moment, and the next pass does the work."""
    desk.server.capture = stream[0]
    desk.server.delay = 20.0
    with desk.process("watch", "--every", "1s") as process:
        assert desk.server.asked.wait(60)
        process.terminate()
        time.sleep(0.3)
        assert process.poll() is None
        process.terminate()
        began = time.monotonic()
        process.communicate(timeout=60)
    assert time.monotonic() - began < 5
    assert 143 == process.returncode
    desk.server.delay = 0.0
    assert 0 == desk.run(stream[0])
    assert ["dead", "done"] == sorted(row["state"] for row in desk.rows(schema.RUNS))
    assert desk.told("alerts")


def test_every_line_on_standard_error_is_json_where_that_was_asked_for(
    desk: Desk, stream: list[Capture], capsys: pytest.CaptureFixture[str]
) -> None:
    """Also what says why a command ends, whatever its exit code."""
    broken = stream[0]._replace(body=b"no feed")
    asked = ("--log-format", "json")
    assert 1 == desk.run(broken, *asked)
    assert 2 == desk.run(stream[0], "--feed", "Arsenal", *asked)
    with held(connect(desk.ledger), myself("other", stream[0].now)):
        assert 3 == desk.run(stream[0], *asked)
    desk.ledger = f"sqlite:///{desk.folder}/nowhere/ledger.sqlite3"
    desk.write()
    assert 4 == desk.run(stream[0], *asked)
    desk.config.write_text("feedz: []")
    assert 2 == desk.run(stream[0], *asked)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    said = [line["event"] for line in lines if line["level"] != "info"]
    wrong, held_by = "wrong use or configuration", "the ledger is held"
    letters = ["feed failed", "too many dead letters"]
    assert [*letters, wrong, held_by, "the ledger cannot be used", wrong] == said


def test_a_ledger_that_cannot_be_written_can_still_be_read(desk: Desk, stream: list[Capture]) -> None:
    """A disk that has gone read-only, or another user: what happened is what the operator wants to know."""
    assert 0 == desk.run(stream[0])
    (desk.folder / "ledger.sqlite3").chmod(0o444)
    desk.folder.chmod(0o555)
    try:
        answers = []
        for words in (["feeds", "status"], ["dead-letters", "list"], ["runs"], ["run"]):
            with desk.process(*words, bound=True) as process:
                answers.append((*process.communicate(), process.returncode))
    finally:
        desk.folder.chmod(0o755)
    assert [0, 0, 0, 4] == [code for _, _, code in answers], answers
    assert "ok" in answers[0][0]
    assert "done" in answers[2][0]
    assert "it is read-only" in answers[3][1]


def test_a_pass_whose_process_is_gone_is_dead_before_the_next_one_says_so(
    desk: Desk, stream: list[Capture], capsys: pytest.CaptureFixture[str]
) -> None:
    """As far as this host can tell."""
    with subprocess.Popen(["true"]) as ended:
        pass
    engine = connect(desk.ledger)
    migrate(engine)
    for host, pid in (
        ("elsewhere", ended.pid),
        (socket.gethostname(), os.getpid()),
        (socket.gethostname(), ended.pid),
    ):
        runs.start(engine, Holder(f"{host} {pid}", host, pid, stream[0].now))
        assert 0 == desk.newsbeam("runs", "--json")
        latest = {row["run_id"]: row["state"] for row in json.loads(capsys.readouterr().out)}
        alive = (host, pid) != (socket.gethostname(), ended.pid)
        assert ("running" if alive else "dead") == latest[f"{host} {pid}"]
    engine.dispose()


def test_watch_goes_on_when_a_sink_cannot_be_written_for_a_while(
    monkeypatch: pytest.MonkeyPatch, stream: list[Capture]
) -> None:
    """A folder that cannot be written from the start is wrong configuration, though."""
    turns: list[Request] = []

    def failing_pass(request: Request) -> Report:
        turns.append(request)
        if len(turns) == good:
            return Report(0, None)
        if len(turns) > 3:
            os.kill(os.getpid(), signal.SIGTERM)
        raise OutputError("no space left")

    monkeypatch.setattr("pipelines.watch.one_pass", failing_pass)
    request = Request(Settings(), FixedClock(stream[0].at))
    good = 1
    assert 0 == watch(request, 0)
    assert 4 == len(turns)
    turns.clear()
    good = 0
    with pytest.raises(OutputError):
        watch(request, 0)


def test_ctrl_c_ends_a_pass_at_once_and_says_that_nothing_is_lost(desk: Desk, stream: list[Capture]) -> None:
    """Though a server takes its time; the next pass does the work."""
    desk.server.capture = stream[0]
    desk.server.delay = 20.0
    with desk.process("run") as process:
        assert desk.server.asked.wait(60)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert time.monotonic() - began < 5
    assert 130 == process.returncode
    assert "newsbeam: stopped by SIGINT: nothing was committed" in errors.splitlines()[-1]


def test_the_ledger_may_be_named_by_the_environment(
    desk: Desk, stream: list[Capture], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its URL may hold a password, which has no place in monitor.yaml."""
    monkeypatch.setenv("NEWSBEAM_LEDGER_URL", f"sqlite:///{desk.folder}/other.sqlite3")
    assert 0 == desk.run(stream[0])
    assert ["other.sqlite3"] == [path.name for path in desk.folder.glob("*.sqlite3")]
    monkeypatch.setenv("NEWSBEAM_LEDGER_URL", "mysql://nope")
    assert 2 == desk.run(stream[0])


OPML = """<?xml version="1.0"?><opml version="2.0"><head><title>mine</title></head><body>
<outline text="Two" type="rss" xmlUrl="https://two.example/feed"/>
<outline text="Three" type="rss" xmlUrl="https://three.example/feed"/></body></opml>"""


def test_feeds_come_from_opml_and_go_there(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """What is listed stays as it is, comments too; a second import adds nothing."""
    opml = desk.folder / "in.opml"
    opml.write_text(OPML)
    desk.config.write_text(
        "feeds:\n  - url: https://one.example/feed # keep me\n\n# sinks\nmax_dead_letters: 3\n"
    )
    for added in (2, 0):
        assert 0 == desk.newsbeam("feeds", "import", str(opml))
        assert f"added: {added}," in capsys.readouterr().err
    text = desk.config.read_text()
    assert text.startswith("feeds:\n  - url: https://one.example/feed # keep me\n  - ")
    assert text.endswith("\n# sinks\nmax_dead_letters: 3\n")
    out = desk.folder / "out.opml"
    assert 0 == desk.newsbeam("feeds", "export", "--output", str(out))
    assert 0 == main(["feeds", "import", str(out)])
    printed = capsys.readouterr().out
    assert ["one", "two", "three"] == re.findall(r"https://(\w+)\.example/feed", printed)
    assert 2 == desk.newsbeam("feeds", "import", str(desk.folder / "nowhere.opml"))


def test_an_opml_entry_that_is_no_feed_is_named_and_the_others_are_taken(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody has to mend a list of 300 by hand for one old gopher address."""
    opml = desk.folder / "in.opml"
    opml.write_text(OPML.replace("https://two.example/feed", "gopher://two.example/feed"))
    desk.config.write_text("feeds:\n  - url: https://one.example/feed\n")
    assert 1 == desk.newsbeam("feeds", "import", str(opml))
    told = capsys.readouterr().err
    assert "in.opml, line 2, 'Two': " in told
    assert "added: 1" in told
    assert "https://three.example/feed" in desk.config.read_text()
    assert "gopher" not in desk.config.read_text()
    opml.write_text(OPML.replace("https://", "gopher://"))
    new = desk.folder / "new.yaml"
    assert 1 == main(["feeds", "import", str(opml), "--config", str(new)])
    assert "lists no feed" in capsys.readouterr().err
    assert not new.exists()
