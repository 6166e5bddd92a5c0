"""A spaCy pipeline that understands technology news: ``newsbeam.nlp.load()``, then ``doc._.events``.

No model is downloaded and no network is used: a blank English tokenizer, a catalogue, rules, and a small
trained model that ships with the package.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
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

    with _without_collection():
        nlp = spacy.blank("en")
        nlp.tokenizer = QuickTokenizer(nlp.tokenizer)
        nlp.add_pipe("newsbeam_sentences")
        nlp.add_pipe("newsbeam_mentions", config={"model": model})
        nlp.add_pipe("newsbeam_events")
    return nlp


@contextmanager
def _without_collection() -> Iterator[None]:
    """Keep Python from looking for garbage among a hundred thousand new objects that stay: .3 s of 1.4."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@cache
def shared(model: str | None = None) -> Language:
    """Return the pipeline of this process, loaded at the first call; see :func:`load`."""
    return load(model)
