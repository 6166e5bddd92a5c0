"""The records that travel through the graph, and their ids.

All are ``typing.NamedTuple`` of plain values, so that Beam's RowCoder can carry them and any JSON
library can print them. Every id is a function of content: a second run over the same input gives
the same ids. Times are ISO 8601 strings in UTC (see :mod:`newsbeam.clock`).
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Optional

TAXONOMY_VERSION = 1

# Optional[...] instead of "| None": Beam's schema inference reads only the former from a NamedTuple.
# ruff: noqa: UP045


class FeedItem(NamedTuple):
    """One item as retrieved: nothing extracted, nothing cleaned.

    ``content`` is HTML or plain text as ``content_type`` says (``text/html``, ``text/plain``).
    ``published_at`` is None where the source gives no date; ``date_source`` says where it came from:
    ``feed``, ``page``, ``manifest`` or ``none``. ``text_source`` says what ``content`` is:
    ``document`` (seed), ``feed`` (full text in the feed), ``page`` (fetched), ``summary``.
    """

    item_id: str
    source: str
    url: str
    title: str
    summary: str
    content: str
    content_type: str
    text_source: str
    published_at: Optional[str]
    date_source: str
    fetched_at: str


class Article(NamedTuple):
    """An item after extraction: title, summary and body text without furniture, in plain text.

    Paragraphs of ``text`` are separated by one newline. ``event_time`` is ``published_at``, or
    ``fetched_at`` where the item is undated. ``content_hash`` is over title, summary and text.
    """

    article_id: str
    item_id: str
    source: str
    url: str
    title: str
    summary: str
    text: str
    text_source: str
    published_at: Optional[str]
    date_source: str
    fetched_at: str
    event_time: str
    content_hash: str


class VendorRole(NamedTuple):
    """A vendor taking part in an event.

    ``role`` is ``actor`` (who did it), ``target`` (who it was done to) or ``party`` (side by side, as
    in a partnership). ``id`` is a catalogue id, or ``~`` and a slug for a vendor that no catalogue
    lists and that was found from context. ``matched_text`` is what stands in the text.
    """

    id: str
    name: str
    matched_text: str
    role: str


class Money(NamedTuple):
    """An amount: ``value`` in whole units of ``currency`` (ISO 4217), ``raw`` as written."""

    value: float
    currency: str
    raw: str


class Slots(NamedTuple):
    """What else the sentence says; None where it does not."""

    amount: Optional[Money] = None
    amount_converted: Optional[Money] = None
    percent: Optional[str] = None
    headcount: Optional[int] = None
    product: Optional[str] = None
    person: Optional[str] = None
    position: Optional[str] = None
    place: Optional[str] = None
    country: Optional[str] = None
    period: Optional[str] = None
    effective_date: Optional[str] = None
    jurisdiction: Optional[str] = None


LEARNER = "learner"  # stands for the rule where there is none


class Evidence(NamedTuple):
    """Why an event was seen. Offsets count characters in the named field of the article.

    ``field`` is ``title``, ``summary`` or ``text``. ``rule`` is the id of the rule that fired, or
    ``learner`` where only the trained model saw it. ``features`` are the strongest reasons, as text.
    """

    field: str
    sentence: str
    start: int
    end: int
    trigger: str
    trigger_start: int
    trigger_end: int
    rule: str
    features: Sequence[str] = ()


class Detection(NamedTuple):
    """An event as the nlp pipeline sees it in one document, before it is tied to an article.

    ``type`` is a name of the taxonomy. ``assertion`` is ``confirmed`` or ``rumor``; ``polarity`` is
    ``positive`` or ``negative``; ``confidence`` is a number in 0..1 with two decimals.
    """

    type: str
    vendors: Sequence[VendorRole]
    authority: Optional[str]
    assertion: str
    change_state: str
    polarity: str
    background: bool
    stage: Optional[str]
    content_type: str
    confidence: float
    slots: Slots
    evidence: Evidence


class Event(NamedTuple):
    """A detection tied to its article: what the events stream carries."""

    event_id: str
    story_id: str
    article_id: str
    item_id: str
    source: str
    url: str
    title: str
    published_at: Optional[str]
    date_source: str
    event_time: str
    taxonomy_version: int
    detection: Detection


class ItemEvents(NamedTuple):
    """All events of one item, in order of appearance; none where nothing was detected. Carries no text."""

    item_id: str
    event_time: str
    events: Sequence[Event]


class Alert(NamedTuple):
    """What an operator or a downstream system is told.

    ``action`` is ``new``, ``update`` or ``cancel``; ``revision`` counts from 1 within a story.
    ``reason`` says in words why the policy let it through.
    """

    alert_id: str
    policy: str
    action: str
    revision: int
    reason: str
    event: Event


class EventCount(NamedTuple):
    """Totals for one vendor and type in one window; a later line for the same key replaces it.

    ``mentions`` counts articles, ``events`` counts stories. ``vendor`` is a vendor id, or ``-`` for
    events that name none. Window bounds are event time, end exclusive.
    """

    count_id: str
    window_start: str
    window_end: str
    vendor: str
    type: str
    mentions: int
    events: int


class DeadLetter(NamedTuple):
    """An expected failure as data: enough to understand it and to try again.

    ``step`` is the label of the step that failed, ``input`` the start of what it was given (see
    :data:`INPUT_LIMIT`), ``item_id`` the item it belongs to, or an empty string for what is no item.
    """

    dead_letter_id: str
    step: str
    source: str
    item_id: str
    error_type: str
    message: str
    input: str


class Outcome(NamedTuple):
    """How one item ended: ``outcome`` is one of :data:`OUTCOMES`, ``by`` says by what."""

    item_id: str
    outcome: str
    by: str


OUTCOMES = ("alerted", "no_event", "suppressed", "duplicate", "dead_letter")
INPUT_LIMIT = 2000  # characters of the input kept in a dead letter


def digest(*parts: str) -> str:
    """Return 16 hex digits over ``parts``; parts are length-prefixed, so no two lists collide by joining."""
    sha = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        sha.update(b"%d:" % len(data))
        sha.update(data)
    return sha.hexdigest()[:16]


def main_vendor(vendors: Iterable[VendorRole]) -> str:
    """Return the id of the vendor an event is about: the first actor, else party, else target."""
    ordered = sorted(vendors, key=lambda v: ("actor", "party", "target").index(v.role))
    return ordered[0].id if ordered else "-"


def main_slot(detection: Detection) -> str:
    """Return what tells apart two events of one type and vendor in one article."""
    slots = detection.slots
    if slots.amount:
        return f"{slots.amount.value:.0f} {slots.amount.currency}"
    return slots.product or slots.person or slots.place or slots.percent or ""


def to_event(article: Article, detection: Detection) -> Event:
    """Tie ``detection`` to its article. The story of an event that nothing groups is the event itself."""
    event_id = digest(
        article.article_id, detection.type, main_vendor(detection.vendors), main_slot(detection)
    )
    return Event(
        event_id=event_id,
        story_id=event_id,
        article_id=article.article_id,
        item_id=article.item_id,
        source=article.source,
        url=article.url,
        title=article.title,
        published_at=article.published_at,
        date_source=article.date_source,
        event_time=article.event_time,
        taxonomy_version=TAXONOMY_VERSION,
        detection=detection,
    )


def dead_letter(step: str, source: str, error: BaseException, given: str, item_id: str = "") -> DeadLetter:
    """Make the dead letter of ``error`` raised by ``step`` on ``given``."""
    return DeadLetter(
        dead_letter_id=digest(step, source, item_id, type(error).__name__, str(error), given),
        step=step,
        source=source,
        item_id=item_id,
        error_type=type(error).__name__,
        message=str(error),
        input=given[:INPUT_LIMIT],
    )
