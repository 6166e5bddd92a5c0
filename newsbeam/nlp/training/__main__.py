"""``python -m newsbeam.nlp.training --labelled train.jsonl --out newsbeam/nlp/model/events.npz``."""

import argparse
import sys
from pathlib import Path

import numpy as np
import spacy

from newsbeam.errors import NewsbeamError
from newsbeam.evaluation import read_labelled
from newsbeam.nlp import mentions  # noqa: F401  (registers the component)
from newsbeam.nlp.learner import MODEL
from newsbeam.nlp.rules import RuleBook, load_rules
from newsbeam.nlp.training.fit import fit_all
from newsbeam.nlp.training.prepare import Example, prepare

OWN_EXAMPLES = Path(__file__).parent
OWN_WEIGHT = (
    0.4  # of an example of ours beside a labelled news item: .663 micro F1 in cross-validation, .655 with 1
)


def main(arguments: list[str] | None = None) -> int:
    """Train and write the model; print what cross-validation says of it."""
    parser = argparse.ArgumentParser(prog="python -m newsbeam.nlp.training", description=__doc__)
    parser.add_argument("--labelled", type=Path, nargs="+", required=True, help="labelled items, JSON Lines")
    parser.add_argument("--out", type=Path, default=MODEL, help="the model file to write (%(default)s)")
    parser.add_argument("--own-weight", type=float, default=OWN_WEIGHT, help="weight of our own examples")
    options = parser.parse_args(arguments)
    try:
        train(options.labelled, options.out, options.own_weight)
    except NewsbeamError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def train(labelled: list[Path], out: Path, own_weight: float = OWN_WEIGHT) -> None:
    """Train on ``labelled`` and the examples of our own, and write the model to ``out``."""
    nlp = spacy.blank("en")
    nlp.add_pipe("newsbeam_sentences")
    nlp.add_pipe("newsbeam_mentions")
    book = RuleBook(load_rules())
    examples: list[Example] = []
    for path in labelled:
        examples += prepare(read_labelled(path), nlp, book)
    own: list[Example] = []
    for path in sorted(OWN_EXAMPLES.glob("*.jsonl")):
        own += prepare(read_labelled(path), nlp, book, own_weight)
    print(f"{len(examples)} labelled items, {len(own)} examples of our own")
    arrays, figures = fit_all(examples, own)
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("wb") as file:
        np.savez_compressed(file, **arrays)
    print(
        f"cross-validated micro F1 {figures['micro_f1']:.3f}, {figures['features']:.0f} features, "
        f"{out.stat().st_size / 1e6:.1f} MB: {out}"
    )


if __name__ == "__main__":
    sys.exit(main())
