"""One item that breaks a step, and a sink that breaks: the others come through, and no traceback shows."""

import sys
from pathlib import Path

import apache_beam as beam
import pytest

from newsbeam.config import STREAMS, Settings
from newsbeam.records import FeedItem
from pipelines.cli import main
from pipelines.run_graph import pipeline_options, run_graph
from sinks.memory import STORE
from sinks.registry import make_sink
from tests.pipelines.test_monitor import Source, _item


def test_an_item_that_breaks_extraction_is_a_dead_letter_and_the_next_alerts() -> None:
    """Whatever the fault: here a content that is no text at all."""
    broken: FeedItem = _item("two")._replace(published_at="no date at all", date_source="feed")
    sink = make_sink("memory", {"name": "hostile"})
    source = Source(beam.Create([broken, _item("one")]))
    totals = run_graph(source, Settings(), [(sink, STREAMS)], pipeline_options([]))
    assert (1, 1) == (totals["alerted"], totals["dead_letter"])
    assert [("two", "ValueError")] == [
        (one.item_id, one.error_type) for one in STORE["hostile"]["dead_letters"]
    ]


def test_a_console_that_gets_only_events_prints_nothing_and_runs(tmp_path: Path) -> None:
    """Events are too many to read; asking for nothing else is no fault."""
    (tmp_path / "monitor.yaml").write_text("sinks: [{type: console, streams: [events]}]\n")
    assert 0 == main(["replay", "--out", str(tmp_path / "out"), "--config", str(tmp_path / "monitor.yaml")])


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files")
def test_a_disk_that_fills_up_is_one_line_and_exit_code_5(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback reaches an operator."""
    import resource
    import signal

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        code = main(["replay", "--out", str(tmp_path / "out")])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    error = capsys.readouterr().err
    assert 5 == code
    assert "broke off" in error
    assert "File too large" in error
    assert "Traceback" not in error
