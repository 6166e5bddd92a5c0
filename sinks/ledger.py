"""WriteToLedger: the ledger as a sink; part of every `newsbeam run`."""

from typing import Any, ClassVar

import apache_beam as beam

from newsbeam.ledger.engine import opened
from newsbeam.ledger.streams import CHUNK, Writer, write
from sinks.sink import Sink, SinkOptions, Streams


class LedgerOptions(SinkOptions):
    """``url`` is the ledger's; ``run_id`` and ``now`` (ISO 8601) say which run writes."""

    url: str
    run_id: str
    now: str


class WriteToLedger(Sink):
    """Writes the records of each stream by id: writing one again changes nothing."""

    Options: ClassVar[type[SinkOptions]] = LedgerOptions
    options: LedgerOptions

    def expand(self, streams: Streams) -> None:
        """Write each stream."""
        for stream, records in streams.items():
            _ = records | f"Write{stream.title()}" >> beam.ParDo(_WriteFn(self.options, stream))


class _WriteFn(beam.DoFn):
    def __init__(self, options: LedgerOptions, stream: str) -> None:
        self._options = options
        self._stream = stream

    def start_bundle(self) -> None:
        self._waiting: list[Any] = []

    def process(self, record: Any) -> None:
        self._waiting.append(record)
        if len(self._waiting) >= CHUNK:
            self._write()

    def finish_bundle(self) -> None:
        if self._waiting:
            self._write()

    def _write(self) -> None:
        writer = Writer(self._options.run_id, self._options.now)
        write(opened(self._options.url), self._stream, self._waiting, writer)
        self._waiting = []
