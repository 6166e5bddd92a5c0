"""Structured logs on standard error: one line an event, for people or as JSON, with the run's id.

Bodies of feeds and pages are never logged. URLs are shown without what looks like a secret.
"""

import json
import logging
import os
import sys
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO

import structlog

from newsbeam import clock
from newsbeam.feeds.mask import mask_text
from newsbeam.shown import harmless

Format = Literal["human", "json"]
FORMATS: tuple[Format, ...] = ("human", "json")
MAX_VALUE_CHARS = 500
"""A value longer than this is cut: no body of a feed gets into a log, not even inside an error."""


_chosen: list[Format] = ["human"]


def to_people() -> None:
    """Say what ends a command to people, as long as no format was chosen."""
    _chosen[-1] = "human"


def plainly(words: str) -> None:
    """Write ``words``, which the log has, as a line for people too; not where the log is JSON."""
    if _chosen[-1] == "human":
        sys.stderr.write(f"newsbeam: {harmless(mask_text(words))}\n")


def complain(event: str, words: str) -> None:
    """Tell why a command ends: as a line for people, or as an error of the log where that is JSON."""
    if _chosen[-1] == "json":
        structlog.get_logger("newsbeam").error(event, why=words)
    plainly(words)


def last_words(words: str) -> None:
    """Say ``words`` from the handler of a signal, which may have broken into a write to standard error."""
    told = {"event": words, "level": "warning", "timestamp": clock.to_iso(clock.system_clock())}
    line = json.dumps(told) if _chosen[-1] == "json" else f"newsbeam: {words}"
    os.write(2, f"{line}\n".encode())


def configure(form: Format, *, verbose: bool = False, out: TextIO | None = None) -> None:
    """Send our logs, and the errors of libraries, to ``out`` (default: standard error).

    Libraries log below that what we say ourselves, and whole URLs with it.
    """
    _chosen[-1] = form
    stream = out or sys.stderr
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _harmless,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=stream.isatty(), pad_event_to=0)
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.ERROR)
    logging.getLogger("newsbeam").setLevel(logging.DEBUG if verbose else logging.INFO)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _harmless(_: Any, __: str, words: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in words.items():
        if isinstance(value, str):
            words[name] = _cut(harmless(mask_text(value.replace("\n", " | "))), name)
    return words


def _cut(text: str, name: str) -> str:
    """Cut a value; of a traceback the end stays, where the cause is."""
    return text[-MAX_VALUE_CHARS:] if name == "exception" else text[:MAX_VALUE_CHARS]
