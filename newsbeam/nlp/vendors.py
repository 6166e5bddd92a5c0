"""Finds the vendors of the catalogue in a text, and gives names their canonical ids."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from newsbeam.knowledge.catalogue import Vendor, load_vendors
from newsbeam.knowledge.forms import TELLING_TAILS, fold_words, straight, tail
from newsbeam.nlp.cues import around, certainty, in_set_phrase, plain_words, weights, wordlist
from newsbeam.nlp.surface import Words, slug, split_words

CASE_FREE_LETTERS = 4  # a form this long also matches in CAPITALS or Capitalised ("NVIDIA", "Bytedance")
LONG_WORD = 4  # letters: a shorter word of an example tells nothing
FLOOR = 0.5  # certainty below which an ambiguous form is not taken for the vendor
SETTLED = 2  # places at which an ambiguous form was the vendor, after which it is not judged again
SURE = {"company": 0.98, "brand": 0.97, "product": 0.93}
MANY_PRODUCTS = 7  # a vendor with so many is large: "Samsung Health" is Samsung's
LONGEST_MODEL = 8  # characters of a model's name ("S26", "9800X3D")
_AFTER_NUMBER = frozenset(("", " ", ",", ".", ":", "’", "'"))  # else it is a count or a range ("5-year")
_ARTICLES = frozenset(("the", "a", "an"))
_ACTS = frozenset(("after:actor-verb", "after:auxiliary+actor-verb"))
_COUNTABLE = re.compile(r"[a-z]{3,}(?:[a-rt-wz]|[aeo]y)")  # the end of a name to which a plural adds an s
# What follows a vendor's name, not the same word in another sense: "Block cuts", "Block's", "Block shares".
_SPOKEN_OF = frozenset(
    f"after:{cue}"
    for cue in "actor-verb auxiliary+actor-verb auxiliary possessive noun apposition suffix speech".split()
) | {"after:mark ×", "after:mark +"}  # "Public × OpenAI"
_MAKERS = frozenset(("maker", "makers", "manufacturer", "manufacturers"))
_SEPARATORS = str.maketrans({"-": " "})


class Form(NamedTuple):
    """A surface form: its folded words, its text with straight quotes, and whose it is."""

    words: tuple[str, ...]
    text: str
    vendor: Vendor
    kind: str
    ambiguous: bool
    tail: str  # what follows the last word: "+" of "Disney+"
    head: int  # characters before the first word: 1 in "/e/OS"


class Hit(NamedTuple):
    """A vendor at words ``first`` to ``last`` (exclusive) of a text."""

    first: int
    last: int
    vendor_id: str
    name: str
    kind: str
    certainty: float
    why: str


class Catalogue:
    """The vendors, ready to be looked up by name and found in texts."""

    def __init__(self, vendors: Iterable[Vendor]) -> None:
        self.vendors: Mapping[str, Vendor] = {vendor.id: vendor for vendor in vendors}
        self._by_words: dict[tuple[str, ...], list[Form]] = {}
        self._against: dict[str, frozenset[str]] = {}
        # By first word: the forms of one word, and the longer ones by second word, longest first.
        self._by_first: dict[str, tuple[list[Form], dict[str, list[Form]]]] = {}
        for form in _all_forms(self.vendors.values()):
            self._by_words.setdefault(form.words, []).append(form)
        for plural in [plural for form in self.forms() for plural in _plurals(form)]:
            self._by_words.setdefault(plural.words, [plural])
        for form in self.forms():
            alone, longer = self._by_first.setdefault(form.words[0], ([], {}))
            (longer.setdefault(form.words[1], []) if len(form.words) > 1 else alone).append(form)
        for alone, longer in self._by_first.values():
            for forms in (forms for forms in (alone, *longer.values()) if len(forms) > 1):
                forms.sort(key=lambda form: (-len(form.words), -len(form.tail)))

    def canonical(self, name: str) -> str:
        """Return the id of the vendor that ``name`` stands for, else ``~`` and the slug of the name.

        Case, accents, quotes and a corporate suffix do not matter: "NVIDIA Corp." is ``nvidia``.
        """
        words = fold_words(name)
        end = tail(straight(name).strip())
        for trial in (words, without_suffix(words), words[1:] if words[:1] == ("the",) else ()):
            forms = self._by_words.get(trial, ())
            fitting = [form for form in forms if form.tail == end] or [
                form for form in forms if end not in TELLING_TAILS and form.tail not in TELLING_TAILS
            ]
            if fitting:
                return fitting[0].vendor.id
        return "~" + ("-".join(without_suffix(words)) or slug(name))

    def named(self, form: str) -> Vendor | None:
        """Return the vendor that has ``form``, or one that a text cannot tell from it."""
        end = tail(straight(form))
        for found in self._by_words.get(fold_words(form), ()):
            if found.tail == end or TELLING_TAILS.isdisjoint((found.tail, end)):
                return found.vendor
        return None

    def singular(self, name: str) -> str | None:
        """Return the id of the vendor whose products or doings ``name`` speaks of: "Teslas", "Tesla's".

        Plurals of ambiguous names ("apples") are nobody's; those of products' names are forms by themselves.
        """
        words = fold_words(name)
        for trial in _singulars(words):
            for form in self._by_words.get(trial, ()):
                if not (form.ambiguous or form.tail or form.kind == "product"):
                    return form.vendor.id
        return None

    def forms(self) -> Iterator[Form]:
        """Yield every surface form."""
        for forms in self._by_words.values():
            yield from forms

    def find(self, words: Words) -> list[Hit]:
        """Return the vendors in ``words`` in order; the longest form wins, they do not overlap.

        An ambiguous form that is the vendor twice is so in the rest of the text (Gale, Church and Yarowsky
        1992, "One sense per discourse").
        """
        spotted = list(self.spot(words))
        sure = {form.vendor.id for _, _, form in spotted if not form.ambiguous}
        accepted: dict[str, list[Hit]] = defaultdict(list)
        hits = []
        for first, last, form in spotted:
            before = accepted[form.text]
            if len(before) >= SETTLED:
                hit = before[0]._replace(first=first, last=last, why="ambiguous: settled above")
            else:
                hit = self._judge(words, first, last, form, sure)
            if hit.certainty >= FLOOR:
                hits.append(hit)
                if form.ambiguous:
                    before.append(hit)
        return hits

    def spot(self, words: Words) -> Iterator[tuple[int, int, Form]]:
        """Yield where forms stand, ambiguous ones too: first word, past the last, form."""
        lower, free = words.lower, 0
        following = [*lower[1:], ""]
        for index in [i for i, word in enumerate(lower) if word in self._by_first]:
            if index < free:
                continue
            alone, longer = self._by_first[lower[index]]
            for found in (*longer.get(following[index], ()), *alone):
                if _stands(words, index, found):
                    break
            else:
                continue
            free = index + len(found.words)
            if found.kind == "product":
                free = _with_model(words, free)
            yield index, free, found

    def _judge(self, words: Words, first: int, last: int, form: Form, sure: set[str]) -> Hit:
        vendor = form.vendor
        if _reports(words, first, last, form):
            return Hit(first, last, vendor.id, vendor.name, form.kind, 0.0, "a medium that reports")
        if _goes_on(words, last, form):
            return Hit(first, last, vendor.id, vendor.name, form.kind, 0.0, "part of a longer name")
        if not form.ambiguous:
            return Hit(first, last, vendor.id, vendor.name, form.kind, SURE[form.kind], "alias")
        if in_set_phrase(words, first, last) or _is_common_noun(words, first, last):
            return Hit(first, last, vendor.id, vendor.name, form.kind, 0.0, "part of a phrase")
        if vendor.id not in self._against:
            self._against[vendor.id] = words_against(vendor)
        against = self._against[vendor.id]
        features = list(ambiguity_features(words, first, form, sure, against))
        score = certainty(features, weights("ambiguous"))
        supporting = next((f.partition("=")[2] for f in features if f.startswith("context=")), "")
        why = f"ambiguous: context '{supporting}'" if supporting else "ambiguous: place in the sentence"
        return Hit(first, last, vendor.id, vendor.name, form.kind, round(score, 2), why)


def ambiguity_features(
    words: Words, first: int, form: Form, sure: set[str], against: frozenset[str]
) -> Iterator[str]:
    """Yield what speaks for and against an ambiguous form at word ``first``.

    ``sure`` are the ids found beyond doubt, ``against`` the words of the vendor's negative examples.
    """
    last = first + len(form.words)
    plain = len(form.words) == 1 and form.words[0] in plain_words()
    sort = "plain" if plain else "several" if len(form.words) > 1 else "name"
    yield f"form:{sort}"
    yield f"kind:{form.kind}"
    if against:
        begin, end = words.sentence(first)
        shared = against.intersection((*words.lower[begin:first], *words.lower[last:end]))
        yield f"against:{min(len(shared), 2)}"
    place = list(around(words, first, last))
    yield from place
    yield from (f"{sort}&{feature}" for feature in place if feature.startswith(("case:", "at:")))
    support = list(_support(words, first, last, form))
    if plain and "case:middle" not in place:
        bare = _SPOKEN_OF.isdisjoint(place) and "context:near" not in support
        yield f"plain&capital:{'bare' if bare else 'spoken of'}"
    if "at:start" in place and not _ACTS.isdisjoint(place):
        yield f"{sort}&start&actor"
    if words.words[first].isupper() and form.text[1:2].islower():
        yield "form:capitals"
    if " ".join(form.words) in wordlist("household-names"):
        yield "form:household"
        yield from (f"household&{feature}" for feature in _where(words, first))
    yield from support
    if form.vendor.id in sure:
        yield "vendor:sure"
    elif sure:
        yield "vendor:others"


def _where(words: Words, first: int) -> Iterator[str]:
    yield "titled" if words.titled(first) else "opening" if words.opening(first) else "middle"


def _support(words: Words, first: int, last: int, form: Form) -> Iterator[str]:
    if not form.vendor.context:
        yield "context:0"
        return
    begin, end = words.sentence(first)
    near = f" {' '.join((*words.lower[begin:first], '|', *words.lower[last:end]))} "
    far = words.lower[: min(len(words.lower), words.fields[min(1, len(words.fields) - 1)][1])]
    lead = f" {' '.join((*far[:first], '|', *far[last:]))} "
    found = 0
    for phrase in form.vendor.context:
        wanted = _folded(phrase)
        if wanted in near:
            found += 1
            yield f"context={phrase}"
            yield "context:near"
        elif wanted in lead:
            found += 1
            yield f"context={phrase}"
    yield f"context:{min(found, 2)}"


@cache
def _folded(phrase: str) -> str:
    """Return a phrase of the catalogue as folded words, a space on either side."""
    return f" {' '.join(fold_words(phrase))} "


def _all_forms(vendors: Iterable[Vendor]) -> Iterator[Form]:
    for vendor in vendors:
        ambiguous = set(vendor.ambiguous)
        for text, kind in vendor.forms():
            words = fold_words(text)
            plain = straight(text)
            if words:
                doubtful = text in ambiguous or (len(words) == 1 and _is_ordinary(plain))
                yield Form(words, plain, vendor, kind, doubtful, tail(plain), _head(plain))


def _plurals(form: Form) -> Iterator[Form]:
    """Yield a product's name as news speaks of several: "iPhones"."""
    word = form.words[-1]
    if form.kind == "product" and not (form.ambiguous or form.tail) and _COUNTABLE.fullmatch(word):
        yield form._replace(words=(*form.words[:-1], word + "s"), text=form.text + "s")


