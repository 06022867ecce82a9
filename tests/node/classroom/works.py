"""A thread of the partner's, and what a pupil of alpha hands in there."""

from collections.abc import Sequence

from node.actions import forum
from node.classroom import release, working
from node.storage.accounts import Account
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


async def let_out(
    twinned: Twinned, work: int, *, anyway: Sequence[str] = (), by: Account | None = None
) -> str:
    """A teacher looks at it as it is now, and releases it."""
    room, teacher = twinned.alpha.node.room, by or twinned.shared.ana
    _, held = await release.find_held(room, teacher, work)
    return await release.release(room, teacher, work, version=held.work.version, anyway=anyway)


async def hand_back(twinned: Twinned, work: int, note: str) -> None:
    """A teacher looks at it as it is now, and gives it back."""
    room, teacher = twinned.alpha.node.room, twinned.shared.ana
    _, held = await release.find_held(room, teacher, work)
    await release.give_back(room, teacher, work, note, version=held.work.version)


async def allow(twinned: Twinned, work: int, word: str) -> None:
    """A teacher looks at it as it is now, and allows a word in it."""
    room, teacher = twinned.alpha.node.room, twinned.shared.ana
    _, held = await release.find_held(room, teacher, work)
    await release.allow_word(room, teacher, work, word, version=held.work.version)
