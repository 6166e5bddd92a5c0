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
from newsbeam.nlp.learner import Floats, sigmoid
from newsbeam.nlp.roles import Candidate, candidates, role_features
from newsbeam.nlp.rules import RuleBook
from newsbeam.nlp.triggers import best_match
from newsbeam.nlp.wordpiece import LONGEST, Encoded, WordPieces
from newsbeam.taxonomy import TYPES

SMALLEST = 1e-6  # probability: its log odds are finite
NO_ADDRESS = 0.4  # share of items that are learned from without their address, so that it never decides alone


class Role(NamedTuple):
    """What is seen of a vendor for one event, and whether it takes part; ``name`` is the vendor's number."""

    features: list[str]
    takes_part: bool
    name: int


class Example(NamedTuple):
    """One labelled item.

    ``names`` are its vendors: the characters where each is named, and whether it takes part in any event.
    Of one that is not ``labelled`` only what teachers say of it is learned.
    """

    features: list[str]
    types: npt.NDArray[np.bool_]
    weight: float
    roles: list[Role]
    reading: Reading
    names: list[tuple[frozenset[int], bool]]
    labelled: bool = True

    def encode(self, pieces: WordPieces, longest: int = LONGEST) -> Encoded:
        """Return title and lead for the encoder, ``longest`` pieces at most."""
        reading = self.reading
        return pieces.encode(reading.text, reading.title_end, reading.opening_end, reading.pieces, longest)


class Scores(NamedTuple):
    """What an encoder says of items: ``types`` (items × types + 1), and for each its names (0: cut off)."""

    types: Floats
    names: list[list[float]]


def mean(said: Sequence[Scores]) -> Scores:
    """Return the mean of probabilities that several networks give to the same items, as log odds again."""

    def together(values: Sequence[Floats]) -> Floats:
        probability = np.mean([sigmoid(value) for value in values], axis=0).clip(SMALLEST, 1 - SMALLEST)
        return np.asarray(np.log(probability / (1 - probability)), dtype=np.float64)

    names = [
        together([np.array(of_item) for of_item in names]).tolist()
        for names in zip(*(scores.names for scores in said), strict=True)
    ]
    return Scores(together([scores.types for scores in said]), names)


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
