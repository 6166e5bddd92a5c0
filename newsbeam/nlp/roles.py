"""Which vendors of title and lead take part in an event, and as what."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from newsbeam.nlp.features import Reading
from newsbeam.nlp.masking import Masked, Piece
from newsbeam.nlp.mentions import Mention
from newsbeam.nlp.rules import Match
from newsbeam.records import VendorRole
from newsbeam.taxonomy import family

_WORD = re.compile(r"[\w’']+|[^\w\s]")
_LINKS = frozenset(
    "with from by against of to for in on at via over and as than like vs between among through "
    "under after into using inside on's its the a".split()
)
_FORMER = re.compile(r"(?:\bex-|\bformer |\bformerly |\bonetime |\bveteran of )$", re.IGNORECASE)
PARTIES = frozenset({"vendor.partnership"})
TARGETED = frozenset(
    {
        "vendor.acquisition",
        "vendor.divestiture",
        "vendor.investment",
        "vendor.contract",
        "vendor.market_share",
        "regulatory.lawsuit",
        "regulatory.ip_dispute",
    }
)
_PASSIVE = re.compile(
    r"\b(?:acquired|bought|purchased|owned|sued|snapped up|taken over|backed|funded|led|overtaken|beaten)"
    r" by\b|"
    r"\b(?:lawsuit|suit|complaint|case|claims?) against\b",
    re.IGNORECASE,
)


class Candidate(NamedTuple):
    """A vendor named in title or lead, with the places where it is named (masked text, offset in it)."""

    vendor_id: str
    mention: Mention
    places: tuple[tuple[str, Masked, int], ...]

    def named_at(self) -> frozenset[int]:
        """Return the characters of the document where the vendor is named."""
        return frozenset(masked.original(offset) for _, masked, offset in self.places)


def candidates(reading: Reading) -> list[Candidate]:
    """Return the vendors of title and lead in the order of the text, each once."""
    by_id: dict[str, list[tuple[str, Masked, int, Mention]]] = {}
    for where, masked in (("t", reading.title), ("s", reading.lead)):
        for offset, piece in masked.places if masked else ():
            if isinstance(piece.item, Mention) and masked:
                by_id.setdefault(piece.item.vendor_id, []).append((where, masked, offset, piece.item))
    return [
        Candidate(vendor_id, _best(found), tuple((where, masked, at) for where, masked, at, _ in found))
        for vendor_id, found in by_id.items()
    ]


def _best(found: Sequence[tuple[str, Masked, int, Mention]]) -> Mention:
    """Return the mention to show: a company's or brand's name before a product's, else the first."""
    return next((mention for *_, mention in found if mention.kind != "product"), found[0][3])


def role_features(
    candidate: Candidate, rank: int, count: int, event_type: str, match: Match | None
) -> list[str]:
    """Return what the model sees of a candidate for an event of ``event_type`` with trigger ``match``."""
    where, masked, offset = candidate.places[0]
    text = masked.text
    before = _WORD.findall(text[max(0, offset - 40) : offset].lower())[-3:]
    after = _WORD.findall(text[offset + 1 : offset + 40].lower())[:2]
    previous = before[-1] if before else "^"
    following = after[0] if after else "$"
    mention = candidate.mention
    plain = [
        f"where:{where}",
        f"rank:{min(rank, 3)}:of:{min(count, 4)}",
        f"kind:{mention.kind}",
        f"certainty:{mention.kind == 'unknown'}:{int(mention.certainty * 5)}",
        f"previous:{previous if previous in _LINKS else 'other' if previous.isalnum() else previous}",
        f"following:{following}"
        if following in {"'s", "’s", ",", "$", "and", "-", ":"}
        else "following:word",
        f"named:{min(len(candidate.places), 3)}",
        f"first:{offset == 0}:{where}",
        f"former:{bool(_FORMER.search(text, max(0, offset - 12), offset))}",
        f"beside:{_beside(masked, offset)}",
        f"trigger:{_side(candidate, match)}",
        *(f"before:{word}" for word in before[-2:]),
        *(f"after:{word}" for word in after),
    ]
    short = event_type.partition(".")[2]
    kin = family(event_type)
    return [
        *plain,
        *(f"{kin}|{feature}" for feature in plain),
        *(f"{short}|{feature}" for feature in plain[:10]),
        f"type:{short}",
    ]


def is_subject(candidate: Candidate, match: Match | None) -> bool:
    """Say whether the vendor stands right before a trigger that fired: "Danke appoints"."""
    return bool(match and not match.missing and _side(candidate, match) == "before:0")


def _beside(masked: Masked, offset: int) -> str:
    """Say which other kinds of names stand close to ``offset``: an authority, another vendor."""
    text = masked.text
    near = text[max(0, offset - 25) : offset] + text[offset + 1 : offset + 25]
    return "".join(sorted({char for char in near if 0xA000 <= ord(char) <= 0xA48C}))


def _side(candidate: Candidate, match: Match | None) -> str:
    """Say on which side of the trigger the vendor stands, and how far away."""
    if match is None:
        return "none"
    best = "elsewhere"
    nearest = 10_000
    for _, masked, offset in candidate.places:
        start = masked.original(offset)
        if not match.masked.start <= start < match.masked.original(len(match.masked.text)) + 1:
            continue
        side, distance = (
            ("before", match.start - start) if start < match.start else ("after", start - match.end)
        )
        if start >= match.start and start < match.end:
            side, distance = "inside", 0
        if distance < nearest:
            nearest = distance
            best = f"{side}:{0 if distance < 12 else 1 if distance < 30 else 2 if distance < 70 else 3}"
    return best


def assign_roles(
    event_type: str, chosen: Sequence[Candidate], match: Match | None, start: int
) -> tuple[VendorRole, ...]:
    """Return the chosen vendors with their roles; ``start`` is where the trigger stands in the document."""
    passive = bool(match and _PASSIVE.search(match.masked.text))
    roles = []
    for candidate in chosen:
        mention = candidate.mention
        role = _role(event_type, candidate, chosen, start, passive=passive)
        roles.append(VendorRole(mention.vendor_id, mention.name, mention.text, role))
    return tuple(roles)


def _role(
    event_type: str, candidate: Candidate, chosen: Sequence[Candidate], start: int, *, passive: bool
) -> str:
    if event_type in PARTIES:
        return "party"
    offsets = [masked.original(offset) for _, masked, offset in candidate.places]
    is_before = min(offsets) < start
    if event_type in TARGETED:
        if len(chosen) == 1 and family(event_type) == "regulatory" and not is_before:
            return "target"
        return "actor" if is_before != passive else "target"
    return "target" if family(event_type) == "regulatory" else "actor"


def body_candidate(piece: Piece, masked: Masked, offset: int) -> Candidate:
    """Return the vendor of a sentence of the body as a candidate."""
    return Candidate(piece.item.vendor_id, piece.item, (("b", masked, offset),))
