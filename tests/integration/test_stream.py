"""One real feed as it happened: each item once as new, its edits as revisions, nothing lost.

All captures: ``NEWSBEAM_STREAM=276 pytest -s tests/integration/test_stream.py``.
"""

import asyncio
import os
from collections import Counter
from pathlib import Path
from typing import Any

import feedparser
import pytest
from sqlalchemy import select

from newsbeam.clock import FixedClock
from newsbeam.feeds.poll import due_feeds
from newsbeam.feeds.settings import FeedSettings, HttpSettings
from newsbeam.ledger import runs, schema
from newsbeam.ledger.engine import migrate, opened, reading
from newsbeam.ledger.intake import Noticed, Plan, take_in
from newsbeam.ledger.items import cursors
from newsbeam.ledger.lock import Holder
from newsbeam.ledger.runs import Ending
from newsbeam.records import DeadLetter, FeedItem
from tests.integration.captures import Capture, FeedServer, Validators, captures, serving

CAPTURES = int(os.environ.get("NEWSBEAM_STREAM", "10"))


def _plain_loop(chosen: list[Capture]) -> Counter[str]:
    """Return what feedparser and a dictionary see: items new, changed in any way, and vanished or back."""
    seen: dict[str, tuple[Any, ...]] = {}
    there: set[str] = set()
    found: Counter[str] = Counter()
    for capture in chosen:
        now = set()
        for entry in feedparser.parse(capture.body).entries:
            texts = tuple(part.value for part in entry.get("content", ()))
            shape = (entry.title, entry.get("summary"), texts, entry.link, entry.get("published"))
            if entry.id not in seen:
                found["new"] += 1
            elif seen[entry.id] != shape:
                found["changed"] += 1
            elif entry.id not in there:
                found["back"] += 1
            seen[entry.id] = shape
            now.add(entry.id)
        found["vanished"] += len(there - now)
        there = now
    return found


async def _pass(plan: Plan) -> list[FeedItem | DeadLetter | Noticed]:
    return [found async for found in take_in(plan)]


@pytest.mark.parametrize("validators", ["true", "lying", "none"])
def test_each_item_is_new_once_and_each_edit_is_a_revision(tmp_path: Path, validators: Validators) -> None:
    """The numbers equal those of a plain loop over the captures, whatever the server says of its bodies."""
    chosen = captures()[:CAPTURES]
    url = f"sqlite:///{tmp_path}/ledger.sqlite3"
    engine = opened(url)
    migrate(engine)
    http = HttpSettings(allow_private=("127.0.0.1",), host_spacing_seconds=0)
    seen: Counter[str] = Counter()
    passed: list[FeedItem] = []
    with serving(FeedServer(validators)) as server:
        feed = FeedSettings(url=server.url, full_text="never")
        for number, capture in enumerate(chosen):
            server.capture = capture
            for again in (False, True):  # asked twice: the second time nothing is new
                run_id, clock = f"{number}-{again}", FixedClock(capture.at)
                runs.start(engine, Holder(run_id, "host", 1, capture.now))
                due = due_feeds([feed], cursors(engine), clock, force=True)
                found = asyncio.run(_pass(Plan(tuple(due), http, clock, url, run_id)))
                items = [each for each in found if isinstance(each, FeedItem)]
                assert not [each for each in found if isinstance(each, DeadLetter)]
                assert not (again and items)
                passed += items
                seen.update({n.name: n.number for n in found if isinstance(n, Noticed)})
                runs.commit(engine, run_id, Ending(capture.now, {}, 0), {})
        answered = dict(server.answered)
    with reading(engine) as connection:
        rows = connection.execute(select(schema.ITEMS)).all()
        revisions = connection.execute(select(schema.REVISIONS.c.item_id, schema.REVISIONS.c.kind)).all()
    engine.dispose()
    plain = _plain_loop(chosen)
    ours = {kind.removeprefix("changes_"): number for kind, number in seen.items()}
    changed = sum(ours.get(kind, 0) for kind in ("edited", "retitled", "cosmetic", "redated"))
    edits = ours.get("edited", 0) + ours.get("retitled", 0)
    assert plain["new"] == ours["new"] == len(rows) == Counter(kind for _, kind in revisions)["new"]
    assert plain["vanished"] == ours["vanished"]
    assert plain["changed"] + plain["back"] == changed + ours.get("returned", 0)
    assert plain["new"] + edits == len(passed) == len(revisions)
    first = Counter(item.item_id for item in passed)
    assert {row.item_id: row.revision for row in rows} == first
    print(f"\n{validators} validators, {len(chosen)} captures asked for twice: {answered}")
    print(f"  plain loop {dict(plain)}")
    print(f"  ours {ours}")
