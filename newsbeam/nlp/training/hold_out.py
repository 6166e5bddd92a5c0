"""``python -m newsbeam.nlp.training.hold_out --since 2026-03-01 …``: how good on what is later, or elsewhere?

Trains encoder and linear models on a part of the labelled items and measures on the rest: those since a day,
or those of other outlets than the ones named. How the scores are joined, and the thresholds, are those of the
model that ships.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from newsbeam.errors import NewsbeamError
from newsbeam.evaluation import read_labelled
from newsbeam.nlp.learner import Learner, sigmoid, stack
from newsbeam.nlp.training.__main__ import (
    OWN_WEIGHT,
    add_arguments,
    learn,
    own_items,
    preparer,
    published_models,
    samples_of,
    without_labels,
)
from newsbeam.nlp.training.fit import figures, fit_on, make_matrix
from newsbeam.nlp.training.learning import score
from newsbeam.nlp.training.prepare import Example


def main(arguments: list[str] | None = None) -> int:
    """Train on a part, print the figures on the rest."""
    parser = argparse.ArgumentParser(prog="python -m newsbeam.nlp.training.hold_out", description=__doc__)
    add_arguments(parser)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--since", metavar="DAY", help="measure on items published on DAY or later")
    which.add_argument("--outlets", help="train on these (comma between), measure on all others")
    options = parser.parse_args(arguments)
    try:
        items = [item for path in options.labelled for item in read_labelled(path)]
        if options.since:
            held = [(item.get("published") or "") >= options.since for item in items]
        else:
            named = {name.strip() for name in options.outlets.split(",")}
            held = [item.get("source") not in named for item in items]
        _measure(items, held, options)
    except (NewsbeamError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _measure(items: Sequence[dict[str, Any]], held: Sequence[bool], options: argparse.Namespace) -> None:
    models = published_models(options)
    prepare = preparer()
    examples = prepare(items, 1.0)
    real: list[Example] = [example for example, out in zip(examples, held, strict=True) if not out]
    rest: list[Example] = [example for example, out in zip(examples, held, strict=True) if out]
    if not (real and rest):
        raise NewsbeamError("no items on one side: nothing to train on, or nothing to measure on")
    ours = own_items()
    own = prepare(ours, OWN_WEIGHT)
    seen = [*real, *own]
    unlabelled: list[Example] = []
    if models.teacher:
        older = [item for item, out in zip(items, held, strict=True) if not out]
        unlabelled = without_labels(prepare, older, ours, options.unlabelled, models)
    network, kept = learn(models, real, own, unlabelled)
    encoder = score(samples_of(rest, kept), network).types
    vocabulary, weights, bias = fit_on(seen)
    linear = make_matrix(vocabulary, [example.features for example in rest]) @ weights + bias
    shipped = Learner()
    probabilities = sigmoid(stack(linear, encoder) @ shipped.stack_weights + shipped.stack_bias)
    labels = np.array([example.types for example in rest])
    found = figures(probabilities > shipped.thresholds, labels)
    print("(joined, and thresholds taken, as in the model that ships, which has seen these items)")
    print(f"{len(rest)} items held out: " + ", ".join(f"{name} {value:.3f}" for name, value in found.items()))


if __name__ == "__main__":
    sys.exit(main())
