"""The trained model at run time: linear scores over the features of title and lead, joined to the encoder's.

One score for each event type and one for "any event", from a linear model in numpy and from the encoder; a
second small model over both gives probabilities; a threshold for each type decides. Where the best linear
score is below ``hopeless`` (log odds) there is no event, whatever the encoder says. Which vendors take part
is decided the same way: a linear model and the encoder's score of the name, joined.
The file is a plain ``.npz`` (no pickle), made by ``python -m newsbeam.nlp.training``.
"""

import math
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from newsbeam.errors import KnowledgeError
from newsbeam.taxonomy import TYPES

MODEL = Path(__file__).parent / "model" / "events.npz"
FORMAT = 3
Floats = npt.NDArray[np.float64]

# How much a group of features weighs, and whether its features share one length over all words of an item.
# Chosen by four-fold cross-validation over days; halving or doubling any moves micro F1 by less than .01.
SCALES = {
    "t1": 1.0, "t2": 0.8, "t3": 0.5, "s1": 0.5, "s2": 0.35, "w": 0.5, "p": 0.4, "n": 0.5, "m": 0.3,
    "r": 1.5, "q": 0.3, "y": 0.5, "u": 0.5,
}  # fmt: skip
FIXED_GROUPS = frozenset("rqyu")
TEXT_LENGTH = 3.0


def group_of(feature: str) -> str:
    """Return the group of a feature."""
    return feature.partition(":")[0]


class Row(NamedTuple):
    """The known features of an item: their indexes and values."""

    at: npt.NDArray[np.int64]
    values: Floats


class Vocabulary:
    """Features with their index and weight; turns features of an item into a sparse row."""

    def __init__(self, features: Sequence[str], weights: npt.ArrayLike) -> None:
        self.features = tuple(features)
        self.index = {feature: index for index, feature in enumerate(features)}
        self.weights = np.asarray(weights, dtype=np.float64)
        self.is_text = np.array([group_of(feature) not in FIXED_GROUPS for feature in features], dtype=bool)
        self.squares = np.where(self.is_text, np.square(self.weights), 0.0)

    def row(self, features: Sequence[str]) -> Row:
        """Return the known ones of ``features``; words are scaled to a common length."""
        known = [index for index in map(self.index.get, features) if index is not None]
        at = np.array(known, dtype=np.int64)
        values = self.weights[at]
        square = float(self.squares[at].sum())
        if square:
            values[self.is_text[at]] *= TEXT_LENGTH / math.sqrt(square)
        return Row(at, values)


def stack(linear: Floats, encoder: Floats) -> Floats:
    """Return for rows of scores (items × types + 1) the inputs of the second model (items × types × 6).

    They are the type's score and the score of "any event" by either model, the distance of the sum to that of
    the best other type, and the sum again where it is the best: the same for every type, so rare types learn
    from common ones.
    """
    types = linear[:, :-1] + encoder[:, :-1]
    ordered = np.partition(types, -2, axis=1)
    best, second = ordered[:, -1:], ordered[:, -2:-1]
    margin = types - np.where(types == best, second, best)
    inputs = np.empty((*types.shape, 6))
    inputs[..., 0], inputs[..., 1] = linear[:, :-1], encoder[:, :-1]
    inputs[..., 2], inputs[..., 3] = linear[:, -1:], encoder[:, -1:]
    inputs[..., 4], inputs[..., 5] = margin, types * (margin > 0)
    return inputs


def sigmoid(values: Floats) -> Floats:
    """Return the logistic function of ``values``."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.minimum(np.maximum(values, -40), 40))), dtype=np.float64)


class Learner:
    """The model as loaded from its file."""

    def __init__(self, path: Path = MODEL) -> None:
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                self._read({name: arrays[name] for name in arrays.files})
        except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error) as error:
            raise KnowledgeError(f"not a model: {error}", where=str(path)) from error

    def _read(self, arrays: dict[str, npt.NDArray[np.generic]]) -> None:
        if int(arrays["format"]) != FORMAT:
            raise ValueError(f"format {int(arrays['format'])}, wanted {FORMAT}")
        if _strings(arrays["types"]) != list(TYPES):
            raise ValueError("made for another taxonomy, train it again")
        self.vocabulary = Vocabulary(_strings(arrays["features"]), arrays["feature_weights"])
        self.weights = arrays["weights"].astype(np.float32) * arrays["weight_scale"].astype(np.float32)
        self.bias = arrays["bias"].astype(np.float64)
        self.stack_weights = arrays["stack_weights"].astype(np.float64)
        self.stack_bias = float(arrays["stack_bias"])
        self.thresholds = arrays["thresholds"].astype(np.float64)
        self.hopeless = float(arrays["hopeless"])
        self.encoder = str(arrays["encoder"])
        weights = arrays["role_weights"].astype(np.float64).tolist()
        self.role_weights = dict(zip(_strings(arrays["role_features"]), weights, strict=True))
        self.role_bias = float(arrays["role_bias"])
        self.role_stack = arrays["role_stack"].astype(np.float64).tolist()
        self.role_threshold = float(arrays["role_threshold"])

    def join(self, linear: Floats, encoder: Floats) -> Floats:
        """Return the probability of each type (in the order of TYPES) of an item.

        ``linear`` are its :meth:`log_odds`, ``encoder`` the encoder's scores, "any event" last.
        """
        inputs = stack(linear[None, :], encoder[None, :])[0]
        return sigmoid(inputs @ self.stack_weights + self.stack_bias)

    def log_odds(self, row: Row) -> Floats:
        """Return the log odds of each type, "any event" last, by the linear model alone."""
        return np.asarray(row.values @ self.weights[row.at] + self.bias, dtype=np.float64)

    def strongest(self, row: Row, event_type: str, count: int = 4) -> list[tuple[str, float]]:
        """Return the features that speak most for ``event_type``, with their weight, strongest first."""
        column = row.values * self.weights[row.at, TYPES.index(event_type)]
        order = np.argsort(-column, kind="stable")[:count]
        return [(self.vocabulary.features[row.at[i]], float(column[i])) for i in order if column[i] > 0]

    def against(self, row: Row, event_type: str, count: int = 4) -> list[tuple[str, float]]:
        """Return the features that speak most against ``event_type``, with their weight, strongest first."""
        column = row.values * self.weights[row.at, TYPES.index(event_type)]
        order = np.argsort(column, kind="stable")[:count]
        return [(self.vocabulary.features[row.at[i]], float(column[i])) for i in order if column[i] < 0]

    def takes_part(self, features: Sequence[str], encoder: float) -> float:
        """Return the probability that a vendor with these features takes part in the event.

        ``encoder`` is the encoder's score of its name.
        """
        linear = self.role_bias + sum(self.role_weights.get(name, 0.0) for name in features)
        of_linear, of_encoder, bias = self.role_stack
        score = of_linear * linear + of_encoder * encoder + bias
        return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, score))))


def _strings(array: npt.NDArray[np.generic]) -> list[str]:
    """Return the strings that are packed, one a line, in an array of bytes."""
    return array.tobytes().decode("utf-8").split("\n")


def pack(strings: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Return ``strings`` (without line breaks) as an array of bytes."""
    return np.frombuffer("\n".join(strings).encode("utf-8"), dtype=np.uint8)
