"""Is an item about technology at all? A law or rule that is about something else is general politics."""

import re

from newsbeam.nlp.cues import wordlist
from newsbeam.nlp.features import Reading
from newsbeam.nlp.masking import AUTHORITY

LEAST_CERTAINTY = 0.5  # of a vendor
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
