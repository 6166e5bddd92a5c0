"""What an item is about: technology at all, and import duties or competition, of which few words speak.

A law or rule that is about something else than technology is general politics. A suit over duties is an act
on duties: of the kinds that fit, the taxonomy takes the more particular one.
"""

import re

from newsbeam.nlp.cues import wordlist
from newsbeam.nlp.features import Reading
from newsbeam.nlp.masking import AUTHORITY

LEAST_CERTAINTY = 0.5  # of a vendor
WIDE = frozenset({"regulatory.lawsuit", "regulatory.investigation"})  # how an authority acts, whatever on
SUBJECTS = {"regulatory.antitrust": "antitrust-words", "regulatory.tariff": "tariff-words"}
_WORD = re.compile(r"[^\W_]+")


def is_about_technology(reading: Reading) -> bool:
    """Say whether title or lead name a vendor, a product, a regulator or a technology topic.

    Of 77 labelled items with an event of ``regulatory.platform_ai_rule`` all do, while a farm bill or a
    rule on fuel does not.
    """
    for piece in reading.pieces:
        if piece.start >= reading.lead_end:
            break
        if piece.sign == AUTHORITY and piece.item.kind == "regulator":
            return True
        if piece.sign != AUTHORITY and piece.item.certainty >= LEAST_CERTAINTY:
            return True
    topics = wordlist("technology-topics")
    return any(word in topics for word in _WORD.findall(reading.text[: reading.lead_end].lower()))


def subject(reading: Reading) -> tuple[str, str] | None:
    """Return the type that a suit or an investigation is told as, and the word in title or lead that says so.

    Of 46 labelled acts of an authority in items with such a word 43 are of that type, and two are merger
    reviews, which precede both.
    """
    said = _WORD.findall(reading.text[: reading.lead_end])
    for event_type, name in SUBJECTS.items():
        words = wordlist(name)
        for word in said:
            if word.lower() in words:
                return event_type, word
    return None
