"""Dates on which something takes effect, resolved against publication; periods.py builds on it.

Written out by hand, without dateparser: its import alone takes longer than our whole loading may, and it
sees dates in ordinary words ("may", "sat", "on").
"""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

MONTHS = "january february march april may june july august september october november december".split()
MONTH = (
    r"(?-i:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)|Apr(?:il|\.)?|May|June?|Jun\.|July?|Jul\.|Aug(?:ust|\.)?|"
    r"Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
YEAR = r"(?:19|20)\d\d"
FARTHEST_AHEAD = 9  # months; a bare month that is farther ahead is the one just over
_COUNTS = {
    word: n for n, word in enumerate("one two three four five six seven eight nine ten".split(), start=1)
}
_DATE = re.compile(
    rf"\b(?P<m>{MONTH})\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*(?:percent|%|million|billion|,\d{{3}}))"
    rf"(?:,?\s+(?P<y>{YEAR}))?"
    rf"|\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m2>{MONTH})(?:,?\s+(?P<y2>{YEAR}))?(?!\w)"
    rf"|\b(?P<iso>{YEAR}-\d\d-\d\d)\b"
    rf"|\b(?P<m3>{MONTH})\s+(?P<y3>{YEAR})\b"
    rf"|\b(?:by|in|from|until|starting|beginning|since|as soon as|before|this|next|late|early|mid-|end of)\s+"
    rf"(?P<m4>{MONTH})(?!\s*\d)(?![a-z])"
    r"|\b(?P<near>today|tomorrow|tonight)\b"
    r"|\b(?P<now>effective immediately|immediately effective|with immediate effect)\b"
    r"|\b(?P<nday>(?:(?:next|this|on|last|from|by|until|starting|beginning|before|after) )?"
    rf"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b(?![’']|,?\s+(?:{MONTH}|\d))"
    r"|\b(?P<nrel>next (?:week|month|year)|later this (?:month|year))\b"
    r"|\b(?P<close>(?:at|by|before|until) (?:the )?"
    r"(?:end of (?:the|this) (?:month|year)|(?:month|year)(?:[’']s)?[- ]end))\b"
    r"|\b(?:(?:in|by|from|until|before|for|to) "
    r"(?:(?:early|late|mid|the (?:start|beginning|middle|end) of|sometime in)[ -])?|(?:early|late|mid)[ -])"
    rf"(?P<y5>{YEAR})\b(?![-–]|\s*[%$]|\s+(?-i:[A-Z]))"
    rf"|\b(?P<n1>\d{{1,2}})(?P<mark>[/.])(?P<n2>\d{{1,2}})(?P=mark)(?P<y6>{YEAR})\b"
    rf"|\bin (?:about |around )?(?P<count>\d{{1,2}}|{'|'.join(_COUNTS)}) "
    r"(?P<step>days|weeks?|months?)\b(?! of\b)",
    re.IGNORECASE,
)
_MAY_BE_DATE = re.compile(
    r"\d|\b(?:next|today|tonight|tomorrow|later|Next|Today|Later)\b|day\b|end\b|mmediate|"
    r"\b(?:days|weeks?|months?)\b|\b(?:Jan|Feb|Mar|Apr|May|Ju[nl]|Aug|Sep|Oct|Nov|Dec)"
)
# Words before a date (nearby) or anywhere left of it that make it the date of taking effect.
_EFFECT = re.compile(
    r"\b(?:effective(?: as)?(?: of| on| from)?|starting|beginning|from|as soon as|as early as|by|until|on|in|"
    r"as of|launch(?:es|ing)?|arriv(?:es|ing)|available|due|out|comes?|coming|goes on sale|go on sale|"
    r"ships?|shipping|takes effect|take effect|after|end(?:s|ing)? |before|this|next|,)\s*$",
    re.IGNORECASE,
)
_FUTURE = re.compile(
    r"\b(?:will|shall|to|from|starting|beginning|effective|by|until|set|due|next|coming|upcoming|"
    r"available|plans?|expected|scheduled|slated|arriv(?:es|ing)|launch(?:es|ing)|out|"
    r"ends|starts|begins|takes? effect|goes|as (?:soon|early) as)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:was|were|had|since|ago|last|earlier|launched|announced|said|reported|filed)\b", re.IGNORECASE
)
# What looks ahead even in a sentence that looks back: "said it will close on January 18".
_WILL = re.compile(
    r"\b(?:will|shall|set to|plans? to|effective|starting|beginning|due|scheduled|slated|coming|upcoming)\b",
    re.IGNORECASE,
)
# The day on which it was said is not the day on which it takes effect.
_SAID = re.compile(
    r"\b(?:said|says|told|announced|reported|confirmed|revealed|filed|wrote|posted|tweeted|"
    r"statement|according to(?: \w+){1,3})(?: (?:late|early|here))?(?: (?:on|in))?\s*$",
    re.IGNORECASE,
)
# "The second round in two months" counts back: such words before it make it no date ahead.
_COUNTED_BACK = re.compile(
    r"\b(?:first|second|third|fourth|fifth|last|most|\w+est|times?|once|twice|only|just|sold|record|more|less)\b",
    re.IGNORECASE,
)


_BARE_MONTH = re.compile(
    rf"\b(?:in|since|until|of|last) (?P<m>{MONTH})(?!\w)(?! (?:19|20)\d\d)", re.IGNORECASE
)


class DateSpan(NamedTuple):
    """A date; ``iso`` is ``YYYY-MM-DD`` or, where only so much is said, ``YYYY-MM`` or ``YYYY``."""

    start: int
    end: int
    iso: str


@lru_cache(maxsize=256)
def parse_day(published: str | None) -> date | None:
    """Return the day of an ISO date or date-time, None where there is none."""
    try:
        return date.fromisoformat(published[:10]) if published else None
    except ValueError:
        return None


def month_number(name: str) -> int:
    """Return the number of the month that ``name`` begins or shortens."""
    return next(n for n, month in enumerate(MONTHS, start=1) if month.startswith(name.lower().strip(".")[:3]))


def resolve_month(
    month: int, year: str | None, day: date | None, *, future: bool | None, after: bool = False
) -> str | None:
    """Return the month, without a year the next, last or nearest; with ``after`` not the running one."""
    if year:
        return f"{year}-{month:02}"
    if day is None:
        return None
    if future is None:
        future = (month - day.month) % 12 < 6
    if future:
        return f"{day.year + (month < day.month or (after and month == day.month))}-{month:02}"
    return f"{day.year - (month > day.month)}-{month:02}"


def resolve_day(
    month: int, number: int, year: str | None, day: date | None, *, future: bool | None
) -> str | None:
    """Return the day, without a year the next, last or nearest; None where there is no such day."""
    try:
        if year:
            return date(int(year), month, number).isoformat()
        if day is None:
            return None
        choices = [date(day.year + shift, month, number) for shift in (-1, 0, 1)]
    except ValueError:  # February 30; February 29 next to a leap year is lost, too
        return None
    slack = timedelta(days=30)  # a launch of last week is still told with "will" in a feed that is slow
    if future:
        return min(choice for choice in choices if choice >= day - slack).isoformat()
    if future is False:
        return max(choice for choice in choices if choice <= day + slack).isoformat()
    return min(choices, key=lambda choice: abs(choice - day)).isoformat()


def _weekday(text: str, day: date, *, future: bool | None) -> str | None:
    which, _, name = text.lower().rpartition(" ")
    ahead = (_DAYS.index(name) - day.weekday()) % 7
    if which == "next":
        return (day + timedelta(days=ahead or 7)).isoformat()
    if which == "" and not future:
        return None
    if which == "last" or not future:
        return (day - timedelta(days=(-ahead) % 7)).isoformat()
    return (day + timedelta(days=ahead)).isoformat()


def _in_steps(count: str, step: str, day: date) -> str:
    """Return the day that lies ``count`` days or weeks ahead, or the month that lies so many months ahead."""
    number = int(count) if count.isdigit() else _COUNTS[count.lower()]
    if not step.lower().startswith("month"):
        days = number * (7 if step.lower().startswith("week") else 1)
        return (day + timedelta(days=days)).isoformat()
    years, month = divmod(day.month - 1 + number, 12)
    return f"{day.year + years}-{month + 1:02}"


def _relative(match: re.Match[str], groups: dict[str, str], day: date, *, future: bool | None) -> str | None:
    if word := groups.get("near"):
        return (day + timedelta(days=word.lower() == "tomorrow")).isoformat()
    if "now" in groups:
        return day.isoformat()
    if word := groups.get("nday"):
        return _weekday(word, day, future=future)
    if count := groups.get("count"):
        counts_back = not future or _COUNTED_BACK.search(
            match.string[max(0, match.start() - 60) : match.start()]
        )
        return None if counts_back else _in_steps(count, groups["step"], day)
    if word := groups.get("close"):
        return day.isoformat()[: 7 if "month" in word.lower() else 4]
    return {
        "next week": (day + timedelta(days=7 - day.weekday())).isoformat(),  # its Monday
        "next month": f"{day.year + day.month // 12}-{day.month % 12 + 1:02}",
        "next year": str(day.year + 1),
        "later this month": f"{day.year}-{day.month:02}",
        "later this year": str(day.year),
    }[groups["nrel"].lower()]


def _numeric(groups: dict[str, str]) -> str | None:
    """Return the day of "31.07.2026" or "07/31/2026", of "07/08/2026" only the year.

    With dots the day comes first; with strokes it comes first or second, depending on the country.
    """
    first, second, year = int(groups["n1"]), int(groups["n2"]), groups["y6"]
    if groups["mark"] == "/" and first != second and max(first, second) <= 12:
        return year
    day, month = (second, first) if groups["mark"] == "/" and second > 12 else (first, second)
    return resolve_day(month, day, year, None, future=None)


def _date(match: re.Match[str], day: date | None, *, future: bool | None) -> str | None:
    groups = {key: value for key, value in match.groupdict().items() if value}
    if iso := groups.get("iso"):
        return iso if parse_day(iso) else None
    if "n1" in groups:
        return _numeric(groups)
    if year := groups.get("y5"):
        return year
    if name := groups.get("m") or groups.get("m2"):
        number, year = groups.get("d") or groups["d2"], groups.get("y") or groups.get("y2")
        return resolve_day(month_number(name), int(number), year, day, future=future)
    if name := groups.get("m3") or groups.get("m4"):
        after = match.group().lower().startswith("next")
        return resolve_month(month_number(name), groups.get("y3"), day, future=future, after=after)
    return _relative(match, groups, day, future=future) if day else None


def looks_ahead(text: str, match: re.Match[str]) -> bool | None:
    """Say whether what stands before ``match`` looks ahead; None where nothing tells."""
    before = text[max(0, match.start() - 60) : match.end()]
    past = [found.end() for found in _PAST.finditer(before)]
    will = [found.end() for found in _WILL.finditer(before)]
    if past:
        return bool(will) and will[-1] > past[-1]
    return True if _FUTURE.search(before) else None


def find_dates(text: str, published: str | None = None, *, future: bool | None = None) -> list[DateSpan]:
    """Return the dates in ``text``, left to right.

    A date without a year is resolved against ``published``: to the next such day where the words before
    it look ahead (or ``future`` says so), to the last one where they look back, else to the nearest.
    """
    if not _MAY_BE_DATE.search(text):
        return []
    day = parse_day(published)
    spans: list[DateSpan] = []
    for match in _DATE.finditer(text):
        iso = _date(match, day, future=looks_ahead(text, match) if future is None else future)
        if iso:
            spans.append(DateSpan(*match.span(), iso))
    return spans


def _takes_effect(text: str, trigger: tuple[int, int], span: DateSpan) -> bool:
    before = text[trigger[1] : span.start]
    if _SAID.search(before):
        return False
    whole = text[max(0, span.start - 40) : span.end]
    ends = span.end >= len(text.rstrip(" ."))
    return bool(_EFFECT.search(before[-30:]) or _FUTURE.search(whole) or ends)


def _months_between(first: str, second: str) -> int:
    return 12 * (int(second[:4]) - int(first[:4])) + int(second[5:7]) - int(first[5:7])


def _is_present(text: str, trigger: tuple[int, int]) -> bool:
    """Say whether the trigger is told in the present ("kills", "is shutting down") and nothing looks back."""
    verb = text[trigger[0] : trigger[1]].partition(" ")[0].lower()
    return verb.endswith(("s", "ing")) and not _PAST.search(text)


def effective_of(
    text: str, trigger: tuple[int, int], published: str | None = None, *, scheduled: bool = False
) -> DateSpan | None:
    """Return the date on which what the trigger says takes effect: stated after it, or in its clause.

    What is ``scheduled`` has no date before the publication; of a mere year that is over nothing takes
    effect.
    """
    today = published[:10] if published and parse_day(published) else ""
    for span in find_dates(text, published):
        if span.end <= trigger[0] or not _takes_effect(text, trigger, span):
            continue
        over = span.iso < today[: len(span.iso)]
        if over and len(span.iso) == len("2026-10") and _is_present(text, trigger):
            ahead = find_dates(text, published, future=True)  # "kills it in October", told in April
            coming = next((found for found in ahead if found.start == span.start), span)
            if 0 <= _months_between(today, coming.iso) <= FARTHEST_AHEAD:
                return coming
        if not (over and (scheduled or len(span.iso) == 4)):
            return span
    return None


def find_months(text: str) -> list[int]:
    """Return the months (1 to 12) that ``text`` names without a year: "in November", "since March"."""
    return [month_number(match["m"]) for match in _BARE_MONTH.finditer(text)]
