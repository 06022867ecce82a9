"""What the vault's own rules let go, dropped in time (`node/vault/register.py`).

A class goes with everybody in it. Before that the spaces hear that its pupils take part no more.
"""

from node import events
from node.actions.context import Context
from node.actions.permission import OPERATOR
from node.classroom import taking_part
from node.classroom.room import Classroom
from node.vault import classes, pupils, retention

AGAIN_MS = 6 * 3_600_000
TOPIC = "vault"


async def step(room: Classroom, _: Context) -> int | None:
    """Drop what is over. A worker's step; looks again within six hours."""
    now_ms = room.now_ms()
    async with room.vault.read() as view:
        over = await retention.list_over(view, now_ms)
        ended = await retention.list_classes_over(view, now_ms)
        leaving = [one for class_ in ended for one in await pupils.list_of_class(view, class_)]
    for pupil in leaving:
        await taking_part.leave_all(room, OPERATOR, pupil.id)
    async with room.vault.write() as unit:
        for class_ in ended:
            await classes.drop(unit, class_)
        for table in over:
            await retention.drop_over(unit, table, now_ms)
    if over:
        events.vault_tidied(len(ended), len(leaving))
    return now_ms + AGAIN_MS
