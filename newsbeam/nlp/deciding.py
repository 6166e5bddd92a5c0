"""From scores to event types: what each type needs in this kind of text, and which of them are told.

A threshold of its own holds for each type in plain news. A review, or an item that names no vendor or nothing
of technology, needs more; some types are never told of some texts.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from newsbeam.nlp.body import QUIET
from newsbeam.nlp.features import Reading
from newsbeam.nlp.learner import Floats
from newsbeam.nlp.topics import is_about_technology, subject, tells_of_hiring
from newsbeam.taxonomy import PRECEDENCE, TYPES, family

MOST_EVENTS = 3  # of title and lead; readers hardly ever label more
SECOND_NEEDS = 0.08  # how much surer than its threshold a second event of the same family must be
NEARLY = 0.7  # share of the surest act's probability from which on one that precedes it is as likely
# Least probabilities: of any event in a review, a how-to, a deal, an opinion or a roundup; of a vendor's
# event where none takes part (of 8 below 2 are right); of an act where nothing is of technology (of 6 none).
SURE_IN_QUIET, SURE_WITHOUT_VENDOR, SURE_WITHOUT_TECHNOLOGY = 0.5, 0.4, 0.6
NEVER = 1.0  # a threshold that no probability is above
LAUNCH, PRICING, LAYOFFS = "vendor.product_launch", "vendor.pricing", "vendor.layoffs"
TECHNOLOGY_ONLY = "regulatory.platform_ai_rule"  # without technology it is general politics
NO_TECHNOLOGY = "title and lead name no listed vendor, no regulator and no technology topic"
# An item reports that a company is bought, or that an authority looks at it: of 49 labelled ones none both.
PURCHASE = ("vendor.acquisition", "regulatory.merger_review")
PRODUCT_TEXTS = frozenset({"deal", "review"})  # they tell of products that are there
OF_VENDORS = np.array([family(name) == "vendor" for name in TYPES])


class Raised(NamedTuple):
    """``narrow`` is told with the score of ``wide``, since ``word`` says what that is about."""

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
    reading: Reading,
    scores: Floats,
    own: Floats,
    content_type: str,
    by_title: str,
    *,
    takes_part: Callable[[str], bool],
) -> Decision:
    """Decide by the ``scores`` of all types, whose ``own`` thresholds hold for plain news.

    ``content_type`` is what kind of text it is, ``by_title`` the same by title and address alone;
    ``takes_part`` says whether title or lead name a vendor that takes part in an event of a type.
    """
    thresholds = np.maximum(own, SURE_IN_QUIET if content_type in QUIET else 0.0)
    if by_title in PRODUCT_TEXTS:
        thresholds[TYPES.index(LAUNCH)] = NEVER
        if not _says_price_changes(reading):
            thresholds[TYPES.index(PRICING)] = NEVER
    layoffs = TYPES.index(LAYOFFS)
    if scores[layoffs] > thresholds[layoffs] and tells_of_hiring(reading):
        thresholds[layoffs] = NEVER
    for at in np.flatnonzero((scores > thresholds) & OF_VENDORS):
        if not takes_part(TYPES[at]):
            thresholds[at] = max(thresholds[at], SURE_WITHOUT_VENDOR)
    law = TYPES.index(TECHNOLOGY_ONLY)
    politics = False
    if (scores > thresholds)[~OF_VENDORS].any() and not is_about_technology(reading):
        politics = bool(scores[law] > thresholds[law])
        thresholds[~OF_VENDORS] = np.maximum(thresholds[~OF_VENDORS], SURE_WITHOUT_TECHNOLOGY)
        thresholds[law] = NEVER
    told = choose(scores, thresholds)
    raised = next(filter(None, (_raised(reading, name) for name, _ in told)), None)
    if raised:
        told = tuple((raised.narrow if name == raised.wide else name, score) for name, score in told)
    return Decision(told, thresholds, politics, raised)


def choose(scores: Floats, thresholds: Floats) -> tuple[tuple[str, float], ...]:
    """Return the types that are told of those above their threshold, the surest first.

    An item reports one act of an authority (of 430 labelled items with one, none has two), so of the kinds
    that it may be the surest counts, or one that is nearly as sure and precedes it in the taxonomy; of a
    purchase and its review the surer; a second event of a vendor must be surer than its threshold asks.
    """
    surplus = scores - thresholds
    purchase = [TYPES.index(name) for name in PURCHASE]
    if (surplus[purchase] > 0).all():
        surplus[min(purchase, key=lambda at: float(surplus[at]))] = -np.inf
    act = _act(scores, surplus)
    chosen: list[tuple[str, float]] = []
    deeds = 0
    for index in np.argsort(-surplus, kind="stable"):
        if surplus[index] <= 0 or len(chosen) == MOST_EVENTS:
            break
        if OF_VENDORS[index]:
            if deeds and surplus[index] < SECOND_NEEDS:
                continue
            deeds += 1
        elif index != act:
            continue
        chosen.append((TYPES[index], float(scores[index])))
    return tuple(chosen)


def _act(scores: Floats, surplus: Floats) -> int:
    """Return the act of an authority that is told, if any is: the surest, or one that precedes it."""
    surest = int(np.where(OF_VENDORS, -np.inf, surplus).argmax())
    if TYPES[surest] not in PRECEDENCE:
        return surest
    rivals = (TYPES.index(name) for name in PRECEDENCE[: PRECEDENCE.index(TYPES[surest])])
    return next((at for at in rivals if surplus[at] > 0 and scores[at] >= NEARLY * scores[surest]), surest)


def _raised(reading: Reading, told: str) -> Raised | None:
    """Return what the event ``told`` is about, if that is a type that says more."""
    about = subject(reading, told)
    return Raised(about[0], told, about[1]) if about else None


def _says_price_changes(reading: Reading) -> bool:
    """Say whether a rule sees in the title that a list price changes: "Sony cuts the price of …"."""
    return any(
        match.rule.type == PRICING and not match.missing and match.start < reading.title_end
        for match in reading.matches
    )
