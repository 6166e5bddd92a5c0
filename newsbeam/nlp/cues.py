"""What the words around a name say about it, as named features for a linear score.

Used for names that the catalogue lists as ambiguous and for names that it does not list at all. A feature
is a short string; what it is worth stands in ``knowledge/weights/*.jsonl``.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from newsbeam.knowledge.forms import fold_words
from newsbeam.knowledge.weights import load_weights
from newsbeam.knowledge.wordlists import load_wordlists
from newsbeam.nlp.slots.places import load_places
from newsbeam.nlp.surface import Words

_DETERMINERS = frozenset("a an the this that these those another every each some any no my your".split())
_POSSESSIVE_PRONOUNS = frozenset("my your his her its our their".split())
# What an ordinary word has for an object: "Grab a cable".
_OBJECTS = _DETERMINERS | _POSSESSIVE_PRONOUNS | frozenset("you it me us them him all yourself".split())
_PREPOSITIONS = frozenset("on in at by from with for to of via using inside into behind against over".split())
_SKIPPED = frozenset(
    "will would could may might has have had is are was to reportedly just also now quietly finally "
    "officially again already soon still never won won't wont today co then not being be been can".split()
)
_PARTICLES = frozenset("up ups off offs out outs".split())  # second half of "start-up", "spin-off"
_LINKS = frozenset("and or vs versus plus".split())
# Who has one of these has it in an organisation: "chief executive of Hollenbrock".
_OFFICES = frozenset("ceo cto cfo coo executive founder cofounder founders cofounders".split())
_RELATIVES = frozenset("a an the which whose who that one founded known formerly maker parent owner".split())
_MONEY = re.compile(r"[$€£¥]\s?\d|\b\d[\d.,]*\s?(?:million|billion|[MBmb]n?)\b")
APPOSITION_REACH = 8  # words after ", a" within which a vendor's noun must stand
LONGEST_SET_PHRASE = 4  # words
_BREAK = re.compile(r"[,.;:()\[\]|—–]")  # no phrase goes over it: "Block, the payments firm"


@cache
def _wordlists() -> Mapping[str, frozenset[str]]:
    return load_wordlists()


@cache
def wordlist(name: str) -> frozenset[str]:
    """Return the list ``name`` of ``knowledge/words``."""
    return _wordlists()[name]


@cache
def plain_words() -> frozenset[str]:
    """Return the words that running text writes in lower case."""
    lists = _wordlists()
    return frozenset(word for name, words in lists.items() if name.startswith("plain-") for word in words)


@cache
def _phrases() -> frozenset[str]:
    """Return the set phrases, and the names of places of several words."""
    places, _ = load_places()
    several = (" ".join(fold_words(name)) for name in places)
    return wordlist("set-phrases") | frozenset(name for name in several if " " in name)


@cache
def _openers() -> frozenset[str]:
    """Return the first words of the set phrases."""
    return frozenset(phrase.split(" ", 1)[0] for phrase in _phrases())


def in_set_phrase(words: Words, first: int, last: int) -> bool:
    """Say whether a name is part of a phrase that means something else ("Medal of Honor", "Sierra Leone")."""
    phrases, openers = _phrases(), _openers()
    return any(
        " ".join(words.lower[begin:end]) in phrases
        and not any(_BREAK.search(words.gap(at)) for at in range(begin, end - 1))
        for begin in range(max(0, first - LONGEST_SET_PHRASE + 1), first + 1)
        if words.lower[begin] in openers
        for end in range(max(last, begin + 2), min(begin + LONGEST_SET_PHRASE, len(words.lower)) + 1)
    )


def certainty(features: Iterable[str], weights: Mapping[str, float]) -> float:
    """Return the logistic of the summed weights of ``features``, 0..1."""
    total = weights.get("bias", 0.0) + sum(weights.get(feature, 0.0) for feature in features)
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


@cache
def weights(name: str) -> Mapping[str, float]:
    """Return the weights ``name`` of ``knowledge/weights``."""
    return load_weights(name)


def is_vendor_noun(words: Words, index: int) -> bool:
    """Say whether word ``index`` is, or ends, a vendor's noun ("firm", "start-up", "chip-maker")."""
    word = words.lower[index]
    if word in _PARTICLES:
        return index > 0 and f"{words.lower[index - 1]}-{word}" in wordlist("vendor-heads")
    return word in wordlist("vendor-heads")


def around(words: Words, first: int, last: int) -> Iterator[str]:
    """Yield the features of the place of words ``first`` to ``last`` in their sentence."""
    begin, end = words.sentence(first)
    yield from _place(words, first)
    yield from _before(words, first, begin)
    yield from _after(words, last, end)
    if _MONEY.search(words.text, words.starts[begin], words.ends[end - 1]):
        yield "sentence:money"


