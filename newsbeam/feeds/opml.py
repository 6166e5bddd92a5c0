"""Lists of feeds as OPML, in and out."""

from typing import NamedTuple
from xml.sax.saxutils import quoteattr

from lxml import etree
from pydantic import ValidationError

from newsbeam.errors import UsageError
from newsbeam.feeds.settings import FeedSettings
from newsbeam.feeds.text import one_line
from newsbeam.yamlfile import in_words


class Listed(NamedTuple):
    """What an OPML document lists: its feeds, and in words those that cannot be taken over."""

    feeds: tuple[FeedSettings, ...]
    faults: tuple[str, ...]


def read_opml(data: bytes) -> Listed:
    """Return the feeds of an OPML document, each once, in order; folders are flattened.

    ``feed:`` addresses are taken as http; one that is no http or https URL is a fault, which names line and
    title.
    Raises :class:`UsageError` where the document is no OPML.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UsageError(f"is no OPML: {one_line(str(error), 200)}") from error
    if etree.QName(root).localname.lower() != "opml":
        raise UsageError(f"is no OPML: its root is <{etree.QName(root).localname}>")
    found: dict[str, FeedSettings] = {}
    faults: list[str] = []
    for outline in root.iter("{*}outline", "{*}Outline"):
        told = {str(name).lower(): str(value) for name, value in outline.attrib.items()}
        title = one_line(told.get("title") or told.get("text") or "", 200)
        try:
            feed = _feed(told.get("xmlurl", "").strip(), title)
        except ValidationError as error:
            problem = in_words(error.errors(include_url=False, include_input=False)[0])
            faults.append(f"line {outline.sourceline}, {title or 'no title'!r}: {problem}")
            continue
        if feed:
            found.setdefault(feed.feed_id, feed)
    return Listed(tuple(found.values()), tuple(faults))


def _feed(url: str, title: str) -> FeedSettings | None:
    if not url:
        return None  # a folder, or a link to a page
    if url.lower().startswith("feed:"):
        rest = url[5:].removeprefix("//")
        url = rest if "://" in rest else f"http://{rest.lstrip('/')}"
    return FeedSettings(url=url, name=title)


def write_opml(feeds: tuple[FeedSettings, ...]) -> str:
    """Return ``feeds`` as an OPML 2.0 document, with the secrets in their addresses: it is for a reader."""
    lines = [
        f'    <outline type="rss" text={_quoted(feed.source)} title={_quoted(feed.source)} '
        f"xmlUrl={_quoted(feed.url)}/>"
        for feed in feeds
    ]
    head = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">']
    head.append("  <head><title>newsbeam</title></head>")
    return "\n".join([*head, "  <body>", *lines, "  </body>", "</opml>", ""])


def _quoted(text: str) -> str:
    return quoteattr(one_line(text, 4_000))
