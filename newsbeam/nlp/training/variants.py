"""Texts without labels, from which the encoder learns what its teachers say of them.

Of items that they learned from, teachers say little more than the labels. Of variants of these items, in
which ordinary words are replaced by words of like meaning or use ("buys": "bought", "sells"), they say what
the new words change, and of summaries that stand alone likewise (Jiao et al. 2020, "TinyBERT").
"""

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from newsbeam.errors import ItemError
from newsbeam.nlp.cues import plain_words

NEAREST = 8  # words that may stand for another
REPLACED = 0.25  # share of the ordinary words of a text
REPLACED_CAPITALS = 0.15  # of those with a capital, which may be part of a name
WITHOUT_SUMMARY, SUMMARY_ALONE = 0.15, 0.4  # share of variants, share of items
_WORD = re.compile(r"[A-Za-z]+")
_LONGEST = 200  # characters of a summary that stands for a title

Item = Mapping[str, Any]
Neighbours = Mapping[str, Sequence[str]]


def neighbours(pieces: Sequence[str], table: npt.NDArray[np.float32]) -> Neighbours:
    """Return for each ordinary word among ``pieces`` those nearest to it, by what ``table`` has for each."""
    ordinary = plain_words()
    rows = [at for at, piece in enumerate(pieces) if len(piece) > 1 and piece in ordinary]
    words = [pieces[row] for row in rows]
    table = table[rows]
    table = table / np.linalg.norm(table, axis=1, keepdims=True)
    nearest = np.argsort(-(table @ table.T), axis=1, kind="stable")[:, 1 : NEAREST + 1]
    return {word: [words[other] for other in row] for word, row in zip(words, nearest.tolist(), strict=True)}


def variants(items: Sequence[Item], near: Neighbours, each: int) -> Iterator[Item]:
    """Yield ``each`` variants of each of ``items``, without labels; the same items give the same ones."""
    order = random.Random(0)  # noqa: S311  (no secret)
    for number, item in enumerate(items):
        title, summary = item["title"] or "", item.get("summary") or ""
        for variant in range(each):
            kept = "" if order.random() < WITHOUT_SUMMARY else summary
            texts = {"title": _vary(title, near, order), "summary": _vary(kept, near, order)}
            if any(map(str.strip, texts.values())):
                yield {**item, "id": f"{number}-{variant}", "events": (), **texts}
        if summary.strip() and order.random() < SUMMARY_ALONE:
            alone = {"title": summary[:_LONGEST], "summary": ""}
            yield {**item, "id": f"{number}-alone", "events": (), **alone}


def read_texts(path: Path) -> list[Item]:
    """Read texts without labels, one JSON object with a title (and a summary) a line."""
    items: list[Item] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except ValueError as error:
            raise ItemError("not JSON", where=f"{path}:{number}") from error
        title = item.get("title") if isinstance(item, dict) else None
        if not isinstance(title, str) or not title.strip():
            raise ItemError("a text needs a title", where=f"{path}:{number}")
        summary = item.get("summary") or ""
        if not isinstance(summary, str):
            raise ItemError("the summary must be text", where=f"{path}:{number}")
        items.append({"id": item.get("id"), "title": title, "summary": summary, "events": ()})
    return items


def _vary(text: str, near: Neighbours, order: random.Random) -> str:
    def other(match: re.Match[str]) -> str:
        word = match.group()
        known = near.get(word.lower(), ())
        if known and word.islower() and order.random() < REPLACED:
            return order.choice(known)
        if known and word.istitle() and order.random() < REPLACED_CAPITALS:
            return order.choice(known).capitalize()
        return word

    return _WORD.sub(other, text)
