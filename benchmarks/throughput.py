"""Articles a second: (a) the floor, (b) our kernel in a plain loop, (c) the pipeline on FnApiRunner."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import Any

import apache_beam as beam
import spacy
import trafilatura

from benchmarks.articles import page_items, seed_items
from newsbeam import nlp
from newsbeam.articles import extract_article
from newsbeam.config import Settings
from newsbeam.detection import detect_events
from newsbeam.errors import ExtractError
from newsbeam.policies import raise_alerts
from newsbeam.records import DeadLetter, FeedItem, Outcome
from pipelines.replay import FILES
from pipelines.run_graph import pipeline_options, run_graph
from sinks.registry import make_sink
from transforms.outputs import DEAD_LETTERS, OUTCOMES

ROUNDS = 3
HELD: list[FeedItem] = []
"""What the worker, which is this process, yields. In a closure it would be pickled into the graph: 8 s."""


class Items(beam.PTransform):
    """A source of items made on the worker, so that a run's memory is the pipeline's own."""

    def __init__(self, make: Callable[[], Iterator[FeedItem]]) -> None:
        super().__init__()
        self._make = make

    def expand(self, pbegin: Any) -> Any:
        make = self._make
        start = pbegin | beam.Create([None], reshuffle=False)
        return start | beam.FlatMap(lambda _: make()).with_output_types(
            FeedItem, dead_letters=DeadLetter, outcomes=Outcome
        ).with_outputs(DEAD_LETTERS, OUTCOMES, main="items")


def floor(items: Sequence[FeedItem]) -> None:
    """trafilatura and spaCy's blank tokenizer."""
    tokenizer = spacy.blank("en")
    for item in items:
        tokenizer(trafilatura.extract(item.content, include_comments=False, include_tables=False) or "")


def kernel(items: Sequence[FeedItem]) -> None:
    """All of newsbeam but Beam."""
    language, policies = nlp.load(), Settings().policies
    for item in items:
        try:
            found = detect_events(extract_article(item), language)
        except ExtractError:
            continue
        for event in found.events:
            raise_alerts(policies, event)


def pipeline(items: Sequence[FeedItem]) -> None:
    """The whole graph, files and all."""
    HELD[:] = items
    run_pipeline(_held)


def _held() -> Iterator[FeedItem]:
    return iter(HELD)


def run_pipeline(make: Callable[[], Iterator[FeedItem]]) -> None:
    """Run the graph over what ``make`` yields, into files that are thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        sink = make_sink("jsonl", {"folder": folder})
        run_graph(
            Items(make),
            Settings(),
            [(sink, FILES)],
            pipeline_options([]),
        )


def measure(name: str, items: Sequence[FeedItem]) -> None:
    """Time the three in turn, several rounds, and print the medians."""
    kinds = {"a floor": floor, "b kernel": kernel, "c pipeline": pipeline}
    seconds: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(ROUNDS):
        for kind, run in kinds.items():
            started = time.perf_counter()
            run(items)
            seconds[kind].append(time.perf_counter() - started)
    print(f"\n{name}: {len(items)} items, {ROUNDS} rounds in turn")
    for kind, taken in seconds.items():
        print(f"  ({kind:<11}) {len(items) / median(taken):8.1f} articles/s")
    print(f"  kernel / floor     {_ratio(seconds['a floor'], seconds['b kernel']):.2f}  (aim: 0.80)")
    print(f"  pipeline / kernel  {_ratio(seconds['b kernel'], seconds['c pipeline']):.2f}  (aim: 0.85)")


def _ratio(base: list[float], other: list[float]) -> float:
    """Return the median of the ratios round by round: the machine's speed drifts between rounds."""
    return median(b / o for b, o in zip(base, other, strict=True))


def main() -> None:
    """Measure the seeds and, where they are, real pages."""
    nlp.load()  # not timed here: see benchmarks/detection.py
    measure("seeds as pages", list(seed_items(400, as_pages=True)))
    pages = page_items(120)
    if pages:
        measure("real news pages", pages)
    else:
        print("\nreal news pages: ../shared/data/pages is not there, skipped")
