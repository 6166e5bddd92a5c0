"""Event-time windows and the keys that are counted in them."""

import re
from datetime import UTC, datetime, timedelta

from newsbeam.clock import to_iso
from newsbeam.records import Event, EventCount, digest

_DURATION = re.compile(r"(\d+)\s*([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def parse_duration(text: str) -> int:
    """Return the seconds of a duration such as ``30s``, ``5m``, ``6h``, ``1d`` or ``2w``.

    Raises ``ValueError`` where ``text`` is none.
    """
    found = _DURATION.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is no duration; write a whole number and s, m, h, d or w, such as 1d")
    return int(found[1]) * _SECONDS[found[2]]


def window_bounds(moment: datetime, seconds: int) -> tuple[str, str]:
    """Return start and end (exclusive), ISO 8601, of the window of ``seconds`` that ``moment`` lies in."""
    start = moment.timestamp() // seconds * seconds
    return _iso(start), _iso(start + seconds)


def count_keys(event: Event) -> list[tuple[str, str]]:
    """Return the (vendor id, type) keys under which ``event`` counts.

    Background facts count under none. An event that names no vendor counts under ``-``.
    """
    seen = event.detection
    if seen.background:
        return []
    return [(vendor, seen.type) for vendor in sorted({v.id for v in seen.vendors}) or ["-"]]


def make_count(
    start_seconds: float, end_seconds: float, key: tuple[str, str], mentions: int, events: int
) -> EventCount:
    """Return the count of ``key`` in the window [start, end) given in seconds since 1970 UTC."""
    start, end = _iso(start_seconds), _iso(end_seconds)
    vendor, event_type = key
    return EventCount(
        digest(start, end, vendor, event_type), start, end, vendor, event_type, mentions, events
    )


def _iso(seconds: float) -> str:
    return to_iso(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))
