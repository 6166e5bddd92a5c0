"""Detection on labelled news is a ratchet: no figure falls below the floor pinned in ``baseline.json``.

``python -m tests.quality.pin`` measures again and lifts the floors; it never lowers one.
"""

import hashlib
import json
from pathlib import Path

import pytest

from newsbeam.evaluation import evaluate, read_labelled
from newsbeam.nlp import load
from tests.quality.pin import BASELINE, LABELLED, figures

FLOORS = json.loads(BASELINE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def nlp():
    return load()


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_no_figure_falls_below_its_floor(nlp, name):
    path: Path = LABELLED / f"{name}.jsonl"
    if not path.exists():
        pytest.skip(f"{path} is not here: labelled news is kept beside the project, not in it")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != FLOORS[name]["sha256"]:
        pytest.fail(f"{path} is not the file that the floors were measured on: pin them again")
    measured = figures(evaluate(read_labelled(path), nlp))
    below = {
        key: (value, floor)
        for key, floor in FLOORS[name]["floors"].items()
        if (value := measured[key]) < floor
    }
    assert {} == below, "measured, floor"
