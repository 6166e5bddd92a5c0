"""Asynchronous work done in a thread of its own while another thread takes what it yields."""

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from queue import Empty, Full, Queue
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

FULL_SECONDS = 0.01
"""How long the loop waits before it tries again to hand on; the network goes on meanwhile."""
GONE_SECONDS = 1.0
"""How often a taker that waits looks whether the thread still lives."""


class _End(NamedTuple):
    error: BaseException | None


class _Handover(Generic[T]):
    def __init__(self, ahead: int) -> None:
        self.queue: Queue[T | _End] = Queue(ahead)
        self.unwanted = threading.Event()

    async def put(self, each: T | _End) -> None:
        while not self.unwanted.is_set():
            try:
                self.queue.put_nowait(each)
            except Full:
                await asyncio.sleep(FULL_SECONDS)
            else:
                return
        raise asyncio.CancelledError


def from_thread(make: Callable[[], AsyncIterator[T]], ahead: int) -> Iterator[T]:
    """Yield what ``make()`` yields, which runs in a thread with a loop of its own, at most ``ahead`` ahead.

    What it raises is raised here. Closing this iterator ends the thread.
    """
    handover: _Handover[T] = _Handover(ahead)
    context = contextvars.copy_context()  # what logs are bound to goes along
    thread = threading.Thread(target=lambda: context.run(asyncio.run, _work(make, handover)), daemon=True)
    thread.start()
    try:
        while True:
            try:
                each = handover.queue.get(timeout=GONE_SECONDS)
            except Empty:
                if thread.is_alive() or not handover.queue.empty():
                    continue
                raise RuntimeError("the thread that fetches has died") from None
            if isinstance(each, _End):
                if each.error:
                    raise each.error
                return
            yield each
    finally:
        handover.unwanted.set()
        thread.join()


async def _work(make: Callable[[], AsyncIterator[T]], handover: _Handover[T]) -> None:
    error: BaseException | None = None
    try:
        async for each in make():
            await handover.put(each)
    except asyncio.CancelledError:
        return  # nobody wants the rest
    except BaseException as raised:  # noqa: BLE001 - raised again where it is taken
        error = raised
    try:
        await handover.put(_End(error))
    except asyncio.CancelledError:
        return
