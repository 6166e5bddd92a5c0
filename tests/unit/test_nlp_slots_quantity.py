"""Percentages, counts of people, periods and dates."""

import pytest

from newsbeam.nlp.slots.dates import effective_of, find_dates, find_months
from newsbeam.nlp.slots.periods import coming_period, find_periods, period_of
from newsbeam.nlp.slots.quantity import find_headcounts, find_percents


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("fell by 40% to 60%", ["40% to 60%"]),
        ("between 4 percent and 6 percent", ["4% to 6%"]),
        ("10–15% less", ["10% to 15%"]),
        ("up 42 per cent", ["42%"]),
        ("a 5.5% stake", ["5.5%"]),
        ("twenty percent of it", ["20%"]),
        ("a third of its staff", ["33%"]),
        ("half its workforce", ["50%"]),
        ("three percentage points", []),
    ],
)
def test_percents(text: str, wanted: list[str]) -> None:
    """Percentages and ranges come out in one form."""
    assert wanted == [span.text for span in find_percents(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Lumora cuts 1,000 jobs", [1000]),
        ("Lumora lays off 900", [900]),
        ("laying off up to 10k employees", [10000]),
        ("thousands of workers", []),
        ("Lumora lays off hundreds", []),
        ("several hundred jobs", []),
        ("dozens of engineers", []),
        ("two dozen engineers", [24]),
        ("2,000-3,000 workers", [2000]),
        ("2,000 to 3,000 workers", [2000]),
        ("between 2,000 and 3,000 jobs", [2000]),
        ("lays off between 200 and 300", [200]),
        ("10-12k jobs", [10000]),
        ("10 to 12 thousand jobs", [10000]),
        ("from 5,000 to 4,000 workers", [4000]),
        ("cuts 300 jobs and 200 contractors", [300, 200]),
        ("a record 2024 and 500 jobs", [500]),
        ("lays off 20-30% of staff", []),
        ("lays off 20 to 30 percent", []),
        ("1,900 Lumora Gaming employees", [1900]),
        ("five hundred jobs", [500]),
        ("laying off 20 percent of staff", []),
        ("pays $500 million to workers", []),
        ("a country where 145 million people live", []),
    ],
)
def test_headcounts(text: str, wanted: list[int]) -> None:
    """Jobs and staff are counted, of a range the lower end; money, shares, "hundreds", users are not."""
    assert wanted == [span.value for span in find_headcounts(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("in Q1 2021", "Q1 2021"),
        ("in the third quarter of 2019", "Q3 2019"),
        ("third-quarter results", "Q3 2023"),
        ("first-quarter results", "Q1 2024"),
        ("4Q23", "Q4 2023"),
        ("Q2 FY2025", "Q2 2025"),
        ("in the first half of 2025", "H1 2025"),
        ("H2 2022", "H2 2022"),
        ("in fiscal 2026", "FY 2026"),
        ("last quarter", "Q4 2023"),
        ("by 2030", "2030"),
        ("this year", "2024"),
        ("over the next five years", "next five years"),
        ("a five-year plan", "five-year"),
        ("as of September", "2023-09"),
        ("profit in the quarter ended June 30", "Q2 2023"),
        ("the three months ended 30 September 2023", "Q3 2023"),
        ("the quarter ended July 1, 2023", "Q2 2023"),
        ("the quarter ended January 31", "quarter to 2024-01"),
        ("the six months to June 30, 2023", "H1 2023"),
        ("the year ended December 31", "FY 2023"),
        ("the fiscal year ended March 31, 2023", "year to 2023-03"),
    ],
)
def test_periods(text: str, wanted: str) -> None:
    """Periods are normalised and resolved against the day of publication."""
    period = period_of(find_periods(text, "2024-02-10"))
    assert period is not None
    assert wanted == period.text


def test_a_first_quarterly_profit_is_no_quarter() -> None:
    """It is the first of its kind, in any quarter."""
    assert [] == find_periods("posts its first quarterly profit", "2024-02-10")


