"""Fitting: linear models for the types, the model over all scores, thresholds, and the roles.

Everything is deterministic: no random numbers, a fixed order, a solver without any. The encoder is trained
apart (learning.py); here its scores of held-out items come in. How scores are joined and where the thresholds
lie is learned from these items, the newest: what the models will meet is newer still.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression

from newsbeam.nlp.learner import (
    FIXED_GROUPS,
    FORMAT,
    SCALES,
    Floats,
    Vocabulary,
    group_of,
    pack,
    sigmoid,
    stack,
)
from newsbeam.nlp.training.prepare import Example, Role, Scores
from newsbeam.taxonomy import TYPES, family

Labels = npt.NDArray[np.bool_]

# Chosen with fewer examples, by cross-validation: STRENGTH of .5 to 2 is within .006 micro F1, EVEN likewise.
LEAST_ITEMS = 8  # a feature of fewer items is not learned; with 7 the model of 33,500 items has 15 MB
STRENGTH = 1.0  # inverse regularisation
EVEN = 0.4  # share of a feature's scale that does not depend on how telling it is
ROLE_STRENGTH = 0.3
LEAST_POSITIVES = 3
SHRINKAGE = 40  # items at which a type's own threshold counts as much as the common one
GRID = np.arange(0.14, 0.72, 0.02)
TOLERANCE = 0.035  # of F1, within which a lower threshold is preferred: labelled once, the items lack events
REGULATORY_PRECISION = 0.72  # at .76 fewer are found, and no more are right on items that were labelled twice
HOPELESS_MARGIN = 0.7  # log odds
ROLE_THRESHOLD = 0.5  # a vendor takes part if that is likelier than not


def make_vocabulary(documents: Sequence[Sequence[str]]) -> Vocabulary:
    """Return the vocabulary of ``documents``, words weighted by the root of their inverse frequency."""
    counts = Counter(feature for document in documents for feature in document)
    features = sorted(feature for feature, count in counts.items() if count >= LEAST_ITEMS)
    total = len(documents)
    weights = [
        SCALES[group_of(f)]
        * (1.0 if group_of(f) in FIXED_GROUPS else float(np.sqrt(np.log(total / counts[f]))))
        for f in features
    ]
    return Vocabulary(features, weights)


def make_matrix(vocabulary: Vocabulary, documents: Sequence[Sequence[str]]) -> csr_matrix:
    """Return the rows of ``documents`` as a sparse matrix (items × features)."""
    rows = [vocabulary.row(document) for document in documents]
    lengths = [len(at) for at, _ in rows]
    return csr_matrix(
        (
            np.concatenate([values for _, values in rows]),
            (np.repeat(np.arange(len(rows)), lengths), np.concatenate([at for at, _ in rows])),
        ),
        shape=(len(rows), len(vocabulary.index)),
    )


def fit_types(matrix: csr_matrix, labels: Labels, weights: Floats) -> tuple[Floats, Floats]:
    """Return weights (features × types + 1) and biases of one model a type and one for any event.

    Each feature is first scaled by how differently often it stands in items of the type and in others
    (Wang and Manning 2012, "Baselines and Bigrams"): .007 micro F1 in cross-validation.
    """
    targets = np.hstack([labels, labels.any(axis=1, keepdims=True)])
    present = (matrix > 0).astype(np.float64)
    coefficients = np.zeros((matrix.shape[1], targets.shape[1]))
    bias = np.full(targets.shape[1], -8.0)
    for column in range(targets.shape[1]):
        target = targets[:, column]
        if target.sum() < LEAST_POSITIVES:
            continue
        ratio = _ratio(present, target)
        model = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=300)
        model.fit(matrix @ diags(ratio), target, sample_weight=weights)
        coefficients[:, column] = model.coef_[0] * ratio
        bias[column] = model.intercept_[0]
    return coefficients, bias


def _ratio(present: csr_matrix, target: npt.NDArray[np.bool_]) -> Floats:
    inside = np.asarray(present[target].sum(axis=0)).ravel() + 0.5
    outside = np.asarray(present[~target].sum(axis=0)).ravel() + 0.5
    ratio = np.abs(np.log(inside / inside.sum()) - np.log(outside / outside.sum()))
    return np.asarray(EVEN + (1 - EVEN) * ratio / ratio.mean(), dtype=np.float64)


def fit_on(examples: Sequence[Example]) -> tuple[Vocabulary, Floats, Floats]:
    """Return vocabulary, weights and biases learned from ``examples``."""
    documents = [example.features for example in examples]
    vocabulary = make_vocabulary(documents)
    matrix = make_matrix(vocabulary, documents)
    labels = np.array([example.types for example in examples])
    return vocabulary, *fit_types(matrix, labels, np.array([example.weight for example in examples]))


def fit_stack(linear: Floats, encoder: Floats, labels: Labels) -> tuple[Floats, float, Floats]:
    """Return weights and bias of the model over the scores, and its probabilities for these scores."""
    inputs = stack(linear, encoder)
    width = inputs.shape[-1]
    model = LogisticRegression(C=10.0, max_iter=1000)
    model.fit(inputs.reshape(-1, width), labels.reshape(-1))
    weights, bias = model.coef_[0], float(model.intercept_[0])
    return weights, bias, sigmoid(inputs @ weights + bias)


def _f1(found: Labels, wanted: Labels) -> float:
    return 2 * float((found & wanted).sum()) / max(1.0, float(found.sum() + wanted.sum()))


def _lowest(measure: Callable[[float], float]) -> float:
    """Return the lowest threshold of the grid whose figure is within TOLERANCE of the best.

    F1 is flat around its best, and of two thresholds that are as good the lower one misses less.
    """
    figures = [measure(float(threshold)) for threshold in GRID]
    least = max(figures) - TOLERANCE
    return next(float(t) for t, figure in zip(GRID, figures, strict=True) if figure >= least)


def choose_thresholds(probabilities: Floats, labels: Labels) -> Floats:
    """Return a threshold for each type: its own best, drawn to that of its family where it has few items.

    A regulatory type needs at least the threshold at which REGULATORY_PRECISION of its family's held-out
    findings are right: a wrong word on a regulator costs more than a missed one.
    """
    is_regulatory = np.array([family(name) == "regulatory" for name in TYPES])
    of_vendors = _lowest(lambda t: _f1((probabilities > t)[:, ~is_regulatory], labels[:, ~is_regulatory]))
    sure = _precise(probabilities[:, is_regulatory], labels[:, is_regulatory])
    thresholds = np.zeros(len(TYPES))
    for column in range(len(TYPES)):
        own = _lowest(partial(_own_f1, probabilities[:, column], labels[:, column]))
        common = sure if is_regulatory[column] else of_vendors
        own = max(own, sure) if is_regulatory[column] else own
        support = int(labels[:, column].sum())
        thresholds[column] = (support * own + SHRINKAGE * common) / (support + SHRINKAGE)
    return thresholds


def hopeless(linear: Floats, right: Labels) -> float:
    """Return the log odds of the likeliest type below which the encoder need not read an item.

    All items with a finding that is right (``right``: items × types) lie above, by HOPELESS_MARGIN at least.
    """
    least = linear[right.any(axis=1), :-1].max(axis=1).min(initial=np.inf)
    return float(least) - HOPELESS_MARGIN if np.isfinite(least) else -np.inf


def _own_f1(probabilities: Floats, wanted: Labels, threshold: float) -> float:
    return _f1(probabilities > threshold, wanted)


def _precise(probabilities: Floats, labels: Labels) -> float:
    """Return the lowest threshold above which REGULATORY_PRECISION is reached, else the highest.

    Of thresholds that give the same findings the middle is taken.
    """
    at: list[float] = []
    findings = 0
    for threshold in GRID:
        found = probabilities > threshold
        precise = (found & labels).sum() >= REGULATORY_PRECISION * found.sum()
        if at and found.sum() != findings:
            break
        if precise:
            findings = int(found.sum())
            at.append(float(threshold))
    return float(np.mean(at)) if at else float(GRID[-1])


class Roles(NamedTuple):
    """The linear model of who takes part."""

    names: list[str]
    weights: Floats
    bias: float


def fit_roles(examples: Sequence[Example]) -> Roles:
    """Return the linear model of who takes part."""
    pairs = [(role, example.weight) for example in examples for role in example.roles]
    counts = Counter(feature for role, _ in pairs for feature in set(role.features))
    names = sorted(feature for feature, count in counts.items() if count >= 3)
    index = {name: i for i, name in enumerate(names)}
    matrix = _role_matrix([role for role, _ in pairs], index)
    model = LogisticRegression(C=ROLE_STRENGTH, solver="liblinear", max_iter=300)
    labels = np.array([role.takes_part for role, _ in pairs])
    model.fit(matrix, labels, sample_weight=np.array([weight for _, weight in pairs]))
    return Roles(names, model.coef_[0], float(model.intercept_[0]))


def _role_matrix(roles: Sequence[Role], index: Mapping[str, int]) -> csr_matrix:
    rows = [[index[f] for f in dict.fromkeys(role.features) if f in index] for role in roles]
    lengths = [len(row) for row in rows]
    return csr_matrix(
        (np.ones(sum(lengths)), (np.repeat(np.arange(len(rows)), lengths), np.concatenate(rows))),
        shape=(len(rows), len(index)),
    )


def fit_role_stack(roles: Roles, examples: Sequence[Example], encoder: Sequence[Sequence[float]]) -> Floats:
    """Return the weights that join linear and encoder scores of vendors, and the bias.

    Neither ``roles`` nor the encoder, whose scores of the names of each are ``encoder``, saw ``examples``.
    """
    index = {name: i for i, name in enumerate(roles.names)}
    inputs: list[tuple[float, float]] = []
    wanted: list[bool] = []
    for example, said in zip(examples, encoder, strict=True):
        if example.roles:
            linear = _role_matrix(example.roles, index) @ roles.weights + roles.bias
            inputs += [(float(x), said[role.name]) for x, role in zip(linear, example.roles, strict=True)]
            wanted += [role.takes_part for role in example.roles]
    values, labels = np.array(inputs), np.array(wanted)
    joined = LogisticRegression(C=10.0, max_iter=1000).fit(values, labels)
    return np.append(joined.coef_[0], joined.intercept_[0])


def fit_all(
    seen: Sequence[Example], held_out: Sequence[Example], encoder: Scores
) -> tuple[dict[str, Any], dict[str, float]]:
    """Return the arrays of the model, and how good it is on ``held_out``.

    Models that learned from ``seen`` alone say, beside ``encoder`` (which did so too), how the scores are
    joined and what the thresholds are; the models that are returned learned from both.
    """
    labels = np.array([example.types for example in held_out])
    vocabulary, coefficients, bias = fit_on(seen)
    linear = make_matrix(vocabulary, [example.features for example in held_out]) @ coefficients + bias
    stack_weights, stack_bias, probabilities = fit_stack(linear, encoder.types, labels)
    thresholds = choose_thresholds(probabilities, labels)
    found = probabilities > thresholds
    least = hopeless(linear, found & labels)
    role_stack = fit_role_stack(fit_roles(seen), held_out, encoder.names)
    everything = [*seen, *held_out]
    vocabulary, coefficients, bias = fit_on(everything)
    roles = fit_roles(everything)
    features = list(vocabulary.index)
    scale = np.maximum(np.abs(coefficients).max(axis=0, keepdims=True) / 127.0, 1e-12)
    arrays = {
        "format": np.array(FORMAT),
        "types": pack(TYPES),
        "features": pack(features),
        "feature_weights": vocabulary.weights.astype(np.float32),
        "weights": np.round(coefficients / scale).astype(np.int8),
        "weight_scale": scale.astype(np.float32),
        "bias": bias,
        "stack_weights": stack_weights,
        "stack_bias": np.array(stack_bias),
        "thresholds": thresholds,
        "hopeless": np.array(least),
        "role_features": pack(roles.names),
        "role_weights": roles.weights.astype(np.float32),
        "role_bias": np.array(roles.bias),
        "role_stack": role_stack,
        "role_threshold": np.array(ROLE_THRESHOLD),
    }
    return arrays, figures(found, labels) | {
        "unread": float((linear[:, :-1].max(axis=1) < least).mean()),
        "features": float(len(features)),
    }


def figures(found: Labels, wanted: Labels) -> dict[str, float]:
    """Return micro F1, F1 of "any event", and precision over the regulatory types."""
    regulatory = np.array([family(name) == "regulatory" for name in TYPES])
    right = float((found & wanted)[:, regulatory].sum())
    return {
        "micro_f1": _f1(found, wanted),
        "event_f1": _f1(np.atleast_1d(found.any(axis=1)), np.atleast_1d(wanted.any(axis=1))),
        "regulatory_precision": right / max(1.0, float(found[:, regulatory].sum())),
    }
