"""RaiseAlerts: events into alerts as the policies say, and each item's outcome."""

from collections.abc import Iterator, Sequence
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import DoOutputsTuple, PCollection, TaggedOutput

from newsbeam.policies import Policy, outcome_of, raise_alerts
from newsbeam.records import Alert, ItemEvents, Outcome
from transforms.outputs import OUTCOMES


class RaiseAlerts(beam.PTransform):
    """ItemEvents -> ``alerts``: Alert, ``outcomes``: Outcome, one for each item."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        super().__init__()
        self._policies = tuple(policies)

    def expand(self, items: PCollection[ItemEvents]) -> DoOutputsTuple:
        """Ask the policies about each event."""
        return items | "AskPolicies" >> beam.ParDo(_RaiseFn(self._policies)).with_output_types(
            Alert, outcomes=Outcome
        ).with_outputs(OUTCOMES, main="alerts")


class _RaiseFn(beam.DoFn):
    def __init__(self, policies: tuple[Policy, ...]) -> None:
        self._policies = policies

    def process(self, item: ItemEvents) -> Iterator[Any]:
        decisions = []
        for event in item.events:
            alerts, decided = raise_alerts(self._policies, event)
            decisions.extend(decided)
            yield from alerts
        yield TaggedOutput(OUTCOMES, outcome_of(item.item_id, item.events, decisions))
