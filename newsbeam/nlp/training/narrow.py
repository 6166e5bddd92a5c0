"""``python -m newsbeam.nlp.training.narrow --labelled train.jsonl --inner 1024``: makes an encoder cheaper.

Takes from each layer of an encoder the numbers between its dense layers that are missed least, and mends
what the others add (Hassibi and Stork 1993, "Optimal Brain Surgeon"). Then the narrower network learns to
represent texts as the whole one does (Jiao et al. 2020, "TinyBERT"): labelled items, examples of our own,
variants of items, and texts without labels. No label is used; the linear models, how scores are joined,
and the thresholds stay.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from newsbeam.errors import NewsbeamError
from newsbeam.evaluation import read_labelled
from newsbeam.nlp.encoder import FOLDER, fingerprint
from newsbeam.nlp.learner import MODEL, Learner, sigmoid
from newsbeam.nlp.training.__main__ import (
    encoder_of,
    own_items,
    preparer,
    put_models,
    samples_of,
    split_newest,
)
from newsbeam.nlp.training.learning import Sample, batches, collate, score, warm_up
from newsbeam.nlp.training.network import INNER, Layer, Network, hidden
from newsbeam.nlp.training.variants import neighbours, read_texts, variants

EPOCHS = 1
VARIANTS = 3  # of a labelled item
RATE = 3e-4  # learning rate, highest
CALIBRATION = 2_500  # texts by which it is found what is missed least
DAMPED = 0.01  # share of the mean square that is added to each, so that what is rare does not seem exact
Matrix = npt.NDArray[np.float64]


def main(arguments: list[str] | None = None) -> int:
    """Write a narrower encoder; print how far it is from the whole one on the newest items, held out."""
    parser = argparse.ArgumentParser(prog="python -m newsbeam.nlp.training.narrow", description=__doc__)
    parser.add_argument("--labelled", type=Path, nargs="+", required=True, help="labelled items, JSON Lines")
    parser.add_argument(
        "--unlabelled", type=Path, nargs="*", default=[], help="more texts: title, summary; JSON Lines"
    )
    parser.add_argument(
        "--inner", type=int, required=True, help=f"numbers to keep in a layer; as trained it has {INNER}"
    )
    parser.add_argument(
        "--models", type=Path, default=FOLDER, help="the folder of the models to start from (%(default)s)"
    )
    parser.add_argument("--out", type=Path, default=FOLDER, help="the folder to write to (%(default)s)")
    options = parser.parse_args(arguments)
    try:
        narrow(options.labelled, options.unlabelled, options.models, options.inner, options.out)
    except (NewsbeamError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def narrow(labelled: Sequence[Path], unlabelled: Sequence[Path], models: Path, inner: int, out: Path) -> None:
    """Write to ``out`` the models of ``models`` with an encoder that has ``inner`` numbers in a layer."""
    whole, kept = encoder_of(models)
    learner = Learner(models / MODEL.name)
    if learner.encoder != fingerprint(models):
        raise NewsbeamError(
            "the linear models were made with another encoder", where=str(models / MODEL.name)
        )
    has = whole.layers[0].inner.out_features
    if not 0 < inner < has:
        raise NewsbeamError(f"--inner must be from 1 to {has - 1}: the encoder has {has}", where=str(models))
    make = preparer()
    older, newest = split_newest([item for path in labelled for item in read_labelled(path)])
    near = neighbours(kept, whole.words.weight.detach().numpy())
    texts = [*variants(older, near, VARIANTS), *(text for path in unlabelled for text in read_texts(path))]
    samples = samples_of(make([*older, *own_items(), *texts], 1.0), kept)
    held_out = samples_of(make(newest, 1.0), kept)
    print(f"{len(samples)} texts")
    network = cut(whole, random.Random(0).sample(samples, min(CALIBRATION, len(samples))), inner)  # noqa: S311
    print(f"cut: {_distance(whole, network, held_out)}", flush=True)
    imitate(whole, network, samples)
    print(f"taught: {_distance(whole, network, held_out)}")
    with np.load(models / MODEL.name, allow_pickle=False) as arrays:
        put_models(network, kept, arrays, out)


def cut(whole: Network, samples: Sequence[Sample], inner: int) -> Network:
    """Return ``whole`` with ``inner`` numbers in each layer, those that are missed least in ``samples``."""
    network = Network(len(whole.words.weight), len(whole.layers), inner)
    state = dict(whole.state_dict())
    whole.eval()
    network.eval()
    with torch.no_grad():
        masked = [collate(samples, batch)[:2] for batch in batches(samples)]
        inputs = [(whole.embed(pieces), mask) for pieces, mask in masked]
        for number, layer in enumerate(whole.layers):
            attended = [(layer.attend(x, hidden(mask)), mask) for x, mask in inputs]
            between = torch.cat([layer.between(x)[mask > 0] for x, mask in attended]).double().numpy()
            narrower = network.layers[number]
            _cut_layer(layer, narrower, between)
            inputs = [(narrower.combine(x), mask) for x, mask in attended]
            prefix = f"layers.{number}."
            state |= {prefix + name: value for name, value in narrower.state_dict().items()}
        network.load_state_dict(state)
    return network


def _cut_layer(layer: Layer, narrower: Layer, between: Matrix) -> None:
    """Give ``narrower`` the weights of ``layer``, whose numbers ``between`` its dense layers are given."""
    mean = between.mean(0)
    weight = layer.outer.weight.double().numpy()
    at, mended = least_missed(between - mean, weight, narrower.inner.out_features)
    bias = layer.outer.bias.double().numpy() + weight @ mean - mended @ mean[at]
    narrower.load_state_dict(
        {
            **layer.state_dict(),
            "inner.weight": layer.inner.weight[at],
            "inner.bias": layer.inner.bias[at],
            "outer.weight": torch.tensor(mended).float(),
            "outer.bias": torch.tensor(bias).float(),
        }
    )


def least_missed(inputs: Matrix, weight: Matrix, keep: int) -> tuple[npt.NDArray[np.int64], Matrix]:
    """Return the ``keep`` columns of ``weight`` (out × in) to keep, and the weight mended for them alone.

    One column after the other is left out: that without which ``inputs`` (n × in, of mean 0) times the mended
    weight changes least.
    """
    square = inputs.T @ inputs / len(inputs)
    size = len(square)
    inverse = np.linalg.inv(square + DAMPED * np.trace(square) / size * np.eye(size))
    mended, kept = weight.copy(), np.ones(size, dtype=bool)
    for _ in range(size - keep):
        missed = np.where(kept, np.square(mended).sum(0) / np.diag(inverse), np.inf)
        at = int(missed.argmin())
        row = inverse[at] / inverse[at, at]
        mended -= np.outer(mended[:, at], row)
        inverse -= np.outer(inverse[:, at], row)
        kept[at], inverse[at, at] = False, 1.0
    chosen = np.flatnonzero(kept)
    return chosen, mended[:, chosen]


def imitate(whole: Network, network: Network, samples: Sequence[Sample], seed: int = 0) -> None:
    """Teach ``network`` to represent the pieces of ``samples`` as ``whole`` does, layer by layer."""
    torch.manual_seed(seed)
    order = random.Random(seed)  # noqa: S311  (the order of training, no secret)
    whole.requires_grad_(False)
    network.requires_grad_(False)  # but for the layers: tables and heads are those of the whole one
    network.layers.requires_grad_(True)
    optimizer = torch.optim.AdamW(network.layers.parameters(), lr=RATE, weight_decay=0.0, fused=True)
    schedule = warm_up(optimizer, EPOCHS * len(batches(samples)))
    whole.eval()
    network.eval()  # nothing is dropped: what is wanted is exact
    for epoch in range(EPOCHS):
        started, total = time.monotonic(), 0.0
        for batch in batches(samples, order):
            pieces, mask, _ = collate(samples, batch)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                with torch.no_grad():
                    wanted = list(_layers(whole, pieces, mask))
                given = list(_layers(network, pieces, mask))
            apart = [x - y for x, y in zip(given, wanted, strict=True)]
            loss = sum(torch.square(each)[mask > 0].mean() for each in apart)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * len(batch)
        took = time.monotonic() - started
        print(f"epoch {epoch + 1}: distance {total / len(samples):.4f}, {took:.0f} s", flush=True)


def _layers(network: Network, pieces: Any, mask: Any) -> Iterator[Any]:
    """Yield what stands for each piece after each layer."""
    x, unseen = network.embed(pieces), hidden(mask)
    for layer in network.layers:
        x = layer(x, unseen)
        yield x.float()


def _distance(whole: Network, network: Network, samples: Sequence[Sample]) -> str:
    """Say how far the scores of both are apart: root mean squares over all types."""
    theirs, ours = score(samples, whole).types, score(samples, network).types
    odds, chance = (
        float(np.sqrt(np.square(a - b).mean())) for a, b in ((theirs, ours), (sigmoid(theirs), sigmoid(ours)))
    )
    return f"{odds:.3f} log odds from the whole one, {chance:.4f} in probability"


if __name__ == "__main__":
    sys.exit(main())
