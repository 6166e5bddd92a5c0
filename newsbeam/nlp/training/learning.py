"""How a network learns from labelled items, and from what other networks say of them and of other texts.

A binary cross-entropy for each type, and one for each name in an item that has an event. Networks that were
trained before can teach another: then the mean of their probabilities is wanted beside the labels (Hinton,
Vinyals and Dean 2015, "Distilling the Knowledge in a Neural Network").
"""

import random
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from newsbeam.nlp.training.network import Names, Scorer
from newsbeam.nlp.training.prepare import Scores
from newsbeam.taxonomy import TYPES

TAUGHT = 0.7  # how much the teachers' word counts of a labelled item; the labels have the rest
BATCH = 32
NAMES_COUNT = 0.6  # what the loss over names weighs beside that over types
WARM_UP = 0.06


class Sample(NamedTuple):
    """An item to train on: its pieces, types, weight, and for each name its places and if it takes part."""

    pieces: tuple[int, ...]
    types: npt.NDArray[np.bool_]
    weight: float
    names: tuple[tuple[tuple[int, ...], bool], ...]
    labelled: bool = True


def batches(samples: Sequence[Sample], random_order: random.Random | None = None) -> list[list[int]]:
    """Return the indexes of ``samples`` in batches of about the same length."""
    order = list(range(len(samples)))
    if random_order:
        random_order.shuffle(order)
        order.sort(key=lambda i: len(samples[i].pieces) + 6 * random_order.random())
    else:
        order.sort(key=lambda i: len(samples[i].pieces))
    found = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
    if random_order:
        random_order.shuffle(found)
    return found


def collate(samples: Sequence[Sample], batch: Sequence[int]) -> tuple[Any, Any, Names]:
    """Return the pieces of a batch (items × pieces), what masks their padding, and its names."""
    longest = max(len(samples[i].pieces) for i in batch)
    pieces, mask = np.zeros((len(batch), longest), np.int64), np.zeros((len(batch), longest), np.float32)
    row: list[int] = []
    column: list[int] = []
    owner: list[int] = []
    item: list[int] = []
    part: list[float] = []
    origin: list[tuple[int, int]] = []
    for at, index in enumerate(batch):
        sample = samples[index]
        pieces[at, : len(sample.pieces)] = sample.pieces
        mask[at, : len(sample.pieces)] = 1
        for number, (places, takes_part) in enumerate(sample.names):
            if places:
                row += [at] * len(places)
                column += places
                owner += [len(origin)] * len(places)
                item.append(at)
                part.append(takes_part)
                origin.append((index, number))
    tensors = [torch.tensor(values, dtype=torch.long) for values in (row, column, owner, item)]
    rows, columns, owners, items = tensors
    names = Names(rows, columns, owners, items, torch.tensor(part, dtype=torch.float32), origin)
    return torch.tensor(pieces), torch.tensor(mask), names


def train(
    epochs: Sequence[Sequence[Sample]],
    network: Scorer,
    label: str = "",
    taught: Scores | None = None,
    seed: int = 0,
) -> None:
    """Train ``network`` on the samples of each epoch; the same samples give the same weights on one machine.

    ``taught`` begins with what its teachers say of the samples, which then must be those of every epoch.
    """
    torch.manual_seed(seed)
    order = random.Random(seed)  # noqa: S311  (the order of training, no secret)
    heads = [*network.types.parameters(), *network.part.parameters()]
    new = {id(parameter) for parameter in heads}
    groups = [
        {"params": [p for p in network.parameters() if id(p) not in new], "lr": network.rate},
        {"params": heads, "lr": network.rate_of_heads},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    schedule = warm_up(optimizer, sum(-(-len(samples) // BATCH) for samples in epochs))
    network.train()
    for epoch, samples in enumerate(epochs):
        started, total = time.monotonic(), 0.0
        wanted = _wanted(samples, taught)
        for batch in batches(samples, order):
            pieces, mask, names = collate(samples, batch)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                scores, parts = network(pieces, mask, names)
            loss = _loss_of_types(scores.float(), wanted.types[batch], wanted.weights[batch])
            if parts is not None:
                items = [index for index, _ in names.origin]
                takes_part = names.takes_part
                if taught is not None:
                    said = torch.tensor([taught.names[at][number] for at, number in names.origin])
                    takes_part = _with(takes_part, said, wanted.share[items])
                counted = wanted.has_event[items] * wanted.weights[items]
                loss = loss + NAMES_COUNT * _loss_of_names(parts.float(), takes_part, counted)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * len(batch)
        took = time.monotonic() - started
        print(f"{label}epoch {epoch + 1}: loss {total / len(samples):.3f}, {took:.0f} s", flush=True)


def warm_up(optimizer: torch.optim.Optimizer, steps: int) -> torch.optim.lr_scheduler.LRScheduler:
    """Return a schedule of ``steps``: the rates rise, then fall to nothing."""
    return torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, step / (WARM_UP * steps + 1)) * (1 - step / steps)
    )


class _Wanted(NamedTuple):
    """What is wanted of the samples: the types (and "any event"), their weights, how much has an event.

    ``share`` is how much the teachers' word counts.
    """

    types: Any
    weights: Any
    has_event: Any
    share: Any


def _wanted(samples: Sequence[Sample], taught: Scores | None) -> _Wanted:
    types = torch.tensor(np.array([[*s.types, s.types.any()] for s in samples], np.float32))
    share = torch.tensor([TAUGHT if sample.labelled else 1.0 for sample in samples])
    if taught is not None:
        said = torch.tensor(taught.types[: len(samples)], dtype=torch.float32)
        types = _with(types, said, share[:, None])
    weights = torch.tensor([sample.weight for sample in samples])
    return _Wanted(types, weights, types[:, -1], share)


def _with(labels: Any, taught: Any, share: Any) -> Any:
    """Return what is wanted: ``share`` of what teachers say (log odds), the rest of ``labels``."""
    return (1 - share) * labels + share * torch.sigmoid(taught)


def _loss_of_types(scores: Any, targets: Any, weights: Any) -> Any:
    each = functional.binary_cross_entropy_with_logits(scores, targets, reduction="none").sum(1)
    return (each * weights).sum() / weights.sum()


def _loss_of_names(scores: Any, targets: Any, weights: Any) -> Any:
    each = functional.binary_cross_entropy_with_logits(scores, targets, reduction="none")
    return (each * weights).sum() / weights.sum().clamp(min=1.0)


def score(samples: Sequence[Sample], network: Scorer) -> Scores:
    """Return what ``network`` says of ``samples``."""
    network.eval()
    logits = np.zeros((len(samples), len(TYPES) + 1))
    parts = [[0.0] * len(sample.names) for sample in samples]
    with torch.no_grad():
        for batch in batches(samples):
            pieces, mask, names = collate(samples, batch)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                found, of_names = network(pieces, mask, names)
            logits[batch] = found.float().numpy()
            if of_names is not None:
                for (index, number), value in zip(names.origin, of_names.float().tolist(), strict=True):
                    parts[index][number] = value
    return Scores(logits, parts)
