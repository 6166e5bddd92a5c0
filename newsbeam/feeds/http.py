"""Polite HTTP: a URL in, bytes and headers out. What the bytes mean is decided elsewhere."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from types import TracebackType
from typing import NamedTuple, Self

import httpcore
import httpx

from newsbeam.clock import Clock
from newsbeam.errors import HostileError, RefusedError, SlowError, StatusError, UnreachableError
from newsbeam.feeds.allowance import ALLOWANCE, Allowance
from newsbeam.feeds.decode import decoded
from newsbeam.feeds.guard import Resolver, system_resolver
from newsbeam.feeds.headers import retry_after
from newsbeam.feeds.mask import mask_text, mask_url
from newsbeam.feeds.pace import Pace
from newsbeam.feeds.settings import HttpSettings
from newsbeam.feeds.transport import open_client

ACCEPT_FEED = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
ACCEPT_PAGE = "text/html, application/xhtml+xml;q=0.9"
MAX_URL_CHARS = 4_000
MAX_CRUMBS, CRUMB = 1_000, 64
"""So many chunks may come, and one more for each 64 bytes: taking one keeps all other feeds waiting."""
WAIT_STATUSES = (429, 503)
_BROKEN_OFF = ("Server disconnected", "peer closed connection")
"""So the client says that a server hung up: a fault of the moment, unlike what else it says of protocols."""
MayAsk = Callable[[str], Awaitable[None]]
_TEMPORARY = (302, 303, 307)
_PERMANENT = (301, 308)


class Response(NamedTuple):
    """An answer: ``body`` is unpacked, ``size`` are the bytes received for it; ``headers`` in lower case.

    ``url`` is where it came from after redirects; ``permanent_url`` is as far as only permanent redirects
    led. ``retry_seconds`` is what a Retry-After asked for, at most a day, else None.
    """

    status: int
    url: str
    permanent_url: str
    headers: Mapping[str, str]
    body: bytes
    size: int
    retry_seconds: int | None


class Retriever:
    """Asks for URLs, one at a time and with a pause for each host, no more than so many at once."""

    def __init__(self, http: HttpSettings, clock: Clock, resolver: Resolver | None = None) -> None:
        self._http = http
        self._clock = clock
        self._threads = ThreadPoolExecutor(max_workers=http.connections, thread_name_prefix="resolve")
        self._client = open_client(http, resolver or system_resolver(self._threads))
        self._slots = asyncio.Semaphore(http.connections)
        self.pace = Pace(http.host_spacing_seconds)
        self._resting: dict[str, int] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections. A name that is still being looked up is left to its thread."""
        await self._client.aclose()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def retrieve(
        self,
        url: str,
        accept: str = ACCEPT_FEED,
        validators: Mapping[str, str] | None = None,
        may_ask: MayAsk | None = None,
    ) -> Response:
        """Ask for ``url``, following redirects, when its host's turn comes and a connection is free.

        ``may_ask`` raises for an address that must not be asked; it is called for each on the way.
        Raises :class:`FetchError` where there is no answer. Every status is an answer but that of a host
        which has just asked to be left alone (429 or 503 with Retry-After): that is a :class:`StatusError`
        without a request.
        """
        permanent, lasting = url, True
        for _ in range(self._http.max_redirects + 1):
            if may_ask:
                await may_ask(url)
            async with self.pace.turn(host_of(url)):
                answer = await self._ask(url, {"Accept": accept, **(validators or {})})
            target = _target(answer)
            if target is None:
                return answer._replace(permanent_url=permanent)
            lasting = lasting and answer.status in _PERMANENT
            permanent = target if lasting else permanent
            url = target
        raise HostileError(f"redirects more than {self._http.max_redirects} times")

    async def _ask(self, url: str, headers: Mapping[str, str]) -> Response:
        host = host_of(url)
        if host in self._resting:
            raise StatusError(f"{host} has asked to wait for {self._resting[host]} s")
        try:
            async with self._slots, asyncio.timeout(self._http.total_seconds):
                answer = await self._exchange(url, headers)
        except (TimeoutError, httpx.TimeoutException, httpcore.TimeoutException) as error:
            raise SlowError(f"{host} took too long ({words_of_error(error)})") from error
        except (httpx.NetworkError, httpcore.NetworkError) as error:
            raise UnreachableError(f"{host} does not answer ({words_of_error(error)})") from error
        except (
            httpx.HTTPError, httpx.InvalidURL, httpx.StreamError,
            httpcore.ProtocolError, httpcore.UnsupportedProtocol, UnicodeError,
        ) as error:  # fmt: skip
            if str(error).startswith(_BROKEN_OFF):
                raise UnreachableError(f"{host} broke off ({words_of_error(error)})") from error
            raise HostileError(f"{host} does not keep to HTTP ({words_of_error(error)})") from error
        if answer.status in WAIT_STATUSES and answer.retry_seconds:
            self._resting[host] = answer.retry_seconds
        return answer

    def rest_seconds(self, url: str) -> int | None:
        """Return how long the host of ``url`` has asked to be left alone, in seconds; None if it has not."""
        return self._resting.get(host_of(url))

    async def _exchange(self, url: str, headers: Mapping[str, str]) -> Response:
        allowance = Allowance()
        ALLOWANCE.set(allowance)
        async with self._client.stream("GET", url, headers=dict(headers)) as answer:
            allowance.left = 2 * self._http.max_body_bytes  # with what frames the chunks of a body
            good = answer.is_success
            packed = await self._body(answer) if good else b""
            if answer.status_code == httpx.codes.NOT_MODIFIED:
                await answer.aread()  # has no body; read to its end, the connection can be used again
            codings = answer.headers.get("content-encoding", "")
            limit = self._http.max_decoded_bytes
            # Unpacking takes up to 50 ms a body: too long to keep every other feed waiting.
            body = await asyncio.to_thread(decoded, packed, codings, limit) if codings and packed else packed
            return Response(
                status=answer.status_code,
                url=url,
                permanent_url=url,
                headers={name.lower(): value for name, value in answer.headers.items()},
                body=body,
                size=len(packed),
                retry_seconds=retry_after(answer.headers, self._clock()),
            )

    async def _body(self, answer: httpx.Response) -> bytes:
        limit = self._http.max_body_bytes
        declared = answer.headers.get("content-length", "")
        if declared.isdigit() and int(declared[:18]) > limit:
            raise HostileError(f"its body has {declared[:18]} bytes, more than {limit}")
        body, chunks = bytearray(), 0
        async for chunk in answer.aiter_raw():
            body += chunk
            chunks += 1
            if len(body) > limit:
                raise HostileError(f"its body has more than {limit} bytes")
            if chunks > MAX_CRUMBS + len(body) / CRUMB:
                raise HostileError("its body comes in crumbs")
        return bytes(body)


