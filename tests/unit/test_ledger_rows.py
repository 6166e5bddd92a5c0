"""Records as text and back."""

import json

import pytest

from newsbeam.errors import LedgerError
from newsbeam.feeds.cursor import Cursor
from newsbeam.ledger.engine import connect, shown
from newsbeam.ledger.rows import from_text, to_text
from newsbeam.ledger.settings import LedgerSettings
from newsbeam.policies import Policy, raise_alerts
from newsbeam.records import Alert, Event, Money
from tests.pipelines.streams import detection, item_events


def _event() -> Event:
    seen = detection()
    slots = seen.slots._replace(amount=Money(1.5e9, "EUR", "€1.5bn"), headcount=3)
    evidence = seen.evidence._replace(features=("a", "b"))
    return item_events("item", 0, seen._replace(slots=slots, evidence=evidence)).events[0]


def test_an_event_and_an_alert_come_back_as_they_were() -> None:
    """Nested records, tuples, numbers and absent slots too."""
    event = _event()
    assert event == from_text(Event, to_text(event))
    (alert,), _ = raise_alerts((Policy(),), event)
    assert alert == from_text(Alert, to_text(alert))


def test_a_cursor_of_another_version_is_read_as_far_as_it_goes() -> None:
    """New fields take their defaults, fields that are no more are dropped."""
    text = json.dumps({"feed_id": "f", "etag": "x", "no_longer": 1})
    assert Cursor("f", etag="x") == from_text(Cursor, text)


def test_a_password_in_the_ledgers_url_is_never_shown() -> None:
    """Neither by name nor in the repr of the settings."""
    url = "postgresql://me:secret@db.example/news"
    assert "secret" not in shown(url)
    assert "secret" not in repr(LedgerSettings(url=url))


@pytest.mark.parametrize("url", ["mysql://host/name", "no url", "oracle://x"])
def test_other_databases_are_refused(url: str) -> None:
    """With the names of those that will do."""
    with pytest.raises(ValueError, match="sqlite"):
        LedgerSettings(url=url)


def test_a_driver_that_is_missing_is_named() -> None:
    """With the words to install it."""
    with pytest.raises(LedgerError, match="driver"):
        connect("postgresql+nosuchdriver://host/name")
