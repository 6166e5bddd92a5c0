"""Places: where they stand, their usual name, their ISO 3166 country.

Country names are those of Unicode CLDR (through Babel, checked by a test); demonyms, regions and the
cities where technology companies build, sell and are sued are our own list, ``places.jsonl``.
"""

import json
import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from newsbeam.errors import KnowledgeError
from newsbeam.knowledge.tables import FOLDER

FILE = "places.jsonl"
KINDS = ("country", "region", "state", "city")
_REQUIRED = frozenset({"name", "country", "kind"})
_OPTIONAL = frozenset({"aliases", "demonyms", "ambiguous"})
_WORD = re.compile(r"(?:[A-Z]\.){2,}|[^\W\d_][\w]*(?:[-’'][^\W\d_]\w*)*\.?")
_PREPOSITION = re.compile(
    r"\b(?:in|into|to|for|across|near|outside|throughout|at|of|between|around|inside|within|and|or|,)"
    r"(?: (?:the|parts of|all of|northern|southern|eastern|western|central|both|mainland|most of|downtown))*"
    r"\s*$",
    re.IGNORECASE,
)
_ARRIVAL = re.compile(
    r"\b(?:in|into|to|for|across|(?:withdr\w+|exit\w*|pull\w*|retreat\w*|depart\w*|out|away|mov\w+|"
    r"shift\w*) from|near|outside|throughout|at|inside|within)"
    r"(?: (?:the|parts of|all of|both))*\s*$",
    re.IGNORECASE,
)
# What makes a demonym a place: "the European market", "Russian consumers".
_PLACE_NOUN = re.compile(
    r"\s+(?:[\w-]+\s+)?(?:markets?|consumers?|customers?|users?|shoppers?|buyers?|subscribers?|drivers?|soil|"
    r"cit(?:y|ies)|plants?|factor(?:y|ies)|stores?|operations?|sales|shipments?|launch|expansion|"
    r"data cent(?:er|re)s?|offices?|headquarters|rollout|debut|subsidiary|business|unit|staff|employees|"
    r"workers)\b"
)
_POSSESSIVE = re.compile(r"[’']s\b|[-–]based\b|[’'](?=\s)")


class PlaceSpan(NamedTuple):
    """A place at characters ``start`` to ``end``.

    ``country`` is None for regions of several countries. ``demonym`` says that an adjective or a
    people stands there ("Chinese"), ``located`` that the words around it make it a place where
    something is or goes ("in Russia", "the European market") and not an origin ("China's Xiaomi").
    """

    start: int
    end: int
    name: str
    country: str | None
    kind: str
    demonym: bool
    located: bool


class _Entry(NamedTuple):
    name: str
    country: str | None
    kind: str
    demonym: bool
    ambiguous: bool


def _complain(line: int, message: str, file: str) -> KnowledgeError:
    return KnowledgeError(message, where=f"{file}:{line}")


def _parse(number: int, line: str, file: str) -> dict[str, object]:
    try:
        entry = json.loads(line)
    except ValueError as error:
        raise _complain(number, f"not JSON: {error}", file) from error
    if not isinstance(entry, dict):
        raise _complain(number, "must be an object", file)
    unknown = entry.keys() - _REQUIRED - _OPTIONAL
    if unknown:
        raise _complain(number, f"unknown key {min(unknown)!r}", file)
    if missing := _REQUIRED - entry.keys():
        raise _complain(number, f"{min(missing)!r} is missing", file)
    if entry["kind"] not in KINDS:
        raise _complain(number, f"kind {entry['kind']!r} is none of {', '.join(KINDS)}", file)
    return entry


def read_places(lines: Iterable[str], file: str = FILE) -> dict[str, _Entry]:
    """Return the entries of places.jsonl by written form; a form that stands twice is an error."""
    forms: dict[str, _Entry] = {}
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        entry = _parse(number, line, file)
        ambiguous = _strings(entry, "ambiguous")
        names = (str(entry["name"]), *_strings(entry, "aliases"))
        country = None if entry["country"] is None else str(entry["country"])
        for form in (*names, *_strings(entry, "demonyms")):
            if form in seen:
                raise _complain(number, f"{form!r} stands on line {seen[form]} already", file)
            seen[form] = number
            kind = str(entry["kind"])
            forms[form] = _Entry(names[0], country, kind, form not in names, form in ambiguous)
        for form in ambiguous:
            if form not in forms:
                raise _complain(number, f"ambiguous form {form!r} is none of the entry's", file)
    return forms


