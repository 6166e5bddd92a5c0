"""RecallWindows: what earlier passes saw in the windows that this one counts again."""

from collections.abc import Iterable, Iterator

import apache_beam as beam
from apache_beam.pvalue import PCollection

from newsbeam import clock
from newsbeam.counts import count_keys, window_bounds
from newsbeam.ledger.engine import opened
from newsbeam.ledger.streams import events_between
from newsbeam.records import ItemEvents


class RecallWindows(beam.PTransform):
    """ItemEvents -> ItemEvents of the ledger that lie in the same windows of event time.

    Counts are totals: with what is recalled, counting a window again gives its whole. What stands both
    here and there counts once, since counting is by id.
    """

    def __init__(self, ledger: str, window_seconds: int) -> None:
        super().__init__()
        self._ledger = ledger
        self._window = window_seconds

    def expand(self, items: PCollection[ItemEvents]) -> PCollection[ItemEvents]:
        """Find the windows, then read each once."""
        return (
            items
            | "WindowsOf" >> beam.FlatMap(_windows, self._window).with_output_types(tuple[str, str])
            | "EachOnce" >> beam.GroupByKey()
            | "Read" >> beam.FlatMap(_recalled, self._ledger).with_output_types(ItemEvents)
        )


def _windows(item: ItemEvents, seconds: int) -> Iterator[tuple[str, str]]:
    """Yield (start, end) of each window that the events of ``item`` count in."""
    for event in item.events:
        if count_keys(event):
            yield window_bounds(clock.from_iso(event.event_time), seconds)


def _recalled(window: tuple[str, Iterable[str]], ledger: str) -> Iterator[ItemEvents]:
    start, ends = window
    for event in events_between(opened(ledger), start, next(iter(ends))):
        yield ItemEvents(event.item_id, event.event_time, (event,))
