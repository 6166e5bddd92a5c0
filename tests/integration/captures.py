"""The captures of one real feed, served one after another by a real HTTP server on loopback."""

import gzip
import hashlib
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest

from newsbeam import clock

ARCHIVE = Path(__file__).parents[2].parent / "shared" / "data" / "stream" / "ars-2024.tar"

Validators = Literal["true", "lying", "none"]
"""``true``: ETag and Last-Modified of the body, 304 where they match. ``lying``: one ETag for ever but never
a 304 for a body that changed, and Last-Modified now. ``none``: no validators at all."""


class Capture(NamedTuple):
    """One body of the feed and when it was taken."""

    at: datetime
    body: bytes

    @property
    def now(self) -> str:
        """When it was taken, ISO 8601."""
        return clock.to_iso(self.at)


def captures() -> list[Capture]:
    """Return all captures in order of time; skip the test where they are not beside the project."""
    if not ARCHIVE.exists():
        pytest.skip("the captures (../shared/data/stream) are not beside this checkout")
    with tarfile.open(ARCHIVE) as archive:
        return [
            Capture(clock.from_iso(Path(member.name).name.partition(".")[0]), _read(archive, member))
            for member in sorted(archive.getmembers(), key=lambda member: member.name)
        ]


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(member)
    assert stream is not None
    return gzip.decompress(stream.read())


class FeedServer:
    """Serves ``capture`` at every path; counts what it answered by status."""

    def __init__(self, validators: Validators = "true") -> None:
        self.capture = Capture(clock.from_timestamp(0), b"")
        self.validators = validators
        self.answered: dict[int, int] = {}
        self.status = 200
        self.port = 0
        self.delay = 0.0
        """Seconds before an answer."""
        self.asked = threading.Event()

    @property
    def url(self) -> str:
        """The URL of the feed."""
        return f"http://127.0.0.1:{self.port}/feed.xml"

    def answer(self, asked: Any) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body for a request with the headers ``asked``."""
        if self.status != 200:
            return self.status, {}, b"no"
        body = self.capture.body
        tag = '"always"' if self.validators == "lying" else f'"{hashlib.sha1(body).hexdigest()}"'  # noqa: S324
        headers = {"ETag": tag, "Last-Modified": format_datetime(self.capture.at, usegmt=True)}
        if self.validators == "true" and asked.get("If-None-Match") == tag:
            return 304, headers, b""
        return 200, {} if self.validators == "none" else headers, body


@contextmanager
def serving(server: FeedServer) -> Iterator[FeedServer]:
    """Run ``server`` on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/robots.txt":
                self.send_error(404)
                return
            server.asked.set()
            time.sleep(server.delay)
            status, headers, body = server.answer(self.headers)
            server.answered[status] = server.answered.get(status, 0) + 1
            self.send_response(status)
            for name, value in ({"Content-Type": "application/rss+xml"} | headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            with suppress(ConnectionError):  # whoever asked may have been killed
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.block_on_close = False
        server.port = http.server_port
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()