@lru_cache(maxsize=4_096)
def host_of(url: str) -> str:
    """Return the host of ``url``; raises :class:`FetchError` where it is none that may be asked."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise HostileError(f"{mask_url(url[:200])} is no URL") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise RefusedError(f"{mask_url(url[:200])} is no http or https URL")
    if len(url) > MAX_URL_CHARS:
        raise HostileError(f"a URL of {len(url)} characters (at most {MAX_URL_CHARS})")
    return parsed.host.lower()


def _target(answer: Response) -> str | None:
    """Return where ``answer`` redirects to, or None."""
    if answer.status not in _TEMPORARY + _PERMANENT or not answer.headers.get("location"):
        return None
    try:
        here = httpx.URL(answer.url)
        there = here.join(answer.headers["location"].strip())
    except (httpx.InvalidURL, ValueError) as error:
        raise HostileError("redirects to what is no URL") from error
    # Another port is another server; httpx has None for the usual port of a scheme.
    same = (here.host, here.port) == (there.host, there.port)
    safe = same and there.scheme in ("https", here.scheme)
    if here.userinfo and not there.userinfo and safe:
        there = there.copy_with(userinfo=here.userinfo)
    elif here.userinfo and not safe and there.userinfo == here.userinfo:
        there = there.copy_with(userinfo=b"")
    return str(there.copy_with(fragment=None))


def words_of_error(error: BaseException) -> str:
    """Return what ``error`` says, without secrets; its name where it says nothing."""
    return mask_text(str(error))[:200] or type(error).__name__
