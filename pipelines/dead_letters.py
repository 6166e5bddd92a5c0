"""``newsbeam dead-letters``: what failed, why, and once more."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine

from newsbeam import clock
from newsbeam.errors import LedgerError, UsageError
from newsbeam.ledger import letters
from newsbeam.ledger.engine import opened, readable, require_current
from newsbeam.ledger.items import cursors
from newsbeam.ledger.letters import Kept
from newsbeam.ledger.lock import held, myself
from pipelines import exit_codes
from pipelines.request import Request
from pipelines.run import one_pass
from pipelines.tables import print_json, print_table, safe

LISTED = 1000
"""Rows of a table; JSON holds all."""
HEADERS = ("Id", "State", "Tries", "Last seen", "Step", "Source", "Error", "Message")


def show_list(url: str, *, everything: bool, as_json: bool) -> int:
    """Print the dead letters that are open, or all."""
    engine = _ledger(readable(url))
    states = ("open", "retrying", "resolved") if everything else ("open", "retrying")
    found = letters.letters(engine, states)
    if as_json:
        print_json([_message(kept) for kept in found])
    else:
        print_table(HEADERS, [_cells(kept) for kept in found[:LISTED]])
        if len(found) > LISTED:
            sys.stdout.write(f"… and {len(found) - LISTED} more\n")
    return 0


def show_one(url: str, start: str, *, as_json: bool) -> int:
    """Print all that is known of the dead letter whose id begins with ``start``."""
    kept = _one(_ledger(readable(url)), start)
    if as_json:
        print_json(_message(kept))
        return 0
    for name, value in _message(kept).items():
        sys.stdout.write(f"{name:<15} {safe(value)}\n")
    return 0


def retry(request: Request, ids: Sequence[str]) -> int:
    """Do a pass over the feeds of the dead letters ``ids`` (none: all open ones) and say which came through.

    A letter whose item has left its feed cannot be tried: it counts as resolved when the feed was read.
    """
    settings = request.settings
    engine = _ledger(settings.ledger.url)
    chosen = [_one(engine, start) for start in ids] if ids else letters.letters(engine)
    if not chosen:
        sys.stdout.write("no dead letters to retry\n")
        return 0
    by_source: dict[str, list[str]] = {}
    for feed in settings.feeds:
        by_source.setdefault(feed.source, []).append(feed.feed_id)
    started = clock.to_iso(request.clock())
    with held(engine, myself("retry", started)):
        again = letters.retry(engine, chosen, by_source)
    wanted = {feed for feeds in again.values() for feed in feeds}
    feeds = tuple(feed.feed_id for feed in settings.feeds if feed.feed_id in wanted)
    committed = not feeds
    try:
        if feeds:
            report = one_pass(request._replace(only=feeds, force=True))
            committed = report.exit_code <= exit_codes.DEAD_LETTERS
            if not committed:
                return report.exit_code
    finally:
        if not committed:
            with suppress(LedgerError):  # the next retry takes those that are `retrying` too
                letters.reopen(engine, again)
    read = {feed for feed, cursor in cursors(engine).items() if (cursor.last_success_at or "") >= started}
    resolved = letters.resolve(engine, again, read)
    sys.stdout.write(f"{len(again)} retried, {resolved} came through, {len(again) - resolved} did not\n")
    return exit_codes.OK if resolved == len(again) else exit_codes.DEAD_LETTERS


def _ledger(url: str) -> Engine:
    engine = opened(url)
    require_current(engine)
    return engine


def _one(engine: Engine, start: str) -> Kept:
    found = letters.letter(engine, start)
    if len(found) != 1:
        words = (
            f"{len(found)} dead letters have an id that begins with" if found else "no dead letter has the id"
        )
        raise UsageError(f"{words} {start!r}", hint="`newsbeam dead-letters list` shows them")
    return found[0]


def _message(kept: Kept) -> dict[str, Any]:
    return kept.letter._asdict() | {name: value for name, value in kept._asdict().items() if name != "letter"}


def _cells(kept: Kept) -> tuple[Any, ...]:
    letter = kept.letter
    head = (letter.dead_letter_id[:8], kept.state, kept.attempts, kept.last_seen_at)
    return (*head, letter.step, letter.source, letter.error_type, letter.message[:200])
