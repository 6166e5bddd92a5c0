"""What SIGTERM and Ctrl-C do to a pass: end it at once, or let it finish and end the loop."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from newsbeam import logs

STOPS = (signal.SIGTERM, signal.SIGINT)
STOPPED = 128
"""A process that a signal stops exits with this and the signal's number: 143 or 130."""


@contextmanager
def ending_at_once() -> Iterator[None]:
    """Let the first signal end the process, in words. Nothing is half done that is not done again."""
    with _heard(_end):
        yield


@contextmanager
def finishing() -> Iterator[threading.Event]:
    """Yield an event that the first signal sets; the second ends the process."""
    stop = threading.Event()

    def heard(number: int) -> None:
        if stop.is_set():
            _end(number)
        stop.set()

    with _heard(heard):
        yield stop


def _end(number: int) -> None:
    name = signal.Signals(number).name
    logs.last_words(f"stopped by {name}: nothing was committed; the next pass does the work again")
    os._exit(STOPPED + number)


@contextmanager
def _heard(tell: Callable[[int], None]) -> Iterator[None]:
    def heard(number: int, _: FrameType | None) -> None:
        tell(number)

    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread hears signals; who runs us in another sees to them
        return
    before = {number: signal.signal(number, heard) for number in STOPS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
