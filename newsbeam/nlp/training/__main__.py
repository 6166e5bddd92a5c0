"""``python -m newsbeam.nlp.training --labelled train.jsonl --encoder all-minilm-l6-v2.onnx --vocabulary …``.

Trains all that ships in ``newsbeam/nlp/model``: the encoder and the linear models. The newest labelled items
are left out, to learn from them how the scores are joined. A larger network and several encoders, trained
first, may teach the encoder that ships, from the older items, variants of them, and texts without labels.
"""

import argparse
import json
import sys
from collections.abc import Callable, Container, Mapping, Sequence
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
from newsbeam.nlp.masking import AUTHORITY
from newsbeam.nlp.rules import RuleBook, load_rules
from newsbeam.nlp.training.prepare import Example, Scores, fraction, mean, prepare
from newsbeam.nlp.wordpiece import LONGEST, NAME_PIECES, SPECIAL, WordPieces

try:
    from newsbeam.nlp.training import graph, learning, mpnet, network
    from newsbeam.nlp.training.fit import fit_all
    from newsbeam.nlp.training.variants import neighbours, read_texts, variants
except ImportError as missing:
    print(f"error: {missing}: training needs pip install -e '.[training]'", file=sys.stderr)
    sys.exit(2)

HELD_OUT = 0.165  # share of the labelled items, the newest, by which the scores are joined
OWN_EXAMPLES = Path(__file__).parent
EPOCHS = 3
EPOCHS_AGAIN = 2  # of the encoder, when the larger network has learned again
ENCODERS = 3  # that teach beside the larger network
VARIANTS, VARIANTS_OF_OWN = 6, 1  # of a labelled item, of an example of our own
UNLABELLED_WEIGHT = 0.7
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
        train(options.labelled, options.unlabelled, published_models(options), options.out)
    except (NewsbeamError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what every training needs: labelled items, and the models that the encoder starts from."""
    parser.add_argument("--labelled", type=Path, nargs="+", required=True, help="labelled items, JSON Lines")
    parser.add_argument("--encoder", type=Path, required=True, help="all-MiniLM-L6-v2 in ONNX form")
    parser.add_argument(
        "--teacher", type=Path, help="the folder of all-mpnet-base-v2 (safetensors), to teach the encoder"
    )
    parser.add_argument(
        "--unlabelled", type=Path, nargs="*", default=[], help="texts to teach by: title, summary; JSON Lines"
    )
    parser.add_argument(
        "--vocabulary",
        type=Path,
        required=True,
        help="the encoder's tokenizer.json, which holds the vocabulary",
    )


class Models(NamedTuple):
    """The published models that training starts from: the encoder, and the folder of the larger network."""

    encoder: network.Published
    teacher: Path | None


def published_models(options: argparse.Namespace) -> Models:
    """Read the encoder, and look for the files of the larger network, that the arguments name."""
    if options.unlabelled and not options.teacher:
        raise NewsbeamError("texts without labels teach nothing without a teacher: add --teacher")
    if options.teacher:
        for name in (mpnet.WEIGHTS, mpnet.VOCABULARY):
            if not (options.teacher / name).is_file():
                raise NewsbeamError(f"{name} is missing", where=str(options.teacher))
    return Models(
        network.read_published(options.encoder, _read_vocabulary(options.vocabulary)), options.teacher
    )


def preparer() -> Prepare:
    """Return what makes examples of labelled items, for a weight."""
    nlp = spacy.blank("en")
    nlp.add_pipe("newsbeam_sentences")
    nlp.add_pipe("newsbeam_mentions")
    book = RuleBook(load_rules())
    return lambda items, weight: prepare(items, nlp, book, weight)


def own_items(without: Container[Path] = ()) -> list[Item]:
    """Return the examples of our own, as labelled items, but for those of the files ``without``."""
    paths = [path for path in sorted(OWN_EXAMPLES.glob("*.jsonl")) if path.resolve() not in without]
    if not paths:
        raise NewsbeamError(
            "the examples of our own are missing: train in a checkout", where=str(OWN_EXAMPLES)
        )
    return [item for path in paths for item in read_labelled(path)]


def train(labelled: Sequence[Path], unlabelled: Sequence[Path], models: Models, out: Path) -> None:
    """Train on ``labelled`` and the examples of our own, and write the models to ``out``."""
    make = preparer()
    older, newest = split_newest([item for path in labelled for item in read_labelled(path)])
    ours = own_items()
    real, held_out, own = make(older, 1.0), make(newest, 1.0), make(ours, OWN_WEIGHT)
    seen = [*real, *own]
    print(f"{len(older)} labelled items and {len(newest)} newer ones, {len(own)} examples of our own")
    others = without_labels(make, older, ours, unlabelled, models) if models.teacher else []
    write_models(*learn(models, real, own, others), seen, held_out, out)


def write_models(
    encoder: network.Network,
    kept: Sequence[str],
    seen: Sequence[Example],
    held_out: Sequence[Example],
    out: Path,
) -> None:
    """Fit the linear models and write all models to ``out``; print how good they are on ``held_out``.

    ``encoder``, with the pieces ``kept``, learned from ``seen``.
    """
    scores = learning.score(samples_of(held_out, kept), encoder)
    arrays, measured = fit_all(seen, held_out, scores)
    put_models(encoder, kept, arrays, out)
    size = sum((out / name).stat().st_size for name in (VOCABULARY, GRAPH, MODEL.name)) / 1e6
    print(f"{len(kept)} pieces, {measured.pop('features'):.0f} features, {size:.1f} MB: {out}")
    print(
        "on the newer items, held out: "
        + ", ".join(f"{name} {value:.3f}" for name, value in measured.items())
    )


def put_models(encoder: network.Network, kept: Sequence[str], arrays: Mapping[str, Any], out: Path) -> None:
    """Write ``encoder``, its pieces ``kept``, and the ``arrays`` of the linear models to ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out) as folder:  # a training that is stopped leaves what was there
        made = Path(folder)
        (made / VOCABULARY).write_text("\n".join(kept), encoding="utf-8")
        graph.write(encoder, made / GRAPH)
        with (made / MODEL.name).open("wb") as file:
            np.savez_compressed(file, **{**arrays, "encoder": np.array(fingerprint(made))})
        for name in (VOCABULARY, GRAPH, MODEL.name):
            (made / name).replace(out / name)


