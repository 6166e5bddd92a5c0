"""Where an event stands: the words that are shown as its trigger."""

import pytest

from newsbeam.nlp import load, make_doc
from newsbeam.nlp.features import read
from newsbeam.nlp.triggers import best_match, find_trigger


@pytest.fixture(scope="module")
def nlp():
    return load()


def _trigger(nlp, title, spoken, event_type=None, summary=""):
    reading = read(make_doc(nlp, title, summary), nlp.get_pipe("newsbeam_events").book)
    match = best_match(reading, event_type) if event_type else None
    found = find_trigger(reading, match, spoken)
    return reading.text[found.start : found.end]


@pytest.mark.parametrize(
    ("title", "spoken", "expected"),
    [
        ("What you can do with Zalando storage", [("t1:can", 0.9), ("t1:storage", 0.2)], "storage"),
        ("Google storage for all", [("t1:<V>", 2.0), ("t2:<V> storage", 0.4), ("t1:for", 0.9)], "storage"),
        (
            "Police use facial recognition",
            [("t2:facial recognition", 0.8), ("w:facial", 0.2)],
            "facial recognition",
        ),
        ("Police use facial recognition", [("t1:recognition", 0.8)], "recognition"),
        ("Zalando’s glitch lasts", [("t1:glitch", 0.3), ("n:<V>>lasts", 0.5)], "lasts"),
        (
            "The storage of Zalando",
            [("y:first:<V>", 0.9), ("r:t:vendor.pricing", 0.8), ("p:stora", 0.5)],
            "storage",
        ),
        ("Now it is with you", [("t1:now", 0.9)], "Now"),
        ("Google", [], "Google"),
        ("To Google", [], "Google"),
        ("Zalando in November", [("t1:november", 0.9)], "Zalando"),
    ],
)
def test_the_learner_shows_the_content_word_of_which_it_makes_most(nlp, title, spoken, expected):
    """Never a word that stands everywhere, nor a name, unless there is nothing else."""
    assert expected == _trigger(nlp, title, spoken)


def test_the_title_goes_before_the_lead(nlp):
    """A word of the lead must weigh twice as much."""
    spoken = [("t1:storage", 0.5), ("s1:memory", 0.9)]
    assert "storage" == _trigger(nlp, "More storage at Zalando", spoken, summary="Its memory grows.")
    spoken[1] = ("s1:memory", 1.1)
    assert "memory" == _trigger(nlp, "More storage at Zalando", spoken, summary="Its memory grows.")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Texas judge decides that X may sue Media Matters", "Texas judge decides"),
        ("Supreme Court rejects appeal of Verizon", "Supreme Court rejects"),
    ],
)
def test_a_trigger_does_not_cut_a_name(nlp, title, expected):
    """The noun in an authority's name is readable to rules, the name is shown whole."""
    assert _trigger(nlp, title, (), "regulatory.lawsuit").startswith(expected)


@pytest.mark.parametrize(
    "title",
    [
        "GM’s LMR battery breakthrough means more range at a lower cost",
        "Framework Laptop 12 is a cheaper, more colorful take on a repairable laptop PC",
        "Crypto-friendly fintech giant Revolut files for US banking license",
        "Android TV has access to your entire account, but Google is changing that",
    ],
)
def test_the_evidence_shows_the_trigger_where_it_stands(nlp, title):
    doc = make_doc(nlp, title)
    assert doc._.events
    for event in doc._.events:
        evidence = event.evidence
        assert title[evidence.trigger_start : evidence.trigger_end] == evidence.trigger
        assert evidence.trigger.lower() not in {"can", "is", "your", "a", "google", "android"}
