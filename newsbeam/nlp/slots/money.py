"""Amounts of money as news writes them: where they stand, their value, their ISO 4217 currency.

"$1.2bn", "US$36bn", "1.2 trillion won", "RMB 10.8bn", "£10 million", "half a billion dollars",
"11,990 rubles ($186.56)" (the second is the conversion of the first). Of a range ("$40-60 million", "between
$40 million and $50 million") the lower end counts, what is certain, and ``raw`` is the whole range; "from $40
to $50" is no range but a change. What has no exact value ("hundreds of millions of dollars") is no amount.
"""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from math import log
from typing import NamedTuple

from newsbeam.knowledge.tables import Table, check_keys, read_table
from newsbeam.nlp.slots.numerals import NUMBER, SPELLED, read_number, read_spelled
from newsbeam.records import Money

ROLES = ("former", "valuation", "total", "price", "discount", "market", "revenue")
_WINDOW = 70  # characters looked at on either side for what an amount is for
_RANGE = re.compile(r"\s?(?:[-–—]|\bto)\s?")
_REACH = 40  # characters before an amount that say whether it begins a range or is what something changes by
_CHANGE = re.compile(
    r"\b(?:from|by|up|down|prices?|another|extra|additional)\s*$"
    r"|\b(?:jump|hik|climb|ris|rose|soar|drop|fall|fell|increas|grow|grew|go|cut|slash)(?:e|es|s|ed|ing|ped|ping)?\b[^$€£¥.;]*$",
    re.IGNORECASE,
)
_QUANTITY = re.compile(r"\d|illion|hundred|thousand|dozen")  # without one of these there is no amount
_CONVERSION = re.compile(
    r"\s*(?:\(|/|,? or |,? equivalent to |\[)\s*"
    r"(?:(?:about|around|roughly|approximately|approx\.?|some|nearly|over|almost|more than|equivalent to|"
    r"equal to|or|~|≈|=)\s*)*$",
    re.IGNORECASE,
)


class MoneySpan(NamedTuple):
    """An amount at characters ``start`` to ``end`` (its conversion included).

    ``role`` is what the amount is for: one of :data:`ROLES`, or ``amount`` where nothing says so.
    """

    start: int
    end: int
    money: Money
    converted: Money | None
    role: str


class _Grammar(NamedTuple):
    before: dict[str, str]
    after: dict[str, str]
    needs_scale: frozenset[str]
    by_country: dict[str, dict[str, str]]
    per_dollar: dict[str, float]
    scales: dict[str, float]
    hint: re.Pattern[str]
    amount: re.Pattern[str]
    roles: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]


def _alternatives(words: Collection[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))


def _check(table: Table) -> None:
    check_keys(table, ("roles",), ROLES)
    for role in ROLES:
        check_keys(table, ("roles", role), ("before", "after"))
    known = {*table.texts("before"), *table.texts("after")}
    for name, value in table.mapping("scales").items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise table.error(("scales", name), "must be a number")
    for word in table.strings("needs_scale"):
        if word not in known:
            raise table.error(("needs_scale",), f"{word!r} stands neither in before nor in after")
    for sign in table.mapping("by_country"):
        if sign not in known:
            raise table.error(("by_country", sign), "stands neither in before nor in after")
        table.texts("by_country", sign)


