"""Vendors and authorities as data: JSON Lines files, one entry a line, checked on load.

A wrong entry is a :class:`~newsbeam.errors.KnowledgeError` that names file, line and key; a clash names
both places. ``vendors/*.jsonl`` together are one catalogue: ids and surface forms are unique over all of
its files. What the keys mean is written in docs/rules.md.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from newsbeam.errors import KnowledgeError

FOLDER = Path(__file__).parent
VENDORS = FOLDER / "vendors"
AUTHORITIES = FOLDER / "authorities.jsonl"
GENERIC_AUTHORITIES = FOLDER / "generic_authorities.jsonl"
JURISDICTIONS = FOLDER / "jurisdictions.jsonl"
LEAST_EXAMPLES = 2  # of each sort, for a vendor with ambiguous forms

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Form = Annotated[str, Field(min_length=1, pattern=r"^\S(.*\S)?$")]
Sector = Literal[
    "consumer_electronics", "semiconductors", "telecom", "automotive", "space", "robotics", "energy",
    "software", "cloud", "ai", "security", "it_services", "internet", "media", "games", "ecommerce",
    "fintech", "crypto", "health_tech", "mobility", "hardware", "defense", "open_source", "education",
    "other",
]  # fmt: skip
AuthorityKind = Literal["regulator", "court", "legislature", "government", "agency", "police", "generic"]


class Entry(BaseModel):
    """Base of all entries: frozen, unknown keys are errors, nothing is coerced."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class Examples(Entry):
    """Sentences in which an ambiguous form means the vendor, and sentences in which it does not."""

    positive: tuple[str, ...] = Field(min_length=LEAST_EXAMPLES)
    negative: tuple[str, ...] = Field(min_length=LEAST_EXAMPLES)


class Vendor(Entry):
    """A technology vendor and the surface forms that stand for it.

    A form listed in ``ambiguous`` counts only with supporting context; ``context`` lists lower-case words
    or phrases that support it.
    """

    id: Slug
    name: Form
    aliases: tuple[Form, ...] = ()
    brands: tuple[Form, ...] = ()
    products: tuple[Form, ...] = ()
    ambiguous: tuple[Form, ...] = ()
    context: tuple[Form, ...] = ()
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    ticker: Annotated[str, Field(pattern=r"^[A-Za-z]+:[A-Za-z0-9.&\-]+$")] | None = None
    parent: Slug | None = None
    sector: Sector = "other"
    examples: Examples | None = None
    sources: tuple[str, ...] = Field(min_length=1)

    def forms(self) -> Iterator[tuple[str, str]]:
        """Yield each surface form with its kind: ``company``, ``brand`` or ``product``."""
        yield self.name, "company"
        yield from ((form, "company") for form in self.aliases)
        yield from ((form, "brand") for form in self.brands)
        yield from ((form, "product") for form in self.products)


class Authority(Entry):
    """A regulator, court, legislature, government, agency or police force.

    ``jurisdiction`` is an ISO 3166 country or subdivision code (``US``, ``US-TX``), ``EU`` or ``INT``, and
    null for what any country has ("a judge"); ``homes`` are the forms of such that one country uses, by code.
    A form in ``ambiguous`` counts only next to an official's word ("SEC chair") or an act ("ICE seizes").
    ``acts`` true asks that of every form: a person or an office that is often only spoken of.
    """

    id: Slug
    name: Form
    aliases: tuple[Form, ...] = ()
    ambiguous: tuple[Form, ...] = ()
    jurisdiction: Annotated[str, Field(pattern=r"^[A-Z]{2,3}(-[A-Z0-9]{1,3})?$")] | None
    kind: AuthorityKind
    acts: bool = False
    homes: dict[str, tuple[Form, ...]] = {}

    def home(self, form: str) -> str | None:
        """Return the jurisdiction of ``form``."""
        return next((code for code, forms in self.homes.items() if form in forms), self.jurisdiction)

    def forms(self) -> Iterator[str]:
        """Yield each surface form."""
        yield self.name
        yield from self.aliases


class Jurisdiction(Entry):
    """A country, union, state or city whose name, adjective or seat may stand for its government.

    ``names`` ("China"), ``adjectives`` ("Chinese") and ``seats`` ("Beijing") count as an authority only
    with an authority's noun ("Chinese regulators") or where they act ("China blocks …").
    """

    id: Slug
    code: Annotated[str, Field(pattern=r"^[A-Z]{2,3}(-[A-Z0-9]{1,3})?$")]
    names: tuple[Form, ...] = Field(min_length=1)
    adjectives: tuple[Form, ...] = ()
    seats: tuple[Form, ...] = ()

    def forms(self) -> Iterator[str]:
        """Yield each surface form."""
        yield from self.names
        yield from self.adjectives
        yield from self.seats


