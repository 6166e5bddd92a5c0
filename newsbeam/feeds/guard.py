"""The address guard: feeds and pages are hostile, so nothing but public addresses is connected to.

The check is made on the resolved address that is then connected to, for every connection: a DNS answer
cannot change in between, and a redirect passes it like any other request.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import Executor

import anyio
import httpcore

from newsbeam.errors import RefusedError, UnreachableError
from newsbeam.feeds.allowance import CountedStream
from newsbeam.feeds.settings import HttpSettings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port to addresses, as text; raises ``OSError`` where there are none."""

MAX_ADDRESSES = 4
"""Addresses of one name that are tried in turn."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_V4_COMPATIBLE = ipaddress.IPv6Network("::/96")
_ALSO_PRIVATE = tuple(
    ipaddress.ip_network(net)
    for net in (
        "192.0.0.0/24",  # protocol assignments; a cloud's metadata service is at .192
        "192.88.99.0/24",  # relays of 6to4
        "168.63.129.16/32",  # a cloud's metadata service at a public address
        "fec0::/10",  # site-local
    )
)


def system_resolver(executor: Executor) -> Resolver:
    """Return the resolver of the machine; names are looked up in the threads of ``executor``.

    It has threads of its own, so that names that take long to resolve hold up nothing else.
    """

    async def resolve(host: str, port: int) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            executor, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return [str(entry[4][0]) for entry in found]

    return resolve


def is_public(address: Address) -> bool:
    """Say whether ``address`` is one of the public internet; IPv4 inside IPv6 is judged as IPv4."""
    inner = _embedded(address) if isinstance(address, ipaddress.IPv6Address) else None
    if inner is not None:
        return is_public(inner)
    if address.is_multicast or address.is_reserved or address.is_unspecified or not address.is_global:
        return False
    return not any(address in network for network in _ALSO_PRIVATE)


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that ``address`` leads to: mapped, 6to4, NAT64 or the old compatible form."""
    if address in _NAT64 or (address in _V4_COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


class Guard:
    """Says which addresses may be connected to."""

    def __init__(self, http: HttpSettings) -> None:
        self._hosts = http.allowed_hosts
        self._networks = http.allowed_networks

    def allows(self, host: str, address: Address) -> bool:
        """Say whether ``address``, to which ``host`` resolved, may be connected to."""
        if host.lower() in self._hosts or any(address in network for network in self._networks):
            return True
        return is_public(address)

    def admit(self, host: str, found: Sequence[str]) -> list[str]:
        """Return those of the addresses ``found`` for ``host`` that may be connected to.

        Raises :class:`RefusedError` where there is none.
        """
        admitted = []
        for text in found:
            address = ipaddress.ip_address(text.partition("%")[0])
            if self.allows(host, address):
                admitted.append(text)
        if not admitted:
            where = ", ".join(sorted(set(found))[:3]) or "nowhere"
            raise RefusedError(
                f"{host} is at {where}, which is no public address",
                hint="http.allow_private lists addresses that may be asked all the same",
            )
        return list(dict.fromkeys(admitted))[:MAX_ADDRESSES]


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections for the HTTP client: resolves, asks the guard, connects to what it admitted."""

    def __init__(self, guard: Guard, resolver: Resolver) -> None:
        self._guard = guard
        self._resolver = resolver
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature of the client
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to ``host``; raises :class:`RefusedError` where the guard admits none of its addresses."""
        admitted = self._guard.admit(host, await self._addresses(host, port, timeout))
        each = None if timeout is None else timeout / len(admitted)
        for last, address in enumerate(admitted, start=1 - len(admitted)):
            try:
                stream = await self._inner.connect_tcp(address, port, each, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if last == 0:
                    raise
            else:
                return CountedStream(stream)
        raise AssertionError("the guard admits at least one address")

    async def _addresses(self, host: str, port: int, seconds: float | None) -> Sequence[str]:
        try:
            return [str(ipaddress.ip_address(host.strip("[]")))]
        except ValueError:
            pass  # a name
        try:
            with anyio.fail_after(seconds):
                return await self._resolver(host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"{host} was not resolved in time") from error
        except (OSError, UnicodeError) as error:
            raise UnreachableError(f"the name {host} cannot be resolved") from error

    async def sleep(self, seconds: float) -> None:
        """Wait; the client does so between retries, of which we ask none."""
        await self._inner.sleep(seconds)
