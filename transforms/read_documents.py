"""ReadDocuments: a folder of documents as a source of items."""

from collections.abc import Iterator
from typing import Any

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import DoOutputsTuple, PBegin, TaggedOutput

from newsbeam.documents import Document, read_documents
from newsbeam.records import DeadLetter, FeedItem, Outcome
from transforms.outputs import DEAD_LETTERS, OUTCOMES
from transforms.tally import NAMESPACE

ITEMS_READ = Metrics.counter(NAMESPACE, "items_read")


class ReadDocuments(beam.PTransform):
    """PBegin -> ``items``: FeedItem, ``dead_letters``: DeadLetter, ``outcomes``: Outcome (duplicates).

    Documents are read one after another by one worker: that keeps their order, and duplicates are
    found without a barrier that would hold every text in memory.
    """

    def __init__(self, documents: tuple[Document, ...]) -> None:
        super().__init__()
        self._documents = documents

    def expand(self, pbegin: PBegin) -> DoOutputsTuple:
        """Attach the source to the pipeline."""
        return (
            pbegin
            | "Start" >> beam.Create([None], reshuffle=False)
            | "ReadEach"
            >> beam.ParDo(_ReadDocumentsFn(self._documents))
            .with_output_types(FeedItem, dead_letters=DeadLetter, outcomes=Outcome)
            .with_outputs(DEAD_LETTERS, OUTCOMES, main="items")
        )


class _ReadDocumentsFn(beam.DoFn):
    def __init__(self, documents: tuple[Document, ...]) -> None:
        self._documents = documents

    def process(self, _: Any) -> Iterator[Any]:
        for found in read_documents(self._documents, step="ReadDocuments"):
            ITEMS_READ.inc()
            if isinstance(found, DeadLetter):
                yield TaggedOutput(DEAD_LETTERS, found)
            elif isinstance(found, Outcome):
                yield TaggedOutput(OUTCOMES, found)
            else:
                yield found
