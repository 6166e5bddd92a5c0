"""What the linear model's features say, in words for people: evidence and explanations show these."""

import re
from collections.abc import Iterable

from newsbeam.taxonomy import TYPES

_SHOWN = {
    "<V>": "[vendor]", "<P>": "[product]", "<A>": "[authority]", "<M>": "[amount]", "<%>": "[percentage]",
    "#": "[number]",
}  # fmt: skip
_PLACES = {"t": "title", "s": "lead", "n": "title", "m": "lead"}
_PLAIN = {"w": "word “{}”", "p": "a word like “{}…”", "u": "address with “{}”"}
_NEIGHBOURS = re.compile(r"(<.>|.+?)>(.+)")
_NAMED = {"True": "an authority", "False": "none"}
_STYLES = {
    "any_vendor:True": "a vendor is named",
    "any_vendor:False": "no vendor is named",
    "best": "speaks of the best",
    "colon": "title with a colon",
    "deal": "speaks of a discount",
    "exclaim": "exclamation mark",
    "first_person": "“I” or “we” in the title",
    "guide": "speaks of a guide",
    "how_to": "“how to” in the title",
    "how_why": "title begins with a word of asking",
    "listicle": "title begins with a count",
    "money": "an amount in the title",
    "newsletter": "speaks of a newsletter or podcast",
    "no_lead": "no lead",
    "opinion": "words of an opinion in the title",
    "question": "title is a question",
    "question_inside": "a question in the title",
    "quote": "quoted words in the title",
    "quote_first": "title begins with a quotation",
    "report": "speaks of a report or a leak",
    "review": "words of a review in the title",
    "second_person": "“you” in the title",
}


def in_words(feature: str) -> str:
    """Return what ``feature`` (see features.py) says: ``t2:<V> buys`` is ``title “[vendor] buys”``."""
    group, _, content = feature.partition(":")
    kind = group[0]
    if kind in _PLAIN:
        return _PLAIN[kind].format(_SHOWN.get(content, content))
    if kind == "y":
        return _style(content)
    if kind in {"r", "q"}:
        return _rule(kind, content)
    said = _neighbours(content) if kind in {"n", "m"} else _quoted(content.split(" "))
    return f"{_PLACES[kind]} {said}"


def told(features: Iterable[tuple[str, float]]) -> list[str]:
    """Return features with their weights (log odds), in words."""
    return [f"{in_words(name)} {weight:+.2f}" for name, weight in features]


def _quoted(tokens: list[str]) -> str:
    """Return masked ``tokens`` in quotes; where a text begins or ends is said before them."""
    begins, ends = tokens[0] == "^", tokens[-1] == "$"
    inside = tokens[begins : len(tokens) - ends]
    where = ("begins " if begins else "") + ("ends " if ends else "")
    return where + f"“{' '.join(_SHOWN.get(token, token) for token in inside)}”"


def _rule(kind: str, content: str) -> str:
    place, _, rule = content.partition(":")
    what = f"a rule for {rule}" if rule in TYPES else f"rule {rule}"
    return f"{'nearly ' if kind == 'q' else ''}{what} in the {_PLACES[place]}"


def _neighbours(content: str) -> str:
    if content.startswith("order:"):
        letters = content.removeprefix("order:")
        return "names " + (", ".join(_SHOWN[f"<{letter}>"] for letter in letters) or "nobody")
    pair = _NEIGHBOURS.fullmatch(content)
    return " … ".join(_quoted([token]) for token in pair.groups()) if pair else _quoted([content])


def _style(content: str) -> str:
    name, _, value = content.partition(":")
    if name == "authority":
        title, _, lead = value.partition(":")
        return f"title names {_NAMED[title]}, lead {_NAMED[lead]}"
    if name in {"vendors", "lead_vendors"}:
        most = "3 or more" if value == "3" else value
        return f"vendors in the {'title' if name == 'vendors' else 'lead'}: {most}"
    if name == "length":
        least = 4 * int(value)
        return f"title of {least} to {least + 3} words" if value != "5" else f"title of {least} words or more"
    if name == "minutes":
        return f"read of {value} minutes" if value[0].isdigit() else f"marked as {value}"
    if name == "first":
        return f"title begins with {_SHOWN[value]}"
    return _STYLES[content]
