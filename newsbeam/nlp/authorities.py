"""Finds regulators, courts, legislatures, governments, agencies and police in a text.

Three ways: by name from the catalogue ("the FTC"), by a place with an authority's noun ("Irish regulator",
"Texas AG"), and by a place that acts ("China blocks …", "EU rules"). Generic phrases ("a federal judge")
are entries too.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from newsbeam.knowledge.catalogue import (
    GENERIC_AUTHORITIES,
    Authority,
    Jurisdiction,
    check_apart,
    load_authorities,
    load_jurisdictions,
)
from newsbeam.knowledge.forms import fold_words, straight
from newsbeam.nlp.cues import wordlist
from newsbeam.nlp.surface import Words

_KINDS = ("regulator", "court", "legislature", "agency", "police", "government")
_ADVERBS = frozenset("also again now just finally reportedly formally officially quietly still never".split())
_ARTICLES = frozenset(("the", "a", "an"))
_WHERE = frozenset("in from near across outside throughout".split())
_SETTLEMENTS = frozenset(("city", "county", "state", "town", "house"))  # act, or are only where things are
NOUN_REACH = 3  # modifiers between a place and its authority's noun ("US federal appeals court")
SHORT_CAPITALS = 5  # letters: an abbreviation up to this long must stand in capitals


class AuthorityHit(NamedTuple):
    """An authority at words ``first`` to ``last`` (exclusive) of a text."""

    first: int
    last: int
    authority_id: str
    name: str
    jurisdiction: str | None
    kind: str


class _Form(NamedTuple):
    words: tuple[str, ...]
    text: str
    entry: Authority
    any_case: bool
    conditional: bool  # counts only where it acts or a cue follows
    jurisdiction: str | None


class _Place(NamedTuple):
    words: tuple[str, ...]
    text: str
    entry: Jurisdiction
    sort: str  # names | adjectives | seats


class Authorities:
    """The authorities and jurisdictions, ready to be found in texts."""

    def __init__(
        self, named: Sequence[Authority], generic: Sequence[Authority], places: Sequence[Jurisdiction]
    ) -> None:
        self.entries: tuple[Authority | Jurisdiction, ...] = (*named, *generic, *places)
        everything: list[_Form | _Place] = [*_forms(named, any_case=False), *_forms(generic, any_case=True)]
        self._places = tuple(_places(places))
        everything += self._places
        # By first word: the forms of one word, and the longer ones by second word, longest first.
        self._by_first: dict[str, tuple[list[_Form | _Place], dict[str, list[_Form | _Place]]]] = {}
        for form in sorted(everything, key=lambda form: (-len(form.words), isinstance(form, _Place))):
            alone, longer = self._by_first.setdefault(form.words[0], ([], {}))
            (longer.setdefault(form.words[1], []) if len(form.words) > 1 else alone).append(form)

    def find(self, words: Words) -> list[AuthorityHit]:
        """Return the authorities in ``words``, in order; the longest wins and they do not overlap."""
        hits, lower, free = [], words.lower, 0
        following = [*lower[1:], ""]
        for index in [index for index, word in enumerate(lower) if word in self._by_first]:
            if index < free:
                continue
            alone, longer = self._by_first[lower[index]]
            forms = alone
            if following[index] in longer:
                forms = [form for form in longer[following[index]] if _has(lower, index, form.words)] + alone
            if not forms:
                continue
            hit = _best(words, index, forms)
            if hit:
                hits.append(hit)
                free = hit.last
            else:
                # A place that does not act is passed over as a whole: "United States" holds no "states".
                free = index + next((len(form.words) for form in forms if isinstance(form, _Place)), 1)
        return hits

    def jurisdictions(self) -> frozenset[tuple[str, ...]]:
        """Return the folded words of every place, its adjectives and its seats."""
        return frozenset(form.words for form in self._places)


def _best(words: Words, index: int, forms: Iterable[_Form | _Place]) -> AuthorityHit | None:
    best: AuthorityHit | None = None
    for form in forms:
        hit = _of_place(words, index, form) if isinstance(form, _Place) else _of_form(words, index, form)
        if hit and (best is None or hit.last > best.last):
            best = hit
    return best


def _has(lower: Sequence[str], index: int, words: tuple[str, ...]) -> bool:
    return tuple(lower[index : index + len(words)]) == words


def _of_form(words: Words, index: int, form: _Form) -> AuthorityHit | None:
    last = index + len(form.words)
    if not _surface_fits(words, index, last, form) or (
        form.conditional and not (_acts(words, last) or _by(words, index))
    ):
        return None
    entry = form.entry
    return AuthorityHit(index, last, entry.id, entry.name, form.jurisdiction, entry.kind)


def _of_place(words: Words, index: int, form: _Place) -> AuthorityHit | None:
    last = index + len(form.words)
    if not _stands(words, index, last, form.text):
        return None
    code = form.entry.code
    noun = _noun(words, last)
    if noun and (words.lower[noun[0]] not in _SETTLEMENTS or _acts(words, noun[0] + 1)):
        # A country stands for its law: "US ban" names the US.
        named = last - 1 if words.lower[noun[0]] in wordlist("authority-laws") else noun[0]
        name = words.text[words.starts[index] : words.ends[named]]
        return AuthorityHit(index, noun[0] + 1, f"{code.lower()}-{noun[1]}", name, code, noun[1])
    if index and words.lower[index - 1] in _WHERE and words.gap(index - 1) == " ":
        return None  # things happen there: "a shop in Texas opens"
    if form.sort != "adjectives" and (_acts(words, last, deeds=True) or _by(words, index)):
        return AuthorityHit(index, last, form.entry.id, form.entry.names[0], code, "government")
    if form.sort == "adjectives" and _deed(words, last):
        return AuthorityHit(index, last, form.entry.id, form.entry.names[0], code, "government")
    return None


def _surface_fits(words: Words, index: int, last: int, form: _Form) -> bool:
    surface = straight(words.text[words.starts[index] : words.ends[last - 1]])
    short = form.text.isupper() and len(form.text) <= SHORT_CAPITALS
    if short or not form.any_case:
        return _stands(words, index, last, form.text)
    return len(surface) == len(form.text)


def _stands(words: Words, index: int, last: int, text: str) -> bool:
    """Say whether ``text`` stands there, in its own case or, of a longer name, in another with a capital."""
    surface = straight(words.text[words.starts[index] : words.ends[last - 1]])
    if surface == text or surface + "." == text:
        return True
    longer = len(text) > SHORT_CAPITALS and surface[0].isupper()
    return longer and surface.casefold() == text.casefold()


def _gap(words: Words, index: int) -> str:
    """Return what parts word ``index`` from the next, the full stop of "U.S." aside."""
    gap = words.gap(index)
    if not gap.startswith(". ") or index + 1 >= len(words.words):
        return gap
    abbreviated = len(words.words[index]) == 1 or words.words[index + 1][0].islower()
    return gap[1:] if abbreviated else gap


def _noun(words: Words, last: int) -> tuple[int, str] | None:
    """Return the word of an authority's noun that follows a place, and its kind."""
    index = last
    if index < len(words.words) and words.lower[index] == "s" and words.gap(index - 1) in ("'", "’"):
        index += 1
    for reach in range(index, min(index + NOUN_REACH + 1, len(words.words))):
        if _gap(words, reach - 1).strip(" -’'"):
            return None
        kind = _kind_of_noun(words.lower[reach])
        if kind:
            return _longest_noun(words, reach, kind)
        if words.lower[reach] not in wordlist("authority-modifiers"):
            return None
    return None


