"""Which types are told, by scores of our own: no model has a say here."""

import numpy as np
import pytest
import spacy

from newsbeam.nlp import mentions  # noqa: F401  (registers the components)
from newsbeam.nlp.deciding import NEVER, Decision, decide
from newsbeam.nlp.document import make_doc
from newsbeam.nlp.features import read
from newsbeam.nlp.rules import RuleBook, load_rules
from newsbeam.taxonomy import TYPES

OWN = np.full(len(TYPES), 0.25)
BOOK = RuleBook(load_rules())
NLP = spacy.blank("en")
NLP.add_pipe("newsbeam_sentences")
NLP.add_pipe("newsbeam_mentions")


def _decision(title: str, scores: dict[str, float], kind: str = "news", by_title: str = "news") -> Decision:
    reading = read(make_doc(NLP, title), BOOK)
    return decide(
        reading, np.array([scores.get(name, 0.0) for name in TYPES]), OWN, kind, by_title, anyone=True
    )


@pytest.mark.parametrize(
    ("title", "wide", "told"),
    [
        ("Shoppers sue Sony over its monopoly", "regulatory.lawsuit", "regulatory.antitrust"),
        ("Shoppers sue Sony over tariffs", "regulatory.lawsuit", "regulatory.tariff"),
        ("Police raid Samsung over tariff fraud", "regulatory.investigation", "regulatory.tariff"),
        ("Police raid Samsung over tariff fraud", "regulatory.fine", "regulatory.fine"),
        ("Scopely is sued over Monopoly Go", "regulatory.lawsuit", "regulatory.lawsuit"),
        ("Shoppers sue Sony", "regulatory.lawsuit", "regulatory.lawsuit"),
    ],
)
def test_a_suit_or_an_investigation_is_told_as_what_the_title_says(title: str, wide: str, told: str) -> None:
    """With its score; other acts keep their type, and words of names do not count."""
    decision = _decision(title, {wide: 0.9})
    assert ((told, 0.9),) == decision.told
    assert (told != wide) == (decision.raised is not None)


def test_what_is_not_sure_enough_is_not_raised() -> None:
    decision = _decision("Shoppers sue Sony over tariffs", {"regulatory.lawsuit": 0.2})
    assert ((), None) == (decision.told, decision.raised)


@pytest.mark.parametrize(
    ("title", "by_title", "told"),
    [
        ("The Sony phone is $50 off", "deal", ()),
        ("Sony cuts the price of its phone, $50 off", "deal", (("vendor.pricing", 0.9),)),
        ("The Sony phone", "news", (("vendor.pricing", 0.9), ("vendor.product_launch", 0.8))),
    ],
)
def test_of_a_deal_only_a_price_is_told_and_only_where_the_title_says_so(
    title: str, by_title: str, told: tuple[tuple[str, float], ...]
) -> None:
    """Where the summary alone speaks of a deal, both may be told."""
    scores = {"vendor.pricing": 0.9, "vendor.product_launch": 0.8}
    assert told == _decision(title, scores, "deal", by_title).told


def test_a_law_is_held_back_and_another_act_needs_more_where_nothing_is_of_technology() -> None:
    decision = _decision(
        "Court rules on farm", {"regulatory.lawsuit": 0.4, "regulatory.platform_ai_rule": 0.9}
    )
    assert () == decision.told
    assert decision.politics
    needed = dict(zip(TYPES, decision.thresholds.tolist(), strict=True))
    assert (NEVER, 0.5) == (needed["regulatory.platform_ai_rule"], needed["regulatory.lawsuit"])
