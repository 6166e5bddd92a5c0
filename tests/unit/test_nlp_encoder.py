"""The encoder that ships, and what happens when it is broken."""

from pathlib import Path

import numpy as np
import pytest

from newsbeam.errors import KnowledgeError
from newsbeam.nlp import load, make_doc
from newsbeam.nlp.encoder import FOLDER, GRAPH, VOCABULARY, Encoder, Impression, fingerprint
from newsbeam.nlp.features import read
from newsbeam.nlp.learner import MODEL, Learner
from newsbeam.taxonomy import TYPES

MOST_BYTES = 15_000_000


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


def impression(encoder: Encoder, title: str) -> Impression:
    nlp = load()
    doc = make_doc(nlp, title)
    return encoder.read(encoder.encode(read(doc, nlp.get_pipe("newsbeam_events").book)))


def test_reads_the_same_twice(encoder: Encoder) -> None:
    """The same title gives the same scores to the last bit."""
    first, second = (impression(encoder, "Xiaomi buys drone maker Lumenar") for _ in range(2))
    assert np.array_equal(first.logits, second.logits)
    assert (len(TYPES) + 1,) == first.logits.shape


def test_knows_no_names(encoder: Encoder) -> None:
    """Who it is does not matter: another vendor in the same sentence gets the same scores."""
    one = impression(encoder, "Xiaomi sues Oppo over a patent")
    other = impression(encoder, "Samsung sues Huawei over a patent")
    assert np.array_equal(one.logits, other.logits)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Xiaomi buys drone maker for $40 million", "vendor.acquisition"),
        ("Oracle lays off hundreds of staff", "vendor.layoffs"),
        ("EU fines Meta 200 million euros", "regulatory.fine"),
        ("Hackers steal customer data from Samsung", "vendor.security_incident"),
    ],
)
def test_tells_types_apart(encoder: Encoder, title: str, expected: str) -> None:
    """The type with the best score is what a plain headline reports."""
    assert expected == TYPES[int(np.argmax(impression(encoder, title).logits[:-1]))]


def test_weights_stay_small() -> None:
    """All weights together are under 15 MB."""
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < MOST_BYTES


def test_a_broken_graph_is_named(tmp_path: Path) -> None:
    """A file that is no model is a KnowledgeError that names it."""
    (tmp_path / VOCABULARY).write_bytes((FOLDER / VOCABULARY).read_bytes())
    (tmp_path / GRAPH).write_bytes(b"no model")
    with pytest.raises(KnowledgeError, match=GRAPH):
        Encoder(tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK no zip", MODEL.read_bytes()[:300_000]], ids=len)
def test_a_broken_linear_model_is_named(tmp_path: Path, content: bytes) -> None:
    """So does a file of the linear model that is empty, no zip file or cut off."""
    path = tmp_path / "events.npz"
    path.write_bytes(content)
    with pytest.raises(KnowledgeError, match=r"events\.npz"):
        Learner(path)


def test_encoder_and_linear_model_belong_together(tmp_path: Path) -> None:
    """The linear model knows the encoder that it was made with; another vocabulary is another encoder."""
    assert Learner().encoder == fingerprint(FOLDER)
    (tmp_path / GRAPH).write_bytes((FOLDER / GRAPH).read_bytes())
    (tmp_path / VOCABULARY).write_text((FOLDER / VOCABULARY).read_text(encoding="utf-8") + "\nmore")
    assert Learner().encoder != Encoder(tmp_path).fingerprint


def test_a_missing_vocabulary_is_named(tmp_path: Path) -> None:
    """A folder without a vocabulary is a KnowledgeError that names the file."""
    with pytest.raises(KnowledgeError, match=VOCABULARY):
        Encoder(tmp_path)


def test_of_an_article_without_summary_the_title_alone_is_read(encoder: Encoder) -> None:
    """A summary is read with its title, and so is a text that is no longer than one sentence."""
    nlp = load()
    book = nlp.get_pipe("newsbeam_events").book  # type: ignore[attr-defined]
    title, first = "Sony cuts jobs", "Three studios in Europe close."
    longer = f"{first} The company did not say how many people will have to go."

    def pieces(**fields: str) -> tuple[int, ...]:
        return encoder.encode(read(make_doc(nlp, title, **fields), book)).pieces

    assert pieces(text=longer) == pieces()
    assert pieces(text=first) == pieces(summary=first)
    assert len(pieces(summary=longer)) > len(pieces(summary=first)) > len(pieces())
