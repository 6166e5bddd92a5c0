"""``newsbeam watch``: the passes of ``newsbeam run`` in a loop."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from newsbeam import metrics
from newsbeam.errors import OutputError, UsageError
from pipelines import exit_codes
from pipelines.request import Report, Request
from pipelines.run import one_pass, write_metrics
from pipelines.signals import finishing

LOG = structlog.get_logger("newsbeam.watch")


def watch(request: Request, every: int, metrics_address: tuple[str, int] | None = None) -> int:
    """Do a pass each ``every`` seconds until told to stop; return 0.

    The first SIGTERM or SIGINT lets the current pass finish, a second ends the process at once. A pass
    that fails is logged, and the next one tries again; wrong configuration ends the loop. So does a sink
    that the first pass finds it cannot write to: later its disk may be full, and have room again.
    """
    latest, first = _Latest(), True
    with finishing() as stop, _serving(latest, metrics_address):
        while not stop.is_set():
            began = time.monotonic()
            report, first = _one_pass(request, first=first), False
            if report.facts:
                latest.facts = report.facts
                write_metrics(request, report)
            elif latest.facts:  # it could not begin: what was known stands
                latest.facts = latest.facts._replace(exit_code=report.exit_code)
            if report.exit_code > exit_codes.DEAD_LETTERS:
                LOG.error("pass failed; the next one tries again", exit=report.exit_code)
            stop.wait(max(0.0, every - (time.monotonic() - began)))
    LOG.info("stopped")
    return exit_codes.OK


def _one_pass(request: Request, *, first: bool) -> Report:
    try:
        return one_pass(request)
    except OutputError as error:
        if first:
            raise
        LOG.error("run failed", why=str(error))  # noqa: TRY400 - its words say it all
        return Report(exit_codes.FAILED, None)


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