class Place(NamedTuple):
    """Where an entry stands, for messages."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


EntryT = TypeVar("EntryT", bound=Entry)


def load_vendors(folder: Path | str = VENDORS) -> tuple[Vendor, ...]:
    """Read every ``*.jsonl`` of ``folder`` as one catalogue, ordered by file name and line."""
    found = list(_read_all(sorted(Path(folder).glob("*.jsonl")), Vendor))
    if not found:
        raise KnowledgeError("no vendors", where=str(folder), hint="expected at least one *.jsonl file")
    _check_unique(((place, vendor.id) for place, vendor in found), "id")
    _check_unique(((place, form) for place, vendor in found for form, _ in vendor.forms()), "form")
    ids = {vendor.id: vendor for _, vendor in found}
    for place, vendor in found:
        _check_vendor(place, vendor, ids)
    return tuple(vendor for _, vendor in found)


def load_authorities(file: Path | str = AUTHORITIES) -> tuple[Authority, ...]:
    """Read the authorities of ``file``."""
    found = list(_read_all([Path(file)], Authority))
    _check_unique(((place, entry.id) for place, entry in found), "id")
    _check_unique(((place, form) for place, entry in found for form in entry.forms()), "form")
    for place, entry in found:
        _check_subset(place, "ambiguous", entry.ambiguous, entry.forms())
    return tuple(entry for _, entry in found)


def load_jurisdictions(file: Path | str = JURISDICTIONS) -> tuple[Jurisdiction, ...]:
    """Read the jurisdictions of ``file``."""
    found = list(_read_all([Path(file)], Jurisdiction))
    _check_unique(((place, entry.id) for place, entry in found), "id")
    _check_unique(((place, form) for place, entry in found for form in entry.forms()), "form")
    return tuple(entry for _, entry in found)


def read_lines(file: Path) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yield the JSON objects of ``file`` with their places; blank lines are skipped."""
    try:
        content = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(f"cannot be read: {error}", where=str(file)) from error
    for number, line in enumerate(content.split("\n"), 1):
        if line.strip():
            yield (place := Place(file.name, number)), _object(place, line)


def validate(place: Place, value: dict[str, Any], model: type[EntryT]) -> EntryT:
    """Return ``value`` as a ``model``; the error names the first key at fault."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        problem = "unknown key" if first["type"] == "extra_forbidden" else first["msg"]
        raise KnowledgeError(f"key '{key}': {problem}", where=str(place)) from error


def _object(place: Place, line: str) -> dict[str, Any]:
    try:
        value = json.loads(line, object_pairs_hook=lambda pairs: _no_repeats(place, pairs))
    except json.JSONDecodeError as error:
        raise KnowledgeError(f"not JSON: {error}", where=str(place)) from error
    if not isinstance(value, dict):
        raise KnowledgeError("not a JSON object", where=str(place))
    return value


def _no_repeats(place: Place, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise KnowledgeError(f"key '{repeated}': given twice", where=str(place))
    return value


def _read_all(files: Iterable[Path], model: type[EntryT]) -> Iterator[tuple[Place, EntryT]]:
    for file in files:
        for place, value in read_lines(file):
            yield place, validate(place, value, model)


def _check_unique(keys: Iterable[tuple[Place, str]], what: str) -> None:
    seen: dict[str, Place] = {}
    for place, key in keys:
        folded = " ".join(key.casefold().split())
        if folded in seen:
            raise KnowledgeError(f"{what} '{key}' stands already at {seen[folded]}", where=str(place))
        seen[folded] = place


def _check_subset(place: Place, key: str, given: Iterable[str], forms: Iterable[str]) -> None:
    known = set(forms)
    for form in given:
        if form not in known:
            raise KnowledgeError(f"key '{key}': '{form}' is none of the entry's forms", where=str(place))


def _check_vendor(place: Place, vendor: Vendor, ids: Mapping[str, Vendor]) -> None:
    _check_subset(place, "ambiguous", vendor.ambiguous, (form for form, _ in vendor.forms()))
    if vendor.ambiguous and vendor.examples is None:
        raise KnowledgeError("key 'examples': required where forms are ambiguous", where=str(place))
    if vendor.parent is not None and vendor.parent not in ids:
        raise KnowledgeError(f"key 'parent': no vendor '{vendor.parent}'", where=str(place))
    _check_no_cycle(place, vendor, ids)
    if vendor.examples:
        _check_examples(place, vendor, vendor.examples)


def _check_no_cycle(place: Place, vendor: Vendor, ids: Mapping[str, Vendor]) -> None:
    seen = {vendor.id}
    parent = vendor.parent
    while parent is not None and parent in ids:
        if parent in seen:
            raise KnowledgeError(f"key 'parent': '{parent}' is its own ancestor", where=str(place))
        seen.add(parent)
        parent = ids[parent].parent


def _check_examples(place: Place, vendor: Vendor, examples: Examples) -> None:
    """Every example must hold an ambiguous form of the vendor, or it would test nothing."""
    forms = "|".join(re.escape(form) for form in (*vendor.ambiguous, vendor.name))
    holds = re.compile(rf"(?<!\w)(?:{forms})(?!\w)", re.IGNORECASE)
    for key in ("positive", "negative"):
        for number, sentence in enumerate(getattr(examples, key)):
            if not holds.search(sentence):
                message = f"key 'examples.{key}.{number}': holds no ambiguous form of the vendor"
                raise KnowledgeError(message, where=str(place))
