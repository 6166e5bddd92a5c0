"""Reading feeds: ids, links, dates, text, hashes; URLs, masks, headers, OPML, settings."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from newsbeam.clock import from_iso, to_iso
from newsbeam.config import Settings
from newsbeam.errors import FeedError, UsageError
from newsbeam.feeds.entries import Entry, Origin
from newsbeam.feeds.headers import fresh_seconds, http_date, retry_after
from newsbeam.feeds.http import Response, _target
from newsbeam.feeds.mask import mask_text, mask_url
from newsbeam.feeds.opml import read_opml, write_opml
from newsbeam.feeds.parse import ParsedFeed, parse_feed
from newsbeam.feeds.settings import FeedSettings, HttpSettings
from newsbeam.feeds.urls import canonical_url

NOW = datetime(2024, 8, 1, 12, tzinfo=UTC)
LONG = "The company said on Thursday that it will build a plant near the river. " * 12


def origin(**given: Any) -> Origin:
    base = Origin(
        "feed1", "src", "news.example", "https://news.example/feed", "auto", "2024-08-01T12:00:00Z", 100
    )
    return base._replace(**given)


def rss(*items: str, **given: Any) -> ParsedFeed:
    inside = "".join(f"<item>{each}</item>" for each in items)
    body = f'<rss version="2.0"><channel><title>T</title>{inside}</channel></rss>'
    return parse_feed(body.encode(), {"content-type": "application/rss+xml; charset=utf-8"}, origin(**given))


def one(item: str, **given: Any) -> Entry:
    (entry,) = rss(item, **given).entries
    return entry


def test_an_entry_without_a_title_still_comes_through() -> None:
    """With its text."""
    entry = one("<guid>1</guid><description>Only text</description>")
    assert ("", "Only text", "summary") == (entry.item.title, entry.item.summary, entry.item.text_source)
    assert "no title" in entry.problems


def test_relative_links_are_resolved_and_others_than_web_links_dropped() -> None:
    """Against where the feed was found."""
    links = [
        one(f"<guid isPermaLink='false'>1</guid><link>{x}</link>").item.url
        for x in ("/a", "b?x=1", "javascript:x", "")
    ]
    assert ["https://news.example/a", "https://news.example/b?x=1", "", ""] == links


@pytest.mark.parametrize(
    ("date", "published", "problem"),
    [
        ("<pubDate>Thu, 01 Aug 2024 10:00:00 +0200</pubDate>", "2024-08-01T08:00:00Z", ""),
        ("<pubDate>2024-08-01T10:00:00Z</pubDate>", "2024-08-01T10:00:00Z", ""),
        ("", None, "no date"),
        ("<pubDate>yesterday</pubDate>", None, "unreadable date"),
        ("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>", None, "unreadable date"),
        ("<pubDate>Fri, 02 Aug 2024 11:00:00 GMT</pubDate>", "2024-08-02T11:00:00Z", ""),
        ("<pubDate>Sat, 03 Aug 2030 11:00:00 GMT</pubDate>", None, "date in the future"),
    ],
)
def test_a_date_is_believed_or_none(date: str, published: str | None, problem: str) -> None:
    """Never "now"."""
    entry = one(f"<title>A</title><link>https://news.example/1</link>{date}")
    assert (published, "feed" if published else "none") == (entry.item.published_at, entry.item.date_source)
    assert (problem,) == entry.problems if problem else entry.problems == ()


def test_the_id_is_that_of_the_guid_else_of_the_link_else_of_the_title() -> None:
    """And does not depend on anything else."""
    ids = {
        one("<guid>g1</guid><title>A</title>").item.item_id,
        one("<guid>g1</guid><title>B</title>").item.item_id,
    }
    assert 1 == len(ids)
    links = {
        one(f"<title>A</title><link>https://x.example/1?{q}</link>").item.item_id
        for q in ("utm_source=rss", "")
    }
    assert 1 == len(links)
    assert one("<title>A</title>").item.item_id == one("<title> a! </title>").item.item_id


def test_a_feed_cannot_take_over_the_items_of_another_site() -> None:
    """The same guid counts across the feeds of its own site, and elsewhere only within its feed."""
    guid = "<guid>https://paper.com/1</guid><title>A</title>"
    ours = one(guid, host="paper.com", feed_id="a").item.item_id
    assert ours == one(guid, feed_id="b", host="feeds.paper.com").item.item_id
    assert ours != one(guid, feed_id="c", host="evil.com").item.item_id
    tag = "<guid isPermaLink='false'>tag:paper.com,2024:1</guid><title>A</title>"
    assert (
        one(tag, feed_id="a", host="paper.com").item.item_id
        == one(tag, feed_id="b", host="paper.com").item.item_id
    )
    bare = "<guid isPermaLink='false'>17</guid><title>A</title>"
    assert one(bare, feed_id="a").item.item_id != one(bare, feed_id="b").item.item_id


def test_entries_that_share_a_guid_get_ids_of_their_own_and_whole_repeats_are_counted() -> None:
    """Nothing is lost, nothing comes twice."""
    shared = "<guid isPermaLink='false'>1</guid><title>{0}</title><link>https://news.example/{0}</link>"
    found = rss(shared.format("a"), shared.format("b"), shared.format("b"))
    assert (2, ("1 entries repeat others",)) == (len(found.entries), found.problems)
    same_link = "<guid isPermaLink='false'>1</guid><title>{0}</title>"
    assert 2 == len(
        {entry.item.item_id for entry in rss(same_link.format("a"), same_link.format("b")).entries}
    )


def test_text_in_the_feed_is_used_where_it_is_whole() -> None:
    """Else the page is wanted, as the settings say."""
    link = "<title>A</title><link>https://news.example/1</link>"
    whole = one(f"{link}<description>&lt;p&gt;{LONG}&lt;/p&gt;&lt;p&gt;End.&lt;/p&gt;</description>")
    cut = one(f"{link}<description>{LONG} Continue reading…</description>")
    assert ("feed", False, "summary", True) == (
        whole.item.text_source, whole.wants_page, cut.item.text_source, cut.wants_page,
    )  # fmt: skip
    assert whole.item.content.endswith("\nEnd.")
    assert LONG.strip() == cut.item.summary
    wants = {
        mode: one(f"{link}<description>{LONG}</description>", full_text=mode).wants_page
        for mode in ("always", "never")
    }
    assert {"always": True, "never": False} == wants
    assert not one("<title>A</title>", full_text="always").wants_page


def test_hashes_tell_cosmetic_edits_from_others() -> None:
    """Markup, case, quotes and spacing change one hash, words change both."""
    entry, cosmetic, edited = (
        one(f"<guid>1</guid><title>A</title><description>{text}</description>")
        for text in ("Say “hello” now", "&lt;b&gt;Say&lt;/b&gt; 'hello'  now!", "Say goodbye now")
    )
    assert entry.content_hash == cosmetic.content_hash != edited.content_hash
    assert 3 == len({entry.raw_hash, cosmetic.raw_hash, edited.raw_hash})


JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [
  {"id": "1", "url": "/a", "title": "A <b>", "content_html": "<p>x</p><p>y</p>",
   "date_published": "2024-08-01T10:00:00+02:00"},
  {"id": 2, "content_text": "a < b", "external_url": "https://other.example/"}, "no object"]}"""


