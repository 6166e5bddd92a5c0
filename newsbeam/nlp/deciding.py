"""From scores to event types: what each type needs in this kind of text, and which of them are told.

A threshold of its own holds for each type in plain news. A review, or an item that names no vendor or nothing
of technology, needs more; some types are never told of some texts.
"""

from typing import NamedTuple

import numpy as np

from newsbeam.nlp.body import QUIET
from newsbeam.nlp.features import Reading
from newsbeam.nlp.learner import Floats
from newsbeam.nlp.topics import is_about_technology, subject
from newsbeam.taxonomy import PRECEDENCE, TYPES, family

MOST_EVENTS = 3  # of title and lead; readers hardly ever label more
SECOND_NEEDS = 0.08  # how much surer than its threshold a second event of the same family must be
NEARLY = 0.7  # share of the surest act's probability from which on one that precedes it is as likely
# Least probabilities: of any event in a review, a how-to, a deal, an opinion or a roundup; of a vendor's
# event where none takes part (of 8 below 2 are right); of an act where nothing is of technology (of 6 none).
SURE_IN_QUIET, SURE_WITHOUT_VENDOR, SURE_WITHOUT_TECHNOLOGY = 0.5, 0.4, 0.6
NEVER = 1.0  # a threshold that no probability is above
LAUNCH, PRICING = "vendor.product_launch", "vendor.pricing"
TECHNOLOGY_ONLY = "regulatory.platform_ai_rule"  # without technology it is general politics
NO_TECHNOLOGY = "title and lead name no listed vendor, no regulator and no technology topic"
# An item reports that a company is bought, or that an authority looks at it: of 49 labelled ones none both.
PURCHASE = frozenset({"vendor.acquisition", "regulatory.merger_review"})
PRODUCT_TEXTS = frozenset({"deal", "review"})  # they tell of products that are there
OF_VENDORS = np.array([family(name) == "vendor" for name in TYPES])


class Raised(NamedTuple):
    """``narrow`` has the score of ``wide``, since ``word`` says what that is about."""

    narrow: str
    wide: str
    word: str


class Decision(NamedTuple):
    """What is told, the surest first, with its probability; and the probability that each type needed.

    ``politics`` is true where a law or rule was likely, but is held back, since title and lead name nothing
    of technology.
    """

    told: tuple[tuple[str, float], ...]
    thresholds: Floats
    politics: bool
    raised: Raised | None


def decide(
    reading: Reading, scores: Floats, own: Floats, content_type: str, by_title: str, *, anyone: bool
) -> Decision:
    """Decide by the ``scores`` of all types, whose ``own`` thresholds hold for plain news.

    ``content_type`` is what kind of text it is, ``by_title`` the same by title and address alone;
    ``anyone`` says whether title or lead name a vendor.
    """
    thresholds = np.maximum(own, SURE_IN_QUIET if content_type in QUIET else 0.0)
    if by_title in PRODUCT_TEXTS:
        thresholds[TYPES.index(LAUNCH)] = NEVER
        if not _says_price_changes(reading):
            thresholds[TYPES.index(PRICING)] = NEVER
    if not anyone:
        thresholds[OF_VENDORS] = np.maximum(thresholds[OF_VENDORS], SURE_WITHOUT_VENDOR)
    law = TYPES.index(TECHNOLOGY_ONLY)
    politics = False
    if (scores > thresholds)[~OF_VENDORS].any() and not is_about_technology(reading):
        politics = bool(scores[law] > thresholds[law])
        thresholds[~OF_VENDORS] = np.maximum(thresholds[~OF_VENDORS], SURE_WITHOUT_TECHNOLOGY)
        thresholds[law] = NEVER
    raised = _raised(reading, scores, thresholds)
    if raised:
        scores = scores.copy()
        narrow, wide = TYPES.index(raised.narrow), TYPES.index(raised.wide)
        scores[narrow], scores[wide] = scores[wide], scores[narrow]
    return Decision(choose(scores, thresholds), thresholds, politics, raised)


def choose(scores: Floats, thresholds: Floats) -> tuple[tuple[str, float], ...]:
    """Return the types above their threshold, the surest first.

    An item reports one act of an authority (of 430 labelled items with one, none has two), so of the kinds
    that it may be the surest counts, or one that is nearly as sure and precedes it in the taxonomy; of a
    purchase and its review the surer; a second event of a vendor must be surer than its threshold asks.
    """
    surplus = scores - thresholds
    chosen: list[tuple[str, float]] = []
    families: set[str] = set()
    for surest in np.argsort(-surplus, kind="stable"):
        if surplus[surest] <= 0 or len(chosen) == MOST_EVENTS:
            break
        index = _preceding(int(surest), scores, surplus)
        kind = family(TYPES[index])
        if kind in families and (kind == "regulatory" or surplus[index] < SECOND_NEEDS):
            continue
        if TYPES[index] in PURCHASE and any(name in PURCHASE for name, _ in chosen):
            continue
        families.add(kind)
        chosen.append((TYPES[index], float(scores[index])))
    return tuple(chosen)


def _preceding(surest: int, scores: Floats, surplus: Floats) -> int:
    """Return the type that is told for the act ``surest``: the first in the taxonomy that may be it."""
    if TYPES[surest] not in PRECEDENCE:
        return surest
    rivals = (TYPES.index(name) for name in PRECEDENCE[: PRECEDENCE.index(TYPES[surest])])
    return next((at for at in rivals if surplus[at] > 0 and scores[at] >= NEARLY * scores[surest]), surest)


def _says_price_changes(reading: Reading) -> bool:
    """Say whether a rule sees in the title that a list price changes: "Sony cuts the price of …"."""
    return any(
        match.rule.type == PRICING and not match.missing and match.start < reading.title_end
        for match in reading.matches
    )


def _raised(reading: Reading, scores: Floats, thresholds: Floats) -> Raised | None:
    """Return what the likeliest act is about, if that is a type that says more."""
    surplus = np.where(OF_VENDORS, -np.inf, scores - thresholds)
    best = int(surplus.argmax())
    about = subject(reading, TYPES[best]) if surplus[best] > 0 else None
    return Raised(about[0], TYPES[best], about[1]) if about else None
