"""How good is the detection? Compares what the nlp pipeline finds in labelled items with their labels.

A labelled item is a mapping with ``id``, ``title``, ``summary`` and ``events``: a list of mappings with
``type``, ``vendors`` (names), ``authority`` (name or None) and ``assertion``. ``url`` and ``published``
are optional. Background facts are not counted: they are not news.

An event is right when the item has an event of its type. Vendors are compared as one set of names over
an item, each name brought to its catalogue id. ``joint`` counts an event as right only if its type is
right and it shares a vendor with the label (or both name none). ``any vendor.*`` and ``any regulatory.*``
ask only whether the item has an event of the family, whichever its type.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from spacy.language import Language

from newsbeam.errors import ItemError
from newsbeam.nlp.document import make_doc
from newsbeam.records import Detection
from newsbeam.taxonomy import TYPES, family

FAMILIES = ("vendor", "regulatory")
MACRO_MIN_ITEMS = 5  # types with fewer labelled items are left out of the macro average
_SUFFIX = re.compile(
    r",?\s+(?:inc|corp|corporation|ltd|llc|plc|gmbh|ag|sa|nv|co|group|holdings?)\.?$", re.IGNORECASE
)
_KEEP = re.compile(r"[^a-z0-9+#]+")


@dataclass
class Score:
    """Counts of right, wrong and missed findings."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def support(self) -> int:
        """How many there are to find."""
        return self.right + self.missed

    @property
    def precision(self) -> float:
        """Share of the findings that are right; 0 where there are none."""
        return self.right / (self.right + self.wrong) if self.right else 0.0

    @property
    def recall(self) -> float:
        """Share of what there is to find that was found; 0 where there is nothing."""
        return self.right / self.support if self.right else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / (2 * self.right + self.wrong + self.missed) if self.right else 0.0

    def add(self, found: set[Any], wanted: set[Any]) -> None:
        """Count one item's findings against what it holds."""
        self.right += len(found & wanted)
        self.wrong += len(found - wanted)
        self.missed += len(wanted - found)


@dataclass
class Report:
    """What :func:`evaluate` measured over ``items`` items. ``assertion`` is (right, of all right types)."""

    items: int = 0
    types: dict[str, Score] = field(default_factory=lambda: {name: Score() for name in TYPES})
    vendors: Score = field(default_factory=Score)
    joint: Score = field(default_factory=Score)
    event_or_not: Score = field(default_factory=Score)
    families: dict[str, Score] = field(default_factory=lambda: {name: Score() for name in FAMILIES})
    assertion_right: int = 0
    assertion_all: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)

    def total(self, of_family: str = "") -> Score:
        """Return the sum over all types, or over those of one family."""
        total = Score()
        for name, score in self.types.items():
            if of_family in {"", family(name)}:
                total.right += score.right
                total.wrong += score.wrong
                total.missed += score.missed
        return total

    @property
    def macro_f1(self) -> float:
        """Mean F1 over the types with at least :data:`MACRO_MIN_ITEMS` labelled items."""
        scores = [score.f1 for score in self.types.values() if score.support >= MACRO_MIN_ITEMS]
        return sum(scores) / len(scores) if scores else 0.0

    @property
    def assertion_accuracy(self) -> float:
        """Share of the rightly typed events whose assertion is right too."""
        return self.assertion_right / self.assertion_all if self.assertion_all else 0.0


@cache
def _vendor_forms() -> dict[str, str]:
    from newsbeam.knowledge.catalogue import load_vendors  # noqa: PLC0415  (large; only evaluation needs it here)

    forms: dict[str, str] = {}
    for vendor in load_vendors():
        for form in (vendor.name, *vendor.aliases, *vendor.brands, *vendor.products):
            forms.setdefault(_squeeze(form), vendor.id)
    return forms


def _squeeze(name: str) -> str:
    """Return ``name`` without case, signs and suffix; the signs of "Disney+" and "Notepad++" tell."""
    return _KEEP.sub("", _SUFFIX.sub("", name.casefold()))


def canonical_vendor(name: str) -> str:
    """Return the catalogue id that ``name`` stands for, else the name without case, signs and suffix."""
    squeezed, forms = _squeeze(name), _vendor_forms()
    plain = squeezed.rstrip("+#")
    return forms.get(squeezed) or forms.get(plain, plain)


