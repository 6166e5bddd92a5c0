"""Finds vendors that no catalogue lists, from their looks and their place in the sentence.

Runs of capitalised words in title, summary and lead are candidates; a linear score over named features
("a start-up's noun before", "verb of acting after", "first name first") says how likely each is a vendor.
In the body a candidate needs a start-up's noun, an apposition or a corporate suffix, or must have been
found above.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from newsbeam.nlp.authorities import AuthorityHit
from newsbeam.nlp.cues import around, certainty, in_set_phrase, is_vendor_noun, plain_words, weights, wordlist
from newsbeam.nlp.looks import looks_of, places
from newsbeam.nlp.surface import Words
from newsbeam.nlp.vendors import Hit, without_suffix

FLOOR = 0.3  # below this a candidate is not reported; the event component asks for more where it needs it
_PLURAL = re.compile(r"[A-Z]{2,}s")  # of an abbreviation: "CIOs"
LONGEST = 5  # words of a name
LONGEST_PHRASE = 5  # words of "the London-based AI start-up" that the reason repeats
LEAST_LETTERS = 4  # in a name that starts with a digit ("4chan", but not "6GHz")
LEAD_WORDS = 70  # of the text, where there is no summary
_CLITICS = frozenset("s t re ve ll d m".split())
_JOINTS = frozenset((" ", ".", "-", "&", " & ", "’", "'"))
_OPENERS = frozenset("introducing announcing meet hello welcome presenting with for by using via".split())
_SMALL = frozenset(
    "a an the and or but nor so yet for of in on at by to from with without into over after before as is are "
    "was were be been its it this that these those your my our their his her vs via per how why what when "
    "where who which will would can could may might should must has have had do does did not no if than then "
    "up out off down about more most first new now just all some any every".split()
)


class Span(NamedTuple):
    """A candidate at words ``first`` to ``last`` (exclusive)."""

    first: int
    last: int


def find_unknown(words: Words, known: Sequence[Hit], authorities: Sequence[AuthorityHit]) -> list[Hit]:
    """Return the vendors of ``words`` that are neither ``known`` nor ``authorities``, in order."""
    taken = [(hit.first, hit.last) for hit in known] + [(hit.first, hit.last) for hit in authorities]
    blocked = {index for first, last in taken for index in range(first, last)}
    scored = []
    for span in candidates(words, blocked):
        features = list(features_of(words, span, bool(known), bool(authorities)))
        score = certainty(features, weights("unknown"))
        if score >= FLOOR:
            scored.append((score, span, reason(words, span, features)))
    best = _apart(words, scored)
    return sorted(chain(best, _again(words, best, blocked))) if best else []


def candidates(words: Words, blocked: set[int]) -> Iterator[Span]:
    """Yield the runs of words that may be a vendor's name; runs may overlap."""
    limit = _lead(words)
    names = _names_in_sentences(words, limit)
    for first, last in _runs(words, blocked, names, limit):
        for span in _variants(words, first, last, names):
            if _possible(words, span):
                yield span
    yield from _in_body(words, blocked, limit)


def features_of(words: Words, span: Span, vendors: bool, authorities: bool) -> Iterator[str]:
    """Yield the features of ``span``: its place, its looks, and what else the document names."""
    place = list(around(words, span.first, span.last))
    looks = list(looks_of(words, span.first, span.last))
    yield from place
    yield from looks
    if vendors:
        yield "document:vendor"
    if authorities:
        yield "document:authority"
    actor = "after:actor-verb" in place or "after:auxiliary+actor-verb" in place
    form = next((feature for feature in looks if feature.startswith("form:")), "form:")
    case = next((feature for feature in place if feature.startswith("case:")), "case:")
    start = "at:start" in place
    yield f"{form}&{case}"
    yield f"{form}&start={start}&actor={actor}"
    if span.first and words.gap(span.first - 1) == " " and words.words[span.first - 1][0].isupper():
        yield "before:joined"
    if span.last - span.first == 1 and _is_family_name(words, span.first):
        yield "document:person"
    if "shape:first-name" in looks:
        yield f"first-name&words:{span.last - span.first}"
    if _times(words, span) > 1:
        yield "document:again"
        yield f"again&{form}"


