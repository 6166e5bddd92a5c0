"""Runs the graph on a Beam runner and says how it went."""

import logging
from collections.abc import Mapping, Sequence

import apache_beam as beam
from apache_beam.metrics import MetricsFilter
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.runners.runner import create_runner

from newsbeam.config import Settings
from newsbeam.detection import load_language
from newsbeam.errors import UsageError
from newsbeam.records import OUTCOMES
from pipelines.monitor import Memory, Monitor, Routes
from pipelines.progress import shown
from transforms.report_progress import Progress
from transforms.tally import NAMESPACE

LOCAL_RUNNER = "FnApiRunner"
"""Named outright: ``DirectRunner`` tries to download another runner before it falls back to this one."""


def pipeline_options(beam_args: Sequence[str]) -> PipelineOptions:
    """Return Beam's options from what stands after ``--``; raises :class:`UsageError` for unknown ones."""
    options = PipelineOptions(list(beam_args))
    unknown = [arg for arg in _unknown(beam_args) if arg.startswith("-")]
    if unknown:
        raise UsageError(f"Beam knows no option {unknown[0]}", where="after --")
    standard = options.view_as(StandardOptions)
    standard.runner = standard.runner or LOCAL_RUNNER
    try:
        create_runner(standard.runner)
    except (ValueError, ImportError, AttributeError) as error:
        raise UsageError(f"Beam knows no runner {standard.runner}", where="after --") from error
    return options


def _unknown(beam_args: Sequence[str]) -> list[str]:
    import argparse  # noqa: PLC0415 - Beam has no public list of its options; its own parser says

    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    for kind in PipelineOptions.__subclasses__():
        for name in vars(kind):
            if name == "_add_argparse_args":
                try:
                    kind._add_argparse_args(parser)
                except argparse.ArgumentError:
                    continue  # two option classes may share an option
    return parser.parse_known_args(list(beam_args))[1]


def run_graph(
    source: beam.PTransform,
    settings: Settings,
    routes: Routes,
    options: PipelineOptions,
    memory: Memory | None = None,
) -> Mapping[str, int]:
    """Run the graph to its end.

    Returns totals by name: ``items_read``, each outcome, ``dead_letters``, and what else steps counted.
    Raises :class:`UsageError` before the run where a sink cannot be written to or what we know is faulty.
    """
    load_language(settings.nlp.model)  # here, since Beam carries what a step raises as text only
    for sink, streams in routes:
        sink.prepare(streams)
    logging.getLogger("apache_beam").setLevel(logging.ERROR)
    # It logs what a step raised, with a traceback, before it raises it: we say it once, in words.
    logging.getLogger("apache_beam.runners.common").setLevel(logging.CRITICAL)
    Progress.items = 0
    with shown(lambda: Progress.items):
        pipeline = beam.Pipeline(options=options)
        _ = pipeline | "Monitor" >> Monitor(source, settings, routes, memory)
        result = pipeline.run()
        result.wait_until_finish()
    found = result.metrics().query(MetricsFilter().with_namespace(NAMESPACE))["counters"]
    counted = {counter.key.metric.name: int(counter.result) for counter in found}
    return dict.fromkeys(("items_read", "dead_letters", *OUTCOMES), 0) | counted
