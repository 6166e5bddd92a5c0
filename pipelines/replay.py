"""``newsbeam replay``: a folder of documents through the graph."""

import sys
from collections.abc import Mapping
from pathlib import Path

from newsbeam.config import Settings
from newsbeam.documents import open_folder
from newsbeam.records import OUTCOMES
from newsbeam.shown import harmless
from pipelines.run_graph import pipeline_options, run_graph
from sinks.registry import make_sink
from sinks.sink import Sink
from transforms.read_documents import ReadDocuments

FILES = ("alerts", "events", "counts", "dead_letters")


def replay(folder: Path, out: Path, overwrite: bool, settings: Settings, beam_args: list[str]) -> int:
    """Replay ``folder``; return the exit code: 0, or 1 with more dead letters than the settings allow."""
    found = open_folder(folder)
    for name in found.ignored:
        sys.stderr.write(
            f"newsbeam: {harmless(str(folder / name))}: ignored, it is no .txt or .html document\n"
        )
    routes: list[tuple[Sink, tuple[str, ...]]] = [
        (make_sink(sink.type, sink.options), sink.streams) for sink in settings.sinks
    ]
    routes.append((make_sink("jsonl", {"folder": str(out), "overwrite": overwrite}), FILES))
    totals = run_graph(ReadDocuments(found.documents), settings, routes, pipeline_options(beam_args))
    return _conclude(totals, settings)


def _conclude(totals: Mapping[str, int], settings: Settings) -> int:
    settled = sum(totals[name] for name in OUTCOMES)
    if totals["items_read"] != settled:
        raise AssertionError(f"items read and outcomes do not add up: {dict(totals)}")
    dead = totals["dead_letters"]
    if dead > settings.max_dead_letters:
        sys.stderr.write(
            f"newsbeam: {dead} dead letters, more than the {settings.max_dead_letters} allowed "
            "(max_dead_letters, --max-dead-letters)\n"
        )
        return 1
    return 0
