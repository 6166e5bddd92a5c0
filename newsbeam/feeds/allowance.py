"""How much a server may send: an allowance for each request, counted where bytes come off the wire.

Limits on the body alone do not hold a server that never gets to it: with endless interim answers,
headers, chunk extensions or trailers.
"""

import ssl
from contextvars import ContextVar
from typing import Any

import httpcore

from newsbeam.errors import HostileError

HEADER_BYTES = 128 * 1024
"""For everything before the body; the client itself takes no more than 100 KiB of headers."""


class Allowance:
    """Bytes that may still be read for one request."""

    def __init__(self) -> None:
        self.left = HEADER_BYTES

    def take(self, size: int) -> None:
        """Take ``size`` bytes off; raises :class:`HostileError` where there are not so many left."""
        self.left -= size
        if self.left < 0:
            raise HostileError("sends more than a header and a body of the size allowed")


ALLOWANCE: ContextVar[Allowance | None] = ContextVar("allowance", default=None)
"""That of the request which the current task makes."""


class CountedStream(httpcore.AsyncNetworkStream):
    """A connection whose reading counts against the allowance."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - as declared
        """Read at most ``max_bytes``; see :class:`Allowance`."""
        read = await self._inner.read(max_bytes, timeout)
        allowance = ALLOWANCE.get()
        if allowance:
            allowance.take(len(read))
        return read

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Write ``buffer``."""
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        """Return the connection with TLS; what is read from it counts, too."""
        return CountedStream(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """Return what the connection says of itself."""
        return self._inner.get_extra_info(info)
