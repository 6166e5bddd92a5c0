"""Pages behind the entries of feeds: robots.txt, HTML only, fallback to what the feed said."""

from collections.abc import AsyncIterator, Iterable

from newsbeam.clock import Clock
from newsbeam.feeds.settings import HttpSettings
from newsbeam.records import FeedItem


def fetch_page(url: str, http: HttpSettings) -> FeedItem:
    """Fetch one page, for ``newsbeam explain --url``.

    Raises :class:`newsbeam.errors.FetchError` where it cannot be had or is no HTML.
    """
    raise NotImplementedError


def complete_items(items: Iterable[FeedItem], http: HttpSettings, clock: Clock) -> AsyncIterator[FeedItem]:
    """Fetch the pages of ``items`` politely and yield each item as it is done, in no fixed order.

    ``text_source`` is ``page`` where the page came, else it stays what it was (``summary`` or ``feed``).
    """
    raise NotImplementedError
