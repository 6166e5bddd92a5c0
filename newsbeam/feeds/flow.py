"""Many jobs at many hosts: at once, but never more in work than there is room for."""

import asyncio
import heapq
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import TypeVar

from newsbeam.feeds.pace import Pace

Job = TypeVar("Job")
Result = TypeVar("Result")


def _never() -> bool:
    return False


async def by_host(
    jobs: Iterable[tuple[str, Job]],
    work: Callable[[Job], Awaitable[Result]],
    pace: Pace,
    room: int,
    enough: Callable[[], bool] = _never,
) -> AsyncIterator[Result]:
    """Do ``work`` on ``jobs``, each with its host; yield results as they are done, in no fixed order.

    Jobs of one host follow one another, and a host's pause keeps no other waiting. At most ``room`` jobs
    are begun and not yet taken: who stops pulling stops the work, too, and who leaves ends it. Once there
    is ``enough`` no more are begun, and those that were are yielded. Raises what ``work`` raises.
    """
    queues: dict[str, deque[Job]] = defaultdict(deque)
    for host, job in jobs:
        queues[host].append(job)
    ready = [(pace.free_at(host), order, host) for order, host in enumerate(queues)]
    heapq.heapify(ready)
    order = len(ready)
    clock = asyncio.get_running_loop().time
    running: dict[asyncio.Future[Result], str] = {}
    try:
        while running or (ready and not enough()):
            while ready and len(running) < room and ready[0][0] <= clock() and not enough():
                host = heapq.heappop(ready)[2]
                running[asyncio.ensure_future(work(queues[host].popleft()))] = host
            pause = max(0.0, ready[0][0] - clock()) if ready and len(running) < room else None
            if not running:
                await asyncio.sleep(pause or 0.0)
                continue
            done, _ = await asyncio.wait(running, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                host = running.pop(task)
                if queues[host]:
                    heapq.heappush(ready, (pace.free_at(host), order := order + 1, host))
            for task in done:
                yield task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
