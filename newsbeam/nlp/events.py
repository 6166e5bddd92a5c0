"""The component that finds events: rules and learner on title and lead, rules that it supports elsewhere."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from newsbeam.errors import KnowledgeError
from newsbeam.nlp import axes
from newsbeam.nlp.acting import acting, jurisdiction, nearest, nearest_in_lead
from newsbeam.nlp.body import BodyFinding, Judges, body_findings
from newsbeam.nlp.deciding import NO_TECHNOLOGY, TECHNOLOGY_ONLY, Decision, Raised, decide
from newsbeam.nlp.document import fields_of, text_of
from newsbeam.nlp.encoder import Encoder, Impression
from newsbeam.nlp.features import Reading, extract, read
from newsbeam.nlp.learner import MODEL, Floats, Learner, Row, sigmoid
from newsbeam.nlp.mentions import AuthorityMention, Mention
from newsbeam.nlp.roles import Candidate, assign_roles, candidates, is_subject, role_features
from newsbeam.nlp.rules import Match, RuleBook, load_rules
from newsbeam.nlp.slots import SlotContext, fill
from newsbeam.nlp.topics import LAWSUIT
from newsbeam.nlp.triggers import Trigger, best_match, find_trigger, sentence_around
from newsbeam.nlp.vendors import shipped_catalogue
from newsbeam.nlp.wording import told
from newsbeam.records import LEARNER, Detection, Evidence
from newsbeam.taxonomy import TYPES, family

REACH = 600  # characters of a sentence on either side of the trigger that axes and slots are read from
STRONGEST = 4  # features shown of those that speak for a type
SPOKEN = 60  # features among which its trigger is looked for


class Trace(NamedTuple):
    """Why the events of a document are what they are, for ``explain``.

    ``scores`` are the learner's probabilities by type with the threshold of each; ``fired`` and ``near``
    are the rules that matched: (rule, type, trigger, sentence, what was missing). ``hopeless`` items are
    those where the linear model alone was sure enough that there is no event in title and lead. ``politics``
    is true where a law or rule was held back, since nothing in title and lead is about technology; ``raised``
    says which type was given the score of another.
    """

    scores: tuple[tuple[str, float, float], ...]
    fired: tuple[tuple[str, str, str, str, tuple[str, ...]], ...]
    near: tuple[tuple[str, str, str, str, tuple[str, ...]], ...]
    content_type: str
    hopeless: bool
    politics: bool
    raised: Raised | None

    def why_not(self, event_type: str) -> list[str]:
        """Say what was missing for an event of ``event_type``."""
        said = [
            f"learner{' (the encoder was not asked)' * self.hopeless}: {score:.2f}, needs {threshold:.2f}"
            for name, score, threshold in self.scores
            if name == event_type
        ]
        if self.politics and event_type == TECHNOLOGY_ONLY:
            said.append(f"held back: {NO_TECHNOLOGY}")
        said += [
            f"rule {rule}: {trigger!r} fired, which alone is not enough"
            for rule, name, trigger, *_ in self.fired
            if name == event_type
        ]
        said += [
            f"rule {rule}: {trigger!r} is there, missing {', '.join(missing)}"
            for rule, name, trigger, _, missing in sorted(self.near, key=lambda near: len(near[-1]))
            if name == event_type
        ]
        if len(said) < 2:
            said.append("no rule of this type has its trigger in the text")
        return said


Parties = Callable[[str], tuple[Match | None, list[Candidate]]]


class Finding(NamedTuple):
    """An event that was decided on, before it is dressed as a Detection.

    ``background`` is None where nobody has looked yet whether the fact is old. ``stage_of`` is the type whose
    stages it has: a suit that is told as what it is about stays a suit.
    """

    type: str
    stage_of: str
    confidence: float
    match: Match | None
    trigger: Trigger
    chosen: tuple[Candidate, ...]
    features: tuple[str, ...]
    authority: AuthorityMention | None
    background: bool | None


class EventDetector:
    """Sets ``doc._.events`` and ``doc._.trace``."""

    def __init__(self, book: RuleBook, learner: Learner, encoder: Encoder) -> None:
        self.book = book
        self.learner = learner
        self.encoder = encoder

    def __call__(self, doc: Doc) -> Doc:
        """Find the events of ``doc``, whose sentences and mentions are known."""
        if not len(doc) or not fields_of(doc):
            return doc
        reading = read(doc, self.book)
        row = self.learner.vocabulary.row(extract(reading, doc._.url))
        scores, impression = self._judge(reading, row)
        text = {field.name: reading.text[field.start : field.end] for field in fields_of(doc)}
        title, summary = text.get("title", ""), text.get("summary", "")
        content_type = axes.content_type(title, summary, doc._.url)
        by_title = axes.content_type(title, url=doc._.url) if content_type == "deal" else content_type
        parties = self._parties(doc, reading, impression)
        decision = decide(
            reading,
            scores,
            self.learner.thresholds,
            content_type,
            by_title,
            takes_part=lambda kind: bool(parties(kind)[1]),
        )
        lead = self._lead_findings(reading, row, decision, impression, parties) if impression else []
        known = [finding.type for finding in lead]
        judges = Judges(self._log_odds, self._joined)
        body = [
            self._from_body(reading, finding)
            for finding in body_findings(doc, reading, known, content_type, judges)
        ]
        found = (*lead, *body)
        context = _context(doc, text) if found else SlotContext()
        doc._.events = tuple(_detection(doc, reading, finding, content_type, context) for finding in found)
        doc._.make_trace = partial(
            _trace, reading, scores, decision, content_type, hopeless=impression is None
        )
        return doc

    def _judge(self, reading: Reading, row: Row) -> tuple[Floats, Impression | None]:
        """Return the probability of each type, and what the encoder makes of the item.

        Where the linear model alone is sure that there is no event, the encoder does not read the item.
        """
        linear = self.learner.log_odds(row)
        if linear[:-1].max() < self.learner.hopeless:
            return sigmoid(linear[:-1]), None
        impression = self.encoder.read(self.encoder.encode(reading))
        return self.learner.join(linear, impression.logits), impression

    def _parties(self, doc: Doc, reading: Reading, impression: Impression | None) -> Parties:
        """Return what says, for a type, which rule's match speaks for it and who takes part.

        What the encoder has not read is taken for an item whose names take part: no event comes of it.
        """
        named = candidates(reading)
        said = [impression.takes_part(candidate.named_at()) if impression else 0.0 for candidate in named]

        @cache
        def parties(event_type: str) -> tuple[Match | None, list[Candidate]]:
            match = best_match(reading, event_type, doc._.published)
            return match, self._participants(named, said, event_type, match) if impression else named

        return parties

    def _lead_findings(
        self, reading: Reading, row: Row, decision: Decision, impression: Impression, parties: Parties
    ) -> list[Finding]:
        findings = []
        for event_type, probability in decision.told:
            spoken = self.learner.strongest(row, event_type, SPOKEN)
            strongest = spoken[:STRONGEST]
            raised = decision.raised
            stage_of = raised.wide if raised and event_type == raised.narrow != LAWSUIT else event_type
            by_encoder = impression.logits[TYPES.index(event_type)]
            match, chosen = parties(event_type)
            trigger = find_trigger(reading, match, spoken)
            findings.append(
                Finding(
                    event_type,
                    stage_of,
                    probability,
                    match,
                    trigger,
                    tuple(chosen),
                    (f"encoder {by_encoder:+.2f}", *told(strongest)),
                    acting(reading, event_type, trigger) if family(event_type) == "regulatory" else None,
                    background=None,
                )
            )
        return findings

    def _participants(
        self, named: Sequence[Candidate], said: Sequence[float], event_type: str, match: Match | None
    ) -> list[Candidate]:
        """Return those of ``named`` that take part; ``said`` is what the encoder says of each."""
        scored = []
        for rank, (candidate, encoder) in enumerate(zip(named, said, strict=True)):
            features = role_features(candidate, rank, len(named), event_type, match)
            scored.append((self.learner.takes_part(features, encoder), candidate))
        own_act = family(event_type) == "vendor"
        chosen = [
            candidate
            for score, candidate in scored
            if score >= self.learner.role_threshold or (own_act and is_subject(candidate, match))
        ]
        if not chosen and scored:
            score, candidate = max(scored, key=lambda pair: pair[0])
            if score >= 0.6 * self.learner.role_threshold:
                chosen = [candidate]
        return chosen

    def _log_odds(self, reading: Reading) -> Floats:
        """Return the linear model's log odds that ``reading`` reports an event of each type."""
        return self.learner.log_odds(self.learner.vocabulary.row(extract(reading)))

    def _joined(self, reading: Reading, start: int, linear: Floats) -> Floats:
        """Return the probabilities of each type that both models give the title, from ``start`` on."""
        encoded = self.encoder.encode_part(reading, start, reading.title_end)
        return self.learner.join(linear, self.encoder.read(encoded).logits)

    @staticmethod
    def _from_body(reading: Reading, found: BodyFinding) -> Finding:
        match = found.match
        trigger = Trigger(match.start, match.end, match.rule.id)
        authority = None
        if family(match.rule.type) == "regulatory":
            authority = nearest(match.masked, match.masked_start) or nearest_in_lead(reading, trigger)
        kind = match.rule.type
        return Finding(
            kind, kind, found.confidence, match, trigger, found.chosen, (), authority, found.background
        )


