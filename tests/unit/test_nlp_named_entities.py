"""An installed spaCy model may add to detection, and is never needed."""

from pathlib import Path

import pytest
import spacy

from newsbeam import nlp
from newsbeam.errors import ConfigError
from newsbeam.nlp.document import make_doc

TITLE = "Apple and the quieter fans that zanzibarro never made"


@pytest.fixture
def model(tmp_path: Path) -> str:
    """Return the folder of a spaCy model that knows one organisation that looks like an ordinary word."""
    made = spacy.blank("en")
    ruler = made.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "ORG", "pattern": "zanzibarro"}, {"label": "ORG", "pattern": "Apple"}])  # type: ignore[attr-defined]
    made.to_disk(tmp_path / "model")
    return str(tmp_path / "model")


def test_a_named_model_adds_the_organisations_that_it_sees(model: str) -> None:
    """And leaves alone what is known already."""
    without = make_doc(nlp.load(), TITLE)
    with_model = make_doc(nlp.load(model), TITLE)
    assert ["apple"] == [mention.vendor_id for mention in without._.mentions]
    assert ["apple", "~zanzibarro"] == [mention.vendor_id for mention in with_model._.mentions]
    assert "named entity of the spaCy model" == with_model._.mentions[1].why


def test_a_model_that_is_not_installed_is_a_clear_error() -> None:
    """Nothing is downloaded."""
    with pytest.raises(ConfigError, match="'no_such_model' cannot be loaded"):
        nlp.load("no_such_model")


def test_a_model_without_entities_is_refused(tmp_path: Path) -> None:
    """It could add nothing."""
    spacy.blank("en").to_disk(tmp_path / "blank")
    with pytest.raises(ConfigError, match="recognises no entities"):
        nlp.load(str(tmp_path / "blank"))
