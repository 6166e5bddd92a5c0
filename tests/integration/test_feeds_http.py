"""How feeds are asked for, against a real server on loopback: every rule of politeness."""

import gzip
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import brotli
import pytest
import zstandard

from newsbeam.clock import FixedClock, from_iso
from newsbeam.feeds.cursor import Cursor, first_cursor
from newsbeam.feeds.poll import due_feeds
from newsbeam.feeds.settings import FeedSettings
from tests.integration.loopback import Reply, Request, Server, item, loopback, rss
from tests.integration.polling import CLOCK, NOW, http, poll, poll_all

BODY = rss(item(1), item(2))


@pytest.fixture
def server() -> Iterator[Server]:
    with loopback() as running:
        yield running


def waits(cursor: Cursor, now: datetime = NOW) -> float:
    """Return the seconds until the next poll."""
    assert cursor.next_poll_at
    return (from_iso(cursor.next_poll_at) - now).total_seconds()


def later(**ago: float) -> FixedClock:
    return FixedClock(NOW + timedelta(**ago))


def test_a_second_poll_is_conditional_and_a_304_says_that_nothing_is_new(server: Server) -> None:
    """Both validators are sent back as they came."""
    validators = {"ETag": 'W/"one"', "Last-Modified": "Thu, 01 Aug 2024 10:00:00 GMT"}
    server.answers["/"] = lambda request: (
        Reply(b"", 304) if "if-none-match" in request.headers else Reply(BODY, headers=validators)
    )
    first = poll(server.url("/"))
    second = poll(server.url("/"), first.cursor, later(minutes=10))
    sent = server.seen[1].headers
    assert ("new_body", "not_modified", ()) == (first.outcome, second.outcome, second.entries)
    assert ('W/"one"', validators["Last-Modified"]) == (sent["if-none-match"], sent["if-modified-since"])
    assert ("ok", 0.0) == (second.cursor.state, second.cursor.failure_score)


def test_the_same_body_without_validators_is_not_parsed_again(server: Server) -> None:
    """A hash of the body stands in for the validators that a server does not send."""
    server.answers["/"] = Reply(BODY)
    first = poll(server.url("/"))
    assert "same_body" == poll(server.url("/"), first.cursor).outcome


def test_a_body_that_differs_only_in_its_build_date_has_the_same_entries(server: Server) -> None:
    """Some servers write the time of the request into every answer."""
    server.answers["/"] = Reply(BODY)
    first = poll(server.url("/"))
    server.answers["/"] = Reply(
        BODY.replace(b"<title>A feed", b"<lastBuildDate>now</lastBuildDate><title>A feed")
    )
    second = poll(server.url("/"), first.cursor)
    assert ("same_entries", ()) == (second.outcome, second.entries)


def test_a_server_whose_304_lies_is_found_out_and_not_believed_again(server: Server) -> None:
    """After six hours of 304 the feed is asked without conditions; an old tag on a new body is a lie."""
    body = BODY

    def lying(request: Request) -> Reply:
        return (
            Reply(b"", 304)
            if "if-none-match" in request.headers
            else Reply(body, headers={"ETag": '"always"'})
        )

    server.answers["/"] = lying
    cursor = poll(server.url("/")).cursor
    body = rss(item(1), item(2), item(3))
    believed = poll(server.url("/"), cursor, later(hours=1))
    found = poll(server.url("/"), believed.cursor, later(hours=7))
    body = rss(item(4))
    after = poll(server.url("/"), found.cursor, later(hours=7, minutes=10))
    assert ["not_modified", "new_body", "new_body"] == [believed.outcome, found.outcome, after.outcome]
    assert found.cursor.distrusted
    assert "if-none-match" not in server.seen[-1].headers


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(BODY)),
        ("x-gzip", gzip.compress(BODY[:100]) + gzip.compress(BODY[100:])),
        ("deflate", zlib.compress(BODY)),
        ("deflate", zlib.compress(BODY)[2:-4]),
        ("br", brotli.compress(BODY)),
        ("zstd", zstandard.compress(BODY)),
        ("gzip, br", brotli.compress(gzip.compress(BODY))),
        ("identity", BODY),
    ],
)
def test_packed_bodies_are_unpacked(server: Server, coding: str, packed: bytes) -> None:
    """All codings that we say we accept, and the odd forms that servers send."""
    server.answers["/"] = Reply(packed, headers={"Content-Encoding": coding})
    polled = poll(server.url("/"))
    assert (2, len(packed)) == (len(polled.entries), polled.size)
    assert "gzip, deflate, br, zstd" == server.seen[0].headers["accept-encoding"]


