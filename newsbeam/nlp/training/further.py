"""``python -m newsbeam.nlp.training.further --labelled train.jsonl --new more.jsonl``: more examples.

Trains the encoder that ships a little further, in minutes instead of hours: on what it learned from, where
its own word is wanted beside the labels, that it forgets nothing; and on new examples, by their labels alone.
The linear models learn from all of them anew. Without teachers and texts without labels. Give the same
labelled items as to the training before: the newest, held out, must be those that the encoder has not seen.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from newsbeam.errors import NewsbeamError
from newsbeam.evaluation import read_labelled
from newsbeam.nlp.encoder import FOLDER
from newsbeam.nlp.training.__main__ import (
    OWN_WEIGHT,
    encoder_of,
    own_items,
    preparer,
    samples_of,
    split_newest,
    write_models,
)
from newsbeam.nlp.training.learning import score, train
from newsbeam.nlp.training.prepare import Example, Scores

EPOCHS = 2
RATE, RATE_OF_HEADS = 5e-5, 1e-4  # learning rates, highest: what is known shall stay
CERTAIN = 4.0  # log odds that stand for the labels of new examples: a probability of .98


def main(arguments: list[str] | None = None) -> int:
    """Train further and write the models; print how good they are on the newest items, held out."""
    parser = argparse.ArgumentParser(prog="python -m newsbeam.nlp.training.further", description=__doc__)
    parser.add_argument(
        "--labelled", type=Path, nargs="+", required=True, help="labelled items that were learned from"
    )
    parser.add_argument("--new", type=Path, nargs="+", required=True, help="labelled items that were not")
    parser.add_argument(
        "--models", type=Path, default=FOLDER, help="the folder of the models to start from (%(default)s)"
    )
    parser.add_argument("--out", type=Path, default=FOLDER, help="the folder to write to (%(default)s)")
    options = parser.parse_args(arguments)
    try:
        _train(options.labelled, options.new, options.models, options.out)
    except (NewsbeamError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _train(labelled: Sequence[Path], new: Sequence[Path], models: Path, out: Path) -> None:
    encoder, kept = encoder_of(models)
    fresh = [item for path in new for item in read_labelled(path)]
    if not fresh:
        raise NewsbeamError("no new examples", where=", ".join(map(str, new)))
    make = preparer()
    older, newest = split_newest([item for path in labelled for item in read_labelled(path)])
    ours = own_items(without={path.resolve() for path in new})
    known = [*make(older, 1.0), *make(ours, OWN_WEIGHT)]
    added = make(fresh, OWN_WEIGHT)
    print(f"{len(known)} examples that the encoder knows, {len(added)} new ones")
    said = score(samples_of(known, kept), encoder)
    wanted = labels_of(added)
    taught = Scores(np.concatenate([said.types, wanted.types]), [*said.names, *wanted.names])
    seen = [*known, *added]
    encoder.rate, encoder.rate_of_heads = RATE, RATE_OF_HEADS
    train([samples_of(seen, kept)] * EPOCHS, encoder, "further, ", taught)
    write_models(encoder, kept, seen, make(newest, 1.0), out)


def labels_of(examples: Sequence[Example]) -> Scores:
    """Return the labels of ``examples`` as a teacher that is nearly certain would say them."""
    types = np.array([[*example.types, example.types.any()] for example in examples])
    names = [[CERTAIN if part else -CERTAIN for _, part in example.names] for example in examples]
    return Scores(np.where(types, CERTAIN, -CERTAIN), names)


if __name__ == "__main__":
    sys.exit(main())
