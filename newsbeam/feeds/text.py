"""The text of the markup that feeds carry."""

import html
import re
import unicodedata

_DROPPED = re.compile(r"<(script|style|template)\b[^<>]*>.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_BLOCK = re.compile(
    r"</?(?:p|div|br|li|ul|ol|h[1-6]|tr|table|blockquote|section|article|figure|figcaption|pre|hr|dd|dt)\b"
    r"[^<>]*>",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-zA-Z!?][^<>]*>")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_WORD = re.compile(r"\w+")


def to_text(markup: str, limit: int) -> str:
    """Return the text of an HTML fragment, one paragraph a line, at most ``limit`` characters."""
    if "<" in markup:
        markup = _TAG.sub("", _BLOCK.sub("\n", _DROPPED.sub(" ", markup)))
    return plain_text(html.unescape(markup) if "&" in markup else markup, limit)


def plain_text(text: str, limit: int) -> str:
    """Return plain ``text`` without control and direction characters and without empty lines."""
    lines = (" ".join(_CONTROL.sub("", line).split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)[:limit]


def one_line(text: str, limit: int) -> str:
    """Return ``text`` on one line, without control and direction characters, cut to ``limit`` characters."""
    return " ".join(_CONTROL.sub("", " ".join(text.splitlines())).split())[:limit]


def words_of(text: str) -> str:
    """Return the words of ``text`` and nothing else: what a cosmetic edit does not change."""
    plain = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_WORD.findall(plain))
