"""What a process remembers while it shows what stays elsewhere."""

import asyncio
from contextlib import AsyncExitStack

from node.actions.viewing import AT_ONCE, LARGE, Viewing

SCHOOL = "https://one.example"


async def test_whoever_gives_up_waiting_leaves_what_he_had_taken() -> None:
    viewing = Viewing()

    async def wait() -> None:
        async with viewing.room(SCHOOL, small=False):
            raise AssertionError("there is no room")

    async with AsyncExitStack() as stack:
        for _ in range(AT_ONCE):
            await stack.enter_async_context(viewing.room(SCHOOL, small=True))
        waiting = [asyncio.create_task(wait()) for _ in range(LARGE)]
        for _ in range(5):
            await asyncio.sleep(0)
        for one in waiting:
            one.cancel()
        ended = await asyncio.gather(*waiting, return_exceptions=True)
        assert {type(one) for one in ended} == {asyncio.CancelledError}
    async with asyncio.timeout(1), AsyncExitStack() as stack:
        for _ in range(LARGE):
            await stack.enter_async_context(viewing.room(SCHOOL, small=False))