def test_json_feed() -> None:
    """Numbers for ids, text and HTML, relative and external links; what is no object is counted."""
    found = parse_feed(JSON_FEED.encode(), {}, origin())
    first, second = (entry.item for entry in found.entries)
    assert ("json11", "J", ("1 items are no objects",)) == (found.kind, found.title, found.problems)
    assert ("A <b>", "x y", "https://news.example/a", "2024-08-01T08:00:00Z") == (
        first.title, first.summary, first.url, first.published_at,
    )  # fmt: skip
    assert ("a < b", "https://other.example/") == (second.summary, second.url)


@pytest.mark.parametrize("field", ["id", "url", "title", "summary", "content_html", "content_text"])
def test_lone_surrogates_of_a_json_feed_do_not_get_into_items(field: str) -> None:
    """They could not be encoded where the item is handed on."""
    entry = {"id": "1", "url": "https://news.example/1", "title": "T", "content_text": "x"}
    entry[field] = "https://news.example/\ud800" if field == "url" else "A \ud800 b"
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "\ud800", "items": [entry]}
    parsed = parse_feed(json.dumps(feed).encode(), {"content-type": "application/feed+json"}, origin())
    for text in (parsed.title, *parsed.entries[0].item):
        assert text is None or text.encode("utf-8") is not None


def test_an_entry_of_a_year_below_1000_does_not_break_its_feed() -> None:
    """A date older than the web is none; the entry stays."""
    old = one("<guid>1</guid><title>A</title><pubDate>0202-05-09T00:00:00Z</pubDate>")
    assert (None, "unreadable date") == (old.item.published_at, old.problems[0])


