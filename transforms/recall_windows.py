"""RecallWindows: what earlier passes saw in the windows that this one counts again."""

from collections.abc import Iterable, Iterator

import apache_beam as beam
from apache_beam.pvalue import PCollection

from newsbeam import clock
from newsbeam.counts import count_keys, window_bounds
from newsbeam.ledger.engine import opened
from newsbeam.ledger.streams import events_between, events_of, stage_superseded
from newsbeam.records import ItemEvents


class RecallWindows(beam.PTransform):
    """ItemEvents -> ItemEvents of the ledger that lie in the same windows of event time.

    Counts are totals: with what is recalled, counting a window again gives its whole. Of an item that this
    pass sees (again) nothing is recalled: its new form counts, and the windows of its old one are counted
    again without it. Events that it no longer has are staged to be marked by the commit of ``run_id``.
    """

    def __init__(self, ledger: str, window_seconds: int, run_id: str = "") -> None:
        super().__init__()
        self._ledger = ledger
        self._window = window_seconds
        self._run_id = run_id

    def expand(self, items: PCollection[ItemEvents]) -> PCollection[ItemEvents]:
        """Find the windows and the items of this pass, then read each window once."""
        return (
            items
            | "EventsOf" >> beam.FlatMap(_seen).with_output_types(tuple[str, tuple[str, str, str]])
            | "Together" >> beam.GroupByKey()
            | "Read"
            >> beam.FlatMap(_recalled, self._ledger, self._window, self._run_id).with_output_types(ItemEvents)
        )


def _seen(item: ItemEvents) -> Iterator[tuple[str, tuple[str, str, str]]]:
    yield "pass", (item.item_id, "", "")
    for event in item.events:
        yield "pass", (item.item_id, event.event_id, event.event_time)


def _recalled(
    seen: tuple[str, Iterable[tuple[str, str, str]]], ledger: str, seconds: int, run_id: str
) -> Iterator[ItemEvents]:
    all_seen = list(seen[1])
    items = {item_id for item_id, _, _ in all_seen}
    event_ids = {event_id for _, event_id, _ in all_seen}
    before = events_of(opened(ledger), sorted(items))
    if run_id:
        old = (event.event_id for event in before if event.event_id not in event_ids)
        stage_superseded(opened(ledger), run_id, old)
    times = {at for _, _, at in all_seen if at} | {event.event_time for event in before}
    for start, end in sorted({window_bounds(clock.from_iso(at), seconds) for at in times}):
        for event in events_between(opened(ledger), start, end):
            if event.item_id not in items and event.event_id not in event_ids and count_keys(event):
                yield ItemEvents(event.item_id, event.event_time, (event,))
