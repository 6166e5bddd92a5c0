"""``newsbeam eval`` on labelled items of our own."""

import json
from pathlib import Path

import pytest
import spacy

from pipelines.cli import main

ITEMS = (
    {
        "id": "1",
        "title": "Cisco buys the security start-up Axonius for $3 billion",
        "summary": "",
        "events": [
            {
                "type": "vendor.acquisition",
                "vendors": ["Cisco Systems", "Axonius"],
                "authority": None,
                "assertion": "confirmed",
            }
        ],
    },
    {
        "id": "2",
        "title": "A walk in the hills",
        "summary": "",
        "events": [
            {"type": "vendor.layoffs", "vendors": ["Acme"], "authority": None, "assertion": "confirmed"}
        ],
    },
)


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.jsonl"
    path.write_text("".join(json.dumps(item) + "\n" for item in ITEMS))
    return path


def test_figures_and_errors(labelled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The table has a line a type; --errors lists what was missed, and nothing that was right."""
    assert 0 == main(["eval", str(labelled), "--errors"])
    printed = capsys.readouterr().out
    lines = {line.split()[0]: line.split()[1:] for line in printed.splitlines() if line.strip()}
    assert ["1.000", "1.000", "1.000", "1", "1", "0", "0"] == lines["vendor.acquisition"]
    assert ["0.000", "0.000", "0.000", "1", "0", "0", "1"] == lines["vendor.layoffs"]
    assert "MISSED labelled vendor.layoffs: Acme" in printed
    assert "Axonius" not in printed


def test_figures_as_json(labelled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same as JSON; without a spaCy model there is nothing to compare."""
    assert 0 == main(["eval", str(labelled), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert 2 == found["items"]
    assert {"precision": 1.0, "recall": 0.5, "f1": 0.6667, "support": 2} == found["micro"]
    assert {"precision": 1.0, "recall": 0.6667, "f1": 0.8, "support": 3} == found["vendors"]
    assert {"precision": 1.0, "recall": 0.5, "f1": 0.6667, "support": 2} == found["any_of_family"]["vendor"]
    assert 0 == found["any_of_family"]["regulatory"]["support"]
    assert "without_model" not in found


def test_a_configured_model_is_weighed(
    labelled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the configuration names a spaCy model, eval says what it adds."""
    made = spacy.blank("en")
    made.add_pipe("entity_ruler").add_patterns([{"label": "ORG", "pattern": "Axonius"}])  # type: ignore[attr-defined]
    made.to_disk(tmp_path / "model")
    config = tmp_path / "monitor.yaml"
    config.write_text(f"nlp:\n  model: {tmp_path / 'model'}\n")
    assert 0 == main(["eval", str(labelled), "--config", str(config)])
    printed = capsys.readouterr().out
    assert printed.startswith(f"spaCy model {tmp_path / 'model'}: what it adds")
    assert ["micro", "F1", "0.667", "0.667", "+0.000"] == printed.splitlines()[1].split()
    assert 0 == main(["eval", str(labelled), "--config", str(config), "--json"])
    assert 0.6667 == json.loads(capsys.readouterr().out)["without_model"]["micro"]["f1"]


def test_a_faulty_line_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A label that is no type ends with exit code 2 and the line."""
    path = tmp_path / "bad.jsonl"
    path.write_text('{"title": "x", "events": [{"type": "vendor.nonsense"}]}\n')
    assert 2 == main(["eval", str(path)])
    assert f"{path}:1" in capsys.readouterr().err
