"""Where in title or lead an event stands: the words that report it, and their sentence."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from spacy.tokens import Doc

from newsbeam.nlp import axes
from newsbeam.nlp.document import locate, text_of
from newsbeam.nlp.features import Reading
from newsbeam.nlp.rules import Match

_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
_MEANT = re.compile(r"^(?:[tswpnm]\d?):(.+)$")


class Trigger(NamedTuple):
    """Characters of the document that report an event; ``rule`` is empty where the learner found them."""

    start: int
    end: int
    rule: str


class Sentence(NamedTuple):
    """The sentence around a trigger: offsets in the document, and the field that it stands in."""

    start: int
    end: int
    field: str
    field_start: int  # where that field's own offset 0 would be in the document


def best_match(reading: Reading, event_type: str, published: str | None = None) -> Match | None:
    """Return the match of a rule that best shows an event of ``event_type`` in title or lead.

    What a title tells before what it restates, fired before nearly fired, title before lead, strong before
    weak.
    """
    found = [m for m in reading.matches if m.rule.type == event_type and m.start < reading.lead_end]
    told = [m for m in found if m.start < reading.title_end and not _restated(reading, m, published)]
    if told:
        found = [m for m in found if m in told or m.start >= reading.title_end]
    if not found:
        return None
    return min(
        found, key=lambda m: (bool(m.missing), m.start >= reading.title_end, -m.rule.strength, m.start)
    )


def _restated(reading: Reading, match: Match, published: str | None) -> bool:
    title = reading.text[: reading.title_end]
    return axes.background(title, (match.start, match.end), published, "title")


def find_trigger(reading: Reading, match: Match | None, strongest: Sequence[tuple[str, float]]) -> Trigger:
    """Return the trigger: the matching rule's, else the learner's strongest word, else the first word."""
    if match is not None:
        return Trigger(match.start, match.end, match.rule.id if not match.missing else "")
    text = reading.text[: reading.lead_end]
    lowered = text.lower()
    for feature, _ in strongest:
        meant = _MEANT.match(feature)
        if not meant:
            continue
        for word in sorted(_WORD.findall(meant.group(1)), key=len, reverse=True):
            found = re.search(rf"\b{re.escape(word)}", lowered) if len(word) > 2 else None
            if found:
                whole = _WORD.match(text, found.start())
                return Trigger(found.start(), whole.end() if whole else found.end(), "")
    first = _WORD.search(text)
    return Trigger(first.start(), first.end(), "") if first else Trigger(0, 0, "")


def sentence_around(doc: Doc, offset: int) -> Sentence:
    """Return the sentence that holds character ``offset``; of a title, the whole title."""
    text = text_of(doc)
    field = locate(doc, offset)
    if field is None:
        return Sentence(0, len(text), "text", 0)
    if field.name == "title":
        return Sentence(field.start, field.end, "title", field.start - field.origin)
    starts = doc._.sentence_starts or (0,)
    index = bisect_right(starts, offset) - 1
    start = max(field.start, starts[index])
    end = min(field.end, starts[index + 1] if index + 1 < len(starts) else len(text))
    while end > start and text[end - 1].isspace():
        end -= 1
    return Sentence(start, end, field.name, field.start - field.origin)
