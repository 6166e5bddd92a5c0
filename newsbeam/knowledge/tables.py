"""Reading the knowledge files that are YAML tables, with file, line and key in every complaint."""

import re
from collections.abc import Collection, Hashable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from newsbeam.errors import KnowledgeError

FOLDER = Path(__file__).parent
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Table(NamedTuple):
    """A YAML file as plain values, with the line on which each key or list entry stands.

    ``lines`` is keyed by the path to a value: ``("background", "cues", 3)``.
    """

    file: str
    values: dict[str, Any]
    lines: dict[tuple[Hashable, ...], int]

    def error(self, path: tuple[Hashable, ...], message: str) -> KnowledgeError:
        """Return the error that ``message`` is about the value at ``path``."""
        line = self.lines.get(path, 1)
        return KnowledgeError(f"{'.'.join(map(str, path))}: {message}", where=f"{self.file}:{line}")

    def strings(self, *path: Hashable) -> tuple[str, ...]:
        """Return the list of strings at ``path``; a repeated entry is an error."""
        entries = self._at(path)
        if not isinstance(entries, list):
            raise self.error(path, "must be a list of strings")
        seen: dict[str, int] = {}
        for index, entry in enumerate(entries):
            if not isinstance(entry, str) or not entry:
                raise self.error((*path, index), "must be a non-empty string (quote it)")
            if entry in seen:
                first = self.lines.get((*path, seen[entry]), 1)
                raise self.error((*path, index), f"{entry!r} stands on line {first} already")
            seen[entry] = index
        return tuple(entries)

    def words(self, *path: Hashable) -> frozenset[str]:
        """Return the words of the string at ``path``, parted by spaces."""
        text = self._at(path)
        if not isinstance(text, str):
            raise self.error(path, "must be a string of words")
        return frozenset(text.split())

    def texts(self, *path: Hashable) -> dict[str, str]:
        """Return the mapping at ``path``, whose values must be strings that are not empty."""
        entries = self.mapping(*path)
        for key, value in entries.items():
            if not isinstance(value, str) or not value:
                raise self.error((*path, key), "must be a non-empty string (quote it)")
        return entries

    def mapping(self, *path: Hashable) -> dict[str, Any]:
        """Return the mapping at ``path``; its keys must be strings."""
        entries = self._at(path)
        if not isinstance(entries, dict):
            raise self.error(path, "must be a mapping")
        for key in entries:
            if not isinstance(key, str):
                raise self.error((*path, key), "must be a string (quote it)")
        return entries

    def pattern(self, *path: Hashable, flags: int = re.IGNORECASE) -> re.Pattern[str]:
        """Return one regular expression of the list at ``path``; each entry must compile by itself."""
        entries = self.strings(*path)
        for index, entry in enumerate(entries):
            try:
                re.compile(entry, flags)
            except re.error as error:
                raise self.error((*path, index), f"not a regular expression: {error}") from error
        return re.compile("|".join(f"(?:{entry})" for entry in entries) or r"(?!)", flags)

    def _at(self, path: tuple[Hashable, ...]) -> Any:
        value: Any = self.values
        for depth, key in enumerate(path):
            if not isinstance(value, Mapping) or key not in value:
                raise self.error(path[:depth], f"{key!r} is missing")
            value = value[key]
        return value


def read_table(name: str, keys: Collection[str], folder: Path = FOLDER) -> Table:
    """Read the table ``name`` of ``folder``; exactly ``keys`` must stand at its top level."""
    return parse_table(name, read_text(folder / name), keys)


def read_text(path: Path) -> str:
    """Return the text of the knowledge file ``path``."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise KnowledgeError(f"cannot be read: {error.strerror}", where=path.name) from error
    except UnicodeDecodeError as error:
        raise KnowledgeError("cannot be read: it is not UTF-8", where=path.name) from error


def parse_table(name: str, text: str, keys: Collection[str] | None = None) -> Table:
    """Parse the table ``text``, called ``name`` in complaints; ``keys`` is None where any may stand in it."""
    values, lines = parse_yaml(name, text)
    if not isinstance(values, dict):
        raise KnowledgeError("must be a mapping", where=f"{name}:1")
    table = Table(name, values, lines)
    if keys is not None:
        check_keys(table, (), keys)
    return table


def parse_yaml(name: str, text: str) -> tuple[Any, dict[tuple[Hashable, ...], int]]:
    """Return the values of ``text`` with the lines of their paths; a key that stands twice is an error.

    An empty text is an empty mapping.
    """
    lines: dict[tuple[Hashable, ...], int] = {}
    loader = None
    try:
        loader = _LOADER(text)  # the C loader looks for forbidden characters here
        node = loader.get_single_node()
        if node is None:
            return {}, lines
        _note_lines(name, node, (), lines)
        return loader.construct_document(node), lines
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a date such as 2021-02-30
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        raise KnowledgeError(f"not YAML: {getattr(error, 'problem', error)}", where=where) from error
    finally:
        if loader is not None:
            loader.dispose()


def check_keys(
    table: Table, path: tuple[Hashable, ...], keys: Collection[str], optional: Collection[str] = ()
) -> None:
    """Complain about unknown and missing keys of the mapping at ``path``."""
    found = table.mapping(*path) if path else table.values
    for key in found:
        if key not in keys and key not in optional:
            raise table.error((*path, key), f"unknown key; known: {', '.join(sorted({*keys, *optional}))}")
    for key in keys:
        if key not in found:
            raise table.error(path, f"{key!r} is missing")


def _note_lines(
    name: str, node: yaml.Node, path: tuple[Hashable, ...], lines: dict[tuple[Hashable, ...], int]
) -> None:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise KnowledgeError("a key must be one word or string", where=f"{name}:{line}")
            if key.value in seen:
                raise KnowledgeError(
                    f"{key.value!r} stands on line {seen[key.value]} already", where=f"{name}:{line}"
                )
            seen[key.value] = line
            _note_lines(name, value, (*path, key.value), lines)
            lines[(*path, key.value)] = line
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _note_lines(name, value, (*path, index), lines)
