"""EmptyCounts: what was counted before and counts no more is told as nought."""

from collections.abc import Iterable, Iterator

import apache_beam as beam
from apache_beam.pvalue import PCollection

from newsbeam import clock
from newsbeam.counts import window_bounds
from newsbeam.ledger.engine import opened
from newsbeam.ledger.streams import counts_of, events_of
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
            tuple[tuple[str, str], str]
        )
        before = (
            given["items"]
            | "ItemIds" >> beam.Map(lambda item: ("pass", item.item_id)).with_output_types(tuple[str, str])
            | "Together" >> beam.GroupByKey()
            | "WindowsBefore"
            >> beam.FlatMap(_windows_before, self._ledger, self._window).with_output_types(
                tuple[tuple[str, str], str]
            )
        )
        ids = (
            given["counts"]
            | "AllWindows" >> beam.WindowInto(beam.window.GlobalWindows())
            | "Ids"
            >> beam.Map(
                lambda count: ((count.window_start, count.window_end), count.count_id)
            ).with_output_types(tuple[tuple[str, str], str])
        )
        return (
            (windows, before, ids)
            | "All" >> beam.Flatten()
            | "ByWindow" >> beam.GroupByKey()
            | "Compare" >> beam.FlatMap(_emptied, self._ledger).with_output_types(EventCount)
        )


def _windows(item: ItemEvents, seconds: int) -> Iterator[tuple[tuple[str, str], str]]:
    for event in item.events:
        yield window_bounds(clock.from_iso(event.event_time), seconds), ""


def _windows_before(
    items: tuple[str, Iterable[str]], ledger: str, seconds: int
) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the windows in which earlier revisions of the items counted."""
    for event in events_of(opened(ledger), sorted(set(items[1]))):
        yield window_bounds(clock.from_iso(event.event_time), seconds), ""


def _emptied(window: tuple[tuple[str, str], Iterable[str]], ledger: str) -> Iterator[EventCount]:
    (start, end), ids = window
    counted = set(ids)
    for count in counts_of(opened(ledger), start, end):
        if count.count_id not in counted:
            yield count._replace(mentions=0, events=0)
