"""What an item is about: technology at all, and import duties, competition or aid, of which few words speak.

A law or rule that is about something else than technology is general politics. A suit over duties is an act
on duties, a plan for an industry is aid: of the kinds that fit, the taxonomy takes the more particular one.
"""

import re
from functools import cache

from newsbeam.nlp.cues import wordlist
from newsbeam.nlp.features import Reading
from newsbeam.nlp.masking import AUTHORITY, UNKNOWN

LEAST_CERTAINTY = 0.5  # of a vendor
# How an authority acts, whatever on.
_CASES = frozenset({"regulatory.lawsuit", "regulatory.investigation", "regulatory.fine"})
# The words that say what an act is about, and the types that say less than they do.
SUBJECTS = {
    "regulatory.antitrust": ("antitrust-words", _CASES),
    "regulatory.tariff": ("tariff-words", _CASES),
    "regulatory.subsidy": ("subsidy-words", frozenset({"regulatory.platform_ai_rule"})),
}
_WORD = re.compile(r"[^\W_]+")


def is_about_technology(reading: Reading) -> bool:
    """Say whether title or lead name a listed vendor, its product, a regulator or a technology topic.

    Of 77 labelled items with an event of ``regulatory.platform_ai_rule`` all do, while a farm bill or a
    rule on fuel does not. A vendor that no catalogue has may be anybody ("Jo Malone sued").
    """
    for piece in reading.pieces:
        if piece.start >= reading.lead_end:
            break
        if piece.sign == AUTHORITY and piece.item.kind == "regulator":
            return True
        if piece.sign not in {AUTHORITY, UNKNOWN} and piece.item.certainty >= LEAST_CERTAINTY:
            return True
    topics = wordlist("technology-topics")
    return any(word in topics for word in _WORD.findall(reading.text[: reading.lead_end].lower()))


def subject(reading: Reading, wide: str) -> tuple[str, str] | None:
    """Return the type that an act of the type ``wide`` is told as, and the words of the title that say so.

    Words of names do not count ("Monopoly Go", "the antitrust authority"), nor does the lead: it tells what
    else there is. Of 41 labelled acts of an authority under a title on duties or competition 38 are of that
    type, two are merger reviews, which precede both.
    """
    for event_type, (name, wides) in SUBJECTS.items():
        if wide in wides:
            for match in _any_of(name).finditer(reading.text, 0, reading.title_end):
                if not _is_named(reading, match.start()):
                    return event_type, match.group()
    return None


@cache
def _any_of(name: str) -> re.Pattern[str]:
    """Return what finds the words and phrases of the list ``name``."""
    either = "|".join(map(re.escape, sorted(wordlist(name), key=lambda words: (-len(words), words))))
    return re.compile(rf"\b(?:{either})\b", re.IGNORECASE)


def _is_named(reading: Reading, at: int) -> bool:
    return any(piece.start <= at < piece.end for piece in reading.pieces)
