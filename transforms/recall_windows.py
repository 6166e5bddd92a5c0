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

    Counts are totals: with what is recalled, counting a window again gives its whole. An event that this
    pass sees (again) is not recalled: its new form counts, whether or not the ledger has it already.
    """

    def __init__(self, ledger: str, window_seconds: int) -> None:
        super().__init__()
        self._ledger = ledger
        self._window = window_seconds

    def expand(self, items: PCollection[ItemEvents]) -> PCollection[ItemEvents]:
        """Find the windows and the events of this pass, then read each window once."""
        return (
            items
            | "EventsOf"
            >> beam.FlatMap(_seen, self._window).with_output_types(tuple[str, tuple[str, str, str]])
            | "Together" >> beam.GroupByKey()
            | "Read" >> beam.FlatMap(_recalled, self._ledger).with_output_types(ItemEvents)
        )


def _seen(item: ItemEvents, seconds: int) -> Iterator[tuple[str, tuple[str, str, str]]]:
    for event in item.events:
        start, end = window_bounds(clock.from_iso(event.event_time), seconds)
        yield "pass", (start, end, event.event_id)


def _recalled(seen: tuple[str, Iterable[tuple[str, str, str]]], ledger: str) -> Iterator[ItemEvents]:
    all_seen = list(seen[1])
    ids = {event_id for _, _, event_id in all_seen}
    for start, end in sorted({(start, end) for start, end, _ in all_seen}):
        for event in events_between(opened(ledger), start, end):
            if event.event_id not in ids and count_keys(event):
                yield ItemEvents(event.item_id, event.event_time, (event,))
