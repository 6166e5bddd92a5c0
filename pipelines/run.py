"""``newsbeam run``: one bounded pass over the feeds that are due.

Take the lock, finish what a dead pass left, poll and run the graph, commit cursors last. A crash
anywhere means that the next pass does the work again; ids make that harmless.
"""

import math
import re
import secrets
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import Engine
from structlog.contextvars import bound_contextvars

from newsbeam import clock, logs, metrics
from newsbeam.config import Settings
from newsbeam.errors import LedgerError, LedgerHeldError, OutputError, UsageError
from newsbeam.feeds.settings import FeedSettings
from newsbeam.ledger import runs
from newsbeam.ledger.engine import migrate, opened, readable, require_current, version, writing
from newsbeam.ledger.intake import Plan
from newsbeam.ledger.items import cursors
from newsbeam.ledger.letters import open_letters
from newsbeam.ledger.lock import held, myself
from newsbeam.ledger.migrations import VERSION
from newsbeam.ledger.streams import DELIVERED_STREAMS, pending
from pipelines import exit_codes
from pipelines.parts import Done, do_parts, due_now, totals_of_part
from pipelines.request import Report, Request, Stages

LOG = structlog.get_logger("newsbeam.run")
PRUNE_SECONDS = 86400
LEAP_SECONDS = 30 * 86400
"""With the last pruning longer ago than that, a wrong clock is as likely as a rest: it waits for a day."""
_STEP = re.compile(r" \[while running '[^']*'\]")
_LEDGER_TROUBLE = re.compile(
    r"newsbeam\.errors\.(Ledger\w*Error): (.*?)(?: \[while running .*)?$", re.MULTILINE
)


def run(request: Request) -> int:
    """Do one pass; return its exit code (:mod:`pipelines.exit_codes`). Raises :class:`UsageError`."""
    report = one_pass(request)
    write_metrics(request, report)
    return report.exit_code


def write_metrics(request: Request, report: Report) -> None:
    """Write the metrics file where one is wanted; that it cannot be written undoes no pass: it is logged."""
    if request.metrics_file and report.facts:
        try:
            metrics.write_file(request.metrics_file, report.facts)
        except OutputError as error:
            LOG.error("metrics not written", why=str(error))  # noqa: TRY400 - its words say it all


def one_pass(request: Request) -> Report:
    """Do one pass and say how it went; what fails on the way is logged. Raises :class:`UsageError`."""
    feeds = chosen_feeds(request.settings.feeds, request.only)
    started = request.clock()
    run_id = f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    with bound_contextvars(run=run_id):
        try:
            return _dry(request, feeds) if request.dry_run else _under_lock(request, feeds, run_id)
        except LedgerHeldError as error:
            LOG.warning("the ledger is held", why=str(error))
            logs.plainly(str(error))
            return Report(exit_codes.HELD, None)
        except LedgerError as error:
            error.message = _STEP.sub("", error.message)  # Beam adds the step to what a step raised
            LOG.error("the ledger cannot be used", why=str(error))  # noqa: TRY400 - its words say it all
            logs.plainly(str(error))
            return Report(exit_codes.LEDGER, None)


def chosen_feeds(feeds: Sequence[FeedSettings], only: Sequence[str]) -> list[FeedSettings]:
    """Return those of ``feeds`` that ``only`` names by name, source, URL or id; all where it names none."""
    if not feeds:
        raise UsageError("no feeds to watch", hint="list them under feeds: in monitor.yaml, or import OPML")
    for name in only:
        if not any(name in _names(feed) for feed in feeds):
            raise UsageError(f"no feed is called {name!r}", hint="`newsbeam feeds status` lists them")
    return [feed for feed in feeds if not only or _names(feed) & set(only)]


def _names(feed: FeedSettings) -> set[str]:
    return {feed.name, feed.source, feed.url, feed.shown, feed.feed_id}


def _under_lock(request: Request, feeds: Sequence[FeedSettings], run_id: str) -> Report:
    engine = opened(request.settings.ledger.url)
    stages = Stages()
    me = myself(run_id, clock.to_iso(request.clock()))
    with stages.stage("total"), held(engine, me):
        before = migrate(engine)
        died = runs.start(engine, me)
        if 0 < before < VERSION:
            LOG.info("ledger migrated", schema_was=before, schema=VERSION)
        LOG.info("run started", feeds=len(feeds), **({"died": died} if died else {}))
        try:
            return _pass(engine, request, feeds, run_id, stages)
        except UsageError:
            _give_up(engine, request, run_id, exit_codes.USAGE)
            raise
        except LedgerError:
            raise  # it cannot be told to the ledger either
        except Exception as error:
            if trouble := _LEDGER_TROUBLE.search(str(error)):
                # Beam carries what a step raised as text only.
                raise LedgerError(trouble[2]) from error
            return _broken(engine, request, run_id, stages, error)


def _give_up(engine: Engine, request: Request, run_id: str, exit_code: int) -> None:
    runs.fail(engine, run_id, runs.Ending(clock.to_iso(request.clock()), {}, exit_code))


