"""The HTTP client, with the address guard beneath it."""

import logging
import ssl
from collections.abc import AsyncIterator
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import certifi
import httpcore
import httpx

from newsbeam.feeds.decode import ACCEPT_ENCODING
from newsbeam.feeds.guard import Guard, GuardedBackend, Resolver
from newsbeam.feeds.settings import HttpSettings

MAX_IDLE = 8

# The client logs each URL with its secrets, at INFO and DEBUG; what we say of a request is masked.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class _Stream(httpx.AsyncByteStream):
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._inner:
            yield part

    async def aclose(self) -> None:
        await self._inner.aclose()


class _GuardedTransport(httpx.AsyncBaseTransport):
    """httpx's own transport has no way in for a network backend; its connection pool has."""

    def __init__(self, http: HttpSettings, resolver: Resolver) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_ssl_context(),
            max_connections=http.connections,
            # The pool goes through all of its connections at every request: many idle ones cost more than
            # they save where most hosts are asked once.
            max_keepalive_connections=min(http.connections, MAX_IDLE),
            keepalive_expiry=5.0,
            network_backend=GuardedBackend(Guard(http), resolver),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        answer = await self._pool.handle_async_request(asked)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Stream(answer.stream), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


@cache
def _ssl_context() -> ssl.SSLContext:
    """The machine's authorities and the well-known ones: containers often come without any.

    Made once: reading them takes 40 ms.
    """
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def open_client(http: HttpSettings, resolver: Resolver) -> httpx.AsyncClient:
    """Return a client that connects only where the guard lets it, keeps no cookies, follows no redirect."""
    client = httpx.AsyncClient(
        transport=_GuardedTransport(http, resolver),
        headers={"User-Agent": http.user_agent, "Accept-Encoding": ACCEPT_ENCODING},
        timeout=httpx.Timeout(http.read_seconds, connect=http.connect_seconds, pool=None),
        follow_redirects=False,
        trust_env=False,
    )
    client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))
    return client
