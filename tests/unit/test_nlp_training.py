"""Training from labelled items: what is learned from, and that it is the same each time."""

import json
from pathlib import Path

import numpy as np
import pytest
import spacy

from newsbeam.nlp import mentions, training  # noqa: F401  (registers the component)
from newsbeam.nlp.rules import RuleBook, load_rules
from newsbeam.nlp.training.prepare import SMALLEST, Example, Scores, mean, prepare
from newsbeam.nlp.wordpiece import SPECIAL, WordPieces
from newsbeam.taxonomy import TYPES

FOLDER = Path(training.__file__).parent
EACH = 120  # examples of each file


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    nlp = spacy.blank("en")
    nlp.add_pipe("newsbeam_sentences")
    nlp.add_pipe("newsbeam_mentions")
    lines = [line for path in sorted(FOLDER.glob("*.jsonl")) for line in path.read_text().splitlines()[:EACH]]
    return prepare([json.loads(line) for line in lines], nlp, RuleBook(load_rules()))


def test_examples_say_who_takes_part(examples: list[Example]) -> None:
    """Of the vendors of an example those of its labels take part, and each has its place in the text."""
    with_names = [example for example in examples if example.names and example.types.any()]
    assert len(with_names) > EACH
    for example in with_names:
        assert all(0 <= min(at) < len(example.reading.text) for at, _ in example.names)
    share = np.mean([takes_part for example in with_names for _, takes_part in example.names])
    assert 0.7 < share < 1.0


def test_linear_models_are_the_same_each_time(examples: list[Example]) -> None:
    """The same examples give the same arrays, which tell held-out examples apart."""
    fit = pytest.importorskip("newsbeam.nlp.training.fit", reason="scikit-learn (extra: training) is missing")
    seen, held_out = examples[::2], examples[1::2]
    scores = Scores(
        np.zeros((len(held_out), len(TYPES) + 1)), [[0.0] * len(example.names) for example in held_out]
    )
    first, figures = fit.fit_all(seen, held_out, scores)
    second, _ = fit.fit_all(seen, held_out, scores)
    assert first.keys() == second.keys()
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert figures["micro_f1"] > 0.5


def test_what_is_hopeless_lies_below_all_that_was_right() -> None:
    """By the margin at least, "any event" (the last score) aside; without findings nothing is hopeless."""
    fit = pytest.importorskip("newsbeam.nlp.training.fit", reason="scikit-learn (extra: training) is missing")
    linear = np.array([[-1.0, -4.0, 3.0], [-6.0, -2.5, 3.0], [-9.0, -8.0, 3.0]])
    right = np.array([[True, False], [False, True], [False, False]])
    assert -2.5 - fit.HOPELESS_MARGIN == fit.hopeless(linear, right)
    assert -np.inf == fit.hopeless(linear, np.zeros_like(right))


def test_network_learns_what_it_is_shown(examples: list[Example], tmp_path: Path) -> None:
    """A network of one layer learns its samples, and the graph that is written scores nearly the same."""
    network = pytest.importorskip(
        "newsbeam.nlp.training.network", reason="PyTorch (extra: training) is missing"
    )
    graph = pytest.importorskip("newsbeam.nlp.training.graph")
    onnxruntime = pytest.importorskip("onnxruntime")
    pieces = WordPieces(
        [*SPECIAL, *"abcdefghijklmnopqrstuvwxyz", *(f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz")]
    )
    learning = pytest.importorskip("newsbeam.nlp.training.learning")
    samples = [
        learning.Sample(
            encoded.pieces,
            example.types,
            1.0,
            tuple((encoded.places(at), part) for at, part in example.names),
        )
        for example in examples[:64]
        for encoded in [example.encode(pieces)]
    ]
    made = network.Network(len(pieces.index), layers=1)
    before = learning.score(samples, made).types
    learning.train([samples] * 3, made)
    after = learning.score(samples, made).types
    assert np.abs(after - before).mean() > 0.1
    graph.write(made, tmp_path / "small.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "small.onnx"))
    found = session.run(None, {"pieces": np.array(samples[0].pieces, dtype=np.int64)})[0]
    assert np.abs(found - after[0]).max() < 0.5
    again = learning.score(samples, graph.read(tmp_path / "small.onnx"))
    assert np.abs(again.types - after).max() < 0.1, "8 bits of a weight tell nearly all"
    assert (
        np.abs(np.concatenate(again.names) - np.concatenate(learning.score(samples, made).names)).max() < 0.1
    )


def test_the_mean_of_teachers_is_that_of_their_probabilities() -> None:
    """As log odds; what all are sure of stays finite."""
    one = Scores(np.array([[0.0, 40.0]]), [[-40.0, 0.0], []])
    other = Scores(np.array([[np.log(3.0), 40.0]]), [[-40.0, np.log(1 / 3)], []])
    made = mean([one, other])
    assert np.allclose(np.log(5 / 3), made.types[0, 0])
    assert np.allclose([np.log(SMALLEST), np.log(3 / 5)], made.names[0])
    assert [] == made.names[1]
    assert np.isfinite(made.types).all()


def test_distances_are_single_near_and_in_classes_far_away() -> None:
    """What stands before and after has classes of its own."""
    mpnet = pytest.importorskip("newsbeam.nlp.training.mpnet", reason="extra: training is missing")
    classes = mpnet.distances(mpnet.LONGEST)
    assert list(range(8)) == classes[7, :8].tolist()[::-1]
    assert [16 + far for far in range(1, 8)] == classes[0, 1:8].tolist()
    assert classes[0, 90] == classes[1, 91] == classes[90, 0] + 16 < mpnet.DISTANCES
    assert (classes[0, 1:].diff() >= 0).all()
