"""What a dead pass wrote into the ledger and perhaps not into the other sinks, delivered again."""

import apache_beam as beam
import structlog
from apache_beam.options.pipeline_options import PipelineOptions
from sqlalchemy import Engine

from newsbeam.ledger.engine import writing
from newsbeam.ledger.streams import DELIVERED_STREAMS, pending, settle_records
from pipelines.monitor import Routes

LOG = structlog.get_logger("newsbeam.run")


def redeliver(engine: Engine, routes: Routes, options: PipelineOptions) -> frozenset[str]:
    """Give ``routes`` all that is pending, then call it delivered; return the streams it was in.

    Done before a pass polls: what it then finds again is known as delivered. A crash in here leaves
    everything pending for the next pass.
    """
    found = {stream: records for stream in DELIVERED_STREAMS if (records := pending(engine, stream))}
    if not found:
        return frozenset()
    LOG.info("delivering again", **{stream: len(records) for stream, records in found.items()})
    for sink, names in routes:
        sink.prepare(names)
    with beam.Pipeline(options=options) as pipeline:
        streams = {
            stream: pipeline | f"Pending{stream.title()}" >> beam.Create(records, reshuffle=False)
            for stream, records in found.items()
        }
        for number, (sink, names) in enumerate(routes):
            wanted = {name: streams[name] for name in names if name in streams}
            if wanted:
                _ = wanted | f"Redeliver{number}{type(sink).__name__}" >> sink
    with writing(engine) as connection:
        for stream, records in found.items():
            settle_records(connection, stream, records)
    return frozenset(found)
