"""What else the sentence of an event says: amount, percent, product, person, place, period, …

Pure functions over strings and character offsets; no spaCy, no clock. :func:`fill` is the door.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, TypedDict

from newsbeam.knowledge.tables import Table, check_keys, read_table
from newsbeam.nlp import axes
from newsbeam.nlp.slots.dates import effective_of
from newsbeam.nlp.slots.money import ROLES, MoneySpan, find_money, load_currencies, nearest
from newsbeam.nlp.slots.people import Person, find_people, find_positions, load_positions, position_of
from newsbeam.nlp.slots.periods import coming_period, find_periods, period_of
from newsbeam.nlp.slots.places import countries, find_places, load_places, place_of
from newsbeam.nlp.slots.product import find_product, load_words, with_version
from newsbeam.nlp.slots.quantity import find_headcounts, find_percents
from newsbeam.records import Money, Slots
from newsbeam.taxonomy import TYPES

__all__ = ["SlotContext", "fill", "load_knowledge", "load_slots"]

_NAMES = (
    "amount",
    "percent",
    "headcount",
    "product",
    "person",
    "position",
    "place",
    "period",
    "effective_date",
)
_LEAD_CHARS = 700  # of the text: about the first four sentences, where news says who, what, how much
_SENTENCE_END = re.compile(r"(?<=[.!?…”\"])\s+(?=[A-Z“\"‘$€£¥])|\n+")
_SHARED_SIGNS = ("¥", "￥", "kr", "peso", "rupee", "lira")  # of currencies of several countries
_NOTHING = re.compile(r"(?!)")
_WORD_END = re.compile(r"(?:e?s)?(?![^\W_])")  # an "s" of a plural stays outside
_SURE_PERSON = 4  # a verb of appointing stands before the name
_LIKELY_PERSON = 3  # one of joining or leaving stands after it; a company does both, too, but as nothing
_SAME_AMOUNT = (0.4, 2.5)  # a headline rounds or converts; beyond this it is another amount


_DEALS = frozenset(
    {
        "vendor.acquisition",
        "vendor.divestiture",
        "vendor.partnership",
        "vendor.contract",
        "regulatory.merger_review",
    }
)
_NAMES_PRODUCTS = "vendor.product_launch"  # its trigger is followed by a name that nobody may know yet


class SlotContext(NamedTuple):
    """The document around a sentence. All of it may be empty.

    ``vendors`` and ``products`` are names as they stand in the text, ``unknown`` those of the vendors that no
    catalogue lists, ``homes`` the ISO 3166 countries of the others; ``published`` is an ISO date;
    ``scheduled`` says that the event was still to come then.
    """

    title: str = ""
    summary: str = ""
    text: str = ""
    published: str | None = None
    vendors: Sequence[str] = ()
    products: Sequence[str] = ()
    homes: Mapping[str, str] = MappingProxyType({})
    jurisdiction: str | None = None
    scheduled: bool = False
    unknown: Sequence[str] = ()


class _Plan(NamedTuple):
    slots: frozenset[str]
    lead: frozenset[str]
    amounts: tuple[str, ...]
    about: re.Pattern[str]


class _Found(TypedDict, total=False):
    amount: Money
    amount_converted: Money | None
    percent: str
    headcount: int
    product: str
    person: str
    position: str
    place: str
    country: str | None
    period: str
    effective_date: str


def _names(table: Table, event_type: str, key: str, known: Sequence[str]) -> tuple[str, ...]:
    names = table.strings("types", event_type, key)
    for index, name in enumerate(names):
        if name not in known:
            raise table.error(("types", event_type, key, index), f"{name!r} is none of {', '.join(known)}")
    return names


@lru_cache(maxsize=1)
def _table() -> Table:
    return read_table("slots.yaml", ("types", "continues"))


@lru_cache(maxsize=1)
def load_slots() -> dict[str, _Plan]:
    """Return what each event type can have, from ``slots.yaml``; every type must stand there."""
    table = _table()
    check_keys(table, ("types",), TYPES)
    plans = {}
    for event_type in TYPES:
        lends = bool(table.strings("types", event_type, "lead"))
        check_keys(table, ("types", event_type), ("slots", "lead", "amounts", *(("about",) if lends else ())))
        slots = _names(table, event_type, "slots", _NAMES)
        lead = _names(table, event_type, "lead", slots)
        amounts = _names(table, event_type, "amounts", ("amount", *ROLES))
        about = table.pattern("types", event_type, "about") if lends else _NOTHING
        plans[event_type] = _Plan(frozenset(slots), frozenset(lead), amounts, about)
    return plans


@lru_cache(maxsize=1)
def _continues() -> re.Pattern[str]:
    return _table().pattern("continues")


def load_knowledge() -> None:
    """Load all that the slots know, so that a wrong file shows at once and not at the first sentence."""
    for load in (load_slots, _continues, load_currencies, load_places, load_positions, load_words):
        load()


def _spans_of(names: Sequence[str], text: str) -> list[tuple[int, int]]:
    """Return where ``names`` stand in ``text`` as words of their own ("Macs" too, not "MacBook")."""
    spans = []
    for name in names:
        at = text.find(name)
        while at >= 0:
            end = at + len(name)
            if not text[at - 1 : at].isalnum() and _WORD_END.match(text, end):
                spans.append((at, end))
            at = text.find(name, end)
    return spans


@lru_cache(maxsize=16)
def _lead(title: str, summary: str, text: str) -> tuple[str, ...]:
    """Return the sentences of title, summary and the start of the text, each once."""
    parts = (title, summary, text[:_LEAD_CHARS])
    sentences = (s.strip() for part in parts for s in _SENTENCE_END.split(part))
    return tuple(dict.fromkeys(sentence for sentence in sentences if sentence))


@lru_cache(maxsize=16)
def _lead_countries(title: str, summary: str, text: str) -> tuple[str, ...]:
    return countries(find_places(" ".join((title, summary, text[:_LEAD_CHARS]))))


class _Reader:
    """Reads the slots of one plan out of sentences of one document."""

    def __init__(self, event_type: str, context: SlotContext) -> None:
        self.plan = load_slots()[event_type]
        self.names_products = event_type == _NAMES_PRODUCTS
        self.is_deal = event_type in _DEALS
        self.context = context

    def read(self, sentence: str, trigger: tuple[int, int], wanted: frozenset[str]) -> _Found:
        """Return those of ``wanted`` that ``sentence`` has, as seen from the trigger."""
        found: _Found = {}
        vendors = _spans_of(self.context.vendors, sentence)
        if "amount" in wanted and (amount := self._amount(sentence, trigger)):
            found["amount"], found["amount_converted"] = amount.money, amount.converted
        if "percent" in wanted and (percents := find_percents(sentence)):
            found["percent"] = min(percents, key=lambda p: _distance(p.start, p.end, trigger)).text
        if "headcount" in wanted and (counts := find_headcounts(sentence)):
            found["headcount"] = min(counts, key=lambda c: _distance(c.start, c.end, trigger)).value
        if "place" in wanted and (place := place_of(find_places(sentence, vendors), trigger)):
            found["place"], found["country"] = place.name, place.country
        if "period" in wanted and (period := period_of(find_periods(sentence, self.context.published))):
            found["period"] = period.text
        if "effective_date" in wanted:
            self._effect(sentence, trigger, found)
        if "product" in wanted:
            self._product(sentence, trigger, found)
        if "person" in wanted or "position" in wanted:
            self._person(sentence, trigger, found)
        return found

    def _effect(self, sentence: str, trigger: tuple[int, int], found: _Found) -> None:
        """Add the date on which it takes effect, or the quarter or half where no more is said."""
        context = self.context
        if day := effective_of(sentence, trigger, context.published, scheduled=context.scheduled):
            found["effective_date"] = day.iso
        elif period := coming_period(sentence, trigger, context.published):
            found["period"] = period.text

    def _amount(self, sentence: str, trigger: tuple[int, int]) -> MoneySpan | None:
        shared = any(sign in sentence for sign in _SHARED_SIGNS)
        return nearest(
            find_money(sentence, self._countries(sentence) if shared else ()), trigger, self.plan.amounts
        )

    def _countries(self, sentence: str) -> tuple[str, ...]:
        """Return the countries that ``sentence`` may be about, its own places and vendors' homes first."""
        context = self.context
        here = sorted((sentence.find(name), home) for name, home in context.homes.items() if name in sentence)
        return (
            *countries(find_places(sentence)),
            *(home for _, home in here),
            *_lead_countries(context.title, context.summary, context.text),
            *context.homes.values(),
        )

    def _product(self, sentence: str, trigger: tuple[int, int], found: _Found) -> None:
        context = self.context
        listed = [name for name in context.vendors if name not in context.unknown]
        known = sorted(with_version(sentence, span) for span in _spans_of(context.products, sentence))
        if self.names_products:
            if span := find_product(sentence, trigger, known, _spans_of(listed, sentence)):
                found["product"] = span.name
        elif known:
            start, end = min(known, key=lambda k: _distance(k[0], k[1], trigger))
            found["product"] = sentence[start:end]

    def _person(self, sentence: str, trigger: tuple[int, int], found: _Found) -> None:
        positions = find_positions(sentence)
        people = self._people(sentence, _LIKELY_PERSON if positions else _SURE_PERSON)
        person: Person | None = people[0] if people else None
        if person:
            found["person"] = person.name
        if position := position_of(positions, sentence, trigger, person):
            found["position"] = position.title

    def _people(self, sentence: str, least: int) -> list[Person]:
        """Return the people in ``sentence``, the likeliest first.

        A name, or a surname, may have been taken for an unknown vendor: with ``least`` weight it counts.
        """
        names = (*self.context.vendors, *self.context.products)
        people = find_people(sentence, names)
        sure = [name for name in names if " " in name and name not in self.context.unknown]
        for person in find_people(sentence, sure):
            apart = all(person.end <= p.start or p.end <= person.start for p in people)
            if person.weight >= least and apart:
                people.append(person)
        return sorted(people, key=lambda p: (-p.weight, p.start))


