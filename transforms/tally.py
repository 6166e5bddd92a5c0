"""Tally: Beam counters of what passes, for the run's summary and its exit code."""

from collections.abc import Callable
from typing import Any

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import PCollection

NAMESPACE = "newsbeam"


class Tally(beam.PTransform):
    """Elements -> the same elements, counted under ``name_of(element)``."""

    def __init__(self, name_of: Callable[[Any], str]) -> None:
        super().__init__()
        self._name_of = name_of

    def expand(self, elements: PCollection[Any]) -> PCollection[Any]:
        """Count each element."""
        return elements | "Count" >> beam.Map(_count, self._name_of).with_output_types(elements.element_type)


def _count(element: Any, name_of: Callable[[Any], str]) -> Any:
    Metrics.counter(NAMESPACE, name_of(element)).inc()
    return element
