"""The only place that asks what time it is.

Times inside the program are ISO 8601 strings in UTC with whole seconds (``2021-05-09T00:00:00Z``):
they sort as text, encode the same everywhere and read well in a JSON line.
"""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns an aware UTC datetime. Injected wherever a time is needed."""


def system_clock() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is told otherwise; for replays and tests."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return the time it was told."""
        return self.now


def to_iso(moment: datetime) -> str:
    """Return ``moment`` (naive is taken as UTC) as ``YYYY-MM-DDTHH:MM:SSZ``."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    # No strftime: its %Y does not pad years below 1000 everywhere.
    return aware.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def from_iso(text: str) -> datetime:
    """Return the aware UTC datetime of an ISO 8601 date or date-time; a bare date is midnight UTC.

    Raises ``ValueError`` where ``text`` is neither.
    """
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def from_timestamp(seconds: float) -> datetime:
    """Return the aware UTC datetime of ``seconds`` since 1970."""
    return datetime.fromtimestamp(seconds, UTC)
