import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.testing.test_stream import TestStream as Stream
from apache_beam.testing.util import assert_that, equal_to
from apache_beam.transforms.window import TimestampedValue

from tests.pipelines.streams import DAY, item_events
from transforms.count_events import CountEvents

HOUR = 3600


def _stream() -> Stream:
    return Stream(coder=beam.coders.FastPrimitivesCoder()).advance_watermark_to(0)


def _at(item_id: str, seconds: int) -> TimestampedValue:
    return TimestampedValue(item_events(item_id, seconds), seconds)


def _run(stream: Stream, counts: list[tuple[int, int]], late: int) -> None:
    options = PipelineOptions(["--runner=DirectRunner"], streaming=True)
    with beam.Pipeline(options=options) as pipeline:
        out = pipeline | stream | CountEvents(window_seconds=DAY, lateness_seconds=2 * DAY)
        totals = out["counts"] | beam.Map(lambda count: (count.mentions, count.events))
        reasons = out["dead_letters"] | beam.Map(lambda letter: letter.error_type)
        assert_that(totals, equal_to(counts), label="Counts")
        assert_that(reasons, equal_to(["LateEventError"] * late), label="Late")


def test_on_time_events_are_counted_once_when_the_day_is_over() -> None:
    """Two articles of one day give one total."""
    stream = _stream().add_elements([_at("a", HOUR), _at("b", 2 * HOUR)]).advance_watermark_to_infinity()
    _run(stream, counts=[(2, 2)], late=0)


def test_a_late_event_inside_the_allowance_replaces_the_total() -> None:
    """The second pane carries the whole total, not an increment."""
    stream = (
        _stream()
        .add_elements([_at("a", HOUR)])
        .advance_watermark_to(DAY + HOUR)
        .add_elements([_at("b", 2 * HOUR)])
        .advance_watermark_to_infinity()
    )
    _run(stream, counts=[(1, 1), (2, 2)], late=0)


def test_an_event_after_the_allowance_is_a_dead_letter() -> None:
    """What comes too late is named, and the total stays."""
    stream = (
        _stream()
        .add_elements([_at("a", HOUR)])
        .advance_watermark_to(3 * DAY + HOUR)
        .add_elements([_at("b", 2 * HOUR)])
        .advance_watermark_to_infinity()
    )
    _run(stream, counts=[(1, 1)], late=1)


def test_the_first_event_of_a_long_closed_window_is_a_dead_letter_too() -> None:
    """A window that never held anything is closed all the same."""
    stream = (
        _stream().advance_watermark_to(9 * DAY).add_elements([_at("a", HOUR)]).advance_watermark_to_infinity()
    )
    _run(stream, counts=[], late=1)
