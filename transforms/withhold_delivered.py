"""WithholdDelivered: what every sink has had already goes no further."""

from collections.abc import Iterator
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import PCollection
from apache_beam.utils.windowed_value import WindowedValue

from newsbeam.ledger.engine import opened
from newsbeam.ledger.rows import from_text, to_text
from newsbeam.ledger.streams import CHUNK, delivered
from newsbeam.records import Alert, Event

IDS = {"alerts": "alert_id", "events": "event_id", "counts": "count_id"}


class WithholdDelivered(beam.PTransform):
    """Records of ``stream`` -> those that are not in the ledger as delivered.

    An alert is withheld for its id, also where two items of this pass raise it: one article in two feeds.
    A count is withheld only where nothing in it has changed. So is an event, which only the item that told
    it first can tell anew: of one article in two feeds the second adds nothing, in this pass or a later one.
    ``ledger`` is empty where there is none yet; then only this pass counts.
    """

    def __init__(self, ledger: str, stream: str) -> None:
        super().__init__()
        self._ledger = ledger
        self._stream = stream

    def expand(self, records: PCollection[Any]) -> PCollection[Any]:
        """Look each up, many at a time."""
        kind = records.element_type
        if self._stream == "alerts":
            records = (
                records
                | "ById"
                >> beam.Map(lambda alert: (alert.alert_id, alert)).with_output_types(tuple[str, Alert])
                | "Together" >> beam.GroupByKey()
                | "OneEach" >> beam.Map(lambda same: min(same[1], key=to_text)).with_output_types(Alert)
            )
        fn = _WithholdFn(self._ledger, self._stream)
        return records | "LookUp" >> beam.ParDo(fn).with_output_types(kind)


class _WithholdFn(beam.DoFn):
    def __init__(self, ledger: str, stream: str) -> None:
        self._ledger = ledger
        self._stream = stream

    def start_bundle(self) -> None:
        self._waiting: list[WindowedValue] = []
        self._told: set[str] = set()

    def process(
        self, record: Any, at: Any = beam.DoFn.TimestampParam, window: Any = beam.DoFn.WindowParam
    ) -> Iterator[WindowedValue]:
        self._waiting.append(WindowedValue(record, at, (window,)))
        if len(self._waiting) >= CHUNK:
            yield from self._pass_on()

    def finish_bundle(self) -> Iterator[WindowedValue]:
        yield from self._pass_on()

    def _pass_on(self) -> Iterator[WindowedValue]:
        key = IDS[self._stream]
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        ids = [getattr(each.value, key) for each in waiting]
        had = delivered(opened(self._ledger), self._stream, ids) if self._ledger else {}
        for each, record_id in zip(waiting, ids, strict=True):
            if self._is_news(each.value, record_id, had.get(record_id)):
                yield each

    def _is_news(self, record: Any, record_id: str, before: str | None) -> bool:
        if before is None:
            again = self._stream == "events" and record_id in self._told
            self._told.add(record_id)
            return not again
        if self._stream == "alerts" or before == to_text(record):
            return False
        return self._stream != "events" or from_text(Event, before).item_id == record.item_id
