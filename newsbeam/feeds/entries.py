"""Entries of a feed as items: ids, links, dates, hashes."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple, Optional

from newsbeam import clock
from newsbeam.feeds.text import one_line, plain_text, to_text, words_of
from newsbeam.feeds.urls import canonical_url, site_of
from newsbeam.records import FeedItem, digest

# ruff: noqa: UP045 - see newsbeam/records.py

MAX_TITLE_CHARS = 1_000
MAX_SUMMARY_CHARS = 5_000
MAX_CONTENT_CHARS = 200_000
FULL_TEXT_WORDS = 120
"""Text in a feed that has fewer words is a summary: of 4,000 from technology feeds the longest has 90."""
FUTURE = timedelta(days=1)
"""A date further ahead of the time of retrieval is none: no zone of the world is further ahead."""
OLDEST = "1990-01-01T00:00:00Z"
"""A date before the web is a default of some software, not a date."""

_CUT_OFF = re.compile(
    r"(?:\[?(?:…|\.\.\.)\]?|(?:continue reading|read (?:more|on|the (?:full|rest)[^.\n]{0,40}|\d+ remaining "
    r"paragraphs?)|full (?:story|article))(?:\s*\|\s*comments)?\s*[.…»→>]*)\s*$",
    re.IGNORECASE,
)
_TAG_URI = re.compile(r"tag:([^,:/]+)[,:]", re.IGNORECASE)
_URL_HOST = re.compile(r"https?://([^/?#:@]+)", re.IGNORECASE)


class Entry(NamedTuple):
    """One entry of a feed.

    ``item`` is ready for extraction: its ``content`` is the full text where the feed carries it, as plain
    text with one paragraph a line; else it is empty and ``summary`` is all there is. ``wants_page`` says
    that the page should be fetched first (:mod:`newsbeam.feeds.pages`). ``raw_hash`` changes with every
    change of title, text, link or date; ``content_hash`` only with the words of title and text, not with
    their case, spacing, markup or punctuation. Two sightings of an item are therefore unchanged (same
    ``raw_hash``), cosmetically edited (same ``content_hash``) or edited. ``problems`` are words such as
    ``no date``, ``unreadable date``, ``no link``.
    """

    item: FeedItem
    raw_hash: str
    content_hash: str
    wants_page: bool
    problems: tuple[str, ...] = ()


class RawEntry(NamedTuple):
    """An entry as its format gives it; ``text_is_html`` is about summary and content.

    ``date`` is ISO 8601 where one could be read, ``date_text`` what stood there.
    """

    guid: str
    link: str
    title: str
    summary: str
    content: str
    date: Optional[str]
    date_text: str
    text_is_html: bool = True


class Origin(NamedTuple):
    """Where entries come from, as plain values that travel to the process that parses.

    ``host`` is that of the feed as configured, ``url`` is where it was found.
    """

    feed_id: str
    source: str
    host: str
    url: str
    full_text: str
    fetched_at: str
    max_entries: int


def make_entries(raw: Sequence[RawEntry], origin: Origin) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Return the entries, each id once, and problems in words.

    Entries that repeat a whole earlier one are left out and counted. Entries that share an id but
    neither link nor text get ids of their own, made of both.
    """
    links = [canonical_url(entry.link, origin.url) for entry in raw[: origin.max_entries]]
    linked = {(entry.guid, link) for entry, link in zip(raw, links, strict=False)}
    shared = {guid for guid, count in Counter(guid for guid, _ in linked).items() if guid and count > 1}
    made: dict[str, Entry] = {}
    repeated = 0
    for each, link in zip(raw, links, strict=False):
        entry = _make_entry(each, link, origin, id_is_shared=each.guid in shared)
        known = made.get(entry.item.item_id)
        if known is not None:
            if known.content_hash == entry.content_hash:
                repeated += 1
                continue
            own_id = digest(entry.item.item_id, entry.content_hash)
            entry = entry._replace(item=entry.item._replace(item_id=own_id))
            repeated += own_id in made
        made.setdefault(entry.item.item_id, entry)
    return tuple(made.values()), tuple(_feed_problems(len(raw), origin.max_entries, repeated))


def _feed_problems(count: int, limit: int, repeated: int) -> Iterable[str]:
    if count > limit:
        yield f"{count} entries, of which the first {limit} are read"
    if repeated:
        yield f"{repeated} entries repeat others"


def _make_entry(raw: RawEntry, link: str, origin: Origin, *, id_is_shared: bool) -> Entry:
    to_plain = to_text if raw.text_is_html else plain_text
    title = one_line(to_text(raw.title, MAX_TITLE_CHARS), MAX_TITLE_CHARS)
    content = to_plain(raw.content, MAX_CONTENT_CHARS)
    summary = to_plain(raw.summary, MAX_CONTENT_CHARS)
    if _is_full(summary) and len(content) <= len(summary):
        content, summary = summary, ""  # the description is the article
    full = _is_full(content)
    if not full:
        content, summary = "", _CUT_OFF.sub("", max(content, summary, key=len)).rstrip()
    published, problem = _date(raw, origin.fetched_at)
    item = FeedItem(
        item_id=_item_id(raw, link, title or summary or content, origin, id_is_shared=id_is_shared),
        source=origin.source,
        url=link,
        title=title,
        summary=one_line(summary, MAX_SUMMARY_CHARS),
        content=content,
        content_type="text/plain",
        text_source="feed" if full else "summary",
        published_at=published,
        date_source="feed" if published else "none",
        fetched_at=origin.fetched_at,
    )
    return Entry(
        item=item,
        raw_hash=digest(raw.title, raw.summary, raw.content, link, published or raw.date_text),
        content_hash=digest(words_of(title), words_of(summary), words_of(content)),
        wants_page=bool(link) and (origin.full_text == "always" or (origin.full_text == "auto" and not full)),
        problems=tuple(
            word for word in (problem, "" if link else "no link", "" if title else "no title") if word
        ),
    )


def _is_full(text: str) -> bool:
    """Say whether ``text`` is an article rather than its beginning."""
    return (
        len(text) > 4 * FULL_TEXT_WORDS
        and len(text.split()) >= FULL_TEXT_WORDS
        and not _CUT_OFF.search(text[-80:])
    )


def _date(raw: RawEntry, fetched_at: str) -> tuple[str | None, str]:
    """Return the date that can be believed, and what is wrong with one that cannot."""
    if raw.date is None:
        return None, "unreadable date" if raw.date_text.strip() else "no date"
    if raw.date < OLDEST:
        return None, "unreadable date"
    if raw.date > clock.to_iso(clock.from_iso(fetched_at) + FUTURE):
        return None, "date in the future"
    return raw.date, ""


def _item_id(raw: RawEntry, link: str, words: str, origin: Origin, *, id_is_shared: bool) -> str:
    """Return the id of an item: of its guid, else its link, else its title and text.

    A guid or link of the feed's own site gives the same id in all feeds of that site. Any other counts
    only within its feed: a feed cannot take over the items of another.
    """
    guid = raw.guid.strip()
    name = guid or link
    if not name:
        return digest("text", origin.feed_id, words_of(words))
    if id_is_shared:
        return digest("guid and link", origin.feed_id, guid, link)
    found = _TAG_URI.match(name) or _URL_HOST.match(name)
    ours = found is not None and site_of(found[1].lower()) == site_of(origin.host)
    return digest("item", "" if ours else origin.feed_id, guid or link)