def _context(doc: Doc, text: Mapping[str, str]) -> SlotContext:
    mentions: Sequence[Mention] = doc._.mentions
    listed = shipped_catalogue().vendors
    known = ((m.text, listed[m.vendor_id].country) for m in mentions if m.vendor_id in listed)
    return SlotContext(
        title=text.get("title", ""),
        summary=text.get("summary", ""),
        text=text.get("text", ""),
        published=doc._.published,
        vendors=tuple(dict.fromkeys(m.text for m in mentions if m.kind != "product")),
        products=tuple(dict.fromkeys(m.text for m in mentions if m.kind == "product")),
        homes={name: country for name, country in known if country},
        unknown=tuple(dict.fromkeys(m.text for m in mentions if m.kind == "unknown")),
    )


def _detection(
    doc: Doc, reading: Reading, finding: Finding, content_type: str, context: SlotContext
) -> Detection:
    text = text_of(doc)
    trigger = finding.trigger
    sentence = sentence_around(doc, trigger.start)
    said = text[sentence.start : sentence.end]
    span = (
        trigger.start - sentence.start,
        max(trigger.start, min(trigger.end, sentence.end)) - sentence.start,
    )
    near, at = near_trigger(said, span)
    vendors = assign_roles(finding.type, finding.chosen, trigger.start)
    authority = finding.authority
    code = jurisdiction(reading, authority, sentence.start, sentence.end) if authority else None
    old = finding.background
    state = axes.change_state(near, at, finding.type)
    around = context._replace(jurisdiction=code, scheduled=state == "scheduled")
    slots = fill(finding.type, near, at, around)
    vendors = tuple(vendor for vendor in vendors if vendor.name != slots.person)  # who joins is none
    title = context.title if sentence.field != "title" else ""
    lead = context.summary if sentence.field == "title" else ""
    return Detection(
        type=finding.type,
        vendors=vendors,
        authority=authority.name if authority else None,
        assertion=axes.assertion(near, at, title, lead),
        change_state=state,
        polarity=axes.polarity(near, at, finding.type),
        background=old if old is not None else _is_old(doc, finding, near, at, sentence.field),
        stage=axes.stage(near, at, finding.stage_of),
        content_type=content_type,
        confidence=round(min(0.99, finding.confidence), 2),
        slots=slots,
        evidence=Evidence(
            field=sentence.field,
            sentence=said,
            start=sentence.start - sentence.field_start,
            end=sentence.end - sentence.field_start,
            trigger=text[trigger.start : trigger.end],
            trigger_start=trigger.start - sentence.field_start,
            trigger_end=trigger.end - sentence.field_start,
            rule=trigger.rule or LEARNER,
            features=finding.features,
        ),
    )


