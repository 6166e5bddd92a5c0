"""Content codings undone in small steps, so that a bomb is noticed before it goes off."""

import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli
import zstandard

from newsbeam.errors import HostileError

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
STEP = 1 << 16
"""Bytes put in and taken out at once."""
MAX_CODINGS = 3
MAX_MEMBERS = 1_000
"""Parts of a gzip body; what follows them is left unread."""
MAX_WINDOW = 1 << 23
"""The memory that a zstd frame may ask for; 8 MiB is what RFC 8878 asks a decoder to support."""


class _Decoder(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what ``data`` unpacks to, in pieces of about :data:`STEP` bytes."""
        ...


class _Zlib:
    """gzip, and deflate with or without its header."""

    def __init__(self, data: bytes, *, gzip: bool) -> None:
        bare = not gzip and (len(data) < 2 or data[0] & 0x0F != 8 or int.from_bytes(data[:2], "big") % 31)
        self._bits = 31 if gzip else -15 if bare else 15

    def feed(self, data: bytes) -> Iterator[bytes]:
        inner, members = zlib.decompressobj(self._bits), 1
        for at in range(0, len(data), STEP):
            chunk = data[at : at + STEP]
            while chunk:
                if inner.eof:
                    if self._bits != 31 or chunk[:1] != b"\x1f" or members == MAX_MEMBERS:
                        return  # what follows is padding
                    inner, members = zlib.decompressobj(self._bits), members + 1
                yield inner.decompress(chunk, STEP)
                chunk = inner.unused_data if inner.eof else inner.unconsumed_tail
        yield inner.flush()


class _Brotli:
    def feed(self, data: bytes) -> Iterator[bytes]:
        inner = brotli.Decompressor()
        for at in range(0, len(data), STEP):
            if inner.is_finished():
                return
            chunk = data[at : at + STEP]
            while out := inner.process(chunk, output_buffer_limit=STEP):
                yield out
                chunk = b""


class _Zstd:
    def feed(self, data: bytes) -> Iterator[bytes]:
        inner = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
        with inner.stream_reader(data, read_across_frames=True) as reader:
            while chunk := reader.read(STEP):
                yield chunk


def decoded(data: bytes, codings: str, limit: int) -> bytes:
    """Return ``data`` with the ``codings`` of its Content-Encoding header undone.

    Raises :class:`HostileError` where more than ``limit`` bytes come out of any of them, where one is
    unknown or the data does not fit it. A body cut off in the middle gives what there is of it.
    """
    names = [name.strip().lower() for name in codings.split(",") if name.strip()]
    if len(names) > MAX_CODINGS:
        raise HostileError(f"its body is packed {len(names)} times")
    for name in reversed(names):
        if name != "identity":
            data = _unpacked(data, name, limit)
    return data


def _unpacked(data: bytes, name: str, limit: int) -> bytes:
    out = bytearray()
    try:
        for chunk in _decoder(data, name).feed(data):
            out += chunk
            if len(out) > limit:
                raise HostileError(f"its body unpacks to more than {limit} bytes")
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        raise HostileError(f"its body is not the {name} that it says it is: {error}") from error
    return bytes(out)


def _decoder(data: bytes, name: str) -> _Decoder:
    if name in ("gzip", "x-gzip"):
        return _Zlib(data, gzip=True)
    if name == "deflate":
        return _Zlib(data, gzip=False)
    if name == "br":
        return _Brotli()
    if name == "zstd":
        return _Zstd()
    raise HostileError(f"its body is packed with {name[:40]!r}, which nobody asked for")
