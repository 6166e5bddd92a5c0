"""Records and their ids."""

import pickle

import pytest

from newsbeam import errors
from newsbeam.records import (
    INPUT_LIMIT,
    Money,
    Slots,
    VendorRole,
    dead_letter,
    digest,
    main_slot,
    main_vendor,
)
from tests.pipelines.streams import detection, item_events


def test_digests_do_not_collide_by_joining() -> None:
    """The length of each part is part of it."""
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("a") == digest("a")


def test_the_main_vendor_is_the_actor() -> None:
    """Then a party, then a target; order decides among equals."""
    roles = [VendorRole("t", "T", "T", "target"), VendorRole("a", "A", "A", "actor")]
    assert "a" == main_vendor(roles)
    assert "t" == main_vendor(roles[:1])
    assert "-" == main_vendor([])


def test_two_amounts_make_two_events_of_one_type() -> None:
    """The main slot is part of the id."""
    first = detection()._replace(slots=Slots(amount=Money(1e9, "USD", "$1bn")))
    second = detection()._replace(slots=Slots(amount=Money(2e9, "USD", "$2bn")))
    one, two = item_events("a", 0, first, second).events
    assert one.event_id != two.event_id
    assert "1000000000 USD" == main_slot(first)


def test_a_dead_letter_keeps_the_start_of_its_input() -> None:
    """Enough to understand it, not the whole."""
    letter = dead_letter("Step", "source", errors.SeedError("is empty", where="a.txt"), "x" * 9000, "item")
    assert INPUT_LIMIT == len(letter.input)
    assert ("SeedError", "a.txt: is empty") == (letter.error_type, letter.message)


@pytest.mark.parametrize("kind", [errors.ConfigError, errors.SeedError, errors.ExtractError])
def test_errors_survive_pickling_with_their_cause(kind: type[errors.NewsbeamError]) -> None:
    """Beam carries exceptions between processes."""
    error = kind("is wrong", where="file:3", hint="mend it")
    error.__cause__ = ValueError("because")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert "file:3: is wrong (mend it)" == str(again)
    assert "because" == str(again.__cause__)