def _distance(start: int, end: int, trigger: tuple[int, int]) -> int:
    return start - trigger[1] if start >= trigger[1] else trigger[0] - end


def _more_exact(amount: Money, other: Money, converted: Money | None) -> bool:
    """Say whether ``other`` with its conversion is what a headline's ``amount`` rounds."""
    if converted is None or amount.currency not in (other.currency, converted.currency):
        return False
    same = converted if converted.currency == amount.currency else other
    least, most = _SAME_AMOUNT
    return amount.value > 0 and least <= same.value / amount.value <= most


def _same_parties(reader: _Reader, names: Sequence[str], other: str) -> bool:
    """Say whether ``other`` speaks of the vendors ``names`` of an event, and of no other deal of theirs."""
    if not names or _continues().match(other):
        return True
    here = [name for name in names if name in other]
    strangers = any(name in other and name not in names for name in reader.context.vendors)
    other_deal = reader.is_deal and strangers and len(here) < len(names)
    return bool(here) and not other_deal


def _news_of(reader: _Reader, names: Sequence[str], other: str) -> tuple[str, tuple[int, int]] | None:
    """Return ``other`` without old facts, and where it speaks of the event; None where it does not."""
    if not reader.plan.about.search(other):
        return None
    news = axes.without_background(other, reader.context.published)
    about = reader.plan.about.search(news)
    return (news, about.span()) if about and _same_parties(reader, names, news) else None


