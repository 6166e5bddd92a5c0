"""What a pass tells Prometheus: written as a text file for the node exporter, or served by `newsbeam watch`.

Counters are totals over all passes, kept in the ledger: they survive the process.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from prometheus_client import CollectorRegistry, write_to_textfile
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from newsbeam import clock
from newsbeam.errors import OutputError
from newsbeam.feeds.cursor import Cursor
from newsbeam.feeds.schedule import HEALTHY
from newsbeam.ledger.runs import Totals
from newsbeam.records import OUTCOMES, Alert

LAG_BUCKETS = (60, 300, 900, 1800, 3600, 7200, 21600, 86400, 604800)
"""Seconds from publication to alert: a feed polled each five minutes should lie in the second."""
STALE_SECONDS = 86400
"""A feed that was not read for a day counts as stale: failing feeds are asked again once a day."""


class Facts(NamedTuple):
    """What the metrics are made of. ``totals`` are the ledger's counters; ``seconds`` is by stage."""

    now: datetime
    exit_code: int
    last_success_at: str | None
    seconds: Mapping[str, float]
    cursors: Mapping[str, Cursor]
    totals: Totals
    dead_letters_open: int


def totals_of(
    counted: Mapping[str, int], alerts: Sequence[Alert], now: datetime
) -> dict[tuple[str, str], float]:
    """Return what (a part of) a pass adds to the counters: ``counted`` by its steps, the alerts it raised."""
    totals: dict[tuple[str, str], float] = {("alerts", ""): float(len(alerts))}
    for name, number in counted.items():
        stem, _, label = name.partition("_")
        if name in OUTCOMES:
            totals["items", name] = number
        elif stem in ("feeds", "changes"):
            totals[stem, label] = number
        elif name in ("items_read", "dead_letters"):
            totals[name, ""] = number
    for lag in _lags(alerts, now):
        totals["lag_sum", ""] = totals.get(("lag_sum", ""), 0.0) + lag
        bucket = next((str(float(bound)) for bound in LAG_BUCKETS if lag <= bound), "+Inf")
        totals["lag", bucket] = totals.get(("lag", bucket), 0.0) + 1
    return totals


def _lags(alerts: Sequence[Alert], now: datetime) -> Iterator[float]:
    """Yield seconds from publication to now; a feed's date in the future gives 0, an undated item nothing."""
    for alert in alerts:
        if alert.event.published_at:
            yield max(0.0, (now - clock.from_iso(alert.event.published_at)).total_seconds())


class _Facts(Collector):
    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def collect(self) -> Iterator[Metric]:
        yield from _pass_metrics(self._facts)
        yield from _feed_metrics(self._facts)
        yield from _counters(self._facts.totals)
        yield _lag(self._facts.totals)


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"newsbeam_{name}", words, value=value)


def _pass_metrics(facts: Facts) -> Iterator[Metric]:
    yield _gauge("last_pass_timestamp_seconds", "When the last pass ended", facts.now.timestamp())
    yield _gauge("last_pass_exit_code", "Exit code of the last pass", facts.exit_code)
    if facts.last_success_at:
        at = clock.from_iso(facts.last_success_at).timestamp()
        yield _gauge("last_success_timestamp_seconds", "When a pass last ended and was committed", at)
    stages = GaugeMetricFamily(
        "newsbeam_stage_seconds", "Duration of the last pass by stage", labels=["stage"]
    )
    for stage, seconds in facts.seconds.items():
        stages.add_metric([stage], seconds)
    yield stages
    yield _gauge("dead_letters_open", "Dead letters nobody has retried", facts.dead_letters_open)


def _feed_metrics(facts: Facts) -> Iterator[Metric]:
    states = GaugeMetricFamily("newsbeam_feeds", "Feeds by state of health", labels=["state"])
    numbers: dict[str, int] = {}
    for cursor in facts.cursors.values():
        numbers[cursor.state] = numbers.get(cursor.state, 0) + 1
    for state, number in sorted(numbers.items()):
        states.add_metric([state], number)
    yield states
    sick = sum(cursor.state not in (*HEALTHY, "new") for cursor in facts.cursors.values())
    yield _gauge("feeds_unhealthy", "Feeds in another state than ok, empty, undated or new", sick)
    read = [cursor.last_success_at for cursor in facts.cursors.values()]
    ages = [(facts.now - clock.from_iso(at)).total_seconds() for at in read if at]
    stale = sum(age > STALE_SECONDS for age in ages) + sum(not at for at in read)
    yield _gauge("feeds_stale", "Feeds not read for a day, or never", stale)
    yield _gauge("feed_oldest_success_seconds", "Longest time since a feed was read", max(ages, default=0.0))


_COUNTERS = (
    ("passes", "Passes committed", ""),
    ("items_read", "Items that entered the graph", ""),
    ("items", "Items by how they ended", "outcome"),
    ("alerts", "Alerts raised", ""),
    ("dead_letters", "Dead letters written", ""),
    ("feeds", "Polls of feeds by outcome", "outcome"),
    ("changes", "Entries of feeds by what became of them", "kind"),
)


def _counters(totals: Totals) -> Iterator[Metric]:
    for name, words, label in _COUNTERS:
        shown = "polls" if name == "feeds" else name
        family = CounterMetricFamily(f"newsbeam_{shown}", words, labels=[label] if label else [])
        for (found, value), number in sorted(totals.items()):
            if found == name:
                family.add_metric([value] if label else [], number)
        yield family


def _lag(totals: Totals) -> Metric:
    buckets, passed = [], 0.0
    for bound in [*(str(float(bound)) for bound in LAG_BUCKETS), "+Inf"]:
        passed += totals.get(("lag", bound), 0.0)
        buckets.append((bound, passed))
    lag = HistogramMetricFamily("newsbeam_alert_lag_seconds", "From an item's publication to its alert")
    lag.add_metric([], buckets, totals.get(("lag_sum", ""), 0.0))
    return lag


def registry(facts: Facts) -> CollectorRegistry:
    """Return a registry that answers with ``facts``."""
    made = CollectorRegistry()
    made.register(_Facts(facts))
    return made


def write_file(path: Path, facts: Facts) -> None:
    """Write ``facts`` for the textfile collector, in one step; raises :class:`OutputError`."""
    try:
        write_to_textfile(str(path), registry(facts))
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror}", where=str(path)) from error
