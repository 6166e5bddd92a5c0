"""What became of the items of a feed."""

import pytest

from newsbeam.feeds.entries import Entry
from newsbeam.ledger.changes import ItemRow, changes
from newsbeam.records import FeedItem

FEED = "feed-1"
NOW = "2024-04-01T12:00:00Z"
LATER = "2024-04-01T13:00:00Z"


def _entry(
    item_id: str = "a",
    *,
    title: str = "Title",
    words: str = "w1",
    raw: str = "r1",
    published: str | None = "2024-04-01T10:00:00Z",
) -> Entry:
    item = FeedItem(
        item_id, "source", f"https://news.example/{item_id}", title, "", "",
        "text/html", "summary", published,
        "feed" if published else "none", NOW,
    )  # fmt: skip
    return Entry(item, raw, words, wants_page=False)


def _known(*entries: Entry, feed: str = FEED) -> dict[str, ItemRow]:
    return {change.row.item_id: change.row for change in changes(feed, entries, {}, {}, NOW)}


def test_an_item_never_seen_is_new_with_revision_one() -> None:
    """It goes through the graph."""
    (change,) = changes(FEED, [_entry()], {}, {}, NOW)
    assert ("new", 1, 1, NOW) == (
        change.kind,
        change.row.revision,
        change.row.present,
        change.row.first_seen_at,
    )
    assert change.passes_on


@pytest.mark.parametrize(
    ("now", "kind", "revision", "passes_on"),
    [
        (_entry(), "unchanged", 1, False),
        (_entry(raw="r2"), "cosmetic", 1, False),
        (_entry(raw="r2", title="TITLE!"), "cosmetic", 1, False),
        (_entry(raw="r2", published="2024-04-01T11:00:00Z"), "redated", 1, False),
        (_entry(raw="r2", words="w2"), "edited", 2, True),
        (_entry(raw="r2", words="w2", title="Other"), "retitled", 2, True),
    ],
)
def test_a_known_item_is_compared_by_its_words_first(
    now: Entry, kind: str, revision: int, passes_on: bool
) -> None:
    """Only new words make a revision; markup, blanks and dates do not."""
    (change,) = changes(FEED, [now], _known(_entry()), {}, LATER)
    assert (kind, revision, passes_on) == (change.kind, change.row.revision, change.passes_on)
    assert NOW == change.row.first_seen_at


def test_an_item_that_left_the_feed_has_vanished_and_may_return() -> None:
    """Back with the same words it is no news; with others it is a revision."""
    known = _known(_entry("a"), _entry("b"))
    kept, gone = changes(FEED, [_entry("a")], known, {}, LATER)
    assert ("unchanged", "vanished") == (kept.kind, gone.kind)
    assert (0, LATER) == (gone.row.present, gone.row.last_seen_at)
    known["b"] = gone.row
    assert ["unchanged", "returned"] == [
        c.kind for c in changes(FEED, [_entry("a"), _entry("b")], known, {}, LATER)
    ]
    edited = changes(FEED, [_entry("a"), _entry("b", words="w2", raw="r2")], known, {}, LATER)
    assert [("edited", 2, True)] == [
        (c.kind, c.row.revision, c.passes_on) for c in edited if c.row.item_id == "b"
    ]
    assert [] == [c for c in changes(FEED, [_entry("a")], known, {}, LATER) if c.kind == "vanished"]


def test_an_item_of_another_feed_is_a_duplicate_and_its_edits_are_not_told_twice() -> None:
    """The feed that was first tells them."""
    (first,) = changes(FEED, [_entry()], {}, {"a": "feed-0"}, NOW)
    assert ("duplicate", False, "feed-0") == (first.kind, first.passes_on, first.row.duplicate_of)
    (again,) = changes(FEED, [_entry(words="w2", raw="r2")], {"a": first.row}, {}, LATER)
    assert ("edited", False) == (again.kind, again.passes_on)


def test_of_entries_with_one_id_the_first_counts() -> None:
    """A feed that repeats an id does not edit its own item."""
    found = changes(FEED, [_entry(words="w1"), _entry(words="w2")], {}, {}, NOW)
    assert [("new", "w1")] == [(change.kind, change.row.content_hash) for change in found]


def test_a_clock_that_was_set_back_does_not_move_last_seen_back() -> None:
    """It stays at the latest time known."""
    known = _known(_entry())
    (change,) = changes(FEED, [_entry(raw="r2")], known, {}, "2020-01-01T00:00:00Z")
    assert NOW == change.row.last_seen_at