def test_a_permanent_redirect_is_remembered_and_a_temporary_one_is_not(server: Server) -> None:
    """Only as far as every step so far was permanent."""
    server.answers |= {
        "/old": Reply(b"", 301, {"Location": "/new"}),
        "/new": Reply(b"", 302, {"Location": server.url("/today")}),
        "/today": Reply(BODY),
    }
    first = poll(server.url("/old"))
    second = poll(server.url("/old"), first.cursor)
    assert server.url("/new") == first.cursor.moved_to
    assert ["/old", "/new", "/today", "/new", "/today"] == [request.path for request in server.seen]
    assert "same_body" == second.outcome


def test_a_feed_that_fails_at_its_new_address_is_asked_for_at_the_old_one_again(server: Server) -> None:
    """A redirect set up by mistake must not lose a feed for ever."""
    server.answers |= {"/old": Reply(b"", 301, {"Location": "/new"}), "/new": Reply(BODY)}
    cursor = poll(server.url("/old")).cursor
    server.answers |= {"/old": Reply(BODY), "/new": Reply(b"", 404)}
    for _ in range(2):
        cursor = poll(server.url("/old"), cursor).cursor
    assert ("", "same_body") == (cursor.moved_to, poll(server.url("/old"), cursor).outcome)


def test_a_redirect_to_an_address_with_a_secret_is_not_kept(server: Server) -> None:
    """The ledger holds no secrets."""
    server.answers |= {"/old": Reply(b"", 301, {"Location": "/new?token=abc"}), "/new?token=abc": Reply(BODY)}
    polled = poll(server.url("/old"))
    assert ("new_body", "") == (polled.outcome, polled.cursor.moved_to)


def test_a_redirect_to_what_is_no_feed_is_not_remembered(server: Server) -> None:
    """Such as the front page, or the form of a hotel's network."""
    server.answers |= {
        "/old": Reply(b"", 301, {"Location": "/home"}),
        "/home": Reply("<html><body>Hi</body></html>"),
    }
    polled = poll(server.url("/old"))
    assert ("failed", "") == (polled.outcome, polled.cursor.moved_to)
    assert "is no feed: the answer is an HTML page" == polled.cursor.words


@pytest.mark.parametrize(
    ("status", "state", "score"),
    [
        (401, "forbidden", 1.0), (403, "forbidden", 1.0), (404, "missing", 1.0), (429, "limited", 0.25),
        (500, "failing", 0.5), (502, "failing", 0.5), (503, "limited", 0.25), (204, "broken", 1.0),
        (304, "broken", 1.0), (418, "broken", 1.0),
    ],
)  # fmt: skip
def test_each_refusal_has_its_state_its_weight_and_its_words(
    server: Server, status: int, state: str, score: float
) -> None:
    """And is asked again later each time, at most a day on."""
    server.answers["/"] = Reply(b"", status)
    cursor = first_cursor(FeedSettings(url=server.url("/")))
    spans = []
    for _ in range(14):
        cursor = poll(server.url("/"), cursor).cursor
        spans.append(waits(cursor))
    assert sorted(spans) == spans
    least = 300 * 2**score
    assert int(least) <= spans[0] <= least * 1.1 + 1  # whole seconds; the jitter hangs on the server's port
    assert spans[-1] <= 86_400 * 1.1
    assert (state, f"HTTP {status}") == (cursor.state, cursor.words[:8])


def test_a_feed_that_is_gone_is_not_due_any_more_unless_forced(server: Server) -> None:
    """410 says: stop."""
    server.answers["/"] = Reply(b"", 410)
    feed = FeedSettings(url=server.url("/"))
    cursors = {feed.feed_id: poll(feed.url).cursor}
    assert "gone" == cursors[feed.feed_id].state
    assert [] == due_feeds([feed], cursors, later(days=400))
    assert 1 == len(due_feeds([feed], cursors, later(days=400), force=True))


