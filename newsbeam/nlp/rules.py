r"""Event rules: data files that say which words, next to whom, report an event.

A rule is an entry of ``knowledge/rules/*.yaml``::

    - id: acquisition.buys            # unique
      type: vendor.acquisition        # of the taxonomy
      words: [buys, acqui*]           # tokens (or beginnings) without which the rule is not tried
      trigger: '\b(?:buys|acquires)\b'  # regular expression over the masked sentence, case ignored
      needs: [vendor_before]          # what else must be there, see NEEDS
      unless: 'buyers? guide'         # optional: the sentence must not match this
      strength: 0.9                   # how sure the rule is by itself, 0..1
      body: true                      # may it fire in later paragraphs
      positive: [...]                 # sentences in which it fires, run by a test
      negative: [...]                 # sentences in which it does not

In ``trigger`` and ``unless``, ``{NAME}`` stands for an entry of ``macros.yaml`` or for a class of names:
``{V}`` vendor, ``{P}`` product, ``{X}`` either, ``{A}`` authority, ``{M}`` money, ``{E}`` percentage.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from spacy.attrs import LOWER
from spacy.strings import StringStore
from spacy.tokens import Doc

from newsbeam.errors import KnowledgeError
from newsbeam.knowledge.tables import parse_table, parse_yaml, read_text
from newsbeam.nlp.document import token_starts
from newsbeam.nlp.masking import (
    AUTHORITY,
    MONEY,
    PERCENT,
    PRODUCT,
    SIGNS,
    UNKNOWN,
    VENDOR,
    Masked,
    Piece,
    lower_case,
    mask,
)
from newsbeam.taxonomy import TYPES

FOLDER = Path(__file__).parent.parent / "knowledge" / "rules"
CLASSES = {
    "V": f"[{VENDOR}{UNKNOWN}]",
    "P": PRODUCT,
    "X": f"[{VENDOR}{UNKNOWN}{PRODUCT}]",
    "A": AUTHORITY,
    "M": MONEY,
    "E": PERCENT,
    "S": f"[{SIGNS}]",
}
_CAPITAL = re.compile(r"(\\.|\(\?P)|([A-Z])")  # not those of an escape or a named group
_MACRO = re.compile(r"\{([A-Za-z_]+)\}")
_KEYS = {"id", "type", "words", "trigger", "needs", "unless", "strength", "body", "positive", "negative"}
_REQUIRED = {"id", "type", "words", "trigger", "positive", "negative"}
_LISTS = {"words", "needs", "positive", "negative"}
_CALL_WORD = re.compile(r"[^\s*]+\*?")
LEAST_STRENGTH = 0.65  # of a rule that may add an event from the text
REACH = 90  # masked characters between a trigger and the vendor it needs: about fifteen words

_VENDOR_CLASS = re.compile(CLASSES["X"])
_AUTHORITY_CLASS = re.compile(AUTHORITY)
_MONEY_CLASS = re.compile(MONEY)
_NUMBER_CLASS = re.compile(rf"[{MONEY}{PERCENT}]|\d")


def _before(sign: re.Pattern[str], text: str, start: int, _end: int) -> bool:
    return bool(sign.search(text, max(0, start - REACH), start))


def _after(sign: re.Pattern[str], text: str, _start: int, end: int) -> bool:
    return bool(sign.search(text, end, end + REACH))


def _in(sign: re.Pattern[str], text: str, _start: int, _end: int) -> bool:
    return bool(sign.search(text))


# What a rule may need: name -> (test, sign, words for explanations).
NEEDS = {
    "vendor": (_in, _VENDOR_CLASS, "a vendor or product in the sentence"),
    "vendor_before": (_before, _VENDOR_CLASS, "a vendor or product before the trigger"),
    "vendor_after": (_after, _VENDOR_CLASS, "a vendor or product after the trigger"),
    "authority": (_in, _AUTHORITY_CLASS, "an authority in the sentence"),
    "authority_before": (_before, _AUTHORITY_CLASS, "an authority before the trigger"),
    "authority_after": (_after, _AUTHORITY_CLASS, "an authority after the trigger"),
    "money": (_in, _MONEY_CLASS, "an amount of money in the sentence"),
    "number": (_in, _NUMBER_CLASS, "a number in the sentence"),
}


class Rule:
    """One event rule; its expressions are compiled when first needed (compiling all takes 0.3 s)."""

    def __init__(self, entry: Mapping[str, Any], macros: Mapping[str, str], where: str) -> None:
        self.id: str = entry["id"]
        self.type: str = entry["type"]
        self.words: tuple[str, ...] = tuple(word.lower() for word in entry["words"])
        self.needs: tuple[str, ...] = tuple(entry.get("needs", ()))
        self.strength: float = float(entry.get("strength", 0.5))
        self.body: bool = bool(entry.get("body", False))
        self.positive: tuple[str, ...] = tuple(entry["positive"])
        self.negative: tuple[str, ...] = tuple(entry["negative"])
        self.where = where
        self._trigger = expand(entry["trigger"], macros, f"{where}, trigger")
        self._unless = expand(entry["unless"], macros, f"{where}, unless") if "unless" in entry else ""

    @property
    def in_text(self) -> bool:
        """Whether the rule is tried in later paragraphs: it may speak there and is strong enough."""
        return self.body and self.strength >= LEAST_STRENGTH

    @cached_property
    def trigger(self) -> re.Pattern[str]:
        """The compiled trigger."""
        return compile_pattern(self._trigger, f"{self.where}, trigger")

    @cached_property
    def unless(self) -> re.Pattern[str] | None:
        """The compiled exception, if there is one."""
        return compile_pattern(self._unless, f"{self.where}, unless") if self._unless else None

    def missing(self, text: str, start: int, end: int) -> tuple[str, ...]:
        """Return in words what the match of the trigger at ``start`` to ``end`` lacks; empty if nothing.

        ``text`` is the masked sentence in lower case.
        """
        lacks = []
        for name in self.needs:
            test, sign, words = NEEDS[name]
            if not test(sign, text, start, end):
                lacks.append(words)
        if not lacks and self.unless is not None:
            match = self.unless.search(text)
            if match:
                lacks.append(f"the sentence not to say {match.group()!r}")
        return tuple(lacks)


class Match(NamedTuple):
    """A rule whose trigger matched. It fired if ``missing`` is empty.

    ``sentence`` is the index of the sentence; ``start`` and ``end`` are characters of the document's text,
    ``masked_start`` and ``masked_end`` of the masked sentence ``masked``.
    """

    rule: Rule
    sentence: int
    start: int
    end: int
    masked: Masked
    masked_start: int
    masked_end: int
    missing: tuple[str, ...]


def expand(pattern: str, macros: Mapping[str, str], where: str, within: tuple[str, ...] = ()) -> str:
    """Return ``pattern`` with its ``{NAME}`` replaced; ``within`` are the macros that it is a part of."""

    def replace(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in CLASSES:
            return CLASSES[name]
        if name not in macros:
            raise KnowledgeError(f"unknown macro {{{name}}}", where=where)
        if name in within:
            raise KnowledgeError(f"macro {{{name}}} is a part of itself", where=where)
        return f"(?:{expand(macros[name], macros, where, (*within, name))})"

    return _MACRO.sub(replace, pattern)


def compile_pattern(pattern: str, where: str) -> re.Pattern[str]:
    """Compile ``pattern`` for texts in lower case; a fault in it is a KnowledgeError.

    Searching lower case takes half the time of searching without regard to case.
    """
    try:
        return re.compile(_CAPITAL.sub(lambda found: found[1] or found[2].lower(), pattern))
    except re.error as error:
        raise KnowledgeError(f"not a regular expression: {error}", where=where) from error


def _fault(entry: Mapping[str, Any]) -> tuple[str, str]:
    """Return the key of ``entry`` that is at fault and what is wrong; both are empty if nothing is."""
    for key in sorted(entry.keys() - _KEYS, key=str):
        return str(key), f"unknown key {key!r}"
    for key in sorted(_REQUIRED - entry.keys()):
        return "", f"missing key {key!r}"
    for key in entry:
        if fault := _fault_of_value(key, entry[key]):
            return key, fault
    return "", ""


def _fault_of_value(key: str, value: Any) -> str:
    if key in _LISTS:
        return _fault_of_list(key, value)
    if key == "body":
        return "" if isinstance(value, bool) else "must be true or false"
    if key == "strength":
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return "" if number and 0 <= value <= 1 else "must be a number from 0 to 1"
    if not isinstance(value, str) or not value.strip():
        return "must be a string that is not empty (quote it)"
    return f"unknown event type {value!r}" if key == "type" and value not in TYPES else ""


def _fault_of_list(key: str, value: Any) -> str:
    if not isinstance(value, list) or not (value or key == "needs"):
        return "expected a list that is not empty"
    for entry in value:
        if not isinstance(entry, str) or not entry:
            return f"{entry!r} must be a string that is not empty (quote it)"
        if key == "needs" and entry not in NEEDS:
            return f"unknown need {entry!r}"
        if key == "words" and not _CALL_WORD.fullmatch(entry):
            return f"{entry!r} must be one word, or the beginning of one with * after it"
    return ""


def load_macros(folder: Path = FOLDER) -> dict[str, str]:
    """Read ``macros.yaml``."""
    path = folder / "macros.yaml"
    if not path.exists():
        return {}
    table = parse_table(path.name, read_text(path))
    for name, pattern in table.mapping().items():
        if name in CLASSES or not _MACRO.fullmatch(f"{{{name}}}"):
            raise table.error((name,), "a macro's name is of letters and _, and none of a class of names")
        if not isinstance(pattern, str):
            raise table.error((name,), "must be a pattern (quote it)")
    for name, pattern in table.values.items():
        expand(pattern, table.values, f"{path.name}:{table.lines[(name,)]}: {name}", (name,))
    return table.values


def load_rules(folder: Path = FOLDER) -> tuple[Rule, ...]:
    """Read and check all rules of ``folder``, in the order of the files' names.

    Their expressions are not compiled: see :func:`compile_rules`.
    """
    macros = load_macros(folder)
    rules: dict[str, Rule] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name != "macros.yaml":
            for rule in _read_rules(path, macros):
                if rule.id in rules:
                    raise KnowledgeError(f"duplicate id, first in {rules[rule.id].where}", where=rule.where)
                rules[rule.id] = rule
    return tuple(rules.values())


def _read_rules(path: Path, macros: Mapping[str, str]) -> Iterator[Rule]:
    entries, lines = parse_yaml(path.name, read_text(path))
    if not isinstance(entries, list):
        raise KnowledgeError("expected a list of rules", where=f"{path.name}:1")
    for index, entry in enumerate(entries):
        where = f"{path.name}:{lines[(index,)]}"
        if not isinstance(entry, dict):
            raise KnowledgeError("a rule is a mapping", where=where)
        key, fault = _fault(entry)
        if fault:
            line = lines.get((index, key), lines[(index,)])
            place = f"{path.name}:{line}: {entry.get('id')}"
            raise KnowledgeError(fault, where=f"{place}, {key}" if key else place)
        yield Rule(entry, macros, f"{where}: {entry['id']}")


def compile_rules(rules: Iterable[Rule]) -> None:
    """Compile the expressions of ``rules``, so that a fault shows at once and not at the first sentence."""
    for rule in rules:
        _ = rule.trigger, rule.unless


class RuleBook:
    """The rules, with an index from words to the rules that wait for them."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._exact: dict[str, list[int]] = {}
        self._starts: dict[str, list[int]] = {}
        for index, rule in enumerate(self.rules):
            for word in rule.words:
                table = self._starts if word.endswith("*") else self._exact
                table.setdefault(word.rstrip("*"), []).append(index)
        self._for_body = frozenset(i for i, rule in enumerate(self.rules) if rule.in_text)
        self._lengths = sorted({len(start) for start in self._starts})
        # By word: the rules that it calls in the lead, and those that it calls after it; empty where none.
        self._seen: dict[int, tuple[frozenset[int], ...]] = {}

    def waiting_for(self, word: str) -> frozenset[int]:
        """Return the indexes of the rules that ``word`` (lower case) calls up."""
        found = set(self._exact.get(word, ()))
        for length in self._lengths:
            if length > len(word):
                break
            found.update(self._starts.get(word[:length], ()))
        return frozenset(found)

    def matches(self, doc: Doc, text: str, pieces: tuple[Piece, ...], lead_end: int) -> Iterator[Match]:
        """Yield the matches of all called rules, sentence by sentence, fired or not.

        Of rules in sentences that start after ``lead_end`` only those made for body text are tried, and only
        where the sentence names a vendor that the lead names too.
        """
        starts = doc._.sentence_starts or (0,)
        words, offsets = doc.to_array(LOWER).tolist(), token_starts(doc)
        for sentence in _to_read(starts, pieces, lead_end):
            start = starts[sentence]
            end = starts[sentence + 1] if sentence + 1 < len(starts) else len(text)
            said = words[bisect_left(offsets, start) : bisect_left(offsets, end)]
            called = self._called(said, doc.vocab.strings, after_lead=start >= lead_end)
            if not called:
                continue
            masked = mask(text, start, end, pieces)
            lowered = lower_case(masked.text)
            for index in sorted(called):
                match = _try_rule(self.rules[index], sentence, masked, lowered)
                if match:
                    yield match

    def _called(self, words: Sequence[int], strings: StringStore, *, after_lead: bool) -> frozenset[int]:
        """Return the rules that ``words``, by their hashes in ``strings``, call."""
        if len(self._seen) > 200_000:  # words of a long-running process; about 20 MB
            self._seen = {}
        seen = self._seen
        for word in set(words).difference(seen):
            waiting = self.waiting_for(strings[word])
            seen[word] = (waiting, waiting & self._for_body) if waiting else ()
        return frozenset().union(*[rules[after_lead] for rules in map(seen.__getitem__, words) if rules])


def _to_read(starts: Sequence[int], pieces: tuple[Piece, ...], lead_end: int) -> list[int]:
    """Return the sentences that rules are tried in: those of the lead, and later ones on its vendors."""
    names = [piece for piece in pieces if piece.sign != AUTHORITY]
    leads = {piece.item.vendor_id for piece in names if piece.start < lead_end}
    first = bisect_left(starts, lead_end)
    named = {bisect_right(starts, piece.start) - 1 for piece in names if piece.item.vendor_id in leads}
    return [*range(first), *sorted(sentence for sentence in named if sentence >= first)]


def _try_rule(rule: Rule, sentence: int, masked: Masked, lowered: str) -> Match | None:
    """Return the first full match of ``rule``, or else its first match that lacks something."""
    near: Match | None = None
    for found in rule.trigger.finditer(lowered):
        start, end = found.span("t") if "t" in rule.trigger.groupindex else found.span()
        missing = rule.missing(lowered, start, end)
        match = Match(
            rule, sentence, masked.original(start), masked.original(end), masked, start, end, missing
        )
        if not missing:
            return match
        near = near or match
    return near
