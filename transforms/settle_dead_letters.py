"""SettleDeadLetters: the outcome of each item that ended as a dead letter."""

from collections.abc import Iterator

import apache_beam as beam
from apache_beam.pvalue import PCollection

from newsbeam.records import DeadLetter, Outcome


class SettleDeadLetters(beam.PTransform):
    """DeadLetter -> Outcome, for those that stand for an item."""

    def expand(self, letters: PCollection[DeadLetter]) -> PCollection[Outcome]:
        """Settle each letter."""
        return letters | "Settle" >> beam.FlatMap(_settle).with_output_types(Outcome)


def _settle(letter: DeadLetter) -> Iterator[Outcome]:
    if letter.item_id:
        yield Outcome(letter.item_id, "dead_letter", f"{letter.step}: {letter.error_type}")