def test_a_feed_revives_with_one_success(server: Server) -> None:
    """However long it has been ill."""
    server.answers["/"] = Reply(b"", 500)
    cursor = first_cursor(FeedSettings(url=server.url("/")))
    for _ in range(9):
        cursor = poll(server.url("/"), cursor).cursor
    server.answers["/"] = Reply(BODY)
    cursor = poll(server.url("/"), cursor).cursor
    assert ("ok", 0.0, "") == (cursor.state, cursor.failure_score, cursor.words)
    assert 300 <= waits(cursor) <= 330


@pytest.mark.parametrize(
    ("told", "least"),
    [
        ("7200", 7200),
        ("Thu, 01 Aug 2024 14:00:00 GMT", 7200),
        ("999999999999", 86_400),
        ("-5", 0),
        ("soon", 0),
    ],
)
def test_retry_after_is_honoured_up_to_a_day(server: Server, told: str, least: int) -> None:
    """As a number of seconds or as a date; nonsense is passed over."""
    server.answers["/"] = Reply(b"", 429, {"Retry-After": told})
    assert max(least, 300) <= waits(poll(server.url("/")).cursor) <= max(least * 1.1, 400)


def test_a_host_that_asks_to_wait_is_left_alone_for_all_its_feeds(server: Server) -> None:
    """One request is enough to learn it."""
    for path in ("/1", "/2", "/3"):
        server.answers[path] = Reply(b"", 503, {"Retry-After": "3600"})
    feeds = [FeedSettings(url=server.url(path)) for path in ("/1", "/2", "/3")]
    polled = poll_all([(feed, first_cursor(feed)) for feed in feeds], http())
    assert ["limited"] * 3 == [each.cursor.state for each in polled]
    assert all(waits(each.cursor) >= 3600 for each in polled)
    assert 1 == len(server.seen)


@pytest.mark.parametrize(
    ("headers", "least"),
    [
        ({"Cache-Control": "public, max-age=3600"}, 3600),
        ({"Cache-Control": "max-age=3600", "Age": "600"}, 3000),
        ({"Expires": "Thu, 01 Aug 2024 13:00:00 GMT"}, 3600),
        ({"Expires": "Thu, 01 Aug 2030 01:00:00 GMT", "Date": "Thu, 01 Aug 2030 00:00:00 GMT"}, 3600),
        ({"Cache-Control": "max-age=99999999"}, 6 * 3600),
        ({"Cache-Control": "no-cache, max-age=3600"}, 300),
        ({"Expires": "0"}, 300),
        ({}, 300),
    ],
)
def test_an_answer_that_stays_fresh_puts_the_next_poll_off(
    server: Server, headers: dict[str, str], least: int
) -> None:
    """By Cache-Control, else Expires, but not beyond most_interval."""
    server.answers["/"] = Reply(BODY, headers=headers)
    assert least <= waits(poll(server.url("/")).cursor) <= least * 1.1 + 1


def test_the_interval_grows_while_nothing_changes_and_shrinks_when_something_does(server: Server) -> None:
    """Between least_interval and most_interval."""
    server.answers["/"] = Reply(BODY)
    cursor, grown = first_cursor(FeedSettings(url=server.url("/"))), []
    for _ in range(25):
        cursor = poll(server.url("/"), cursor).cursor
        grown.append(cursor.interval)
    server.answers["/"] = Reply(rss(item(9)))
    shrunk = poll(server.url("/"), cursor).cursor
    assert (300, 375, 6 * 3600) == (grown[0], grown[1], grown[-1])
    assert 3 * 3600 == shrunk.interval


