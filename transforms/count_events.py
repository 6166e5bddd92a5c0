"""CountEvents: totals by vendor and type in windows of event time."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam import coders
from apache_beam.pvalue import DoOutputsTuple, PCollection, TaggedOutput
from apache_beam.transforms import trigger
from apache_beam.transforms.window import FixedWindows, TimestampCombiner, TimestampedValue
from apache_beam.utils.windowed_value import PaneInfoTiming

from newsbeam import clock
from newsbeam.counts import count_keys, make_count
from newsbeam.errors import SourceError
from newsbeam.records import DeadLetter, EventCount, ItemEvents, dead_letter
from transforms.outputs import DEAD_LETTERS

STEP = "CountEvents"
FOREVER = 100 * 365 * 86400  # seconds
MARGIN = 60  # seconds by which the counting windows outlive the gate, so that nothing falls between


class _Sighting(NamedTuple):
    """What counting needs of an event. ``at`` is its event time in seconds since 1970 UTC."""

    event_id: str
    item_id: str
    source: str
    article_id: str
    story_id: str
    at: float
    vendors: str  # joined by blanks
    type: str


coders.registry.register_coder(_Sighting, coders.RowCoder)


class LateEventError(SourceError):
    """An event arrived after its window was closed for good."""


class CountEvents(beam.PTransform):
    """ItemEvents -> ``counts``: EventCount, ``dead_letters``: DeadLetter for what came too late.

    A count is a total: on unbounded input a window is counted when the watermark passes its end, and
    again, replacing the earlier total, for each event that arrives within the allowed lateness.
    """

    def __init__(self, window_seconds: int, lateness_seconds: int) -> None:
        super().__init__()
        self._window = window_seconds
        self._lateness = lateness_seconds

    def expand(self, items: PCollection[ItemEvents]) -> dict[str, PCollection]:
        """Turn away what is too late, then count."""
        timely, late = (
            items
            | "Sight" >> beam.FlatMap(_sightings).with_output_types(_Sighting)
            | "TurnAwayTooLate" >> _TurnAwayTooLate(self._window, self._lateness)
        )
        counts = (
            timely
            | "KeyByVendorAndType" >> beam.FlatMap(_keyed).with_output_types(tuple[str, tuple[str, str]])
            | "Window"
            >> beam.WindowInto(
                FixedWindows(self._window),
                trigger=trigger.AfterWatermark(late=trigger.AfterCount(1)),
                accumulation_mode=trigger.AccumulationMode.ACCUMULATING,
                allowed_lateness=self._lateness + MARGIN,
            )
            | "Total" >> beam.CombinePerKey(_DistinctFn())
            | "MakeCount" >> beam.ParDo(_MakeCountFn()).with_output_types(EventCount)
        )
        return {"counts": counts, DEAD_LETTERS: late}


def _sightings(item: ItemEvents) -> Iterator[_Sighting]:
    for event in item.events:
        if keys := count_keys(event):
            yield _Sighting(
                event_id=event.event_id,
                item_id=event.item_id,
                source=event.source,
                article_id=event.article_id,
                story_id=event.story_id,
                at=clock.from_iso(event.event_time).timestamp(),
                vendors=" ".join(vendor for vendor, _ in keys),
                type=event.detection.type,
            )


def _keyed(sighting: _Sighting) -> Iterator[Any]:
    for vendor in sighting.vendors.split():
        value = (f"{vendor} {sighting.type}", (sighting.article_id, sighting.story_id))
        yield TimestampedValue(value, sighting.at)


class _TurnAwayTooLate(beam.PTransform):
    """Sighting -> ``timely``, ``late``: Beam would drop the late ones in silence.

    A step cannot ask for the watermark, but the timing of a pane tells where it stands. So each
    sighting waits in a window that ends when its counting window is closed for good, with a trigger
    that fires at once: a LATE pane there means that the watermark has passed that moment.
    """

    def __init__(self, window_seconds: int, lateness_seconds: int) -> None:
        super().__init__()
        self._window = window_seconds
        self._lateness = lateness_seconds

    def expand(self, sightings: PCollection[_Sighting]) -> DoOutputsTuple:
        """Split by whether the window is still open."""
        return (
            sightings
            | "StampClosing" >> beam.Map(self._stamp).with_output_types(tuple[str, _Sighting])
            | "OneSecondWindows"
            >> beam.WindowInto(
                FixedWindows(1),
                trigger=trigger.AfterWatermark(early=trigger.AfterCount(1), late=trigger.AfterCount(1)),
                accumulation_mode=trigger.AccumulationMode.DISCARDING,
                timestamp_combiner=TimestampCombiner.OUTPUT_AT_EARLIEST,
                allowed_lateness=FOREVER,
            )
            | "Wait" >> beam.GroupByKey()
            | "SplitByPane"
            >> beam.ParDo(_SplitByPaneFn())
            .with_output_types(_Sighting, late=DeadLetter)
            .with_outputs("late", main="timely")
        )

    def _stamp(self, sighting: _Sighting) -> TimestampedValue:
        window_end = (sighting.at // self._window + 1) * self._window
        return TimestampedValue((sighting.event_id, sighting), window_end + self._lateness - 1)


class _SplitByPaneFn(beam.DoFn):
    def process(
        self, grouped: tuple[str, Iterable[_Sighting]], pane: Any = beam.DoFn.PaneInfoParam
    ) -> Iterator[Any]:
        for sighting in grouped[1]:
            if pane.timing == PaneInfoTiming.LATE:
                yield TaggedOutput("late", _late(sighting))
            else:
                yield sighting


def _late(sighting: _Sighting) -> Any:
    error = LateEventError(
        "arrived after its counting window was closed",
        where=f"event {sighting.event_id}",
        hint="counts.allowed_lateness says how long windows stay open",
    )
    return dead_letter(STEP, sighting.source, error, f"{sighting.type} {sighting.vendors}")


class _DistinctFn(beam.CombineFn):
    """(article id, story id) pairs -> (number of articles, number of stories)."""

    def create_accumulator(self) -> tuple[set[str], set[str]]:
        return set(), set()

    def add_input(self, sets: tuple[set[str], set[str]], pair: tuple[str, str]) -> tuple[set[str], set[str]]:
        sets[0].add(pair[0])
        sets[1].add(pair[1])
        return sets

    def merge_accumulators(self, many: Iterable[tuple[set[str], set[str]]]) -> tuple[set[str], set[str]]:
        articles: set[str] = set()
        stories: set[str] = set()
        for more_articles, more_stories in many:
            articles |= more_articles
            stories |= more_stories
        return articles, stories

    def extract_output(self, sets: tuple[set[str], set[str]]) -> tuple[int, int]:
        return len(sets[0]), len(sets[1])


class _MakeCountFn(beam.DoFn):
    def process(
        self, keyed: tuple[str, tuple[int, int]], window: Any = beam.DoFn.WindowParam
    ) -> Iterator[EventCount]:
        key, (mentions, events) = keyed
        vendor, _, event_type = key.partition(" ")
        yield make_count(float(window.start), float(window.end), (vendor, event_type), mentions, events)
