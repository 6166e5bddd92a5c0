"""Policies: which events are worth an alert, and why.

A policy is data (see docs/operators.md). Its checks run in a fixed order; the first that fails says
by what the event was suppressed.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, field_validator

from newsbeam.records import Alert, Event, Outcome, digest
from newsbeam.taxonomy import TYPES, family


class Policy(BaseModel):
    """Which events raise alerts. Empty lists mean all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(default="default", pattern=r"^[a-z0-9][a-z0-9_-]*$")
    vendors: tuple[str, ...] = ()
    families: tuple[Literal["vendor", "regulatory"], ...] = ("vendor", "regulatory")
    types: tuple[str, ...] = ()
    min_confidence: float = Field(default=0.25, ge=0, le=1)
    rumor_min_confidence: float = Field(default=0.7, ge=0, le=1)
    background: bool = False
    denied: bool = False

    @field_validator("types")
    @classmethod
    def _known(cls, types: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(types) - set(TYPES))
        if unknown:
            raise ValueError(f"no such event type: {', '.join(unknown)}")
        return types


class Decision(NamedTuple):
    """What a policy makes of an event: ``suppressed_by`` is empty where it alerts; ``reason`` is in words."""

    policy: str
    suppressed_by: str
    reason: str


def decide(policy: Policy, event: Event) -> Decision:
    """Return what ``policy`` makes of ``event``."""
    for name, fails, words in _checks(policy, event):
        if fails:
            return Decision(policy.name, name, words)
    return Decision(policy.name, "", _reason(policy, event))


def _checks(policy: Policy, event: Event) -> Iterable[tuple[str, bool, str]]:
    seen = event.detection
    rumor = seen.assertion == "rumor"
    yield "background", seen.background and not policy.background, "restates an older fact"
    yield "denied", seen.polarity == "negative" and not policy.denied, "the text denies it"
    yield "family", family(seen.type) not in policy.families, f"family {family(seen.type)} is not watched"
    yield "type", bool(policy.types) and seen.type not in policy.types, f"type {seen.type} is not watched"
    watched = not policy.vendors or any(vendor.id in policy.vendors for vendor in seen.vendors)
    yield "vendors", not watched, f"none of its vendors is watched ({_names(event)})"
    yield (
        "confidence",
        seen.confidence < policy.min_confidence,
        f"confidence {seen.confidence:.2f} is below {policy.min_confidence:.2f}",
    )
    yield (
        "rumor",
        rumor and seen.confidence < policy.rumor_min_confidence,
        f"a rumor of confidence {seen.confidence:.2f}, below {policy.rumor_min_confidence:.2f}",
    )


def _names(event: Event) -> str:
    return ", ".join(vendor.name for vendor in event.detection.vendors) or "no vendor named"


def _reason(policy: Policy, event: Event) -> str:
    seen = event.detection
    who = [v.name for v in seen.vendors if v.id in policy.vendors] if policy.vendors else []
    whom = f"watched vendor {', '.join(who)}" if who else f"vendors: {_names(event)}"
    kind = "a rumor of" if seen.assertion == "rumor" else "confirmed"
    return (
        f"policy {policy.name}: {kind} {seen.type}, {whom}, "
        f"confidence {seen.confidence:.2f}, trigger “{seen.evidence.trigger}” in the {seen.evidence.field}"
    )


def raise_alerts(policies: Sequence[Policy], event: Event) -> tuple[list[Alert], list[Decision]]:
    """Return the alerts that ``event`` raises, one a policy at most, and all decisions."""
    decisions = [decide(policy, event) for policy in policies]
    alerts = [
        Alert(
            alert_id=digest(decision.policy, event.story_id, "1"),
            policy=decision.policy,
            action="new",
            revision=1,
            reason=decision.reason,
            event=event,
        )
        for decision in decisions
        if not decision.suppressed_by
    ]
    return alerts, decisions


def outcome_of(item_id: str, events: Sequence[Event], decisions: Sequence[Decision]) -> Outcome:
    """Return how an item with these events and decisions over them ends."""
    raised = sorted({decision.policy for decision in decisions if not decision.suppressed_by})
    if raised:
        return Outcome(item_id, "alerted", "policy " + ", ".join(raised))
    if events:
        return Outcome(item_id, "suppressed", ", ".join(sorted({d.suppressed_by for d in decisions})))
    return Outcome(item_id, "no_event", "nothing detected")
