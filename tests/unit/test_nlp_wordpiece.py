"""Title and lead in pieces, as the encoder reads them."""

import pytest
import spacy

from newsbeam.nlp import mentions  # noqa: F401  (registers the component)
from newsbeam.nlp.document import make_doc
from newsbeam.nlp.features import Reading, read
from newsbeam.nlp.rules import RuleBook
from newsbeam.nlp.wordpiece import LONGEST, NAME_PIECES, SPECIAL, Encoded, WordPieces

VOCABULARY = (
    *SPECIAL,
    *"abcdefghijklmnopqrstuvwxyz0123456789$.",
    "##s",
    "##ing",
    "buy",
    "launch",
    "drone",
    "caf",
    "##e",
)


@pytest.fixture(scope="module")
def pieces() -> WordPieces:
    return WordPieces(VOCABULARY)


def reading(title: str, summary: str = "") -> Reading:
    nlp = spacy.blank("en")
    nlp.add_pipe("newsbeam_sentences")
    nlp.add_pipe("newsbeam_mentions")
    return read(make_doc(nlp, title, summary), RuleBook(()))


def encode(pieces: WordPieces, found: Reading) -> Encoded:
    return pieces.encode(found.text, found.title_end, found.opening_end, found.pieces)


def words(encoded: Encoded) -> list[str]:
    return [VOCABULARY[index] for index in encoded.pieces]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Launching", ["launch", "##ing"]),
        ("buys", ["buy", "##s"]),
        ("café", ["caf", "##e"]),
        ("ꃶ", ["[UNK]"]),
        ("buyx", ["[UNK]"]),
    ],
)
def test_longest_pieces_first(pieces: WordPieces, word: str, expected: list[str]) -> None:
    """A word is cut into the longest pieces from the left, case and accents aside."""
    assert expected == [VOCABULARY[index] for index in pieces.cut(word)]


def test_names_are_one_piece(pieces: WordPieces) -> None:
    """Every name is the piece of its kind, whoever bears it."""
    xiaomi = encode(pieces, reading("Xiaomi buys drone"))
    assert ["[CLS]", "[VENDOR]", "buy", "##s", "drone", "[SEP]"] == words(xiaomi)
    assert xiaomi.pieces == encode(pieces, reading("Deutsche Telekom buys drone")).pieces


def test_starts_lead_back_to_the_text(pieces: WordPieces) -> None:
    """Each piece says where its word or name begins; marks between the parts say -1."""
    found = reading("Xiaomi buys drone", "Drone launching.")
    encoded = encode(pieces, found)
    assert ["[SEP]", "drone", "launch", "##ing", ".", "[SEP]"] == words(encoded)[5:]
    assert -1 == encoded.starts[5]
    assert ["Xiaomi", "buys", "buys", "drone"] == [
        found.text[start:].split()[0] for start in encoded.starts[1:5]
    ]
    assert (1,) == encoded.places({0})


def test_without_a_word(pieces: WordPieces) -> None:
    """Leaving out a word leaves out all its pieces."""
    encoded = encode(pieces, reading("Xiaomi buys drone"))
    assert ["[CLS]", "[VENDOR]", "drone", "[SEP]"] == words(encoded.without(7))


def test_long_leads_are_cut(pieces: WordPieces) -> None:
    """At most LONGEST pieces are read, the last of them the mark of the end."""
    encoded = encode(pieces, reading("Xiaomi buys drone", "buys drone " * 60))
    assert LONGEST == len(encoded.pieces) == len(encoded.starts)
    assert "[SEP]" == words(encoded)[-1]


def test_vocabulary_must_have_the_marks() -> None:
    """A vocabulary without the special pieces is refused by name."""
    with pytest.raises(ValueError, match=r"\[VENDOR\]"):
        WordPieces(["a", "b"])


def test_names_are_spelt_out_behind_their_piece(pieces: WordPieces) -> None:
    """Those of authorities, or of the kinds that are asked for; all pieces stand for the name."""
    found = reading("EU fines Apple")
    assert ["[CLS]", "[AUTHORITY]", "[UNK]", "[UNK]", "[VENDOR]", "[SEP]"] == words(encode(pieces, found))
    plain = WordPieces(VOCABULARY, spelt=())
    assert ["[CLS]", "[AUTHORITY]", "[UNK]", "[VENDOR]", "[SEP]"] == words(encode(plain, found))
    spelt = encode(WordPieces(VOCABULARY, spelt=NAME_PIECES), found)
    assert ["[VENDOR]", "[UNK]"] == words(spelt)[-3:-1]
    assert 2 == len(spelt.places({len("EU fines ")}))
    assert len(spelt.pieces) - 2 == len(spelt.without(len("EU fines ")).pieces)
