"""``python -m newsbeam.nlp.training --labelled train.jsonl --encoder all-minilm-l6-v2.onnx --vocabulary …``.

Trains all that ships in ``newsbeam/nlp/model``: the encoder and the linear models. They are trained twice:
without the newest labelled items, to learn from them how the scores are joined, then with them. A larger
model that learned from the older items may teach the encoder.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import spacy

from newsbeam.errors import NewsbeamError
from newsbeam.evaluation import read_labelled
from newsbeam.nlp import mentions  # noqa: F401  (registers the component)
from newsbeam.nlp.encoder import FOLDER, GRAPH, VOCABULARY, fingerprint
from newsbeam.nlp.learner import MODEL
from newsbeam.nlp.rules import RuleBook, load_rules
from newsbeam.nlp.training.prepare import Example, Scores, prepare
from newsbeam.nlp.wordpiece import SPECIAL, WordPieces

try:
    from newsbeam.nlp.training import graph, network
    from newsbeam.nlp.training.fit import fit_all
except ImportError as missing:
    print(f"error: {missing}: training needs pip install -e '.[training]'", file=sys.stderr)
    sys.exit(2)

HELD_OUT = 0.225  # share of the labelled items, the newest, by which the scores are joined
OWN_EXAMPLES = Path(__file__).parent
OWN_WEIGHT = 0.4  # of an example of ours beside a labelled news item; found with half of the examples


Item = Mapping[str, Any]
Prepare = Callable[[Sequence[Item], float], list[Example]]


def main(arguments: list[str] | None = None) -> int:
    """Train and write the models; print how good they are on the newest items, held out."""
    parser = argparse.ArgumentParser(prog="python -m newsbeam.nlp.training", description=__doc__)
    add_arguments(parser)
    parser.add_argument("--out", type=Path, default=FOLDER, help="the folder to write to (%(default)s)")
    options = parser.parse_args(arguments)
    try:
        train(options.labelled, published_models(options), options.out)
    except (NewsbeamError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what every training needs: labelled items, and the models that the encoder starts from."""
    parser.add_argument("--labelled", type=Path, nargs="+", required=True, help="labelled items, JSON Lines")
    parser.add_argument("--encoder", type=Path, required=True, help="all-MiniLM-L6-v2 in ONNX form")
    parser.add_argument("--teacher", type=Path, help="e5-small-v2 in ONNX form, to teach the encoder")
    parser.add_argument(
        "--vocabulary", type=Path, required=True, help="their tokenizer.json, which holds the vocabulary"
    )


class Models(NamedTuple):
    """The published models that training starts from, of one vocabulary."""

    encoder: network.Published
    teacher: network.Published | None

    @property
    def pieces(self) -> tuple[str, ...]:
        """The vocabulary."""
        return self.encoder.pieces


def published_models(options: argparse.Namespace) -> Models:
    """Read the models that the arguments name."""
    vocabulary = _read_vocabulary(options.vocabulary)
    teacher = network.read_published(options.teacher, vocabulary) if options.teacher else None
    return Models(network.read_published(options.encoder, vocabulary), teacher)


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


def train(labelled: Sequence[Path], models: Models, out: Path) -> None:
    """Train on ``labelled`` and the examples of our own, and write the models to ``out``."""
    make = preparer()
    older, newest = split_newest([item for path in labelled for item in read_labelled(path)])
    own = own_examples(make)
    seen, held_out = [*make(older, 1.0), *own], make(newest, 1.0)
    print(f"{len(older)} labelled items and {len(newest)} newer ones, {len(own)} examples of our own")
    taught = teach(models, seen, [*seen, *held_out])
    encoder, kept = train_encoder(models, seen, taught, "older items, ")
    scores = network.score(samples_of(held_out, kept), encoder)
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out) as folder:  # a training that is stopped leaves what was there
        made = Path(folder)
        encoder, kept = train_encoder(models, [*seen, *held_out], taught, "all, ")
        (made / VOCABULARY).write_text("\n".join(kept), encoding="utf-8")
        graph.write(encoder, made / GRAPH)
        arrays, measured = fit_all(seen, held_out, scores)
        arrays["encoder"] = np.array(fingerprint(made))
        with (made / MODEL.name).open("wb") as file:
            np.savez_compressed(file, **arrays)
        for name in (VOCABULARY, GRAPH, MODEL.name):
            (made / name).replace(out / name)
    size = sum((out / name).stat().st_size for name in (VOCABULARY, GRAPH, MODEL.name)) / 1e6
    print(f"{len(kept)} pieces, {measured.pop('features'):.0f} features, {size:.1f} MB: {out}")
    print(
        "on the newer items, held out: "
        + ", ".join(f"{name} {value:.3f}" for name, value in measured.items())
    )


def split_newest(items: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """Return the older and the newest of ``items``, those of one day on one side."""
    days = sorted(map(_day, items))
    later = [day for day in days if day > days[0]]
    if not later:
        raise NewsbeamError("labelled items of two days at least are needed: the newest set the thresholds")
    since = max(later[0], days[min(len(days) - 1, round((1 - HELD_OUT) * len(days)))])
    return [item for item in items if _day(item) < since], [item for item in items if _day(item) >= since]


def _day(item: Item) -> str:
    return (item.get("published") or "")[:10]


def teach(models: Models, seen: Sequence[Example], examples: Sequence[Example]) -> Scores | None:
    """Return what the teacher, if there is one, says of ``examples`` after learning from ``seen``."""
    if models.teacher is None:
        return None
    kept = _keep(models.pieces, seen, None)
    made = network.train(samples_of(seen, kept), network.start(models.teacher, kept), "teacher, ")
    return network.score(samples_of(examples, kept), made)


def train_encoder(
    models: Models, examples: Sequence[Example], taught: Scores | None, label: str
) -> tuple[network.Network, list[str]]:
    """Return an encoder trained on ``examples``, and its pieces.

    ``taught`` begins with what the teacher says of these examples.
    """
    kept = _keep(models.pieces, examples, network.PIECES)
    samples = samples_of(examples, kept)
    return network.train(samples, network.start(models.encoder, kept), label, taught), kept


def samples_of(examples: Sequence[Example], kept: Sequence[str]) -> list[network.Sample]:
    """Return ``examples`` as a network with the pieces ``kept`` takes them."""
    pieces = WordPieces(kept)
    return [_sample(example, pieces) for example in examples]


def _read_vocabulary(path: Path) -> list[str]:
    """Return the pieces of a ``tokenizer.json`` in order."""
    try:
        listed: dict[str, int] = json.loads(path.read_text(encoding="utf-8"))["model"]["vocab"]
    except (ValueError, KeyError, TypeError) as error:
        raise NewsbeamError(f"not a tokenizer.json with a vocabulary: {error}", where=str(path)) from error
    return sorted(listed, key=lambda piece: listed[piece])


def _keep(published: Sequence[str], examples: Sequence[Example], most: int | None) -> list[str]:
    everything = [*SPECIAL, *(piece for piece in published if piece not in SPECIAL)]
    pieces = WordPieces(everything)
    texts = [[everything[i] for i in example.encode(pieces).pieces] for example in examples]
    return network.choose_pieces(published, texts, most)


def _sample(example: Example, pieces: WordPieces) -> network.Sample:
    encoded = example.encode(pieces)
    names = tuple((encoded.places(at), takes_part) for at, takes_part in example.names)
    return network.Sample(encoded.pieces, example.types, example.weight, names)


if __name__ == "__main__":
    sys.exit(main())
