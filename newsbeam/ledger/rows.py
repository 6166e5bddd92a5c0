"""Records as text and back: what the ledger keeps of an event, an alert or a count."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Record = TypeVar("Record")


def to_text(record: Any) -> str:
    """Return a NamedTuple of plain values, also nested ones, as JSON: objects by field name."""
    return json.dumps(_plain(record), ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        return {name: _plain(inner) for name, inner in value._asdict().items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value


def from_text(kind: type[Record], text: str) -> Record:
    """Return the record of ``kind`` that :func:`to_text` wrote.

    A field that the text does not have takes its default; one that the record no longer has is dropped.
    """
    made: Record = _made(kind, json.loads(text))
    return made


def _made(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if hasattr(kind, "_fields"):
        hints = _hints(kind)
        return kind(**{name: _made(hints[name], inner) for name, inner in value.items() if name in hints})
    if get_origin(kind) is Union:
        return _made(get_args(kind)[0], value)
    if get_origin(kind) in (Sequence, tuple):
        inner = get_args(kind)[0]
        return tuple(_made(inner, each) for each in value)
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
