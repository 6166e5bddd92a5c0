"""Bytes and headers into entries: RSS and Atom through feedparser, JSON Feed by hand."""

import calendar
import io
import json
import re
import time
import warnings
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import feedparser
from dateutil import parser as dates
from feedparser.encodings import convert_to_utf8

from newsbeam.clock import to_iso
from newsbeam.errors import FeedError
from newsbeam.feeds.entries import Entry, Origin, RawEntry, make_entries
from newsbeam.feeds.text import one_line

MAX_EXPANSION = 1_000_000
"""Characters that the entities of a document may expand to."""

_REFUSED_CODECS = re.compile(
    rb"(?:charset|encoding)\s*=\s*[\"']?\s*(?:punycode|idna|(?:raw_?)?unicode_?escape)", re.IGNORECASE
)
"""Codecs of Python that are no encodings of feeds; punycode takes time by the square of the length."""
_ENTITY = re.compile(rb"<!ENTITY\s+(?:%\s+)?([\w.:-]{1,80})\s+(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_REFERENCE = re.compile(rb"&([A-Za-z_][\w.:-]{0,79});")
_HTML = re.compile(rb"^\s*(?:<!doctype\s+html|<html|<head|<body)", re.IGNORECASE)


class ParsedFeed(NamedTuple):
    """What a body holds: ``kind`` such as ``rss20``, ``atom10``, ``json11``; ``problems`` in words."""

    kind: str
    title: str
    entries: tuple[Entry, ...]
    problems: tuple[str, ...]


def parse_feed(body: bytes, headers: Mapping[str, str], origin: Origin) -> ParsedFeed:
    """Return the entries of ``body``; ``headers`` are those of the response, in lower case.

    Raises :class:`FeedError` where it is no feed, is broken before its first entry, or is a trap.
    """
    if not body.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise FeedError("is no feed: the answer is empty")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # feedparser and dateutil warn of what stands in the feed
        read = _from_json if _is_json(body, headers) else _from_xml
        kind, title, raw, problems = read(body, headers, origin)
    entries, more = make_entries(raw, origin)
    return ParsedFeed(kind, one_line(title, 300), entries, (*problems, *more))


_Raw = tuple[str, str, list[RawEntry], list[str]]


def _is_json(body: bytes, headers: Mapping[str, str]) -> bool:
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return start == b"{" or (start == b"[" and "json" in headers.get("content-type", ""))


def _from_xml(body: bytes, headers: Mapping[str, str], origin: Origin) -> _Raw:
    told = {name: headers[name] for name in ("content-type", "content-language") if headers.get(name)}
    told["content-location"] = origin.url
    _refuse_traps(body, told)
    found = _feedparsed(body, told)
    reason = found.get("bozo_exception")
    problems = [f"is not well-formed: {_words(reason)}"] if found.get("bozo") and _is_syntax(reason) else []
    if not found.entries:
        _refuse_no_feed(body, found.get("version", ""), problems)
    title = str(found.feed.get("title", ""))
    return found.get("version", ""), title, [_raw_entry(entry) for entry in found.entries], problems


def _feedparsed(body: bytes, headers: dict[str, str]) -> Any:
    try:
        # The bytes go in as a stream: a string could be taken for a file name or a URL. Markup is not
        # sanitised, since only its text is used.
        return feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # corrupted feeds make feedparser raise anything
        raise FeedError(f"cannot be parsed: {type(error).__name__}: {_words(error)}") from error


def _refuse_no_feed(body: bytes, version: str, problems: list[str]) -> None:
    """Raise where a body without entries is no feed, or broken; a well-formed feed may be empty."""
    if _HTML.match(body[:2_000].lstrip(b"\xef\xbb\xbf")):
        raise FeedError("is no feed: the answer is an HTML page")
    if not version:
        raise FeedError(
            "is no feed: " + (problems[0] if problems else "nothing of RSS, Atom or JSON Feed in it")
        )
    if problems:
        raise FeedError(problems[0], hint="nothing could be read before the fault")


def _refuse_traps(body: bytes, headers: dict[str, str]) -> None:
    """Raise for entity bombs, and for codecs that take for ever."""
    if _REFUSED_CODECS.search(body[:1_000]) or _REFUSED_CODECS.search(
        headers.get("content-type", "").encode()
    ):
        raise FeedError("names an encoding that is none of feeds")
    try:
        utf8 = convert_to_utf8(headers, body, {})
    except Exception as error:  # see _feedparsed
        raise FeedError(f"cannot be decoded: {type(error).__name__}: {_words(error)}") from error
    if b"<!ENTITY" in utf8 or b"<!entity" in utf8.lower():
        size = _expansion(utf8)
        if size > MAX_EXPANSION:
            raise FeedError(f"is an entity bomb: its entities expand to more than {MAX_EXPANSION} characters")


def _expansion(document: bytes) -> int:
    """Return an upper bound of the characters that the entities of ``document`` expand to."""
    sizes: dict[bytes, int] = {}
    declared = {name: double or single for name, double, single in _ENTITY.findall(document)}
    for _ in range(16):  # each round resolves one level of nesting; a real DTD has one or two
        before = dict(sizes)
        for name, value in declared.items():
            inner = sum(min(before.get(ref, 0), MAX_EXPANSION) for ref in _REFERENCE.findall(value))
            sizes[name] = min(len(value) + inner, MAX_EXPANSION + 1)
        if sizes == before:
            break
    used = _REFERENCE.findall(_ENTITY.sub(b"", document)) if sizes else []
    return sum(sizes.get(ref, 0) for ref in used)


def _is_syntax(reason: Any) -> bool:
    """Say whether feedparser complains of more than a header or a declared encoding."""
    minor = (
        feedparser.NonXMLContentType, feedparser.CharacterEncodingOverride, feedparser.UndeclaredNamespace,
    )  # fmt: skip
    return not isinstance(reason, minor)


def _raw_entry(entry: Any) -> RawEntry:
    date, date_text = _date(entry)
    content, is_html = _content(entry)
    title = str(entry.get("title") or "")
    if (entry.get("title_detail") or {}).get("type") == "text/plain" and "<" in title:
        title = title.replace("<", "&lt;")  # text is text, whatever it looks like
    return RawEntry(
        guid=str(entry.get("id") or ""),
        link=_link(entry),
        title=title,
        summary=str(entry.get("summary") or ""),
        content=content,
        date=date,
        date_text=date_text,
        text_is_html=is_html,
    )


def _link(entry: Any) -> str:
    """Return the page of an entry: what a link service hides, its link, an alternate, or its guid."""
    links = [entry.get("feedburner_origlink"), entry.get("link")]
    links += [each.get("href") for each in entry.get("links") or () if each.get("rel") in ("alternate", None)]
    guid = str(entry.get("id") or "")
    if entry.get("guidislink") or guid.startswith(("http://", "https://")):
        links.append(guid)
    return next((str(link) for link in links if link and str(link).strip()), "")


def _content(entry: Any) -> tuple[str, bool]:
    """Return the longest text among the contents of an entry, and whether it is markup."""
    texts = [
        (str(each.get("value") or ""), each.get("type") != "text/plain")
        for each in entry.get("content") or ()
        if str(each.get("type") or "text/html").startswith(("text/", "application/xhtml"))
    ]
    return max(texts, key=lambda text: len(text[0]), default=("", True))


def _date(entry: Any) -> tuple[str | None, str]:
    """Return the date of publication, else of the last change, as ISO 8601; and an unreadable one as text."""
    text = ""
    for name in ("published", "updated", "created"):
        parsed = entry.get(f"{name}_parsed")
        moment = _from_struct(parsed) if parsed else None
        if moment:
            return moment, ""
        text = text or str(entry.get(name) or "")
    return read_date(text), text[:100]


def _from_struct(parsed: time.struct_time) -> str | None:
    try:
        return to_iso(datetime.fromtimestamp(calendar.timegm(parsed), UTC))
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def read_date(text: str) -> str | None:
    """Return a date in some usual form as ISO 8601, None where it is in none."""
    text = text.strip()
    if not 6 <= len(text) <= 64 or not any(char.isdigit() for char in text):
        return None
    try:
        moment = dates.parse(text, default=datetime(1, 1, 1, tzinfo=UTC))
        return to_iso(moment) if moment.year > 1 else None
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None


def _from_json(body: bytes, headers: Mapping[str, str], origin: Origin) -> _Raw:  # noqa: ARG001 - like _from_xml
    try:
        feed = json.loads(body.decode("utf-8-sig", "replace"), parse_int=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise FeedError(f"is no JSON: {_words(error)}") from error
    version = str(feed.get("version", "")) if isinstance(feed, dict) else ""
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list) or not ("jsonfeed.org" in version or items):
        raise FeedError("is JSON, but no JSON Feed: it has no items")
    entries = [_json_entry(item) for item in items if isinstance(item, dict)]
    problems = [f"{len(items) - len(entries)} items are no objects"] if len(entries) < len(items) else []
    if items and not entries:
        raise FeedError("is JSON, but no JSON Feed: its items are no objects")
    return "json" + "".join(re.findall(r"\d", version[-4:])), _string(feed, "title"), entries, problems


def _json_entry(item: dict[str, Any]) -> RawEntry:
    html, text = _string(item, "content_html"), _string(item, "content_text")
    date_text = _string(item, "date_published") or _string(item, "date_modified")
    return RawEntry(
        guid=_string(item, "id"),
        link=_string(item, "url") or _string(item, "external_url"),
        title=_string(item, "title").replace("<", "&lt;"),
        summary=_string(item, "summary").replace("<", "&lt;") if html else _string(item, "summary"),
        content=html or text,
        date=read_date(date_text),
        date_text=date_text[:100],
        text_is_html=bool(html),
    )


def _string(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def _words(error: Any) -> str:
    return one_line(str(error), 200) or type(error).__name__
