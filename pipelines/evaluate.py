"""``newsbeam eval``: detection measured against labelled items."""

import json
import sys
from pathlib import Path

from newsbeam import evaluation, nlp
from newsbeam.config import Settings


def evaluate(labelled: Path, as_json: bool, errors: bool, settings: Settings) -> int:
    """Print precision, recall and F1 over ``labelled``; with ``errors`` each wrong item and why."""
    report = evaluation.evaluate(evaluation.read_labelled(labelled), nlp.shared(settings.nlp.model))
    if as_json:
        sys.stdout.write(
            json.dumps(evaluation.to_dict(report, errors=errors), indent=2, ensure_ascii=False) + "\n"
        )
    else:
        sys.stdout.write(evaluation.render(report, errors=errors))
    return 0
