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
    ("Rs 1,200 cr", 12e9, "INR"),
    ("R2 billion", 2e9, "ZAR"),
    ("R2.5bn", 2.5e9, "ZAR"),
    ("PLN 200m", 200e6, "PLN"),
    ("200 million PLN", 200e6, "PLN"),
    ("zł200m", 200e6, "PLN"),
    ("SEK 3.2 billion", 3.2e9, "SEK"),
    ("$20 billions", 20e9, "USD"),
    ("nearly half a billion dollars", 0.5e9, "USD"),
    ("a half-billion-dollar order", 0.5e9, "USD"),
    ("two and a half billion euros", 2.5e9, "EUR"),
    ("a quarter of a billion dollars", 0.25e9, "USD"),
    ("twenty-five million dollars", 25e6, "USD"),
    ("five hundred million dollars", 500e6, "USD"),
    ("a billion dollars", 1e9, "USD"),
    ("$40-60 million", 40e6, "USD"),
    ("$1.5 to $2 billion", 1.5e9, "USD"),
]
RANGES = [
    ("$40-50M", 40e6),
    ("$40M-$50M", 40e6),
    ("$40M to $50M", 40e6),
    ("$40 million – $50 million", 40e6),
    ("$1.5 to $2 billion", 1.5e9),
    ("$40 to $60", 40),
    ("40 to 50 million euros", 40e6),
    ("40 million to 50 million euros", 40e6),
]


@pytest.mark.parametrize(("text", "value", "currency"), FORMS)
def test_reads_value_and_currency(text: str, value: float, currency: str) -> None:
    """Every common form gives its value in whole units and its ISO currency."""
    money = find_money(text)[0].money
    assert (pytest.approx(value), currency) == (money.value, money.currency)


@pytest.mark.parametrize(("text", "lower"), RANGES)
def test_of_a_range_the_lower_end_counts(text: str, lower: float) -> None:
    """A range is one amount: its value is the lower end, its raw text the whole."""
    assert [(lower, text)] == [(s.money.value, s.money.raw) for s in find_money(f"It costs {text} in all")]


@pytest.mark.parametrize("upper", ["$50 million", "50 million dollars"])
def test_a_range_with_between(upper: str) -> None:
    """The "and" of "between … and …" joins a range, any other joins two amounts."""
    lower = upper.replace("50", "40")
    between = find_money(f"pays between {lower} and {upper}")
    assert [(40e6, f"{lower} and {upper}")] == [(span.money.value, span.money.raw) for span in between]
    both = find_money(f"fined {lower} and {upper}")
    assert [40e6, 50e6] == [span.money.value for span in both]


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("raises Premium price from $11.99 to $12.99", 12.99),
        ("cuts price of the headset from $3,499 to $2,499", 2499),
        ("raises console price by $50 to $549.99", 549.99),
        ("goes up $2 to $11.99", 11.99),
        ("price jumps $10 to $82.99", 82.99),
        ("hikes Premium $2 to $11.99", 11.99),
        ("raises price to $17.99 from $15.49", 17.99),
        ("up from $15.49 to €17.99", 17.99),
        ("from $11.99 a month to $12.99 a month", 12.99),
        ("price increases to $4.99 per month from the current $2.99", 4.99),
        ("lifts its round from $40 million to $50 million", 50e6),
    ],
)
def test_of_a_change_what_comes_counts(text: str, now: float) -> None:
    """What an amount was before, or by how much it changes, has a role of its own."""
    assert [now] == [span.money.value for span in find_money(text) if span.role != "former"]


@pytest.mark.parametrize(
    "text",
    [
        "hundreds of millions of dollars",
        "several hundred million dollars",
        "tens of billions of euros",
        "billions of dollars",
        "a couple of million dollars",
        "the R1 model and R2 chips",
        "the team that scored 12 won",
        "lost 10 pounds",
        "the dollar rose",
        "$TSLA fell",
        "Series B",
        "50m away",
    ],
)
def test_leaves_what_is_no_money(text: str) -> None:
    """Weights, victories, tickers and distances are no amounts, nor is what has no exact value."""
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


def test_yen_or_yuan_by_the_rate() -> None:
    """A conversion to dollars settles which currency the sign means, whatever the text is about."""
    assert "CNY" == find_money("¥50 billion ($7.18 billion)", ("JP",))[0].money.currency
    assert "JPY" == find_money("¥50 billion ($330 million)", ("CN",))[0].money.currency
    assert "JPY" == find_money("¥50 billion (€300 million)")[0].money.currency


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("raises $40M at a $1B valuation", ["amount", "valuation"]),
        ("raises $694 million at valuation of $159 billion", ["amount", "valuation"]),
        ("raises $694 million on post-money valuation of $159 billion", ["amount", "valuation"]),
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
    keys = ("before", "after", "needs_scale", "by_country", "per_dollar", "scales", "roles")
    table = read_table("currencies.yaml", keys)
    shared = {code for codes in table.mapping("by_country").values() for code in codes.values()}
    shared |= table.mapping("per_dollar").keys()
    codes = {*table.mapping("before").values(), *table.mapping("after").values(), *shared}
    assert set() == codes - list_currencies()
