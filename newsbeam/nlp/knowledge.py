"""All that the pipeline knows, loaded and checked at once.

Most of it is read by who needs it when it is first needed. Loading it before the first text takes 0.3 s, and
a faulty file stops a run at its start and not at the items that need it.
"""

from functools import cache

from newsbeam.errors import KnowledgeError
from newsbeam.knowledge.catalogue import check_countries
from newsbeam.nlp import slots
from newsbeam.nlp.authorities import Authorities, shipped_authorities
from newsbeam.nlp.axes import load_cues
from newsbeam.nlp.cues import weights
from newsbeam.nlp.roles import load_role_cues
from newsbeam.nlp.slots.places import load_places
from newsbeam.nlp.vendors import Catalogue, shipped_catalogue

OWN_CODES = frozenset(("EU", "INT"))  # of authorities and vendors of no one country
WEIGHTS = ("ambiguous", "unknown")


@cache
def load_knowledge() -> None:
    """Load every knowledge file but the rules; a fault, or a clash of two files, is a KnowledgeError."""
    load_cues()
    load_role_cues()
    slots.load_knowledge()
    for name in WEIGHTS:
        weights(name)
    catalogue, authorities = shipped_catalogue(), shipped_authorities()
    check_vendors_apart(catalogue, authorities)
    places, _ = load_places()
    codes = OWN_CODES.union(place.country or "" for place in places.values())
    check_countries((*catalogue.vendors.values(), *authorities.entries), codes)


def check_vendors_apart(catalogue: Catalogue, authorities: Authorities) -> None:
    """Complain where a vendor and an authority or a place have one name."""
    for entry in authorities.entries:
        for form in entry.surfaces():
            vendor = catalogue.named(form)
            if vendor is not None:
                raise KnowledgeError(
                    f"form '{form}' stands already at {vendor.place}", where=str(entry.place)
                )
