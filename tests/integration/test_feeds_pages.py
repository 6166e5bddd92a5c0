"""Pages behind entries: robots.txt, HTML only, and what the feed said where the page cannot be had."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from newsbeam.errors import FetchError
from newsbeam.feeds import pages
from newsbeam.feeds.cursor import first_cursor
from newsbeam.feeds.http import Response
from newsbeam.feeds.pages import fetch_page, page_text
from newsbeam.feeds.poll import Poller
from newsbeam.feeds.settings import FeedSettings
from newsbeam.ledger.intake import Plan, take_in
from newsbeam.records import FeedItem
from tests.integration.loopback import Reply, Server, loopback, rss
from tests.integration.polling import CLOCK, http

HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = Reply("<html><head><title>A</title></head><body><p>The whole störy.</p></body></html>", headers=HTML)


@pytest.fixture
def server() -> Iterator[Server]:
    with loopback() as running:
        yield running


def summary(url: str) -> FeedItem:
    return FeedItem(
        "id",
        "src",
        url,
        "A title",
        "A summary",
        "",
        "text/plain",
        "summary",
        None,
        "none",
        "2024-08-01T12:00:00Z",
    )


def complete(*urls: str, **given: object) -> dict[str, FeedItem]:
    """Return the items at ``urls`` with their pages, by URL."""

    async def run() -> dict[str, FeedItem]:
        async with Poller(http(**given), CLOCK) as poller:
            items = await asyncio.gather(*(poller.page(summary(url)) for url in urls))
            return {item.url: item for item in items}

    return asyncio.run(run())


def test_the_page_becomes_the_content(server: Server) -> None:
    """Id, title and link of the item stay."""
    server.answers["/story"] = PAGE
    (item,) = complete(server.url("/story")).values()
    assert ("page", "text/html", "A title", server.url("/story")) == (
        item.text_source, item.content_type, item.title, item.url,
    )  # fmt: skip
    assert "störy" in item.content


@pytest.mark.parametrize(
    ("answer", "robots"),
    [
        (Reply(b"", 404), Reply(b"", 404)),
        (Reply(b"", 500), Reply(b"", 404)),
        (Reply(b"%PDF", headers={"Content-Type": "application/pdf"}), Reply(b"", 404)),
        (Reply(b"{}", headers={"Content-Type": "application/json"}), Reply(b"", 404)),
        (Reply(b"", headers=HTML), Reply(b"", 404)),
        (Reply(b"x" * 20_000, headers=HTML), Reply(b"", 404)),
        (Reply(b"", 302, {"Location": "http://10.0.0.1/"}), Reply(b"", 404)),
        (PAGE, Reply("User-agent: *\nDisallow: /st")),
        (PAGE, Reply("User-agent: newsbeam\nDisallow: /")),
        (PAGE, Reply(b"", 503)),
    ],
)
def test_where_the_page_cannot_be_had_the_summary_stays_and_says_so(
    server: Server, answer: Reply, robots: Reply
) -> None:
    """Whether the server, its robots.txt, the kind or the size of the answer, or the guard is against it."""
    server.answers |= {"/story": answer, "/robots.txt": robots}
    (item,) = complete(server.url("/story"), max_body_bytes=10_000).values()
    assert ("summary", "A summary", "") == (item.text_source, item.summary, item.content)


def test_robots_txt_is_asked_for_once_and_its_rules_are_kept(server: Server) -> None:
    """Rules for us and not for others; a page that is forbidden is not asked for."""
    server.answers |= {f"/{n}/story": PAGE for n in range(3)}
    server.answers["/robots.txt"] = Reply(
        "User-agent: other\nDisallow: /\n\nUser-agent: *\nDisallow: /1/\nAllow: /"
    )
    found = complete(*(server.url(f"/{n}/story") for n in range(3)))
    assert ["page", "page", "summary"] == sorted(item.text_source for item in found.values())
    assert 1 == len(server.asked("/robots.txt"))
    assert [] == server.asked("/1/story")


def test_the_robots_txt_of_a_site_that_a_page_redirects_to_is_kept_too(server: Server) -> None:
    """Links of feeds often lead over a service that counts clicks."""
    rules = ("User-agent: *\nDisallow: /private", "")
    server.answers |= {
        "/click/1": Reply(b"", 302, {"Location": server.url("/private/1", "127.0.0.2")}),
        "/click/2": Reply(b"", 302, {"Location": server.url("/public/2", "127.0.0.2")}),
        "/private/1": PAGE,
        "/public/2": PAGE,
        "/robots.txt": lambda request: Reply(rules["127.0.0.1" in request.headers["host"]]),
    }
    found = complete(server.url("/click/1"), server.url("/click/2"))
    assert ["summary", "page"] == [item.text_source for _, item in sorted(found.items())]
    assert [] == server.asked("/private/1")
    assert 2 == len(server.asked("/robots.txt"))


def test_a_crawl_delay_is_kept(server: Server) -> None:
    """Between two requests to that host."""
    server.answers |= {f"/{n}": PAGE for n in range(3)}
    server.answers["/robots.txt"] = Reply("User-agent: *\nCrawl-delay: 0.2")
    complete(*(server.url(f"/{n}") for n in range(3)))
    times = [request.at for request in server.seen]
    assert 4 == len(times)
    assert all(after - before >= 0.2 for before, after in pairwise(times[1:]))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html; charset=iso-8859-1", "Müller".encode("latin-1")),
        ("text/html", b'<meta charset="windows-1252">' + "Müller".encode("cp1252")),
        ("text/html", "Müller".encode()),
        ("text/html; charset=no-such", "Müller".encode()),
        ("text/html; charset=punycode", "Müller".encode()),
        ("text/html; charset=unicode_escape", "Müller".encode()),
        ("text/html; charset=utf-7", "Müller".encode()),
    ],
)
def test_a_page_is_read_in_its_own_encoding(server: Server, kind: str, body: bytes) -> None:
    """That of the header, else of the page, else UTF-8."""
    server.answers["/"] = Reply(b"<html><body>" + body + b"</body></html>", headers={"Content-Type": kind})
    assert "Müller" in fetch_page(server.url("/"), http()).content


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        ("utf-7", b"+2AA-", "+2AA-"),
        ("unicode_escape", b"\\ud800", "\\ud800"),
        ("raw-unicode-escape", b"\\ud800", "\\ud800"),
        ("utf-8", b"\xed\xa0\x80", "\ufffd\ufffd\ufffd"),
    ],
)
def test_no_page_is_read_with_lone_surrogates(charset: str, body: bytes, text: str) -> None:
    """They could not be encoded where the item is handed on, and the pass would end."""
    url, headers = "https://a.example/", {"content-type": f"text/html; charset={charset}"}
    assert text == page_text(Response(200, url, url, headers, body, len(body), None))


def test_lone_surrogates_that_a_codec_lets_through_become_question_marks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whichever codec it is: here one that was not refused."""
    monkeypatch.setattr(pages, "_NO_CHARSETS", ())
    url, headers = "https://a.example/", {"content-type": "text/html; charset=utf-7"}
    assert "a?b" == page_text(Response(200, url, url, headers, b"a+2AA-b", 7, None))


