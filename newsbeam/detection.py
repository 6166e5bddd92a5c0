"""Articles into events: the nlp pipeline run over one article, tied to its ids."""

from spacy.language import Language
from spacy.tokens import Doc

from newsbeam import nlp
from newsbeam.furniture import load_furniture
from newsbeam.nlp.document import make_doc
from newsbeam.records import Article, Event, ItemEvents, to_event

READ_CHARS = 6_000
"""Of the text, cut at the end of a paragraph. Title and lead decide, and what comes after a thousand words
restates: on 120 real pages the rest took a fifth of the time."""


def load_language(model: str | None = None) -> Language:
    """Return the nlp pipeline of this process, once all that extracting and detecting know is in order.

    Raises :class:`newsbeam.errors.KnowledgeError` for faulty knowledge files.
    """
    from newsbeam.nlp.knowledge import load_knowledge  # noqa: PLC0415  (large)

    load_knowledge()
    load_furniture()
    return nlp.shared(model)


def read_article(article: Article, language: Language) -> Doc:
    """Return ``article`` as the nlp pipeline understands it."""
    text = article.text
    if len(text) > READ_CHARS:
        text = text[: text.rfind("\n", 0, READ_CHARS) + 1] or text[:READ_CHARS]
    return make_doc(
        language, article.title, article.summary, text, published=article.published_at, url=article.url
    )


def detect_events(article: Article, language: Language) -> ItemEvents:
    """Return the events of ``article``, in order of appearance, each with an id of its own."""
    events: dict[str, Event] = {}
    for detection in read_article(article, language)._.events:
        event = to_event(article, detection)
        # Two sightings of one event in one article have one id: the first, in title or lead, stays.
        events.setdefault(event.event_id, event)
    return ItemEvents(article.item_id, article.event_time, tuple(events.values()))
