"""Whole passes measured: the ledger, the graph and detection on top of what bench_polling measures.

The floor of the first is the bare loop of the HTTP client; that of the second is feedparser and the kernel
(extract, detect, policies) in a plain loop over the same bodies, without a network or a ledger.
"""

import asyncio
import io
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import feedparser
from sqlalchemy import Engine

from benchmarks.bench_polling import FEEDS, HTTP, ITEMS, bare_loop, best, body, feeds_at, serving
from newsbeam import clock, logs, nlp
from newsbeam.articles import extract_article
from newsbeam.clock import FixedClock
from newsbeam.config import Settings, SinkSettings
from newsbeam.detection import detect_events
from newsbeam.feeds.cursor import first_cursor
from newsbeam.ledger import runs
from newsbeam.ledger.engine import migrate, opened
from newsbeam.ledger.items import Staged, stage
from newsbeam.ledger.lock import myself
from newsbeam.ledger.settings import LedgerSettings
from newsbeam.policies import Policy, raise_alerts
from newsbeam.records import FeedItem
from pipelines.request import Request
from pipelines.run import one_pass

NOW = FixedClock(clock.from_iso("2024-08-02T00:00:00Z"))


@contextmanager
def request(port: int, count: int) -> Iterator[Request]:
    """Give a pass over ``count`` feeds with a ledger, files and a log in a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as name, Path(name, "log").open("w") as log:
        logs.configure("human", out=log)
        settings = Settings(
            feeds=tuple(feeds_at(port, count)),
            http=HTTP,
            ledger=LedgerSettings(url=f"sqlite:///{name}/ledger.sqlite3"),
            sinks=(SinkSettings(type="jsonl", options={"folder": f"{name}/out"}),),
        )
        yield Request(settings, NOW, force=True)
        opened(settings.ledger.url).dispose()


def _remember_all(engine: Engine, wanted: Request) -> None:
    """Write cursors as if each feed had been read an hour ago."""
    now = clock.to_iso(NOW())
    runs.start(engine, myself("before", now))
    known = {
        "etag": '"1"',
        "body_hash": "x",
        "last_full_at": now,
        "last_success_at": now,
        "entries": 1,
        "state": "ok",
    }
    staged = [Staged(f.feed_id, first_cursor(f)._replace(**known), ()) for f in wanted.settings.feeds]
    stage(engine, "before", staged, now)
    runs.commit(engine, "before", runs.Ending(now, {}, 0), {})


def not_modified(port: int) -> None:
    """Print what a whole pass over feeds that have not changed costs beside the bare loop."""
    with request(port, FEEDS) as wanted:
        engine = opened(wanted.settings.ledger.url)
        migrate(engine)
        _remember_all(engine, wanted)
        assert one_pass(wanted).exit_code == 0  # imports, the first time
        bare = best(lambda: asyncio.run(bare_loop([feed.url for feed in wanted.settings.feeds])))
        ours = best(lambda: one_pass(wanted))
    print(f"\na whole pass over {FEEDS} feeds, all 304: lock, ledger, graph, commit")
    print(f"  the HTTP client in a bare loop  {bare:6.2f} s")
    print(f"  a pass                          {ours:6.2f} s   {ours / bare:.2f} times  (aim: at most 1.5)")


def new_items(port: int) -> None:
    """Print the throughput of a whole pass over feeds of new items beside the plain loop."""
    _plain_loop(range(2))  # loads the detector
    sample = max(1, FEEDS // 10)
    before = _plain_loop(range(sample)) / (sample * ITEMS)
    with request(port, FEEDS) as wanted:
        started = time.perf_counter()
        report = one_pass(wanted)
        ours = (time.perf_counter() - started) / (FEEDS * ITEMS)
        assert report.facts is not None
        assert report.facts.totals["items_read", ""] == FEEDS * ITEMS
    floor = (before + _plain_loop(range(sample)) / (sample * ITEMS)) / 2
    print(f"\na whole pass over {FEEDS} feeds of {ITEMS} new items")
    print(f"  feedparser and kernel, plain loop  {1 / floor:6.0f} items/s (no network, no ledger)")
    print(f"  a pass                             {1 / ours:6.0f} items/s   {floor / ours:.2f}  (aim: 0.7)")


def _plain_loop(feeds: range) -> float:
    """Return the seconds that feedparser and the kernel take for ``feeds``."""
    language, policies = nlp.load(), (Policy(),)
    bodies = [body(feed) for feed in feeds]
    started = time.perf_counter()
    for each in bodies:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            entries = feedparser.parse(io.BytesIO(each)).entries
        for entry in entries:
            content = entry.content[0].value
            item = FeedItem(
                entry.id, "bench", entry.link, entry.title, entry.summary, content, "text/html", "feed",
                "2024-08-01T10:00:00Z", "feed", "2024-08-02T00:00:00Z",
            )  # fmt: skip
            for event in detect_events(extract_article(item), language).events:
                raise_alerts(policies, event)
    return time.perf_counter() - started


def peak(port: int, count: int) -> None:
    """Do a pass over ``count`` feeds of new items and print the peak in MiB."""
    with request(port, count) as wanted:
        one_pass(wanted)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def memory(port: int) -> None:
    """Print the peak memory of whole passes, each in a process of its own."""
    print("\npeak memory of a whole pass over feeds of new items")
    for count in (FEEDS // 10, FEEDS):
        command = [sys.executable, "-m", "benchmarks.bench_run", str(port), str(count)]
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1]
        )
        print(f"  {count:>5} feeds  {float(done.stdout.split()[-1]):7.1f} MiB")


def main() -> None:
    """Measure all of it."""
    with serving() as port:
        not_modified(port)
        new_items(port)
        memory(port)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        peak(int(sys.argv[1]), int(sys.argv[2]))
    else:
        main()
