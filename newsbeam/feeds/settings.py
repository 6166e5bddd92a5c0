"""What monitor.yaml says about feeds and about how they are asked for."""

import ipaddress
import re
from functools import cached_property
from importlib.metadata import version
from typing import Literal

import httpx
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from newsbeam.counts import parse_duration
from newsbeam.feeds.mask import mask_url
from newsbeam.records import digest

FullText = Literal["auto", "always", "never"]

_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?", re.IGNORECASE)


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FeedSettings(_Settings):
    """One feed.

    ``name`` is the source that its items carry; by default the host of ``url``. ``full_text`` says when
    the page of an item is fetched: ``auto`` where the feed carries only a summary, ``always``, ``never``.
    Durations are written ``5m``, ``6h``, ``1d``: the feed is asked no more often than ``least_interval``
    and no more seldom than ``most_interval`` (a failing feed: once a day). The default of the first lets a
    pass every five minutes find each busy feed due: with the jitter a poll is at most 4m24s away.
    """

    url: str = Field(repr=False)
    name: str = Field(default="", max_length=200)
    full_text: FullText = "auto"
    least_interval: str = "4m"
    most_interval: str = "6h"

    @field_validator("url")
    @classmethod
    def _is_http(cls, url: str) -> str:
        return _checked_url(url)

    @field_validator("least_interval", "most_interval")
    @classmethod
    def _is_duration(cls, text: str) -> str:
        parse_duration(text)
        return text

    @model_validator(mode="after")
    def _in_order(self) -> "FeedSettings":
        if self.least_seconds > self.most_seconds:
            raise ValueError(
                f"least_interval {self.least_interval} exceeds most_interval {self.most_interval}"
            )
        return self

    @property
    def least_seconds(self) -> int:
        """The shortest time between two polls, in seconds."""
        return parse_duration(self.least_interval)

    @property
    def most_seconds(self) -> int:
        """The longest time between two polls of a feed in health, in seconds."""
        return parse_duration(self.most_interval)

    @cached_property
    def feed_id(self) -> str:
        """A stable id: neither the scheme nor a password is part of it, so both may change."""
        url = httpx.URL(self.url)
        return digest("feed", url.username, url.netloc.decode("ascii"), url.raw_path.decode("ascii"))

    @cached_property
    def shown(self) -> str:
        """The URL without its secrets, for logs, errors and tables."""
        return mask_url(self.url)

    @cached_property
    def host(self) -> str:
        """The host of the URL, in lower case."""
        return httpx.URL(self.url).host.lower()

    @property
    def source(self) -> str:
        """What items of this feed name as their source."""
        return self.name or self.host


def _checked_url(url: str) -> str:
    url = url.strip()
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise ValueError(f"is no URL: {error}") from None
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise ValueError("is no http or https URL")
    return url


class HttpSettings(_Settings):
    """How newsbeam asks for feeds and pages.

    ``contact`` is an address or a page that stands in the User-Agent, so that a server's owner can write
    to the operator. Sizes are in bytes, times in seconds. ``allow_private`` lists addresses, networks
    (``10.1.0.0/16``) and host names that may be asked although they are not public; none by default.
    ``max_page_seconds`` is how long a pass fetches pages: items whose turn has not come by then keep what
    their feed says of them.
    """

    contact: str = Field(default="", max_length=200)
    connect_seconds: float = Field(default=10.0, gt=0, le=300)
    read_seconds: float = Field(default=20.0, gt=0, le=300)
    total_seconds: float = Field(default=60.0, gt=0, le=900)
    max_body_bytes: int = Field(default=5_000_000, ge=1_000)
    max_decoded_bytes: int = Field(default=10_000_000, ge=1_000)
    max_redirects: int = Field(default=5, ge=0, le=20)
    max_entries: int = Field(default=2_000, ge=1)
    max_parse_seconds: float = Field(default=30.0, gt=0)
    max_page_seconds: float = Field(default=300.0, ge=0)
    host_spacing_seconds: float = Field(default=1.0, ge=0)
    connections: int = Field(default=20, ge=1, le=1_000)
    allow_private: tuple[str, ...] = ()

    @field_validator("contact")
    @classmethod
    def _fits_a_header(cls, contact: str) -> str:
        if not (contact.isascii() and contact.isprintable()):
            raise ValueError("must be printable ASCII: it stands in the User-Agent header")
        return contact.strip()

    @field_validator("allow_private")
    @classmethod
    def _are_hosts(cls, allowed: tuple[str, ...]) -> tuple[str, ...]:
        for each in allowed:
            if _network(each) is None and not _HOST.fullmatch(each):
                raise ValueError(f"{each!r} is no address, network or host name")
        return allowed

    @property
    def user_agent(self) -> str:
        """The User-Agent header."""
        name = f"newsbeam/{version('newsbeam')}"
        return f"{name} (+{self.contact})" if self.contact else name

    @cached_property
    def allowed_networks(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """The addresses and networks of ``allow_private``."""
        return tuple(net for each in self.allow_private if (net := _network(each)) is not None)

    @cached_property
    def allowed_hosts(self) -> frozenset[str]:
        """The host names of ``allow_private``, in lower case."""
        return frozenset(each.lower() for each in self.allow_private if _network(each) is None)


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
