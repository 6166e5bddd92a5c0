"""Which types are told, by scores of our own: no model has a say here."""

from collections.abc import Container

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


def _decision(
    title: str,
    scores: dict[str, float],
    kind: str = "news",
    by_title: str = "news",
    parties: Container[str] = TYPES,
) -> Decision:
    reading = read(make_doc(NLP, title), BOOK)
    likely = np.array([scores.get(name, 0.0) for name in TYPES])
    return decide(reading, likely, OWN, kind, by_title, takes_part=lambda name: name in parties)


@pytest.mark.parametrize(
    ("title", "wide", "told"),
    [
        ("Shoppers sue Sony over its monopoly", "lawsuit", "antitrust"),
        ("EU fines Samsung as a gatekeeper", "fine", "antitrust"),
        ("Sony faces a competition probe", "investigation", "antitrust"),
        ("Sony is sued over a robot competition", "lawsuit", "lawsuit"),
        ("Binance fined for laundering money for drug cartels", "fine", "fine"),
        ("Scopely is sued over Monopoly Go", "lawsuit", "lawsuit"),
        ("Shoppers sue Sony over tariffs", "lawsuit", "tariff"),
        ("Police raid Samsung over tariff fraud", "investigation", "tariff"),
        ("Ofcom fines Vodafone over its phone tariffs", "fine", "fine"),
        ("China's five-year plan puts AI first", "platform_ai_rule", "subsidy"),
        ("Bill asks for AI labels and ends tax breaks", "platform_ai_rule", "platform_ai_rule"),
        ("Cable firms ask the 5th Circuit to stop a rule", "platform_ai_rule", "lawsuit"),
        ("Sony asks Supreme Court to stop a ban", "product_ban", "lawsuit"),
        ("Supreme Court asks Sony about a ban", "product_ban", "product_ban"),
        ("Shoppers sue Sony", "lawsuit", "lawsuit"),
    ],
)
def test_an_act_is_told_as_what_the_title_says_it_is_about(title: str, wide: str, told: str) -> None:
    """With its score; other acts keep their type, and words of names do not count."""
    decision = _decision(title, {f"regulatory.{wide}": 0.9})
    assert ((f"regulatory.{told}", 0.9),) == decision.told
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


def test_what_the_title_says_is_asked_of_the_act_that_precedes() -> None:
    """An investigation is surer here, but the plan precedes it, and that is one of aid."""
    scores = {"regulatory.investigation": 0.6, "regulatory.platform_ai_rule": 0.5}
    assert (("regulatory.subsidy", 0.5),) == _decision("China's five-year plan puts AI first", scores).told


@pytest.mark.parametrize(
    ("scores", "told"),
    [
        (
            {"vendor.acquisition": 0.8, "regulatory.lawsuit": 0.6, "regulatory.merger_review": 0.5},
            ["vendor.acquisition", "regulatory.lawsuit"],
        ),
        (
            {"regulatory.antitrust": 0.8, "vendor.acquisition": 0.7, "regulatory.merger_review": 0.6},
            ["regulatory.antitrust", "vendor.acquisition"],
        ),
        (
            {"regulatory.lawsuit": 0.8, "regulatory.fine": 0.57, "vendor.layoffs": 0.7},
            ["vendor.layoffs", "regulatory.fine"],
        ),
    ],
)
def test_what_is_not_told_takes_nothing_else_with_it(scores: dict[str, float], told: list[str]) -> None:
    """A review that loses to the purchase is no rival of other acts; the surest comes first."""
    assert told == [name for name, _ in _decision("Sony settles over Nintendo", scores).told]


def test_a_deed_in_which_nobody_takes_part_leaves_room_for_others() -> None:
    """It needs .4; below, the review of the purchase is told."""
    scores = {"vendor.acquisition": 0.39, "regulatory.merger_review": 0.36}
    decision = _decision("Regulators look at Sony takeover of Nintendo", scores, parties=())
    assert (("regulatory.merger_review", 0.36),) == decision.told
    assert 0.4 == decision.thresholds[TYPES.index("vendor.acquisition")]
    scores["vendor.acquisition"] = 0.55
    decision = _decision("Regulators look at Sony takeover of Nintendo", scores, parties=())
    assert (("vendor.acquisition", 0.55),) == decision.told


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Tesla to hire 2,000 workers in Berlin", False),
        ("IBM retrains 2,000 staff", False),
        ("Nvidia adds 1,000 jobs in Israel", False),
        ("Microsoft creates up to 3,000 new jobs in Ireland", False),
        ("Google freezes hiring", True),
        ("Intel won't hire 2,000 graduates", True),
        ("Cisco adds 1,000 jobs and cuts 4,000", True),
        ("Cisco shows 4,000 people the door", True),
    ],
)
def test_no_layoff_is_told_of_staff_who_are_hired_or_trained(title: str, *, told: bool) -> None:
    decision = _decision(title, {"vendor.layoffs": 0.9})
    assert told == bool(decision.told)
    assert (decision.thresholds[TYPES.index("vendor.layoffs")] == NEVER) == (not told)
