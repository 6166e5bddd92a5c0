"""``newsbeam runs``: what the last passes did."""

import json
import os
import socket
from typing import Any

from newsbeam import clock
from newsbeam.config import Settings
from newsbeam.ledger.engine import opened, readable, require_current
from newsbeam.ledger.runs import RunRow, recent
from pipelines.tables import print_json, print_table

HEADERS = ("Run", "Started", "Seconds", "State", "Exit", "Feeds", "Items", "Alerts", "Dead letters")


def show_runs(settings: Settings, limit: int, as_json: bool) -> int:
    """Print the last ``limit`` passes, latest first."""
    engine = opened(readable(settings.ledger.url))
    require_current(engine)
    rows = [_as_it_is(row) for row in recent(engine, limit)]
    if as_json:
        print_json([row._asdict() | {"summary": json.loads(row.summary)} for row in rows])
    else:
        print_table(HEADERS, [_cells(row) for row in rows])
    return 0


def _as_it_is(row: RunRow) -> RunRow:
    """Say of a pass of this host whose process is gone that it died; else the next pass finds out."""
    if row.state != "running" or row.host != socket.gethostname():
        return row
    try:
        os.kill(row.pid, 0)
    except ProcessLookupError:
        return row._replace(state="dead")
    except PermissionError:
        pass  # another user's: it lives
    return row


def _cells(row: RunRow) -> tuple[Any, ...]:
    did = json.loads(row.summary)
    seconds = None
    if row.finished_at:
        seconds = (clock.from_iso(row.finished_at) - clock.from_iso(row.started_at)).total_seconds()
    numbers = (did.get(name) for name in ("due", "items_read", "alerts", "dead_letters"))
    return (row.run_id, row.started_at, seconds, row.state, row.exit_code, *numbers)
