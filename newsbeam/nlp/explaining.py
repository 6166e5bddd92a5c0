"""Why the models say what they say of a document: it is read again, so this is for explanations only."""

import re
from collections.abc import Sequence

from spacy.tokens import Doc

from newsbeam.nlp.events import EventDetector
from newsbeam.nlp.features import Reading, extract, read
from newsbeam.nlp.wording import told
from newsbeam.nlp.wordpiece import Encoded
from newsbeam.taxonomy import TYPES

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


def spoken_against(detector: EventDetector, doc: Doc, event_type: str, found: Sequence[str]) -> list[str]:
    """Say what kept ``event_type`` from being an event of ``doc``, and what spoke for it.

    ``found`` are the types of its events.
    """
    reading = read(doc, detector.book)
    row = detector.learner.vocabulary.row(extract(reading, doc._.url))
    encoded = detector.encoder.read(detector.encoder.encode(reading))
    column = TYPES.index(event_type)
    own = float(detector.learner.thresholds[column])
    score, needed = next((s, t) for name, s, t in doc._.trace.scores if name == event_type)
    linear, by_encoder = detector.learner.log_odds(row)[column], encoded.logits[column]
    late = ", asked only now," if doc._.trace.hopeless else ""
    said = [f"linear model {linear:+.2f}, encoder{late} {by_encoder:+.2f} (log odds; below 0 is against it)"]
    for side, features in (
        ("against", detector.learner.against(row, event_type)),
        ("for", detector.learner.strongest(row, event_type)),
    ):
        said.append(f"speaks {side} it: {'; '.join(told(features)) or 'nothing'}")
    if needed > round(own, 3):
        kind = doc._.trace.content_type.replace("_", "-")
        reason = ", which is the reason" if score > own else ""
        said.append(f"the text is of the kind {kind}: it needs {needed:.2f} instead of {own:.2f}{reason}")
    if score > needed and found:
        said.append(f"its score is enough, but beside {', '.join(found)} it is not sure enough")
    return said


def _word_at(reading: Reading, start: int) -> str:
    """Return the name, or else the word or sign, that begins at ``start``."""
    for piece in reading.pieces:
        if piece.start == start:
            return reading.text[start : piece.end]
    word = _WORD_OR_SIGN.match(reading.text, start)
    return word.group() if word else ""
