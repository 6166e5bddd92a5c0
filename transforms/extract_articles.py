"""ExtractArticles: items into articles, stamped with their event time."""

from collections.abc import Iterator
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import DoOutputsTuple, PCollection, TaggedOutput
from apache_beam.transforms.window import TimestampedValue

from newsbeam import clock
from newsbeam.articles import extract_article
from newsbeam.records import Article, DeadLetter, FeedItem, dead_letter
from transforms.outputs import DEAD_LETTERS


class ExtractArticles(beam.PTransform):
    """FeedItem -> ``articles``: Article at its event time, ``dead_letters``: DeadLetter."""

    def expand(self, items: PCollection[FeedItem]) -> DoOutputsTuple:
        """Extract each item."""
        return items | "Extract" >> beam.ParDo(_ExtractFn()).with_output_types(
            Article, dead_letters=DeadLetter
        ).with_outputs(DEAD_LETTERS, main="articles")


class _ExtractFn(beam.DoFn):
    def process(self, item: FeedItem) -> Iterator[Any]:
        try:
            article = extract_article(item)
            at = clock.from_iso(article.event_time).timestamp()
        except Exception as error:  # noqa: BLE001 - one hostile item must not stop all the others
            yield TaggedOutput(
                DEAD_LETTERS,
                dead_letter("ExtractArticles", item.source, error, item.title or item.content, item.item_id),
            )
            return
        yield TimestampedValue(article, at)
