"""WriteToMemory: records kept in this process; for tests."""

from typing import Any, ClassVar

import apache_beam as beam

from sinks.sink import Sink, SinkOptions, Streams

STORE: dict[str, dict[str, list[Any]]] = {}
"""Records by store name and stream. Only runners that work in this process fill it."""


class MemoryOptions(SinkOptions):
    """``name`` is the store's."""

    name: str = "default"


class WriteToMemory(Sink):
    """Keeps the records of each stream in :data:`STORE`."""

    Options: ClassVar[type[SinkOptions]] = MemoryOptions
    options: MemoryOptions

    def prepare(self, streams: tuple[str, ...]) -> None:
        """Empty the store."""
        STORE[self.options.name] = {stream: [] for stream in streams}

    def expand(self, streams: Streams) -> None:
        """Keep each stream."""
        for stream, records in streams.items():
            _ = records | f"Keep{stream.title()}" >> beam.Map(_keep, self.options.name, stream)


def _keep(record: Any, name: str, stream: str) -> None:
    STORE.setdefault(name, {}).setdefault(stream, []).append(record)