def words_against(vendor: Vendor) -> frozenset[str]:
    """Return the telling words of the negative examples: the longer ones that no positive example has."""
    if vendor.examples is None:
        return frozenset()
    supporting = {word for text in (*vendor.examples.positive, *vendor.context) for word in fold_words(text)}
    words = {word for text in vendor.examples.negative for word in fold_words(text) if len(word) >= LONG_WORD}
    forms = {word for form, _ in vendor.forms() for word in fold_words(form)}
    return frozenset(words - supporting - forms - wordlist("actor-verbs"))


def _is_ordinary(text: str) -> bool:
    """Say whether a form is a word that news writes in lower case, or a first name, whoever lists it."""
    lower = text.lower()
    capitalised = text[1:].islower()
    return capitalised and (lower in plain_words() or lower in wordlist("first-names"))


def _reports(words: Words, first: int, last: int, form: Form) -> bool:
    """Say whether a medium stands there as the one that reports ("Politico reported", "told the BBC")."""
    if form.vendor.sector != "media" or " ".join(form.words) not in wordlist("publications"):
        return False
    before = first - 1
    while before >= 0 and words.lower[before] in _ARTICLES:
        before -= 1
    after = words.lower[last] if last < len(words.words) else ""
    if after == "s" and last + 1 < len(words.words) and words.words[last + 1][0].isupper():
        return True  # "Bloomberg's Mark Gurman"
    return after in wordlist("reporting-after") or (
        before >= 0 and words.lower[before] in wordlist("reporting-before")
    )


