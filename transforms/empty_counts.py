"""EmptyCounts: what was counted before and counts no more is told as nought."""

from collections.abc import Iterable, Iterator

import apache_beam as beam
from apache_beam.pvalue import PCollection

from newsbeam import clock
from newsbeam.counts import window_bounds
from newsbeam.ledger.engine import opened
from newsbeam.ledger.streams import counts_of
from newsbeam.records import EventCount, ItemEvents


class EmptyCounts(beam.PTransform):
    """``items``: ItemEvents, ``counts``: EventCount of whole windows -> EventCount of 0.

    An edit may take a vendor out of an event, or show that the event is old: then a key that an earlier
    pass counted has no events left in its window, and without this its last total would stand for ever.
    """

    def __init__(self, ledger: str, window_seconds: int) -> None:
        super().__init__()
        self._ledger = ledger
        self._window = window_seconds

    def expand(self, given: dict[str, PCollection]) -> PCollection[EventCount]:
        """Compare each window that was counted with what the ledger has of it."""
        windows = given["items"] | "Windows" >> beam.FlatMap(_windows, self._window).with_output_types(
            tuple[str, str]
        )
        ids = (
            given["counts"]
            | "AllWindows" >> beam.WindowInto(beam.window.GlobalWindows())
            | "Ids"
            >> beam.Map(lambda count: (count.window_start, count.count_id)).with_output_types(tuple[str, str])
        )
        return (
            (windows, ids)
            | "Both" >> beam.Flatten()
            | "ByWindow" >> beam.GroupByKey()
            | "Compare" >> beam.FlatMap(_emptied, self._ledger).with_output_types(EventCount)
        )


def _windows(item: ItemEvents, seconds: int) -> Iterator[tuple[str, str]]:
    for event in item.events:
        yield window_bounds(clock.from_iso(event.event_time), seconds)[0], ""


def _emptied(window: tuple[str, Iterable[str]], ledger: str) -> Iterator[EventCount]:
    start, ids = window
    counted = set(ids)
    for count in counts_of(opened(ledger), start):
        if count.count_id not in counted:
            yield count._replace(mentions=0, events=0)
