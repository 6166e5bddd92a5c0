"""What the learner sees of an item: strings that say what stands in title and lead, names masked.

A feature is ``group:content``. Groups: ``t`` title n-grams, ``s`` lead n-grams, ``w`` words of either, ``p``
beginnings of words, ``n`` what stands next to a vendor, ``r`` rules that fired, ``q`` rules whose trigger
stood there, ``y`` style, ``u`` the address. Only title and lead are read, so the cost does not grow with
the article.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from spacy.tokens import Doc

from newsbeam.nlp.document import fields_of, lead_end, text_of
from newsbeam.nlp.masking import (
    AUTHORITY,
    MONEY,
    PERCENT,
    PRODUCT,
    UNKNOWN,
    VENDOR,
    Masked,
    Piece,
    find_pieces,
    mask,
)
from newsbeam.nlp.rules import Match, RuleBook

_TOKEN = re.compile(
    rf"[{VENDOR}{UNKNOWN}{PRODUCT}{AUTHORITY}{MONEY}{PERCENT}]|[^\W\d_]+(?:[’'][^\W\d_]+)*|\d[\d.,]*|[?!:;|“”\"()]"
)
_SHOWN = {
    VENDOR: "<V>", UNKNOWN: "<V>", PRODUCT: "<P>", AUTHORITY: "<A>", MONEY: "<M>", PERCENT: "<%>",
    "“": '"', "”": '"',
}  # fmt: skip
_MINUTES = re.compile(
    r"\s*\((?P<n>\d+) minute read\)\s*$|\s*\((?P<kind>github repo|website|sponsor|tool)\)\s*$", re.IGNORECASE
)
_PATH_WORD = re.compile(r"[a-z]{3,}")
_HOST = re.compile(r"^https?://(?:www\.)?([^/:?#]+)([^?#]*)", re.IGNORECASE)
# Of the title in lower case, which takes half the time of searching without regard to case.
_STYLES = (
    ("question", re.compile(r"\?\s*$")),
    ("question_inside", re.compile(r"\?\s+\S")),
    (
        "how_why",
        re.compile(r"^\W*(?:how|why|what|when|where|who|which|should|can|is|are|do|does|will)\b"),
    ),
    ("how_to", re.compile(r"^\W*how to\b|\bhow to\b")),
    ("listicle", re.compile(r"^\W*(?:the )?\d{1,3} (?!percent|million|billion|%)\w+")),
    ("best", re.compile(r"\b(?:best|top \d+|favorite|cheapest|lowest)\b")),
    (
        "review",
        re.compile(r"\b(?:review|reviewed|hands-on|tested|versus|vs\.?|first drive|first look)\b"),
    ),
    ("first_person", re.compile(r"\b(?:I|we|my|our|me|us)(?:[’'](?:ve|m|d|ll|re))?\b")),
    ("second_person", re.compile(r"\b(?:you|your|you[’'](?:re|ll|ve))\b")),
    ("quote_first", re.compile(r"^\s*[\"“‘']")),
    ("quote", re.compile(r"[\"“]")),
    (
        "deal",
        re.compile(r"\b(?:deals?|% off|discount|sale|save|coupon|promo code|prime day|black friday)\b"),
    ),
    (
        "report",
        re.compile(r"\b(?:reportedly|report(?:s)?:|report says|sources?|rumou?r\w*|leak\w*)\b"),
    ),
    (
        "newsletter",
        re.compile(r"\b(?:newsletter|podcast|episode|interview|roundup|the download|weekly|rocket report)\b"),
    ),
    ("colon", re.compile(r"^[^:]{3,40}: ")),
    ("exclaim", re.compile(r"!")),
    (
        "guide",
        re.compile(
            r"\b(?:guide|explained|explainer|everything (?:you|we)|tips|tutorial|lessons|introduction to)\b"
        ),
    ),
    (
        "opinion",
        re.compile(
            r"\b(?:opinion|essay|case for|case against|problem with|future of|rise of|age of|era of)\b"
        ),
    ),
)
_STYLES_WITH_CASE = frozenset({"first_person"})
_TITLE_TOKENS = 40
_LEAD_TOKENS = 70


class Reading(NamedTuple):
    """A document prepared for detection: masked title and lead, and where the rules matched.

    ``opening_end`` is where the summary ends, or where there is none the first sentence of the text.
    """

    text: str
    pieces: tuple[Piece, ...]
    lead_end: int
    title: Masked
    lead: Masked | None
    title_end: int
    opening_end: int
    matches: tuple[Match, ...]


def read(doc: Doc, book: RuleBook) -> Reading:
    """Prepare ``doc``, whose mentions and sentences are known."""
    text = text_of(doc)
    pieces = find_pieces(doc)
    end = lead_end(doc)
    fields = fields_of(doc)
    title = next((field for field in fields if field.name == "title"), None)
    title_end = title.end if title else 0
    masked_title = mask(text, title.start if title else 0, title_end, pieces)
    rest = next((field.start for field in fields if field.name != "title"), None)
    masked_lead = mask(text, rest, end, pieces) if rest is not None and end > rest else None
    matches = tuple(book.matches(doc, text, pieces, end))
    opening_end = _opening_end(doc, end)
    return Reading(text, pieces, end, masked_title, masked_lead, title_end, opening_end, matches)


def _opening_end(doc: Doc, lead_end: int) -> int:
    fields = {field.name: field for field in fields_of(doc)}
    if "summary" in fields or "text" not in fields:
        return lead_end
    starts = doc._.sentence_starts or (0,)
    following = bisect_right(starts, fields["text"].start)
    return min(lead_end, starts[following]) if following < len(starts) else lead_end


def tokens_of(masked: str) -> list[str]:
    """Return the lower-case words and signs of a masked text; numbers are ``#``."""
    return [
        _SHOWN.get(token) or ("#" if token[0].isdigit() else token.lower().replace("’", "'"))
        for token in _TOKEN.findall(masked)
    ]


