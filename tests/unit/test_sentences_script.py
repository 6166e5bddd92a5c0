"""``scripts/sentences.py``: titles and first sentences, and what it says of files that are broken."""

import gzip
import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "sentences.py"
SENTENCE = "Acme has opened a second office in a small town by the sea, its head says."


def _run(*paths: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *map(str, paths)], capture_output=True, text=True, check=False
    )


def test_titles_and_sentences_of_pages_and_articles_each_once(tmp_path: Path) -> None:
    pages = gzip.compress(json.dumps({"title": " A title ", "text": f"Short.\n{SENTENCE}"}).encode())
    with tarfile.open(tmp_path / "pages.tar", "w") as tar:
        info = tarfile.TarInfo("set/gt.jsonl.gz")
        info.size = len(pages)
        tar.addfile(info, io.BytesIO(pages))
    articles = tmp_path / "articles.jsonl"
    articles.write_text(json.dumps({"text": f"{SENTENCE} {SENTENCE[:-1]} too."}) + "\n\n")
    done = _run(tmp_path / "pages.tar", articles)
    assert 0 == done.returncode
    titles = [json.loads(line)["title"] for line in done.stdout.splitlines()]
    assert ["A title", SENTENCE, f"{SENTENCE[:-1]} too."] == titles


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", b"{}\n[1]\n", "a.jsonl:2: not a JSON object"),
        ("a.jsonl", b"{\n", "a.jsonl:1: not JSON"),
        ("a.tar", b"no tar", "a.tar: broken"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    done = _run(path)
    assert 2 == done.returncode
    assert said in done.stderr
    assert "Traceback" not in done.stderr
