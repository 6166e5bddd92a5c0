"""A pass that finds more than is held in memory at once commits in parts."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from newsbeam.config import Settings, SinkSettings
from newsbeam.feeds.settings import FeedSettings, HttpSettings
from newsbeam.ledger import runs, schema
from newsbeam.ledger.engine import connect, reading
from newsbeam.ledger.items import cursors
from newsbeam.ledger.settings import LedgerSettings
from pipelines.request import Request
from pipelines.run import one_pass
from tests.integration.loopback import Reply, Server, item, loopback, rss
from tests.integration.polling import CLOCK

FEEDS, ITEMS, AT_ONCE = 4, 2, 3
COMPARED = (schema.FEEDS, schema.ITEMS, schema.EVENTS, schema.ALERTS, schema.COUNTS, schema.OUTCOMES)


def _request(folder: Path, server: Server, most_items: int) -> Request:
    """Return a pass over feeds asked one after another; two of them carry an item of the same id."""
    settings = Settings(
        feeds=tuple(FeedSettings(url=server.url(f"/{n}"), name=f"feed {n}") for n in range(FEEDS)),
        http=HttpSettings(allow_private=("127.0.0.0/8",), host_spacing_seconds=0, connections=1),
        ledger=LedgerSettings(url=f"sqlite:///{folder}/ledger.sqlite3"),
        sinks=(SinkSettings(type="jsonl", options={"folder": f"{folder}/out", "overwrite": True}),),
    )
    return Request(settings, CLOCK, most_items=most_items)


def _rows(url: str) -> dict[str, list[Any]]:
    engine = connect(url)
    with reading(engine) as connection:
        found = {table.name: connection.execute(select(table)).all() for table in COMPARED}
    engine.dispose()
    kept = {
        name: [{key: value for key, value in row._mapping.items() if key != "run_id"} for row in rows]
        for name, rows in found.items()
    }
    return {name: sorted(rows, key=json.dumps) for name, rows in kept.items()}


def _ids(folder: Path) -> Counter[str]:
    lines = (folder / "out" / "alerts.jsonl").read_text().splitlines()
    return Counter(json.loads(line)["alert_id"] for line in lines)


def _serve(server: Server) -> None:
    shared = item(99).replace("id-99", server.url("/shared"))
    for number in range(FEEDS):
        items = [item(number * 10 + n) for n in range(ITEMS)]
        server.answers[f"/{number}"] = Reply(rss(*items, *([shared] if number in (0, FEEDS - 1) else [])))


def test_the_parts_of_a_pass_leave_what_one_whole_would(tmp_path: Path) -> None:
    """In the ledger, the files and the totals; no feed is asked twice."""
    folders = tmp_path / "whole", tmp_path / "parts"
    with loopback() as server:
        _serve(server)
        whole = _request(folders[0], server, 5_000)
        parts = _request(folders[1], server, AT_ONCE)
        ledger_url = parts.settings.ledger.url
        for folder in folders:
            folder.mkdir()
        reports = [one_pass(request) for request in (whole, parts)]
        assert 2 * FEEDS == len(server.seen)
    assert [0, 0] == [report.exit_code for report in reports]
    assert _rows(whole.settings.ledger.url) == _rows(ledger_url)
    assert _ids(folders[0]) == _ids(folders[1])
    assert {1} == set(_ids(folders[1]).values())
    whole_facts, facts = (report.facts for report in reports)
    assert whole_facts
    assert facts
    assert whole_facts.totals == facts.totals
    assert FEEDS * ITEMS + 1 == facts.totals["items_read", ""]
    engine = connect(ledger_url)
    (run,) = runs.recent(engine, 5)
    engine.dispose()
    assert (FEEDS, FEEDS * ITEMS + 1) == (
        json.loads(run.summary)["due"],
        json.loads(run.summary)["items_read"],
    )


def test_what_a_part_has_committed_stands_when_a_later_one_breaks_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next pass asks only the feeds that were left, and tells nothing twice."""
    with loopback() as server:
        _serve(server)
        request = _request(tmp_path, server, AT_ONCE)
        graphs: list[Any] = []
        with monkeypatch.context() as patched:
            from pipelines import run_feeds

            run_graph = run_feeds.run_graph

            def second_fails(*given: Any) -> Any:
                graphs.append(given)
                if len(graphs) == 2:
                    raise OSError("the disk is gone")
                return run_graph(*given)

            patched.setattr(run_feeds, "run_graph", second_fails)
            assert 5 == one_pass(request).exit_code
        first = _ids(tmp_path)
        asked = len(server.seen)
        engine = connect(request.settings.ledger.url)
        committed = {feed.url for feed in request.settings.feeds if feed.feed_id in cursors(engine)}
        engine.dispose()
        assert first
        assert committed
        assert 0 == one_pass(request).exit_code
        again = {server.url(each.path) for each in server.seen[asked:]}
        assert {feed.url for feed in request.settings.feeds} - committed == again
    second = _ids(tmp_path)
    assert not set(first) & set(second)
    engine = connect(request.settings.ledger.url)
    with reading(engine) as connection:
        alerts = connection.execute(select(schema.ALERTS.c.alert_id)).scalars().all()
    engine.dispose()
    assert Counter(alerts) == first + second
