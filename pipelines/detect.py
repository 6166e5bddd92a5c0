"""``newsbeam detect``: items in JSON Lines in, one line of events for each out. No Beam."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from newsbeam import clock
from newsbeam.articles import extract_article
from newsbeam.config import Settings
from newsbeam.detection import detect_events, load_language
from newsbeam.errors import ItemError, NewsbeamError, OutputError, UsageError
from newsbeam.messages import detection_message, to_line
from newsbeam.records import FeedItem
from pipelines.progress import counted

MAX_LINE_BYTES = 5_000_000


class DetectItem(BaseModel):
    """One line of the input. Keys that are not named here are allowed and ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str | int
    title: str = ""
    summary: str | None = None
    text: str | None = None
    url: str | None = None
    published: str | None = None

    @field_validator("id")
    @classmethod
    def _can_be_written(cls, given: str | int) -> str | int:
        if isinstance(given, str):
            given.encode("utf-8")  # a lone surrogate raises UnicodeEncodeError, which is a ValueError
        return given

    @field_validator("published")
    @classmethod
    def _is_time(cls, text: str | None) -> str | None:
        if not text:
            return None
        try:
            return clock.to_iso(clock.from_iso(text))
        except ValueError as error:
            raise ValueError(f"{text!r} is no ISO 8601 date or time") from error


def detect(source: Path | None, target: Path | None, settings: Settings) -> int:
    """Read items from ``source`` (None: standard input), write a line each to ``target``.

    Returns 0, or 1 where more lines were bad than ``max_dead_letters`` allows. Bad lines are reported
    on standard error with their number.
    """
    bad = 0
    language = load_language(settings.nlp.model)
    with _reading(source) as lines, _writing(target) as out:
        for number, line in counted(_numbered(lines), "lines"):
            try:
                item = _item(line)
                found = detect_events(extract_article(item), language)
            except NewsbeamError as error:
                bad += 1
                sys.stderr.write(f"newsbeam: {source or 'standard input'}: line {number}: {error}\n")
                continue
            events = [detection_message(event.detection) for event in found.events]
            out.write(to_line({"id": json.loads(item.item_id), "events": events}))
    return 1 if bad > settings.max_dead_letters else 0


def read_item(source: Path | None, wanted: str) -> FeedItem:
    """Return the item whose id is ``wanted`` of the lines of ``source`` (None: standard input).

    Raises :class:`UsageError` where there is none; lines that are no items are passed over.
    """
    with _reading(source) as lines:
        for _, line in _numbered(lines):
            try:
                item = _item(line)
            except ItemError:
                continue
            if wanted == str(json.loads(item.item_id)):
                return item
    raise UsageError(f"holds no item with the id {wanted!r}", where=str(source or "standard input"))


def _numbered(lines: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield number and bytes of each line that is not blank, at most one byte past the limit."""
    number = 0
    while line := lines.readline(MAX_LINE_BYTES + 1):
        number += 1
        kept = line
        while line and not line.endswith(b"\n"):
            line = lines.readline(MAX_LINE_BYTES)
        if kept.strip():
            yield number, kept


def _item(line: bytes) -> FeedItem:
    if len(line) > MAX_LINE_BYTES:
        raise ItemError(f"is longer than {MAX_LINE_BYTES} bytes")
    try:
        value = json.loads(line)
    except UnicodeDecodeError as error:
        raise ItemError(f"is not UTF-8 text at offset {error.start}") from error
    except (ValueError, RecursionError) as error:
        raise ItemError(f"is no JSON: {error}") from error
    try:
        given = DetectItem.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        key = ".".join(map(str, first["loc"])) or "line"
        raise ItemError(f"{key}: {first['msg']}") from error
    return FeedItem(
        item_id=json.dumps(given.id),
        source="detect",
        url=given.url or "",
        title=given.title,
        summary=given.summary or "",
        content=given.text or "",
        content_type="text/plain",
        text_source="feed",
        published_at=given.published,
        date_source="feed" if given.published else "none",
        fetched_at="1970-01-01T00:00:00Z",  # nothing in detection asks for it
    )


@contextmanager
def _reading(path: Path | None) -> Iterator[BinaryIO]:
    if path is None:
        yield sys.stdin.buffer
        return
    try:
        stream = path.open("rb")
    except OSError as error:
        raise UsageError(f"cannot be opened: {error.strerror}", where=str(path)) from error
    with stream:
        yield stream


@contextmanager
def _writing(path: Path | None) -> Iterator[TextIO]:
    if path is None:
        yield sys.stdout
        return
    try:
        stream = path.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"cannot be opened: {error.strerror}", where=str(path)) from error
    with stream:
        yield stream
