"""What the classes write: of each kind one work of each fate, tokens where nothing may leave."""

from collections.abc import Awaitable, Callable

from node.actions import publish
from node.actions.blocks import Said
from node.actions.copies import Change
from node.classroom import copying, pinning, release, working
from node.classroom.pinning import Card
from protocol.errors import Refused
from tests.egress.people import Class, token_of


async def write_replies(one: Class, space: str, thread: str) -> None:
    async def keep(text: str, hand_in: bool) -> int:
        return await working.write_reply(
            one.node.room, one.pupils[0], space, thread, text=text, language="en", hand_in=hand_in
        )

    await _of_each_fate(one, keep)


async def write_cards(one: Class, space: str, wall: str) -> None:
    async def keep(text: str, hand_in: bool) -> int:
        card = Card(text, "green", 1, "en")
        return await pinning.pin(one.node.room, one.pupils[0], space, wall, card, hand_in=hand_in)

    await _of_each_fate(one, keep)


async def write_copies(one: Class, space: str, page: str) -> None:
    """One at a time: of a page a pupil has one copy; the last one waits."""
    room, pupil, node = one.node.room, one.pupils[0], one.node

    async def keep(text: str, hand_in: bool) -> int:
        names = [publish.new_name(node.context) for _ in range(2)]
        said = Said("paragraph", {"text": text}, "en")
        change = Change("", (), said, *names)
        return await copying.keep(
            room, pupil, space, page, [change], language="en", hand_in=hand_in
        )

    await keep(token_of(node, "draft"), False)
    named = await keep(f"I am {token_of(node, 'given')} {token_of(node, 'family')}", True)
    _, held = await release.find_held(room, one.teacher, named)
    await _refuse(one, named, held.work.version)
    note = token_of(node, "note")
    await release.give_back(room, one.teacher, named, note, version=held.work.version)
    good = await keep(f"Otters of {node.name}", True)
    _, held = await release.find_held(room, one.teacher, good)
    await release.release(room, one.teacher, good, version=held.work.version)
    await keep(token_of(node, "held"), True)


async def _refuse(one: Class, work: int, version: str) -> None:
    try:
        await release.release(one.node.room, one.teacher, work, version=version)
    except Refused:
        return
    raise AssertionError("a name was released")


async def _of_each_fate(one: Class, keep: Callable[[str, bool], Awaitable[int]]) -> None:
    """A draft, one that names somebody and is not released, one that waits, one that is given back,
    and one that is released."""
    room, node = one.node.room, one.node
    said = {
        "draft": (token_of(node, "draft"), False),
        "named": (f"I am {token_of(node, 'given')} {token_of(node, 'family')}", True),
        "held": (token_of(node, "held"), True),
        "back": (f"Again {token_of(node, 'held')}", True),
        "good": (f"Storks of {node.name}", True),
    }
    works = {fate: await keep(text, hand_in) for fate, (text, hand_in) in said.items()}
    versions = {
        fate: (await release.find_held(room, one.teacher, works[fate]))[1].work.version
        for fate in ("named", "back", "good")
    }
    await _refuse(one, works["named"], versions["named"])
    note = token_of(node, "note")
    await release.give_back(room, one.teacher, works["back"], note, version=versions["back"])
    await release.release(room, one.teacher, works["good"], version=versions["good"])
