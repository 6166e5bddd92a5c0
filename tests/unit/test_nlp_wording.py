"""What features say, in words."""

import re

import pytest

from newsbeam.nlp.learner import Learner
from newsbeam.nlp.wording import in_words, told

MASK = re.compile(r"<[VPAM%]>|“#|# |\^|\$")


@pytest.mark.parametrize(
    ("feature", "words"),
    [
        ("t1:merger", "title “merger”"),
        ("t2:^ <V>", "title begins “[vendor]”"),
        ("t3:<M> deal $", "title ends “[amount] deal”"),
        ("s2:# jobs", "lead “[number] jobs”"),
        ("n:<V>>buys", "title “[vendor]” … “buys”"),
        ("n:<A>><%>", "title “[authority]” … “[percentage]”"),
        ("m::><P>", "lead “:” … “[product]”"),
        ("n:order:VA", "title names [vendor], [authority]"),
        ("n:order:", "title names nobody"),
        ("w:lawsuit", "word “lawsuit”"),
        ("p:acqui", "a word like “acqui…”"),
        ("u:policy", "address with “policy”"),
        ("r:t:merger.buys", "rule merger.buys in the title"),
        ("q:s:merger.buys", "nearly rule merger.buys in the lead"),
        ("r:t:vendor.acquisition", "a rule for vendor.acquisition in the title"),
        ("y:authority:False:True", "title names none, lead an authority"),
        ("y:vendors:3", "vendors in the title: 3 or more"),
        ("y:length:1", "title of 4 to 7 words"),
        ("y:length:5", "title of 20 words or more"),
        ("y:minutes:1-2", "read of 1-2 minutes"),
        ("y:first:<A>", "title begins with [authority]"),
        ("y:question", "title is a question"),
    ],
)
def test_in_words(feature: str, words: str) -> None:
    """Each kind of feature has its words."""
    assert words == in_words(feature)


def test_every_feature_of_the_model_can_be_said() -> None:
    """None is shown as the model knows it: no masks, no signs for where a text begins and ends."""
    for feature in Learner().vocabulary.index:
        said = in_words(feature)
        assert feature != said
        assert not MASK.search(said), feature


def test_told() -> None:
    """A weight stands behind, with its sign."""
    assert ["title “[vendor] buys” +1.20", "word “review” -0.50"] == told(
        [("t2:<V> buys", 1.2), ("w:review", -0.5)]
    )
