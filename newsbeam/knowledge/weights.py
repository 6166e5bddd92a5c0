"""Weights of the small linear scores: ``weights/<name>.jsonl``, one feature a line.

They are trained by ``scripts/train_vendor_finding.py``; as text, so that a change can be read in a diff.
"""

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from newsbeam.errors import KnowledgeError
from newsbeam.knowledge.catalogue import FOLDER, Entry, read_lines, validate

WEIGHTS = FOLDER / "weights"


class Weight(Entry):
    """What one feature adds to the score (natural log of odds)."""

    feature: str = Field(min_length=1)
    weight: float


def load_weights(name: str, folder: Path | str = WEIGHTS) -> Mapping[str, float]:
    """Read the weights ``name`` of ``folder``, by feature."""
    found: dict[str, float] = {}
    for place, value in read_lines(Path(folder) / f"{name}.jsonl"):
        entry = validate(place, value, Weight)
        if entry.feature in found:
            raise KnowledgeError(f"feature '{entry.feature}' is given twice", where=str(place))
        found[entry.feature] = entry.weight
    return found
