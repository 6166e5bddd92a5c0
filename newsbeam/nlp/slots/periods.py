"""Periods ("Q1 2021", "H1 2024", "FY 2025", "next five years"), resolved against publication."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from newsbeam.nlp.slots.dates import (
    MONTH,
    YEAR,
    looks_ahead,
    month_number,
    parse_day,
    resolve_day,
    resolve_month,
)

_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_TAIL = (
    r"(?:,?\s+(?:of\s+|in\s+)?(?:(?:fiscal|FY|calendar)(?:\s+year)?\s?)?"
    rf"(?P<{{}}>{YEAR}|this year|last year))?"
)
_PERIOD = re.compile(
    rf"\b(?:fiscal\s+|FY)?Q(?P<q1>[1-4])(?:{_TAIL.format('y1')}|[’'](?P<s1>\d\d)\b)(?!\w)"
    rf"|\b(?P<q2>first|second|third|fourth|1st|2nd|3rd|4th)[\s-](?:fiscal[\s-])?quarter\b{_TAIL.format('y2')}"
    rf"|\b(?P<q3>[1-4])Q(?P<s3>\d\d)\b"
    rf"|\bH(?P<h1>[12])\b{_TAIL.format('y4')}"
    rf"|\b(?P<h2>first|second|1st|2nd)[\s-]half\b(?!-)(?:\s+of\s+the\s+year)?{_TAIL.format('y5')}"
    rf"|\b(?:FY\s?|fiscal(?:\s+year)?\s+|full[\s-]year\s+)(?P<fy>{YEAR})\b"
    r"|\b(?P<lastq>(?:last|previous|prior|latest)\s+quarter)\b"
    rf"|\b(?:in|by|during|for|of|since|through)\s+(?P<year>{YEAR})\b(?![-–]|\s*[%$])"
    rf"|\b(?:in|as of|for|during)\s+(?P<month>{MONTH})(?:\s+(?P<my>{YEAR}))?(?!\s*\d)(?!\w)"
    r"|\b(?:(?:over|in|for|during|within|across) )?(?:the )?(?P<span>(?:next|coming|past|last) "
    r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|several|few) (?:years|months|weeks|decades))\b"
    r"|\b(?P<unit>quarter|three months|half[\s-]year|six months|(?:fiscal |financial |full )?year)\s+"
    rf"(?:ended|ending|to)\s+(?:on\s+)?(?:(?P<ud1>\d\d?)\s+)?(?P<um>{MONTH})(?!\w)"
    rf"(?:\s+(?P<ud2>\d\d?)(?!\d))?(?:,?\s+(?P<uy>{YEAR}))?"
    r"|\b(?P<long>(?:\d+|two|three|four|five|six|seven|eight|nine|ten|multi)-year)\b"
    r"|\b(?P<rel>this year|last year|next year)\b",
    re.IGNORECASE,
)
_MAY_BE_PERIOD = re.compile(r"\d|uarter|half|year| (?:in|of|for|during) [A-Z]")  # cheap: most text has none
_TOWARDS = re.compile(
    r"\b(?:in|by|to|until|till|from|before|starting|beginning|for)"
    r"(?: the| early| late| fiscal| mid| end of)*[ -]$",
    re.IGNORECASE,
)
_LENGTHS = {"Q": 3, "H": 6}
_RANK = re.compile(r"^(?:Q|H|FY)")


class PeriodSpan(NamedTuple):
    """A period; ``text`` is normalised.

    "Q1 2021", "H1 2024", "FY 2025", "2023", "2021-09", "next five years".
    """

    start: int
    end: int
    text: str


def _year(text: str | None, day: date | None) -> str | None:
    if text is None or text.isdigit():
        return text
    if day is None:
        return None
    return str(day.year - (text.lower() == "last year"))


def _nearest_quarter(number: int, day: date | None, *, ahead: bool) -> str:
    """Return the quarter ``number`` that is over or running on ``day``, with ``ahead`` running or to come."""
    if day is None:
        return f"Q{number}"
    running = (day.month + 2) // 3
    year = day.year + (number < running) if ahead else day.year - (number > running)
    return f"Q{number} {year}"


def _quarter(groups: dict[str, str], day: date | None, *, ahead: bool) -> str | None:
    if short := groups.get("s3"):
        return f"Q{groups['q3']} 20{short}"
    if "lastq" in groups:
        return _previous_quarter(day)
    digit = groups.get("q1") or groups.get("q2")
    if digit is None:
        return None
    number = int(digit) if digit.isdigit() else _QUARTERS[digit.lower()]
    year = groups.get("y1") or groups.get("y2") or (f"20{groups['s1']}" if "s1" in groups else None)
    if year is None:
        return _nearest_quarter(number, day, ahead=ahead)
    return f"Q{number} {_year(year, day) or ''}".strip()


def _half(groups: dict[str, str], day: date | None, *, ahead: bool) -> str | None:
    half = groups.get("h1") or groups.get("h2")
    if half is None:
        return None
    number = int(half) if half.isdigit() else _QUARTERS[half.lower()]
    this = str(day.year + (ahead and number == 1 and day.month > 6)) if day else ""
    year = _year(groups.get("y4") or groups.get("y5"), day) or this
    return f"H{number} {year}".strip()


def _closing(groups: dict[str, str], day: date | None) -> str | None:
    """Return the period that "quarter ended June 30" means: a calendar one where it is one.

    Of a company's own year ("quarter ended January 31") only the last month is known, not the number. A
    quarter of 13 weeks may close in the first days of the month after.
    """
    month, number = month_number(groups["um"]), int(groups.get("ud1") or groups.get("ud2") or 28)
    end = resolve_day(month, number, groups.get("uy"), day, future=False)
    if end is None:
        return None
    last = date.fromisoformat(end) - timedelta(days=7 if number <= 7 else 0)
    unit = groups["unit"].lower()
    if "year" in unit and "half" not in unit:
        return f"FY {last.year}" if last.month == 12 else f"year to {last.isoformat()[:7]}"
    length, letter, words = (3, "Q", "quarter") if unit in ("quarter", "three months") else (6, "H", "half")
    whole, rest = divmod(last.month, length)
    return f"{words} to {last.isoformat()[:7]}" if rest else f"{letter}{whole} {last.year}"


def _longer(groups: dict[str, str], day: date | None) -> str | None:
    if year := groups.get("fy"):
        return f"FY {year}"
    if "unit" in groups:
        return _closing(groups, day)
    if name := groups.get("month"):
        return resolve_month(month_number(name), groups.get("my"), day, future=False)
    if word := groups.get("rel"):
        return _relative_year(word, day)
    span = groups.get("year") or groups.get("span") or groups.get("long")
    return span.lower() if span else None


def _period(match: re.Match[str], day: date | None, *, ahead: bool = False) -> str | None:
    groups = {key: value for key, value in match.groupdict().items() if value}
    return _quarter(groups, day, ahead=ahead) or _half(groups, day, ahead=ahead) or _longer(groups, day)


def _previous_quarter(day: date | None) -> str | None:
    if day is None:
        return None
    number = (day.month + 2) // 3 - 1
    return f"Q{number} {day.year}" if number else f"Q4 {day.year - 1}"


def _relative_year(text: str, day: date | None) -> str | None:
    shift = {"this": 0, "last": -1, "next": 1}[text.lower().split()[0]]
    return str(day.year + shift) if day else None


def find_periods(text: str, published: str | None = None) -> list[PeriodSpan]:
    """Return the periods in ``text``; without ``published`` relative ones stay open or are left out."""
    if not _MAY_BE_PERIOD.search(text):
        return []
    day = parse_day(published)
    found = ((match, _period(match, day)) for match in _PERIOD.finditer(text))
    return [PeriodSpan(*match.span(), period) for match, period in found if period]


def period_of(spans: list[PeriodSpan]) -> PeriodSpan | None:
    """Return the most telling period: a quarter, half or fiscal year before anything else."""
    return min(spans, key=lambda s: (not _RANK.match(s.text), s.start)) if spans else None


def coming_period(text: str, trigger: tuple[int, int], published: str | None = None) -> PeriodSpan | None:
    """Return the quarter or half, running or to come, in which what the trigger says takes effect."""
    day = parse_day(published)
    if day is None or not _MAY_BE_PERIOD.search(text):
        return None
    for match in _PERIOD.finditer(text, trigger[0]):
        period = _period(match, day, ahead=True)
        if not (period and re.match(r"[QH]\d \d", period) and _TOWARDS.search(text[: match.start()])):
            continue
        last = (int(period[3:]), int(period[1]) * _LENGTHS[period[0]])  # year and last month
        running = last[1] - _LENGTHS[period[0]] < day.month and last[0] == day.year
        if last >= (day.year, day.month) and (not running or looks_ahead(text, match)):
            return PeriodSpan(*match.span(), period)
    return None
