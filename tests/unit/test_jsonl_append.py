"""The jsonl sink in passes: lines are added, half lines of a crash are cut off."""

import json
import resource
from pathlib import Path

import apache_beam as beam
import pytest

from newsbeam.errors import OutputError
from newsbeam.records import Outcome
from sinks.jsonl import JsonlOptions, WriteToJsonl, _append_whole, _write_whole


def _write(folder: Path, *names: str) -> None:
    sink = WriteToJsonl(JsonlOptions(folder=str(folder))).in_passes()
    sink.prepare(("outcomes",))
    with beam.Pipeline(runner="FnApiRunner") as pipeline:
        records = pipeline | beam.Create([Outcome(name, "no_event", "x") for name in names], reshuffle=False)
        _ = {"outcomes": records} | sink


def _ids(folder: Path) -> list[str]:
    return [json.loads(line)["item_id"] for line in (folder / "outcomes.jsonl").read_text().splitlines()]


def test_passes_add_their_lines_and_an_empty_pass_touches_nothing(tmp_path: Path) -> None:
    """Sorted within a pass."""
    _write(tmp_path, "b", "a")
    _write(tmp_path)
    _write(tmp_path, "c")
    assert ["a", "b", "c"] == _ids(tmp_path)


@pytest.mark.parametrize("torn", ['{"item_id": "half', "x" * 200_000])
def test_half_a_line_left_by_a_crash_is_cut_off(tmp_path: Path, torn: str) -> None:
    """Also where it is longer than a block, and where it is all there is."""
    _write(tmp_path, "a")
    path = tmp_path / "outcomes.jsonl"
    path.write_text(path.read_text() + torn)
    _write(tmp_path, "b")
    assert ["a", "b"] == _ids(tmp_path)
    path.write_text(torn)
    _write(tmp_path, "c")
    assert ["c"] == _ids(tmp_path)


def test_overwrite_and_a_replay_keep_their_ways(tmp_path: Path) -> None:
    """Each pass replaces the files where the configuration says so; a replay still asks first."""
    replacing = WriteToJsonl(JsonlOptions(folder=str(tmp_path), overwrite=True))
    assert replacing.in_passes() is replacing
    _write(tmp_path, "a")
    with pytest.raises(OutputError, match="holds an earlier run"):
        WriteToJsonl(JsonlOptions(folder=str(tmp_path))).prepare(("outcomes",))


def test_a_full_disk_leaves_whole_lines_only_and_is_named(tmp_path: Path) -> None:
    """What the disk took of the new lines is taken back; the error says which file it is about."""
    _write(tmp_path, "a")
    path = tmp_path / "outcomes.jsonl"
    before = path.read_bytes()
    lines = [("outcomes", json.dumps({"item_id": f"{n}", "x": "x" * 900}) + "\n") for n in range(20)]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, hard))
    try:
        with pytest.raises(OSError, match=r"File too large: .*outcomes\.jsonl"):
            _append_whole(str(path), "outcomes", lines)
        with pytest.raises(OSError, match=r"File too large: .*outcomes\.jsonl"):
            _write_whole(str(path), "outcomes", lines)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert before == path.read_bytes()
    assert ["outcomes.jsonl"] == [each.name for each in tmp_path.iterdir()]
