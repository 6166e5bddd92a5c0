"""The whole graph on a source without end: on time, late inside the allowance, too late."""

from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.testing.test_stream import TestStream as Stream
from apache_beam.transforms.window import TimestampedValue

from newsbeam.clock import from_iso
from newsbeam.config import STREAMS, Settings
from newsbeam.records import DeadLetter, EventCount, FeedItem, Outcome
from pipelines.monitor import Monitor
from pipelines.run_graph import pipeline_options, run_graph
from sinks.memory import STORE
from sinks.registry import make_sink
from transforms.outputs import DEAD_LETTERS, OUTCOMES

TITLES = {
    "one": "Xiaomi buys drone maker Lumenar for $40 million",
    "two": "Xiaomi acquires chip start-up Velkor for $90 million",
}


class Source(beam.PTransform):
    """Any collection of items as a source."""

    def __init__(self, items: Any) -> None:
        super().__init__()
        self._items = items

    def expand(self, pbegin: Any) -> Any:
        return (
            pbegin
            | self._items
            | beam.ParDo(_PassFn())
            .with_output_types(FeedItem, dead_letters=DeadLetter, outcomes=Outcome)
            .with_outputs(DEAD_LETTERS, OUTCOMES, main="items")
        )


class _PassFn(beam.DoFn):
    def process(self, item: FeedItem) -> Any:
        yield item


def _item(name: str) -> FeedItem:
    day = "2025-01-01T10:00:00Z"
    return FeedItem(name, "test", "", TITLES[name], "", "", "text/plain", "feed", day, "feed", day)


def _stamped(name: str) -> TimestampedValue:
    item = _item(name)
    return TimestampedValue(item, from_iso(item.fetched_at).timestamp())


def _watermark(day: str) -> float:
    return from_iso(day).timestamp()


def _run_unbounded(stream: Stream) -> dict[str, list[Any]]:
    """Run the graph over ``stream`` and return what the memory sink got."""
    sink = make_sink("memory", {"name": "unbounded"})
    sink.prepare(STREAMS)
    options = PipelineOptions(["--runner=DirectRunner"], streaming=True)
    with beam.Pipeline(options=options) as pipeline:
        _ = pipeline | Monitor(Source(stream), Settings(), [(sink, STREAMS)])
    return STORE["unbounded"]


def _totals(counts: list[EventCount]) -> list[tuple[str, int, int]]:
    return [
        (count.window_start[:10], count.mentions, count.events)
        for count in counts
        if count.vendor == "xiaomi"
    ]


def _stream() -> Stream:
    return Stream(coder=beam.coders.FastPrimitivesCoder()).advance_watermark_to(_watermark("2025-01-01"))


def test_an_item_on_time_alerts_at_once_and_counts_when_its_day_is_over() -> None:
    """One alert, one event, one total, one outcome."""
    found = _run_unbounded(_stream().add_elements([_stamped("one")]).advance_watermark_to_infinity())
    assert ["one"] == [alert.event.item_id for alert in found["alerts"]]
    assert [("2025-01-01", 1, 1)] == _totals(found["counts"])
    assert [("one", "alerted")] == [outcome[:2] for outcome in found["outcomes"]]
    assert [] == found["dead_letters"]


def test_a_late_item_replaces_the_total() -> None:
    """The later pane has the same id and the whole total."""
    found = _run_unbounded(
        _stream()
        .add_elements([_stamped("one")])
        .advance_watermark_to(_watermark("2025-01-02T12:00:00Z"))
        .add_elements([_stamped("two")])
        .advance_watermark_to_infinity()
    )
    assert [("2025-01-01", 1, 1), ("2025-01-01", 2, 2)] == _totals(found["counts"])
    assert 1 == len({count.count_id for count in found["counts"] if count.vendor == "xiaomi"})


def test_an_item_too_late_to_count_is_a_dead_letter_and_still_alerts() -> None:
    """Late news is news; only the count has closed."""
    found = _run_unbounded(
        _stream()
        .add_elements([_stamped("one")])
        .advance_watermark_to(_watermark("2025-01-09"))
        .add_elements([_stamped("two")])
        .advance_watermark_to_infinity()
    )
    assert [("2025-01-01", 1, 1)] == _totals(found["counts"])
    assert ["LateEventError"] == [letter.error_type for letter in found["dead_letters"]]
    assert ["alerted", "alerted"] == [outcome.outcome for outcome in found["outcomes"]]


def test_a_bounded_run_says_how_many_items_ended_how() -> None:
    """The totals that the command line goes by, also from portable workers."""
    items = [_item("one"), _item("two")._replace(title="A quiet day")]
    portable = ["--runner=PortableRunner", "--job_endpoint=embed", "--environment_type=LOOPBACK"]
    for beam_args in ([], portable):
        sink = make_sink("memory", {"name": "bounded"})
        totals = run_graph(
            Source(beam.Create(items)), Settings(), [(sink, STREAMS)], pipeline_options(beam_args)
        )
        assert (1, 1, 0) == (totals["alerted"], totals["no_event"], totals["dead_letters"]), beam_args
