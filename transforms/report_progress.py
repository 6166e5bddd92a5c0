"""ReportProgress: tells whoever watches this process how many items have passed."""

import apache_beam as beam
from apache_beam.pvalue import PCollection

from newsbeam.records import ItemEvents


class Progress:
    """Items that have passed in this process; read by the command line while a pipeline runs."""

    items = 0


class ReportProgress(beam.PTransform):
    """ItemEvents -> the same, noted in :class:`Progress`."""

    def expand(self, items: PCollection[ItemEvents]) -> PCollection[ItemEvents]:
        """Note each item."""
        return items | "Note" >> beam.Map(_note).with_output_types(ItemEvents)


def _note(item: ItemEvents) -> ItemEvents:
    Progress.items += 1
    return item
