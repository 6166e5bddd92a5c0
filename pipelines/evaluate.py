"""``newsbeam eval``: detection measured against labelled items."""

import json
import sys
from pathlib import Path
from typing import Any

from newsbeam import evaluation
from newsbeam.config import Settings
from newsbeam.detection import load_language
from newsbeam.errors import ItemError, UsageError


def evaluate(labelled: Path, as_json: bool, errors: bool, settings: Settings) -> int:
    """Print precision, recall and F1 over ``labelled``; with ``errors`` each wrong item and why.

    Where the configuration names a spaCy model, also what the same figures are without it.
    """
    items, model = _read(labelled), settings.nlp.model
    report = evaluation.evaluate(items, load_language(model))
    without = evaluation.evaluate(items, load_language()) if model else None
    if as_json:
        found = evaluation.to_dict(report, errors=errors)
        if without:
            found["without_model"] = evaluation.to_dict(without)
        sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
        return 0
    if without:
        sys.stdout.write(evaluation.render_difference(f"spaCy model {model}", without, report) + "\n\n")
    sys.stdout.write(evaluation.render(report, errors=errors) + "\n")
    return 0


def _read(labelled: Path) -> list[dict[str, Any]]:
    try:
        return evaluation.read_labelled(labelled)
    except ItemError as error:
        raise UsageError(str(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot be read: {error}", where=str(labelled)) from error
