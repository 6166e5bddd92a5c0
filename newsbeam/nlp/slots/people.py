"""People and their positions: "appoints ex-Baidu exec Gu Guodong as new COO"."""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import NamedTuple

from newsbeam.knowledge.tables import read_table

_PART = r"(?:[A-ZÀ-Ý][\w’'À-ÿ-]*[\wÀ-ÿ]|[A-Z]\.)"
_NAME = re.compile(rf"(?<![\w$’'-]){_PART}(?:\s(?:(?:de|van|von|der|den|la|al|bin|da|dos)\s){{0,2}}{_PART})+")
_WORD = re.compile(r"\S+")
_LONGEST_NAME = 4  # capitalised words
_KEYS = ("short long not_names before_name after_name successor before_position former title_words").split()
_POSSESSIVE = re.compile(r"[’']s?$")


class Person(NamedTuple):
    """A person at characters ``start`` to ``end`` with the weight of what speaks for the name."""

    start: int
    end: int
    name: str
    weight: int


class Position(NamedTuple):
    """A position: ``title`` in full words ("chief operating officer" for "COO"), ``text`` as it stands."""

    start: int
    end: int
    title: str
    text: str


class _Knowledge(NamedTuple):
    short: dict[str, str]
    positions: re.Pattern[str]
    not_names: frozenset[str]
    before_name: re.Pattern[str]
    after_name: re.Pattern[str]
    successor: re.Pattern[str]
    before_position: re.Pattern[str]
    former: re.Pattern[str]
    title_words: frozenset[str]


@lru_cache(maxsize=1)
def load_positions() -> _Knowledge:
    """Return positions and the cues around names, from ``positions.yaml``."""
    table = read_table("positions.yaml", _KEYS)
    short = {key.lower(): value for key, value in table.texts("short").items()}
    long = table.pattern("long", flags=0).pattern
    words = "|".join(sorted(map(re.escape, table.mapping("short")), key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w-])(?:(?:co-)?(?:{words})(?![\w-])|{long})(?!\w)")
    before, after, successor, before_position, former = (table.pattern(key) for key in _KEYS[3:8])
    not_names, title_words = table.words("not_names"), table.words("title_words")
    return _Knowledge(
        short, pattern, not_names, before, after, successor, before_position, former, title_words
    )


def find_positions(text: str) -> list[Position]:
    """Return the positions named in ``text``, left to right, abbreviations written out."""
    short, pattern = load_positions()[:2]
    spans: list[Position] = []
    for match in pattern.finditer(text):
        raw = match.group().strip()
        co = "co-" if raw.lower().startswith("co-") and raw[3:].lower() in short else ""
        title = short.get(raw.lower().removeprefix("co-") if co else raw.lower(), raw)
        spans.append(Position(match.start(), match.start() + len(raw), f"{co}{title}", raw))
    return [
        span._replace(title=span.title if span.title != span.text else _lower(span.text)) for span in spans
    ]


def _lower(text: str) -> str:
    """Return a title in lower case, names and abbreviations in it left as they are."""
    generic = load_positions().title_words
    return " ".join(word.lower() if word.lower() in generic else word for word in text.split())


def _runs(text: str, start: int, stops: Collection[str]) -> list[tuple[str, int]]:
    """Cut a run of capitalised words at those that are no part of a name; return the pieces and starts."""
    pieces: list[list[tuple[str, int]]] = [[]]
    for match in _WORD.finditer(text):
        word = _POSSESSIVE.sub("", match.group())
        stop = word in stops or word.lower().startswith("ex-")
        if not stop:
            pieces[-1].append((word, start + match.start()))
        if stop or word != match.group():
            pieces.append([])
    return [
        (" ".join(word for word, _ in piece), piece[0][1])
        for piece in pieces
        if 2 <= sum(word[0].isupper() for word, _ in piece) <= _LONGEST_NAME
    ]


def _weight(text: str, start: int, end: int, positions: Sequence[Position]) -> int:
    weight = 0
    knowledge = load_positions()
    if knowledge.before_name.search(text[max(0, start - 70) : start]):
        weight += 4
    if knowledge.after_name.match(text[end : end + 110]):
        weight += 3
    if knowledge.successor.match(text[end : end + 40]):
        weight += 8  # more than all that may speak for the predecessor
    for position in positions:
        gap = text[position.end : start] if position.end <= start else text[end : position.start]
        if len(gap) <= 2 or re.fullmatch(r"(?:,? (?:and|as|the|its|a|new|of)){1,3} |, (?:\w+ )?", gap):
            weight += 2
            break
    return weight


def find_people(text: str, vendors: Collection[str] = ()) -> list[Person]:
    """Return what may be names of people in ``text``, the likeliest first.

    ``vendors`` are names that are known to be no people's (companies, products, places) as they stand
    in the text. A name is two to four capitalised words; only those with something around them that
    speaks for a person (a position, a verb of joining or leaving) are returned.
    """
    stops = {*load_positions().not_names, *(word for vendor in vendors for word in vendor.split())}
    positions = find_positions(text)
    people: list[Person] = []
    runs = (run for match in _NAME.finditer(text) for run in _runs(match.group(), match.start(), stops))
    for name, start in runs:
        end = start + len(name)
        if any(p.start < end and start < p.end for p in positions):
            continue
        if weight := _weight(text, start, end, positions):
            people.append(Person(start, end, name, weight))
    return sorted(people, key=lambda person: (-person.weight, person.start))


def position_of(
    positions: Sequence[Position], text: str, trigger: tuple[int, int], person: Person | None = None
) -> Position | None:
    """Return the position that changes hands: after "as", "to be" or the trigger, beside the person."""
    knowledge = load_positions()

    def rank(position: Position) -> tuple[int, int]:
        before = text[max(0, position.start - 40) : position.start]
        cost = 0 if knowledge.before_position.search(before) else 2
        cost += 4 if knowledge.former.search(before) else 0
        anchor = person.start if person else trigger[0]
        return cost, abs(position.start - anchor)

    return min(positions, key=rank) if positions else None
