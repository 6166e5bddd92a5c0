"""Events made by hand and a source that drives the graph without end."""

from collections.abc import Sequence
from datetime import UTC, datetime

from newsbeam.clock import to_iso
from newsbeam.records import Article, Detection, Evidence, ItemEvents, Slots, VendorRole, to_event

DAY = 86400
LAUNCH = "vendor.product_launch"


def article(item_id: str, at: int, title: str = "Xiaomi launches a phone") -> Article:
    """Return an article published ``at`` seconds since 1970."""
    when = to_iso(datetime.fromtimestamp(at, UTC))
    return Article(
        item_id, item_id, "test", f"https://a.example/{item_id}", title, "", "", "feed", when, "feed", when,
        when, "",
    )  # fmt: skip


def detection(vendors: Sequence[str] = ("xiaomi",), event_type: str = LAUNCH) -> Detection:
    """Return a confirmed detection of ``event_type`` by ``vendors``."""
    return Detection(
        type=event_type,
        vendors=tuple(VendorRole(v, v.title(), v.title(), "actor") for v in vendors),
        authority=None,
        assertion="confirmed",
        change_state="announced",
        polarity="positive",
        background=False,
        stage=None,
        content_type="news",
        confidence=0.9,
        slots=Slots(),
        evidence=Evidence("title", "Xiaomi launches a phone", 0, 23, "launches", 7, 15, "test"),
    )


def item_events(item_id: str, at: int, *detections: Detection) -> ItemEvents:
    """Return the events of one article published ``at``."""
    source = article(item_id, at)
    events = tuple(to_event(source, found) for found in detections or (detection(),))
    return ItemEvents(item_id, source.event_time, events)
