"""A small transformer that reads title and summary: a score for each event type, and for each name.

The six layers of all-MiniLM-L6-v2 (Wang et al. 2020, Apache-2.0), trained further on labelled news
by ``python -m newsbeam.nlp.training`` and made narrower, with 8-bit weights. It runs on the processor, in
one thread: Beam runs several workers beside one another. Vendors are masked, so it learns what is said, not
about whom.
"""

import hashlib
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from newsbeam.errors import KnowledgeError
from newsbeam.nlp.features import Reading
from newsbeam.nlp.learner import Floats
from newsbeam.nlp.wordpiece import LONGEST, Encoded, WordPieces
from newsbeam.taxonomy import TYPES

FOLDER = Path(__file__).parent / "model"
LONGEST_PART = 28  # pieces of a title without summary, or of a sentence of a text from before its trigger on
GRAPH, VOCABULARY = "encoder.onnx", "pieces.txt"


class Impression(NamedTuple):
    """What the encoder makes of an item: ``logits`` by type (in the order of TYPES, "any event" last);
    ``by_piece`` and ``by_item`` add up to the score that a name at a piece of ``encoded`` takes part.
    """

    encoded: Encoded
    logits: Floats
    by_piece: Floats
    by_item: float

    def takes_part(self, starts: AbstractSet[int]) -> float:
        """Return the score (log odds) that the vendor named at the characters ``starts`` takes part.

        It is 0 if all its names were cut off.
        """
        at = list(self.encoded.places(starts))
        return float(self.by_piece[at].mean()) + self.by_item if at else 0.0


class Encoder:
    """The encoder as loaded from ``folder``; a KnowledgeError names the file that is missing or broken."""

    def __init__(self, folder: Path = FOLDER) -> None:
        try:
            self.pieces = WordPieces((folder / VOCABULARY).read_text(encoding="utf-8").split("\n"))
        except (OSError, ValueError) as error:
            raise KnowledgeError(f"not a vocabulary: {error}", where=str(folder / VOCABULARY)) from error
        self.session = _load(folder / GRAPH)
        self.fingerprint = fingerprint(folder)

    def encode(self, reading: Reading) -> Encoded:
        """Return the title of ``reading`` in pieces, with its summary if it has one.

        The beginning of a text, which is longer than a summary, takes time and adds nothing to its title.
        """
        longest, end = LONGEST, reading.opening_end
        if reading.opening_end < reading.lead_end:
            longest, end = LONGEST_PART, reading.title_end or reading.opening_end
        return self.pieces.encode(reading.text, reading.title_end, end, reading.pieces, longest)

    def encode_part(self, reading: Reading, start: int, end: int) -> Encoded:
        """Return the characters from ``start`` to ``end``, or the first of them, in pieces, as a title."""
        names = [
            piece._replace(start=piece.start - start, end=piece.end - start)
            for piece in reading.pieces
            if start <= piece.start < end
        ]
        return self.pieces.encode(reading.text[start:end], end - start, end - start, names, LONGEST_PART)

    def read(self, encoded: Encoded) -> Impression:
        """Return what the encoder makes of an item."""
        pieces = np.array(encoded.pieces, dtype=np.int64)
        logits, by_piece, by_item = self.session.run(None, {"pieces": pieces})
        return Impression(encoded, logits.astype(np.float64), by_piece.astype(np.float64), float(by_item))


def fingerprint(folder: Path) -> str:
    """Return what tells the vocabulary and graph of ``folder`` from all others (SHA-256, hexadecimal)."""
    digest = hashlib.sha256()
    for name in (VOCABULARY, GRAPH):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()


def _load(path: Path) -> Any:
    """Return the graph of ``path``, ready to run in one thread."""
    try:
        import onnxruntime  # noqa: PLC0415  (its libraries may be missing, which is no traceback's business)
    except ImportError as error:
        raise KnowledgeError(f"onnxruntime cannot be loaded: {error}", where=str(path)) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what goes wrong comes as an exception
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its exceptions have no public base
        raise KnowledgeError(f"not a model: {error}", where=str(path)) from error
    if session.get_outputs()[0].shape != [len(TYPES) + 1]:
        raise KnowledgeError("made for another taxonomy, train it again", where=str(path))
    return session
