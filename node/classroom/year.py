"""The new school year: a class goes on with whoever stays, under another name if need be.

Aliases and places in running spaces stay with the pupils. Cards and sessions end with the old year.
Whoever leaves is forgotten: what was released stays under its alias, pictures go.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from node.classroom import roster
from node.classroom.room import Classroom, get_class
from node.storage.accounts import Account
from node.vault import cards, classes, pupils, sessions
from node.vault.vault import View
from protocol.errors import Reason, Refused


@dataclass(frozen=True)
class Promoted:
    """What came of it."""

    stayed: int
    left: int


async def promote(
    room: Classroom,
    account: Account,
    class_: int,
    *,
    name: str,
    last_day: date,
    listed: Collection[int],
    staying: Collection[int],
    offered: bool,
) -> Promoted:
    """Let a class begin its new year with those who stay; the others are forgotten here.

    `listed` are those whom the teacher saw, and `offered` says that whoever leaves was offered his
    work. Refuses with NOT_FOUND; with CONFLICT where somebody else is in the class; with BAD_INPUT
    a year that is over, too far away or not a later one (field `last_day`), and leavers who were
    not offered their work (field `offered`); as `roster.let_go` where a space cannot be told now:
    then nobody is forgotten, and the class waits.
    """
    ends_ms = roster.end_of(last_day)
    async with room.vault.read() as view:
        before = await get_class(view, account, class_)
        there = await _list_numbers(view, class_)
    roster.require_year(room.now_ms(), ends_ms)
    if ends_ms <= before.ends_ms:
        raise Refused(Reason.BAD_INPUT, "The new year ends after the old one.", field="last_day")
    if not set(listed).issuperset(there):
        raise Refused(Reason.CONFLICT, "Somebody came into the class meanwhile; look again.")
    leaving = [one for one in there if one not in staying]
    if leaving and not offered:
        raise Refused(Reason.BAD_INPUT, "Offer them their work first.", field="offered")
    await roster.let_go(room, account, leaving)
    for one in leaving:
        await roster.remove_pupil(room, account, class_, one, erase=False)
    async with room.vault.write() as unit:
        await get_class(unit, account, class_)
        await classes.put_year(unit, class_, name, ends_ms)
        await cards.drop_of_class(unit, class_)
        await sessions.drop_of_class(unit, class_)
    return Promoted(len(there) - len(leaving), len(leaving))


async def _list_numbers(view: View, class_: int) -> list[int]:
    return [one.id for one in await pupils.list_of_class(view, class_)]
