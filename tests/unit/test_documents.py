"""Documents of a folder: the manifest, the bytes, and what is wrong with either."""

import hashlib
from pathlib import Path

import pytest

from newsbeam.documents import MAX_DOCUMENT_BYTES, open_folder, read_documents
from newsbeam.errors import ConfigError, UsageError
from newsbeam.records import DeadLetter, FeedItem, Outcome


def _read(folder: Path) -> list[FeedItem | DeadLetter | Outcome]:
    return list(read_documents(open_folder(folder).documents, "ReadDocuments"))


def _manifest(folder: Path, items: str, text: str = "One\ntwo\nthree\nfour\n") -> None:
    (folder / "a.txt").write_text(text)
    sha = hashlib.sha256(text.encode()).hexdigest()
    (folder / "manifest.yaml").write_text(
        f"version: 1\nfetched_at: 2024-01-01\ndocuments:\n- file: a.txt\n  sha256: {sha}\n  items:\n{items}"
    )


def test_the_seeds_hold_ten_items(seeds_folder: Path) -> None:
    """Each item has its own title, text and id; none has a line of another."""
    items = _read(seeds_folder)
    assert ["000-1", "000-2", "001-1", "001-2", "001-3", "001-4", "001-5", "002-1", "003-1", "004-1"] == [
        item.item_id for item in items
    ]
    assert all(isinstance(item, FeedItem) for item in items)
    assert "Taigusys" not in items[0].content
    assert items[1].content.startswith("Jun 17, 2021")


def test_published_dates_come_from_the_manifest_only_where_it_gives_one(seeds_folder: Path) -> None:
    """An undated item is not silently now."""
    by_id = {item.item_id: item for item in _read(seeds_folder)}
    assert ("2021-05-09T00:00:00Z", "manifest") == (by_id["000-1"].published_at, by_id["000-1"].date_source)
    assert (None, "none") == (by_id["001-1"].published_at, by_id["001-1"].date_source)
    assert "2024-04-11T00:00:00Z" == by_id["001-1"].fetched_at


def test_a_document_without_manifest_entry_is_one_item_titled_by_its_first_line(tmp_path: Path) -> None:
    """Blank lines before the first line do not count."""
    (tmp_path / "dropped.txt").write_text("\n\n  A headline  \n\nSome text.\n")
    (item,) = _read(tmp_path)
    assert ("dropped.txt", "A headline") == (item.item_id, item.title)


def test_files_that_are_no_documents_are_named_and_left_alone(tmp_path: Path) -> None:
    """Nothing is skipped in silence."""
    (tmp_path / "a.txt").write_text("A headline\n")
    (tmp_path / "report.pdf").write_bytes(b"%PDF")
    folder = open_folder(tmp_path)
    assert ("report.pdf",) == folder.ignored
    assert 1 == len(folder.documents)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"PK\x03\x04\x00\x00binary", "is not text: a zero byte at offset 4"),
        (b"caf\xe9 opens", "is not UTF-8 text: byte 0xe9 at offset 3"),
        (b"x" * (2 * MAX_DOCUMENT_BYTES), "is larger than"),
    ],
    ids=["empty", "blank", "binary", "latin-1", "10 MB line"],
)
def test_a_bad_document_is_a_dead_letter_that_says_what_is_wrong(
    tmp_path: Path, content: bytes, words: str
) -> None:
    """The other document still comes through."""
    (tmp_path / "bad.txt").write_bytes(content)
    (tmp_path / "good.txt").write_text("A headline\n")
    bad, good = _read(tmp_path)
    assert isinstance(bad, DeadLetter)
    assert ("bad.txt", "SeedError") == (bad.item_id, bad.error_type)
    assert words in bad.message
    assert bad.message.startswith("bad.txt: ")
    assert "good.txt" == good.item_id


def test_a_missing_document_is_a_dead_letter_for_each_of_its_items(tmp_path: Path) -> None:
    """So that the outcomes still add up to what the manifest promised."""
    _manifest(tmp_path, "  - {id: a, lines: [1, 2]}\n  - {id: b, lines: [3, 4]}\n")
    (tmp_path / "a.txt").unlink()
    letters = _read(tmp_path)
    assert [("a", True), ("b", True)] == [(one.item_id, "is missing" in one.message) for one in letters]


def test_a_changed_document_is_a_dead_letter(tmp_path: Path) -> None:
    """The hash says so."""
    _manifest(tmp_path, "  - {id: a, lines: [1, 2]}\n")
    (tmp_path / "a.txt").write_text("Other words\n")
    (letter,) = _read(tmp_path)
    assert "has changed" in letter.message


def test_a_span_past_the_end_is_a_dead_letter(tmp_path: Path) -> None:
    """The message names the line."""
    _manifest(tmp_path, "  - {id: a, lines: [1, 99]}\n")
    (letter,) = _read(tmp_path)
    assert "the manifest names line 99" in letter.message


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ("  - {id: a, lines: [1, 3]}\n  - {id: b, lines: [3, 4]}\n", "'a' and 'b' of a.txt overlap"),
        ("  - {id: a, lines: [1, 1]}\n  - {id: a, lines: [2, 2]}\n", "item 'a' stands twice"),
        ("  - {id: a, lines: [3, 1]}\n", "run backwards"),
        ("  - {id: a, lines: [1, 2], colour: red}\n", "colour (line 7): unknown key"),
        ("  - {id: a, lines: [0, 2]}\n", "greater than or equal to 1"),
    ],
)
def test_a_wrong_manifest_is_an_error_with_file_line_and_key(tmp_path: Path, items: str, words: str) -> None:
    """Nothing is guessed."""
    _manifest(tmp_path, items)
    with pytest.raises(ConfigError) as caught:
        open_folder(tmp_path)
    assert words in str(caught.value)
    assert "manifest.yaml:" in str(caught.value)


def test_the_same_text_twice_is_a_duplicate(tmp_path: Path) -> None:
    """The outcome names the item that it repeats."""
    (tmp_path / "a.txt").write_text("A headline\nText\n")
    (tmp_path / "b.txt").write_text("A headline\nText\n")
    first, second = _read(tmp_path)
    assert isinstance(first, FeedItem)
    assert Outcome("b.txt", "duplicate", "same text as item a.txt") == second


@pytest.mark.parametrize("make", ["missing", "empty"])
def test_a_folder_without_documents_is_wrong_use(tmp_path: Path, make: str) -> None:
    """The message names the folder."""
    folder = tmp_path / "folder"
    if make == "empty":
        folder.mkdir()
    with pytest.raises(UsageError, match="folder"):
        open_folder(folder)
