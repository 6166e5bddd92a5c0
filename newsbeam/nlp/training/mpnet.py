"""The larger network that teaches the encoder: mpnet-base with the encoder's heads.

It starts from the weights of all-mpnet-base-v2 (Apache-2.0; MPNet: Song et al. 2020, "MPNet: Masked and
Permuted Pre-training for Language Understanding"), as published: a folder with ``model.safetensors`` and
``vocab.txt``. Attention hangs on how far pieces are apart, in classes of distance (Raffel et al. 2020).
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError
from safetensors.numpy import load_file
from torch import nn
from torch.nn import functional

from newsbeam.errors import NewsbeamError
from newsbeam.nlp.training.network import DROPOUT, LIKE, Scorer, hidden
from newsbeam.nlp.wordpiece import BEGIN, END, PADDING, SPECIAL

WIDTH, HEADS, INNER, LAYERS = 768, 12, 3072, 12
DISTANCES, FARTHEST = 32, 128  # classes of distance, and where the last begins
FIRST_PLACE = 2  # the places before it are not used
WEIGHTS, VOCABULARY = "model.safetensors", "vocab.txt"
LONGEST = 96  # pieces of title and lead, names spelt out
_THEIRS = {PADDING: "<pad>", BEGIN: "<s>", END: "</s>", **LIKE}
Weights = Mapping[str, npt.NDArray[np.float32]]


class _Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.norm_out, self.norm = nn.LayerNorm(WIDTH, eps=1e-5), nn.LayerNorm(WIDTH, eps=1e-5)
        self.inner, self.outer = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)

    def forward(self, x: Any, bias: Any) -> Any:
        """Return the next representation of ``x`` (items × pieces × WIDTH); ``bias`` goes to attention."""
        items, pieces, _ = x.shape

        def heads(y: Any) -> Any:
            return y.view(items, pieces, HEADS, WIDTH // HEADS).transpose(1, 2)

        seen = functional.scaled_dot_product_attention(
            heads(self.query(x)), heads(self.key(x)), heads(self.value(x)), attn_mask=bias
        )
        seen = self.out(seen.transpose(1, 2).reshape(items, pieces, WIDTH))
        x = self.norm_out(x + functional.dropout(seen, DROPOUT, self.training))
        made = self.outer(functional.gelu(self.inner(x)))
        return self.norm(x + functional.dropout(made, DROPOUT, self.training))


class MPNet(Scorer):
    """The network; ``pieces`` is its vocabulary, our signs first."""

    rate = 4e-5
    rate_of_heads = 3e-4

    def __init__(self, pieces: tuple[str, ...]) -> None:
        super().__init__(WIDTH)
        self.pieces = pieces
        self.words, self.places = nn.Embedding(len(pieces), WIDTH), nn.Embedding(LONGEST, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-5)
        self.distances = nn.Embedding(DISTANCES, HEADS)
        self.layers = nn.ModuleList(_Layer() for _ in range(LAYERS))

    def represent(self, pieces: Any, mask: Any) -> Any:
        """Return what stands for each piece after the last layer."""
        length = pieces.shape[1]
        x = self.norm(self.words(pieces) + self.places.weight[:length])
        x = functional.dropout(x, DROPOUT, self.training)
        unseen = hidden(mask)
        bias = (self.distances(distances(length)).permute(2, 0, 1)[None] + unseen).to(unseen.dtype)
        for layer in self.layers:
            x = layer(x, bias)
        return x


def distances(length: int) -> Any:
    """Return the class of the distance from each place to each other one (length × length).

    Half of the classes are for what follows; of each half one half are single distances, the others grow.
    """
    half = DISTANCES // 2
    single = half // 2
    apart = torch.arange(length)[None, :] - torch.arange(length)[:, None]
    far = apart.abs()
    grown = torch.log(far.float().clamp(min=1) / single) / math.log(FARTHEST / single) * (half - single)
    return (apart > 0).long() * half + torch.where(
        far < single, far, (single + grown.long()).clamp(max=half - 1)
    )


def start(folder: Path, seed: int = 0) -> MPNet:
    """Return the network with the published weights in ``folder``, its heads new.

    Raises :class:`NewsbeamError` where they are no weights of mpnet-base.
    """
    torch.manual_seed(seed)
    published = (folder / VOCABULARY).read_text(encoding="utf-8").splitlines()
    index = {piece: at for at, piece in reversed(list(enumerate(published)))}
    pieces = (*SPECIAL, *(p for p in dict.fromkeys(published) if p not in SPECIAL and p[:1] != "<"))
    network = MPNet(pieces)
    try:
        weights = load_file(folder / WEIGHTS)
        _take_over(network, weights, [index[_THEIRS.get(piece, piece)] for piece in pieces])
    except (SafetensorError, KeyError, IndexError, RuntimeError) as error:
        raise NewsbeamError(f"not the weights of mpnet-base: {error}", where=str(folder)) from error
    return network


def _take_over(network: MPNet, weights: Weights, rows: list[int]) -> None:
    places = weights["embeddings.position_embeddings.weight"][FIRST_PLACE : FIRST_PLACE + LONGEST]
    state = {
        "words.weight": weights["embeddings.word_embeddings.weight"][rows],
        "places.weight": places,
        "distances.weight": weights["encoder.relative_attention_bias.weight"],
    }
    theirs = {
        "query": "attention.attn.q", "key": "attention.attn.k", "value": "attention.attn.v",
        "out": "attention.attn.o", "norm_out": "attention.LayerNorm",
        "inner": "intermediate.dense", "outer": "output.dense", "norm": "output.LayerNorm",
    }  # fmt: skip
    for kind in ("weight", "bias"):
        state[f"norm.{kind}"] = weights[f"embeddings.LayerNorm.{kind}"]
        for number in range(LAYERS):
            for ours, name in theirs.items():
                state[f"layers.{number}.{ours}.{kind}"] = weights[f"encoder.layer.{number}.{name}.{kind}"]
    tensors = {name: torch.tensor(np.array(value)) for name, value in state.items()}
    heads = {
        name: value for name, value in network.state_dict().items() if name.startswith(("types.", "part."))
    }
    network.load_state_dict(tensors | heads)