def _longest_noun(words: Words, reach: int, kind: str) -> tuple[int, str]:
    """Let "antitrust" or "state" be a modifier where another noun follows ("antitrust watchdog")."""
    following = reach + 1
    if following < len(words.words) and words.gap(reach) == " ":
        longer = _kind_of_noun(words.lower[following])
        if longer:
            return following, longer
    return reach, kind


@cache
def _kind_of_noun(word: str) -> str:
    return next((kind for kind in _KINDS if word in wordlist(f"authority-nouns-{kind}")), "")


def _acts(words: Words, last: int, *, deeds: bool = False) -> bool:
    """Say whether a verb of acting, or a cue such as "chair", follows word ``last``."""
    index = last
    if index >= len(words.words) or _gap(words, index - 1).strip(" '’"):
        return False
    if words.lower[index] == "s" and words.gap(index - 1) in ("'", "’"):
        return _deed(words, index + 1) or _cue(words, index + 1)
    if deeds and _deed(words, index):
        return True
    while index < len(words.words) - 1 and words.lower[index] in _ADVERBS:
        index += 1
    return words.lower[index] in wordlist("authority-acts") or _cue(words, index)


def _deed(words: Words, index: int) -> bool:
    """Say whether a noun such as "ban" or "tariffs" stands at word ``index`` or after one modifier."""
    deeds = wordlist("authority-deeds")
    for reach in range(index, min(index + 3, len(words.words))):
        if _gap(words, reach - 1).strip(" -'’"):
            return False
        if words.lower[reach] in deeds:
            return True
    return False


def _cue(words: Words, index: int) -> bool:
    return index < len(words.words) and words.lower[index] in wordlist("authority-cues")


def _by(words: Words, index: int) -> bool:
    """Say whether the place is who did it: "banned by China", "sued by the US"."""
    before = index - 1
    if before > 0 and words.lower[before] in _ARTICLES:
        before -= 1
    if before < 1 or words.lower[before] != "by" or words.gap(before).strip():
        return False
    return words.lower[before - 1] in wordlist("authority-acts")


def _forms(entries: Iterable[Authority], *, any_case: bool) -> Iterator[_Form]:
    for entry in entries:
        for text in entry.surfaces():
            words = fold_words(text)
            single = len(words) == 1
            conditional = text in entry.ambiguous or (entry.acts and single)
            yield _Form(words, straight(text), entry, any_case, conditional, entry.home(text))


def _places(entries: Iterable[Jurisdiction]) -> Iterator[_Place]:
    for entry in entries:
        for sort in ("names", "adjectives", "seats"):
            for text in getattr(entry, sort):
                yield _Place(fold_words(text), straight(text), entry, sort)


@cache
def shipped_authorities() -> Authorities:
    """Return the authorities that ship with newsbeam, loaded once a process."""
    named, generic = load_authorities(), load_authorities(GENERIC_AUTHORITIES)
    places = load_jurisdictions()
    check_apart((*named, *generic, *places))
    return Authorities(named, generic, places)
