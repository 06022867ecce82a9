"""Keeps one question open at each partner, where this node accepts no connection.

One task each: a partner that is slow, silent or wrong delays nobody else. A question that fails is
asked again after a while, later and later, at most five minutes apart.
"""

import asyncio

from node import events
from node.actions import calls
from node.actions.context import Context
from node.remote.inner import InnerDoor
from node.workers.supervisor import place_of
from protocol.delivery import Patience, wait_after
from protocol.errors import Refused

LOOK_EVERY_S = 5.0
LONGEST_WAIT_MS = 300_000


async def run(context: Context, inner: InnerDoor, wait_s: int = calls.LONGEST_WAIT_S) -> None:
    """Ask all partners, those that come newly too, until cancelled."""
    asking: dict[str, asyncio.Task[None]] = {}
    try:
        while True:
            wanted = {one.origin for one in await calls.list_callers(context)}
            for origin in asking.keys() - wanted:
                asking.pop(origin).cancel()
            for origin in wanted - asking.keys():
                asking[origin] = asyncio.create_task(_keep_asking(context, inner, origin, wait_s))
            await asyncio.sleep(LOOK_EVERY_S)
    finally:
        for task in asking.values():
            task.cancel()
        await asyncio.gather(*asking.values(), return_exceptions=True)


async def _keep_asking(context: Context, inner: InnerDoor, origin: str, wait_s: int) -> None:
    failures = 0
    asked = context.settings.delivery
    patience = Patience(int(asked.first_wait_s * 1000), LONGEST_WAIT_MS)
    while True:
        # Gathered, a failure comes back as a value: this task ends with its partner only.
        (done,) = await asyncio.gather(
            calls.answer_round(context, inner, origin, wait_s), return_exceptions=True
        )
        if not isinstance(done, BaseException):
            failures = 0
            continue
        failures += 1
        if isinstance(done, Refused):
            events.calls_wait(origin, str(done.reason))
        elif isinstance(done, Exception):
            events.worker_failed("calls", type(done).__name__, place_of(done))
        else:
            raise done
        wait_ms = wait_after(failures, context.chance.fraction(), patience)
        await asyncio.sleep(wait_ms / 1000)