def test_times_have_years_of_four_digits() -> None:
    """So that they sort as text and can be read again."""
    moment = datetime(202, 5, 9, 1, 2, 3, 999_999, tzinfo=UTC)
    assert "0202-05-09T01:02:03Z" == to_iso(moment)
    assert moment.replace(microsecond=0) == from_iso(to_iso(moment))
    assert "2024-08-01T12:00:00Z" == to_iso(NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("here", "location", "there"),
    [
        ("http://u:p@a.example/", "/b", "http://u:p@a.example/b"),
        ("http://u:p@a.example/", "http://a.example:80/b", "http://u:p@a.example/b"),
        ("http://u:p@a.example/", "https://a.example/b", "https://u:p@a.example/b"),
        ("http://u:p@a.example/", "http://a.example:8080/b", "http://a.example:8080/b"),
        ("https://u:p@a.example/", "https://u:p@a.example:8443/b", "https://a.example:8443/b"),
        ("https://u:p@a.example:8443/", "https://a.example/b", "https://a.example/b"),
        ("https://u:p@a.example/", "http://a.example/b", "http://a.example/b"),
        ("https://u:p@a.example/", "https://b.example/b", "https://b.example/b"),
    ],
)
def test_a_redirect_keeps_the_password_on_the_same_host_and_port_only(
    here: str, location: str, there: str
) -> None:
    """Another port is another server."""
    assert there == _target(Response(302, here, here, {"location": location}, b"", 0, None))


def test_atom_with_a_base_and_several_links() -> None:
    """The alternate is the article; updated stands in for a missing date of publication."""
    body = b"""<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://a.example/x/'><title>F</title><entry>
      <id>urn:1</id><title type='html'>A &amp;amp; B</title><link rel='self' href='self'/><link href='story'/>
      <updated>2024-08-01T10:00:00Z</updated><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>
      <p>Text</p></div></content></entry></feed>"""
    (entry,) = parse_feed(body, {"content-type": "application/atom+xml"}, origin()).entries
    assert ("A & B", "https://a.example/x/story", "2024-08-01T10:00:00Z", "Text") == (
        entry.item.title, entry.item.url, entry.item.published_at, entry.item.summary,
    )  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0\0",
        b"<html></html>",
        b"[1]",
        b"{",
        b'{"items": [1]}',
        b"<rss",
        b"\xff\xfe",
        b"<a/>",
        b"%PDF-1.4",
    ],
)
def test_what_is_no_feed_says_so(body: bytes) -> None:
    """In words that can be printed."""
    with pytest.raises(FeedError) as caught:
        parse_feed(body, {}, origin())
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        (
            "HTTP://News.example:80/a?utm_source=rss&b=2&a=1&fbclid=x#comments",
            "http://news.example/a?a=1&b=2",
        ),
        ("https://news.example/story/amp/", "https://news.example/story"),
        ("https://news.example/story.amp.html?outputType=amp", "https://news.example/story.html"),
        ("https://www.google.com/amp/s/news.example/story", "https://news.example/story"),
        ("https://news-example.cdn.ampproject.org/c/s/news.example/story", "https://news.example/story"),
        ("https://m.news.example/1", "https://news.example/1"),
        ("https://en.m.news.example/1", "https://en.news.example/1"),
        ("https://m.example/1", "https://m.example/1"),
        ("https://news.example/?id=7&ref=rss", "https://news.example/?id=7"),
        ("https://news.example/?cid=7&ref=9&source=9", "https://news.example/?cid=7&ref=9&source=9"),
        ("https://news.example/log#v1.2", "https://news.example/log#v1.2"),
        ("https://bank.example@evil.example/", "https://evil.example/"),
        ("mailto:a@b.example", ""),
        ("http://[::1", ""),
        ("https://news.example/" + "a" * 5000, ""),
    ],
)
def test_canonical_urls(url: str, canonical: str) -> None:
    """Tracking, AMP and mobile hosts go; what tells articles apart stays; a second time changes nothing."""
    assert canonical == canonical_url(url)
    assert canonical == canonical_url(canonical)


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("https://news.example/feed?page=2", "https://news.example/feed?page=2"),
        ("https://user:secret@news.example/", "https://***@news.example/"),
        ("https://news.example/?token=abc&x=1", "https://news.example/?token=***&x=1"),
        ("https://news.example/?api_key=abc", "https://news.example/?api_key=***"),
        ("https://news.example/?u=3f9a8b7c6d5e4f3a2b1c0d9e", "https://news.example/?u=***"),
        (
            "https://news.example/private/3f9a8b7c6d5e4f3a2b1c0d9e8f/rss",
            "https://news.example/private/***/rss",
        ),
        ("http://[::1", "http:***"),
    ],
)
def test_secrets_in_urls_are_masked(url: str, masked: str) -> None:
    """In a URL, and in a text with URLs."""
    assert masked == mask_url(url)
    assert masked == mask_url(masked)
    if "[" not in url:
        assert f"see {masked} there" == mask_text(f"see {url} there")


