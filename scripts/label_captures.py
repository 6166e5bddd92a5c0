# ruff: noqa: INP001 - a script, not part of a package
"""``python scripts/label_captures.py ars-2024.tar > captures.jsonl``: labelled items of a feed.

The labels are ours (``labels_of_captures.jsonl``: the item's address and its events, no text); titles and
summaries come from the captures of the feed (a tar file of gzipped feeds), which are not in this project.
"""

import argparse
import gzip
import html
import json
import re
import sys
import tarfile
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import feedparser

LABELS = Path(__file__).parent / "labels_of_captures.jsonl"
_TAG = re.compile(r"<[^>]+>")


def entries(archive: Path) -> Iterator[Any]:
    """Yield the entries of all captures in ``archive``, the oldest capture first."""
    with tarfile.open(archive) as tar:
        for member in sorted(tar.getmembers(), key=lambda member: member.name):
            stream = tar.extractfile(member) if member.isfile() else None
            if stream is not None:
                yield from feedparser.parse(gzip.decompress(stream.read())).entries


def main() -> int:
    """Print the labelled items; 1 where the archive lacks some of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path, help="the captures: a tar file of gzipped feeds")
    lines = LABELS.read_text(encoding="utf-8").splitlines()
    wanted = {label["url"]: label["events"] for label in map(json.loads, lines)}
    for entry in entries(parser.parse_args().archive):
        url = entry.get("id") or entry.get("link")
        events = wanted.pop(url, None)
        if events is None:
            continue
        item = {
            "id": sha256(url.encode()).hexdigest()[:12],
            "source": "captures",
            "published": parsedate_to_datetime(entry.published).date().isoformat(),
            "url": url,
            "title": entry.title,
            "summary": html.unescape(_TAG.sub("", entry.get("summary", ""))).strip(),
            "events": events,
        }
        sys.stdout.write(json.dumps(item, ensure_ascii=False) + "\n")
    if wanted:
        sys.stderr.write(f"{len(wanted)} labelled items are not in the archive, the first is {min(wanted)}\n")
    return int(bool(wanted))


if __name__ == "__main__":
    sys.exit(main())
