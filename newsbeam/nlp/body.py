"""Events in the text of an article: by rule, where the models do not object.

Title and lead decide. A sentence of the lead adds an event where the linear model does not object; one of a
later paragraph only if the models by themselves would nearly take it for an event of the type, and so the
title alone, where the lead speaks of other things. The encoder is asked where the linear model is not sure.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from spacy.tokens import Doc

from newsbeam.nlp import axes
from newsbeam.nlp.document import fields_of
from newsbeam.nlp.features import Reading
from newsbeam.nlp.learner import Floats
from newsbeam.nlp.masking import AUTHORITY, PRODUCT, UNKNOWN, VENDOR
from newsbeam.nlp.mentions import Mention
from newsbeam.nlp.roles import Candidate, body_candidate
from newsbeam.nlp.rules import LEAST_STRENGTH, Match
from newsbeam.taxonomy import PRECEDENCE, TYPES, family

ACTOR_REACH = 90  # masked characters between the actor and the trigger
LEAST_CERTAINTY = 0.5  # of a vendor
CONFIDENCE = 0.7  # of an event in the text, times the strength of its rule
MOST = 3
# Least log odds by the linear model that the sentence alone reports the type: in the lead for an act of an
# authority, which often stands in a side clause, and for what a vendor did; then for later paragraphs. There
# the encoder is asked where it is not sure, and both must give LEAST_PROBABILITY: right ones had .24.
ACT_IN_LEAD, DEED_IN_LEAD, LEAST_ODDS, SURE_ODDS = -5.5, -2.0, -2.25, -0.6
LEAST_PROBABILITY = 0.15
QUIET = frozenset({"review", "how_to", "deal", "opinion", "roundup"})
# These restate or compare when they stand in later paragraphs; the lead reports them or nobody does.
LEAD_ONLY = frozenset({"vendor.market_share", "vendor.pricing", "regulatory.platform_ai_rule"})
VAGUE = frozenset({"government", "generic"})
WITH_BOTH = frozenset({"vendor.partnership", "vendor.acquisition", "vendor.contract"})
_RANK = {name: rank for rank, name in enumerate(PRECEDENCE)}


class BodyFinding(NamedTuple):
    """An event of the text that title and lead do not report."""

    match: Match
    chosen: tuple[Candidate, ...]
    confidence: float
    background: bool


class Judges(NamedTuple):
    """What the models say of a sentence that is read as a title.

    ``linear`` gives the log odds of each type by the linear model, ``joined`` the probabilities from these
    and the encoder, which reads from a character on.
    """

    linear: Callable[[Reading], Floats]
    joined: Callable[[Reading, int, Floats], Floats]


def body_findings(
    doc: Doc, reading: Reading, known: Sequence[str], content_type: str, judges: Judges
) -> Iterator[BodyFinding]:
    """Yield the events of the field ``text``, beside those of the types ``known`` from title and lead."""
    start = next((field.start for field in fields_of(doc) if field.name == "text"), None)
    if start is None or content_type in QUIET:
        return
    leads = _named_in_lead(reading)
    found: dict[str, list[BodyFinding]] = {}
    for match in _of_each_sentence(reading, start, known):
        chosen = _actors(match)
        if any(candidate.vendor_id in leads for candidate in chosen):
            finding = BodyFinding(
                match, chosen, CONFIDENCE * match.rule.strength, _is_background(doc, reading, match)
            )
            found.setdefault(match.rule.type, []).append(finding)
    said = _Said(reading, judges)
    best = map(said.best, found.values())
    likely = sorted((finding for finding in best if finding), key=_order)[:MOST]
    yield from sorted(likely, key=lambda finding: finding.match.start)


class _Said:
    """What the models say of the sentences of one document; each is asked once about a sentence."""

    def __init__(self, reading: Reading, judges: Judges) -> None:
        self.reading = reading
        self.judges = judges
        self.linear: dict[int, Floats] = {}  # by sentence
        self.joined: dict[int, Floats] = {}  # by where it is read from

    def best(self, findings: Sequence[BodyFinding]) -> BodyFinding | None:
        """Return the first of ``findings``, all of one type, that is likely; news comes before old facts.

        Of what a vendor did, findings that the encoder must be asked about come after the others: it takes
        time. An act is told by the sentence that best names who acts.
        """
        for _, alike in groupby(sorted(findings, key=_order), key=lambda finding: finding.background):
            doubtful = []
            for finding in alike:
                if family(finding.match.rule.type) == "vendor" and self._is_doubtful(finding.match):
                    doubtful.append(finding)
                elif self._is_likely(finding.match):
                    return finding
            for finding in doubtful:
                if self._is_likely(finding.match):
                    return finding
        return None

    def _is_likely(self, match: Match) -> bool:
        odds = self._odds(match)
        if self._is_lead(match):
            return odds >= (ACT_IN_LEAD if family(match.rule.type) == "regulatory" else DEED_IN_LEAD)
        if not self._is_doubtful(match):
            return odds >= SURE_ODDS
        begin = _begin(self.reading, match)
        if begin not in self.joined:
            sentence = _sentence(self.reading, match)
            self.joined[begin] = self.judges.joined(sentence, begin, self._linear(match))
        return bool(self.joined[begin][TYPES.index(match.rule.type)] >= LEAST_PROBABILITY)

    def _is_doubtful(self, match: Match) -> bool:
        return not self._is_lead(match) and LEAST_ODDS <= self._odds(match) < SURE_ODDS

    def _is_lead(self, match: Match) -> bool:
        return self.reading.title_end <= match.start < self.reading.lead_end

    def _odds(self, match: Match) -> float:
        return float(self._linear(match)[TYPES.index(match.rule.type)])

    def _linear(self, match: Match) -> Floats:
        """Return the log odds of each type by the linear model, for the sentence of ``match``."""
        if match.sentence not in self.linear:
            self.linear[match.sentence] = self.judges.linear(_sentence(self.reading, match))
        return self.linear[match.sentence]


def _begin(reading: Reading, match: Match) -> int:
    """Return where to begin to read the sentence of ``match``: not too far before the trigger, at a word."""
    begin = max(match.masked.start, match.start - ACTOR_REACH)
    while begin > match.masked.start and reading.text[begin - 1].isalnum():
        begin -= 1
    return begin


def _sentence(reading: Reading, match: Match) -> Reading:
    """Return the sentence of ``match`` as if it were a title."""
    end = match.masked.original(len(match.masked.text))
    matches = tuple(other for other in reading.matches if other.sentence == match.sentence)
    return reading._replace(title=match.masked, lead=None, title_end=end, lead_end=end, matches=matches)


def _named_in_lead(reading: Reading) -> set[str]:
    return {
        piece.item.vendor_id
        for masked in (reading.title, reading.lead)
        if masked
        for _, piece in masked.places
        if isinstance(piece.item, Mention)
    }


def _of_each_sentence(reading: Reading, start: int, known: Sequence[str]) -> Iterator[Match]:
    """Yield the matches that may speak for a sentence of the text or for the title.

    Where another type speaks for it, a launch does not.
    """
    by_sentence: dict[int, list[Match]] = {}
    for match in reading.matches:
        here = match.start >= start or match.start < reading.title_end
        if here and not match.missing and match.rule.strength >= LEAST_STRENGTH:
            by_sentence.setdefault(match.sentence, []).append(match)
    for matches in by_sentence.values():
        types = {match.rule.type for match in matches}
        regulatory = sorted(types & _RANK.keys(), key=lambda name: _RANK[name])
        for match in matches:
            kind = match.rule.type
            if (
                not match.rule.body
                or kind in known
                or kind in LEAD_ONLY
                or (kind == "vendor.product_launch" and len(types) > 1)
                or (kind in _RANK and kind != regulatory[0])
            ):
                continue
            yield match


def _order(finding: BodyFinding) -> tuple[bool, int, float, int, int]:
    """Order findings of one type: news first, then what names the acting body, then strong rules, then more
    parties.
    """
    match = finding.match
    vague = 0
    if family(match.rule.type) == "regulatory":
        kinds = [p.item.kind for _, p in match.masked.places if p.sign == AUTHORITY]
        vague = 2 if not kinds else int(all(kind in VAGUE for kind in kinds))
    return finding.background, vague, -match.rule.strength, -len(finding.chosen), match.start


def _actors(match: Match) -> tuple[Candidate, ...]:
    """Return the vendors around the trigger: the nearest before it, and for deals the one after it.

    A product after it is what a deal or an order is about, its maker no party.
    """
    masked = match.masked
    named = [
        (offset, piece)
        for offset, piece in masked.places
        if piece.sign in {VENDOR, UNKNOWN, PRODUCT} and piece.item.certainty >= LEAST_CERTAINTY
    ]
    before = [(o, p) for o, p in named if match.masked_start - ACTOR_REACH <= o < match.masked_end]
    reach = match.masked_end + ACTOR_REACH
    after = [(o, p) for o, p in named if match.masked_end <= o < reach and p.sign != PRODUCT]
    both = match.rule.type in WITH_BOTH or family(match.rule.type) == "regulatory"
    found = before[-1:] + (after[:1] if both else [])
    chosen = {piece.item.vendor_id: body_candidate(piece, masked, offset) for offset, piece in found}
    return tuple(chosen.values())


def _is_background(doc: Doc, reading: Reading, match: Match) -> bool:
    masked = match.masked
    sentence = reading.text[masked.start : masked.original(len(masked.text))].rstrip()
    span = (match.start - masked.start, match.end - masked.start)
    field = "title" if match.start < reading.title_end else "text"
    return axes.background(sentence, span, doc._.published, field)
