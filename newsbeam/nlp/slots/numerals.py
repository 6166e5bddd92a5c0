"""Numbers in digits and in words."""

import re

# 1,200.50 | 1.2 | 12 | .99 | 1,2 (decimal comma: one or two digits and no more)
NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+,\d{1,2}(?![\d,])|\d+(?:\.\d+)?|\.\d+)\+?"

_UNITS = {
    word: value
    for value, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split(),
        start=1,
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_VAGUE = {"tens", "dozens", "couple", "few", "several", *(f"{scale}s" for scale in _SCALES)}
_PARTS = {"half": 0.5, "quarter": 0.25, "quarters": 0.25, "third": 1 / 3, "thirds": 1 / 3, "fifth": 0.2}
_WORDS = "|".join(
    [
        *_UNITS,
        *_TENS,
        *(f"{scale}s?" for scale in _SCALES),
        *sorted(_VAGUE),
        "dozen",
        *_PARTS,
        "an?",
        "of",
        "and",
    ]
)
# Begins with a quantity word and ends with a scale: "half a billion", "hundreds of millions", "two and a half
# million", "five hundred". Whoever uses it adds the noun.
SPELLED = rf"(?:(?:{_WORDS})[\s-]+){{0,7}}(?:{'|'.join(f'{scale}s?' for scale in _SCALES)}|dozens?)"
_SPLIT = re.compile(r"[\s-]+")


def read_number(text: str) -> float:
    """Return the value of a number in digits as :data:`NUMBER` matches it."""
    digits = text.rstrip("+")
    whole, comma, fraction = digits.rpartition(",")
    if comma and len(fraction) < 3 and "." not in fraction:
        return float(f"{whole}.{fraction}")
    return float(digits.replace(",", ""))


def read_spelled(text: str) -> float:
    """Return the value of a number in words; 0 for what has none ("tens of billions", "several hundred")."""
    value = 0.0
    joined = False
    words = _SPLIT.split(text.lower().strip())
    if not _VAGUE.isdisjoint(words):
        return 0.0
    for word in words:
        if word in _UNITS or word in _TENS:
            value += _UNITS.get(word) or _TENS[word]
        elif word == "dozen":
            value = (value or 1.0) * 12
        elif word in _PARTS:
            value = value + _PARTS[word] if joined else (value or 1.0) * _PARTS[word]
        elif word in _SCALES:
            value = (value or 1.0) * _SCALES[word]
        joined = word == "and" or (joined and word in ("a", "an"))
    return value