def _refine(reader: _Reader, lead: Sequence[str], found: _Found) -> None:
    """Take for the headline's rounded amount the one of the lead that stands there with its conversion."""
    for other in lead:
        more = reader.read(other, (0, 0), frozenset({"amount"}))
        amount, converted = more.get("amount"), more.get("amount_converted")
        if amount and _more_exact(found["amount"], amount, converted):
            found["amount"], found["amount_converted"] = amount, converted
            return


def _add_lead(reader: _Reader, sentence: str, found: _Found) -> None:
    context = reader.context
    lead = _lead(context.title, context.summary, context.text)
    here = sentence.strip()
    if not any(here == other or here in other or other in here for other in lead):
        return
    others = [other for other in lead if other != here]
    names = [name for name in context.vendors if name in sentence] or list(context.vendors)
    if "amount" in found and "amount" in reader.plan.lead and found.get("amount_converted") is None:
        _refine(reader, [o for o in others if not names or any(name in o for name in names)], found)
    for other in others:
        wanted = reader.plan.lead - found.keys()
        news = _news_of(reader, names, other) if wanted else None
        if news:
            more = reader.read(*news, wanted)
            found.update({k: v for k, v in more.items() if k not in found})  # type: ignore[typeddict-item]


def fill(
    event_type: str, sentence: str, trigger: tuple[int, int], context: SlotContext | None = None
) -> Slots:
    """Return the slots of an event of ``event_type`` that stands in ``sentence``.

    ``trigger`` is the span of the trigger in characters of ``sentence``. A slot that the sentence does
    not have may come from another sentence of title or lead, where the event stands there as well: one
    that speaks of such an event of the same vendors, and not of an old one. Where the lead gives an
    amount with its conversion, that is taken for the headline's rounded one.
    """
    context = context or SlotContext()
    reader = _Reader(event_type, context)
    news = axes.without_background(sentence, context.published)
    told_as_news = news[slice(*trigger)] == sentence[slice(*trigger)]
    found = reader.read(news if told_as_news else sentence, trigger, reader.plan.slots)
    if reader.plan.lead:
        _add_lead(reader, sentence, found)
    return Slots(**found, jurisdiction=context.jurisdiction)
