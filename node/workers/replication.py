"""Talks with the partners of every space as it becomes due: one conversation at a time with each.

Partners are talked to beside each other, so one that is slow, silent or wrong delays nobody else.
News that arrive meanwhile are looked at as soon as they arrive.
"""

import asyncio

from node.actions import replica, replicate
from node.actions.context import Context
from node.storage import cursors

MAX_AT_ONCE = 50
LOOK_AGAIN_S = 30.0


async def step(context: Context) -> int | None:
    """Hold every conversation that is due; when the next one is, in milliseconds."""
    under_way: dict[asyncio.Task[None], str] = {}
    try:
        while True:
            async with context.database.read() as reader:
                due = await cursors.list_due(reader, context.now_ms())
                next_ms = await cursors.find_next_ms(reader)
            busy = set(under_way.values())
            for one in [one for one in due if one.origin not in busy]:
                if len(under_way) < MAX_AT_ONCE:
                    task = asyncio.create_task(replicate.converse(context, one), name=one.origin)
                    under_way[task] = one.origin
            if not under_way:
                return next_ms
            await _wait_for_any(context, under_way)
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def _wait_for_any(context: Context, under_way: dict[asyncio.Task[None], str]) -> None:
    """Until a conversation ends or news arrive."""
    news = asyncio.create_task(context.wake.wait(replica.TOPIC, LOOK_AGAIN_S))
    try:
        ended, _ = await asyncio.wait({news, *under_way}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        news.cancel()
        await asyncio.gather(news, return_exceptions=True)
    for task in [task for task in under_way if task in ended]:
        del under_way[task]
        task.result()