def reason(words: Words, span: Span, features: Iterable[str]) -> str:
    """Say in words what speaks most for the candidate."""
    given = set(features)
    if "suffix:corporate" in given:
        return f"suffix {words.words[span.last - 1]}"
    if "before:vendor-noun" in given:
        return f"apposition: {_noun_phrase(words, span.first)}"
    before = words.words[max(0, span.first - 2) : span.first]
    after = words.words[span.last : span.last + 1]
    said = {
        "after:apposition": "apposition after the name",
        "after:actor-verb": f"actor of '{''.join(after)}'",
        "before:office": f"after '{' '.join(before)}'",
        "before:object-cue": f"after '{''.join(before[-1:])}'",
    }
    return next((said[name] for name in said if name in given), "a name by its place and looks")


def _lead(words: Words) -> int:
    """Return the word past the lead: title and summary, or title and the start of the text."""
    fields = words.fields
    if len(fields) >= 3:
        return fields[1][1]
    return min(fields[-1][1], fields[-1][0] + LEAD_WORDS) if len(fields) == 2 else fields[0][1]


def _names_in_sentences(words: Words, limit: int) -> set[str]:
    """Return the words that stand capitalised where only names are: inside a sentence in normal case."""
    return {
        words.lower[index]
        for index in range(limit)
        if words.words[index][0].isupper() and not words.titled(index) and not words.opening(index)
    }


def _runs(words: Words, blocked: set[int], names: set[str], limit: int) -> Iterator[tuple[int, int]]:
    first, plain = 0, plain_words()
    while first < limit:
        if words.words[first].islower() and words.lower[first] in plain:
            first += 1
            continue
        last = first
        while last < limit and last - first < LONGEST and _continues(words, first, last, blocked, names):
            last += 1
        if last > first:
            yield first, last
        first = max(last, first + 1)


def _continues(words: Words, first: int, index: int, blocked: set[int], names: set[str]) -> bool:
    if index in blocked or not _name_like(words, index):
        return False
    lower = words.lower[index]
    if lower in _SMALL and not (index == first and index == words.fields[words.field(index)][0]):
        return False
    if index > first and words.gap(index - 1) not in _JOINTS:
        return False
    if index > first and words.gap(index - 1) in ("’", "'") and lower in _CLITICS:
        return False
    if words.titled(index) and index > first and lower not in names:
        return not _breaks(words, index)
    return True


def _name_like(words: Words, index: int) -> bool:
    word = words.words[index]
    if word[0].isdigit():
        return sum(char.isalpha() for char in word) >= LEAST_LETTERS
    if not word.islower() and any(char.isupper() for char in word):
        return True
    if not word.isalpha() and any(char.isdigit() for char in word):
        return True
    if words.lower[index] in plain_words() or len(word) < 3:
        return False
    return index == words.fields[words.field(index)][0] or (
        index > 0 and words.lower[index - 1] in _OPENERS and index < words.fields[0][1]
    )


def _breaks(words: Words, index: int) -> bool:
    """Say whether a word of a Title Case title ends a name before it: a verb or another ordinary word."""
    lower = words.lower[index]
    if lower in wordlist("name-tails") or lower in wordlist("corporate-suffixes"):
        return False
    return lower in wordlist("actor-verbs") or lower in plain_words()


def _variants(words: Words, first: int, last: int, names: set[str]) -> Iterator[Span]:
    yield Span(first, last)
    plain = plain_words()
    opening = first
    while opening < last - 1 and words.lower[opening] in plain and words.lower[opening] not in names:
        opening += 1
    if opening > first:
        yield Span(opening, last)
    if last - first > 1 and words.lower[last - 1] in wordlist("vendor-heads"):
        yield Span(first, last - 1)
    if last - first > 2:
        tail = next((i for i in range(first + 1, last) if words.lower[i] in wordlist("name-tails")), last)
        if tail + 1 < last:
            yield Span(first, tail + 1)


def _possible(words: Words, span: Span) -> bool:
    lower = tuple(words.lower[span.first : span.last])
    single = len(lower) == 1
    if all(word in wordlist("never-vendors") or word.isdigit() for word in lower):
        return False
    if single and (len(lower[0]) < 2 or lower[0] in _SMALL or lower[0] in wordlist("vendor-heads")):
        return False
    if single and (_PLURAL.fullmatch(words.words[span.first]) or lower[0] in wordlist("known-persons")):
        return False
    if lower in places() or " ".join(lower) in wordlist("publications"):
        return False
    if _of_institution(words, span.first) or in_set_phrase(words, span.first, span.last):
        return False
    return not (len(lower) == 1 and lower[0] in wordlist("first-names") and not words.titled(span.first))


