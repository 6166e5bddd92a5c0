"""Where in title or lead an event stands: the words that report it, and their sentence."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from spacy.tokens import Doc

from newsbeam.nlp import axes
from newsbeam.nlp.cues import wordlist
from newsbeam.nlp.document import locate, text_of
from newsbeam.nlp.features import Reading
from newsbeam.nlp.rules import Match

_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
_MEANT = re.compile(r"^(?P<group>[tswnm])\d?:(?P<words>.+)$")
_CLASS = re.compile(r"<.>>?|>")  # a class of names in a feature
_FIELDS = {"t": "t", "n": "t", "s": "s", "m": "s", "w": "ts"}  # title, lead
OF_LEAD = 0.5  # of its weight that a word of the lead keeps: the title is the better evidence
LEAST_LETTERS = 3  # of a word that tells something


class Trigger(NamedTuple):
    """Characters of the document that report an event; ``rule`` is empty where the learner found them."""

    start: int
    end: int
    rule: str


class _Word(NamedTuple):
    """A word of title (``t``) or lead (``s``): its characters, in lower case, and whether it can tell."""

    start: int
    end: int
    lower: str
    field: str
    is_content: bool
    is_name: bool


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


def find_trigger(reading: Reading, match: Match | None, spoken: Sequence[tuple[str, float]]) -> Trigger:
    """Return the trigger: the matching rule's, else the words of which the learner made most.

    ``spoken`` are the features that speak for the type, with their weights.
    """
    if match is not None:
        start, end = _whole_names(reading, match.start, match.end)
        return Trigger(start, end, match.rule.id if not match.missing else "")
    words = _words(reading)
    if not words:
        return Trigger(0, 0, "")
    told = _told(spoken)
    best = max(words, key=lambda word: (_weight(word, told), word.is_content, word.is_name, -word.start))
    first, last = _phrase(words, words.index(best), told)
    return Trigger(words[first].start, words[last].end, "")


def _whole_names(reading: Reading, start: int, end: int) -> tuple[int, int]:
    """Return the stretch with the names that it cuts: a part of an authority's is readable to rules."""
    for piece in reading.pieces:
        if piece.start < start < piece.end:
            start = piece.start
        if piece.start < end < piece.end:
            end = piece.end
    return start, end


def _words(reading: Reading) -> list[_Word]:
    """Return the words of title and lead."""
    names = [(piece.start, piece.end) for piece in reading.pieces]
    plain = wordlist("function-words")
    found = []
    for match in _WORD.finditer(reading.text, 0, reading.lead_end):
        start, end = match.span()
        lower = match.group().lower().replace("’", "'")
        at = bisect_right(names, (start, end))
        is_name = any(first < end and start < last for first, last in names[max(0, at - 1) : at + 1])
        tells = len(lower) >= LEAST_LETTERS and lower not in plain and not lower.endswith("'s")
        field = "t" if start < reading.title_end else "s"
        found.append(_Word(start, end, lower, field, tells and not is_name, is_name))
    return found


def _told(spoken: Sequence[tuple[str, float]]) -> dict[tuple[str, str], float]:
    """Return what features say of words and of phrases, by field and text; words share a phrase's."""
    told: dict[tuple[str, str], float] = defaultdict(float)
    plain = wordlist("function-words")
    for feature, weight in spoken:
        meant = _MEANT.match(feature)
        if not meant:
            continue
        words = [word for word in _WORD.findall(_CLASS.sub(" ", meant["words"])) if word not in plain]
        for field in _FIELDS[meant["group"]]:
            for word in words:
                told[field, word] += weight / len(words)
            if len(words) > 1:
                told[field, " ".join(words)] += weight
    return told


def _weight(word: _Word, told: Mapping[tuple[str, str], float]) -> float:
    if not word.is_content:
        return 0.0
    return told.get((word.field, word.lower), 0.0) * (1.0 if word.field == "t" else OF_LEAD)


def _phrase(words: Sequence[_Word], at: int, told: Mapping[tuple[str, str], float]) -> tuple[int, int]:
    """Return the first and last of the words that belong to the best one: the learner knows them together."""
    for first, last in ((at, at + 1), (at - 1, at)):
        if first < 0 or last >= len(words) or words[last].start > words[first].end + 1:
            continue
        both = words[first], words[last]
        if (both[0].field, f"{both[0].lower} {both[1].lower}") in told and all(w.is_content for w in both):
            return first, last
    return at, at


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
