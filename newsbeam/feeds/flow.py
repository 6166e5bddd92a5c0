"""Many jobs at many hosts: at once, but never more in work than there is room for."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import TypeVar

from newsbeam.feeds.pace import Pace

Job = TypeVar("Job")
Result = TypeVar("Result")


async def by_host(
    jobs: Iterable[tuple[str, Job]], work: Callable[[Job], Awaitable[Result]], pace: Pace, room: int
) -> AsyncIterator[Result]:
    """Do ``work`` on ``jobs``, each with its host; yield results as they are done, in no fixed order.

    Jobs of one host follow one another. At most ``room`` jobs are begun and not yet taken: who stops
    pulling stops the work, too, and who leaves ends it.
    """
    queues: dict[str, list[Job]] = defaultdict(list)
    count = 0
    for host, job in jobs:
        queues[host].append(job)
        count += 1
    places = asyncio.Semaphore(room)
    done: asyncio.Queue[Result | BaseException] = asyncio.Queue(maxsize=1)

    async def serve(host: str, queue: list[Job]) -> None:
        for job in queue:
            await pace.rest(host)  # outside of the room: a host's pause costs the others nothing
            async with places:
                try:
                    result: Result | BaseException = await work(job)
                except Exception as error:  # noqa: BLE001 - raised where the results are taken
                    result = error
                await done.put(result)

    tasks = [asyncio.create_task(serve(host, queue)) for host, queue in queues.items()]
    try:
        for _ in range(count):
            found = await done.get()
            if isinstance(found, BaseException):
                raise found
            yield found
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
