"""``newsbeam feeds``: how the feeds are doing, and lists of feeds in and out."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from newsbeam import clock
from newsbeam.config import Settings, load_settings
from newsbeam.errors import ConfigError, OutputError, UsageError
from newsbeam.feeds.cursor import Cursor, first_cursor
from newsbeam.feeds.opml import read_opml, write_opml
from newsbeam.feeds.schedule import host_asked, resting_hosts
from newsbeam.feeds.settings import FeedSettings
from newsbeam.ledger.engine import opened, readable, require_current, version
from newsbeam.ledger.items import cursors
from pipelines.tables import print_json, print_table

HEADERS = ("Feed", "URL", "State", "Last success", "Next poll", "Items a day", "What is wrong")


def status(settings: Settings, *, as_json: bool) -> int:
    """Print the health of each configured feed; those that were never polled are ``new``."""
    engine = opened(readable(settings.ledger.url))
    known: Mapping[str, Cursor] = {}
    if version(engine):
        require_current(engine)
        known = cursors(engine)
    pairs = [(feed, known.get(feed.feed_id, first_cursor(feed))) for feed in settings.feeds]
    resting = resting_hosts(pairs, clock.system_clock())
    pairs = [(feed, _as_planned(feed, cursor, resting)) for feed, cursor in pairs]
    if as_json:
        print_json([_message(feed, cursor) for feed, cursor in pairs])
    else:
        print_table(HEADERS, [_cells(feed, cursor) for feed, cursor in pairs])
    return 0


def _as_planned(feed: FeedSettings, cursor: Cursor, resting: Mapping[str, str]) -> Cursor:
    """Return ``cursor`` with its next poll as it will be: none when gone, later where its host rests."""
    until = resting.get(host_asked(feed, cursor), "")
    planned = None if cursor.state == "gone" else max(cursor.next_poll_at or "", until) or None
    return cursor._replace(next_poll_at=planned)


def _message(feed: FeedSettings, cursor: Cursor) -> dict[str, Any]:
    shown = (
        "state",
        "words",
        "title",
        "last_polled_at",
        "last_success_at",
        "last_changed_at",
        "next_poll_at",
    )
    told = {name: getattr(cursor, name) for name in (*shown, "interval", "failure_score", "items_a_day")}
    return {"feed": feed.source, "url": feed.shown, "feed_id": feed.feed_id} | told


def _cells(feed: FeedSettings, cursor: Cursor) -> Sequence[Any]:
    a_day = None if cursor.items_a_day is None else f"{cursor.items_a_day:.1f}"
    times = (cursor.last_success_at, "never" if cursor.state == "gone" else cursor.next_poll_at)
    return (feed.source, feed.shown, cursor.state, *times, a_day, cursor.words)


def export_opml(settings: Settings, output: Path | None) -> int:
    """Write the configured feeds as OPML to ``output`` (None: standard output)."""
    text = write_opml(settings.feeds)
    if output is None:
        sys.stdout.write(text)
        return 0
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror}", where=str(output)) from error
    return 0


def import_opml(source: Path, config: Path | None) -> int:
    """Add the feeds of an OPML file to ``config``; without one print them as YAML.

    Feeds that are listed already are left alone. The rest of the file, comments too, stays as it is. Returns
    1 where entries had to be left out, each named on standard error.
    """
    try:
        found, faults = read_opml(source.read_bytes())
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", where=str(source)) from error
    for fault in faults:
        sys.stderr.write(f"newsbeam: left out, {source}, {fault}\n")
    code = 1 if faults else 0
    if not found:
        sys.stderr.write(f"newsbeam: {source} lists no feed that can be taken over\n")
        return code
    if config is None or not config.exists():
        text = "feeds:\n" + _entries(found, "")
        if config is None:
            sys.stdout.write(text)
            return code
        _replace(config, text)
        sys.stderr.write(f"newsbeam: {config}: feeds written: {len(found)}\n")
        return code
    listed = {feed.feed_id for feed in load_settings(config).feeds}
    new = [feed for feed in found if feed.feed_id not in listed]
    if new:
        _replace(config, _with_feeds(config.read_text(encoding="utf-8"), new, config))
    there = len(found) - len(new)
    sys.stderr.write(f"newsbeam: {config}: feeds added: {len(new)}, there already: {there}\n")
    return code


def _entries(feeds: Sequence[FeedSettings], indent: str) -> str:
    lines = []
    for feed in feeds:
        given = {"url": feed.url} | ({"name": feed.name} if feed.name else {})
        text = yaml.safe_dump(given, default_flow_style=True, allow_unicode=True, width=10_000).strip()
        lines.append(f"{indent}- {text}\n")
    return "".join(lines)


def _with_feeds(text: str, feeds: Sequence[FeedSettings], config: Path) -> str:
    """Return the YAML ``text`` with ``feeds`` after the last of those it lists."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    node = next((value for key, value in pairs if key.value == "feeds"), None)
    if node is None:
        return text.rstrip("\n") + ("\n\n" if text.strip() else "") + "feeds:\n" + _entries(feeds, "")
    if not isinstance(node, yaml.SequenceNode) or node.flow_style or not node.value:
        raise ConfigError(
            "feeds: is not written as a list of lines that begin with a dash",
            where=f"{config}:{node.start_mark.line + 1}",
            hint="write it so, or add the feeds by hand: without --config they are printed",
        )
    lines = text.splitlines(keepends=True)
    if not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    last = node.value[-1]
    # A block mapping ends where the next key begins: go back over blank lines and comments between.
    at = last.end_mark.line + (last.end_mark.column > 0)
    while at > 0 and (not lines[at - 1].strip() or lines[at - 1].lstrip().startswith("#")):
        at -= 1
    indent = " " * node.start_mark.column
    return "".join([*lines[:at], _entries(feeds, indent), *lines[at:]])


def _replace(config: Path, text: str) -> None:
    """Write ``config`` in one step, and only what loads."""
    beside = config.with_name(f".{config.name}.new")
    try:
        beside.write_text(text, encoding="utf-8")
        load_settings(beside)
        if config.exists():
            beside.chmod(config.stat().st_mode & 0o777)
        beside.replace(config)
    except OSError as error:
        raise OutputError(f"cannot be written: {error.strerror}", where=str(config)) from error
    finally:
        beside.unlink(missing_ok=True)
