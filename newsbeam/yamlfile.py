"""YAML files into frozen pydantic models, with file, line and key in every complaint."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from newsbeam.errors import ConfigError, UsageError

Model = TypeVar("Model", bound=BaseModel)

# The C loader reads a thousand lines in 20 ms where the Python one needs 300 ms.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_model(path: Path, model: type[Model], error: type[UsageError] = ConfigError) -> Model:
    """Read ``path`` into ``model``.

    Raises ``error`` naming file, line and key where the file cannot be read, is no YAML, names a key
    twice, or does not fit the model (unknown keys do not fit).
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as cause:
        raise error(f"cannot be read: {cause.strerror}", where=str(path)) from cause
    except UnicodeDecodeError as cause:
        raise error("is not UTF-8 text", where=str(path)) from cause
    return parse_model(text, str(path), model, error)


def parse_model(text: str, name: str, model: type[Model], error: type[UsageError] = ConfigError) -> Model:
    """Read YAML ``text`` that came from ``name`` into ``model``; see :func:`load_model`."""
    try:
        node = yaml.compose(text, Loader=_LOADER)
        _refuse_doubles(node, name, error)
        loader = _LOADER(text)
        try:
            data = loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as cause:
        mark = cause.problem_mark or cause.context_mark
        where = f"{name}:{mark.line + 1}" if mark else name
        raise error(f"is not valid YAML: {cause.problem or cause.context}", where=where) from cause
    except (yaml.YAMLError, ValueError, RecursionError) as cause:
        # ValueError: a date such as 2021-02-30.
        raise error(f"is not valid YAML: {cause}", where=name) from cause
    try:
        return model.model_validate({} if data is None else data)
    except ValidationError as cause:
        raise _complaint(cause, node, name, error) from cause


def _refuse_doubles(node: yaml.Node | None, name: str, error: type[UsageError]) -> None:
    """YAML lets the last of two equal keys win in silence; we do not."""
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.value in seen:
                raise error(
                    f"key {key.value!r} stands twice, first at line {seen[key.value]}", where=f"{name}:{line}"
                )
            seen[str(key.value)] = line
            _refuse_doubles(value, name, error)
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            _refuse_doubles(child, name, error)


def _complaint(
    cause: ValidationError, node: yaml.Node | None, name: str, error: type[UsageError]
) -> UsageError:
    lines = []
    first_line = 0
    for problem in cause.errors(include_url=False, include_context=False, include_input=False):
        keys = list(problem["loc"])
        line = _line_of(node, keys)
        first_line = first_line or line
        path = ".".join(str(key) for key in keys) or "(top level)"
        what = "unknown key" if problem["type"] == "extra_forbidden" else in_words(problem)
        lines.append(f"{path} (line {line}): {what}")
    return error("; ".join(lines), where=f"{name}:{first_line}")


def in_words(problem: Mapping[str, Any]) -> str:
    """Return what pydantic says is wrong, without its name for the kind of error."""
    return str(problem["msg"]).removeprefix("Value error, ")


def _line_of(node: yaml.Node | None, keys: list[str | int]) -> int:
    """Return the line of the deepest part of ``keys`` that stands in the file."""
    line = node.start_mark.line + 1 if node else 1
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == str(key)), None)
            if pair is None:
                continue  # a discriminator or a missing key: stay at the parent
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
            line = node.start_mark.line + 1
    return line
