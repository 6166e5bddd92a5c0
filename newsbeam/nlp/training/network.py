"""The encoder as a network that can be trained: layers of a BERT-like model, a head for types, one for names.

Needs the extra ``training`` (PyTorch, onnx). It starts from the weights of all-MiniLM-L6-v2 as published in
ONNX form, keeps the pieces of its vocabulary that our texts use, and is trained on everything at once: a
binary cross-entropy for each type, and one for each name in an item that has an event. A larger network that
was trained in the same way can teach it: then its probabilities are wanted beside the labels (Hinton,
Vinyals and Dean 2015, "Distilling the Knowledge in a Neural Network").
"""

import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import onnx
import torch
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import numpy_helper
from torch import nn
from torch.nn import functional

from newsbeam.errors import NewsbeamError
from newsbeam.nlp.training.prepare import Scores
from newsbeam.nlp.wordpiece import LONGEST, SPECIAL
from newsbeam.taxonomy import TYPES

WIDTH, HEADS, INNER = 384, 12, 1536  # of all-MiniLM-L6-v2 and e5-small-v2
EPOCHS, EPOCHS_TAUGHT = 3, 4
TAUGHT = 0.6  # how much the teacher's word counts; the labels have the rest
RATE = 1e-4  # highest learning rate; the new heads learn five times as fast
BATCH = 32
DROPOUT = 0.1
NAMES_COUNT = 0.6  # what the loss over names weighs beside that over types
WARM_UP = 0.06
PIECES = 7900  # of the vocabulary that ships: each takes 384 bytes
COMMON = 2000  # of them are the first of the published vocabulary, which is in order of frequency
_LIKE = {"[VENDOR]": "company", "[NAME]": "startup", "[PRODUCT]": "product", "[AUTHORITY]": "regulator"}


class Sample(NamedTuple):
    """An item to train on: its pieces, types, weight, and for each name its places and if it takes part."""

    pieces: tuple[int, ...]
    types: npt.NDArray[np.bool_]
    weight: float
    names: tuple[tuple[tuple[int, ...], bool], ...]


class Published(NamedTuple):
    """The published model: its pieces in order, and its weights by name."""

    pieces: tuple[str, ...]
    weights: dict[str, npt.NDArray[np.float32]]

    @property
    def layers(self) -> int:
        """How many layers it has."""
        return sum(name.endswith("attention.self.query.bias") for name in self.weights)


def read_published(graph: Path, vocabulary: Sequence[str]) -> Published:
    """Read the weights of ``graph`` (ONNX, 32 or 8 bit); dense layers are found by the name of their bias.

    Raises :class:`NewsbeamError` where it is no model that training can start from.
    """
    try:
        model = onnx.load(str(graph)).graph
    except DecodeError as error:
        raise NewsbeamError("not an ONNX file", where=str(graph)) from error
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.initializer}
    plain = {name.removesuffix("_quantized"): _plain(constants, name) for name in constants}
    weights = {_short(name): value for name, value in plain.items()}
    products: dict[str, npt.NDArray[np.float32]] = {}
    for node in model.node:  # in order: a product may be cast and scaled before the bias is added
        given = next((products[name] for name in node.input if name in products), None)
        if node.op_type in {"MatMul", "MatMulInteger"} and node.input[1] in constants:
            products[node.output[0]] = plain[node.input[1].removesuffix("_quantized")]
        elif node.op_type in {"Cast", "Mul"} and given is not None:
            products[node.output[0]] = given
        elif node.op_type == "Add" and given is not None:
            for name in node.input:
                if name in constants:
                    weights[_short(name).removesuffix(".bias") + ".weight"] = given.T
    published = Published(tuple(vocabulary), weights)
    words = weights.get("embeddings.word_embeddings.weight")
    if (
        not published.layers
        or words is None
        or words.shape != (len(vocabulary), WIDTH)
        or "!" not in vocabulary
    ):
        raise NewsbeamError(
            f"not a BERT-like model of width {WIDTH} with the {len(vocabulary)} pieces of this vocabulary",
            where=str(graph),
        )
    return published


def _short(name: str) -> str:
    """Return the name of a weight without what stands before ``encoder.layer`` or ``embeddings``."""
    return name[max(0, name.find("encoder.layer"), name.find("embeddings.")) :]


def _plain(constants: Mapping[str, Any], name: str) -> npt.NDArray[np.float32]:
    """Return a constant as it is, or, if it was quantised, as real numbers."""
    value, plain = constants[name], name.removesuffix("_quantized")
    if plain == name:
        return np.asarray(value)
    zero, scale = constants[f"{plain}_zero_point"], constants[f"{plain}_scale"]
    return np.asarray((value.astype(np.float32) - zero.astype(np.float32)) * scale, dtype=np.float32)


