"""Which authority acts in an event, and where it has its say.

Of the authorities in title and lead the nearest to the trigger acts, unless its name is only an attribute
("government devices"), or somebody else's act ("Trump signs executive order", "FTC asks judge to …"). A
generic one ("a judge") has the jurisdiction that the words around it tell, or none.
"""

import re
from collections.abc import Iterable, Iterator

from newsbeam.nlp.authorities import shipped_authorities
from newsbeam.nlp.body import VAGUE
from newsbeam.nlp.cues import wordlist
from newsbeam.nlp.features import Reading
from newsbeam.nlp.masking import Masked, Piece
from newsbeam.nlp.mentions import AuthorityMention
from newsbeam.nlp.slots.places import PlaceSpan, find_places
from newsbeam.nlp.surface import split_words
from newsbeam.nlp.triggers import Trigger

_NEXT_WORD = re.compile(r"[\s-]+([^\W\d_]+)")
_ASKED = re.compile(
    r"\b(?:asks?|asked|asking|urges?|urged|tells?|told|petitions?|petitioned) (?:an? |the )?$"
)
# Not "Waffle House sues"; a word with a capital before it makes it somebody else's name.
_HOUSE = re.compile(r"(?:^|[.,;:—–|] |(?:^|\s)[a-z\d][\w’'-]* |\b(?:The|US|U\.S\.) )House ([a-z]+)\b")
_BY = re.compile(r"\b(?:by|settle[sd]? with) (?:the )?$")
_AFTER_DOER = re.compile(r"[.,;:)]|$|\s+(?:for|over|after|in|on|to|as|and|amid|from|with|because|under|at)\b")
_BEFORE_PLACE = re.compile(r"\b(?:in|of|from|at) (?:the )?(?:state of )?$")
_LAW = re.compile(
    r"(?:['’]s)?(?: [\w’'-]+){0,4}? (?:acts?|laws?|bills?|bans?|rules?|tax(?:es)?|statutes?|regulations?)\b"
)
_MODIFIED = re.compile(r"(?:['’]s)?(?: [\w-]+){0,2} $")


def acting(reading: Reading, event_type: str, trigger: Trigger) -> AuthorityMention | None:
    """Return the authority that acts in an event of ``event_type``, of title or lead.

    Where the lead only speaks of a government, the agency of the same country that acts in a later
    sentence on the same matter is meant.
    """
    found = nearest_in_lead(reading, trigger)
    if found is not None and found.kind in VAGUE:
        for match in reading.matches:
            named = nearest(match.masked, match.masked_start)
            if (
                match.rule.type == event_type
                and not match.missing
                and named is not None
                and named.kind not in VAGUE
                and named.jurisdiction == found.jurisdiction
            ):
                return named
    return found


def nearest_in_lead(reading: Reading, trigger: Trigger) -> AuthorityMention | None:
    """Return the authority nearest to ``trigger`` in its field, else the first of the other one."""
    in_title = trigger.start < reading.title_end
    fields = (reading.title, reading.lead) if in_title else (reading.lead, reading.title)
    for masked in filter(None, fields):
        end = masked.original(len(masked.text))
        authority = nearest(masked, max(0, trigger.start - masked.start))
        authority = authority or _unmasked(reading.text[masked.start : end])
        if authority:
            return authority
    return None


def nearest(masked: Masked, offset: int) -> AuthorityMention | None:
    """Return the authority nearest to ``offset`` of the masked text, if possible one that may act."""
    found = [
        (_is_passive(masked, at, piece.item), abs(at - offset), at, piece.item)
        for at, piece in masked.places
        if isinstance(piece.item, AuthorityMention) and not _is_attribute(masked, at, piece.item)
    ]
    return min(found, key=lambda entry: entry[:3])[3] if found else None


def _is_passive(masked: Masked, at: int, authority: AuthorityMention) -> bool:
    """Say whether ``authority`` is only an act of somebody, or is asked by somebody."""
    return authority.text.lower().endswith("order") or (
        is_generic(authority) and bool(_ASKED.search(masked.text[:at]))
    )


def _is_attribute(masked: Masked, at: int, authority: AuthorityMention) -> bool:
    """Say whether a generic name only says what something is ("government devices")."""
    if not is_generic(authority) or not authority.text.islower():
        return False
    noun = authority.text.rsplit(maxsplit=1)[-1]
    shown = masked.text.find(noun, at)  # a generic noun stays readable after its sign
    following = _NEXT_WORD.match(masked.text, shown + len(noun)) if shown >= 0 else None
    return following is not None and following[1].lower() in wordlist("authority-property")


def is_generic(authority: AuthorityMention) -> bool:
    """Say whether only a phrase names ``authority``, that any country has ("a judge")."""
    return authority.authority_id.startswith("any-")


def _unmasked(said: str) -> AuthorityMention | None:
    """Return an authority that is no name by itself: the House that acts, or who it was done by."""
    house = _HOUSE.search(said)
    if house and house[1] in wordlist("authority-acts"):
        return _called("US House", "House of Representatives")
    for place in find_places(said):
        if not place.demonym and _BY.search(said[: place.start]) and _AFTER_DOER.match(said, place.end):
            return _called(f"{said[place.start : place.end]} government", said[place.start : place.end])
    return None


def _called(phrase: str, name: str) -> AuthorityMention | None:
    hits = shipped_authorities().find(split_words(phrase))
    if not hits:
        return None
    return AuthorityMention(0, 0, hits[0].authority_id, name, name, hits[0].jurisdiction, hits[0].kind)


def jurisdiction(reading: Reading, authority: AuthorityMention, start: int, end: int) -> str | None:
    """Return where ``authority`` has its say, None where nothing tells.

    ``start`` and ``end`` are the sentence of the event. Of a generic name a place beside it counts, then its
    own home ("federal judge"), then the country of the other authorities or laws in the sentence, then of
    those in title and lead, if it is one.
    """
    if not is_generic(authority):
        return authority.jurisdiction
    said = reading.text[start:end]
    places = find_places(said)
    return (
        _only(place.country for place in places if _is_beside(said, place, authority.text))
        or authority.jurisdiction
        or _only((*_countries(reading.pieces, start, end), *_of_laws(said, places)))
        or _only(_countries(reading.pieces, 0, reading.lead_end))
    )


def _is_beside(said: str, place: PlaceSpan, name: str) -> bool:
    before, after = said[: place.start], said[place.end :]
    led = _BEFORE_PLACE.search(before)
    if led and before[: led.start()].rstrip().endswith(name):
        return True
    at = after.find(name)
    return at >= 0 and bool(_MODIFIED.fullmatch(after[:at]))


def _of_laws(said: str, places: Iterable[PlaceSpan]) -> Iterator[str | None]:
    return (place.country for place in places if _LAW.match(said, place.end))


def _countries(pieces: Iterable[Piece], start: int, end: int) -> Iterator[str | None]:
    for piece in pieces:
        if start <= piece.start < end and isinstance(piece.item, AuthorityMention):
            code = piece.item.jurisdiction
            yield code.split("-")[0] if code else None


def _only(codes: Iterable[str | None]) -> str | None:
    """Return the one code of ``codes``; None where there are none or several."""
    found = {code for code in codes if code and code != "INT"}
    return found.pop() if len(found) == 1 else None
