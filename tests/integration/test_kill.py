"""kill -9 at random moments: nothing is lost, nothing stands twice.

The issue's own numbers: ``NEWSBEAM_KILLS=100 NEWSBEAM_CAPTURES=40 pytest -s tests/integration/test_kill.py``.
"""

import json
import os
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import select

from newsbeam.ledger import schema
from newsbeam.ledger.engine import connect, reading
from tests.integration.captures import Capture, FeedServer, captures, serving
from tests.integration.passes import passes

KILLS = int(os.environ.get("NEWSBEAM_KILLS", "2"))
CAPTURES = int(os.environ.get("NEWSBEAM_CAPTURES", "2"))
SEED = 20240321
RUN_COLUMNS = ("run_id",)
COMPARED = (schema.EVENTS, schema.ALERTS, schema.COUNTS, schema.ITEMS, schema.REVISIONS, schema.OUTCOMES)


def _config(folder: Path, url: str, server: FeedServer) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "monitor.yaml"
    path.write_text(
        f"feeds: [{{url: '{server.url}', name: Ars, full_text: never}}]\n"
        "http: {allow_private: [127.0.0.1]}\n"
        f"ledger: {{url: '{url}'}}\n"
        f"sinks: [{{type: jsonl, options: {{folder: '{folder}/out'}}}}]\n"
    )
    return path


def _tables(url: str) -> dict[str, list[dict[str, Any]]]:
    engine = connect(url)
    with reading(engine) as connection:
        found = {table.name: connection.execute(select(table)).all() for table in COMPARED}
    engine.dispose()
    return {
        name: sorted(
            ({key: value for key, value in row._mapping.items() if key not in RUN_COLUMNS} for row in rows),
            key=json.dumps,
        )
        for name, rows in found.items()
    }


def _undisturbed(folder: Path, server: FeedServer, chosen: list[Capture]) -> tuple[Path, float]:
    """Return the folder of an undisturbed run and how long a pass takes."""
    config = _config(folder, f"sqlite:///{folder}/ledger.sqlite3", server)
    began = time.monotonic()
    with passes(config, folder / "log") as runner:
        for number, capture in enumerate(chosen):
            server.capture = capture
            assert 0 == runner.run(capture.now)
            if number == 0:
                began = time.monotonic()  # the first waits for imports
    return folder, (time.monotonic() - began) / max(1, len(chosen) - 1)


def _lines(folder: Path, stream: str, key: str) -> Counter[str]:
    """Return how often each id stands in an append-only file; a torn line would not be JSON."""
    path = folder / "out" / f"{stream}.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return Counter(json.loads(line)[key] for line in lines)


def test_after_kills_at_random_moments_the_ledger_equals_an_undisturbed_run(
    ledger_url: str, tmp_path: Path
) -> None:
    """Events, alerts, counts, items and revisions; files that are appended to repeat only known ids."""
    chosen = captures()[:CAPTURES]
    moments = random.Random(SEED)  # noqa: S311 - no secret
    killed = finished = 0
    with serving(FeedServer()) as server:
        quiet, seconds = _undisturbed(tmp_path / "quiet", server, chosen)
        config = _config(tmp_path / "killed", ledger_url, server)
        with passes(config, tmp_path / "log") as runner:
            for number, capture in enumerate(chosen):
                server.capture = capture
                while killed < KILLS * (number + 1) / len(chosen):
                    code = runner.run(capture.now, kill_after=moments.uniform(0, seconds))
                    killed += code == -9
                    finished += code == 0
                    assert code in (0, -9), (tmp_path / "log").read_text()[-2000:]
                    if code == 0 and capture != chosen[-1]:
                        break  # its kills are made up for later: a pass without news has less to lose
                assert 0 == runner.run(capture.now), (tmp_path / "log").read_text()[-2000:]
    expected, found = _tables(f"sqlite:///{quiet}/ledger.sqlite3"), _tables(ledger_url)
    assert expected == found
    assert found["events"]
    assert found["alerts"]
    assert {"delivered"} == {row["state"] for row in [*found["alerts"], *found["counts"]]}
    # An edit may take an event from its item, which is then superseded, disturbed or not.
    assert {"delivered", "superseded"} >= {row["state"] for row in found["events"]}
    repeats = 0
    for stream, key in (("alerts", "alert_id"), ("events", "event_id"), ("counts", "count_id")):
        told, should = _lines(tmp_path / "killed", stream, key), _lines(quiet, stream, key)
        assert set(should) == set(told)
        repeats += (told - should).total()
    kind = ledger_url.partition(":")[0]
    print(
        f"\n{kind}: {killed} kills over {len(chosen)} captures ({finished} passes ended before their kill): "
        f"{len(found['events'])} events, {len(found['alerts'])} alerts as undisturbed, "
        f"{repeats} lines repeated in append-only files, all with a known id"
    )
