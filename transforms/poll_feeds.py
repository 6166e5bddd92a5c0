"""PollFeeds: what is new in the feeds that are due, as a source of items."""

import time
from collections.abc import Iterator
from typing import Any

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import DoOutputsTuple, PBegin, TaggedOutput

from newsbeam.ledger.begun import found
from newsbeam.ledger.intake import Noticed, Plan
from newsbeam.records import DeadLetter, FeedItem, Outcome
from transforms.outputs import DEAD_LETTERS, OUTCOMES
from transforms.tally import NAMESPACE

ITEMS_READ = Metrics.counter(NAMESPACE, "items_read")
WAITED = Metrics.counter(NAMESPACE, "microseconds_waiting_for_feeds")


class PollFeeds(beam.PTransform):
    """PBegin -> ``items``: FeedItem, ``dead_letters``: DeadLetter, ``outcomes``: Outcome (none).

    One worker polls: politeness is for each host, and the network, not the processor, sets the pace.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self._plan = plan

    def expand(self, pbegin: PBegin) -> DoOutputsTuple:
        """Attach the source to the pipeline."""
        return (
            pbegin
            | "Start" >> beam.Create([None], reshuffle=False)
            | "PollEach"
            >> beam.ParDo(_PollFn(self._plan))
            .with_output_types(FeedItem, dead_letters=DeadLetter, outcomes=Outcome)
            .with_outputs(DEAD_LETTERS, OUTCOMES, main="items")
        )


class _PollFn(beam.DoFn):
    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def process(self, _: Any) -> Iterator[Any]:
        for each in _waited_for(found(self._plan)):
            if isinstance(each, Noticed):
                Metrics.counter(NAMESPACE, each.name).inc(each.number)
            elif isinstance(each, DeadLetter):
                ITEMS_READ.inc(bool(each.item_id))
                yield TaggedOutput(DEAD_LETTERS, each)
            else:
                ITEMS_READ.inc()
                yield each


def _waited_for(all_found: Iterator[Any]) -> Iterator[Any]:
    """Yield the same, and count the time that nothing was there to work on."""
    while True:
        began = time.perf_counter_ns()
        each = next(all_found, None)
        WAITED.inc((time.perf_counter_ns() - began) // 1000)
        if each is None:
            return
        yield each
