"""A spaCy pipeline that understands technology news: ``newsbeam.nlp.load()``, then ``doc._.events``.

No model is downloaded and no network is used: a blank English tokenizer, a catalogue, rules, and a small
trained model that ships with the package.
"""

from functools import cache

import spacy
from spacy.language import Language

from newsbeam.nlp.document import make_doc
from newsbeam.nlp.tokenizer import QuickTokenizer

__all__ = ["load", "make_doc", "shared"]


def load(model: str | None = None) -> Language:
    """Return the pipeline: sentences, mentions, events.

    ``model`` names an installed spaCy model whose named entities may help to find vendors; none is needed.
    Raises :class:`newsbeam.errors.KnowledgeError` for faulty knowledge files, as far as it reads them at
    once; :func:`newsbeam.nlp.knowledge.load_knowledge` reads all.
    """
    from newsbeam.nlp import events, mentions  # noqa: F401, PLC0415  (they register the components)

    nlp = spacy.blank("en")
    nlp.tokenizer = QuickTokenizer(nlp.tokenizer)
    nlp.add_pipe("newsbeam_sentences")
    nlp.add_pipe("newsbeam_mentions", config={"model": model})
    nlp.add_pipe("newsbeam_events")
    return nlp


@cache
def shared(model: str | None = None) -> Language:
    """Return the pipeline of this process, loaded at the first call; see :func:`load`."""
    return load(model)
