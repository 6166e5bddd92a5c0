"""``newsbeam detect``: a line in, a line out."""

import io
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from pipelines.cli import main
from tests.conftest import ROOT

SCHEMA = json.loads((ROOT / "newsbeam" / "schemas" / "detect.json").read_text(encoding="utf-8"))


def test_each_item_gives_a_line_in_order(tmp_path: Path) -> None:
    """Also items without events; ids keep their type."""
    source = tmp_path / "items.jsonl"
    source.write_text(
        '{"id": "b", "title": "Xiaomi buys drone maker Lumenar for $40 million"}\n'
        '{"id": 7, "title": "A quiet day", "summary": null, "extra": true}\n'
    )
    assert 0 == main(["detect", str(source), "--output", str(tmp_path / "out.jsonl")])
    first, second = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    for line in (first, second):
        Draft202012Validator(SCHEMA).validate(line)
    assert ("b", 7, []) == (first["id"], second["id"], second["events"])
    (event,) = first["events"]
    assert "vendor.acquisition" == event["type"]
    assert ("xiaomi", "Xiaomi", "actor") == tuple(event["vendors"][0][key] for key in ("id", "name", "role"))
    assert {"value": 40_000_000, "currency": "USD", "raw": "$40 million"} == event["amount"]
    title = "Xiaomi buys drone maker Lumenar for $40 million"
    evidence = event["evidence"]
    assert ("title", title) == (evidence["field"], title[evidence["start"] : evidence["end"]])


def test_a_bad_line_is_named_and_the_rest_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not JSON, no id, a wrong date, nothing to read, deep nesting, a lone surrogate."""
    lines = [
        "{nonsense",
        '{"title": "No id"}',
        '{"id": 3, "title": "A", "published": "yesterday"}',
        '{"id": 4}',
        "[" * 100_000,
        '{"id": 6, "title": "Odd \\ud800 title"}',
        "",
        '{"id": 8, "title": "A quiet day"}',
        '{"id": ' + "9" * 5000 + "}",
        '{"id": "\\ud800", "title": "A"}',
    ]
    given = io.BytesIO("\n".join([*lines, ""]).encode())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(given, encoding="utf-8"))
    assert 1 == main(["detect", "-"])
    printed = capsys.readouterr()
    assert [6, 8] == [json.loads(line)["id"] for line in printed.out.splitlines()]
    errors = printed.err.splitlines()
    assert [1, 2, 3, 4, 5, 9, 10] == [int(line.split("line ")[1].split(":")[0]) for line in errors]
    assert "is no ISO 8601 date" in errors[2]
    assert "holds no text" in errors[3]


def test_bytes_that_are_no_text_spoil_only_their_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What stands before and after is read."""
    source = tmp_path / "items.jsonl"
    source.write_bytes(
        b'{"id": 1, "title": "A quiet day"}\n' + b'{"id": 2, "title": "caf\xe9"}\n{"id": 3, "title": "B"}\n'
    )
    assert 1 == main(["detect", str(source)])
    printed = capsys.readouterr()
    assert [1, 3] == [json.loads(line)["id"] for line in printed.out.splitlines()]
    assert "line 2: is not UTF-8 text" in printed.err
