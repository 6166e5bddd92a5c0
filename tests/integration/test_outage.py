"""Our own network is down: no feed is to blame."""

import asyncio
import socket
from pathlib import Path

from structlog.testing import capture_logs

from newsbeam.clock import to_iso
from newsbeam.feeds.cursor import Cursor, first_cursor
from newsbeam.feeds.settings import FeedSettings
from newsbeam.ledger import runs
from newsbeam.ledger.engine import migrate, opened
from newsbeam.ledger.intake import Plan, take_in
from newsbeam.ledger.items import cursors
from newsbeam.ledger.lock import Holder
from tests.integration.loopback import Reply, item, loopback, rss
from tests.integration.polling import CLOCK, NOW, http


def _polled(folder: Path, feeds: list[FeedSettings], run_id: str) -> tuple[list[Cursor], list[str]]:
    """Return the cursors after a pass, and what was logged as an error."""
    url = f"sqlite:///{folder}/ledger.sqlite3"
    engine = opened(url)
    migrate(engine)
    runs.start(engine, Holder(run_id, "host", 1, to_iso(NOW)))
    known = cursors(engine)
    due = tuple((feed, known.get(feed.feed_id, first_cursor(feed))) for feed in feeds)

    async def run() -> None:
        async for _ in take_in(Plan(due, http(), CLOCK, url, run_id)):
            pass

    with capture_logs() as logged:
        asyncio.run(run())
    runs.commit(engine, run_id, runs.Ending(to_iso(NOW), {}, 0), {})
    known = cursors(engine)
    engine.dispose()
    errors = [line["event"] for line in logged if line["log_level"] == "error"]
    return [known[feed.feed_id] for feed in feeds], errors


def test_feeds_are_not_put_off_when_none_can_be_reached(tmp_path: Path) -> None:
    """They say what is wrong and are asked again soon; where one answers, the others are to blame."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    away = [FeedSettings(url=f"http://127.0.0.{n}:{port}/") for n in range(1, 4)]
    for number in range(5):
        found, errors = _polled(tmp_path, away, f"r{number}")
        assert [("unreachable", 0.0)] * 3 == [(each.state, each.failure_score) for each in found]
        assert ["no feed could be reached"] == errors
        assert all(each.next_poll_at and each.next_poll_at < "2024-08-01T12:05:00Z" for each in found)
    with loopback() as server:
        server.answers["/"] = Reply(rss(item(1)))
        found, errors = _polled(tmp_path, [*away, FeedSettings(url=server.url("/", "127.0.0.9"))], "last")
    assert [0.75, 0.75, 0.75, 0.0] == [each.failure_score for each in found]
    assert [] == errors
    few, _ = _polled(tmp_path, away[:2], "few")
    assert [1.5, 1.5] == [each.failure_score for each in few]
