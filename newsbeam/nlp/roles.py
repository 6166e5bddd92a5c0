"""Which vendors of title and lead take part in an event, and as what."""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from newsbeam.knowledge.tables import Table, check_keys, read_table
from newsbeam.nlp.features import Reading
from newsbeam.nlp.masking import PRODUCT, Masked, Piece
from newsbeam.nlp.mentions import Mention
from newsbeam.nlp.rules import Match
from newsbeam.records import VendorRole
from newsbeam.taxonomy import TYPES, family

_WORD = re.compile(r"[\w’']+|[^\w\s]")
_LINKS = frozenset(
    "with from by against of to for in on at via over and as than like vs between among through "
    "under after into using inside on's its the a".split()
)
_FORMER = re.compile(r"(?:\bex-|\bformer |\bformerly |\bonetime |\bveteran of )$", re.IGNORECASE)
_THE = re.compile(r"\bthe $", re.IGNORECASE)
_OF = re.compile(r" of [^\W\d_]")  # "the Netflix of anime" is not Netflix
ROLES = ("actor", "target", "party", "order")
# What a cue says of a name before it and of one after it, see roles.yaml.
DIRECTIONS: dict[str, tuple[str | None, str | None]] = {
    "acts": ("actor", "target"),
    "suffers": ("target", "actor"),
    "does": ("actor", None),
    "undergoes": ("target", None),
    "done_by": (None, "actor"),
    "done_to": (None, "target"),
    "owns": ("actor", None),
    "beside": (None, "party"),
    "pairs": ("actor", "target"),
}
REACH = 90  # masked characters between a name and a cue: about fifteen words
_SENTENCE_END = re.compile(r"[.!?]\s|;|\n")


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
            if isinstance(piece.item, Mention) and masked and not _is_compared(masked, offset):
                by_id.setdefault(piece.item.vendor_id, []).append((where, masked, offset, piece.item))
    return [
        Candidate(vendor_id, _best(found), tuple((where, masked, at) for where, masked, at, _ in found))
        for vendor_id, found in by_id.items()
    ]


def _is_compared(masked: Masked, offset: int) -> bool:
    """Say whether a name only says what something else is like: "the Netflix of anime"."""
    return bool(_THE.search(masked.text, max(0, offset - 4), offset) and _OF.match(masked.text, offset + 1))


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


def assign_roles(event_type: str, chosen: Sequence[Candidate], start: int) -> tuple[VendorRole, ...]:
    """Return the chosen vendors with their roles; ``start`` is where the trigger stands in the document.

    A cue of ``roles.yaml`` that stands near a name says whether it acts or is acted on; else the type does.
    """
    cues, default = _cues_of(event_type), _default(event_type)
    roles = []
    for candidate in chosen:
        others = {other.vendor_id for other in chosen} - {candidate.vendor_id}
        role = _by_cue(cues, candidate, others) or _by_type(default, candidate, start)
        mention = candidate.mention
        roles.append(VendorRole(mention.vendor_id, mention.name, mention.text, role))
    return tuple(roles)


def _by_type(default: str, candidate: Candidate, start: int) -> str:
    """Return the role that no cue decides: that of the type, or of the side of the trigger."""
    if default != "order":
        return default
    return "actor" if min(candidate.named_at()) < start else "target"


def _by_cue(
    cues: Sequence[tuple[str, re.Pattern[str]]], candidate: Candidate, others: set[str]
) -> str | None:
    """Return the role that the nearest cue gives the vendor, at the first of its places that has one.

    The places of its products come last.
    """
    for _, masked, offset in sorted(candidate.places, key=_is_product):
        said = [
            (distance, found.start() - found.end(), role)
            for direction, cue in cues
            for found in cue.finditer(masked.text)
            for distance, role in _said_of(direction, found, masked, offset, others)
        ]
        if said:
            return min(said)[2]
    return None


def _is_product(place: tuple[str, Masked, int]) -> bool:
    _, masked, offset = place
    return masked.text[offset] == PRODUCT


def _said_of(
    direction: str, found: re.Match[str], masked: Masked, offset: int, others: set[str]
) -> Iterator[tuple[int, str]]:
    """Yield what a cue says of the name at ``offset``: how far away it stands, and the role."""
    is_before = offset < found.start()
    role = DIRECTIONS[direction][not is_before]
    gap = (offset + 1, found.start()) if is_before else (found.end(), offset)
    distance = gap[1] - gap[0]
    if role is None or not 0 <= distance <= (0 if direction == "owns" else REACH):
        return
    if _SENTENCE_END.search(masked.text, *gap):
        return
    if direction == "pairs" and not _names_any_of(others, masked, found, before=not is_before):
        return
    yield distance, role


def _names_any_of(vendors: set[str], masked: Masked, found: re.Match[str], *, before: bool) -> bool:
    """Say whether one of ``vendors`` stands before the cue, or else after it."""
    return any(
        isinstance(piece.item, Mention)
        and piece.item.vendor_id in vendors
        and (at < found.start() if before else at >= found.end())
        for at, piece in masked.places
    )


@lru_cache(maxsize=1)
def load_role_cues() -> Table:
    """Return ``roles.yaml``; a wrong entry is a KnowledgeError."""
    table = read_table("roles.yaml", ("default", "heard", "cues"))
    check_role_cues(table)
    return table


def check_role_cues(table: Table) -> None:
    """Complain about the first wrong entry of ``table``."""
    kinds = (*TYPES, "vendor", "regulatory")
    check_keys(table, ("default",), ("vendor", "regulatory"), kinds)
    check_keys(table, ("heard",), (), kinds)
    for kind, role in table.mapping("default").items():
        if role not in ROLES:
            raise table.error(("default", kind), f"{role!r} is none of {', '.join(ROLES)}")
    groups = table.mapping("cues")
    for group in groups:
        check_keys(table, ("cues", group), (), tuple(DIRECTIONS))
        for direction in groups[group]:
            table.pattern("cues", group, direction)
    for kind in table.mapping("heard"):
        for group in table.strings("heard", kind):
            if group not in groups:
                raise table.error(("heard", kind), f"{group!r} is none of {', '.join(groups)}")


@cache
def _cues_of(event_type: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the cues for a type, each with its direction."""
    table = load_role_cues()
    heard = table.mapping("heard")
    kind = event_type if event_type in heard else family(event_type)
    groups = table.strings("heard", kind) if kind in heard else ()
    return tuple(
        (direction, table.pattern("cues", group, direction))
        for group in groups
        for direction in table.mapping("cues", group)
    )


def _default(event_type: str) -> str:
    defaults = load_role_cues().mapping("default")
    return str(defaults.get(event_type, defaults[family(event_type)]))


def body_candidate(piece: Piece, masked: Masked, offset: int) -> Candidate:
    """Return the vendor of a sentence of the body as a candidate."""
    return Candidate(piece.item.vendor_id, piece.item, (("b", masked, offset),))