def _goes_on(words: Words, last: int, form: Form) -> bool:
    """Say whether the name of a smaller vendor goes on to another's ("Aikido Technologies")."""
    if last >= len(words.words) or form.kind != "company" or words.gap(last - 1) != " ":
        return False
    small = len(form.words) == 1 and len(form.vendor.products) < MANY_PRODUCTS
    further = words.words[last][0].isupper() and words.lower[last] in wordlist("other-company-tails")
    return small and further and form.words[0] not in wordlist("household-names")


def _is_common_noun(words: Words, first: int, last: int) -> bool:
    """Say whether an ordinary word is one here: "Arm of Alibaba", "Linear motor maker"."""
    if last - first > 1 or words.lower[first] not in plain_words() or last >= len(words.words):
        return False
    if words.gap(last - 1) != " ":
        return False
    if words.lower[last] == "of":
        return words.opening(first) or words.titled(first)
    within = range(last + 1, min(last + 3, len(words.words)))
    maker = next((at for at in within if words.lower[at] in _MAKERS), last)
    return maker > last and all(
        words.words[at].islower() and words.gap(at - 1) == " " for at in range(last, maker)
    )


def _head(text: str) -> int:
    return 0 if text[:1].isalnum() else next((at for at, char in enumerate(text) if char.isalnum()), 0)


