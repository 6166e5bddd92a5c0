"""Title and lead as pieces of words, the way the encoder reads them; each name is one piece of its kind.

Behind the piece of an authority stand those of its name: authorities are a closed set, and what kind of act
it is hangs on who acts.

The pieces are those of BERT's uncased vocabulary (Wu et al. 2016, "Google's Neural Machine Translation
System": the longest piece that fits, from the left), kept to the ones that technology news uses.
"""

import re
import unicodedata
from collections.abc import Container, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from newsbeam.nlp.masking import AUTHORITY, PRODUCT, UNKNOWN, VENDOR, Piece

PADDING, UNREADABLE, BEGIN, END = "[PAD]", "[UNK]", "[CLS]", "[SEP]"
NAME_PIECES = {VENDOR: "[VENDOR]", UNKNOWN: "[NAME]", PRODUCT: "[PRODUCT]", AUTHORITY: "[AUTHORITY]"}
SPECIAL = (PADDING, UNREADABLE, BEGIN, END, *NAME_PIECES.values())
LONGEST = 64  # pieces of title and lead together; nine items in ten are shorter
LONGEST_WORD = 40  # characters that are read of a word
_WORD = re.compile(r"[^\W_]+|[^\w\s]|_")
_CACHED = 50_000  # words; some MB in a process that runs for long


class Encoded(NamedTuple):
    """An item for the encoder: ``pieces`` by index, and where in the text the word or name of each begins.

    A vendor's name is one piece. ``starts`` is -1 for the marks that begin and end a part.
    """

    pieces: tuple[int, ...]
    starts: tuple[int, ...]

    def places(self, starts: AbstractSet[int]) -> tuple[int, ...]:
        """Return the indexes of the pieces of the words or names that begin at ``starts``."""
        return tuple(index for index, start in enumerate(self.starts) if start in starts)

    def without(self, start: int) -> "Encoded":
        """Return the item without the word or name that begins at ``start``."""
        kept = [(piece, at) for piece, at in zip(self.pieces, self.starts, strict=True) if at != start]
        return Encoded(tuple(piece for piece, _ in kept), tuple(at for _, at in kept))


class WordPieces:
    """The vocabulary, one piece an index; pieces inside a word begin with ``##``.

    ``spelt`` are the kinds of names (masking's signs) behind whose piece stand those of the name's words.
    """

    def __init__(self, pieces: Sequence[str], spelt: Container[str] = (AUTHORITY,)) -> None:
        self.spelt = spelt
        self.index = {piece: index for index, piece in enumerate(pieces)}
        missing = [piece for piece in SPECIAL if piece not in self.index]
        if missing:
            raise ValueError(f"the vocabulary has no {', '.join(missing)}")
        self._words: dict[str, tuple[int, ...]] = {}

    def cut(self, word: str) -> tuple[int, ...]:
        """Return the indexes of the pieces of ``word``."""
        word = word[:LONGEST_WORD]
        known = self._words.get(word)
        if known is None:
            if len(self._words) >= _CACHED:
                self._words.clear()
            known = self._words[word] = self._cut(_plain(word))
        return known

    def _cut(self, word: str) -> tuple[int, ...]:
        found: list[int] = []
        start = 0
        while start < len(word):
            mark = "##" if start else ""
            end = next((e for e in range(len(word), start, -1) if mark + word[start:e] in self.index), 0)
            if not end:
                return (self.index[UNREADABLE],)
            found.append(self.index[mark + word[start:end]])
            start = end
        return tuple(found)

    def encode(
        self, text: str, title_end: int, end: int, names: Sequence[Piece], longest: int = LONGEST
    ) -> Encoded:
        """Return title and lead of ``text`` (up to ``end``) with a piece for each of ``names`` (sorted).

        What is over ``longest`` pieces is cut off.
        """
        found = [(self.index[BEGIN], -1)]
        for start, stop in ((0, title_end), (title_end, end)):
            if stop > start:
                here = [name for name in names if start <= name.start < stop and name.sign in NAME_PIECES]
                found += self._part(text, start, stop, here)
                found.append((self.index[END], -1))
        if len(found) > longest:
            found = [*found[: longest - 1], (self.index[END], -1)]
        return Encoded(tuple(piece for piece, _ in found), tuple(start for _, start in found))

    def _part(self, text: str, start: int, stop: int, names: Sequence[Piece]) -> Iterator[tuple[int, int]]:
        at = start
        for name in names:
            yield from self._words_of(text, at, name.start)
            yield self.index[NAME_PIECES[name.sign]], name.start
            if name.sign in self.spelt:
                yield from ((piece, name.start) for piece, _ in self._words_of(text, name.start, name.end))
            at = name.end
        yield from self._words_of(text, at, stop)

    def _words_of(self, text: str, start: int, stop: int) -> list[tuple[int, int]]:
        return [
            (piece, match.start())
            for match in _WORD.finditer(text, start, stop)
            for piece in self.cut(match.group())
        ]


def _plain(word: str) -> str:
    """Return ``word`` in lower case without accents."""
    lower = word.lower()
    if lower.isascii():
        return lower
    return "".join(c for c in unicodedata.normalize("NFD", lower) if unicodedata.category(c) != "Mn")
