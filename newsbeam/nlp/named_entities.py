"""An installed spaCy model, where the user names one, as a second opinion on who is a vendor.

Detection never needs it: its organisations are added as unknown vendors where nothing else was found.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

import spacy
from spacy.language import Language

from newsbeam.errors import ConfigError
from newsbeam.nlp.surface import Words
from newsbeam.nlp.vendors import Hit, canonical

LABEL = "ORG"
CERTAINTY = 0.5
"""Of an organisation that only the model saw: as an unknown vendor right two times in three."""
LEAD_CHARS = 1_500  # read of a document: title and lead
# What only labels or parses is not needed, and costs most of a model's time.
_NOT_NEEDED = ("parser", "tagger", "morphologizer", "lemmatizer", "attribute_ruler", "senter", "textcat")


def load_model(name: str) -> Language:
    """Load the installed spaCy model ``name`` (a package or a folder); no download is attempted.

    Raises :class:`ConfigError` where it is not installed or recognises no entities.
    """
    try:
        model = spacy.load(name, exclude=_NOT_NEEDED)
    except (OSError, ImportError, ValueError) as error:
        first = str(error).splitlines()[0]
        raise ConfigError(f"spaCy model {name!r} cannot be loaded: {first}", where="nlp.model") from error
    if not {"ner", "entity_ruler", "span_ruler"} & set(model.pipe_names):
        raise ConfigError(f"spaCy model {name!r} recognises no entities", where="nlp.model")
    return model


def find_named(model: Language, words: Words, taken: set[int]) -> Iterator[Hit]:
    """Yield the organisations that ``model`` sees in title and lead at words that are not ``taken``."""
    for entity in model(words.text[:LEAD_CHARS]).ents:
        first = bisect_left(words.starts, entity.start_char)
        last = bisect_right(words.ends, entity.end_char)
        if entity.label_ != LABEL or first >= last or not taken.isdisjoint(range(first, last)):
            continue
        name = words.text[words.starts[first] : words.ends[last - 1]]
        yield Hit(first, last, canonical(name), name, "unknown", CERTAINTY, "named entity of the spaCy model")
