"""A wall of the partner's that is open to pupils, and what a pupil of alpha writes for it."""

from node.actions import walls
from node.classroom import pinning
from node.classroom.pinning import Card
from tests.node.classroom.classes import Twinned, sign_in
from tests.nodes import settle

COLUMNS = ("We wonder", "We found out")


async def hang(twinned: Twinned, *, opened: bool = True, audience: str = "members") -> str:
    """A wall of Bob's, which has arrived at alpha."""
    shared = twinned.shared
    wall = await walls.make(
        shared.beta.context,
        shared.bob,
        shared.space,
        title="Our river",
        columns=COLUMNS,
        language="en",
        audience=audience,
        opened=opened,
    )
    await settle(shared.alpha, shared.beta)
    return wall


def card(text: str, *, column: int = 1, colour: str = "yellow") -> Card:
    return Card(text, colour, column, "en")


async def pin(
    twinned: Twinned, wall: str, text: str, alias: str = "Panda Nova", *, hand_in: bool = True
) -> int:
    pupil = await sign_in(twinned.alpha, alias)
    room = twinned.alpha.node.room
    return await pinning.pin(room, pupil, twinned.space, wall, card(text), hand_in=hand_in)
