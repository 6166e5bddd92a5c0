"""Lists of words that detection leans on: ``words/*.jsonl``, one list a line.

A line is ``{"id": …, "about": …, "words": […]}`` or, for long lists, ``"text"`` with the words separated
by spaces. Ids are unique over all files, words within a list.
"""

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from newsbeam.errors import KnowledgeError
from newsbeam.knowledge.catalogue import FOLDER, Entry, Form, Slug, read_lines, validate

WORDS = FOLDER / "words"


class WordList(Entry):
    """A named list; ``about`` says what it is for and where it comes from."""

    id: Slug
    about: str = Field(min_length=1)
    words: tuple[Form, ...] = ()
    text: str = ""

    def members(self) -> tuple[str, ...]:
        """Return the words of both keys."""
        return (*self.words, *self.text.split())


def load_wordlists(folder: Path | str = WORDS) -> Mapping[str, frozenset[str]]:
    """Read every list of ``folder``, by id."""
    lists: dict[str, frozenset[str]] = {}
    for file in sorted(Path(folder).glob("*.jsonl")):
        for place, value in read_lines(file):
            entry = validate(place, value, WordList)
            members = entry.members()
            if entry.id in lists:
                raise KnowledgeError(f"id '{entry.id}' is given twice", where=str(place))
            unique = frozenset(members)
            if len(unique) != len(members):
                repeated = next(word for word in members if members.count(word) > 1)
                raise KnowledgeError(f"key 'words': '{repeated}' is given twice", where=str(place))
            lists[entry.id] = unique
    return lists
