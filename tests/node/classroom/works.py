"""A thread of the partner's, and what a pupil of alpha hands in there."""

from node.actions import forum
from node.classroom import working
from tests.node.classroom.classes import Twinned, sign_in
from tests.nodes import settle


async def begin(twinned: Twinned) -> str:
    """A thread of Bob's, which has arrived at alpha."""
    shared = twinned.shared
    thread = await forum.start_thread(
        shared.beta.context, shared.bob, shared.space, title="Birds", text="Which?", language="en"
    )
    await settle(shared.alpha, shared.beta)
    return thread


async def hand_in(twinned: Twinned, thread: str, text: str, alias: str = "Panda Nova") -> int:
    pupil = await sign_in(twinned.alpha, alias)
    return await working.write_reply(
        twinned.alpha.node.room,
        pupil,
        twinned.space,
        thread,
        text=text,
        language="en",
        hand_in=True,
    )
