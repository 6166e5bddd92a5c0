"""The feeds that are due through the graph, into the configured sinks and the ledger."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Engine

from newsbeam import clock
from newsbeam.config import Settings
from newsbeam.ledger.intake import Plan
from newsbeam.ledger.streams import DELIVERED_STREAMS
from pipelines.monitor import Memory
from pipelines.redeliver import redeliver
from pipelines.run_graph import pipeline_options, run_graph
from sinks.ledger import LedgerOptions, WriteToLedger
from sinks.registry import make_sink
from sinks.sink import Sink
from transforms.empty_counts import EmptyCounts
from transforms.poll_feeds import PollFeeds
from transforms.recall_windows import RecallWindows
from transforms.withhold_delivered import WithholdDelivered

ALL_STREAMS = (*DELIVERED_STREAMS, "dead_letters", "outcomes")


def run_feeds(
    engine: Engine, settings: Settings, plan: Plan, beam_args: Sequence[str], *, again: bool = False
) -> Mapping[str, int]:
    """Finish what a dead pass left, then poll what is due; return totals by name.

    ``again`` says that this pass has committed a part: there is nothing left, and the sinks are added to.
    """
    everything = frozenset(ALL_STREAMS)
    written = everything if again else redeliver(engine, _told(settings), pipeline_options(beam_args))
    if not plan.due:
        return {}
    ours = LedgerOptions(url=plan.ledger, run_id=plan.run_id, now=clock.to_iso(plan.clock()))
    told = [(sink.adding_to(written), streams) for sink, streams in _told(settings)]
    routes = [*told, (WriteToLedger(ours), ALL_STREAMS)]
    remembered = memory(settings, plan.ledger, plan.run_id)
    return run_graph(PollFeeds(plan), settings, routes, pipeline_options(beam_args), remembered)


def _told(settings: Settings) -> list[tuple[Sink, tuple[str, ...]]]:
    """Return the configured sinks, made anew: a transform belongs to the pipeline it was first used in."""
    return [(make_sink(sink.type, sink.options).in_passes(), sink.streams) for sink in settings.sinks]


def try_feeds(settings: Settings, plan: Plan) -> Mapping[str, int]:
    """Poll what is due and print what it would give; write nothing."""
    routes = [(make_sink("console", {}), ("alerts", "counts", "dead_letters", "outcomes"))]
    return run_graph(PollFeeds(plan), settings, routes, pipeline_options(()), memory(settings, plan.ledger))


def memory(settings: Settings, ledger: str, run_id: str = "") -> Memory:
    """Return what the graph needs to know of earlier passes; ``run_id`` is empty where none commits.

    ``ledger`` is empty before the first pass.
    """
    seconds = settings.counts.window_seconds
    return Memory(
        recall=RecallWindows(ledger, seconds, run_id) if ledger else None,
        empty=EmptyCounts(ledger, seconds) if ledger else None,
        withhold={stream: WithholdDelivered(ledger, stream) for stream in DELIVERED_STREAMS},
    )
