"""Polls that have begun: whether there is anything new shows before the graph is built to take it.

Most passes find nothing new, and building and running the graph costs a second. So polling begins without
it; what it finds first, and all that follows, is then taken over by the graph, in this process.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from newsbeam.ledger.intake import Noticed, Plan, take_in
from newsbeam.threads import from_thread

AHEAD = 200
"""Items that the network may be ahead of detection: 0.2 s of work, and 20 MB where each is a long page."""

_BEGUN: dict[str, tuple[Any, Any]] = {}
"""What was found first and what is still to come, by run."""


def begin(plan: Plan) -> tuple[Mapping[str, int], bool]:
    """Poll until something is found; return what was to be counted so far, and whether there was something.

    If so, :func:`found` goes on from there.
    """
    rest = from_thread(lambda: take_in(plan), AHEAD)
    noticed: Counter[str] = Counter()
    for each in rest:
        if not isinstance(each, Noticed):
            _BEGUN[plan.run_id] = (each, rest)
            return noticed, True
        noticed[each.name] += each.number
    return noticed, False


def found(plan: Plan) -> Iterator[Any]:
    """Yield what :func:`begin` has found for this run and what follows; without it, poll."""
    begun = _BEGUN.pop(plan.run_id, None)
    return chain([begun[0]], begun[1]) if begun else from_thread(lambda: take_in(plan), AHEAD)


def abandon(plan: Plan) -> None:
    """End what :func:`begin` has begun and nobody has taken over."""
    begun = _BEGUN.pop(plan.run_id, None)
    if begun:
        begun[1].close()
