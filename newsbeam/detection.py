"""Articles into events: the nlp pipeline run over one article, tied to its ids."""

from spacy.language import Language

from newsbeam.nlp.document import make_doc
from newsbeam.records import Article, Event, ItemEvents, to_event


def detect_events(article: Article, nlp: Language) -> ItemEvents:
    """Return the events of ``article``, in order of appearance, each with an id of its own."""
    doc = make_doc(
        nlp, article.title, article.summary, article.text, published=article.published_at, url=article.url
    )
    events: dict[str, Event] = {}
    for detection in doc._.events:
        event = to_event(article, detection)
        # Two sightings of one event in one article have one id: the first, in title or lead, stays.
        events.setdefault(event.event_id, event)
    return ItemEvents(article.item_id, article.event_time, tuple(events.values()))