def _strings(entry: dict[str, object], key: str) -> tuple[str, ...]:
    value = entry.get(key, ())
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()


@lru_cache(maxsize=1)
def load_places(folder: Path = FOLDER) -> tuple[dict[str, _Entry], dict[str, int]]:
    """Return the entries of ``places.jsonl`` by form, and by first word the most words."""
    text = (folder / FILE).read_text(encoding="utf-8")
    forms = read_places(text.splitlines())
    longest: dict[str, int] = {}
    for form in forms:
        words = _WORD.findall(form)
        first = words[0].rstrip(".") if words else form
        longest[first] = max(longest.get(first, 1), len(words))
    return forms, longest


# An abbreviation or a name before a noun is an adjective: "from U.S. companies", "in US politics".
_BEFORE_NOUN = re.compile(
    r" (?!(?:in|on|to|and|or|at|by|for|from|with|as|after|amid|before|over|is|are|was|were|will|has|have|"
    r"that|this|next|last|but|while|when|where|who|which|the|a|an|its|into|since|until|later|early|today|now|"
    r"starting|ahead|despite|because|if|than|may|could|so)\b)[a-z]"
)
_ADJECTIVES = frozenset({"US", "U.S.", "UK", "U.K.", "EU", "E.U.", "UAE", "USA"})


def _located(text: str, start: int, end: int, entry: _Entry) -> bool:
    if entry.demonym or (text[start:end] in _ADJECTIVES and _BEFORE_NOUN.match(text, end)):
        return bool(_PLACE_NOUN.match(text, end))
    if _POSSESSIVE.match(text, end):
        return bool(_ARRIVAL.search(text[max(0, start - 30) : start])) and text[end : end + 6] != "-based"
    before = text[max(0, start - 30) : start]
    return bool(_PREPOSITION.search(before) or _ARRIVAL.search(before))


def _longest(text: str, words: list[re.Match[str]], index: int) -> tuple[_Entry, int] | None:
    """Return the entry of the longest known form starting at word ``index``, and the character it ends at."""
    forms, longest = load_places()
    first = words[index]
    most = longest.get(first.group().rstrip(".")) or longest.get(first.group())
    if most is None:
        most = longest.get(re.split(r"[-’']", first.group())[0], 0)
    for count in range(min(most, len(words) - index), 0, -1):
        end = words[index + count - 1].end()
        form = text[first.start() : end]
        for candidate in (form, form.rstrip("."), re.sub(r"[’']s?\.?$", "", form), _stem(form)):
            if candidate in forms:
                return forms[candidate], first.start() + len(candidate)
    return None


def _stem(form: str) -> str:
    """Return what stands before "-based", "-wide" and such."""
    return re.sub(r"[-–](?:based|born|wide|listed|made|backed|led|owned|headquartered|area).*$", "", form)


def find_places(text: str, exclude: Collection[tuple[int, int]] = ()) -> list[PlaceSpan]:
    """Return the places in ``text``, left to right; those that overlap a span of ``exclude`` (names) not."""
    words = [word for word in _WORD.finditer(text)]  # noqa: C416 - a list is indexed below
    spans: list[PlaceSpan] = []
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        if not (word.group()[0].isupper() or word.group() in ("euro", "sub-Saharan")):
            continue
        hit = _longest(text, words, index - 1)
        if hit is None:
            continue
        entry, end = hit
        while index < len(words) and words[index].start() < end:
            index += 1
        start = word.start()
        located = _located(text, start, end, entry)
        if entry.ambiguous and not (located and _ARRIVAL.search(text[max(0, start - 30) : start])):
            continue
        if any(start < stop and begin < end for begin, stop in exclude):
            continue
        spans.append(PlaceSpan(start, end, entry.name, entry.country, entry.kind, entry.demonym, located))
    return spans


def place_of(spans: list[PlaceSpan], trigger: tuple[int, int]) -> PlaceSpan | None:
    """Return the place where the event happens: located, nearest after the trigger, else before it."""
    located = [span for span in spans if span.located]
    after = [span for span in located if span.start >= trigger[0]]
    if after:
        return after[0]
    return located[-1] if located else None


def countries(spans: Iterable[PlaceSpan]) -> tuple[str, ...]:
    """Return the country codes of ``spans`` in order, each once."""
    return tuple(dict.fromkeys(span.country for span in spans if span.country))
