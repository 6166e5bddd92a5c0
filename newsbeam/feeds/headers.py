"""What response headers say about when to come back."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_SECONDS = 86_400
"""Nothing that a server says keeps us away for longer than a day."""

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,12})", re.IGNORECASE)
_NO_CACHE = re.compile(r"(?:^|[,\s])(?:no-cache|no-store)\b", re.IGNORECASE)


def retry_after(headers: Mapping[str, str], now: datetime) -> int | None:
    """Return the seconds of the Retry-After header (a number or a date), at most a day; None without one."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isascii() and value.isdigit():
        return min(int(value[:12]), MAX_SECONDS)
    moment = http_date(value)
    return None if moment is None else _clipped((moment - now).total_seconds())


def fresh_seconds(headers: Mapping[str, str], now: datetime) -> int:
    """Return how long the answer stays fresh by Cache-Control or Expires, in seconds, at most a day.

    0 where it says nothing, or that it must not be kept. Age is taken off; where the server's Date is
    known, Expires counts from that, so that wrong clocks cancel out.
    """
    control = headers.get("cache-control", "")
    if _NO_CACHE.search(control):
        return 0
    age = headers.get("age", "").strip()
    old = int(age[:9]) if age.isascii() and age.isdigit() else 0
    found = _MAX_AGE.search(control)
    if found:
        return _clipped(int(found[1]) - old)
    expires = http_date(headers.get("expires", ""))
    if expires is None:
        return 0
    return _clipped((expires - (http_date(headers.get("date", "")) or now)).total_seconds() - old)


def http_date(value: str) -> datetime | None:
    """Return the aware UTC datetime of an HTTP date; None where it is none (``Expires: 0`` is common)."""
    try:
        moment = parsedate_to_datetime(value[:64])
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _clipped(seconds: float) -> int:
    return int(min(max(seconds, 0), MAX_SECONDS))
