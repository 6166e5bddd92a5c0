"""Policies: what alerts, what is suppressed, and by what."""

import pytest
from pydantic import ValidationError

from newsbeam.policies import Policy, decide, outcome_of, raise_alerts
from newsbeam.records import Detection, Event
from tests.pipelines.streams import detection, item_events


def _event(**changes: object) -> Event:
    return item_events("a", 0, detection()._replace(**changes)).events[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("policy", "changes", "by"),
    [
        (Policy(), {}, ""),
        (Policy(), {"background": True}, "background"),
        (Policy(background=True), {"background": True}, ""),
        (Policy(), {"polarity": "negative"}, "denied"),
        (Policy(denied=True), {"polarity": "negative"}, ""),
        (Policy(families=("regulatory",)), {}, "family"),
        (Policy(types=("vendor.layoffs",)), {}, "type"),
        (Policy(vendors=("huawei",)), {}, "vendors"),
        (Policy(vendors=("xiaomi",)), {}, ""),
        (Policy(min_confidence=0.95), {}, "confidence"),
        (Policy(rumor_min_confidence=0.95), {"assertion": "rumor"}, "rumor"),
        (Policy(rumor_min_confidence=0.95), {}, ""),
    ],
)
def test_a_policy_says_by_what_it_suppresses(policy: Policy, changes: dict[str, object], by: str) -> None:
    """The first check that fails names itself."""
    assert by == decide(policy, _event(**changes)).suppressed_by


def test_an_alert_has_a_deterministic_id_and_a_reason() -> None:
    """The same event raises the same alert; another policy raises another."""
    (one,), _ = raise_alerts([Policy()], _event())
    (same,), _ = raise_alerts([Policy()], _event())
    (other,), _ = raise_alerts([Policy(name="other")], _event())
    assert one == same
    assert one.alert_id != other.alert_id
    assert "confirmed vendor.product_launch" in one.reason
    assert "trigger “launches” in the title" in one.reason


def test_outcomes() -> None:
    """No event, suppressed by what, alerted by whom."""
    event = _event(background=True)
    _, decisions = raise_alerts([Policy()], event)
    assert ("no_event", "nothing detected") == outcome_of("a", [], [])[1:]
    assert ("suppressed", "background") == outcome_of("a", [event], decisions)[1:]
    _, decisions = raise_alerts([Policy()], _event())
    assert ("alerted", "policy default") == outcome_of("a", [event], decisions)[1:]


def test_an_unknown_type_is_refused() -> None:
    """A policy that can never fire is a mistake."""
    with pytest.raises(ValidationError, match=r"no such event type: vendor\.lunch"):
        Policy(types=("vendor.lunch",))


def test_detection_is_what_travels() -> None:
    """The event keeps its detection unchanged."""
    assert isinstance(_event().detection, Detection)
