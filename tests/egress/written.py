"""What the classes write: of each kind one work of each fate, tokens where nothing may leave."""

from collections.abc import Awaitable, Callable

from node.classroom import pinning, release, working
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
    try:
        await release.release(room, one.teacher, works["named"], version=versions["named"])
    except Refused:
        pass
    else:
        raise AssertionError("a name was released")
    note = token_of(node, "note")
    await release.give_back(room, one.teacher, works["back"], note, version=versions["back"])
    await release.release(room, one.teacher, works["good"], version=versions["good"])