def _place(words: Words, first: int) -> Iterator[str]:
    field = words.field(first)
    yield ("field:title", "field:summary", "field:text")[min(field, 2)]
    if words.titled(first):
        yield "case:titled"
    elif words.opening(first):
        yield "case:opening"
    else:
        yield "case:middle"
    if first == words.fields[field][0]:
        yield "at:start"


def _before(words: Words, first: int, begin: int) -> Iterator[str]:
    if first == begin:
        yield "before:nothing"
        return
    previous, gap = words.lower[first - 1], words.gap(first - 1)
    if "-" in gap and not gap.strip("-"):
        yield "before:hyphen"
        yield f"hyphen-before={previous}"
        return
    if gap.strip(" "):
        mark = gap.strip()[:1]
        yield f"before:mark {mark}"
        if mark == "," and first - begin > 1:
            yield "before:comma"
        if mark in ".;:":
            return
    if previous == "s" and "'" in words.text[words.starts[first - 1] - 1].replace("’", "'"):
        yield "before:possessive"
        return
    yield f"p={previous}"
    if previous == "based" and words.gap(first - 2) == "-":
        yield "before:based"
    if previous in {"of", "at"} and first > 1 and words.lower[first - 2] in _OFFICES:
        yield "before:office"
    yield from _before_class(words, first, previous)


@cache
def _classes_before() -> tuple[tuple[str, frozenset[str]], ...]:
    """Return what a word before a name may be, with the words that are."""
    return (
        ("determiner", _DETERMINERS), ("pronoun", _POSSESSIVE_PRONOUNS), ("preposition", _PREPOSITIONS),
        ("link", _LINKS), ("object-cue", wordlist("object-cues")),
        ("person-title", wordlist("person-titles")), ("first-name", wordlist("first-names")),
        ("modifier", wordlist("head-modifiers")),
    )  # fmt: skip


@cache
def _classes_after() -> tuple[tuple[str, frozenset[str]], ...]:
    """Return what a word after a name may be, with the words that are."""
    return (
        ("actor-verb", wordlist("actor-verbs")), ("noun", wordlist("after-cues")), ("link", _LINKS),
        ("suffix", wordlist("corporate-suffixes")), ("vendor-noun", wordlist("vendor-heads")),
        ("tail", wordlist("name-tails")), ("preposition", _PREPOSITIONS), ("auxiliary", _SKIPPED),
        ("institution", wordlist("institutions")), ("speech", wordlist("speech-verbs")),
        ("object", _OBJECTS),
    )  # fmt: skip


def _before_class(words: Words, first: int, previous: str) -> Iterator[str]:
    for name, members in _classes_before():
        if previous in members and (name != "first-name" or words.words[first - 1][0].isupper()):
            yield f"before:{name}"
    if is_vendor_noun(words, first - 1):
        yield "before:vendor-noun"
        before = first - 3 if previous in _PARTICLES else first - 2
        if before >= 0 and words.lower[before] in wordlist("head-modifiers"):
            yield "before:modifier+vendor-noun"
    if words.words[first - 1][0].isupper() and not words.titled(first - 1) and not words.opening(first - 1):
        yield "before:capital"


def _after(words: Words, last: int, end: int) -> Iterator[str]:
    if last >= end:
        yield "after:nothing"
        return
    gap = words.gap(last - 1)
    following = words.lower[last]
    if following == "s" and gap in ("'", "’"):
        yield "after:possessive"
        if last + 1 < end and words.lower[last + 1] in wordlist("after-cues"):
            yield "after:possessive+noun"
        return
    if gap.startswith("-"):
        yield "after:hyphen"
        yield f"hyphen-after={following}"
        return
    mark = gap.strip()[:1]
    if mark:
        yield f"after:mark {mark}"
        if mark in ",(—–-" and _apposed(words, last, end):
            yield "after:apposition"
        return
    yield f"n={following}"
    yield from _after_class(words, last, end, following)


def _after_class(words: Words, last: int, end: int, following: str) -> Iterator[str]:
    for name, members in _classes_after():
        if following in members:
            yield f"after:{name}"
    skipped = last
    while skipped < end - 1 and words.lower[skipped] in _SKIPPED and skipped - last < 3:
        skipped += 1
    if skipped > last and words.lower[skipped] in wordlist("actor-verbs"):
        yield "after:auxiliary+actor-verb"
    if words.words[last][0].isupper() and not words.titled(last):
        yield "after:capital"
    elif words.words[last][0].isdigit():
        yield "after:number"


def _apposed(words: Words, last: int, end: int) -> bool:
    """Say whether "X, a … start-up" follows: an article or relative, and soon a vendor's noun."""
    if words.lower[last] not in _RELATIVES:
        return False
    return any(is_vendor_noun(words, at) for at in range(last + 1, min(end, last + 1 + APPOSITION_REACH)))