def encoder_of(models: Path) -> tuple[network.Network, list[str]]:
    """Return the encoder of the folder ``models`` as a network, and its pieces."""
    kept = (models / VOCABULARY).read_text(encoding="utf-8").split("\n")
    encoder = graph.read(models / GRAPH)
    if len(kept) != len(encoder.words.weight):
        raise NewsbeamError("pieces and encoder are not of one model", where=str(models))
    return encoder, kept


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


def without_labels(
    make: Prepare, items: Sequence[Item], ours: Sequence[Item], unlabelled: Sequence[Path], models: Models
) -> list[Example]:
    """Return what the teachers' word is learned from: variants of ``items`` and ``ours``, ``unlabelled``."""
    words = models.encoder.weights["embeddings.word_embeddings.weight"]
    near = neighbours(models.encoder.pieces, words)
    texts = [*variants(items, near, VARIANTS), *(text for path in unlabelled for text in read_texts(path))]
    own = variants(ours, near, VARIANTS_OF_OWN)
    examples = [*make(texts, UNLABELLED_WEIGHT), *make(list(own), OWN_WEIGHT)]
    return [example._replace(labelled=False, features=[], roles=[]) for example in examples]


def learn(
    models: Models, real: Sequence[Example], own: Sequence[Example], others: Sequence[Example]
) -> tuple[network.Network, list[str]]:
    """Return the encoder that ships, and its pieces.

    It learns from ``real`` examples, our ``own``, and ``others`` without labels: from the teachers, if there
    is a larger network, and again when that has learned again.
    """
    examples = [*real, *own, *others]
    if models.teacher is None:
        return train_encoder(models, examples, "")
    teachers = Teachers(models, models.teacher, real, own)
    encoder, kept = train_encoder(models, examples, "", teachers.say(examples))
    teachers.learn_again()
    again = [samples_of(examples, kept)] * EPOCHS_AGAIN
    learning.train(again, encoder, "again, ", teachers.say(examples))
    return encoder, kept