def read_labelled(path: Path) -> list[dict[str, Any]]:
    """Read labelled items, one JSON object a line; raise ItemError that names the line."""
    items = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            item = json.loads(line)
        except ValueError as error:
            raise ItemError("not JSON", where=where) from error
        if not isinstance(item, dict) or "title" not in item or not isinstance(item.get("events"), list):
            raise ItemError("a labelled item needs title and events", where=where)
        unknown = {event.get("type") for event in item["events"]} - set(TYPES)
        if unknown:
            raise ItemError(f"unknown event type {min(map(str, unknown))}", where=where)
        items.append(item)
    return items


def detect_item(nlp: Language, item: Mapping[str, Any]) -> list[Detection]:
    """Return what ``nlp`` finds in a labelled item, background facts left out."""
    doc = make_doc(
        nlp,
        item["title"] or "",
        item.get("summary") or "",
        item.get("text") or "",
        item.get("published"),
        item.get("url") or "",
    )
    return [detection for detection in doc._.events if not detection.background]


def evaluate(
    items: Iterable[Mapping[str, Any]],
    nlp: Language,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Run ``nlp`` over ``items`` and score it; ``progress`` is told the number of items done."""
    report = Report()
    for item in items:
        score_item(report, item, detect_item(nlp, item))
        if progress:
            progress(report.items)
    return report


def score_item(report: Report, item: Mapping[str, Any], found: Sequence[Detection]) -> None:
    """Add one item to ``report``."""
    report.items += 1
    wanted_types = {event["type"] for event in item["events"]}
    found_types = {detection.type for detection in found}
    for name in wanted_types | found_types:
        report.types[name].add({name} & found_types, {name} & wanted_types)
    wanted_vendors = {canonical_vendor(name) for event in item["events"] for name in event["vendors"]}
    found_vendors = {_vendor_key(vendor.id, vendor.name) for d in found for vendor in d.vendors}
    report.vendors.add(found_vendors, wanted_vendors)
    for name, score in report.families.items():
        has, should = ({1} if name in map(family, types) else set() for types in (found_types, wanted_types))
        score.add(has, should)
    report.event_or_not.add({1} if found else set(), {1} if item["events"] else set())
    joint_right = _joint_right(item["events"], found)
    report.joint.right += joint_right
    report.joint.wrong += len(found_types) - joint_right
    report.joint.missed += len(wanted_types) - joint_right
    assertions = {event["type"]: event["assertion"] for event in item["events"]}
    for detection in found:
        if detection.type in assertions:
            report.assertion_all += 1
            report.assertion_right += detection.assertion == assertions[detection.type]
    if wanted_types != found_types or wanted_vendors != found_vendors:
        report.errors.append(_error(item, found, wanted_types - found_types, found_types - wanted_types))


def _vendor_key(vendor_id: str, name: str) -> str:
    return canonical_vendor(name) if vendor_id.startswith("~") else vendor_id


def _joint_right(events: Sequence[Mapping[str, Any]], found: Sequence[Detection]) -> int:
    right = set()
    for event in events:
        wanted = {canonical_vendor(name) for name in event["vendors"]}
        for detection in found:
            names = {_vendor_key(vendor.id, vendor.name) for vendor in detection.vendors}
            if detection.type == event["type"] and (names & wanted or not (names or wanted)):
                right.add(detection.type)
    return len(right)


def _error(
    item: Mapping[str, Any], found: Sequence[Detection], missed: set[str], wrong: set[str]
) -> dict[str, Any]:
    return {
        "id": item.get("id", ""),
        "title": item["title"],
        "summary": item.get("summary") or "",
        "missed": sorted(missed),
        "wrong": sorted(wrong),
        "labelled": [{"type": event["type"], "vendors": list(event["vendors"])} for event in item["events"]],
        "found": [
            {
                "type": detection.type,
                "vendors": [vendor.name for vendor in detection.vendors],
                "confidence": detection.confidence,
                "rule": detection.evidence.rule,
                "trigger": detection.evidence.trigger,
                "evidence": detection.evidence.sentence,
                "features": list(detection.evidence.features),
            }
            for detection in found
        ],
    }


def _figures(score: Score) -> dict[str, float | int]:
    return {
        "precision": round(score.precision, 4),
        "recall": round(score.recall, 4),
        "f1": round(score.f1, 4),
        "support": score.support,
    }


def to_dict(report: Report, *, errors: bool = False) -> dict[str, Any]:
    """Return ``report`` as plain values for JSON; ``errors`` adds the list of errors."""
    result: dict[str, Any] = {
        "items": report.items,
        "micro": _figures(report.total()),
        "macro_f1": round(report.macro_f1, 4),
        "families": {name: _figures(report.total(name)) for name in FAMILIES},
        "any_of_family": {name: _figures(score) for name, score in report.families.items()},
        "vendors": _figures(report.vendors),
        "joint": _figures(report.joint),
        "event_or_not": _figures(report.event_or_not),
        "assertion_accuracy": round(report.assertion_accuracy, 4),
        "types": {
            name: _figures(score)
            for name, score in report.types.items()
            if score.support or score.right or score.wrong
        },
    }
    if errors:
        result["errors"] = report.errors
    return result


def _line(name: str, score: Score) -> str:
    return (
        f"{name:<32}{score.precision:>10.3f}{score.recall:>9.3f}{score.f1:>9.3f}"
        f"{score.support:>9}{score.right:>7}{score.wrong:>7}{score.missed:>8}"
    )


def render(report: Report, *, errors: bool = False) -> str:
    """Return ``report`` as a table for people; ``errors`` lists every item that is not all right."""
    head = (
        f"{'':<32}{'precision':>10}{'recall':>9}{'F1':>9}{'labelled':>9}{'right':>7}{'wrong':>7}{'missed':>8}"
    )
    lines = [f"{report.items} items", head]
    lines += [_line(name, score) for name, score in report.types.items() if score.support or score.wrong]
    lines += [
        "",
        *(_line(f"{name}.*", report.total(name)) for name in FAMILIES),
        *(_line(f"any {name}.*", score) for name, score in report.families.items()),
        _line("micro, all types", report.total()),
        _line("vendors", report.vendors),
        _line("joint (type and a vendor)", report.joint),
        _line("event or not", report.event_or_not),
        f"{'macro F1':<32}{report.macro_f1:>28.3f}   types with at least {MACRO_MIN_ITEMS} items",
        f"{'assertion accuracy':<32}{report.assertion_accuracy:>28.3f}",
    ]
    if errors:
        lines += ["", *(_render_error(error) for error in report.errors)]
    return "\n".join(lines)


def render_difference(what: str, without: Report, report: Report) -> str:
    """Return what ``what`` adds: the main figures without it, with it, and the difference."""
    lines = [f"{what + ': what it adds':<48}{'without':>10}{'with':>10}{'difference':>12}"]
    for name, figure in _MAIN.items():
        before, after = figure(without), figure(report)
        lines.append(f"{name:<48}{before:>10.3f}{after:>10.3f}{after - before:>+12.3f}")
    return "\n".join(lines)


_MAIN: Mapping[str, Callable[[Report], float]] = {
    "micro F1": lambda report: report.total().f1,
    "macro F1": lambda report: report.macro_f1,
    "vendors F1": lambda report: report.vendors.f1,
    "joint F1": lambda report: report.joint.f1,
    "regulatory precision": lambda report: report.total("regulatory").precision,
}


def _render_error(error: Mapping[str, Any]) -> str:
    lines = [f"{error['id']}  {error['title']}"]
    if error["summary"]:
        lines.append(f"    {error['summary']}")
    for event in error["labelled"]:
        mark = "MISSED" if event["type"] in error["missed"] else "      "
        lines.append(f"  {mark} labelled {event['type']}: {', '.join(event['vendors']) or '-'}")
    for event in error["found"]:
        mark = "WRONG " if event["type"] in error["wrong"] else "      "
        lines.append(
            f"  {mark} found    {event['type']}: {', '.join(event['vendors']) or '-'}  "
            f"[{event['confidence']:.2f} {event['rule']}: {event['trigger']!r}]"
        )
        if event["features"]:
            lines.append(f"           because {', '.join(event['features'])}")
    return "\n".join(lines)
