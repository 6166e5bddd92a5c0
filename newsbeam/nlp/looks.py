"""What the look of a name says about it, apart from its place: form, case, endings, known parts."""

from collections.abc import Iterator, Sequence
from functools import cache

from newsbeam.knowledge.forms import fold_words
from newsbeam.nlp.authorities import shipped_authorities
from newsbeam.nlp.cues import plain_words, wordlist
from newsbeam.nlp.surface import Words

_ENDINGS = "ai ly ify io tech labs ing ed s ian ese ism er ium".split()


def looks_of(words: Words, first: int, last: int) -> Iterator[str]:
    """Yield the features of words ``first`` to ``last`` taken by themselves."""
    surface, lower = words.words[first:last], words.lower[first:last]
    plain = sum(word in plain_words() for word in lower)
    sort = "plain" if plain == len(lower) else "mixed" if plain else "unseen"
    yield f"form:{sort}"
    yield f"words:{min(len(lower), 4)}"
    yield from _shapes(surface, lower)
    for ending in _ENDINGS:
        if len(lower[-1]) > len(ending) + 2 and lower[-1].endswith(ending):
            yield f"ending:{ending}"
    joints = {words.gap(index) for index in range(first, last - 1)}
    if "." in joints:
        yield "shape:domain"
    if "-" in joints:
        yield "shape:hyphen"


def _shapes(surface: Sequence[str], lower: Sequence[str]) -> Iterator[str]:
    joined = "".join(surface)
    if any(word[1:].lower() != word[1:] and not word.isupper() for word in surface):
        yield "shape:camel"
    if joined.isupper():
        yield f"shape:capitals{min(len(joined), 6)}"
    if any(char.isdigit() for char in joined):
        yield "shape:digit"
    if surface[0][0].islower():
        yield "shape:lower"
    yield from _members(lower)


def _members(lower: Sequence[str]) -> Iterator[str]:
    if lower[0] in wordlist("first-names"):
        yield "shape:first-name"
    if len(lower) > 1 and lower[-1] in wordlist("corporate-suffixes"):
        yield "suffix:corporate"
    if len(lower) > 1 and lower[-1] in wordlist("name-tails"):
        yield "tail:name"
    if lower[-1] in wordlist("institutions"):
        yield "tail:institution"
    if any(word in wordlist("never-vendors") for word in lower):
        yield "word:never"
    if any((word,) in places() for word in lower):
        yield "word:place"
    if lower[0] in wordlist("person-titles"):
        yield "word:person-title"


@cache
def places() -> frozenset[tuple[str, ...]]:
    """Return the folded words of every place that is known, as tuples."""
    extra = frozenset(fold_words(place) for place in wordlist("places-extra"))
    return extra | shipped_authorities().jurisdictions()
