"""Windows and the keys counted in them."""

import pytest

from newsbeam.counts import count_keys, make_count, parse_duration
from tests.pipelines.streams import detection, item_events


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("5m", 300), ("6h", 21600), ("1d", 86400), ("2w", 1209600)]
)
def test_durations(text: str, seconds: int) -> None:
    """A whole number and a unit."""
    assert seconds == parse_duration(text)


@pytest.mark.parametrize("text", ["", "1", "d", "1.5d", "-1d", "1 day", "1y"])
def test_no_durations(text: str) -> None:
    """The message says how to write one."""
    with pytest.raises(ValueError, match="such as 1d"):
        parse_duration(text)


def test_an_event_counts_for_each_of_its_vendors_once() -> None:
    """Two names of one vendor are one key."""
    (event,) = item_events("a", 0, detection(("xiaomi", "leica", "xiaomi"), "vendor.partnership")).events
    assert [("leica", "vendor.partnership"), ("xiaomi", "vendor.partnership")] == count_keys(event)


def test_an_event_without_vendor_counts_under_a_dash() -> None:
    """It is not lost."""
    (event,) = item_events("a", 0, detection((), "regulatory.tariff")).events
    assert [("-", "regulatory.tariff")] == count_keys(event)


def test_background_counts_nowhere() -> None:
    """It was counted when it happened."""
    (event,) = item_events("a", 0, detection()._replace(background=True)).events
    assert [] == count_keys(event)


def test_the_id_of_a_count_is_its_key_not_its_value() -> None:
    """So that a later total replaces an earlier one."""
    first = make_count(0, 86400, ("xiaomi", "vendor.earnings"), 1, 1)
    later = make_count(0, 86400, ("xiaomi", "vendor.earnings"), 5, 2)
    assert first.count_id == later.count_id
    assert ("1970-01-01T00:00:00Z", "1970-01-02T00:00:00Z") == (first.window_start, first.window_end)
