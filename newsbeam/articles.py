"""Items into articles: HTML or plain text in, title, summary and body text without furniture out."""

import re
from collections.abc import Iterable
from typing import Any

import lxml.html
import trafilatura
from lxml.etree import LxmlError

from newsbeam import clock
from newsbeam.errors import ExtractError
from newsbeam.furniture import strip_credits, strip_furniture
from newsbeam.records import Article, FeedItem, digest

MAX_HTML_CHARS = 5_000_000
MAX_HTML_TAGS = 60_000
"""Pages with more are refused: 40,000 paragraphs keep the extractor busy for 4 s. The largest of 481
real news pages has 1.8 million characters and 8,500 tags."""
MAX_TEXT_CHARS = 100_000
"""Text after this is not analysed. Title and lead decide; the longest of 481 real articles has 53,372."""
MAX_TITLE_CHARS = 1_000
MAX_SUMMARY_CHARS = 5_000

_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_BLANKS = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+")


def extract_article(item: FeedItem) -> Article:
    """Return the article of ``item``; of its feed's words alone where its page cannot be read.

    Raises :class:`ExtractError` where the item is too large, or where neither a title nor a summary
    nor any text is found.
    """
    if item.text_source != "page" or not (item.title or item.summary):
        return _extracted(item)
    try:
        return _extracted(item)
    except Exception:  # noqa: BLE001 - whatever a page does to the parser: the feed told what it is about
        return _extracted(item._replace(content="", content_type="text/plain", text_source="summary"))


def _extracted(item: FeedItem) -> Article:
    if item.content_type == "text/html":
        title, published_day, paragraphs = _from_html(item)
    else:
        title, published_day = item.title, None
        paragraphs = _paragraphs(item.content[: 2 * MAX_TEXT_CHARS])
    title = one_line(plain(title), MAX_TITLE_CHARS)
    summary = one_line(strip_credits(plain(item.summary)), MAX_SUMMARY_CHARS)
    text = _body(title, paragraphs)
    if not (title or summary or text):
        raise ExtractError("holds no text", where=item.item_id, hint="nothing to read in it")
    published_at, date_source = item.published_at, item.date_source
    if published_at is None and published_day:
        published_at, date_source = clock.to_iso(clock.from_iso(published_day)), "page"
    return Article(
        article_id=digest(item.url or item.item_id),
        item_id=item.item_id,
        source=item.source,
        url=item.url,
        title=title,
        summary=summary,
        text=text,
        text_source=item.text_source,
        published_at=published_at,
        date_source=date_source,
        fetched_at=item.fetched_at,
        event_time=published_at or item.fetched_at,
        content_hash=digest(title, summary, text),
    )


def _from_html(item: FeedItem) -> tuple[str, str | None, list[str]]:
    """Return title, publication day (ISO) where the page is asked for it, and paragraphs."""
    html = item.content
    if len(html) > MAX_HTML_CHARS or html.count("<") > MAX_HTML_TAGS:
        raise ExtractError(
            f"page is too large: {len(html)} characters, {html.count('<')} tags "
            f"(at most {MAX_HTML_CHARS} and {MAX_HTML_TAGS})",
            where=item.item_id,
        )
    # Title and date cost a third more time, so a page is asked only for what its feed did not say.
    ask = not item.title or item.published_at is None
    found = trafilatura.bare_extraction(
        html, url=item.url or None, include_comments=False, include_tables=False, with_metadata=ask
    )
    if found is None:
        return item.title, None, _paragraphs(plain(html)[:MAX_TEXT_CHARS])
    page: Any = found  # typed as dict or Document; without as_dict it is a Document
    return item.title or page.title or "", page.date if ask else None, _paragraphs(page.text or "")


def plain(markup: str) -> str:
    """Return the text of an HTML fragment; text without markup comes back as it is."""
    if "<" not in markup and "&" not in markup:
        return markup
    try:
        return str(lxml.html.fromstring(f"<div>{markup}</div>").text_content())
    except (LxmlError, ValueError):
        return markup


def one_line(text: str, limit: int) -> str:
    """Return ``text`` without line breaks, control and direction characters, cut to ``limit`` characters."""
    return " ".join(_CONTROL.sub("", text).split())[:limit]


def _paragraphs(text: str) -> list[str]:
    cleaned = (_BLANKS.sub(" ", _CONTROL.sub("", line)).strip() for line in text.splitlines())
    return [line for line in cleaned if line]


def _body(title: str, paragraphs: Iterable[str]) -> str:
    """Return the paragraphs without the headline repeated and without furniture, one a line."""
    lines = [line for line in paragraphs if line != title]
    return "\n".join(strip_furniture(lines))[:MAX_TEXT_CHARS]
