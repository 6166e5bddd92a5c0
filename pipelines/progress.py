"""How far long work has come, on a terminal; elsewhere silence."""

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO, TypeVar

Element = TypeVar("Element")

REFRESH_SECONDS = 1.0


@contextmanager
def shown(count: Callable[[], int], unit: str = "items", out: TextIO | None = None) -> Iterator[None]:
    """Show ``count()`` once a second on ``out`` (default: standard error) while the block runs."""
    terminal = out or sys.stderr
    if not terminal.isatty():
        yield
        return
    done = threading.Event()

    def show() -> None:
        while not done.wait(REFRESH_SECONDS):
            terminal.write(f"\r{count()} {unit} …")
            terminal.flush()

    shower = threading.Thread(target=show, daemon=True)
    shower.start()
    try:
        yield
    finally:
        done.set()
        shower.join()
        terminal.write("\r" + " " * 30 + "\r")
        terminal.flush()


def counted(elements: Iterable[Element], unit: str, out: TextIO | None = None) -> Iterator[Element]:
    """Yield ``elements`` and show how many there were."""
    passed = 0
    with shown(lambda: passed, unit, out):
        for element in elements:
            yield element
            passed += 1
