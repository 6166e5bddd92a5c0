"""DetectEvents: articles into the events they tell of."""

from collections.abc import Iterator
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import DoOutputsTuple, PCollection, TaggedOutput

from newsbeam.detection import detect_events, load_language
from newsbeam.records import Article, DeadLetter, ItemEvents, dead_letter
from transforms.outputs import DEAD_LETTERS


class DetectEvents(beam.PTransform):
    """Article -> ``items``: ItemEvents, also where nothing is detected; ``dead_letters``: DeadLetter.

    The text of an article ends here.
    """

    def __init__(self, model: str | None = None) -> None:
        super().__init__()
        self._model = model

    def expand(self, articles: PCollection[Article]) -> DoOutputsTuple:
        """Detect in each article."""
        return articles | "Detect" >> beam.ParDo(_DetectFn(self._model)).with_output_types(
            ItemEvents, dead_letters=DeadLetter
        ).with_outputs(DEAD_LETTERS, main="items")


class _DetectFn(beam.DoFn):
    def __init__(self, model: str | None) -> None:
        self._model = model

    def setup(self) -> None:
        self._nlp = load_language(self._model)

    def process(self, article: Article) -> Iterator[Any]:
        try:
            yield detect_events(article, self._nlp)
        except Exception as error:  # noqa: BLE001 - one hostile article must not stop all the others
            letter = dead_letter("DetectEvents", article.source, error, article.title, article.item_id)
            yield TaggedOutput(DEAD_LETTERS, letter)
