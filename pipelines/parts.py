"""A pass over the feeds that are due, in parts where it finds more than is held in memory at once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import structlog
from sqlalchemy import Engine

from newsbeam import clock, metrics
from newsbeam.feeds.cursor import Cursor
from newsbeam.feeds.poll import due_feeds
from newsbeam.feeds.settings import FeedSettings
from newsbeam.ledger import runs
from newsbeam.ledger.begun import abandon, begin
from newsbeam.ledger.intake import Plan
from newsbeam.ledger.items import cursors, staged_feeds
from newsbeam.ledger.streams import DELIVERED_STREAMS, pending
from newsbeam.records import OUTCOMES, Alert
from pipelines.request import Request, Stages

LOG = structlog.get_logger("newsbeam.run")

Due = Sequence[tuple[FeedSettings, Cursor]]


class Part(NamedTuple):
    """What one run of the graph did: ``polled`` are sources by feed id, ``left`` is what is still due."""

    counted: Mapping[str, int]
    alerts: Sequence[Alert]
    polled: Mapping[str, str]
    left: Due


class Done(NamedTuple):
    """What all parts did together: ``last`` is the one that is not committed yet, ``due`` counts feeds."""

    due: int
    counted: Mapping[str, int]
    alerts: int
    last: Part


def do_parts(
    engine: Engine, request: Request, feeds: Sequence[FeedSettings], run_id: str, stages: Stages
) -> Done:
    """Poll those of ``feeds`` that are due; commit each part but the last, which the caller commits."""
    due = due_now(engine, request, feeds)
    number, counted, alerts = len(due), Counter[str](), 0
    part = _part(engine, request, due, run_id, stages)
    while part.left:
        counted.update(part.counted)
        alerts += len(part.alerts)
        with stages.stage("commit"):
            now = clock.to_iso(request.clock())
            runs.commit_part(engine, run_id, now, totals_of_part(request, part), part.polled)
        LOG.info("part committed", polled=len(part.polled), left=len(part.left))
        rest = [feed for feed, _ in part.left]
        part = _part(engine, request, due_now(engine, request, rest), run_id, stages, again=True)
    counted.update(part.counted)
    return Done(number, counted, alerts + len(part.alerts), part)


def due_now(engine: Engine | None, request: Request, feeds: Sequence[FeedSettings]) -> Due:
    """Return those of ``feeds`` that are due; ``engine`` is None where there is no ledger yet."""
    known = cursors(engine) if engine else {}
    return due_feeds(feeds, known, request.clock, force=request.force, known=request.settings.feeds)


def _part(
    engine: Engine, request: Request, due: Due, run_id: str, stages: Stages, *, again: bool = False
) -> Part:
    settings = request.settings
    plan = Plan(tuple(due), settings.http, request.clock, settings.ledger.url, run_id, request.most_items)
    with stages.stage("graph"):
        counted = _through_graph(engine, request, plan, again=again)
    _check_sum(counted)
    asked = staged_feeds(engine, run_id)
    if due and not asked:
        raise AssertionError("feeds were due and none was polled")
    polled = {feed.feed_id: feed.source for feed, _ in due if feed.feed_id in asked}
    left = [pair for pair in due if pair[0].feed_id not in asked]
    return Part(counted, pending(engine, "alerts"), polled, left)


def totals_of_part(request: Request, part: Part) -> dict[tuple[str, str], float]:
    """Return what ``part`` adds to the counters that outlive the process."""
    return metrics.totals_of(part.counted, part.alerts, request.clock())


def _through_graph(engine: Engine, request: Request, plan: Plan, *, again: bool) -> Mapping[str, int]:
    """Redeliver and poll; without anything to do neither Beam nor the detector is even loaded."""
    left = any(pending(engine, stream) for stream in DELIVERED_STREAMS)
    if not plan.due and not left:
        LOG.info("no feed is due", **({"hint": "--ignore-schedule asks at once"} if request.only else {}))
        return {}
    noticed: Mapping[str, int] = {}
    if not left and not request.beam_args:  # whoever chose a runner may have the polling elsewhere
        noticed, something = begin(plan)
        if not something:
            LOG.info("nothing new")
            return noticed
    from pipelines.run_feeds import run_feeds  # noqa: PLC0415 - takes a second to import

    try:
        counted = run_feeds(engine, request.settings, plan, request.beam_args, again=again)
    finally:
        abandon(plan)
    return Counter(counted) + Counter(noticed)


def _check_sum(counted: Mapping[str, int]) -> None:
    settled = sum(counted.get(name, 0) for name in OUTCOMES)
    if counted.get("items_read", 0) != settled:
        raise AssertionError(f"items read and outcomes do not add up: {dict(counted)}")
