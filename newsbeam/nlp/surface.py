"""A document as words with offsets: the view that vendor and authority finding share.

A word is a run of letters and digits, so "T-Mobile's" is three words, in a catalogue form and in running
text alike, whatever tokenizer made the document.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from newsbeam.knowledge.forms import WORD, fold, fold_words

_WORDS = re.compile(f"({WORD.pattern})")
_OPENS = frozenset(':—–•|“"')  # a capital after one of these says nothing, as at the start of a sentence
TITLE_CASE_SHARE = 0.6  # of the longer words after the first, for a text to count as Title Case
LONG_WORD = 4  # letters: shorter ones stay in lower case in many Title Case styles


def slug(name: str) -> str:
    """Return ``name`` as lower-case words joined by hyphens."""
    return "-".join(fold_words(name)) or "unnamed"


class Words(NamedTuple):
    """The words of a text: parallel sequences, and where its parts begin.

    ``starts`` and ``ends`` are character offsets. ``opening`` says of a word that it opens a sentence, a
    quotation or the part after a colon, where a capital says nothing. ``fields`` are (first word, past the
    last word, Title Case) of the title, summary and text.
    """

    text: str
    words: Sequence[str]
    lower: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]
    sentences: Sequence[int]
    fields: Sequence[tuple[int, int, bool]]

    def opening(self, index: int) -> bool:
        """Say whether a capital of word ``index`` says nothing because of where it stands."""
        start = self.starts[index]
        previous = self.ends[index - 1] if index else 0
        if index == 0 or bisect_right(self.sentences, start) != bisect_right(self.sentences, previous - 1):
            return True
        return not _OPENS.isdisjoint(self.text[previous:start])

    def titled(self, index: int) -> bool:
        """Say whether word ``index`` stands in a text in Title Case or CAPITALS."""
        return any(first <= index < last and flag for first, last, flag in self.fields)

    def field(self, index: int) -> int:
        """Return the index of the field that holds word ``index``."""
        for number, (_, last, _) in enumerate(self.fields):
            if index < last:
                return number
        return max(0, len(self.fields) - 1)

    def sentence(self, index: int) -> tuple[int, int]:
        """Return the first word of the sentence of word ``index`` and the one past its last."""
        number = bisect_right(self.sentences, self.starts[index])
        start = self.sentences[number - 1] if number else 0
        end = self.sentences[number] if number < len(self.sentences) else len(self.text) + 1
        return bisect_right(self.ends, start), bisect_right(self.starts, end - 1)

    def gap(self, index: int) -> str:
        """Return what stands between word ``index`` and the next, or after the last to the end."""
        end = self.starts[index + 1] if index + 1 < len(self.words) else len(self.text)
        return self.text[self.ends[index] : end]


def split_words(text: str, sentences: Sequence[int] = (0,), fields: Sequence[tuple[int, int]] = ()) -> Words:
    """Split ``text``; ``sentences`` are their start offsets, ``fields`` (start, end) offsets."""
    parts = _WORDS.split(text)  # by turns what stands between words, and a word
    words = parts[1::2]
    bounds = list(accumulate(map(len, parts)))
    starts, ends = bounds[:-1:2], bounds[1::2]
    lower = list(map(str.lower, words))
    if not "".join(words).isascii():
        lower = [word if word.isascii() else fold(word) for word in lower]
    spans = []
    for start, end in fields or ((0, len(text)),):
        first, last = bisect_right(ends, start), bisect_right(starts, end - 1)
        spans.append((first, last, is_title_case(words[first:last])))
    return Words(text, words, lower, starts, ends, sentences, spans)


def is_title_case(words: Sequence[str]) -> bool:
    """Say whether the longer words after the first are mostly capitalised (short titles never are)."""
    if len(words) > 40:  # running text; no need to look
        return False
    longer = [word for word in words[1:] if len(word) >= LONG_WORD and word[0].isalpha()]
    capitals = sum(word[0].isupper() for word in longer)
    return len(longer) >= 2 and capitals > TITLE_CASE_SHARE * len(longer)
