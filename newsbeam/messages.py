"""Records as the JSON objects that leave the program; their schemas are in newsbeam/schemas/.

One record is one line of JSON: UTF-8, keys in a fixed order, absent slots left out.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from newsbeam.records import Alert, DeadLetter, Detection, Event, EventCount, Outcome, Slots

Message = dict[str, Any]


def detection_message(seen: Detection) -> Message:
    """Return ``{type, vendors, …, evidence, …slots}``; slots that are None are left out."""
    return {
        "type": seen.type,
        "vendors": [vendor._asdict() for vendor in seen.vendors],
        "authority": seen.authority,
        "assertion": seen.assertion,
        "confidence": seen.confidence,
        "background": seen.background,
        "polarity": seen.polarity,
        "change_state": seen.change_state,
        "stage": seen.stage,
        "content_type": seen.content_type,
        "evidence": seen.evidence._asdict() | {"features": list(seen.evidence.features)},
        **slots_message(seen.slots),
    }


def slots_message(slots: Slots) -> Message:
    """Return the slots that are there; whole amounts are printed as integers."""
    return {name: _plain(value) for name, value in slots._asdict().items() if value is not None}


def _plain(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        return {key: _plain(inner) for key, inner in value._asdict().items()}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def event_message(event: Event) -> Message:
    """Return an event as one flat object: its ids and source, then its detection."""
    head = {key: value for key, value in event._asdict().items() if key != "detection"}
    return head | detection_message(event.detection)


def alert_message(alert: Alert) -> Message:
    """Return an alert with its whole event inside."""
    head = {key: value for key, value in alert._asdict().items() if key != "event"}
    return {"schema": "newsbeam.alert/1", **head, "event": event_message(alert.event)}


def count_message(count: EventCount) -> Message:
    """Return a count."""
    return count._asdict()


def dead_letter_message(letter: DeadLetter) -> Message:
    """Return a dead letter."""
    return letter._asdict()


def outcome_message(outcome: Outcome) -> Message:
    """Return an outcome."""
    return outcome._asdict()


MESSAGES: Mapping[str, Callable[[Any], Message]] = {
    "alerts": alert_message,
    "events": event_message,
    "counts": count_message,
    "dead_letters": dead_letter_message,
    "outcomes": outcome_message,
}
"""How the records of each stream become messages."""

SORT_KEYS: Mapping[str, tuple[str, ...]] = {
    "alerts": ("event.event_time", "event.item_id", "event.evidence.start", "alert_id"),
    "events": ("event_time", "item_id", "event_id"),
    "counts": ("window_start", "vendor", "type"),
    "dead_letters": ("step", "source", "item_id", "dead_letter_id"),
    "outcomes": ("item_id",),
}
"""By what the lines of each stream are sorted where a whole run is written at once."""


def sort_key(stream: str, message: Message) -> tuple[str, ...]:
    """Return what ``message`` is sorted by within its stream, as text."""
    return tuple(_at(message, path) for path in SORT_KEYS[stream])


def _at(message: Message, path: str) -> str:
    value: Any = message
    for key in path.split("."):
        value = value[key]
    return f"{value:08d}" if isinstance(value, int) else str(value)


def to_line(message: Message) -> str:
    """Return ``message`` as one line of JSON with its newline."""
    return json.dumps(message, ensure_ascii=False, separators=(", ", ": ")) + "\n"