def test_a_pass_every_five_minutes_finds_a_busy_feed_due_each_time(server: Server) -> None:
    """With the default interval, whatever its jitter: else it would be asked every other time only."""
    for number in range(20):
        server.answers[f"/{number}"] = Reply(BODY)
        feed = FeedSettings(url=server.url(f"/{number}"))
        (polled,) = poll_all([(feed, first_cursor(feed))], http())
        cursors = {feed.feed_id: polled.cursor._replace(interval=feed.least_seconds)}
        assert [] == due_feeds([feed], cursors, later(minutes=3))
        assert 1 == len(due_feeds([feed], cursors, later(minutes=5)))


def test_feeds_are_spread_by_a_jitter_that_depends_on_the_url_alone(server: Server) -> None:
    """A hundred feeds do not come back in the same second, and a re-run gives the same times."""
    for number in range(20):
        server.answers[f"/{number}"] = Reply(BODY)
    spans = [waits(poll(server.url(f"/{number}")).cursor) for number in range(20)]
    assert len(set(spans)) > 10
    assert spans[3] == waits(poll(server.url("/3")).cursor)


def test_a_host_gets_one_request_at_a_time_and_a_pause_between_two(server: Server) -> None:
    """While other hosts are asked meanwhile; the total is limited."""
    server.delay = 0.02
    hosts = [f"127.0.0.{number}" for number in range(1, 7)]
    feeds = [FeedSettings(url=server.url(f"/{n}", host)) for host in hosts for n in range(3)]
    for number in range(3):
        server.answers[f"/{number}"] = Reply(BODY)
    poll_all([(feed, first_cursor(feed)) for feed in feeds], http(host_spacing_seconds=0.1, connections=4))
    assert 1 == max(server.most_at_once.values())
    for host in hosts:
        times = [request.at for request in server.seen if request.headers["host"].startswith(f"{host}:")]
        assert 3 == len(times)
        assert all(after - before >= 0.1 for before, after in pairwise(times))


def test_no_more_connections_than_allowed(server: Server) -> None:
    """Counted by the server."""
    server.delay = 0.03
    server.answers["/"] = Reply(BODY)
    feeds = [FeedSettings(url=server.url("/", f"127.0.1.{number}")) for number in range(1, 21)]
    polled = poll_all([(feed, first_cursor(feed)) for feed in feeds], http(connections=3))
    times = sorted(request.at for request in server.seen)
    assert 20 == len(polled)
    assert all(after - before > 0.02 for before, after in zip(times, times[3:], strict=False))


def test_the_user_agent_names_the_program_and_the_contact(server: Server) -> None:
    """So that a server's owner can write to the operator."""
    server.answers["/"] = Reply(BODY)
    poll(server.url("/"), contact="ops@example.com")
    agent = server.seen[0].headers["user-agent"]
    assert agent.startswith("newsbeam/")
    assert agent.endswith(" (+ops@example.com)")
    assert "cookie" not in server.seen[0].headers


def test_a_user_and_password_in_the_url_are_sent_but_shown_nowhere(server: Server) -> None:
    """Not even in the links of the items, which are resolved against it."""
    server.answers["/private"] = Reply(rss("<title>A</title><link>/story</link>"))
    polled = poll(server.url("/private", "user:hunter2@127.0.0.1"))
    assert "Basic dXNlcjpodW50ZXIy" == server.seen[0].headers["authorization"]
    assert server.url("/story") == polled.entries[0].item.url
    assert "hunter2" not in repr(polled)


@pytest.mark.parametrize(
    ("body", "state", "words"),
    [
        (rss(), "empty", ""),
        (rss("<title>A</title>", "<title>B</title>"), "undated", ""),
        (rss(item(1)), "ok", ""),
        (b"", "broken", "is no feed: the answer is empty"),
        (b"<rss version='2.0'><channel><title>cut o", "broken", "is not well-formed"),
        (b"just text", "broken", "is no feed"),
        (b'{"hello": 1}', "broken", "is JSON, but no JSON Feed"),
    ],
)
def test_empty_broken_and_undated_are_three_things(
    server: Server, body: bytes, state: str, words: str
) -> None:
    """Each has its own state of health; only broken is a failure and a dead letter."""
    server.answers["/"] = Reply(body)
    polled = poll(server.url("/"))
    assert state == polled.cursor.state
    assert polled.cursor.words.startswith(words)
    assert (state == "broken") == bool(polled.dead_letters)


