"""Taking site furniture out of the paragraphs of an article.

What is furniture is knowledge (``furniture.yaml``); what is code is where it may stand: the author's box
and the firm's praise of itself only near the end, a box of other stories only as long as its lines are
headlines, and nothing that would take more than a part of the text away.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from newsbeam.knowledge.tables import read_table

_KEYS = "line box end label empty_label author author_sign firm promotion promotion_sign".split()
# "Enlarge / A phone. (credit: Getty Images)": who took a picture takes no part in what is reported.
_CREDIT = re.compile(
    r"^Enlarge\b[^\n]{0,300}?\((?:(?:image|photo|picture) )?credits?: [^()\n]{1,100}\)\s*"
    r"|\((?:(?:image|photo|picture) )?credits?: [^()\n]{1,100}\)\s*",
    re.IGNORECASE,
)
_LINE_CHARS = 400  # no single line of furniture is longer
_LABEL_CHARS = 60  # "Team Counterpoint": the value under a label is a name or a date
_TAIL_PARAGRAPHS = 6  # boxes about author or firm stand among the last of a page
_TAIL_CHARS = 2000  # no box about author or firm is longer
_END_SHARE = 0.35  # an end mark cuts at most this share of the words
_EDGE = 3  # paragraphs at either end where keywords and counters stand
_COUNTER = re.compile(r"\d{1,2}")
_FULL_SENTENCE = re.compile(r"[.!?…][\"”’)]*\s*$")
_HEADING_CHARS = 60
_HEADLINE_CHARS = 160
_BOX_LINES = 40  # no box of other stories holds more
_AROUND_LABEL = " *_#•·►▶▸»→|[]()–—-"
_NO_HEADLINE = re.compile(r"[.:;,][\"”’)]*$|[.!?]\s*[\"”’)]+$|^[a-z]")
_NAME = re.compile(r"(?:[A-Z][\w.’'-]+\s){1,3}[A-Z][\w.’'-]+")
_ELLIPSIS = re.compile(r"\s*(?:\.\.\.|…)$")


class _Patterns(NamedTuple):
    line: re.Pattern[str]
    box: re.Pattern[str]
    end: re.Pattern[str]
    label: re.Pattern[str]
    empty_label: re.Pattern[str]
    author: re.Pattern[str]
    author_sign: re.Pattern[str]
    firm: tuple[re.Pattern[str], ...]
    promotion: re.Pattern[str]
    promotion_sign: re.Pattern[str]


@lru_cache(maxsize=1)
def load_furniture() -> _Patterns:
    """Return the patterns of ``furniture.yaml``, compiled; a wrong entry is a KnowledgeError."""
    table = read_table("furniture.yaml", _KEYS)
    patterns = {key: table.pattern(key) for key in _KEYS if key != "firm"}
    table.pattern("firm")
    firm = tuple(re.compile(entry, re.IGNORECASE) for entry in table.strings("firm"))
    return _Patterns(firm=firm, **patterns)


def is_furniture_line(paragraph: str) -> bool:
    """Say whether ``paragraph`` as a whole is furniture, wherever it stands."""
    text = paragraph.strip()
    if len(text) > _LINE_CHARS:
        return False
    return not text or bool(load_furniture().line.fullmatch(text))


def is_keyword_line(paragraph: str) -> bool:
    """Say whether ``paragraph`` is a list of keywords: five or more short items, no sentence, no "and"."""
    text = paragraph.strip()
    if (
        len(text) > _LINE_CHARS
        or text.startswith("- ")
        or text.count(",") < 4
        or _FULL_SENTENCE.search(text)
        or " and " in text
    ):
        return False
    items = [item.strip() for item in text.split(",")]
    return ":" not in text and all(item and len(item.split()) <= 3 for item in items)


def is_author_box(paragraph: str) -> bool:
    """Say whether ``paragraph`` is about the author of the page ("… is a reporter based in …")."""
    patterns = load_furniture()
    text = paragraph.strip()
    return (
        len(text) < _TAIL_CHARS
        and bool(patterns.author.search(text))
        and bool(patterns.author_sign.search(text))
    )


def is_firm_praise(paragraph: str) -> bool:
    """Say whether ``paragraph`` is what a firm says about itself at the foot of its pages."""
    if len(paragraph) > _TAIL_CHARS:
        return False
    return sum(bool(pattern.search(paragraph)) for pattern in load_furniture().firm) >= 3


def is_promotion(paragraph: str) -> bool:
    """Say whether ``paragraph`` promotes a study, an event or a product of the publisher."""
    patterns = load_furniture()
    if len(paragraph) > _TAIL_CHARS:
        return False
    return bool(patterns.promotion.search(paragraph[:200])) and bool(
        patterns.promotion_sign.search(paragraph)
    )


def _drop_lines(paragraphs: list[str]) -> list[str]:
    """Drop lines of furniture, and with a date or reading time a name alone beside it (the byline).

    Near the edges lists of keywords and lone small numbers (a count of comments) go, too.
    """
    flags = [is_furniture_line(paragraph) for paragraph in paragraphs]
    for index, paragraph in enumerate(paragraphs):
        if index < _EDGE or index >= len(paragraphs) - _EDGE:
            flags[index] = (
                flags[index] or is_keyword_line(paragraph) or bool(_COUNTER.fullmatch(paragraph.strip()))
            )
    for index, paragraph in enumerate(paragraphs):
        beside = index + 1 < len(flags) and flags[index + 1] and paragraphs[index + 1].strip()
        if index < 2 * _EDGE and beside and _NAME.fullmatch(paragraph.strip()):
            flags[index] = True
    return [paragraph for paragraph, flag in zip(paragraphs, flags, strict=True) if not flag]


def _drop_labels(paragraphs: list[str]) -> list[str]:
    """Drop labels with their values where two or more stand together, and empty ones before them."""
    patterns = load_furniture()
    labels = [bool(patterns.label.fullmatch(p.strip().rstrip(":"))) for p in paragraphs]
    drop: set[int] = set()
    for index, label in enumerate(labels):
        if not label:
            continue
        value = index + 1
        if value < len(labels) and not labels[value] and len(paragraphs[value]) <= _LABEL_CHARS:
            drop.update((index, value))
    if sum(labels[index] for index in drop) < 2:
        return paragraphs
    first = min(drop)
    if first and patterns.empty_label.fullmatch(paragraphs[first - 1].strip().rstrip(":")):
        drop.add(first - 1)
    return [paragraph for index, paragraph in enumerate(paragraphs) if index not in drop]


def is_box_label(paragraph: str) -> bool:
    """Say whether ``paragraph`` is the label of a box of other stories ("Trending", "Read next:")."""
    text = paragraph.strip()
    if len(text) > _HEADING_CHARS or text[-1:] == "." or text.startswith("- "):
        return False
    label = text.strip(_AROUND_LABEL)
    box = load_furniture().box
    return bool(box.fullmatch(label) or box.fullmatch(label.rstrip(" :")))


def is_headline(paragraph: str) -> bool:
    """Say whether ``paragraph`` may be the headline of another story: short, and no sentence of a text."""
    text = paragraph.strip(" -–—•*·»►")
    return len(text) <= _HEADLINE_CHARS and not _NO_HEADLINE.search(text)


def _drop_boxes(paragraphs: list[str]) -> list[str]:
    """Drop boxes of other stories: their label and the headlines under it, up to a line that is none."""
    kept: list[str] = []
    left = 0  # lines that the box may still hold
    for paragraph in paragraphs:
        if is_box_label(paragraph):
            left = _BOX_LINES
        elif left and is_headline(paragraph):
            left -= 1
        else:
            left = 0
            kept.append(paragraph)
    return kept


def _cut_end(paragraphs: list[str]) -> list[str]:
    """Cut off what follows the first mark of the end, where it is no more than a part of the words."""
    words = [len(paragraph.split()) for paragraph in paragraphs]
    total = rest = sum(words)
    for index, paragraph in enumerate(paragraphs):
        here, rest = rest, rest - words[index]
        if (
            here <= _END_SHARE * total
            and len(paragraph) <= _LINE_CHARS
            and load_furniture().end.fullmatch(paragraph.strip())
        ):
            return paragraphs[:index]
    return paragraphs


def _drop_tail(paragraphs: list[str]) -> list[str]:
    """Drop boxes about author and firm and promotions from the end, going up until text comes."""
    last = len(paragraphs)
    for index in range(len(paragraphs) - 1, max(0, len(paragraphs) - _TAIL_PARAGRAPHS) - 1, -1):
        text = paragraphs[index]
        if is_author_box(text) or is_firm_praise(text) or (is_promotion(text) and index >= last - 2):
            last = index
    kept = paragraphs[:last]
    return kept if sum(map(len, kept)) * 2 >= sum(map(len, paragraphs)) else paragraphs


def _drop_teaser(paragraphs: list[str]) -> list[str]:
    """Drop a paragraph that only repeats the one before it, whole or with an ellipsis."""
    kept: list[str] = []
    for paragraph in paragraphs:
        if kept and len(paragraph) > 40 and _ELLIPSIS.sub("", paragraph).strip() == kept[-1].strip(" .…"):
            continue
        kept.append(paragraph)
    return kept


def strip_credits(text: str) -> str:
    """Return ``text`` without captions that open it and credits of pictures in brackets."""
    return _CREDIT.sub("", text).strip()


def strip_furniture(paragraphs: Sequence[str]) -> list[str]:
    """Return ``paragraphs`` without site furniture, in order, those kept unchanged
    but for captions with a credit that open them or stand in brackets.

    Empty paragraphs go, too. Of a text that would lose nearly all, what is no plain line of furniture
    stays.
    """
    paragraphs = [strip_credits(paragraph) for paragraph in paragraphs]
    kept = [paragraph for paragraph in paragraphs if paragraph.strip()]
    kept = _cut_end(kept)
    kept = _drop_labels(kept)
    kept = _drop_lines(_drop_boxes(kept))
    return _drop_tail(_drop_teaser(kept))
