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
    """Return the type that a suit or an investigation is told as, and the word of the title that says so.

    Words of names do not count ("Monopoly Go", "the antitrust authority"), nor does the lead: it tells what
    else there is. Of 41 labelled acts of an authority under such a title 38 are of that type, two
    are merger reviews, which precede both.
    """
    for event_type, name in SUBJECTS.items():
        words = wordlist(name)
        for match in _WORD.finditer(reading.text, 0, reading.title_end):
            if match.group().lower() in words and not _is_named(reading, match.start()):
                return event_type, match.group()
    return None


def _is_named(reading: Reading, at: int) -> bool:
    return any(piece.start <= at < piece.end for piece in reading.pieces)
