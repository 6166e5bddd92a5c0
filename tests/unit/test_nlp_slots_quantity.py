"""Percentages, counts of people, periods and dates."""

import pytest

from newsbeam.nlp.slots.dates import effective_of, find_dates, find_months, find_periods, period_of
from newsbeam.nlp.slots.quantity import find_headcounts, find_percents, find_users


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


def test_users() -> None:
    """Users and subscribers are counted with their scale."""
    assert [34_000_000, 1_500] == [
        s.value for s in find_users("34 million monthly active users, 1.5k subscribers")
    ]


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
    ],
)
def test_periods(text: str, wanted: str) -> None:
    """Periods are normalised and resolved against the day of publication."""
    period = period_of(find_periods(text, "2024-02-10"))
    assert period is not None
    assert wanted == period.text


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
    ],
)
def test_effective_date(text: str, wanted: str) -> None:
    """A date on which something takes effect is the next such day after publication."""
    found = effective_of(text, (0, 0), "2025-11-12T08:00:00Z")
    assert found is not None
    assert wanted == found.iso


def test_dates_that_look_back_and_may() -> None:
    """A past date is the last such day; "may" is no month."""
    assert ["2025-10-30"] == [span.iso for span in find_dates("was filed on October 30", "2025-11-12")]
    assert [] == find_dates("it may 5 times", "2025-11-12")
    assert [] == find_dates("on February 30", "2025-11-12")
    assert [5, 11] == find_months("in May and since November")