@lru_cache(maxsize=1)
def load_currencies() -> _Grammar:
    """Return what ``currencies.yaml`` says, compiled; a wrong entry is a KnowledgeError."""
    keys = ("before", "after", "needs_scale", "by_country", "per_dollar", "scales", "roles")
    table = read_table("currencies.yaml", keys)
    _check(table)
    before = table.mapping("before")
    after = {word.lower(): code for word, code in table.mapping("after").items()}
    scales = {name: float(value) for name, value in table.mapping("scales").items()}
    letters = "".join(name for name in scales if len(name) == 1)
    words = _alternatives([name for name in scales if len(name) > 1])
    scale = rf"(?:[\s\u00a0-]?(?:{words})s?(?![a-z])|[{letters}](?![a-z0-9]))"
    pre = rf"(?<![A-Za-z0-9$])(?:{_alternatives(before)})"
    post = rf"(?:{_alternatives(after)}|(?:{_alternatives([w for w in after if len(w) > 3])})s)(?![\w])"
    amount = (
        rf"(?P<pre>(?-i:{pre}))[\s\u00a0]?(?P<n1>{NUMBER})"
        rf"(?:\s?(?:[-–—]|to)\s?(?:(?-i:{_alternatives(before)})\s?)?(?P<n1b>{NUMBER})(?={scale}))?"
        rf"(?P<s1>{scale})?"
        rf"|(?<![\w.,$€£¥])(?:(?<=between )(?P<between>))?(?P<n2>{NUMBER})"
        rf"(?:(?P<s2a>{scale})?\s?(?:[-–—]|to|(?(between)and|to))\s?(?P<n2b>{NUMBER}))?"
        rf"(?P<s2>{scale})?(?P<s2b>[\s\u00a0]?(?:crore|million|billion|trillion))?[\s\u00a0-]+(?P<w2>{post})"
        rf"|(?<![\w-])(?P<spelled>{SPELLED})[\s-]+(?:of\s+)?(?P<w3>{post})"
    )
    signs = "".join(sorted({c for form in before for c in form if not c.isalnum() and c != "."}))
    codes = [form for form in before if form.isalpha() and len(form) > 1]
    singles = {word.rpartition(" ")[2] for word in after}
    letter = "".join(form for form in before if form.isalpha() and len(form) == 1)
    hint = rf"[{re.escape(signs)}]|\b(?:{_alternatives({*singles, *(c.lower() for c in codes)})})(?:s|\b|\d)"
    hint += rf"|\b[{letter}]\d"
    return _Grammar(
        before,
        after,
        frozenset(table.strings("needs_scale")),
        table.mapping("by_country"),
        {code: float(rate) for code, rate in table.mapping("per_dollar").items()},
        scales,
        re.compile(hint, re.IGNORECASE),
        re.compile(amount, re.IGNORECASE),
        tuple(
            (role, table.pattern("roles", role, "before"), table.pattern("roles", role, "after"))
            for role in ROLES
        ),
    )


def _scale(grammar: _Grammar, text: str | None) -> float:
    return grammar.scales[text.lstrip("- \t\n\u00a0").lower().removesuffix("s")] if text else 1.0


def _currency(grammar: _Grammar, form: str, code: str, countries: Sequence[str]) -> str:
    shared = grammar.by_country.get(form, {})
    return next((shared[country] for country in countries if country in shared), code)


def _by_word(grammar: _Grammar, word: str, *, scaled: bool, countries: Sequence[str]) -> str | None:
    form = word.lower()
    if form not in grammar.after:
        form = form.removesuffix("s")
    if form in grammar.needs_scale and not scaled:
        return None
    return _currency(grammar, form, grammar.after[form], countries)


def _read(grammar: _Grammar, match: re.Match[str], countries: Sequence[str]) -> Money | None:
    raw = match.group()
    if match["pre"]:
        if match["pre"] in grammar.needs_scale and not match["s1"]:
            return None
        value = read_number(match["n1"]) * _scale(grammar, match["s1"])
        return Money(value, _currency(grammar, match["pre"], grammar.before[match["pre"]], countries), raw)
    if match["spelled"]:
        spelled = read_spelled(match["spelled"])
        currency = _by_word(grammar, match["w3"], scaled=spelled >= 1000, countries=countries)
        return Money(spelled, currency, raw) if currency and spelled else None
    scale = _scale(grammar, match["s2"]) * _scale(grammar, match["s2b"])
    currency = _by_word(grammar, match["w2"], scaled=scale > 1, countries=countries)
    own = _scale(grammar, match["s2a"]) if match["s2a"] else scale
    return Money(read_number(match["n2"]) * own, currency, raw) if currency else None


