"""``newsbeam replay`` as an operator uses it: good input, bad input, exit codes."""

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from newsbeam.records import OUTCOMES
from pipelines.cli import main

GOOD = "Xiaomi launches a new phone\n\nXiaomi launched the Mi 9T on Monday.\n"


def _lines(folder: Path, name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def _outcomes(printed: str) -> Counter[str]:
    """Read the outcome lines of the console report."""
    words = [line.split() for line in printed.splitlines()]
    return Counter({line[0]: int(line[1]) for line in words if len(line) > 1 and line[0] in OUTCOMES})


def test_bad_documents_end_as_dead_letters_and_the_good_one_as_an_alert(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every item has one outcome, and they add up to what was read."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD)
    (folder / "again.txt").write_text(GOOD)
    (folder / "quiet.txt").write_text("A quiet day\n\nNothing happened.\n")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "binary.txt").write_bytes(os.urandom(2000) + b"\0")
    (folder / "latin.txt").write_bytes(b"caf\xe9")
    (folder / "line.txt").write_bytes(b"word " * 2_000_000)
    (folder / "huge.html").write_text("<html><body>" + "<p>Hello there.</p>" * 200_000)
    (folder / "deep.html").write_text("<html><title>Deep</title>" + "<div>" * 20_000 + "<p>Hello.</p>")
    assert 1 == main(["replay", str(folder), "--out", str(tmp_path / "out")])
    printed = capsys.readouterr()
    letters = _lines(tmp_path / "out", "dead_letters")
    assert ["binary.txt", "empty.txt", "huge.html", "latin.txt", "line.txt"] == sorted(
        str(letter["item_id"]) for letter in letters
    )
    assert {"alerted": 1, "duplicate": 1, "no_event": 2, "dead_letter": 5} == _outcomes(printed.out)
    assert "Outcomes of 9 items" in printed.out
    assert "5 dead letters, more than the 0 allowed" in printed.err


def test_dead_letters_below_the_threshold_are_no_failure(tmp_path: Path) -> None:
    """The operator says how many are too many."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD)
    (folder / "empty.txt").write_bytes(b"")
    assert 0 == main(["replay", str(folder), "--out", str(tmp_path / "out"), "--max-dead-letters", "1"])


def test_a_manifest_that_names_a_missing_file_is_a_dead_letter(tmp_path: Path) -> None:
    """The others still come through."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD)
    sha = hashlib.sha256(b"gone").hexdigest()
    (folder / "manifest.yaml").write_text(
        f"version: 1\nfetched_at: 2024-01-01\ndocuments:\n- {{file: gone.txt, sha256: {sha}, "
        "items: [{id: a, lines: [1, 2]}]}\n"
    )
    assert 1 == main(["replay", str(folder), "--out", str(tmp_path / "out")])
    (letter,) = _lines(tmp_path / "out", "dead_letters")
    assert "gone.txt: is missing" in str(letter["message"])
    assert 1 == len(_lines(tmp_path / "out", "alerts"))


def test_a_second_run_into_the_same_folder_does_not_overwrite_in_silence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what is there and how to allow it; --overwrite does."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD)
    out = str(tmp_path / "out")
    assert 0 == main(["replay", str(folder), "--out", out])
    before = (tmp_path / "out" / "alerts.jsonl").read_bytes()
    assert 2 == main(["replay", str(folder), "--out", out])
    assert "holds an earlier run: alerts.jsonl" in capsys.readouterr().err
    assert 0 == main(["replay", str(folder), "--out", out, "--overwrite"])
    assert before == (tmp_path / "out" / "alerts.jsonl").read_bytes()
    assert ["alerts.jsonl", "counts.jsonl", "dead_letters.jsonl", "events.jsonl"] == sorted(
        path.name for path in (tmp_path / "out").iterdir()
    )


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["replay", "no-such-folder"], "no-such-folder: is no folder"),
        (["replay", "--config", "no-such.yaml"], "no-such.yaml: cannot be read"),
        (["replay", "--out", "file.txt/out"], "file.txt/out: cannot be written to"),
        (["replay", "--", "--no_such_option=1"], "Beam knows no option --no_such_option=1"),
        (["replay", "--", "--runner=NoSuchRunner"], "NoSuchRunner"),
        (["detect", "no-such.jsonl"], "no-such.jsonl: cannot be opened"),
        (["check", "--config", "sinks.yaml"], "no such sink: 'pigeon'"),
        (["replay", "--config", "sinks.yaml"], "no such sink: 'pigeon'"),
        (["replay", "--config", "options.yaml"], "sink jsonl: overwrit: unknown option"),
    ],
)
def test_wrong_use_is_exit_code_2_with_one_clear_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    args: list[str],
    words: str,
) -> None:
    """No traceback reaches an operator."""
    monkeypatch.chdir(tmp_path)
    Path("file.txt").write_text("x")
    Path("sinks.yaml").write_text("sinks: [{type: pigeon}]\n")
    Path("options.yaml").write_text("sinks: [{type: jsonl, options: {folder: x, overwrit: true}}]\n")
    assert 2 == main(args)
    error = capsys.readouterr().err
    assert words in error
    assert "Traceback" not in error
    assert 1 == len(error.strip().splitlines())


def test_terminal_escapes_from_a_document_do_not_reach_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither in alerts nor in dead letters."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "evil.txt").write_text("Xiaomi launches \x1b[31mred\x1b[0m phone [bold]\n\nText.\n")
    (folder / "worse\x1b[2J.txt").write_bytes(b"\xff\xfe")
    main(["replay", str(folder), "--out", str(tmp_path / "out")])
    assert "\x1b" not in capsys.readouterr().out


def test_who_reads_only_the_first_lines_stops_nothing(tmp_path: Path) -> None:
    """``newsbeam replay … | head -1``: the files are whole, nothing is complained of, and it ends with 0."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD)
    command = [sys.executable, "-m", "pipelines.cli", "replay", str(folder), "--out", str(tmp_path / "out")]
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ended = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False, timeout=120)
    finally:
        os.close(writer)
    assert (0, b"") == (ended.returncode, ended.stderr)
    assert 1 == len(_lines(tmp_path / "out", "alerts"))