def extract(reading: Reading, url: str = "") -> list[str]:
    """Return the features of ``reading``, each once, in a fixed order."""
    title = reading.title.text
    minutes = _MINUTES.search(title)
    if minutes:
        title = title[: minutes.start()]
    words = tokens_of(title)[:_TITLE_TOKENS]
    lead = tokens_of(reading.lead.text)[:_LEAD_TOKENS] if reading.lead else []
    found = (
        *(["y:minutes:" + _length(minutes)] if minutes else ()),
        *_grams("t", words, 3),
        *_grams("s", lead, 2),
        *(f"w:{word}" for word in (*words, *lead)),
        *(f"p:{word[:5]}" for word in (*words, *lead) if len(word) > 5 and word[0] != "<"),
        *_neighbours("n", words),
        *_neighbours("m", lead),
        *_styles(title, words, lead),
        *_rules(reading),
        *_address(url),
    )
    return list(dict.fromkeys(found))


def _length(minutes: re.Match[str]) -> str:
    if minutes["n"] is None:
        return minutes["kind"].lower()
    number = int(minutes["n"])
    return "1-2" if number <= 2 else "3-4" if number <= 4 else "5-7" if number <= 7 else "8+"


def _grams(group: str, words: Sequence[str], longest: int) -> list[str]:
    padded = ["^", *words, "$"]
    return [
        f"{group}{n}:{' '.join(gram)}"
        for n in range(1, longest + 1)
        for gram in zip(*(padded[i:] for i in range(n)), strict=False)
    ]


def _neighbours(group: str, words: Sequence[str]) -> list[str]:
    """Return words up to four after the first vendor, and up to three before the last, with the side."""
    found = []
    classes = ("<V>", "<P>", "<A>")
    firsts = [i for i, word in enumerate(words) if word in classes]
    for index in firsts[:2]:
        side = words[index]
        found += [f"{group}:{side}>{word}" for word in words[index + 1 : index + 6]]
        found += [f"{group}:{word}>{side}" for word in words[max(0, index - 4) : index]]
    order = "".join(words[i][1] for i in firsts[:4])
    found.append(f"{group}:order:{order}")
    return found


def _styles(title: str, words: Sequence[str], lead: Sequence[str]) -> list[str]:
    lower = title.lower()
    found = [
        f"y:{name}"
        for name, pattern in _STYLES
        if pattern.search(title if name in _STYLES_WITH_CASE else lower)
    ]
    vendors = sum(word in {"<V>", "<P>"} for word in words)
    in_lead = sum(word in {"<V>", "<P>"} for word in lead)
    found += [
        f"y:vendors:{min(vendors, 3)}",
        f"y:lead_vendors:{min(in_lead, 3)}" if lead else "y:no_lead",
        f"y:any_vendor:{vendors + in_lead > 0}",
        f"y:authority:{'<A>' in words}:{'<A>' in lead}",
        f"y:length:{min(len(words) // 4, 5)}",
    ]
    if words and words[0] in {"<V>", "<P>", "<A>"}:
        found.append(f"y:first:{words[0]}")
    if "<M>" in words:
        found.append("y:money")
    return found


def _rules(reading: Reading) -> list[str]:
    found = []
    for match in reading.matches:
        if match.start >= reading.lead_end:
            continue
        where = "t" if match.start < reading.title_end else "s"
        kind = "q" if match.missing else "r"
        found.append(f"{kind}:{where}:{match.rule.id}")
        found.append(f"{kind}:{where}:{match.rule.type}")
    return found


def _address(url: str) -> list[str]:
    match = _HOST.match(url) if url else None
    if not match:
        return []
    folders = match.group(2).lower().strip("/").split("/")[:-1]
    return [f"u:{word}" for folder in folders[:3] for word in _PATH_WORD.findall(folder)[:3]]