def test_period_without_publication_stays_open() -> None:
    """No clock is asked: without a date of publication a quarter has no year and "this year" is nothing."""
    assert ["Q3"] == [span.text for span in find_periods("third-quarter sales this year")]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("will be on sale from June 25th", "2026-06-25"),
        ("goes live on January 5", "2026-01-05"),
        ("starting Jan 1, 2027", "2027-01-01"),
        ("from 1 March 2026", "2026-03-01"),
        ("as soon as December", "2025-12"),
        ("by March", "2026-03"),
        ("launches next month", "2025-12"),
        ("will ship on Monday", "2025-11-17"),
        ("will end tomorrow", "2025-11-13"),
        ("ends support Feb. 18", "2026-02-18"),
        ("recalls cars from Friday", "2025-11-14"),
        ("will close it Friday", "2025-11-14"),
        ("said Monday it will close it on Friday", "2025-11-14"),
        ("takes effect on Sunday.", "2025-11-16"),
        ("closes it next January", "2026-01"),
        ("steps down in February", "2026-02"),
        ("stepped down in September", "2025-09"),
        ("closes it next November", "2026-11"),
        ("announced that it will close it on January 18", "2026-01-18"),
        ("to end by the end of the year", "2025"),
        ("to end by the end of this month", "2025-11"),
        ("to close by year’s end", "2025"),
        ("to close in two weeks", "2025-11-26"),
        ("to close in three months", "2026-02"),
        ("resigns effective immediately", "2025-11-12"),
        ("to launch it in 2028 at last", "2028"),
        ("to launch it in early 2027", "2027"),
        ("to arrive mid-2027", "2027"),
        ("to arrive late 2026, it said", "2026"),
        ("to open by the end of 2026", "2026"),
        ("delayed to 2027", "2027"),
        ("to raise prices on 07/23/2026", "2026-07-23"),
        ("to raise prices on 23/07/2026", "2026-07-23"),
        ("to raise prices on 7.8.2026", "2026-08-07"),
        ("to raise prices on 07/08/2026", "2026"),
    ],
)
def test_effective_date(text: str, wanted: str) -> None:
    """A date on which something takes effect is the next such day after publication."""
    found = effective_of(text, (0, 0), "2025-11-12T08:00:00Z")
    assert found is not None
    assert wanted == found.iso


@pytest.mark.parametrize(
    "text",
    [
        "launches a phone, the company said on Friday",
        "launches a phone, it said Friday",
        "best Black Friday deals to come",
        "raises prices for the second time in two months",
        "cut 10,000 jobs in 2022",
        "raises $5M to 2026 World Cup",
        "to flag fakes ahead of 2026 elections",
        "to launch it on 31/02/2026",
    ],
)
def test_no_effective_date(text: str) -> None:
    """The day of saying, a count that looks back, a year that is over are no dates of taking effect."""
    assert effective_of(text, (0, 0), "2025-11-12") is None


def test_scheduled_has_no_past_date() -> None:
    """What is still to come does not come on a day before the publication."""
    text = "to launch the Fold on September 9"
    assert effective_of(text, (0, 9), "2025-09-20", scheduled=True) is None
    found = effective_of(text, (0, 9), "2025-09-09", scheduled=True)
    assert found is not None
    assert "2025-09-09" == found.iso


def test_the_date_may_be_the_trigger() -> None:
    """A date counts although the learner calls its month the trigger."""
    text = "Lumora closes Glow on January 18"
    found = effective_of(text, (text.index("January"), text.index(" 18")), "2025-12-01")
    assert found is not None
    assert "2026-01-18" == found.iso


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("delays the Fold to Q3 2026", "Q3 2026"),
        ("delays the Fold to Q3", "Q3 2026"),
        ("due in the fourth quarter", "Q4 2025"),
        ("delayed to the second half of 2027", "H2 2027"),
        ("to come in the first half", "H1 2026"),
        ("after losses in Q4 2025", None),
        ("delayed after sales fell in Q2 2025", None),
        ("delayed to March", None),
    ],
)
def test_coming_period(text: str, wanted: str | None) -> None:
    """A quarter or half in which something takes effect is the next such one."""
    found = coming_period(text, (0, 0), "2025-11-12")
    assert wanted == (found.text if found else None)


def test_dates_that_look_back_and_may() -> None:
    """A past date is the last such day; "may" is no month."""
    assert ["2025-10-30"] == [span.iso for span in find_dates("was filed on October 30", "2025-11-12")]
    assert [] == find_dates("it may 5 times", "2025-11-12")
    assert [] == find_dates("on February 30", "2025-11-12")
    assert [5, 11] == find_months("in May and since November")