def _role(grammar: _Grammar, text: str, start: int, end: int) -> str:
    before, after = text[max(0, start - _WINDOW) : start], text[end : end + _WINDOW]
    for role, left, right in grammar.roles:
        if left.search(before) or right.match(after):
            return role
    return "amount"


def find_money(text: str, countries: Sequence[str] = ()) -> list[MoneySpan]:
    """Return the amounts in ``text``, left to right.

    ``countries`` are ISO 3166 codes that the text is about, nearest first: they settle what a shared
    sign means ("¥" is CNY in a Chinese context, else JPY).
    """
    if not _QUANTITY.search(text):
        return []
    grammar = load_currencies()
    if not grammar.hint.search(text):
        return []
    spans: list[MoneySpan] = []
    for match in grammar.amount.finditer(text):
        money = _read(grammar, match, countries)
        if money is None:
            continue
        start, end = match.span()
        last = spans[-1] if spans else None
        if last and _is_upper_end(text, last, start, money):
            whole = last.money._replace(raw=text[last.start : end])
            spans[-1] = MoneySpan(last.start, end, whole, None, _role(grammar, text, last.start, end))
        elif last and _is_conversion(text, last, start, money):
            close = end + 1 if text[end : end + 1] in ")]" else end
            role = last.role if last.role != "amount" else _role(grammar, text, last.start, close)
            first = _by_rate(grammar, last.money, money)
            spans[-1] = MoneySpan(last.start, close, first, money, role)
        else:
            spans.append(MoneySpan(start, end, money, None, _role(grammar, text, start, end)))
    return spans


def _is_conversion(text: str, last: MoneySpan, start: int, money: Money) -> bool:
    """Say whether ``money`` at ``start`` is what the amount before it comes to in another currency."""
    return (
        last.converted is None
        and last.money.currency != money.currency
        and _CONVERSION.fullmatch(text, last.end, start) is not None
    )


def _is_upper_end(text: str, last: MoneySpan, start: int, money: Money) -> bool:
    """Say whether ``money`` at ``start`` ends a range that the amount before it begins."""
    low = last.money
    if last.converted or low.currency != money.currency or low.value >= money.value:
        return False
    before = text[max(0, last.start - _REACH) : last.start]
    if text[last.end : start].strip() == "and":
        return before.lower().endswith("between ")
    return bool(_RANGE.fullmatch(text, last.end, start)) and not _CHANGE.search(before)


def _by_rate(grammar: _Grammar, money: Money, converted: Money) -> Money:
    """Return ``money`` in the currency of its sign whose rate the conversion to dollars is nearest to."""
    sign = next((sign for sign in grammar.by_country if money.raw.startswith(sign)), "")
    codes = [code for code in grammar.by_country.get(sign, {}).values() if code in grammar.per_dollar]
    if not codes or converted.currency != "USD" or not money.value or not converted.value:
        return money
    rate = money.value / converted.value
    return money._replace(currency=min(codes, key=lambda code: abs(log(rate / grammar.per_dollar[code]))))


def nearest(spans: Sequence[MoneySpan], trigger: tuple[int, int], roles: Collection[str]) -> MoneySpan | None:
    """Return the span with one of ``roles`` nearest to the trigger; what follows it counts as nearer.

    The order of ``roles`` is an order of preference: a span with the first of them that occurs wins.
    """
    for role in roles:
        fitting = [span for span in spans if span.role == role]
        if fitting:
            return min(fitting, key=lambda span: _distance(span, trigger))
    return None


def _distance(span: MoneySpan, trigger: tuple[int, int]) -> int:
    if span.start >= trigger[1]:
        return span.start - trigger[1]
    return 2 * max(0, trigger[0] - span.end)  # before the trigger: usually another clause
