"""The component that finds who is spoken of: ``doc._.mentions`` (vendors) and ``doc._.authorities``."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from newsbeam.knowledge.catalogue import load_vendors
from newsbeam.nlp.authorities import AuthorityHit, shipped_authorities
from newsbeam.nlp.document import fields_of, text_of, token_starts
from newsbeam.nlp.named_entities import find_named, load_model
from newsbeam.nlp.surface import Words, split_words
from newsbeam.nlp.unknown_vendors import find_unknown
from newsbeam.nlp.vendors import Catalogue, Hit, shipped_catalogue


class Mention(NamedTuple):
    """A vendor in a document: tokens ``start`` to ``end``.

    ``vendor_id`` is a catalogue id, or ``~`` and a slug for one that no catalogue lists. ``kind`` is
    ``company``, ``brand``, ``product`` or ``unknown``; ``certainty`` is 0..1 that this is the vendor;
    ``why`` says in words what speaks for it.
    """

    start: int
    end: int
    vendor_id: str
    name: str
    text: str
    kind: str
    certainty: float
    why: str


class AuthorityMention(NamedTuple):
    """An authority in a document: tokens ``start`` to ``end``.

    ``authority_id`` is a catalogue id, or jurisdiction and kind ("ie-regulator") where only a generic
    phrase names it. ``jurisdiction`` is an ISO 3166 code, ``EU``, ``INT`` or None where the
    phrase does not tell it. ``kind`` is ``regulator``, ``court``, ``legislature``, ``government``, ``agency``
    or ``police``.
    """

    start: int
    end: int
    authority_id: str
    name: str
    text: str
    jurisdiction: str | None
    kind: str


class Mentions:
    """Sets ``doc._.mentions`` and ``doc._.authorities``, each in the order of the text."""

    def __init__(self, catalogue: Catalogue, model: Language | None = None) -> None:
        self.catalogue = catalogue
        self.model = model
        self.authorities = shipped_authorities()

    def __call__(self, doc: Doc) -> Doc:
        """Find the mentions of ``doc``, whose fields and sentences are known by now."""
        if not len(doc):
            return doc
        fields = fields_of(doc)
        text = text_of(doc)
        words = split_words(text, doc._.sentence_starts or (0,), [(f.start, f.end) for f in fields])
        known = self.catalogue.find(words)
        authorities = self.authorities.find(words)
        titled = bool(fields) and fields[0].name == "title"
        unknown = find_unknown(words, known, authorities) if titled else []
        if self.model is not None:
            spans = [(hit.first, hit.last) for hit in (*known, *unknown)]
            spans += [(found.first, found.last) for found in authorities]
            taken = {index for first, last in spans for index in range(first, last)}
            unknown = [*unknown, *find_named(self.model, words, taken)]
        hits = sorted((*known, *(self._listed(hit) for hit in unknown)))
        tokens = token_starts(doc)
        doc._.mentions = tuple(_mention(words, tokens, hit) for hit in hits)
        doc._.authorities = tuple(_authority(words, tokens, hit) for hit in apart(authorities, hits))
        return doc

    def _listed(self, hit: Hit) -> Hit:
        """Return ``hit`` with its catalogue id, where it is an ambiguous name of the catalogue.

        So is the plural of a name ("Teslas"), which is read as the unknown name that it is.
        """
        listed = self.catalogue.vendors.get(self.catalogue.canonical(hit.name))
        if listed is not None:
            return hit._replace(vendor_id=listed.id, name=listed.name, kind="company")
        owner = self.catalogue.vendors.get(self.catalogue.singular(hit.name) or "")
        return hit._replace(vendor_id=owner.id, name=owner.name) if owner else hit


def apart(authorities: Iterable[AuthorityHit], hits: Iterable[Hit]) -> list[AuthorityHit]:
    """Return the authorities that are no part of a longer vendor's name ("Trump Mobile")."""
    taken = {index: hit.last - hit.first for hit in hits for index in range(hit.first, hit.last)}
    return [
        found
        for found in authorities
        if all(taken.get(index, 0) <= found.last - found.first for index in range(found.first, found.last))
    ]


@Language.factory(
    "newsbeam_mentions",
    assigns=["doc._.mentions", "doc._.authorities"],
    requires=["token.is_sent_start"],
    default_config={"vendors": None, "model": None},
)
def make_mentions(nlp: Language, name: str, vendors: str | None, model: str | None) -> Mentions:  # noqa: ARG001 spaCy's signature
    """Make the component; ``vendors`` is a folder of vendor files, by default the shipped catalogue.

    ``model`` names an installed spaCy model that may add organisations; by default there is none.
    """
    catalogue = Catalogue(load_vendors(vendors)) if vendors else shipped_catalogue()
    return Mentions(catalogue, load_model(model) if model else None)


def _tokens(words: Words, tokens: Sequence[int], first: int, last: int) -> tuple[int, int]:
    start = max(0, bisect_right(tokens, words.starts[first]) - 1)
    return start, max(start + 1, bisect_left(tokens, words.ends[last - 1]))


def _mention(words: Words, tokens: Sequence[int], hit: Hit) -> Mention:
    start, end = _tokens(words, tokens, hit.first, hit.last)
    text = words.text[words.starts[hit.first] : words.ends[hit.last - 1]]
    return Mention(start, end, hit.vendor_id, hit.name, text, hit.kind, hit.certainty, hit.why)


def _authority(words: Words, tokens: Sequence[int], hit: AuthorityHit) -> AuthorityMention:
    start, end = _tokens(words, tokens, hit.first, hit.last)
    text = words.text[words.starts[hit.first] : words.ends[hit.last - 1]]
    return AuthorityMention(start, end, hit.authority_id, hit.name, text, hit.jurisdiction, hit.kind)
