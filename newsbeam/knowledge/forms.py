"""How names compare: the words of a surface form, folded, and what tells forms of the same words apart.

Finding names in a text and checking the catalogues use the same: what a text cannot tell apart is one name.
"""

import re
import unicodedata

WORD = re.compile(r"[^\W_]+")
TELLING_TAILS = frozenset(("+", "++", "#"))  # ends that make another name ("Disney+" is not "Disney")
_STRAIGHT = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "‑": "-", "‐": "-", "–": "-"}
)


def fold(word: str) -> str:
    """Return ``word`` in lower case without accents ("Citroën" -> "citroen")."""
    lower = word.lower()
    if lower.isascii():
        return lower
    parts = unicodedata.normalize("NFKD", lower)
    return "".join(char for char in parts if not unicodedata.combining(char)) or lower


def straight(text: str) -> str:
    """Return ``text`` with straight quotes, plain hyphens and plain spaces, of the same length."""
    return text if text.isascii() else text.translate(_STRAIGHT)


def fold_words(text: str) -> tuple[str, ...]:
    """Return the folded words of ``text``."""
    if text.isascii():
        return tuple(WORD.findall(text.lower()))
    return tuple(fold(word) for word in WORD.findall(text))


def tail(text: str) -> str:
    """Return what follows the last word of ``text``: "+" of "Disney+"."""
    stop = len(text)
    while stop and not text[stop - 1].isalnum():
        stop -= 1
    return text[stop:]


def name_key(form: str) -> tuple[str, ...]:
    """Return what ``form`` is compared by: "T Mobile" and "T-Mobile" are one name, "Notepad++" is another."""
    end = tail(straight(form))
    return (*fold_words(form), end) if end in TELLING_TAILS else fold_words(form)
