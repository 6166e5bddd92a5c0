"""WriteToConsole: a readable table of alerts, counts and outcomes on standard output."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, ClassVar, TextIO

import apache_beam as beam
from apache_beam.pvalue import AsIter
from rich.console import Console
from rich.table import Table
from rich.text import Text

from newsbeam.messages import sort_key
from newsbeam.records import OUTCOMES
from newsbeam.screen import hush, screen
from newsbeam.shown import harmless
from sinks.sink import FormatLines, Sink, SinkOptions, Streams, is_bounded

Messages = dict[str, list[dict[str, Any]]]


class ConsoleOptions(SinkOptions):
    """``rows`` is the most rows shown of a table."""

    rows: int = 60


class WriteToConsole(Sink):
    """Prints one report at the end of bounded streams, and a line a record for unbounded ones."""

    Options: ClassVar[type[SinkOptions]] = ConsoleOptions
    options: ConsoleOptions

    def expand(self, streams: Streams) -> None:
        """Print the streams."""
        shown = {name: records for name, records in streams.items() if name != "events"}
        if not shown:
            return
        lines = tuple(
            records | f"Format{name.title()}" >> FormatLines(name) for name, records in shown.items()
        )
        together = lines | "Together" >> beam.Flatten()
        if is_bounded(shown):
            start = together.pipeline | "Once" >> beam.Create([self.options.rows], reshuffle=False)
            _ = start | "Print" >> beam.Map(_print_report, AsIter(together))
        else:
            _ = together | "PrintEach" >> beam.Map(_print_line)


def _print_report(rows: int, lines: Iterable[tuple[str, str]]) -> None:
    streams: Messages = {}
    for stream, line in lines:
        streams.setdefault(stream, []).append(json.loads(line))
    for stream, messages in streams.items():
        messages.sort(key=partial(sort_key, stream))
    report(streams, rows, sys.stdout)


def _print_line(line: tuple[str, str]) -> None:
    try:
        sys.stdout.write(f"{line[0]}: {harmless(line[1].rstrip())}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        hush()


def report(streams: Mapping[str, list[dict[str, Any]]], rows: int, out: TextIO) -> None:
    """Print sorted messages by stream as tables to ``out``; colour only where it is a terminal."""
    console = screen(out)
    _print_table(console, "Alerts", _alerts(streams.get("alerts", [])), rows)
    _print_table(console, "Counts by window, vendor and type", _counts(streams.get("counts", [])), rows)
    if letters := streams.get("dead_letters", []):
        _print_table(console, "Dead letters", _dead_letters(letters), rows)
    _print_outcomes(console, streams.get("outcomes", []))


def _print_table(console: Console, title: str, table: Table, rows: int) -> None:
    total = table.row_count
    if total > rows:
        for column in table.columns:
            del column._cells[rows:]
        del table.rows[rows:]
    console.print(Text(f"{title} ({total})", style="bold"))
    if total:
        console.print(table)
    if total > rows:
        console.print(f"… and {total - rows} more")
    console.print()


def _alerts(alerts: Iterable[dict[str, Any]]) -> Table:
    table = _table("Date", "Type", "Vendors", "What", "Conf.", "Evidence")
    for alert in alerts:
        event = alert["event"]
        date = (event["published_at"] or "undated")[:10]
        vendors = ", ".join(_role(vendor) for vendor in event["vendors"]) or "–"
        if event["authority"]:
            vendors += f" / {event['authority']}"
        confidence = f"{event['confidence']:.2f}"
        if event["assertion"] == "rumor":
            confidence += " rumor"
        _add(
            table,
            date,
            event["type"],
            vendors,
            slots_in_words(event),
            confidence,
            event["evidence"]["sentence"],
        )
    return table


def _role(vendor: Mapping[str, str]) -> str:
    return vendor["name"] + (" (target)" if vendor["role"] == "target" else "")


def slots_in_words(event: Mapping[str, Any]) -> str:
    """Return the slots of an event message as a short phrase: ``10 billion USD, Europe, Q1 2021``."""
    parts = []
    for name in ("product", "person", "position", "amount", "percent", "headcount", "place", "period"):
        value = event.get(name)
        if name == "amount" and value:
            parts.append(money_in_words(value))
        elif value is not None:
            parts.append(f"{value} jobs" if name == "headcount" else str(value))
    return ", ".join(parts)


def money_in_words(money: Mapping[str, Any]) -> str:
    """Return ``{"value": 10000000000, "currency": "USD"}`` as ``10 billion USD``."""
    value = float(money["value"])
    for size, word in ((1e12, " trillion"), (1e9, " billion"), (1e6, " million")):
        if value >= size:
            return f"{value / size:.10g}{word} {money['currency']}"
    return f"{value:.10g} {money['currency']}"


def _counts(counts: Iterable[dict[str, Any]]) -> Table:
    table = _table("Window from", "to", "Vendor", "Type", "Mentions", "Events")
    for count in counts:
        _add(
            table,
            *(_moment(count["window_start"]), _moment(count["window_end"]), count["vendor"], count["type"]),
            *(str(count["mentions"]), str(count["events"])),
        )
    return table


def _moment(iso: str) -> str:
    """Return the day of midnight, else day and minute."""
    return iso[:10] if iso.endswith("T00:00:00Z") else iso[:16].replace("T", " ")


def _dead_letters(letters: Iterable[dict[str, Any]]) -> Table:
    table = _table("Step", "Item", "Error", "Message")
    for letter in letters:
        _add(table, letter["step"], letter["item_id"] or "–", letter["error_type"], letter["message"])
    return table


def _table(*headers: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold cyan")
    for header in headers:
        table.add_column(header, overflow="fold")
    return table


def _add(table: Table, *cells: str) -> None:
    table.add_row(*(Text(harmless(cell)) for cell in cells))


def _print_outcomes(console: Console, outcomes: list[dict[str, Any]]) -> None:
    by_outcome = Counter(outcome["outcome"] for outcome in outcomes)
    console.print(Text(f"Outcomes of {len(outcomes)} items", style="bold"))
    for name in OUTCOMES:
        if by_outcome[name]:
            causes = Counter(outcome["by"] for outcome in outcomes if outcome["outcome"] == name)
            why = "; ".join(f"{cause} ({n})" for cause, n in causes.most_common(5))
            console.print(Text(f"  {name:<12} {by_outcome[name]:>6}  {harmless(why)}"))