def _broken(engine: Engine, request: Request, run_id: str, stages: Stages, error: Exception) -> Report:
    words = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
    LOG.error("run failed", why=words, exc_info=error)
    logs.plainly(f"the pass broke off, nothing was committed; the next one does the work again: {words}")
    _give_up(engine, request, run_id, exit_codes.FAILED)
    return Report(exit_codes.FAILED, _facts(engine, request, exit_codes.FAILED, stages))


def _pass(
    engine: Engine, request: Request, feeds: Sequence[FeedSettings], run_id: str, stages: Stages
) -> Report:
    done = do_parts(engine, request, feeds, run_id, stages)
    exit_code = _exit_code(request.settings, done.counted)
    summary = _summary(done, stages)
    with stages.stage("commit"):
        ending = runs.Ending(clock.to_iso(request.clock()), summary, exit_code)
        totals = totals_of_part(request, done.last) | {("passes", ""): 1.0}
        runs.commit(engine, run_id, ending, totals, done.last.polled)
        _prune(engine, request)
    LOG.info("run finished", exit=exit_code, **summary)
    return Report(exit_code, _facts(engine, request, exit_code, stages))


def _exit_code(settings: Settings, counted: Mapping[str, int]) -> int:
    dead = counted.get("dead_letters", 0)
    if dead <= settings.max_dead_letters:
        return exit_codes.OK
    LOG.warning("too many dead letters", dead_letters=dead, allowed=settings.max_dead_letters)
    logs.plainly(
        f"{dead} dead {'letter' if dead == 1 else 'letters'}, more than the {settings.max_dead_letters} "
        "allowed (max_dead_letters, --max-dead-letters); see `newsbeam dead-letters list`"
    )
    return exit_codes.DEAD_LETTERS


def _summary(done: Done, stages: Stages) -> dict[str, Any]:
    numbers = {name: number for name, number in done.counted.items() if number and name != "dead_letters"}
    waited = numbers.pop("microseconds_waiting_for_feeds", 0)
    stages.seconds["waiting_for_feeds"] = waited / 1e6
    return {
        "due": done.due,
        "alerts": done.alerts,
        "dead_letters": done.counted.get("dead_letters", 0),
        **numbers,
        "seconds": {name: round(seconds, 2) for name, seconds in stages.seconds.items()},
    }


def _prune(engine: Engine, request: Request) -> None:
    """Forget what is over, once a day; not when the clock has leapt: what is forgotten does not come back."""
    now = request.clock().timestamp()
    last = runs.read_totals(engine).get(("pruned_at", ""), 0.0)
    if 0 <= now - last < PRUNE_SECONDS:
        return
    if 0 < last < now - LEAP_SECONDS:
        LOG.warning("nothing forgotten", why="the clock has leapt, or there was no pass for long")
    else:
        before = clock.from_timestamp(now - request.settings.ledger.keep_seconds)
        LOG.debug("pruned", rows=runs.prune(engine, clock.to_iso(before)))
    with writing(engine) as connection:
        runs.add_totals(connection, {("pruned_at", ""): now - last})


def _facts(engine: Engine, request: Request, exit_code: int, stages: Stages) -> metrics.Facts:
    wanted = {feed.feed_id for feed in request.settings.feeds}
    now = request.clock()
    return metrics.Facts(
        now=now,
        exit_code=exit_code,
        last_success_at=runs.last_success(engine, clock.to_iso(now)),
        seconds=stages.seconds,
        cursors={feed: cursor for feed, cursor in cursors(engine).items() if feed in wanted},
        totals=runs.read_totals(engine),
        dead_letters_open=open_letters(engine),
    )


def _dry(request: Request, feeds: Sequence[FeedSettings]) -> Report:
    """Poll and detect as a pass would, print what it would tell, and write nothing anywhere."""
    url = readable(request.settings.ledger.url)
    engine = opened(url)
    there = version(engine) > 0
    if there:
        require_current(engine)
    due = due_now(engine if there else None, request, feeds)
    names = ", ".join(feed.source for feed, _ in due) or "none"
    sys.stdout.write(f"Dry run: nothing is written. {len(due)} of {len(feeds)} feeds are due: {names}\n")
    left = {stream: len(pending(engine, stream)) for stream in DELIVERED_STREAMS if there}
    if any(left.values()):
        told = ", ".join(f"{number} {stream}" for stream, number in left.items() if number)
        sys.stdout.write(f"It would first deliver again what a dead pass left: {told}\n")
    if not due:
        return Report(exit_codes.OK, None)
    from pipelines.run_feeds import try_feeds  # noqa: PLC0415 - takes a second to import

    http, known = request.settings.http, url if there else ""
    plan = Plan(tuple(due), http, request.clock, known, "", most_items=sys.maxsize, most_seconds=math.inf)
    counted = try_feeds(request.settings, plan)
    for name in sorted(name for name in counted if name.startswith(("feeds_", "changes_"))):
        sys.stdout.write(f"  {name.replace('_', ' ', 1):<22} {counted[name]:>6}\n")
    return Report(_exit_code(request.settings, counted), None)
