"""Why the models say what they say of a document: it is read again, so this is for explanations only."""

import re
from collections.abc import Sequence

from spacy.tokens import Doc

from newsbeam.nlp.body import QUIET
from newsbeam.nlp.deciding import (
    LAYOFFS,
    NEVER,
    NO_TECHNOLOGY,
    PURCHASE,
    SECOND_NEEDS,
    SURE_IN_QUIET,
    TECHNOLOGY_ONLY,
)
from newsbeam.nlp.events import EventDetector
from newsbeam.nlp.features import Reading, extract, read
from newsbeam.nlp.learner import Row
from newsbeam.nlp.wording import told
from newsbeam.nlp.wordpiece import Encoded
from newsbeam.taxonomy import TYPES, family

LEAST_FALL = 0.5  # of the encoder's log odds, for a word to be shown as telling
MOST_WORDS = 4
_WORD_OR_SIGN = re.compile(r"[^\W_]+|\S")


def telling_words(detector: EventDetector, doc: Doc, event_type: str) -> list[tuple[str, float]]:
    """Return the words of title and lead that speak most for ``event_type``, strongest first.

    With each stands how much the encoder's log odds fall when it does not see the word. It reads the item
    once a word (some 3 ms each).
    """
    reading = read(doc, detector.book)
    encoded = detector.encoder.encode(reading)
    column = TYPES.index(event_type)

    def log_odds(item: Encoded) -> float:
        return float(detector.encoder.read(item).logits[column])

    whole = log_odds(encoded)
    starts = sorted({start for start in encoded.starts if start >= 0})
    falls = [(whole - log_odds(encoded.without(start)), start) for start in starts]
    telling = sorted((-fall, start) for fall, start in falls if fall >= LEAST_FALL)[:MOST_WORDS]
    return [(_word_at(reading, start), -fall) for fall, start in telling]


def verdict(detector: EventDetector, doc: Doc, event_type: str) -> str:
    """Say what both models give for ``event_type`` in ``doc``, what that is together, and what is needed."""
    reading = read(doc, detector.book)
    row = detector.learner.vocabulary.row(extract(reading, doc._.url))
    return _verdict(detector, doc, event_type, reading, row)


def _verdict(detector: EventDetector, doc: Doc, event_type: str, reading: Reading, row: Row) -> str:
    linear = detector.learner.log_odds(row)
    by_encoder = detector.encoder.read(detector.encoder.encode(reading)).logits
    column = TYPES.index(event_type)
    score, needed = _score(doc, event_type)
    late = ", asked only now," if doc._.trace.hopeless else ""
    given = ""
    if raised := doc._.trace.raised:
        since = f"since the title says “{raised.word}”"
        if event_type == raised.narrow:
            given = f"; it has the score of {raised.wide}, {_score(doc, raised.wide)[0]:.2f}, {since}"
        elif event_type == raised.wide:
            given = f"; its score was given to {raised.narrow}, which says more, {since}"
    return (
        f"linear model {linear[column]:+.2f}, encoder{late} {by_encoder[column]:+.2f} "
        f"(log odds; below 0 is against it), together {score:.2f}, needs {needed:.2f}{given}"
    )


def _score(doc: Doc, event_type: str) -> tuple[float, float]:
    """Return what the models say together of ``event_type``, 0..1, and what is needed."""
    return next((score, needed) for name, score, needed in doc._.trace.scores if name == event_type)


def spoken_against(detector: EventDetector, doc: Doc, event_type: str, found: Sequence[str]) -> list[str]:
    """Say what kept ``event_type`` from being an event of ``doc``, and what spoke for it.

    ``found`` are the types of its events.
    """
    reading = read(doc, detector.book)
    row = detector.learner.vocabulary.row(extract(reading, doc._.url))
    own = float(detector.learner.thresholds[TYPES.index(event_type)])
    score, needed = _score(doc, event_type)
    said = [_verdict(detector, doc, event_type, reading, row)]
    for side, features in (
        ("against", detector.learner.against(row, event_type)),
        ("for", detector.learner.strongest(row, event_type)),
    ):
        said.append(f"speaks {side} it: {'; '.join(told(features)) or 'nothing'}")
    kind = doc._.trace.content_type.replace("_", "-")
    if needed == NEVER and event_type == LAYOFFS:
        said.append("the title tells of staff who are hired, trained or paid, and of nobody who has to go")
    elif needed == NEVER and event_type != TECHNOLOGY_ONLY:
        said.append(f"the text is of the kind {kind}, of which no launch and no price is told")
    elif NEVER > needed > round(own, 3):
        reason = ", which is the reason" if own < score <= needed else ""
        if doc._.trace.content_type in QUIET and needed <= max(SURE_IN_QUIET, round(own, 3)):
            why = f"the text is of the kind {kind}"
        elif family(event_type) == "vendor":
            why = "title and lead name no vendor that takes part"
        else:
            why = NO_TECHNOLOGY
        said.append(f"{why}: it needs {needed:.2f} instead of {own:.2f}{reason}")
    raised = doc._.trace.raised
    if score > needed and found and not (raised and event_type == raised.wide):
        if event_type in PURCHASE and set(PURCHASE) & set(found):
            rest = "of a purchase and its review the surer counts"
        elif family(event_type) == "regulatory":
            rest = "of several acts of an authority the surest counts, or one nearly as sure that precedes it"
        else:
            rest = f"a second event of a vendor needs {needed + SECOND_NEEDS:.2f}"
        said.append(f"its score is enough, but {', '.join(found)} is told: {rest}")
    return said


def _word_at(reading: Reading, start: int) -> str:
    """Return the name, or else the word or sign, that begins at ``start``."""
    for piece in reading.pieces:
        if piece.start == start:
            return reading.text[start : piece.end]
    word = _WORD_OR_SIGN.match(reading.text, start)
    return word.group() if word else ""