class Teachers:
    """Several encoders and a larger network, which learned from ``real`` examples and our ``own``.

    The larger network says as much as all others together, and twice as much when it has learned again.
    """

    def __init__(self, models: Models, larger: Path, real: Sequence[Example], own: Sequence[Example]) -> None:
        self.examples = [*real, *own]
        self.encoders = [
            train_encoder(models, self.examples, f"encoder {seed} of {ENCODERS}, ", seed=seed)
            for seed in range(1, ENCODERS + 1)
        ]
        self.larger = mpnet.start(larger)
        self.share = 1
        learning.train(_course(self.larger, real, own), self.larger, "larger network, ")

    def learn_again(self) -> None:
        """Train the larger network on all examples: of our own it has seen each only once."""
        self.share = 2
        learning.train([_either(self.larger, self.examples, EPOCHS)], self.larger, "larger network again, ")

    def say(self, examples: Sequence[Example]) -> Scores:
        """Return what the teachers say of ``examples``."""
        encoders = [learning.score(samples_of(examples, kept), encoder) for encoder, kept in self.encoders]
        larger = learning.score(_spelt(self.larger, examples), self.larger)
        return mean([mean(encoders), *[larger] * self.share])


def _course(
    larger: mpnet.MPNet, real: Sequence[Example], own: Sequence[Example]
) -> list[list[learning.Sample]]:
    """Return what the larger network learns from: in each epoch all ``real`` examples and a part of our own.

    Of half of the examples, others in each epoch, the names are not spelt out, that it never leans on them.
    """
    return [_either(larger, [*real, *own[epoch::EPOCHS]], epoch) for epoch in range(EPOCHS)]


def _either(larger: mpnet.MPNet, examples: Sequence[Example], epoch: int) -> list[learning.Sample]:
    """Return ``examples`` for the larger network, half of them with the words of all names."""
    ways = samples_of(examples, larger.pieces, mpnet.LONGEST), _spelt(larger, examples)
    return [
        ways[fraction(f"{epoch} {example.reading.text}") < 0.5][at] for at, example in enumerate(examples)
    ]


def _spelt(larger: mpnet.MPNet, examples: Sequence[Example]) -> list[learning.Sample]:
    """Return ``examples`` for the larger network, with the words of all names."""
    return samples_of(examples, larger.pieces, mpnet.LONGEST, spelt=NAME_PIECES)


def train_encoder(
    models: Models, examples: Sequence[Example], label: str, taught: Scores | None = None, seed: int = 0
) -> tuple[network.Network, list[str]]:
    """Return an encoder trained on ``examples``, and its pieces.

    ``taught`` begins with what its teachers say of these examples.
    """
    kept = _keep(models.encoder.pieces, examples)
    encoder = network.start(models.encoder, kept, seed)
    learning.train([samples_of(examples, kept)] * EPOCHS, encoder, label, taught, seed)
    return encoder, kept


def samples_of(
    examples: Sequence[Example],
    kept: Sequence[str],
    longest: int = LONGEST,
    spelt: Container[str] = (AUTHORITY,),
) -> list[learning.Sample]:
    """Return ``examples`` as a network with the pieces ``kept`` takes them, ``longest`` pieces at most.

    The words of names are given to it for those kinds of names that are ``spelt``.
    """
    pieces = WordPieces(kept, spelt)
    return [_sample(example, pieces, longest) for example in examples]


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


def _sample(example: Example, pieces: WordPieces, longest: int) -> learning.Sample:
    encoded = example.encode(pieces, longest)
    names = tuple((encoded.places(at), takes_part) for at, takes_part in example.names)
    return learning.Sample(encoded.pieces, example.types, example.weight, names, example.labelled)


if __name__ == "__main__":
    sys.exit(main())