def _stands(words: Words, index: int, form: Form) -> bool:
    size = len(form.words)
    last = index + size
    if size > 1 and tuple(words.lower[index:last]) != form.words:
        return False
    start = max(0, words.starts[index] - form.head)
    surface = straight(words.text[start : words.ends[last - 1] + len(form.tail)])
    return surface == form.text or _same_but_for_case(surface, form.text)


def _same_but_for_case(surface: str, wanted: str) -> bool:
    """Say whether ``surface`` is ``wanted`` in CAPITALS, Capitalised, or with other hyphens or accents."""
    shouted = surface.isupper() and len(wanted) == CASE_FREE_LETTERS - 1 and wanted[1:].islower()
    short = len(wanted) < CASE_FREE_LETTERS and not wanted.islower() and not shouted
    # "TIME" is not "Time", "LeapFrog" not "Leapfrog".
    telling = wanted[1:] != wanted[1:].lower() and wanted.lower() in plain_words()
    if surface.islower() or short or telling:
        return surface.translate(_SEPARATORS) == wanted.translate(_SEPARATORS)
    a, b = surface.translate(_SEPARATORS), wanted.translate(_SEPARATORS)
    return len(a) == len(b) and fold_words(a) == fold_words(b) and _marks(a) == _marks(b)


def _marks(text: str) -> str:
    return "".join(char for char in text if not char.isalnum())


def _with_model(words: Words, last: int) -> int:
    """Return where a product's name ends when model numbers and words follow ("Galaxy S26 Ultra")."""
    models = wordlist("model-words")
    while last < len(words.words) and words.gap(last - 1) == " ":
        word = words.words[last]
        known = words.lower[last] in models and word[0].isupper()
        numbered = any(char.isdigit() for char in word) and not _is_year_or_count(words, last)
        if not (known or numbered) or len(word) > LONGEST_MODEL:
            break
        last += 1
    return last


def _is_year_or_count(words: Words, index: int) -> bool:
    word = words.words[index]
    return word.isdigit() and (len(word) > 3 or words.gap(index)[:1] not in _AFTER_NUMBER)


def _singulars(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield what ``words`` may be the plural or the possessive of."""
    last = words[-1] if words else ""
    if last == "s" and len(words) > 1:
        yield words[:-1]
    if len(last) > LONG_WORD and last.endswith("s"):
        yield (*words[:-1], last[:-1])
    if len(last) > LONG_WORD + 1 and last.endswith(("ses", "xes", "zes", "ches", "shes")):
        yield (*words[:-1], last[:-2])


def without_suffix(words: Sequence[str]) -> tuple[str, ...]:
    """Return ``words`` without the legal forms at their end ("nvidia", "corp" -> "nvidia")."""
    stop = len(words)
    while stop > 1 and words[stop - 1] in wordlist("corporate-suffixes"):
        stop -= 1
    return tuple(words[:stop])


@cache
def shipped_catalogue() -> Catalogue:
    """Return the catalogue that ships with newsbeam, loaded once a process."""
    return Catalogue(load_vendors())


def canonical(name: str) -> str:
    """Return the id of the vendor that ``name`` stands for in the shipped catalogue."""
    return shipped_catalogue().canonical(name)


def find_vendors(text: str) -> list[Hit]:
    """Return the vendors of the shipped catalogue in a plain ``text``."""
    return shipped_catalogue().find(split_words(text))