def near_trigger(sentence: str, trigger: tuple[int, int]) -> tuple[str, tuple[int, int]]:
    """Return what stands near the trigger, and where it stands in that: no news has longer sentences."""
    begin = max(0, trigger[0] - REACH)
    return sentence[begin : trigger[1] + REACH], (trigger[0] - begin, trigger[1] - begin)


def _is_old(doc: Doc, finding: Finding, sentence: str, span: tuple[int, int], field: str) -> bool:
    """Say whether a sentence restates an older fact; summaries and titles without a rule's word do not."""
    if field == "summary" or (field == "title" and finding.match is None):
        return False
    return axes.background(sentence, span, doc._.published, field)


def _trace(
    reading: Reading, scores: Floats, decision: Decision, content_type: str, *, hopeless: bool
) -> Trace:
    def shown(match: Match) -> tuple[str, str, str, str, tuple[str, ...]]:
        masked = match.masked
        sentence = reading.text[masked.start : masked.original(len(masked.text))].strip()
        return (
            match.rule.id,
            match.rule.type,
            reading.text[match.start : match.end],
            sentence,
            match.missing,
        )

    return Trace(
        tuple(
            (name, round(p, 3), round(t, 3))
            for name, p, t in zip(TYPES, scores.tolist(), decision.thresholds.tolist(), strict=True)
        ),
        tuple(shown(match) for match in reading.matches if not match.missing),
        tuple(shown(match) for match in reading.matches if match.missing),
        content_type,
        hopeless,
        decision.politics,
        decision.raised,
    )


@Language.factory(
    "newsbeam_events",
    assigns=["doc._.events", "doc._.trace"],
    requires=["doc._.mentions", "doc._.authorities"],
)
def make_events(nlp: Language, name: str) -> EventDetector:  # noqa: ARG001  (spaCy's signature)
    """Make the component with the rules and the model that ship with the package."""
    learner, encoder = Learner(), Encoder()
    if learner.encoder != encoder.fingerprint:
        raise KnowledgeError("the linear model was made with another encoder: train again", where=str(MODEL))
    return EventDetector(RuleBook(load_rules()), learner, encoder)
