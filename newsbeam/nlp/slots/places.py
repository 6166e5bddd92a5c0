"""Places: where they stand, their usual name, their ISO 3166 country.

Country names are those of Unicode CLDR (through Babel, checked by a test); demonyms, regions and the
cities where technology companies build, sell and are sued are our own list, ``places.jsonl``.
"""

import json
import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from newsbeam.errors import KnowledgeError
from newsbeam.knowledge.tables import FOLDER, read_text

FILE = "places.jsonl"
KINDS = ("country", "region", "state", "city")
_REQUIRED = frozenset({"name", "country", "kind"})
_LISTS = frozenset({"aliases", "demonyms", "ambiguous"})
_OPTIONAL = _LISTS | {"also", "city_too"}
_CODE = re.compile(r"[A-Z]{2}")
_WORD = re.compile(r"(?:[A-Z]\.){2,}|[^\W\d_][\w]*(?:[-’'][^\W\d_]\w*)*\.?")
_PREPOSITION = re.compile(
    r"\b(?:in|into|to|for|across|near|outside|throughout|at|of|between|around|inside|within|and|or|,)"
    r"(?: (?:the|parts of|all of|northern|southern|eastern|western|central|both|mainland|most of|downtown))*"
    r"\s*$",
    re.IGNORECASE,
)
_ARRIVAL = re.compile(
    r"\b(?:in|into|to|for|across|(?:withdr\w+|exit\w*|pull\w*|retreat\w*|depart\w*|out|away|mov\w+|"
    r"shift\w*) from|near|outside|throughout|at|inside|within|leav(?:es?|ing)|left|exit(?:s|ed|ing)?|"
    r"quit(?:s|ting)?|enter(?:s|ed|ing)?|abandon(?:s|ed|ing)?)"
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
_JOIN = re.compile(r",? (?:and|or|&) |, ")  # between the places of a list
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
    also: str | None = None  # the name of a namesake in another country
    city_too: bool = False  # a state that "London, New York" does not mean


def _complain(line: int, message: str, file: str) -> KnowledgeError:
    return KnowledgeError(message, where=f"{file}:{line}")


def _parse(number: int, line: str, file: str) -> dict[str, Any]:
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
    for key in _LISTS & entry.keys():
        if not isinstance(entry[key], list) or not all(isinstance(form, str) and form for form in entry[key]):
            raise _complain(number, f"{key!r} must be a list of strings", file)
    _check_values(number, entry, file)
    return entry


def _check_values(number: int, entry: dict[str, Any], file: str) -> None:
    if not isinstance(entry["name"], str) or not entry["name"]:
        raise _complain(number, "'name' must be a string", file)
    if entry["country"] is not None and not _CODE.fullmatch(str(entry["country"])):
        raise _complain(number, f"country {entry['country']!r} is neither null nor two capitals", file)
    if entry["kind"] not in KINDS:
        raise _complain(number, f"kind {entry['kind']!r} is none of {', '.join(KINDS)}", file)
    if not isinstance(entry.get("city_too", False), bool):
        raise _complain(number, "'city_too' must be true or false", file)


def read_places(lines: Iterable[str], file: str = FILE) -> dict[str, _Entry]:
    """Return the entries of places.jsonl by written form; a form that stands twice is an error."""
    forms: dict[str, _Entry] = {}
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        entry = _parse(number, line, file)
        ambiguous = entry.get("ambiguous", ())
        names = (entry["name"], *entry.get("aliases", ()))
        for form in (*names, *entry.get("demonyms", ())):
            if form in seen:
                raise _complain(number, f"{form!r} stands on line {seen[form]} already", file)
            seen[form] = number
            forms[form] = _Entry(
                names[0],
                entry["country"],
                entry["kind"],
                form not in names,
                form in ambiguous,
                entry.get("also"),
                entry.get("city_too", False),
            )
        for form in ambiguous:
            if form not in forms:
                raise _complain(number, f"ambiguous form {form!r} is none of the entry's", file)
    for form, place in forms.items():
        if place.also and place.also not in forms:
            raise _complain(seen[form], f"no place is named {place.also!r}", file)
    return forms


@lru_cache(maxsize=1)
def load_places(folder: Path = FOLDER) -> tuple[dict[str, _Entry], dict[str, int]]:
    """Return the entries of ``places.jsonl`` by form, and by first word the most words."""
    forms = read_places(read_text(folder / FILE).splitlines())
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


def _is_qualifier(text: str, words: list[re.Match[str]], city: _Entry, state: _Entry, stop: int) -> bool:
    """Say whether ``state`` behind the comma says where ``city`` is, and is not the next one of a list."""
    if state.country == city.country:
        return True
    if state.city_too:
        return False
    if _BEFORE_NOUN.match(text, stop) and not _PLACE_NOUN.match(text, stop):
        return False  # "expands to London, Texas sues"
    join = _JOIN.match(text, stop)
    at = next((n for n, word in enumerate(words) if join and word.start() == join.end()), None)
    following = _longest(text, words, at) if at is not None else None
    return not (following and following[0].kind == state.kind)


def _qualified(
    text: str, words: list[re.Match[str]], index: int, city: _Entry, end: int
) -> tuple[_Entry, int]:
    """Return the city with what its comma says, and the character that ends at: "Paris, Texas".

    ``index`` is that of the word after the city.
    """
    if city.kind != "city" or index >= len(words) or text[end : words[index].start()] != ", ":
        return city, end
    hit = _longest(text, words, index)
    if hit is None or hit[0].demonym or hit[0].kind not in ("state", "country"):
        return city, end
    state, stop = hit
    if state.also and state.country != city.country:
        state = load_places()[0][state.also]
    if not _is_qualifier(text, words, city, state, stop):
        return city, end
    if state.country == city.country:
        return city, stop
    name = f"{city.name}, {state.name.partition(' (')[0]}"
    return _Entry(name, state.country, "city", demonym=False, ambiguous=False), stop


def _settle(text: str, spans: list[PlaceSpan], span: PlaceSpan) -> PlaceSpan:
    """Return ``span`` as that of its two namesakes of which the places around it speak.

    Georgia is the state where another place is in the US, the country beside others in a list, else open.
    """
    forms = load_places()[0]
    entry = forms.get(span.name)
    if entry is None or entry.also is None or span.demonym:
        return span
    other = forms[entry.also]
    rest = [place for place in spans if place is not span]
    if any(place.country == other.country for place in rest):
        return span._replace(name=other.name, country=other.country, kind=other.kind)
    gaps = ((place, text[min(place.end, span.end) : max(place.start, span.start)]) for place in rest)
    listed = any(place.kind == entry.kind and _JOIN.fullmatch(gap) for place, gap in gaps)
    return span if listed or any(p.country == entry.country for p in rest) else span._replace(country=None)


def _next(words: list[re.Match[str]], index: int, end: int) -> int:
    """Return the index of the first word from ``index`` on that starts at character ``end`` or later."""
    while index < len(words) and words[index].start() < end:
        index += 1
    return index


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
        index = _next(words, index, hit[1])
        entry, end = _qualified(text, words, index, *hit)
        index = _next(words, index, end)
        start = word.start()
        located = _located(text, start, end, entry)
        if entry.ambiguous and not (located and _ARRIVAL.search(text[max(0, start - 30) : start])):
            continue
        if any(start < stop and begin < end for begin, stop in exclude):
            continue
        spans.append(PlaceSpan(start, end, entry.name, entry.country, entry.kind, entry.demonym, located))
    return [_settle(text, spans, span) for span in spans]


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
