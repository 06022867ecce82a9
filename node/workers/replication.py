"""Talks with the partners of every space as it becomes due: one conversation at a time with each.

Partners are talked to beside each other, so one that is slow, silent or wrong delays nobody else.
News that arrive meanwhile are looked at as soon as they arrive.
"""

import asyncio

from node.actions import conclude, replica, replicate
from node.actions.context import Context
from node.actions.talk import Ended
from node.storage import cursors

MAX_AT_ONCE = 50
LOOK_AGAIN_S = 30.0


async def step(context: Context) -> int | None:
    """Hold every conversation that is due; when the next one is, in milliseconds."""
    under_way: dict[asyncio.Task[Ended], str] = {}
    try:
        while True:
            async with context.database.read() as reader:
                due = await cursors.list_due(reader, context.now_ms())
                next_ms = await cursors.find_next_ms(reader)
            busy = set(under_way.values())
            free = [one for one in due if one.origin not in busy]
            for one, ground in await replicate.begin_talks(
                context, free[: MAX_AT_ONCE - len(under_way)]
            ):
                task = asyncio.create_task(replicate.talk(context, one, ground), name=one.origin)
                under_way[task] = one.origin
            if not under_way:
                return next_ms
            ended = await _wait_for_any(context, under_way)
            # Until then a partner is not talked to again.
            await conclude.conclude(context, [task.result() for task in ended])
            for task in ended:
                del under_way[task]
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def _wait_for_any(
    context: Context, under_way: dict[asyncio.Task[Ended], str]
) -> list[asyncio.Task[Ended]]:
    """Until conversations end or news arrive; those that ended."""
    news = asyncio.create_task(context.wake.wait(replica.TOPIC, LOOK_AGAIN_S))
    try:
        ended, _ = await asyncio.wait({news, *under_way}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        news.cancel()
        await asyncio.gather(news, return_exceptions=True)
    return [task for task in under_way if task in ended]
