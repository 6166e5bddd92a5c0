"""Events in the paragraphs after the lead: by rule only, and only on strong evidence."""

from collections.abc import Iterator, Sequence

from spacy.tokens import Doc

from newsbeam.nlp import axes
from newsbeam.nlp.features import Reading
from newsbeam.nlp.masking import PRODUCT, UNKNOWN, VENDOR
from newsbeam.nlp.mentions import Mention
from newsbeam.nlp.roles import Candidate, body_candidate
from newsbeam.nlp.rules import Match
from newsbeam.taxonomy import family

LEAST_STRENGTH = 0.65  # of a rule that may add an event from the body
ACTOR_REACH = 60  # masked characters between the actor and the trigger
LEAST_CERTAINTY = 0.5  # of a vendor
CONFIDENCE = 0.7  # of a body event, times the strength of its rule
MOST = 4
QUIET = frozenset({"review", "how_to", "deal", "opinion", "roundup"})
# Of a hundred body hits of these, most restate or compare; the lead reports them or nobody does.
LEAD_ONLY = frozenset({"vendor.market_share", "vendor.pricing", "regulatory.platform_ai_rule"})


def body_findings(
    doc: Doc, reading: Reading, known: Sequence[tuple[str, Sequence[str]]], content_type: str
) -> Iterator[tuple[Match, tuple[Candidate, ...], float, bool]]:
    """Yield (match, vendors, confidence, background) of events in the body that the lead does not report.

    ``known`` are the types and vendor ids of the events of title and lead.
    """
    if content_type in QUIET:
        return
    leads = {
        piece.item.vendor_id
        for masked in (reading.title, reading.lead)
        if masked
        for _, piece in masked.places
        if isinstance(piece.item, Mention)
    }
    seen = {(event_type, vendor) for event_type, vendors in known for vendor in vendors}
    types = {event_type for event_type, _ in known}
    count = 0
    for match in sorted(
        (m for m in reading.matches if m.start >= reading.lead_end and not m.missing),
        key=lambda m: m.start,
    ):
        if match.rule.strength < LEAST_STRENGTH or match.rule.type in LEAD_ONLY or count >= MOST:
            continue
        chosen = _actors(match)
        if not chosen or not any(candidate.vendor_id in leads for candidate in chosen):
            continue
        keys = {(match.rule.type, candidate.vendor_id) for candidate in chosen}
        if keys & seen or match.rule.type in types:
            continue
        seen |= keys
        types.add(match.rule.type)
        count += 1
        yield match, chosen, CONFIDENCE * match.rule.strength, _is_background(doc, reading, match)


def _actors(match: Match) -> tuple[Candidate, ...]:
    """Return the vendors around the trigger: the nearest before it, and for deals the one after it."""
    masked = match.masked
    signs = (VENDOR, UNKNOWN, PRODUCT)
    named = [
        (offset, piece)
        for offset, piece in masked.places
        if piece.sign in signs and piece.item.certainty >= LEAST_CERTAINTY
    ]
    before = [(o, p) for o, p in named if match.masked_start - ACTOR_REACH <= o < match.masked_end]
    after = [(o, p) for o, p in named if match.masked_end <= o < match.masked_end + ACTOR_REACH]
    found = before[-1:]
    if match.rule.type in {"vendor.partnership", "vendor.acquisition", "vendor.contract"}:
        found = before[-1:] + after[:1]
    elif family(match.rule.type) == "regulatory":
        found = (before[-1:] + after[:1])[:2]
    chosen = {piece.item.vendor_id: body_candidate(piece, masked, offset) for offset, piece in found}
    return tuple(chosen.values())


def _is_background(doc: Doc, reading: Reading, match: Match) -> bool:
    masked = match.masked
    sentence = reading.text[masked.start : masked.original(len(masked.text))].rstrip()
    span = (match.start - masked.start, match.end - masked.start)
    return axes.background(sentence, span, doc._.published, "text")
