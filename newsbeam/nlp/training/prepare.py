"""Labelled items into what is learned from: features, labels, text for the encoder, candidates for roles."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from spacy.language import Language

from newsbeam.evaluation import canonical_vendor
from newsbeam.nlp.document import make_doc
from newsbeam.nlp.features import Reading, extract, read
from newsbeam.nlp.learner import Floats
from newsbeam.nlp.roles import Candidate, candidates, role_features
from newsbeam.nlp.rules import RuleBook
from newsbeam.nlp.triggers import best_match
from newsbeam.nlp.wordpiece import Encoded, WordPieces
from newsbeam.taxonomy import TYPES

NO_ADDRESS = 0.4  # share of items that are learned from without their address, so that it never decides alone


class Role(NamedTuple):
    """What is seen of a vendor for one event, and whether it takes part; ``name`` is the vendor's number."""

    features: list[str]
    takes_part: bool
    name: int


class Example(NamedTuple):
    """One labelled item.

    ``names`` are its vendors: the characters where each is named, and whether it takes part in any event.
    """

    features: list[str]
    types: npt.NDArray[np.bool_]
    weight: float
    roles: list[Role]
    reading: Reading
    names: list[tuple[frozenset[int], bool]]

    def encode(self, pieces: WordPieces) -> Encoded:
        """Return title and lead for the encoder."""
        return pieces.encode(
            self.reading.text, self.reading.title_end, self.reading.opening_end, self.reading.pieces
        )


class Scores(NamedTuple):
    """What an encoder says of items: ``types`` (items × types + 1), and for each its names (0: cut off)."""

    types: Floats
    names: list[list[float]]


def fraction(text: str) -> float:
    """Return a number in 0..1 that depends on ``text`` alone."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF


def prepare(
    items: Sequence[Mapping[str, Any]], nlp: Language, book: RuleBook, weight: float = 1.0
) -> list[Example]:
    """Return examples of ``items``; ``nlp`` must find sentences and mentions."""
    return [_example(item, nlp, book, weight) for item in items]


def _example(item: Mapping[str, Any], nlp: Language, book: RuleBook, weight: float) -> Example:
    url = item.get("url") or ""
    doc = make_doc(
        nlp, item["title"] or "", item.get("summary") or "", published=item.get("published"), url=url
    )
    reading = read(doc, book)
    if fraction(f"address {item.get('id')}") < NO_ADDRESS:
        url = ""
    wanted = {event["type"] for event in item["events"]}
    roles: list[Role] = []
    found = candidates(reading)
    keys = [_key(candidate) for candidate in found]
    parties: set[str] = set()
    for event in item["events"]:
        names = {canonical_vendor(name) for name in event["vendors"]}
        parties |= names
        match = best_match(reading, event["type"])
        for rank, candidate in enumerate(found):
            features = role_features(candidate, rank, len(found), event["type"], match)
            roles.append(Role(features, keys[rank] in names, rank))
    return Example(
        extract(reading, url),
        np.array([name in wanted for name in TYPES], dtype=bool),
        weight,
        roles,
        reading._replace(matches=()),
        [(candidate.named_at(), key in parties) for candidate, key in zip(found, keys, strict=True)],
    )


def _key(candidate: Candidate) -> str:
    mention = candidate.mention
    return canonical_vendor(mention.name) if mention.vendor_id.startswith("~") else mention.vendor_id
