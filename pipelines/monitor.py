"""The graph. It reads like the picture in docs/architecture.md."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import apache_beam as beam
from apache_beam.pvalue import PBegin

from newsbeam.config import Settings
from sinks.sink import Sink
from transforms.count_events import CountEvents
from transforms.detect_events import DetectEvents
from transforms.extract_articles import ExtractArticles
from transforms.raise_alerts import RaiseAlerts
from transforms.report_progress import ReportProgress
from transforms.settle_dead_letters import SettleDeadLetters
from transforms.tally import Tally

Routes = Sequence[tuple[Sink, tuple[str, ...]]]
"""Sinks, each with the streams it gets."""


class Memory(NamedTuple):
    """What a pass knows of earlier ones.

    ``recall`` turns the ItemEvents of this pass into those of earlier ones that are to be counted again
    with them; ``empty`` gives, for ``items`` and ``counts``, counts of 0 for what counts no more;
    ``withhold`` lets through, by stream, only what has not been delivered. The first two are None where
    there were no earlier passes.
    """

    recall: beam.PTransform | None
    empty: beam.PTransform | None
    withhold: Mapping[str, beam.PTransform]


class Monitor(beam.PTransform):
    """Items in, alerts, events, counts, dead letters and outcomes into their sinks.

    ``source`` is a transform from PBegin to ``items``, ``dead_letters`` and ``outcomes`` (of items that
    went no further, such as duplicates). The rest of the graph does not know whether it is bounded.
    ``memory`` is None where there were no earlier passes to remember, as in a replay.
    """

    def __init__(
        self, source: beam.PTransform, settings: Settings, routes: Routes, memory: Memory | None = None
    ) -> None:
        super().__init__()
        self._source = source
        self._settings = settings
        self._routes = routes
        self._memory = memory

    def expand(self, pbegin: PBegin) -> None:
        """Build the graph."""
        counting = self._settings.counts

        read = pbegin | "ReadItems" >> self._source
        articles = read.items | "ExtractArticles" >> ExtractArticles()
        found = articles.articles | "DetectEvents" >> DetectEvents(self._settings.nlp.model)
        detected = found["items"] | "ReportProgress" >> ReportProgress()
        sighted = detected
        if self._memory and self._memory.recall:
            recalled = detected | "Recall" >> self._memory.recall
            sighted = (detected, recalled) | "WithRecalled" >> beam.Flatten()
        counted = sighted | "CountEvents" >> CountEvents(counting.window_seconds, counting.lateness_seconds)
        counts = counted["counts"]
        if self._memory and self._memory.empty:
            counts |= "CountsOfAllWindows" >> beam.WindowInto(beam.window.GlobalWindows())
            emptied = {"items": detected, "counts": counts} | "EmptyCounts" >> self._memory.empty
            counts = (counts, emptied) | "WithEmptied" >> beam.Flatten()
        raised = detected | "RaiseAlerts" >> RaiseAlerts(self._settings.policies)

        failed = (
            read.dead_letters,
            articles.dead_letters,
            found.dead_letters,
        ) | "FailedItems" >> beam.Flatten()
        settled = failed | "SettleFailed" >> SettleDeadLetters()
        streams = {
            "alerts": raised.alerts,
            "events": detected | "Events" >> beam.FlatMap(lambda item: item.events),
            "counts": counts,
            "dead_letters": (failed, counted["dead_letters"]) | "DeadLetters" >> beam.Flatten(),
            "outcomes": (read.outcomes, settled, raised.outcomes) | "Outcomes" >> beam.Flatten(),
        }
        for name, withhold in self._memory.withhold.items() if self._memory else ():
            streams[name] |= f"Withhold{name.title()}" >> withhold
        streams["dead_letters"] |= "TallyDeadLetters" >> Tally(lambda _: "dead_letters")
        streams["outcomes"] |= "TallyOutcomes" >> Tally(lambda outcome: outcome.outcome)
        for number, (sink, names) in enumerate(self._routes):
            _ = {name: streams[name] for name in names} | f"Write{number}{type(sink).__name__}" >> sink
