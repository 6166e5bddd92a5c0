"""Vendors and authorities as data: JSON Lines files, one entry a line, checked on load.

A wrong entry is a :class:`~newsbeam.errors.KnowledgeError` that names file, line and key; a clash names
both places. ``vendors/*.jsonl`` together are one catalogue: ids and names are unique over all of its files,
and no name is an authority's or a place's too. Names are compared as they are found in texts, case, accents
and hyphens aside (:func:`~newsbeam.knowledge.forms.name_key`). What the keys mean: docs/rules.md.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from newsbeam.errors import KnowledgeError
from newsbeam.knowledge.forms import name_key

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


class Place(NamedTuple):
    """Where an entry stands, for messages."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Entry(BaseModel):
    """Base of all entries: frozen, unknown keys are errors, nothing is coerced.

    ``place`` is where the entry stands, for messages.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)
    _place: Place = PrivateAttr()  # a default would be copied for every entry, which takes 0.1 s

    @property
    def place(self) -> Place:
        """Where the entry stands."""
        return self._place

    def at(self, place: Place) -> Self:
        """Return this entry, standing at ``place``."""
        self._place = place
        return self


class Named(Entry):
    """Base of the entries of catalogues: an id, and names that stand for the entry."""

    id: Slug

    def surfaces(self) -> Iterator[str]:
        """Yield each surface form."""
        raise NotImplementedError


class Examples(Entry):
    """Sentences in which an ambiguous form means the vendor, and sentences in which it does not."""

    positive: tuple[str, ...] = Field(min_length=LEAST_EXAMPLES)
    negative: tuple[str, ...] = Field(min_length=LEAST_EXAMPLES)


class Vendor(Named):
    """A technology vendor and the surface forms that stand for it.

    A form listed in ``ambiguous`` counts only with supporting context; ``context`` lists lower-case words
    or phrases that support it.
    """

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

    def surfaces(self) -> Iterator[str]:
        """Yield each surface form."""
        return (form for form, _ in self.forms())


class Authority(Named):
    """A regulator, court, legislature, government, agency or police force.

    ``jurisdiction`` is an ISO 3166 country or subdivision code (``US``, ``US-TX``), ``EU`` or ``INT``, and
    null for what any country has ("a judge"); ``homes`` are the forms of such that one country uses, by code.
    A form in ``ambiguous`` counts only next to an official's word ("SEC chair") or an act ("ICE seizes").
    ``acts`` true asks that of every form: a person or an office that is often only spoken of.
    """

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

    def surfaces(self) -> Iterator[str]:
        """Yield each surface form."""
        yield self.name
        yield from self.aliases


class Jurisdiction(Named):
    """A country, union, state or city whose name, adjective or seat may stand for its government.

    ``names`` ("China"), ``adjectives`` ("Chinese") and ``seats`` ("Beijing") count as an authority only
    with an authority's noun ("Chinese regulators") or where they act ("China blocks …").
    """

    code: Annotated[str, Field(pattern=r"^[A-Z]{2,3}(-[A-Z0-9]{1,3})?$")]
    names: tuple[Form, ...] = Field(min_length=1)
    adjectives: tuple[Form, ...] = ()
    seats: tuple[Form, ...] = ()

    def surfaces(self) -> Iterator[str]:
        """Yield each surface form."""
        yield from self.names
        yield from self.adjectives
        yield from self.seats


EntryT = TypeVar("EntryT", bound=Entry)


def load_vendors(folder: Path | str = VENDORS) -> tuple[Vendor, ...]:
    """Read every ``*.jsonl`` of ``folder`` as one catalogue, ordered by file name and line."""
    found = tuple(_read_all(sorted(Path(folder).glob("*.jsonl")), Vendor))
    if not found:
        raise KnowledgeError("no vendors", where=str(folder), hint="expected at least one *.jsonl file")
    check_apart(found)
    ids = {vendor.id: vendor for vendor in found}
    for vendor in found:
        _check_vendor(vendor, ids)
    return found


def load_authorities(file: Path | str = AUTHORITIES) -> tuple[Authority, ...]:
    """Read the authorities of ``file``."""
    found = tuple(_read_all([Path(file)], Authority))
    check_apart(found)
    for entry in found:
        _check_subset(entry, "ambiguous", entry.ambiguous)
    return found


def load_jurisdictions(file: Path | str = JURISDICTIONS) -> tuple[Jurisdiction, ...]:
    """Read the jurisdictions of ``file``."""
    found = tuple(_read_all([Path(file)], Jurisdiction))
    check_apart(found)
    return found


def check_apart(entries: Iterable[Named]) -> None:
    """Complain where two of ``entries`` have one id or one name, naming both places."""
    entries = tuple(entries)
    ids: dict[str, Place] = {}
    for entry in entries:
        if entry.id in ids:
            raise KnowledgeError(f"id '{entry.id}' stands already at {ids[entry.id]}", where=str(entry.place))
        ids[entry.id] = entry.place
        _check_forms(entry)
    check_names(entries)


def check_names(entries: Iterable[Named]) -> None:
    """Complain where a text could not tell a name of one entry from a name of another."""
    holders: dict[tuple[str, ...], Named] = {}
    for entry in entries:
        for form in entry.surfaces():
            key = name_key(form)
            if not key:
                raise KnowledgeError(f"form '{form}' has no letter or digit", where=str(entry.place))
            holder = holders.setdefault(key, entry)
            if holder is not entry:
                raise KnowledgeError(
                    f"form '{form}' stands already at {holder.place}", where=str(entry.place)
                )


def check_countries(entries: Iterable[Vendor | Authority | Jurisdiction], known: Collection[str]) -> None:
    """Complain about the first of ``entries`` whose country, or that of its subdivision, is not ``known``."""
    keys = {Vendor: "country", Authority: "jurisdiction", Jurisdiction: "code"}
    for entry in entries:
        key = keys[type(entry)]
        code = getattr(entry, key)
        if code is not None and code.partition("-")[0] not in known:
            raise KnowledgeError(f"key '{key}': no country '{code}'", where=str(entry.place))


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
        return model.model_validate(value).at(place)
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


def _read_all(files: Iterable[Path], model: type[EntryT]) -> Iterator[EntryT]:
    for file in files:
        for place, value in read_lines(file):
            yield validate(place, value, model)


def _check_forms(entry: Named) -> None:
    """Complain about a form that stands twice in its entry, whatever its case."""
    seen: set[str] = set()
    for form in entry.surfaces():
        folded = " ".join(form.casefold().split())
        if folded in seen:
            raise KnowledgeError(f"form '{form}' stands already at {entry.place}", where=str(entry.place))
        seen.add(folded)


def _check_subset(entry: Named, key: str, given: Iterable[str]) -> None:
    known = set(entry.surfaces())
    for form in given:
        if form not in known:
            raise KnowledgeError(
                f"key '{key}': '{form}' is none of the entry's forms", where=str(entry.place)
            )


def _check_vendor(vendor: Vendor, ids: Mapping[str, Vendor]) -> None:
    where = str(vendor.place)
    _check_subset(vendor, "ambiguous", vendor.ambiguous)
    if vendor.ambiguous and vendor.examples is None:
        raise KnowledgeError("key 'examples': required where forms are ambiguous", where=where)
    if vendor.parent is not None and vendor.parent not in ids:
        raise KnowledgeError(f"key 'parent': no vendor '{vendor.parent}'", where=where)
    _check_no_cycle(vendor, ids)
    if vendor.examples:
        _check_examples(vendor, vendor.examples)


def _check_no_cycle(vendor: Vendor, ids: Mapping[str, Vendor]) -> None:
    seen = {vendor.id}
    parent = vendor.parent
    while parent is not None and parent in ids:
        if parent in seen:
            raise KnowledgeError(f"key 'parent': '{parent}' is its own ancestor", where=str(vendor.place))
        seen.add(parent)
        parent = ids[parent].parent


def _stands_in(text: str, form: str) -> bool:
    """Say whether ``form`` stands in ``text`` as words of its own; patterns would take .3 s."""
    at = text.find(form)
    while at >= 0:
        around = text[max(0, at - 1) : at] + text[at + len(form) : at + len(form) + 1]
        if not any(char.isalnum() or char == "_" for char in around):
            return True
        at = text.find(form, at + 1)
    return False


def _check_examples(vendor: Vendor, examples: Examples) -> None:
    """Every example must hold an ambiguous form of the vendor, or it would test nothing."""
    forms = [form.casefold() for form in (*vendor.ambiguous, vendor.name)]
    for key in ("positive", "negative"):
        for number, sentence in enumerate(getattr(examples, key)):
            said = sentence.casefold()
            if not any(_stands_in(said, form) for form in forms):
                message = f"key 'examples.{key}.{number}': holds no ambiguous form of the vendor"
                raise KnowledgeError(message, where=str(vendor.place))
