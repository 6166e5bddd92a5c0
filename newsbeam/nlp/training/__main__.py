"""``python -m newsbeam.nlp.training --labelled train.jsonl --encoder all-minilm-l6-v2.onnx --vocabulary …``.

Trains all that ships in ``newsbeam/nlp/model``: the encoder and the linear models. Takes about half an hour
on two cores.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import spacy

from newsbeam.errors import NewsbeamError
from newsbeam.evaluation import read_labelled
from newsbeam.nlp import mentions  # noqa: F401  (registers the component)
from newsbeam.nlp.encoder import FOLDER, GRAPH, VOCABULARY, fingerprint
from newsbeam.nlp.learner import MODEL
from newsbeam.nlp.rules import RuleBook, load_rules
from newsbeam.nlp.training.prepare import Example, prepare
from newsbeam.nlp.wordpiece import SPECIAL, WordPieces

try:
    from newsbeam.nlp.training import graph, network
    from newsbeam.nlp.training.fit import FOLDS, Held, fit_all, fold_of
except ImportError as missing:
    print(f"error: {missing}: training needs pip install -e '.[training]'", file=sys.stderr)
    sys.exit(2)

OWN_EXAMPLES = Path(__file__).parent
OWN_WEIGHT = (
    0.4  # of an example of ours beside a labelled news item: .663 micro F1 in cross-validation, .655 with 1
)


Prepare = Callable[[Sequence[Mapping[str, Any]], float], list[Example]]


def main(arguments: list[str] | None = None) -> int:
    """Train and write the models; print what cross-validation says of them."""
    parser = argparse.ArgumentParser(prog="python -m newsbeam.nlp.training", description=__doc__)
    add_arguments(parser)
    parser.add_argument("--out", type=Path, default=FOLDER, help="the folder to write to (%(default)s)")
    options = parser.parse_args(arguments)
    try:
        train(options.labelled, published_model(options), options.out)
    except (NewsbeamError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what every training needs: labelled items, and the model that the encoder starts from."""
    parser.add_argument("--labelled", type=Path, nargs="+", required=True, help="labelled items, JSON Lines")
    parser.add_argument("--encoder", type=Path, required=True, help="all-MiniLM-L6-v2 in ONNX form")
    parser.add_argument(
        "--vocabulary", type=Path, required=True, help="its tokenizer.json, which holds the vocabulary"
    )


def published_model(options: argparse.Namespace) -> network.Published:
    """Read the model that the arguments name."""
    return network.read_published(options.encoder, _read_vocabulary(options.vocabulary))


def preparer() -> Prepare:
    """Return what makes examples of labelled items, for a weight."""
    nlp = spacy.blank("en")
    nlp.add_pipe("newsbeam_sentences")
    nlp.add_pipe("newsbeam_mentions")
    book = RuleBook(load_rules())
    return lambda items, weight: prepare(items, nlp, book, weight)


def own_examples(make: Prepare) -> list[Example]:
    """Return the examples of our own."""
    paths = sorted(OWN_EXAMPLES.glob("*.jsonl"))
    if not paths:
        raise NewsbeamError(
            "the examples of our own are missing: train in a checkout", where=str(OWN_EXAMPLES)
        )
    return [example for path in paths for example in make(read_labelled(path), OWN_WEIGHT)]


def train(labelled: Sequence[Path], published: network.Published, out: Path) -> None:
    """Train on ``labelled`` and the examples of our own, and write the models to ``out``."""
    make = preparer()
    examples = [example for path in labelled for example in make(read_labelled(path), 1.0)]
    own = own_examples(make)
    print(f"{len(examples)} labelled items, {len(own)} examples of our own")
    kept = _keep(published.pieces, [*examples, *own])
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out) as folder:  # a training that is stopped leaves what was there
        made = Path(folder)
        (made / VOCABULARY).write_text("\n".join(kept), encoding="utf-8")
        held = _train_encoder(published, kept, examples, own, made / GRAPH)
        arrays, measured = fit_all(examples, own, held)
        arrays["encoder"] = np.array(fingerprint(made))
        with (made / MODEL.name).open("wb") as file:
            np.savez_compressed(file, **arrays)
        for name in (VOCABULARY, GRAPH, MODEL.name):
            (made / name).replace(out / name)
    size = sum((out / name).stat().st_size for name in (VOCABULARY, GRAPH, MODEL.name)) / 1e6
    print(f"{len(kept)} pieces, {measured.pop('features'):.0f} features, {size:.1f} MB: {out}")
    print(
        "cross-validated over days: " + ", ".join(f"{name} {value:.3f}" for name, value in measured.items())
    )


def trained(
    published: network.Published, seen: Sequence[Example], rest: Sequence[Example]
) -> tuple[Any, list[network.Sample]]:
    """Return a network trained on ``seen``, and ``rest`` as samples for it."""
    kept = _keep(published.pieces, seen)
    pieces = WordPieces(kept)
    made = _trained(published, kept, [_sample(example, pieces) for example in seen], "")
    return made, [_sample(example, pieces) for example in rest]


def _read_vocabulary(path: Path) -> list[str]:
    """Return the pieces of a ``tokenizer.json`` in order."""
    try:
        listed: dict[str, int] = json.loads(path.read_text(encoding="utf-8"))["model"]["vocab"]
    except (ValueError, KeyError, TypeError) as error:
        raise NewsbeamError(f"not a tokenizer.json with a vocabulary: {error}", where=str(path)) from error
    return sorted(listed, key=lambda piece: listed[piece])


def _keep(published: Sequence[str], examples: Sequence[Example]) -> list[str]:
    everything = [*SPECIAL, *(piece for piece in published if piece not in SPECIAL)]
    pieces = WordPieces(everything)
    texts = [[everything[i] for i in example.encode(pieces).pieces] for example in examples]
    return network.choose_pieces(published, texts)


def _train_encoder(
    published: network.Published,
    kept: Sequence[str],
    examples: Sequence[Example],
    own: Sequence[Example],
    path: Path,
) -> Held:
    """Write the encoder trained on everything; return the scores of encoders that saw only other folds."""
    pieces = WordPieces(kept)
    samples, more = ([_sample(e, pieces) for e in part] for part in (examples, own))
    folds = fold_of(examples)
    logits = np.zeros((len(samples), len(samples[0].types) + 1))
    names: list[list[float]] = [[] for _ in samples]
    for fold in range(FOLDS):
        seen = [sample for sample, at in zip(samples, folds, strict=True) if at != fold]
        held = np.where(folds == fold)[0]
        trained = _trained(published, kept, [*seen, *more], f"fold {fold + 1} of {FOLDS}, ")
        logits[held], found = network.score([samples[i] for i in held], trained)
        for at, scores in zip(held, found, strict=True):
            names[at] = scores
    graph.write(_trained(published, kept, [*samples, *more], "all, "), path)
    return Held(logits, names)


def _trained(
    published: network.Published, kept: Sequence[str], samples: Sequence[network.Sample], label: str
) -> Any:
    return network.train(samples, network.start(published, kept), label)


def _sample(example: Example, pieces: WordPieces) -> network.Sample:
    encoded = example.encode(pieces)
    names = tuple((encoded.places(at), takes_part) for at, takes_part in example.names)
    return network.Sample(encoded.pieces, example.types, example.weight, names)


if __name__ == "__main__":
    sys.exit(main())
