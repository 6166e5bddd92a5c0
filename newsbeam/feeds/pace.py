"""Politeness: one request at a time and a pause between two, for each host."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

MAX_SPACING = 30.0
"""Seconds; a robots.txt that asks for longer pauses gets this much."""


class Pace:
    """Hands out turns at hosts."""

    def __init__(self, spacing_seconds: float) -> None:
        self._spacing = spacing_seconds
        self._longer: dict[str, float] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._free_at: dict[str, float] = {}

    def lengthen(self, host: str, seconds: float) -> None:
        """Let ``host`` have pauses of at least ``seconds``, within :data:`MAX_SPACING`."""
        self._longer[host] = min(seconds, MAX_SPACING)

    def free_at(self, host: str) -> float:
        """Return when the pause at ``host`` is over, by the clock of the loop; the past where it is."""
        return self._free_at.get(host, 0.0)

    def _pause(self, host: str) -> float:
        return max(0.0, self.free_at(host) - asyncio.get_running_loop().time())

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for the turn at ``host`` and hold it."""
        loop = asyncio.get_running_loop()
        async with self._locks.setdefault(host, asyncio.Lock()):
            if pause := self._pause(host):
                await asyncio.sleep(pause)
            try:
                yield
            finally:
                self._free_at[host] = loop.time() + max(self._spacing, self._longer.get(host, 0.0))
