"""A thread of the partner's, and what a pupil of alpha hands in there."""

from collections.abc import Sequence

from node.actions import forum, replica
from node.classroom import release, working
from node.storage import spaces as rows
from node.storage.accounts import Account
from protocol.space import writing
from protocol.space.arguments import Release
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


async def choose_policy(twinned: Twinned, release: Release, node: str = "") -> None:
    """The school that keeps the list of members says how pupils' work comes to the others."""
    shared, context = twinned.shared, twinned.shared.alpha.context
    async with context.database.write() as transaction:
        space = await rows.find(transaction, shared.space)
        assert space is not None
        await replica.append_control(
            context, transaction, space, lambda place: writing.policy(place, release, node)
        )
    await settle(shared.alpha, shared.beta)


async def let_live(twinned: Twinned) -> None:
    await choose_policy(twinned, "live")