def choose_pieces(
    published: Sequence[str], texts: Sequence[Sequence[str]], most: int | None = PIECES
) -> list[str]:
    """Return the pieces to keep: the special ones, the commonest, all letters, then those of most texts.

    They are at most ``most``; without a limit all that stand in ``texts`` are kept.
    """
    counts = Counter(piece for text in texts for piece in set(text))
    first = published.index("!")  # before it stand unused places
    kept = dict.fromkeys(SPECIAL)
    rest = [piece for piece in published[first:] if piece not in kept]
    kept |= dict.fromkeys(p for rank, p in enumerate(rest) if rank < COMMON or len(p.removeprefix("##")) == 1)
    used = sorted((p for p in rest if p not in kept and counts[p]), key=lambda piece: -counts[piece])
    chosen = set(kept) | set(used if most is None else used[: max(0, most - len(kept))])
    return [*SPECIAL, *(piece for piece in rest if piece in chosen)]


class Layer(nn.Module):
    """One layer: attention, then two dense layers, each added to its input and normalised."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.norm_out, self.norm = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)
        self.inner, self.outer = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)

    def forward(self, x: Any, hidden: Any) -> Any:
        """Return the next representation of ``x`` (items × pieces × WIDTH); ``hidden`` masks the padding."""
        items, pieces, _ = x.shape

        def heads(y: Any) -> Any:
            return y.view(items, pieces, HEADS, WIDTH // HEADS).transpose(1, 2)

        scores = heads(self.query(x)) * (WIDTH // HEADS) ** -0.5 @ heads(self.key(x)).transpose(-1, -2)
        seen = torch.softmax(scores + hidden, -1) @ heads(self.value(x))
        x = self.norm_out(x + self.out(seen.transpose(1, 2).reshape(items, pieces, WIDTH)))
        return self.norm(x + _drop(self.outer(functional.gelu(self.inner(x))), self.training))


def _drop(x: Any, training: bool) -> Any:
    """Drop features of whole items (a mask for each piece would take a tenth of the time)."""
    if not training:
        return x
    return x * ((torch.rand(x.shape[0], 1, x.shape[2]) >= DROPOUT).to(x.dtype) / (1 - DROPOUT))


class Network(nn.Module):
    """The encoder: pieces in; scores of the types and "any event", and of each name."""

    def __init__(self, pieces: int, layers: int) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(pieces, WIDTH), nn.Embedding(LONGEST, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        self.types, self.part = nn.Linear(2 * WIDTH, len(TYPES) + 1), nn.Linear(2 * WIDTH, 1)
        for head, bias in ((self.types, -3.0), (self.part, 0.0)):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.constant_(head.bias, bias)

    def forward(self, pieces: Any, mask: Any, names: "Names | None" = None) -> tuple[Any, Any]:
        """Return (items × types + 1, names) scores; ``mask`` is 1 for pieces, 0 for padding."""
        x = self.norm(self.words(pieces) + self.places.weight[: pieces.shape[1]])
        x = _drop(x, self.training)
        kind = torch.bfloat16 if torch.is_autocast_enabled("cpu") else torch.float32
        hidden = ((1 - mask) * -1e4)[:, None, None, :].to(kind)
        for layer in self.layers:
            x = layer(x, hidden)
        x = x.float()
        mean = (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        pooled = functional.dropout(torch.cat([x[:, 0], mean], -1), DROPOUT, self.training)
        if names is None or not names.total:
            return self.types(pooled), None
        summed = torch.zeros(names.total, WIDTH).index_add(0, names.owner, x[names.row, names.column])
        lengths = torch.zeros(names.total).index_add(0, names.owner, torch.ones(len(names.owner)))
        inputs = torch.cat([summed / lengths[:, None], pooled[names.item][:, WIDTH:]], -1)
        return self.types(pooled), self.part(inputs)[:, 0]

    def take_over(self, published: Published, kept: Sequence[str]) -> None:
        """Take over the weights of ``published`` for the pieces ``kept``."""
        index = {piece: at for at, piece in enumerate(published.pieces)}
        weights = published.weights
        rows = [index[_LIKE.get(piece, piece)] for piece in kept]
        tables = (
            weights["embeddings.position_embeddings.weight"]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self.words.weight = _parameter(weights["embeddings.word_embeddings.weight"][rows])
        self.places.weight = _parameter(tables[:LONGEST])
        _copy(self.norm, weights, "embeddings.LayerNorm")
        names = {
            "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
            "out": "attention.output.dense", "norm_out": "attention.output.LayerNorm",
            "inner": "intermediate.dense", "outer": "output.dense", "norm": "output.LayerNorm",
        }  # fmt: skip
        for number, layer in enumerate(self.layers):
            for ours, theirs in names.items():
                _copy(getattr(layer, ours), weights, f"encoder.layer.{number}.{theirs}")


def start(published: Published, kept: Sequence[str]) -> Network:
    """Return a network with the weights of ``published``, its heads new."""
    torch.manual_seed(0)
    network = Network(len(kept), published.layers)
    network.take_over(published, kept)
    return network


def _parameter(values: npt.NDArray[np.float32]) -> Any:
    return nn.Parameter(torch.tensor(np.array(values)))


def _copy(module: Any, weights: dict[str, npt.NDArray[np.float32]], name: str) -> None:
    module.weight, module.bias = _parameter(weights[f"{name}.weight"]), _parameter(weights[f"{name}.bias"])


class Names(NamedTuple):
    """The names of a batch: for each of their pieces item, place and name; for each name its item."""

    row: Any
    column: Any
    owner: Any
    item: Any
    takes_part: Any
    origin: list[tuple[int, int]]  # index of the sample, and of the name in it

    @property
    def total(self) -> int:
        """How many names there are."""
        return len(self.origin)


def _batches(samples: Sequence[Sample], random_order: random.Random | None) -> list[list[int]]:
    """Return the indexes of ``samples`` in batches of about the same length."""
    order = list(range(len(samples)))
    if random_order:
        random_order.shuffle(order)
        order.sort(key=lambda i: len(samples[i].pieces) + 6 * random_order.random())
    else:
        order.sort(key=lambda i: len(samples[i].pieces))
    batches = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
    if random_order:
        random_order.shuffle(batches)
    return batches


def _collate(samples: Sequence[Sample], batch: Sequence[int]) -> tuple[Any, Any, Names]:
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
    samples: Sequence[Sample], network: Network, label: str = "", teacher: Scores | None = None
) -> Network:
    """Train ``network`` on ``samples``; the same samples give the same weights on one machine.

    ``teacher`` begins with what a network that was trained before says of the samples.
    """
    torch.manual_seed(0)
    order = random.Random(0)  # noqa: S311  (the order of training, no secret)
    has_event = torch.tensor([float(sample.types.any()) for sample in samples])
    targets = torch.tensor(np.array([[*s.types, s.types.any()] for s in samples], np.float32))
    if teacher is not None:
        targets = _with(targets, torch.tensor(teacher.types[: len(samples)], dtype=torch.float32))
    weights = torch.tensor([sample.weight for sample in samples])
    heads = [*network.types.parameters(), *network.part.parameters()]
    new = {id(parameter) for parameter in heads}
    groups = [
        {"params": [p for p in network.parameters() if id(p) not in new], "lr": RATE},
        {"params": heads, "lr": 5 * RATE},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    epochs = EPOCHS if teacher is None else EPOCHS_TAUGHT
    steps = epochs * -(-len(samples) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, step / (WARM_UP * steps + 1)) * (1 - step / steps)
    )
    network.train()
    for epoch in range(epochs):
        started, total = time.monotonic(), 0.0
        for batch in _batches(samples, order):
            pieces, mask, names = _collate(samples, batch)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                scores, parts = network(pieces, mask, names)
            loss = _loss_of_types(scores.float(), targets[batch], weights[batch])
            if parts is not None:
                items = [index for index, _ in names.origin]
                wanted = names.takes_part
                if teacher is not None:
                    wanted = _with(wanted, torch.tensor([teacher.names[at][n] for at, n in names.origin]))
                counted = has_event[items] * weights[items]
                loss = loss + NAMES_COUNT * _loss_of_names(parts.float(), wanted, counted)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * len(batch)
        took = time.monotonic() - started
        print(f"{label}epoch {epoch + 1}: loss {total / len(samples):.3f}, {took:.0f} s", flush=True)
    return network


def _with(labels: Any, taught: Any) -> Any:
    """Return what is wanted where a teacher says ``taught`` (log odds) beside ``labels``."""
    return (1 - TAUGHT) * labels + TAUGHT * torch.sigmoid(taught)


def _loss_of_types(scores: Any, targets: Any, weights: Any) -> Any:
    each = functional.binary_cross_entropy_with_logits(scores, targets, reduction="none").sum(1)
    return (each * weights).sum() / weights.sum()


def _loss_of_names(scores: Any, targets: Any, weights: Any) -> Any:
    each = functional.binary_cross_entropy_with_logits(scores, targets, reduction="none")
    return (each * weights).sum() / weights.sum().clamp(min=1.0)


def score(samples: Sequence[Sample], network: Network) -> Scores:
    """Return what ``network`` says of ``samples``."""
    network.eval()
    logits = np.zeros((len(samples), len(TYPES) + 1))
    parts = [[0.0] * len(sample.names) for sample in samples]
    with torch.no_grad():
        for batch in _batches(samples, None):
            pieces, mask, names = _collate(samples, batch)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                found, of_names = network(pieces, mask, names)
            logits[batch] = found.float().numpy()
            if of_names is not None:
                for (index, number), value in zip(names.origin, of_names.float().tolist(), strict=True):
                    parts[index][number] = value
    return Scores(logits, parts)


def state_of(network: Network) -> Iterator[tuple[str, npt.NDArray[np.float32]]]:
    """Yield the weights of ``network`` by name."""
    for name, value in network.state_dict().items():
        yield name, value.float().numpy()
