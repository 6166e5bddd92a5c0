"""Pages behind the entries of feeds: robots.txt, HTML only, fallback to what the feed said."""

import asyncio
import codecs
import re
from urllib.parse import urlsplit

import structlog
from protego import Protego

from newsbeam.clock import Clock, system_clock, to_iso
from newsbeam.errors import FetchError, HostileError, RefusedError, StatusError
from newsbeam.feeds.guard import Resolver
from newsbeam.feeds.http import ACCEPT_PAGE, Response, Retriever, host_of, words_of_error
from newsbeam.feeds.mask import mask_url
from newsbeam.feeds.settings import HttpSettings
from newsbeam.feeds.urls import canonical_url, site_of
from newsbeam.records import FeedItem, digest

AGENT = "newsbeam"
"""The name by which robots.txt may address us."""
MAX_ROBOTS_CHARS = 512_000
"""As much of robots.txt as RFC 9309 asks to read."""
MAX_ROBOTS = 5_000
"""Hosts whose robots.txt is kept at once."""

LOG = structlog.get_logger("newsbeam.pages")

_NO_CHARSETS = ("punycode", "idna", "unicode-escape", "raw-unicode-escape", "utf-7")
"""Codecs that are no encodings of pages: Python's own, and UTF-7, which HTML forbids."""
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]{1,40})", re.IGNORECASE)
_CANONICAL = re.compile(r"<link\b[^<>]{0,2000}?\brel\s*=\s*[\"']?canonical\b[^<>]{0,2000}>", re.IGNORECASE)
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]+)\"|'([^']+)'|([^\s\"'>]+))", re.IGNORECASE)
_HTML = ("text/html", "application/xhtml+xml")


class Pages:
    """Fetches pages where robots.txt lets it."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self._robots: dict[str, asyncio.Task[Protego | None]] = {}

    async def complete(self, item: FeedItem) -> FeedItem:
        """Return ``item`` with the text of its page, or as it is where the page cannot be had.

        ``text_source`` says which: ``page``, or ``summary`` or ``feed`` as before. Never raises: what no
        page should be able to cause is logged.
        """
        if not item.url:
            return item
        try:
            content = page_text(await self.fetch(item.url))
        except FetchError as error:
            LOG.debug("page not read", source=item.source, url=mask_url(item.url), why=str(error))
            return item
        except Exception as error:  # noqa: BLE001 - one page must not end the pass
            why = f"{type(error).__name__}: {words_of_error(error)}"
            LOG.warning("page failed", source=item.source, url=mask_url(item.url), why=why)
            return item
        return item._replace(content=content, content_type="text/html", text_source="page")

    async def fetch(self, url: str) -> Response:
        """Return the HTML page at ``url``.

        Raises :class:`FetchError` where robots.txt forbids it, also that of a site which it redirects to,
        it cannot be had, or it is no HTML.
        """
        answer = await self._retriever.retrieve(url, accept=ACCEPT_PAGE, may_ask=self._heed_robots)
        if answer.status != 200:
            raise StatusError(f"HTTP {answer.status}")
        kind = answer.headers.get("content-type", "text/html").partition(";")[0].strip().lower()
        if kind not in _HTML or not answer.body.strip():
            raise HostileError(f"is no HTML page but {kind[:80] if answer.body else 'empty'}")
        return answer

    async def _heed_robots(self, url: str) -> None:
        host_of(url)  # raises for what is no address to ask
        robots = await self._robots_of(url)
        if robots and not robots.can_fetch(url, AGENT):
            raise RefusedError("its site's robots.txt does not let us")

    async def _robots_of(self, url: str) -> Protego | None:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if len(self._robots) > MAX_ROBOTS:
            self._robots.clear()
        task = self._robots.get(origin)
        if task is None:
            task = self._robots[origin] = asyncio.create_task(self._read_robots(origin))
        return await asyncio.shield(task)

    async def _read_robots(self, origin: str) -> Protego | None:
        """Return the rules of a site; None where it has none. As RFC 9309: no answer means hands off."""
        answer = await self._retriever.retrieve(f"{origin}/robots.txt", accept="text/plain")
        if 400 <= answer.status < 500:
            return None
        text = answer.body.decode("utf-8", "replace")[:MAX_ROBOTS_CHARS]
        rules = Protego.parse(text if answer.status == 200 else "User-agent: *\nDisallow: /")
        delay = rules.crawl_delay(AGENT)
        if delay:
            self._retriever.pace.lengthen(urlsplit(origin).hostname or "", float(delay))
        return rules


def page_text(answer: Response) -> str:
    """Return the HTML of ``answer`` as text, in the encoding of its header, else its own word, else UTF-8.

    The text can be encoded again: some codecs give lone surrogates, which become question marks.
    """
    declared = re.search(
        r"charset\s*=\s*[\"']?([\w:.-]{1,40})", answer.headers.get("content-type", ""), re.IGNORECASE
    )
    inside = _CHARSET.search(answer.body[:4_096])
    names = [declared[1]] if declared else []
    names += [inside[1].decode("ascii")] if inside else []
    for name in (*names, "utf-8"):
        try:
            if codecs.lookup(name).name.replace("_", "-") in _NO_CHARSETS:
                continue
            return answer.body.decode(name).encode("utf-8", "replace").decode("utf-8")
        except (LookupError, ValueError):
            continue
    return answer.body.decode("utf-8", "replace")


def _canonical(html: str, final_url: str, known: str) -> str:
    """Return what the page calls itself where that is on its own site, else where it was found.

    So a page cannot pass itself off as one of another site.
    """
    here = canonical_url(final_url) or known
    found = _CANONICAL.search(html[:200_000])
    href = _HREF.search(found[0]) if found else None
    named = canonical_url(next(filter(None, href.groups())), final_url) if href else ""
    own = named and site_of(urlsplit(named).hostname or "") == site_of(urlsplit(here).hostname or "")
    # A site's front page as the canonical address of every article is a common mistake.
    return named if own and urlsplit(named).path not in ("", "/") else here


def fetch_page(
    url: str, http: HttpSettings, clock: Clock = system_clock, resolver: Resolver | None = None
) -> FeedItem:
    """Fetch one page, for ``newsbeam explain --url``. Title and date are left to extraction.

    Raises :class:`FetchError` where it cannot be had, is no HTML, or robots.txt forbids it.
    """

    async def fetch() -> Response:
        async with Retriever(http, clock, resolver) as retriever:
            return await Pages(retriever).fetch(url)

    answer = asyncio.run(fetch())
    html = page_text(answer)
    address = _canonical(html, answer.url, url)
    return FeedItem(
        item_id=digest("page", address),
        source=urlsplit(address).hostname or "",
        url=address,
        title="",
        summary="",
        content=html,
        content_type="text/html",
        text_source="page",
        published_at=None,
        date_source="none",
        fetched_at=to_iso(clock()),
    )
