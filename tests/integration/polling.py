"""Polls made short: settings for loopback, one pass as a list."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from newsbeam.clock import Clock, FixedClock
from newsbeam.feeds.cursor import Cursor, first_cursor
from newsbeam.feeds.poll import Polled, poll_feeds
from newsbeam.feeds.settings import FeedSettings, HttpSettings

NOW = datetime(2024, 8, 1, 12, tzinfo=UTC)
CLOCK = FixedClock(NOW)


def http(**given: Any) -> HttpSettings:
    """Return settings that let loopback be asked, without pauses."""
    return HttpSettings(**({"allow_private": ("127.0.0.0/8",), "host_spacing_seconds": 0} | given))


def poll_all(
    pairs: Sequence[tuple[FeedSettings, Cursor]],
    settings: HttpSettings,
    clock: Clock = CLOCK,
    resolver: Any = None,
) -> list[Polled]:
    """Return what one pass over ``pairs`` gives, in the order of ``pairs``."""

    async def run() -> list[Polled]:
        return [polled async for polled in poll_feeds(pairs, settings, clock, resolver)]

    order = {feed.feed_id: at for at, (feed, _) in enumerate(pairs)}
    return sorted(asyncio.run(run()), key=lambda polled: order[polled.feed.feed_id])


def poll(
    url: str, cursor: Cursor | None = None, clock: Clock = CLOCK, resolver: Any = None, **given: Any
) -> Polled:
    """Return what one poll of ``url`` gives; ``given`` are settings of HTTP."""
    feed = FeedSettings(url=url, least_interval="5m")
    (polled,) = poll_all([(feed, cursor or first_cursor(feed))], http(**given), clock, resolver)
    return polled
