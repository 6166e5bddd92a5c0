"""Faulty knowledge stops ``newsbeam check`` and every run at its start, with exit code 2 and the place."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import newsbeam

PACKAGE = Path(newsbeam.__file__).parent
PLACE = '{"name":"Andorra","country":"AD","kind":"country"}\n'
CLASH = '{"id":"zz","name":"T Mobile","sources":["own"]}\n'
REGULATOR = '{"id":"zz","name":"Nvidia","jurisdiction":"US","kind":"agency"}\n'
NOWHERE = '{"id":"gov-xx","code":"XX","names":["Nowhereland"]}\n'
BROKEN = "- {id: zz, type: vendor.funding, words: [x], trigger: 'frob(', positive: [a], negative: [b]}\n"


def _spoiled(folder: Path, file: str, line: str) -> None:
    """Put a copy of the package into ``folder``, with ``line`` at the end of a knowledge file."""
    shutil.copytree(
        PACKAGE, folder / "newsbeam", copy_function=os.symlink, ignore=shutil.ignore_patterns("__pycache__")
    )
    path = folder / "newsbeam" / "knowledge" / file
    text = path.read_text("utf-8")
    path.unlink()
    path.write_text(text + line, "utf-8")


def _newsbeam(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), str(PACKAGE.parent)))}
    command = [sys.executable, "-m", "pipelines.cli", *args]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.mark.parametrize(
    ("file", "line", "words"),
    [
        ("positions.yaml", "zzz: 1\n", "unknown key"),
        ("axes.yaml", "zzz: 1\n", "unknown key"),
        ("furniture.yaml", "zzz: 1\n", "unknown key"),
        ("product_words.yaml", "zzz: 1\n", "unknown key"),
        ("slots.yaml", "zzz: 1\n", "unknown key"),
        ("currencies.yaml", "zzz: 1\n", "unknown key"),
        ("places.jsonl", PLACE, "'Andorra' stands on line 1 already"),
        ("weights/unknown.jsonl", '{"zz":1}\n', "key"),
        ("vendors/telecom.jsonl", CLASH, "'T Mobile' stands already at telecom.jsonl:"),
        ("authorities.jsonl", REGULATOR, "'Nvidia' stands already at semiconductors.jsonl:"),
        ("jurisdictions.jsonl", NOWHERE, "key 'code': no country 'XX'"),
        ("rules/wide.yaml", BROKEN, "zz, trigger: not a regular expression"),
    ],
)
def test_check_names_the_place_of_a_faulty_line(tmp_path: Path, file: str, line: str, words: str) -> None:
    """A line too many in any knowledge file is seen by check: exit code 2, file and line."""
    _spoiled(tmp_path, file, line)
    number = (tmp_path / "newsbeam" / "knowledge" / file).read_text("utf-8").count("\n")
    done = _newsbeam(tmp_path, "check")
    assert 2 == done.returncode, done.stderr
    assert f"{Path(file).name}:{number}" in done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_faulty_file_stops_a_replay_before_the_first_item(tmp_path: Path) -> None:
    """No item becomes a dead letter because of it, and nothing is written."""
    _spoiled(tmp_path, "places.jsonl", '{"zzz":1}\n')
    done = _newsbeam(tmp_path, "replay", "--out", "out")
    assert 2 == done.returncode, done.stderr
    assert "places.jsonl:720: unknown key 'zzz'" in done.stderr
    assert not list(tmp_path.glob("out/*"))
