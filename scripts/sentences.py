# ruff: noqa: INP001 - a script, not part of a package
"""``python scripts/sentences.py aeb.tar wcxb-articles.tar ecbplus.jsonl > sentences.jsonl``: to teach by.

Titles and the first sentences of articles, one a line, as the training takes texts without labels. A tar file
is a set of pages with their true text in ``gt.jsonl.gz``; a JSON Lines file has news articles ("text").
"""

import argparse
import gzip
import json
import re
import sys
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OF_PAGE, OF_ARTICLE = 25, 3  # sentences that are looked at
SHORTEST, LONGEST = 40, 250  # characters, both excluded
_END = re.compile(r"(?<=[.!?])\s+|\n")


def records(path: Path) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield the articles of ``path``, and how many sentences of each to look at.

    Raises ValueError, which names the line, where one is no JSON object.
    """
    is_tar = path.suffix == ".tar"
    text = _of_pages(path) if is_tar else path.read_text(encoding="utf-8")
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                record = json.loads(line)
            except ValueError as error:
                raise ValueError(f"{path}:{number}: not JSON") from error
            if not isinstance(record, dict):
                raise ValueError(f"{path}:{number}: not a JSON object")
            yield record, OF_PAGE if is_tar else OF_ARTICLE


def _of_pages(path: Path) -> str:
    try:
        with tarfile.open(path) as tar:
            names = [name for name in tar.getnames() if name.endswith("gt.jsonl.gz")]
            stream = tar.extractfile(names[0]) if names else None
            if stream is None:
                raise ValueError(f"{path}: there is no gt.jsonl.gz in it")
            return gzip.decompress(stream.read()).decode()
    except (tarfile.TarError, EOFError, zlib.error, KeyError) as error:
        raise ValueError(f"{path}: broken: {error}") from error


def sentences(path: Path) -> Iterator[str]:
    """Yield the title of each article in ``path`` and those of its first sentences that have a fit length."""
    for record, count in records(path):
        text = str(record.get("text") or record.get("articleBody") or "")
        title = str(record.get("title") or "").strip()
        if text and title:
            yield title
        yield from (part for part in _END.split(text)[:count] if SHORTEST < len(part) < LONGEST)


def main() -> int:
    """Print the sentences, each once; 2 where a file cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+", help="pages (.tar) or articles (.jsonl)")
    try:
        found = dict.fromkeys(text for path in parser.parse_args().paths for text in sentences(path))
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    sys.stdout.writelines(json.dumps({"title": text}) + "\n" for text in found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
