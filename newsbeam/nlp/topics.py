"""What an item is about, where few words say so: technology at all, import duties, competition, aid, hiring.

A law or rule that is about something else than technology is general politics. A suit over duties is an act
on duties, a plan for an industry is aid: of the kinds that fit, the taxonomy takes the more particular one.
"""

import re
from functools import cache

from newsbeam.nlp.cues import wordlist
from newsbeam.nlp.features import Reading
from newsbeam.nlp.masking import AUTHORITY, UNKNOWN

LEAST_CERTAINTY = 0.5  # of a vendor
LAWSUIT = "regulatory.lawsuit"
_CASES = frozenset({LAWSUIT, "regulatory.investigation"})  # how an authority acts, whatever on
# The words that say what an act is about, and the types that say less than they do.
SUBJECTS = {
    "regulatory.antitrust": ("antitrust-words", _CASES | {"regulatory.fine"}),
    "regulatory.tariff": ("tariff-words", _CASES),
    "regulatory.subsidy": ("subsidy-words", frozenset({"regulatory.platform_ai_rule"})),
}
_WORD = re.compile(r"[^\W_]+")
_ADDS_JOBS = re.compile(
    r"\b(?:add|creat)(?:e?s?|ing) (?:[a-z]+ ){0,2}[\d,]+ (?:[\w-]+ )?(?:jobs|roles|posts|workers|staff)\b",
    re.IGNORECASE,
)
_RULES = frozenset({"regulatory.platform_ai_rule", "regulatory.privacy_rule", "regulatory.product_ban"})
_ASKS = re.compile(
    r"\b(?:asks?|asked|asking|urges?|urged|petitions?|petitioned) (?:[\w-]+ ){0,2}$", re.IGNORECASE
)
_ASKS_REACH = 30  # characters before the court


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
    type, two are merger reviews, which precede both. Who asks a court to stop a rule makes none.
    """
    if wide in _RULES and (asked := _asks_court(reading)):
        return LAWSUIT, asked
    for event_type, (name, wides) in SUBJECTS.items():
        if wide in wides:
            for match in _any_of(name).finditer(reading.text, 0, reading.title_end):
                if not _is_named(reading, match.start()):
                    return event_type, match.group()
    return None


def _asks_court(reading: Reading) -> str:
    """Return the words of the title by which somebody asks a court, or nothing."""
    for piece in reading.pieces:
        if piece.start >= reading.title_end:
            break
        if piece.sign == AUTHORITY and piece.item.kind == "court":
            asks = _ASKS.search(reading.text, max(0, piece.start - _ASKS_REACH), piece.start)
            if asks:
                return reading.text[asks.start() : piece.end]
    return ""


def tells_of_hiring(reading: Reading) -> bool:
    """Say whether the title tells of staff who are hired, trained or paid, and of nobody who has to go.

    To both models it looks like a layoff ("IBM retrains 2,000 staff"). Of 22 labelled layoffs none has such a
    title.
    """
    title = reading.text[: reading.title_end]
    told = _ADDS_JOBS.search(title) or _any_of("hiring-words").search(title)
    return bool(told) and not _any_of("staff-cut-words").search(title)


@cache
def _any_of(name: str) -> re.Pattern[str]:
    """Return what finds the words and phrases of the list ``name``."""
    either = "|".join(map(re.escape, sorted(wordlist(name), key=lambda words: (-len(words), words))))
    return re.compile(rf"\b(?:{either})\b", re.IGNORECASE)


def _is_named(reading: Reading, at: int) -> bool:
    return any(piece.start <= at < piece.end for piece in reading.pieces)
