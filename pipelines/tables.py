"""Answers of commands as tables for people or as JSON for programs."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from newsbeam.feeds.mask import mask_text
from newsbeam.screen import screen
from newsbeam.shown import escaped, harmless


def safe(value: Any) -> str:
    """Return ``value`` as text that neither steers a terminal nor shows a secret of a URL."""
    return harmless(mask_text("–" if value is None or value == "" else str(value)))


def print_table(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print ``rows`` under ``headers`` on standard output."""
    out = sys.stdout
    table = Table(box=None, pad_edge=False, header_style="bold cyan")
    for header in headers:
        table.add_column(header, overflow="fold")
    for row in rows:
        table.add_row(*(Text(safe(cell)) for cell in row))
    screen(out).print(table)


def print_json(value: Sequence[Mapping[str, Any]] | Mapping[str, Any]) -> None:
    """Print ``value`` as JSON on standard output; what steers a terminal is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    sys.stdout.write(escaped(text) + "\n")
