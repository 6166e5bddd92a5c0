"""Percentages and counts of people.

Of a range of people ("2,000-3,000 workers") the lower end counts, what is certain; what has no exact number
("hundreds of jobs") is no count.
"""

import re
from typing import NamedTuple

from newsbeam.nlp.slots.numerals import NUMBER, SPELLED, read_number, read_spelled

_NUM = r"\d+(?:[.,]\d+)*"
_SIGN = r"(?:\s?%|[\s-]?(?:percent|per cent|pct)\b)"
_PERCENT = re.compile(
    rf"(?<![\w.])(?P<low>{_NUM}){_SIGN}?\s?(?:[-–—]|to|and|or)\s?(?P<high>{_NUM}){_SIGN}(?!age)"
    rf"|(?<![\w.])(?P<one>{_NUM}){_SIGN}(?!age)"
    r"|\b(?P<word>ten|fifteen|twenty|twenty-five|thirty|forty|fifty|sixty|seventy|eighty|ninety) "
    r"(?:percent|per cent)\b"
    r"|\b(?P<part>half|(?:a |one[- ])?third|(?:a |one[- ])?quarter|two[- ]thirds|three[- ]quarters|"
    r"(?:a |one[- ])?fifth|(?:a |one[- ])?tenth) (?:of )?(?:its|their|the|all|his|her)(?: [\w’'-]+){0,2}? "
    r"(?:staff|workforce|employees|workers|headcount|team|jobs|market|revenue|shipments|sales)\b",
    re.IGNORECASE,
)
_MAY_BE_PERCENT = re.compile(r"%|per ?cent|pct|half|third|uarter|fifth|tenth", re.IGNORECASE)
_PARTS = {"half": "50%", "third": "33%", "quarter": "25%", "two-thirds": "67%", "three-quarters": "75%"}
_PARTS |= {"fifth": "20%", "tenth": "10%"}

_MOST_STAFF = 2_500_000  # no employer has more; a larger count is of users or inhabitants
_MAY_BE_COUNT = re.compile(r"\d|undred|housand|illion|ozen")
_PEOPLE = (
    r"(?:jobs?|employees?|workers?|staff(?:ers)?|people|persons?|positions?|roles?|engineers?|contractors?|"
    r"developers|moderators|executives|members of staff|staff members|team members|layoffs|redundancies|"
    r"posts|hires|researchers|scientists|technicians|drivers|headcount)"
)
_COUNT_SCALE = r"\s?k\b|\s?(?:thousand|million)\b"
_COUNT = (
    rf"(?:(?:(?<=between )(?P<between>))?(?P<digits>{NUMBER})(?P<scale>{_COUNT_SCALE})?"
    rf"(?:(?:\s?[-–—]\s?|\s(?(between)and|to)\s){NUMBER}(?P<upper_scale>{_COUNT_SCALE})?)?"
    rf"|(?P<spelled>{SPELLED}))"
)
_HEADCOUNT = re.compile(
    rf"(?<![\w$€£¥.,])(?<!from )(?!(?:19|20)\d\d (?:layoffs?|job cuts?|jobs?)\b){_COUNT}"
    r"(?:[\s-]+(?:of\s+)?(?!percent\b|per\b|in\b|at\b|to\b|on\b|and\b)[\w’'&-]+){0,4}?"
    rf"[\s-]+{_PEOPLE}\b"
    r"(?! (?:years|hours|live|use|lives|watch|were|are|in|around|across|worldwide|have)\b)",
    re.IGNORECASE,
)
_LAID_OFF = re.compile(
    r"\b(?:lays?|laying|laid) off (?:(?:about|around|roughly|some|nearly|almost|over|more than|at least|"
    rf"up to|between|approximately|another|an additional) )*{_COUNT}"
    r"(?![\d.,]*(?:\s?(?:[-–—]|to|and)\s?[\d.,]+)?\s?(?:%|percent|per cent))(?!\d)",
    re.IGNORECASE,
)
_SCALE = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e3}


class PercentSpan(NamedTuple):
    """A percentage or a range of them; ``text`` is normalised: "42%", "40% to 60%", "33%" for a third."""

    start: int
    end: int
    text: str


class CountSpan(NamedTuple):
    """A number of people or users."""

    start: int
    end: int
    value: int


def _percent(match: re.Match[str]) -> str:
    if match["low"]:
        return f"{match['low']}% to {match['high']}%"
    if match["one"]:
        return f"{match['one']}%"
    if match["word"]:
        return f"{read_spelled(match['word']):.0f}%"
    part = match["part"].lower().removeprefix("a ").removeprefix("one ").removeprefix("one-")
    return _PARTS[part.replace(" ", "-")]


def find_percents(text: str) -> list[PercentSpan]:
    """Return the percentages in ``text``, left to right. Percentage points are not percentages."""
    if not _MAY_BE_PERCENT.search(text):
        return []
    return [PercentSpan(*match.span(), _percent(match)) for match in _PERCENT.finditer(text)]


def _count(match: re.Match[str]) -> int:
    groups = match.groupdict()
    if groups.get("spelled"):
        return round(read_spelled(groups["spelled"]))
    scale = (groups.get("scale") or groups.get("upper_scale") or "").strip().lower()
    factor = {"thousand": 1e3, "million": 1e6, "billion": 1e9}.get(scale) or _SCALE.get(scale[:1], 1.0)
    return round(read_number(groups["digits"]) * factor)


def find_headcounts(text: str) -> list[CountSpan]:
    """Return the counts of jobs or people who work in ``text``: "cuts 1,000 jobs", "lays off 900"."""
    if not _MAY_BE_COUNT.search(text):
        return []
    spans: list[CountSpan] = []
    for pattern in (_HEADCOUNT, _LAID_OFF):
        for match in pattern.finditer(text):
            value = _count(match)
            if 0 < value <= _MOST_STAFF and not any(
                s.start < match.end() and match.start() < s.end for s in spans
            ):
                spans.append(CountSpan(*match.span(), value))
    return sorted(spans)
