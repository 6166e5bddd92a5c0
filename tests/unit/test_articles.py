"""Items into articles."""

import time

import pytest

from newsbeam.articles import MAX_HTML_TAGS, MAX_TEXT_CHARS, extract_article, one_line, plain
from newsbeam.errors import ExtractError
from newsbeam.records import FeedItem

PAGE = """<html><head><title>Acme buys Initech | The Site</title>
<meta property="article:published_time" content="2025-03-04T10:00:00Z"></head><body><nav>Home About</nav>
<article><h1>Acme buys Initech</h1>
<p>Acme said on Tuesday that it has bought Initech, the maker of report covers, for $40 million in cash.</p>
<p>The deal is expected to close in the summer, the companies said, and most of the staff will stay.</p>
</article><footer>Copyright</footer></body></html>"""


def item(content: str, content_type: str = "text/plain", **given: str | None) -> FeedItem:
    """Return an item with ``content`` and defaults for the rest."""
    fields: dict[str, str | None] = {
        "item_id": "one", "source": "test", "url": "", "title": "", "summary": "", "text_source": "document",
        "published_at": None, "date_source": "none", "fetched_at": "2025-05-05T00:00:00Z",
    }  # fmt: skip
    return FeedItem(content=content, content_type=content_type, **(fields | given))  # type: ignore[arg-type]


def test_a_page_gives_title_date_and_text() -> None:
    """What the feed did not say is asked of the page."""
    article = extract_article(item(PAGE, "text/html"))
    assert article.title.startswith("Acme buys Initech")
    assert ("2025-03-04T00:00:00Z", "page") == (article.published_at, article.date_source)
    assert "report covers" in article.text
    assert "Copyright" not in article.text


def test_what_the_feed_said_wins_over_the_page() -> None:
    """Title and date of the feed stay."""
    article = extract_article(
        item(PAGE, "text/html", title="A title", published_at="2025-03-01T00:00:00Z", date_source="feed")
    )
    assert ("A title", "2025-03-01T00:00:00Z", "feed") == (
        article.title,
        article.published_at,
        article.date_source,
    )


def test_an_undated_item_takes_the_time_it_was_fetched() -> None:
    """And says so."""
    article = extract_article(item("Some text.", title="A title"))
    assert (None, "none", "2025-05-05T00:00:00Z") == (
        article.published_at, article.date_source, article.event_time,
    )  # fmt: skip


def test_the_headline_repeated_in_the_text_is_not_text() -> None:
    """A title is read once."""
    assert "Some text." == extract_article(item("A title\nSome text.", title="A title")).text


def test_site_furniture_is_not_text() -> None:
    """What the site says about itself is no news."""
    article = extract_article(item("Acme bought Initech.\nShare article\nLet’s block ads! (Why?)", title="A"))
    assert "Acme bought Initech." == article.text


def test_200_000_paragraphs_are_refused_at_once() -> None:
    """The extractor would be busy for many seconds."""
    started = time.monotonic()
    with pytest.raises(ExtractError, match="page is too large"):
        extract_article(item("<html><body>" + "<p>Hello there.</p>" * 200_000, "text/html", title="A"))
    assert time.monotonic() - started < 1


def test_deeply_nested_html_neither_crashes_nor_hangs() -> None:
    """As deep as the cap on tags allows."""
    depth = MAX_HTML_TAGS // 2 - 10
    html = "<html><body>" + "<div>" * depth + "<p>Hello there.</p>" + "</div>" * depth
    article = extract_article(item(html, "text/html", title="A title"))
    assert "A title" == article.title


def test_a_long_line_is_cut() -> None:
    """Title and lead decide; what lies 100,000 characters later does not."""
    assert MAX_TEXT_CHARS == len(extract_article(item("word " * 400_000, title="A")).text)


def test_nothing_to_read_is_an_error() -> None:
    """Control characters are nothing."""
    with pytest.raises(ExtractError, match="holds no text"):
        extract_article(item("\x00\x1b \u200b"))


def test_terminal_escapes_and_lone_surrogates_do_not_get_in() -> None:
    """A title can neither steer a terminal nor break the output's encoding."""
    article = extract_article(item("x", title="Red \x1b[31malert\x07 \ud800 \u202eevil"))
    assert "Red [31malert evil" == article.title
    article.title.encode("utf-8")


def test_ids_and_hashes_are_functions_of_content() -> None:
    """The same item gives the same article; another text gives another hash under the same id."""
    first, again = extract_article(item("x", title="A")), extract_article(item("x", title="A"))
    edited = extract_article(item("y", title="A"))
    assert first == again
    assert first.article_id == edited.article_id
    assert first.content_hash != edited.content_hash


def test_markup_in_a_summary_becomes_text() -> None:
    """Entities too."""
    assert "Acme & Co bought it" == plain("<p>Acme &amp; Co <b>bought</b> it</p>")


def test_one_line_folds_white_space() -> None:
    """Line breaks become blanks."""
    assert "a b c" == one_line("a\n b\t\tc ", 100)


def test_a_page_that_cannot_be_read_leaves_what_its_feed_told() -> None:
    """And says so; where the feed told nothing, that it cannot be read is all there is to say."""
    huge = "<p>" * (MAX_HTML_TAGS + 1)
    given = item(content=huge, content_type="text/html", text_source="page", title="Apple sues Lumenar")
    article = extract_article(given)
    assert ("Apple sues Lumenar", "", "summary") == (article.title, article.text, article.text_source)
    with pytest.raises(ExtractError, match="too large"):
        extract_article(given._replace(title="", summary=""))
    with pytest.raises(ExtractError, match="too large"):
        extract_article(given._replace(text_source="document"))
