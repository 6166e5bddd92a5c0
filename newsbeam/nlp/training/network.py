"""The encoder as a network that can be trained: layers of a BERT-like model, a head for types, one for names.

Needs the extra ``training`` (PyTorch, onnx). It starts from the weights of all-MiniLM-L6-v2 as published in
ONNX form, and keeps the pieces of its vocabulary that our texts use.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import permutations
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
from newsbeam.nlp.wordpiece import LONGEST, SPECIAL
from newsbeam.taxonomy import TYPES

WIDTH, HEADS, INNER = 384, 12, 1536  # of all-MiniLM-L6-v2
OF_HEAD = WIDTH // HEADS  # numbers of a query, key or value
DROPOUT = 0.1
PIECES = 7900  # of the vocabulary that ships: each takes 384 bytes
COMMON = 2000  # of them are the first of the published vocabulary, which is in order of frequency
# The words from whose representation those of our kinds of names start.
LIKE = {"[VENDOR]": "company", "[NAME]": "startup", "[PRODUCT]": "product", "[AUTHORITY]": "regulator"}


class Published(NamedTuple):
    """The published model: its pieces in order, and its weights by name."""

    pieces: tuple[str, ...]
    weights: dict[str, npt.NDArray[np.float32]]

    @property
    def layers(self) -> int:
        """How many layers it has."""
        return sum(name.endswith("attention.self.query.bias") for name in self.weights)


def read_published(graph: Path, vocabulary: Sequence[str]) -> Published:
    """Read the weights of ``graph`` (ONNX); dense layers are found by the name of their bias.

    Raises :class:`NewsbeamError` where it is no model that training can start from.
    """
    try:
        model = onnx.load(str(graph)).graph
    except DecodeError as error:
        raise NewsbeamError("not an ONNX file", where=str(graph)) from error
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.initializer}
    weights = {_short(name): value for name, value in constants.items()}
    products = {
        node.output[0]: constants[node.input[1]]
        for node in model.node
        if node.op_type == "MatMul" and node.input[1] in constants
    }
    for node in model.node:
        for bias, product in permutations(node.input) if node.op_type == "Add" else ():
            if bias in constants and product in products:
                weights[_short(bias).removesuffix(".bias") + ".weight"] = products[product].T
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


def choose_pieces(published: Sequence[str], texts: Sequence[Sequence[str]], most: int = PIECES) -> list[str]:
    """Return the pieces to keep, at most ``most``.

    They are the special ones, the commonest, all letters, then those of most ``texts``.
    """
    counts = Counter(piece for text in texts for piece in set(text))
    first = published.index("!")  # before it stand unused places
    kept = dict.fromkeys(SPECIAL)
    rest = [piece for piece in published[first:] if piece not in kept]
    kept |= dict.fromkeys(p for rank, p in enumerate(rest) if rank < COMMON or len(p.removeprefix("##")) == 1)
    used = sorted((p for p in rest if p not in kept and counts[p]), key=lambda piece: -counts[piece])
    chosen = set(kept) | set(used[: max(0, most - len(kept))])
    return [*SPECIAL, *(piece for piece in rest if piece in chosen)]


class Layer(nn.Module):
    """One layer: attention, then two dense layers, each added to its input and normalised."""

    def __init__(self, inner: int = INNER) -> None:
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.norm_out, self.norm = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)
        self.inner, self.outer = nn.Linear(WIDTH, inner), nn.Linear(inner, WIDTH)

    def attend(self, x: Any, hidden: Any) -> Any:
        """Return ``x`` (items × pieces × WIDTH) after attention; ``hidden`` masks the padding."""

        def heads(y: Any) -> Any:
            return y.view(*y.shape[:2], HEADS, OF_HEAD).transpose(1, 2)

        scores = heads(self.query(x)) * OF_HEAD**-0.5 @ heads(self.key(x)).transpose(-1, -2)
        seen = (torch.softmax(scores + hidden, -1) @ heads(self.value(x))).transpose(1, 2).flatten(2)
        return self.norm_out(x + self.out(seen))

    def between(self, attended: Any) -> Any:
        """Return what stands between the two dense layers (items × pieces × inner)."""
        return functional.gelu(self.inner(attended))

    def combine(self, attended: Any) -> Any:
        """Return the next representation of what :meth:`attend` gave."""
        return self.norm(attended + _drop(self.outer(self.between(attended)), self.training))

    def forward(self, x: Any, hidden: Any) -> Any:
        """Return the next representation of ``x`` (items × pieces × WIDTH); ``hidden`` masks the padding."""
        return self.combine(self.attend(x, hidden))


def _drop(x: Any, training: bool) -> Any:
    """Drop features of whole items (a mask for each piece would take a tenth of the time)."""
    if not training:
        return x
    return x * ((torch.rand(x.shape[0], 1, x.shape[2]) >= DROPOUT).to(x.dtype) / (1 - DROPOUT))


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


class Scorer(nn.Module):
    """What all networks share: the heads over the representation of the pieces, of ``width`` numbers each."""

    rate = 1e-4  # highest learning rate
    rate_of_heads = 5e-4  # which are new

    def __init__(self, width: int) -> None:
        super().__init__()
        self.types, self.part = nn.Linear(2 * width, len(TYPES) + 1), nn.Linear(2 * width, 1)
        for head, bias in ((self.types, -3.0), (self.part, 0.0)):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.constant_(head.bias, bias)

    def represent(self, pieces: Any, mask: Any) -> Any:
        """Return what stands for each piece (items × pieces × width)."""
        raise NotImplementedError

    def forward(self, pieces: Any, mask: Any, names: Names | None = None) -> tuple[Any, Any]:
        """Return (items × types + 1, names) scores; ``mask`` is 1 for pieces, 0 for padding."""
        x = self.represent(pieces, mask).float()
        mean = (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        pooled = functional.dropout(torch.cat([x[:, 0], mean], -1), DROPOUT, self.training)
        if names is None or not names.total:
            return self.types(pooled), None
        width = x.shape[-1]
        summed = torch.zeros(names.total, width).index_add(0, names.owner, x[names.row, names.column])
        lengths = torch.zeros(names.total).index_add(0, names.owner, torch.ones(len(names.owner)))
        inputs = torch.cat([summed / lengths[:, None], pooled[names.item][:, width:]], -1)
        return self.types(pooled), self.part(inputs)[:, 0]


def hidden(mask: Any) -> Any:
    """Return what hides the padding from attention, to be added to its scores."""
    kind = torch.bfloat16 if torch.is_autocast_enabled("cpu") else torch.float32
    return ((1 - mask) * -1e4)[:, None, None, :].to(kind)


class Network(Scorer):
    """The encoder: pieces in; scores of the types and "any event", and of each name."""

    def __init__(self, pieces: int, layers: int, inner: int = INNER) -> None:
        super().__init__(WIDTH)
        self.words, self.places = nn.Embedding(pieces, WIDTH), nn.Embedding(LONGEST, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer(inner) for _ in range(layers))

    def embed(self, pieces: Any) -> Any:
        """Return what stands for each piece before the first layer."""
        return _drop(self.norm(self.words(pieces) + self.places.weight[: pieces.shape[1]]), self.training)

    def represent(self, pieces: Any, mask: Any) -> Any:
        """Return what stands for each piece after the last layer."""
        x, unseen = self.embed(pieces), hidden(mask)
        for layer in self.layers:
            x = layer(x, unseen)
        return x

    def take_over(self, published: Published, kept: Sequence[str]) -> None:
        """Take over the weights of ``published`` for the pieces ``kept``."""
        index = {piece: at for at, piece in enumerate(published.pieces)}
        weights = published.weights
        rows = [index[LIKE.get(piece, piece)] for piece in kept]
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


def start(published: Published, kept: Sequence[str], seed: int = 0) -> Network:
    """Return a network with the weights of ``published``, its heads new."""
    torch.manual_seed(seed)
    network = Network(len(kept), published.layers)
    network.take_over(published, kept)
    return network


def _parameter(values: npt.NDArray[np.float32]) -> Any:
    return nn.Parameter(torch.tensor(np.array(values)))


def _copy(module: Any, weights: dict[str, npt.NDArray[np.float32]], name: str) -> None:
    module.weight, module.bias = _parameter(weights[f"{name}.weight"]), _parameter(weights[f"{name}.bias"])


def state_of(network: Network) -> Iterator[tuple[str, npt.NDArray[np.float32]]]:
    """Yield the weights of ``network`` by name."""
    for name, value in network.state_dict().items():
        yield name, value.float().numpy()