def test_what_headers_say_is_read_or_passed_over() -> None:
    """Whatever stands in them."""
    assert (None, None, 60, 86_400) == tuple(
        retry_after({"retry-after": text} if text else {}, NOW) for text in ("", "x", "60", "9" * 50)
    )
    assert (0, 60, 0, 0) == tuple(
        fresh_seconds({"cache-control": text}, NOW)
        for text in ("", "max-age=60", "no-store, max-age=60", "max-age=-1")
    )
    assert [None] * 4 == [http_date(text) for text in ("", "0", "-1", "Thu, 99 Aug 2024 10:00:00 GMT")]


OPML = b"""<?xml version="1.0"?><opml version="1.0"><body><outline text="Folder">
  <outline text="A" xmlUrl="https://a.example/feed"/><outline title="B" text="b" xmlurl="feed://b.example/rss"/>
  <outline text="again" xmlUrl="https://a.example/feed"/><outline text="page" htmlUrl="https://c.example/"/>
</outline></body></opml>"""


def test_opml_goes_in_and_out() -> None:
    """Folders are flattened, doubles dropped, feed: addresses understood."""
    feeds, faults = read_opml(OPML)
    assert not faults
    assert [("A", "https://a.example/feed"), ("B", "http://b.example/rss")] == [
        (f.name, f.url) for f in feeds
    ]
    tricky = (*feeds, FeedSettings(url="https://d.example/?a=1&b=2", name='<"D">'))
    assert tricky == read_opml(write_opml(tricky).encode()).feeds


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"no xml", "is no OPML"),
        (b"<rss/>", "its root is <rss>"),
        (
            b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><opml><outline xmlUrl="&b;"/></opml>',
            "OPML",
        ),
    ],
)
def test_what_is_no_opml_is_said(text: bytes, words: str) -> None:
    """Entities are not expanded."""
    with pytest.raises(UsageError, match=words):
        read_opml(text)


def test_a_feed_that_cannot_be_taken_over_is_named_with_its_line() -> None:
    """The others are taken all the same."""
    text = b"""<opml>
      <outline title="A" xmlUrl="ftp://a.example"/><outline xmlUrl="https://b.example/"/>
      <outline xmlUrl="feed:ftp://c.example/"/></opml>"""
    feeds, faults = read_opml(text)
    assert ["https://b.example/"] == [feed.url for feed in feeds]
    assert ["line 2, 'A'", "line 3, 'no title'"] == [fault.partition(":")[0] for fault in faults]


@pytest.mark.parametrize(
    "given",
    [
        {"url": "ftp://a.example/"},
        {"url": "https://"},
        {"url": "a.example/feed"},
        {"url": "https://a.example", "colour": 1},
        {"url": "https://a.example", "least_interval": "2d"},
        {"url": "https://a.example", "full_text": "maybe"},
    ],
)  # fmt: skip
def test_wrong_feed_settings_are_refused(given: dict[str, Any]) -> None:
    """Also unknown keys."""
    with pytest.raises(ValidationError):
        FeedSettings(**given)


def test_settings_of_feeds() -> None:
    """A feed stands once; its id survives a new password; its secrets are not in its repr."""
    with pytest.raises(ValidationError, match="stands twice"):
        Settings(feeds=(FeedSettings(url="https://a.example/"), FeedSettings(url="http://a.example/")))
    old, new = (FeedSettings(url=f"https://me:{word}@a.example/") for word in ("old", "new"))
    assert old.feed_id == new.feed_id
    assert "old" not in repr(old) + old.shown + old.source
    with pytest.raises(ValidationError, match="no address, network or host"):
        HttpSettings(allow_private=("10.0.0.0/99",))
    with pytest.raises(ValidationError, match="printable ASCII"):
        HttpSettings(contact="me\r\nX: y")
