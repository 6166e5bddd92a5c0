"""What an edit leaves of the counts of its item."""

from pathlib import Path

import apache_beam as beam
from apache_beam.testing.util import assert_that, equal_to

from newsbeam.counts import make_count
from newsbeam.ledger import runs
from newsbeam.ledger.engine import migrate, opened
from newsbeam.ledger.lock import Holder
from newsbeam.ledger.rows import to_text
from newsbeam.ledger.runs import Ending
from newsbeam.ledger.streams import Writer, delivered, events_between, events_of, write
from newsbeam.policies import Policy, raise_alerts
from newsbeam.records import Alert, Event, EventCount, ItemEvents
from tests.pipelines.streams import DAY, LAUNCH, detection, item_events
from transforms.empty_counts import EmptyCounts
from transforms.recall_windows import RecallWindows
from transforms.withhold_delivered import WithholdDelivered

NOW = "1970-01-05T00:00:00Z"


def _pass(
    url: str, run_id: str, items: list[ItemEvents], recalled: list[str], emptied: list[EventCount]
) -> None:
    runs.start(opened(url), Holder(run_id, "host", 1, NOW))
    with beam.Pipeline(runner="FnApiRunner") as pipeline:
        seen = pipeline | beam.Create(items, reshuffle=False)
        again = seen | RecallWindows(url, DAY, run_id) | beam.Map(lambda item: item.item_id)
        assert_that(again, equal_to(recalled), label="recalled")
        counts = pipeline | "Counts" >> beam.Create([], reshuffle=False)
        noughts = {"items": seen, "counts": counts} | EmptyCounts(url, DAY)
        assert_that(noughts, equal_to(emptied), label="emptied")
    write(opened(url), "events", [event for item in items for event in item.events], Writer(run_id, NOW))
    runs.commit(opened(url), run_id, Ending(NOW, {}, 0), {})


def test_an_edit_takes_back_what_its_old_words_counted(tmp_path: Path) -> None:
    """Their windows are counted again without it, also where it has no events left; so do later passes."""
    url = f"sqlite:///{tmp_path}/ledger.sqlite3"
    migrate(opened(url))
    edited, other = item_events("edited", 5), item_events("other", 6)
    count = make_count(0, DAY, ("xiaomi", LAUNCH), 2, 2)
    _pass(url, "r1", [edited, other], [], [])
    write(opened(url), "counts", [count], Writer("r1", NOW))
    _pass(url, "r2", [edited._replace(events=())], ["other"], [count._replace(mentions=0, events=0)])
    between = ("1970-01-01T00:00:00Z", "1970-01-02T00:00:00Z")
    assert list(other.events) == list(events_between(opened(url), *between))
    assert [] == events_of(opened(url), ["edited"])
    # Other words, then the first ones again: told and counted as before.
    changed = item_events("edited", 5, detection(("samsung",)))
    for run_id, item in (("r3", changed), ("r4", edited)):
        _pass(url, run_id, [item], ["other"], [count._replace(mentions=0, events=0)])
        assert list(item.events) == events_of(opened(url), ["edited"])
    assert {} == delivered(opened(url), "events", [changed.events[0].event_id])
    opened(url).dispose()


def test_an_article_in_two_feeds_raises_an_alert_once(tmp_path: Path) -> None:
    """Its items have different ids, the alert has that of the article: also within one pass."""
    url = f"sqlite:///{tmp_path}/ledger.sqlite3"
    migrate(opened(url))
    (event,) = item_events("a", 5).events
    alerts = [
        raise_alerts((Policy(),), event._replace(item_id=item_id, source=item_id))[0][0]
        for item_id in ("one", "two")
    ]
    with beam.Pipeline(runner="FnApiRunner") as pipeline:
        raised = pipeline | beam.Create(alerts, reshuffle=False).with_output_types(Alert)
        told = raised | WithholdDelivered(url, "alerts") | beam.Map(lambda alert: alert.alert_id)
        assert_that(told, equal_to([alerts[1].alert_id]))
    opened(url).dispose()


def _tells(events: beam.PCollection[Event], url: str, told: list[Event]) -> None:
    new = events | WithholdDelivered(url, "events") | beam.Map(to_text)
    assert_that(new, equal_to([to_text(event) for event in told]))


def test_an_article_in_two_feeds_tells_its_event_once(tmp_path: Path) -> None:
    """In one pass and over two; the item that told it first tells its new form, too."""
    url = f"sqlite:///{tmp_path}/ledger.sqlite3"
    migrate(opened(url))
    (event,) = item_events("a", 5).events
    one, two = (event._replace(item_id=item_id, source=item_id) for item_id in ("one", "two"))
    edited = one._replace(title="Xiaomi launches two phones")
    passes = [([one, two], [one]), ([two], []), ([two, edited], [edited]), ([edited, two], [])]
    for number, (found, told) in enumerate(passes):
        runs.start(opened(url), Holder(f"r{number}", "host", 1, NOW))
        with beam.Pipeline(runner="FnApiRunner") as pipeline:
            events = pipeline | beam.Create(found, reshuffle=False).with_output_types(Event)
            _tells(events, url, told)
        write(opened(url), "events", told, Writer(f"r{number}", NOW))
        runs.commit(opened(url), f"r{number}", Ending(NOW, {}, 0), {})
    opened(url).dispose()
    with beam.Pipeline(runner="FnApiRunner") as pipeline:
        events = pipeline | beam.Create([one, two], reshuffle=False).with_output_types(Event)
        _tells(events, "", [one])  # before the first pass there is no ledger
