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
        ("Samsung is fined over tariff fraud", "regulatory.fine", "regulatory.tariff"),
        ("Police let Samsung off over tariff fraud", "regulatory.approval", "regulatory.approval"),
        ("EU fines Samsung as a gatekeeper", "regulatory.fine", "regulatory.antitrust"),
        ("Sony faces a competition probe", "regulatory.investigation", "regulatory.antitrust"),
        ("Sony is sued over a robot competition", "regulatory.lawsuit", "regulatory.lawsuit"),
        ("China's five-year plan puts AI first", "regulatory.platform_ai_rule", "regulatory.subsidy"),
        ("Shoppers sue Sony over subsidies", "regulatory.lawsuit", "regulatory.lawsuit"),
        ("Scopely is sued over Monopoly Go", "regulatory.lawsuit", "regulatory.lawsuit"),
        ("Shoppers sue Sony", "regulatory.lawsuit", "regulatory.lawsuit"),
    ],
)
def test_an_act_is_told_as_what_the_title_says_it_is_about(title: str, wide: str, told: str) -> None:
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
    assert (NEVER, 0.6) == (needed["regulatory.platform_ai_rule"], needed["regulatory.lawsuit"])


def test_a_vendor_that_no_catalogue_has_makes_nothing_a_matter_of_technology() -> None:
    scores = {"regulatory.lawsuit": 0.55}
    assert () == _decision("Start-up Quellmere is sued by a baker", scores).told
    assert (("regulatory.lawsuit", 0.55),) == _decision("Sony is sued by a baker", scores).told


@pytest.mark.parametrize(
    ("scores", "told"),
    [
        ({"regulatory.lawsuit": 0.6, "regulatory.fine": 0.5}, ("regulatory.fine", 0.5)),
        ({"regulatory.lawsuit": 0.6, "regulatory.fine": 0.4}, ("regulatory.lawsuit", 0.6)),
        ({"regulatory.lawsuit": 0.3, "regulatory.fine": 0.24}, ("regulatory.lawsuit", 0.3)),
        (
            {"regulatory.lawsuit": 0.6, "regulatory.fine": 0.5, "regulatory.ip_dispute": 0.45},
            ("regulatory.ip_dispute", 0.45),
        ),
        ({"regulatory.fine": 0.6, "regulatory.lawsuit": 0.5}, ("regulatory.fine", 0.6)),
        ({"regulatory.approval": 0.6, "regulatory.fine": 0.5}, ("regulatory.approval", 0.6)),
    ],
)
def test_of_two_acts_that_are_nearly_as_likely_the_preceding_one_is_told(
    scores: dict[str, float], told: tuple[str, float]
) -> None:
    """Only one that is enough by itself, and only among types that the taxonomy orders."""
    assert (told,) == _decision("Sony settles in court", scores).told
