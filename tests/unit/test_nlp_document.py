"""Fields become one text with sentences, and offsets lead back to the fields."""

import pytest
import spacy

from newsbeam.nlp.document import lead_end, locate, make_doc, sentence_starts, token_starts


@pytest.fixture(scope="module")
def nlp():
    pipeline = spacy.blank("en")
    pipeline.add_pipe("newsbeam_sentences")
    return pipeline


def _sentences(doc):
    return [sentence.text.strip() for sentence in doc.sents]


def test_a_field_boundary_ends_a_sentence(nlp):
    doc = make_doc(nlp, "Acme buys Lumo", "The price is secret")
    assert ["Acme buys Lumo", "The price is secret"] == _sentences(doc)
    assert [("title", 0, 14, 0), ("summary", 16, 35, 0)] == [tuple(field) for field in doc._.fields]


def test_merged_tokens_stand_where_they_stand(nlp):
    doc = make_doc(nlp, "Acme Robotics buys Lumo")
    assert [0, 5, 14, 19] == token_starts(doc)
    with doc.retokenize() as tokens:
        tokens.merge(doc[:2])
    assert [0, 14, 19] == token_starts(doc)


@pytest.mark.parametrize(
    "text",
    [
        "Acme Inc. makes drones",
        "The U.S. firm has grown",
        "On Jan. 3 it paid J. Smith $3.5 million",
        "It sells Node.js tools, e.g. for tests",
    ],
)
def test_an_abbreviation_does_not_end_a_sentence(text):
    assert [0] == sentence_starts(text)


def test_an_abbreviation_before_an_opener_does():
    assert [0, 21] == sentence_starts("It moved to the U.S. The rest is known.")


def test_a_summary_that_repeats_the_text_is_read_once(nlp):
    text = "Acme bought Lumo. The price is secret.\nMore follows."
    doc = make_doc(nlp, "Acme buys Lumo", "Acme bought Lumo. The price is secret.", text)
    assert ["title", "summary", "text"] == [field.name for field in doc._.fields]
    assert "More follows." == doc.text[doc._.fields[2].start :]
    assert text.index("More") == doc._.fields[2].origin


def test_a_cut_summary_gives_way_to_the_text(nlp):
    doc = make_doc(nlp, "T", "Acme bought Lumo for […]", "Acme bought Lumo for little.\nMore.")
    assert ["title", "text"] == [field.name for field in doc._.fields]


def test_a_plain_string_has_its_title_in_the_first_line(nlp):
    doc = nlp("Acme buys Lumo\nThe price is secret.")
    assert ["title", "text"] == [field.name for field in doc._.fields]
    assert locate(doc, 16).name == "text"


def test_an_empty_document_has_no_fields(nlp):
    assert () == make_doc(nlp, "", "", "")._.fields


def test_the_lead_ends_with_the_summary_or_a_little_into_the_text(nlp):
    assert 5 == lead_end(make_doc(nlp, "T", "S.", "B. " * 500))
    assert 400 < lead_end(make_doc(nlp, "T", "", "B. " * 500)) < 420


@pytest.mark.parametrize(
    "rubbish", ["," * 5_000, "(" * 5_000, "1," * 2_500, "a" * 5_000, "…" * 5_000, "١," * 2_500]
)
def test_rubbish_is_read_as_spaces(rubbish: str) -> None:
    """Long runs of signs or letters give few tokens, and leave the places of all else as they are."""
    nlp = spacy.blank("en")
    text = f"Before {rubbish} after"
    doc = make_doc(nlp, "Title", "", text)
    assert len(doc) < 900
    assert text.index("after") + len("Title\n\n") == next(t.idx for t in doc if t.text == "after")


def test_endless_titles_are_cut() -> None:
    """Of a title the first thousand characters are read."""
    doc = make_doc(spacy.blank("en"), "word " * 10_000)
    assert 1_000 == len(doc.text)
