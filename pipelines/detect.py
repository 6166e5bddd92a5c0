"""``newsbeam detect``: items in JSON Lines in, one line of events for each out. No Beam."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from newsbeam import clock, nlp
from newsbeam.articles import extract_article
from newsbeam.config import Settings
from newsbeam.detection import detect_events
from newsbeam.errors import ItemError, NewsbeamError, OutputError, UsageError
from newsbeam.messages import detection_message, to_line
from newsbeam.records import FeedItem

MAX_LINE_CHARS = 5_000_000


class DetectItem(BaseModel):
    """One line of the input. Keys that are not named here are allowed and ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str | int
    title: str = ""
    summary: str | None = None
    text: str | None = None
    url: str | None = None
    published: str | None = None

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
    language = nlp.load(settings.nlp.model)
    with _opened(source, "r", sys.stdin) as lines, _opened(target, "w", sys.stdout) as out:
        for number, item in enumerate(_items(lines), start=1):
            if isinstance(item, ItemError):
                bad += 1
                sys.stderr.write(f"newsbeam: {source or 'standard input'}: {item}\n")
            elif item is not None:
                try:
                    found = detect_events(extract_article(item), language)
                except NewsbeamError as error:
                    bad += 1
                    sys.stderr.write(f"newsbeam: {source or 'standard input'}: line {number}: {error}\n")
                    continue
                events = [detection_message(event.detection) for event in found.events]
                out.write(to_line({"id": json.loads(item.item_id), "events": events}))
    return 1 if bad > settings.max_dead_letters else 0


def _items(lines: TextIO) -> Iterator[FeedItem | ItemError | None]:
    """Yield an item, an error or (for a blank line) None for each line."""
    number = 0
    while True:
        number += 1
        try:
            line = lines.readline(MAX_LINE_CHARS + 1)
        except UnicodeDecodeError as error:
            yield ItemError(f"is not UTF-8 text: {error.reason}", where=f"line {number}")
            return
        if not line:
            return
        if len(line) > MAX_LINE_CHARS:
            while line and not line.endswith("\n"):
                line = lines.readline(MAX_LINE_CHARS)
            yield ItemError(f"is longer than {MAX_LINE_CHARS} characters", where=f"line {number}")
            continue
        yield _item(line, number) if line.strip() else None


def _item(line: str, number: int) -> FeedItem | ItemError:
    where = f"line {number}"
    try:
        given = DetectItem.model_validate(json.loads(line))
    except (json.JSONDecodeError, RecursionError) as error:
        return ItemError(f"is no JSON: {error}", where=where)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        key = ".".join(map(str, first["loc"])) or "line"
        return ItemError(f"{key}: {first['msg']}", where=where)
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


class _opened:  # noqa: N801 - used like the function open()
    """A text file, or a standard stream that is left open."""

    def __init__(self, path: Path | None, mode: str, standard: TextIO) -> None:
        self._path, self._mode, self._standard = path, mode, standard

    def __enter__(self) -> TextIO:
        if self._path is None:
            self._file: Any = self._standard
            return self._standard
        try:
            self._file = self._path.open(self._mode, encoding="utf-8", errors="strict")
        except OSError as error:
            kind = UsageError if self._mode == "r" else OutputError
            raise kind(f"cannot be opened: {error.strerror}", where=str(self._path)) from error
        return self._file  # type: ignore[no-any-return]

    def __exit__(self, *_: object) -> None:
        if self._path is not None:
            self._file.close()

