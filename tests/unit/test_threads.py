"""Asynchronous work in a thread."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from newsbeam.threads import from_thread


async def _numbers(count: int, made: list[int]) -> AsyncIterator[int]:
    for number in range(count):
        await asyncio.sleep(0)
        made.append(number)
        yield number


def test_all_that_is_yielded_arrives_in_order() -> None:
    """Also when there is much more than may wait."""
    assert list(range(1000)) == list(from_thread(lambda: _numbers(1000, []), ahead=3))


def test_the_thread_does_not_run_ahead_and_ends_when_nobody_wants_more() -> None:
    """Memory stays bounded however slow the taker is."""
    made: list[int] = []
    taken = from_thread(lambda: _numbers(1000, made), ahead=3)
    assert 0 == next(taken)
    assert len(made) <= 6
    taken.close()  # type: ignore[attr-defined]  # a generator
    assert len(made) <= 6
    assert not [thread for thread in threading.enumerate() if "_work" in thread.name]


def test_what_it_raises_is_raised_where_it_is_taken() -> None:
    """After what came before."""

    async def failing() -> AsyncIterator[int]:
        yield 1
        raise ValueError("broken")

    taken = from_thread(failing, ahead=3)
    assert 1 == next(taken)
    with pytest.raises(ValueError, match="broken"):
        next(taken)