def _of_institution(words: Words, first: int) -> bool:
    """Say whether the name is only a part of an institution's ("University of Tübingen")."""
    return first > 1 and words.lower[first - 1] == "of" and words.lower[first - 2] in wordlist("institutions")


def _times(words: Words, span: Span) -> int:
    """Return how often the name stands in the lead."""
    wanted, lead = words.words[span.first : span.last], words.words[: _lead(words)]
    if len(wanted) == 1:
        return lead.count(wanted[0])
    return sum(lead[at : at + len(wanted)] == wanted for at, word in enumerate(lead) if word == wanted[0])


def _is_family_name(words: Words, index: int) -> bool:
    """Say whether the document has the word after a first name or a title ("Travis Kalanick")."""
    wanted, lower = words.words[index], words.lower
    cues = (wordlist("first-names"), wordlist("person-titles"))
    return any(
        words.gap(at - 1) == " " and any(lower[at - 1] in members for members in cues)
        for at, word in enumerate(words.words[: _lead(words)])
        if word == wanted and at
    )


def _in_body(words: Words, blocked: set[int], limit: int) -> Iterator[Span]:
    """Yield names of the body right after a vendor's noun ("the chip start-up Lumenar")."""
    heads = wordlist("vendor-heads") | {"up"}
    for index in range(limit, len(words.words) - 1):
        if words.lower[index] in heads and words.gap(index) == " " and is_vendor_noun(words, index):
            first = last = index + 1
            while last < len(words.words) and last - first < LONGEST and last not in blocked:
                joined = last == first or words.gap(last - 1) in _JOINTS
                if not (joined and words.words[last][0].isupper()):
                    break
                last += 1
            if last > first and words.lower[first] not in _SMALL and _possible(words, Span(first, last)):
                yield Span(first, last)


def _apart(words: Words, scored: Iterable[tuple[float, Span, str]]) -> list[Hit]:
    """Return the hits of the best among overlapping candidates."""
    kept: list[tuple[float, Span, str]] = []
    named: set[tuple[str, ...]] = set()
    for found in sorted(scored, key=lambda found: (-found[0], found[1])):
        name = tuple(words.words[found[1].first : found[1].last])
        if name in named:
            continue  # found again below, with the certainty of the best
        named.add(name)
        if all(found[1].last <= other.first or other.last <= found[1].first for _, other, _ in kept):
            kept.append(found)
    return [_hit(words, span, score, why) for score, span, why in kept]


def _hit(words: Words, span: Span, score: float, why: str) -> Hit:
    name = words.text[words.starts[span.first] : words.ends[span.last - 1]]
    slug = "-".join(without_suffix(words.lower[span.first : span.last]))
    return Hit(span.first, span.last, "~" + slug, name, "unknown", round(score, 2), why)


def _again(words: Words, best: Sequence[Hit], blocked: set[int]) -> Iterator[Hit]:
    """Yield where the names found stand elsewhere in the document, with the certainty of the first."""
    taken = blocked | {index for hit in best for index in range(hit.first, hit.last)}
    by_first: dict[str, list[tuple[tuple[str, ...], Hit]]] = {}
    for hit in best:
        name = tuple(words.words[hit.first : hit.last])
        by_first.setdefault(name[0], []).append((name, hit))
    for index, word in enumerate(words.words):
        for name, hit in by_first.get(word, ()):
            last = index + len(name)
            if tuple(words.words[index:last]) == name and taken.isdisjoint(range(index, last)):
                yield hit._replace(first=index, last=last, why="named elsewhere: " + hit.why)
                break


def _noun_phrase(words: Words, first: int) -> str:
    begin = first - 1
    while begin > 0 and first - begin < LONGEST_PHRASE and words.gap(begin - 1) in (" ", "-"):
        if words.gap(begin - 1) == " " and words.lower[begin - 1] not in wordlist("head-modifiers"):
            break
        begin -= 1
    return words.text[words.starts[begin] : words.ends[first - 1]]
