"""What the vault's own rules let go, dropped in time (`node/vault/register.py`).

A class goes with everybody in it. Before that the spaces hear that its pupils take part no more,
and pictures that show them are erased everywhere; where that cannot be now, that class waits for
the next look, and nothing else does.
"""

from node import events
from node.actions.context import Context
from node.actions.permission import OPERATOR
from node.classroom import portraits, reporting, taking_part, withdrawing
from node.classroom.room import Classroom, clear_away
from node.vault import classes, pupils, retention

AGAIN_MS = 6 * 3_600_000
_STUCK_MS = 600_000
"""A copy whose report is still being made after so long waits for none."""
TOPIC = "vault"


async def step(room: Classroom, _: Context) -> int | None:
    """Drop what is over. A worker's step; looks again within six hours."""
    await reporting.finish(room, stuck_ms=_STUCK_MS)
    await withdrawing.finish(room)
    now_ms = room.now_ms()
    async with room.vault.read() as view:
        over = await retention.list_over(view, now_ms)
        ended = {
            class_: await pupils.list_of_class(view, class_)
            for class_ in await retention.list_classes_over(view, now_ms)
        }
    leaving = [one.id for listed in ended.values() for one in listed]
    refusals = await taking_part.leave_together(room, OPERATOR, leaving)
    refusals |= await portraits.take_down_of(room, leaving)
    for refused in refusals.values():
        events.class_kept(refused.reason)
    gone = [
        class_ for class_, listed in ended.items() if not any(one.id in refusals for one in listed)
    ]
    async with room.vault.write() as unit:
        for class_ in gone:
            await classes.drop(unit, class_)
        for table in over:
            if table != "classes":  # They go one by one, above.
                await retention.drop_over(unit, table, now_ms)
    if gone or "evidence" in over:
        await clear_away(room)
    if over:
        events.vault_tidied(len(gone), sum(len(ended[class_]) for class_ in gone))
    return now_ms + AGAIN_MS
