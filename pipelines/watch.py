"""``newsbeam watch``: the passes of ``newsbeam run`` in a loop."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from newsbeam import metrics
from newsbeam.errors import UsageError
from pipelines import exit_codes
from pipelines.run import Request, one_pass, write_metrics

LOG = structlog.get_logger("newsbeam.watch")
STOPS = (signal.SIGTERM, signal.SIGINT)


def watch(request: Request, every: int, metrics_address: tuple[str, int] | None = None) -> int:
    """Do a pass each ``every`` seconds until told to stop; return 0.

    The first SIGTERM or SIGINT lets the current pass finish, a second ends the process at once. A pass
    that fails is logged, and the next one tries again; wrong configuration ends the loop.
    """
    latest = _Latest()
    with _stopping() as stop, _serving(latest, metrics_address):
        while not stop.is_set():
            began = time.monotonic()
            report = one_pass(request)
            if report.facts:
                latest.facts = report.facts
                write_metrics(request, report)
            if report.exit_code > exit_codes.DEAD_LETTERS:
                LOG.error("pass failed; the next one tries again", exit=report.exit_code)
            stop.wait(max(0.0, every - (time.monotonic() - began)))
    LOG.info("stopped")
    return exit_codes.OK


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Yield an event that the first signal to stop sets; the second ends the process."""
    stop = threading.Event()

    def heard(number: int, _: FrameType | None) -> None:
        if stop.is_set():
            os._exit(128 + number)  # nothing is half done that the next pass does not do again
        stop.set()

    before = {number: signal.signal(number, heard) for number in STOPS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Latest(Collector):
    """Answers a scrape with the facts of the last pass."""

    def __init__(self) -> None:
        self.facts: metrics.Facts | None = None

    def collect(self) -> Iterator[Metric]:
        if self.facts:
            yield from metrics.registry(self.facts).collect()

    def describe(self) -> list[Metric]:
        return []


@contextmanager
def _serving(latest: _Latest, address: tuple[str, int] | None) -> Iterator[None]:
    """Serve metrics on ``address`` (host, port) over HTTP."""
    if address is None:
        yield
        return
    registry = CollectorRegistry()
    registry.register(latest)
    host, port = address
    try:
        started: Any = start_http_server(port, host, registry)
    except OSError as error:
        raise UsageError(f"cannot serve metrics: {error.strerror}", where=f"{host}:{port}") from error
    server, thread = started
    LOG.info("serving metrics", address=f"{host}:{server.server_port}")
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