def test_health_outlives_a_304(server: Server) -> None:
    """An undated feed that has not changed is still undated, also after a failure between."""
    server.answers["/"] = Reply(rss("<title>A</title>"), headers={"ETag": '"1"'})
    cursor = poll(server.url("/")).cursor
    server.answers["/"] = Reply(b"", 500)
    cursor = poll(server.url("/"), cursor).cursor
    server.answers["/"] = Reply(b"", 304)
    assert "undated" == poll(server.url("/"), cursor).cursor.state


def test_a_feed_whose_next_poll_is_impossibly_far_is_due() -> None:
    """The clock was set back."""
    feed = FeedSettings(url="https://news.example/feed")
    cursor = Cursor(feed.feed_id, next_poll_at="2024-08-01T12:30:00Z")
    cursors = {feed.feed_id: cursor}
    assert [] == due_feeds([feed], cursors, CLOCK)
    assert [(feed, cursor)] == due_feeds([feed], cursors, FixedClock(datetime(2024, 7, 1, tzinfo=UTC)))
    assert [(feed, cursor)] == due_feeds([feed], cursors, later(minutes=31))


def test_a_feed_polled_in_what_is_the_future_now_is_due(server: Server) -> None:
    """The clock was set back, be it by less than a day; clocks that differ by seconds change nothing."""
    server.answers["/"] = Reply(BODY)
    feed = FeedSettings(url=server.url("/"))
    cursors = {feed.feed_id: poll(feed.url).cursor}
    due = [bool(due_feeds([feed], cursors, later(seconds=seconds))) for seconds in (-7200, -61, -30, 0)]
    assert [True, True, False, False] == due


def test_a_busy_feed_that_says_304_for_long_is_doubted_sooner(server: Server) -> None:
    """After the time in which it usually brings three items; a quiet one after six hours."""
    times = [f"Thu, 01 Aug 2024 {hour:02}:30:00 GMT" for hour in range(12)]
    body = rss(*(item(number, date=date) for number, date in enumerate(times)))
    server.answers["/"] = lambda request: (
        Reply(b"", 304) if "if-none-match" in request.headers else Reply(body, headers={"ETag": '"1"'})
    )
    cursor = poll(server.url("/")).cursor
    assert 12 == cursor.items_a_day
    for hours, conditional in ((5.9, True), (6.1, False)):
        poll(server.url("/"), cursor, later(hours=hours))
        assert conditional == ("if-none-match" in server.seen[-1].headers)
    for a_day, hours, conditional in (
        (24.0, 2.9, True),
        (24.0, 3.1, False),
        (500.0, 0.9, True),
        (500.0, 1.1, False),
    ):
        poll(server.url("/"), cursor._replace(items_a_day=a_day), later(hours=hours))
        assert conditional == ("if-none-match" in server.seen[-1].headers)


def test_a_host_that_asked_to_wait_is_left_alone_by_later_passes_too(server: Server) -> None:
    """For all of its feeds until the time is over, and not for ever should the clock be set back."""
    server.answers["/1"] = Reply(b"", 429, {"Retry-After": "3600"})
    feeds = [FeedSettings(url=server.url(path)) for path in ("/1", "/2")]
    other = FeedSettings(url=server.url("/3", "127.0.0.9"))
    cursors = {feeds[0].feed_id: poll(feeds[0].url).cursor}

    def due(clock: FixedClock) -> list[FeedSettings]:
        return [feed for feed, _ in due_feeds([*feeds, other], cursors, clock)]

    assert [other] == due(later(minutes=59))
    assert [] == due_feeds(feeds[1:], cursors, later(minutes=59), known=feeds)
    assert feeds[1] in due(later(minutes=61))  # the first has a jitter of up to six minutes
    assert [*feeds, other] == due(later(hours=-2))
    assert 3 == len(due_feeds([*feeds, other], cursors, later(minutes=1), force=True))
    server.answers["/1"] = Reply(BODY)
    cursors[feeds[0].feed_id] = poll(feeds[0].url, cursors[feeds[0].feed_id], later(minutes=2)).cursor
    assert [feeds[1], other] == due(later(minutes=3))
