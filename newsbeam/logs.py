"""Structured logs on standard error: one line an event, for people or as JSON, with the run's id.

Bodies of feeds and pages are never logged. URLs are shown without what looks like a secret.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO

import structlog

from newsbeam.feeds.mask import mask_text
from newsbeam.shown import harmless

Format = Literal["human", "json"]
FORMATS: tuple[Format, ...] = ("human", "json")
MAX_VALUE_CHARS = 500
"""A value longer than this is cut: no body of a feed gets into a log, not even inside an error."""


def configure(form: Format, *, verbose: bool = False, out: TextIO | None = None) -> None:
    """Send our logs, and the errors of libraries, to ``out`` (default: standard error).

    Libraries log below that what we say ourselves, and whole URLs with it.
    """
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
