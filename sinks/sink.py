"""What a sink is."""

from typing import Any, ClassVar, Self

import apache_beam as beam
from apache_beam.pvalue import PCollection
from pydantic import BaseModel, ConfigDict

from newsbeam.messages import MESSAGES, to_line

Streams = dict[str, PCollection[Any]]
"""Records by stream: alerts, events, counts, dead_letters, outcomes. A sink may be given only some."""


class SinkOptions(BaseModel):
    """Options of a sink; each sink has its own. Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sink(beam.PTransform):
    """A destination: applied to a dict of streams, it writes their records.

    Writing the same record again must be harmless or recognisable by its id.
    """

    Options: ClassVar[type[SinkOptions]] = SinkOptions

    def __init__(self, options: SinkOptions) -> None:
        super().__init__()
        self.options = options

    def prepare(self, streams: tuple[str, ...]) -> None:
        """Check before the run that it can be written to; raises :class:`newsbeam.errors.OutputError`."""

    def in_passes(self) -> Self:
        """Return this sink as one pass of many uses it: adding to what earlier passes wrote."""
        return self

    def adding_to(self, written: frozenset[str]) -> Self:  # noqa: ARG002 - for sinks that replace
        """Return this sink as a pass uses it that has already been given some of the streams ``written``."""
        return self

    def expand(self, streams: Streams) -> None:
        """Attach the writing of each stream to the graph."""
        raise NotImplementedError


def is_bounded(streams: Streams) -> bool:
    """Return whether all of ``streams`` end."""
    return all(records.is_bounded for records in streams.values())


class FormatLines(beam.PTransform):
    """Records of ``stream`` -> (stream, JSON line) in the global window."""

    def __init__(self, stream: str) -> None:
        super().__init__()
        self._stream = stream

    def expand(self, records: PCollection[Any]) -> PCollection[tuple[str, str]]:
        """Print each record as a line."""
        return (
            records
            | "ToLine" >> beam.Map(_line, self._stream).with_output_types(tuple[str, str])
            | "AllWindows" >> beam.WindowInto(beam.window.GlobalWindows())
        )


def _line(record: Any, stream: str) -> tuple[str, str]:
    return stream, to_line(MESSAGES[stream](record))
