"""Text in which names and amounts stand as one sign each, so that rules and the learner see classes.

``Xiaomi buys Acme Robotics for $5 million`` becomes ``V buys U for M``: what was learned about one vendor
holds for every other. :class:`Masked` leads back from a place in the masked text to the original.
"""

import re
from bisect import bisect_right
from typing import Any, NamedTuple

from spacy.tokens import Doc

# Syllables of the Yi script: word characters without case, so that \b and \w treat a sign as the word that it
# stands for, and next to never found in technology news.
VENDOR, UNKNOWN, PRODUCT, AUTHORITY, MONEY, PERCENT = "ꃶ", "ꆍ", "ꁈ", "ꀊ", "ꂿ", "ꁓ"
SIGN_OF_KIND = {"company": VENDOR, "brand": VENDOR, "unknown": UNKNOWN, "product": PRODUCT}
SIGNS = VENDOR + UNKNOWN + PRODUCT + AUTHORITY + MONEY + PERCENT

# A number has at most 31 digits and signs, or the time for "1,1,1,…" would grow with its square.
_SCALE = r"(?:\s?-?(?:hundred|thousand|million|billion|trillion|mn|mln|bn|tn|[kmbt])\b)?"
_AMOUNTS = re.compile(
    r"(?P<money>(?:US|A|C|HK|NT|S|R)?[$€£¥₹₩]\s?\d[\d,.]{0,30}(?:\s?-?(?:hundred|thousand|million|billion|trillion|mn|"
    r"mln|bn|tn|[kmbt]))?\b"
    r"|\b(?:USD|EUR|GBP|RMB|CNY|JPY|INR|Rs\.?)\s?\d[\d,.]{0,30}"
    + _SCALE
    + r"|\b\d[\d,.]{0,30}"
    + _SCALE
    + r"\s(?:dollars|euros|"
    r"pounds|yuan|yen|rupees|won|USD|EUR|RMB)\b)"
    r"|(?P<percent>\b\d[\d.,]{0,30}(?:\s?%|\s(?:percent|per cent|percentage points?)\b))",
    re.IGNORECASE,
)


# Words of an authority's name that say what it is, or what it does, stay readable after its sign.
_GENERIC = re.compile(
    r"\b(?:[a-z][\w\-]+|Judges?|Courts?|Jury|Justices|Tribunal|Regulators?|Watchdogs?|Lawmakers|Senators?|Senate|Congress|"
    r"Parliament|Governor|Police|Prosecutors?|Commission|Commissioner|Ministry|Minister|Attorney|State|States|Feds|"
    r"Officials?|Government|Administration|Competition|Privacy|Antitrust|Supreme|President)\b"
)


# What every amount in figures has: a sign, or the first digit of a number, which a currency may precede
# ("USD 5"). A set at the beginning makes the search quick.
_DIGIT_OR_SIGN = re.compile(r"[\d$€£¥₹₩](?<!\d\d)")
_REACH = 4  # characters before it
_IN_WORDS = re.compile(
    r"\b(?:half )?a (?:billion|trillion|million) (?:dollars|euros|pounds)\b", re.IGNORECASE
)


class Piece(NamedTuple):
    """A stretch of text that one sign stands for; ``item`` is the mention or authority, or None."""

    start: int
    end: int
    sign: str
    item: Any


class Masked(NamedTuple):
    """Masked text of the characters from ``start`` on; ``places`` are the signs in it, in order.

    ``shifts`` holds (offset in the masked text, offset in the document) after each sign.
    """

    text: str
    start: int
    places: tuple[tuple[int, Piece], ...]
    shifts: tuple[tuple[int, int], ...]

    def original(self, offset: int) -> int:
        """Return the offset in the document of ``offset`` in the masked text."""
        index = bisect_right(self.shifts, (offset, 1 << 60)) - 1
        at, origin = self.shifts[index]
        return origin + offset - at


def find_pieces(doc: Doc) -> tuple[Piece, ...]:
    """Return the names that are masked in ``doc``: mentions, then authorities, none overlapping."""
    found: list[Piece] = []
    for mention in doc._.mentions:
        start, end = _chars(doc, mention.start, mention.end)
        found.append(Piece(start, end, SIGN_OF_KIND.get(mention.kind, VENDOR), mention))
    for authority in doc._.authorities:
        start, end = _chars(doc, authority.start, authority.end)
        found.append(Piece(start, end, AUTHORITY, authority))
    return _apart(found)


def _apart(found: list[Piece]) -> tuple[Piece, ...]:
    """Return ``found`` in order, without what overlaps an earlier piece."""
    found.sort(key=lambda piece: (piece.start, piece.item is None, -piece.end))
    kept: list[Piece] = []
    for piece in found:
        if not kept or piece.start >= kept[-1].end:
            kept.append(piece)
    return tuple(kept)


def _amounts(text: str, start: int, end: int) -> list[Piece]:
    found: list[Piece] = []
    at = start
    for hint in _DIGIT_OR_SIGN.finditer(text, start, end):
        for begin in range(max(at, hint.start() - _REACH), hint.start() + 1):
            match = _AMOUNTS.match(text, begin, end)
            if match:
                at = match.end()
                found.append(Piece(begin, at, MONEY if match.lastgroup == "money" else PERCENT, None))
                break
    if text.find("illion ", start, end) >= 0 or text.find("ILLION ", start, end) >= 0:
        found += [Piece(*match.span(), MONEY, None) for match in _IN_WORDS.finditer(text, start, end)]
    return found


def lower_case(text: str) -> str:
    """Return ``text`` in lower case, character by character: of the same length ("İ" stays)."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def _kept(name: str) -> str:
    words = _GENERIC.findall(name)
    return " " + " ".join(words).lower() if words else ""


def _chars(doc: Doc, start: int, end: int) -> tuple[int, int]:
    first = doc[start]
    last = first if end == start + 1 else doc[end - 1]
    return first.idx, last.idx + len(last)


def mask(text: str, start: int, end: int, pieces: tuple[Piece, ...]) -> Masked:
    """Return characters ``start`` to ``end`` of ``text`` with ``pieces`` (sorted) and amounts masked."""
    first = bisect_right(pieces, (start,)) if pieces else 0
    last = bisect_right(pieces, (end,)) if pieces else 0
    here = pieces[first:last]
    amounts = _amounts(text, start, end)
    if amounts:
        here = _apart([*here, *amounts])
    out: list[str] = []
    places: list[tuple[int, Piece]] = []
    shifts = [(0, start)]
    at, length = start, 0
    for piece in here:
        out.append(text[at : piece.start])
        length += piece.start - at
        places.append((length, piece))
        shown = piece.sign + (_kept(text[piece.start : piece.end]) if piece.sign == AUTHORITY else "")
        out.append(shown)
        length += len(shown)
        at = piece.end
        shifts.append((length, at))
    out.append(text[at:end])
    return Masked("".join(out), start, tuple(places), tuple(shifts))
