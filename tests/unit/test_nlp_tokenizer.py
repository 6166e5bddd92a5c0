"""The tokenizer with a memory cuts every text as spaCy's own does."""

import pytest
import spacy

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