def test_a_page_that_fails_unexpectedly_is_said_and_leaves_the_summary(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not end the pass for the others."""

    def fail(answer: Response) -> str:
        if answer.url.endswith("/bad"):
            raise RuntimeError("out of order")
        return page_text(answer)

    monkeypatch.setattr(pages, "page_text", fail)
    server.answers |= {"/bad": PAGE, "/good": PAGE}
    with capture_logs() as logs:
        found = complete(server.url("/bad"), server.url("/good"))
    assert ["summary", "page"] == [item.text_source for item in found.values()]
    assert [("page failed", server.url("/bad"), "RuntimeError: out of order")] == [
        (log["event"], log["url"], log["why"]) for log in logs
    ]


def test_pages_and_feeds_share_the_turns_of_a_host(server: Server) -> None:
    """One client for both; a full text in the feed needs no page."""
    long = "Xiaomi launches a phone in Berlin today. " * 40
    server.answers["/feed"] = Reply(
        rss(
            f"<title>Short</title><link>{server.url('/story')}</link><description>Text</description>",
            f"<title>Long</title><link>{server.url('/other')}</link><description>{long}</description>",
        )
    )
    server.answers["/story"] = PAGE

    async def run() -> list[FeedItem]:
        feed = FeedSettings(url=server.url("/feed"))
        async with Poller(http(), CLOCK) as poller:
            done = []
            async for polled in poller.poll([(feed, first_cursor(feed))]):
                done += [await poller.page(e.item) if e.wants_page else e.item for e in polled.entries]
            return done

    assert ["page", "feed"] == [item.text_source for item in asyncio.run(run())]
    assert [] == server.asked("/other")
    assert {1} == set(server.most_at_once.values())


def take(server: Server, *paths: str, **given: object) -> list[FeedItem]:
    """Return the items of one pass over the feeds at ``paths``."""
    feeds = [FeedSettings(url=server.url(path), full_text="always") for path in paths]
    plan = Plan(tuple((feed, first_cursor(feed)) for feed in feeds), http(**given), CLOCK, "", "")

    async def run() -> list[FeedItem]:
        return [found async for found in take_in(plan) if isinstance(found, FeedItem)]

    return asyncio.run(run())


def feed_with_links(server: Server, *paths: str) -> Reply:
    return Reply(rss(*(f"<title>{path}</title><link>{server.url(path)}</link>" for path in paths)))


def test_a_pass_pauses_between_the_feed_and_the_pages_of_a_host(server: Server) -> None:
    """From the feed to robots.txt, and on to each page."""
    server.answers |= {"/feed": feed_with_links(server, "/1", "/2"), "/1": PAGE, "/2": PAGE}
    items = take(server, "/feed", host_spacing_seconds=0.2)
    assert ["page", "page"] == [item.text_source for item in items]
    times = [request.at for request in server.seen]
    assert 4 == len(times)
    assert all(after - before >= 0.2 for before, after in pairwise(times))


def test_a_pass_asks_no_pages_of_a_host_that_asked_to_wait_while_polling(server: Server) -> None:
    """What the Retry-After of one feed said holds for the pages of another."""
    server.answers |= {"/feed": feed_with_links(server, "/1"), "/1": PAGE}
    server.answers["/busy"] = Reply(b"", 429, {"Retry-After": "600"})
    (item,) = take(server, "/feed", "/busy")
    assert "summary" == item.text_source
    assert ["/feed", "/busy"] == [request.path for request in server.seen]


def test_a_pass_fetches_pages_for_so_long_and_no_longer(server: Server) -> None:
    """What had no turn keeps its summary: a feed of a thousand links must not hold up the others for ever."""
    paths = [f"/{number}" for number in range(12)]
    server.answers |= {"/feed": feed_with_links(server, *paths)} | dict.fromkeys(paths, PAGE)
    with capture_logs() as logged:
        items = take(server, "/feed", host_spacing_seconds=0.1, max_page_seconds=0.5)
    sources = Counter(item.text_source for item in items)
    assert {"page", "summary"} == set(sources)
    assert 12 == sources.total()
    assert sources["page"] == len(server.seen) - 2
    (left,) = [line for line in logged if line["event"] == "pages left out"]
    assert sources["summary"] == left["number"]


def test_feeds_left_when_time_is_over_are_not_asked(server: Server) -> None:
    """But one is always asked, or a pass would go on for ever."""
    server.answers |= {f"/{number}": Reply(rss(f"<title>{number}</title>")) for number in range(4)}
    feeds = [FeedSettings(url=server.url(f"/{number}"), full_text="never") for number in range(4)]
    plan = Plan(tuple((feed, first_cursor(feed)) for feed in feeds), http(), CLOCK, "", "", most_seconds=0)

    async def run() -> list[object]:
        return [found async for found in take_in(plan)]

    assert 1 == sum(isinstance(found, FeedItem) for found in asyncio.run(run()))
    assert 1 == len(server.seen)


def test_fetch_page_names_the_canonical_address_of_its_own_site_only(server: Server) -> None:
    """A page cannot pass itself off as one of another site."""
    for path, href in (
        ("/own", "/story?utm_source=x"),
        ("/foreign", "https://bank.example/"),
        ("/front", "/"),
    ):
        server.answers[path] = Reply(
            f'<html><link rel="canonical" href="{href}"><p>Hi</p></html>', headers=HTML
        )
    urls = [fetch_page(server.url(path), http()).url for path in ("/own", "/foreign", "/front")]
    assert [server.url("/story"), server.url("/foreign"), server.url("/front")] == urls


def test_fetch_page_says_why_it_failed(server: Server) -> None:
    """As an error with words for the operator."""
    with pytest.raises(FetchError, match="HTTP 404"):
        fetch_page(server.url("/none"), http())
    with pytest.raises(FetchError, match="is no public address"):
        fetch_page(server.url("/none"), http(allow_private=()))
    with pytest.raises(FetchError, match="is no http or https URL"):
        fetch_page("file:///etc/passwd", http())
