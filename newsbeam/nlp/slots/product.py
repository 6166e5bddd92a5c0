"""The product that a launch sentence is about: "launches Emotion-Recognition System"."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from newsbeam.knowledge.tables import read_table

_WORD = re.compile(r"\(\d{1,2}[a-z]?\)|[“\"‘']?[\w][\w’'.+&/-]*[\w+]|[“\"‘']?\w|&|\S")
_QUOTED = re.compile(r"^\s*(?:\w+ ){0,5}?[“\"‘]([A-Z0-9][^”\"’]{1,50})[”\"’]")
_DUBBED = re.compile(
    r"\b(?:dubbed|called|named|known as|codenamed|code-named)(?: the)? [“\"‘]?"
    r"([A-Z0-9][\w+.’'-]*(?: [A-Z0-9][\w+.’'-]*){0,4})"
)
# "New MacBook Air introduced with M5": nothing to launch follows, so the name stands before the trigger.
_NO_OBJECT = re.compile(
    r"^\s*(?:(?:for|with|to|in|on|at|by|from|as|after|today|next|this)\b|[,.:;–—]|$)", re.IGNORECASE
)
_SUBJECT = re.compile(
    r"(?<![\w.])((?:(?:[a-z]{0,3}[A-Z][\w+.’'-]*|\d[\w.]*)\s+)+)"
    r"(?:(?:is|are|was|were|has|have|been|being|gets?|now|finally|officially)\s+)*$"
)
_LIMIT = 7  # words in the name of a product: enough for "Galaxy Z Fold 9 Ultra", too few for a clause
_COMMON_REACH = 40  # characters of common nouns between the trigger and the name
# "4-foot-tall", "16GB", "5,000", "100th": how much or how many, and no name.
_MEASURE = re.compile(r"\d[\d,.]*(?:(?:-[a-z]+)+|st|nd|rd|th|[KMGT]B|[GM]?Hz|nm|mm|mAh|fps)?")
_COUNT = re.compile(r"(?!(?:19|20)\d\d$)\d+")
_MODEL = re.compile(r"\(\d{1,2}[a-z]?\)")  # "Phone (3a) Lite"
_VERSION = re.compile(r"(?:\.\d+)+\b")
_THE = re.compile(r",(?= [Tt]he )")
_KEYS = ("leading", "ending", "countable", "plain", "generic")


class ProductSpan(NamedTuple):
    """The name of a product at characters ``start`` to ``end``."""

    start: int
    end: int
    name: str


@lru_cache(maxsize=1)
def load_words() -> dict[str, frozenset[str]]:
    """Return the words of ``product_words.yaml`` by their use."""
    table = read_table("product_words.yaml", _KEYS)
    return {key: table.words(key) for key in _KEYS}


def _name_like(word: str) -> bool:
    return any(c.isupper() or c.isdigit() for c in word)


def _is_title_case(text: str) -> bool:
    """Say whether nearly all longer words of ``text`` begin with a capital, as in many headlines."""
    words = re.findall(r"[A-Za-z][\w’'-]{3,}", text)
    return len(words) >= 3 and sum(word[0].isupper() for word in words) >= 0.8 * len(words)


def _leads_in(word: str, words: dict[str, frozenset[str]]) -> bool:
    if word.isdigit() and len(word) > 1:
        return False  # "007 First Light"
    return word in words["leading"] or bool(_MEASURE.fullmatch(word))


def _names_something(name: str) -> bool:
    """Say whether ``name`` is more than a number, an abbreviation or a kind ("24", "USB", "AI chip").

    A number behind a kind makes it a name ("Phone 2"), one before it counts ("24 Satellites").
    """
    words = load_words()
    special = [w for w in name.split() if not {w, w.removesuffix("s")} & words["generic"]]
    naming = [w for w in special if not _MEASURE.fullmatch(w) and w.lower() not in words["plain"]]
    numbered = any(c.isdigit() for w in special[1:] for c in w)
    return name[:1].isalnum() and len(name) > 1 and (bool(naming) or numbered)


def _walk(text: str, start: int, *, title_case: bool) -> ProductSpan | None:
    """Follow the words from ``start`` while they can be a name; return it without what leads in and out."""
    words = load_words()
    run: list[re.Match[str]] = []
    for match in _WORD.finditer(text, start):
        bare = match.group().strip("“”\"‘’'")
        lower = bare.lower().removesuffix("’s").removesuffix("'s")
        if not run and (_leads_in(lower, words) or _THE.match(text, match.start())):
            continue  # "its first foldable phone, the Mate X"
        if run and _MODEL.fullmatch(bare):
            run.append(match)
            continue
        if not (bare[:1].isalnum() or bare == "&") or lower in words["ending"] or len(run) >= _LIMIT:
            break
        if not _name_like(bare) and bare != "&":
            if not run and not title_case and match.start() - start < _COMMON_REACH:
                continue  # "launches foldable smartphone Mate X"
            if run and _COUNT.fullmatch(run[0].group()) and lower.endswith("s"):
                return None  # "29 Kuiper satellites"
            if run and lower in words["countable"] and not title_case:
                run.append(match)
            break
        run = [] if bare.endswith(("’s", "'s")) else [*run, match]  # "launches Apple's Vision Pro"
    return _span(text, run[0], run[-1]) if run else None


def _span(text: str, first: re.Match[str], last: re.Match[str]) -> ProductSpan | None:
    raw = text[first.start() : last.end()]
    lead = len(raw) - len(raw.lstrip("“\"‘'"))
    name = raw.strip("“”\"‘’',.:; ")
    start = first.start() + lead
    return ProductSpan(start, start + len(name), name) if _names_something(name) else None


def _without_vendor(text: str, span: ProductSpan, vendors: Sequence[tuple[int, int]]) -> ProductSpan | None:
    """Return ``span`` without the company that begins it; None where nothing else is left."""
    for start, end in vendors:
        if start <= span.start < end:
            name = (
                text[end : span.end].lstrip(" ’'s") if text[end : end + 1] in "’'" else text[end : span.end]
            )
            name = name.strip()
            named = name[:1].isalnum() and name != "s"  # "BMWs"
            return ProductSpan(span.end - len(name), span.end, name) if named else None
    return span


def with_version(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """Return the span of a known product with the rest of its version: "Veo 3" in "Veo 3.1" is "Veo 3.1"."""
    start, end = span
    rest = _VERSION.match(text, end) if text[end - 1 : end].isdigit() else None
    return (start, rest.end()) if rest else span


def _subject(text: str, trigger: tuple[int, int]) -> ProductSpan | None:
    if not _NO_OBJECT.match(text[trigger[1] :]):
        return None
    match = _SUBJECT.search(text[: trigger[0]])
    return _walk(text[: match.end(1)], match.start(), title_case=False) if match else None


def find_product(
    text: str,
    trigger: tuple[int, int],
    products: Sequence[tuple[int, int]] = (),
    vendors: Sequence[tuple[int, int]] = (),
) -> ProductSpan | None:
    """Return the product named after the launch trigger, else the known product nearest to it.

    ``products`` and ``vendors`` are the spans of known product and company names in ``text``; a known
    product that begins where the found name does settles how far it reaches at least.
    """
    after = text[trigger[1] :]
    span = None
    if quoted := _QUOTED.match(after):
        begin = trigger[1] + quoted.start(1)
        span = ProductSpan(begin, begin + len(quoted[1]), quoted[1].strip(" ,."))
    elif dubbed := _DUBBED.search(after):
        begin = trigger[1] + dubbed.start(1)
        span = ProductSpan(begin, trigger[1] + dubbed.end(1), dubbed[1].rstrip("."))
    else:
        span = _walk(text, trigger[1], title_case=_is_title_case(text)) or _subject(text, trigger)
    span = _without_vendor(text, span, vendors) if span else None
    if span:
        for start, end in products:
            if start <= span.start < end and end > span.end:
                return ProductSpan(start, end, text[start:end])
        return span
    if not products:
        return None
    start, end = min(products, key=lambda p: abs(p[0] - trigger[0]) + (p[0] < trigger[0]))
    return ProductSpan(start, end, text[start:end])
