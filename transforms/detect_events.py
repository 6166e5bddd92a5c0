"""DetectEvents: articles into the events they tell of."""

from collections.abc import Iterator

import apache_beam as beam
from apache_beam.pvalue import PCollection

from newsbeam import nlp
from newsbeam.detection import detect_events
from newsbeam.records import Article, ItemEvents


class DetectEvents(beam.PTransform):
    """Article -> ItemEvents: one for each article, also where nothing is detected; the text ends here."""

    def __init__(self, model: str | None = None) -> None:
        super().__init__()
        self._model = model

    def expand(self, articles: PCollection[Article]) -> PCollection[ItemEvents]:
        """Detect in each article."""
        return articles | "Detect" >> beam.ParDo(_DetectFn(self._model)).with_output_types(ItemEvents)


class _DetectFn(beam.DoFn):
    def __init__(self, model: str | None) -> None:
        self._model = model

    def setup(self) -> None:
        self._nlp = nlp.shared(self._model)

    def process(self, article: Article) -> Iterator[ItemEvents]:
        yield detect_events(article, self._nlp)
