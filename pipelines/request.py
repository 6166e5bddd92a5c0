"""What a pass is asked to do, and what it says of itself."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from newsbeam import metrics
from newsbeam.clock import Clock
from newsbeam.config import Settings
from newsbeam.ledger.intake import MOST_ITEMS


class Request(NamedTuple):
    """What a pass is asked to do.

    ``only`` names feeds by name, URL or id; none means all. ``force`` polls also those that are not due.
    ``beam_args`` are options for Beam. With more than ``most_items`` new ones a pass commits in parts.
    """

    settings: Settings
    clock: Clock
    only: tuple[str, ...] = ()
    force: bool = False
    dry_run: bool = False
    metrics_file: Path | None = None
    beam_args: tuple[str, ...] = ()
    most_items: int = MOST_ITEMS


class Report(NamedTuple):
    """How a pass went. ``facts`` is what metrics are made of; None where nothing is known of the ledger."""

    exit_code: int
    facts: metrics.Facts | None


class Stages:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add what the block takes to the stage ``name``."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began
