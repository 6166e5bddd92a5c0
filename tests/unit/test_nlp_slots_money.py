"""Amounts of money in all the forms that tech news writes."""

import pytest
from babel.numbers import list_currencies

from newsbeam.knowledge.tables import read_table
from newsbeam.nlp.slots.money import find_money, nearest

FORMS = [
    ("a $7.18 billion fund", 7.18e9, "USD"),
    ("raised $1.2bn", 1.2e9, "USD"),
    ("nets $38M", 38e6, "USD"),
    ("a five-year $5B plan", 5e9, "USD"),
    ("worth US$36bn by then", 36e9, "USD"),
    ("a US$10bn bet", 10e9, "USD"),
    ("an A$50m grant", 50e6, "AUD"),
    ("C$ 3 million", 3e6, "CAD"),
    ("HK$7.8bn", 7.8e9, "HKD"),
    ("NT$120 billion", 120e9, "TWD"),
    ("R$2 bilhões aside, R$2 billion", 2.0, "BRL"),
    ("fined €345m", 345e6, "EUR"),
    ("a €500M fine", 500e6, "EUR"),
    ("£10 million", 10e6, "GBP"),
    ("10 million pounds", 10e6, "GBP"),
    ("one billion pounds", 1e9, "GBP"),
    ("1.2 trillion won", 1.2e12, "KRW"),
    ("RMB 10.8bn", 10.8e9, "CNY"),
    ("RMB10.8 billion", 10.8e9, "CNY"),
    ("100 billion yuan", 100e9, "CNY"),
    ("11,990 rubles", 11990, "RUB"),
    ("Rs 500 crore", 5e9, "INR"),
    ("₹2 lakh crore", 2e5, "INR"),
    ("CHF 2bn", 2e9, "CHF"),
    ("500 million Swedish kronor", 500e6, "SEK"),
    ("USD 50 million", 50e6, "USD"),
    ("50 million USD", 50e6, "USD"),
    ("a $5-billion deal", 5e9, "USD"),
    ("$1 million-a-year", 1e6, "USD"),
    ("$10+ billion", 10e9, "USD"),
    ("$1,299", 1299, "USD"),
    ("€1,2 billion", 1.2e9, "EUR"),
    ("a 2.95B euro fine", 2.95e9, "EUR"),
    ("hundreds of millions of dollars", 100e6, "USD"),
    ("tens of billions of euros", 10e9, "EUR"),
    ("billions of dollars", 1e9, "USD"),
    ("nearly half a billion dollars", 0.5e9, "USD"),
    ("a half-billion-dollar order", 0.5e9, "USD"),
    ("two and a half billion euros", 2.5e9, "EUR"),
    ("a quarter of a billion dollars", 0.25e9, "USD"),
    ("twenty-five million dollars", 25e6, "USD"),
    ("five hundred million dollars", 500e6, "USD"),
    ("several hundred million dollars", 300e6, "USD"),
    ("a billion dollars", 1e9, "USD"),
    ("$40-60 million", 40e6, "USD"),
    ("$1.5 to $2 billion", 1.5e9, "USD"),
]


@pytest.mark.parametrize(("text", "value", "currency"), FORMS)
def test_reads_value_and_currency(text: str, value: float, currency: str) -> None:
    """Every common form gives its value in whole units and its ISO currency."""
    money = find_money(text)[0].money
    assert (pytest.approx(value), currency) == (money.value, money.currency)


@pytest.mark.parametrize(
    "text",
    [
        "the team that scored 12 won",
        "lost 10 pounds",
        "the dollar rose",
        "$TSLA fell",
        "Series B",
        "50m away",
    ],
)
def test_leaves_what_is_no_money(text: str) -> None:
    """Weights, victories, tickers and distances are no amounts."""
    assert [] == find_money(text)


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("11,990 rubles ($186.56) each", "RUB", 186.56),
        ("100 billion yuan ($14.44 billion) a year", "CNY", 14.44e9),
        ("HK$7.8bn (about US$1bn)", "HKD", 1e9),
        ("€50 million, or about $54 million, to", "EUR", 54e6),
        ("¥50 billion ($7.18 billion) into chips", "CNY", 7.18e9),
    ],
)
def test_takes_the_second_of_two_for_the_conversion(text: str, first: str, second: float) -> None:
    """An amount in brackets in another currency is the conversion of the one before."""
    (span,) = find_money(text, ("CN",))
    assert span.converted is not None
    assert (first, pytest.approx(second)) == (span.money.currency, span.converted.value)


def test_yen_or_yuan_by_context() -> None:
    """The sign that both share is yuan where the text is about China, else yen."""
    assert ["CNY", "JPY"] == [find_money("¥10 billion", c)[0].money.currency for c in (("CN",), ("JP",))]
    assert "JPY" == find_money("¥10 billion")[0].money.currency


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("raises $40M at a $1B valuation", ["amount", "valuation"]),
        ("the start-up, valued at $2 billion", ["valuation"]),
        ("its valuation crossed $2 billion", ["valuation"]),
        ("get up to $300 off a laptop", ["discount"]),
        ("save $50 on earbuds", ["discount"]),
        ("now $8 a month", ["price"]),
        ("starting at $599", ["price"]),
        ("bringing its total funding to $90 million", ["total"]),
        ("$30B in lost revenue", ["revenue"]),
        ("a $36bn market by 2030", ["market"]),
    ],
)
def test_says_what_an_amount_is_for(text: str, roles: list[str]) -> None:
    """A valuation, a discount, a price or a total is not the amount raised or paid."""
    assert roles == [span.role for span in find_money(text)]


def test_nearest_prefers_what_follows_the_trigger() -> None:
    """Of two amounts the one behind the trigger is meant."""
    text = "After losing $2M, Lumora raises $9M"
    found = nearest(find_money(text), (text.index("raises"), text.index("raises") + 6), ("amount",))
    assert found is not None
    assert 9e6 == found.money.value


def test_currency_codes_are_iso() -> None:
    """Every code of currencies.yaml is one that Babel knows."""
    table = read_table("currencies.yaml", ("before", "after", "needs_scale", "by_country", "scales", "roles"))
    shared = {code for codes in table.mapping("by_country").values() for code in codes.values()}
    codes = {*table.mapping("before").values(), *table.mapping("after").values(), *shared}
    assert set() == codes - list_currencies()
