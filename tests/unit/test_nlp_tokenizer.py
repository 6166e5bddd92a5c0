"""The tokenizer with a memory cuts every text as spaCy's own does."""

from pathlib import Path

import pytest
import spacy

from newsbeam import nlp as nlp_of_newsbeam
from newsbeam.nlp.tokenizer import QuickTokenizer

TEXTS = (
    "",
    "  ",
    "Acme doesn't buy Widget Inc.\n\nIt can't, says the U.S. (it's \"complicated\").",
    " It's\u00a0 3p.m.; don't  wait…\tSee https://news.example/a-b?c=d:)\n",
    "Y'all'd've paid $5m-$7m (or more), wouldn't you? " + "x" * 200,
)


@pytest.fixture(scope="module")
def quick() -> QuickTokenizer:
    return QuickTokenizer(spacy.blank("en").tokenizer)


@pytest.mark.parametrize("text", TEXTS)
def test_cuts_as_spacy_does(quick: QuickTokenizer, text: str) -> None:
    """Tokens, norms and spaces are spaCy's, the first time and when all is known."""
    expected = [(token.text, token.norm_, token.whitespace_) for token in spacy.blank("en")(text)]
    for _ in range(2):
        actual = [(token.text, token.norm_, token.whitespace_) for token in quick(text)]
        assert expected == actual


def test_what_is_loaded_can_be_saved(quick: QuickTokenizer, tmp_path: Path) -> None:
    """It is a tokenizer of spaCy in all else: it goes to disk, and explains."""
    nlp = spacy.blank("en")
    nlp.tokenizer = quick
    nlp.to_disk(tmp_path / "saved")
    again = spacy.load(tmp_path / "saved")
    for text in TEXTS:
        assert [token.text for token in again(text)] == [token.text for token in quick(text)]
    assert ["Acme", "does", "n't"] == [token for _, token in quick.explain("Acme doesn't")]


def test_detection_uses_it() -> None:
    """What is loaded cuts quickly."""
    assert isinstance(nlp_of_newsbeam.shared().tokenizer, QuickTokenizer)


def test_it_stops_remembering_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """And cuts as before."""
    monkeypatch.setattr("newsbeam.nlp.tokenizer.MOST_RUNS", 3)
    quick = QuickTokenizer(spacy.blank("en").tokenizer)
    quick("one two three four")
    known = set(quick._known)
    assert ["five", "ca", "n't"] == [token.text for token in quick("five can't")]
    assert known == quick._known
