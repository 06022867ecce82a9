"""Pupils' work that waits too long: every teacher of the school in its space is reminded, once.

Three school days are long; weekends do not count. Whoever comes to the start page reads it there,
and whoever has an address for mail gets one letter about all that waits. It names nobody.
"""

from collections import Counter
from collections.abc import Callable
from typing import TypeAlias

from node.actions import actors, mail
from node.actions.context import Context
from node.actions.permission import OPERATOR
from node.classroom.room import Classroom
from node.classroom.school_days import DAY_MS, school_ms
from node.storage import accounts, objects, spaces
from node.storage.accounts import Account
from node.vault import reminders
from node.vault.reminders import Waiting
from protocol.reading import optional_text_of

TOPIC = "reminders"
SCHOOL_DAYS = 3
_AGAIN_MS = 3_600_000

Letter: TypeAlias = Callable[[str, str, str, int], tuple[str, str]]
"""Subject and text in a language (its tag), of a school, with the address where the work waits and
how much it is."""


async def find_overdue(room: Classroom, account: Account) -> int | None:
    """Since when something has waited too long in the teacher's spaces; None where nothing has."""
    now_ms = room.now_ms()
    async with room.context.database.read() as reader:
        mine = [one.id for one in await spaces.list_of_account(reader, account.id)]
    async with room.vault.read() as view:
        waiting = await reminders.list_waiting(view, before_ms=now_ms - SCHOOL_DAYS * DAY_MS)
    late = [one.changed_ms for one in waiting if one.space in mine and _is_late(one, now_ms)]
    return min(late, default=None)


async def step(room: Classroom, letter: Letter, _: Context) -> int | None:
    """Remind of what became late. A worker's step."""
    now_ms, context = room.now_ms(), room.context
    async with room.vault.read() as view:
        waiting = await reminders.list_waiting(view, before_ms=now_ms - SCHOOL_DAYS * DAY_MS)
    late = [one for one in waiting if _is_late(one, now_ms) and not one.is_reminded]
    if late:
        many: Counter[int] = Counter()
        async with context.database.read() as reader:
            for one in late:
                many.update(await spaces.list_teachers(reader, one.space))
            found = [await accounts.find(reader, number) for number in many]
            card = await objects.find(reader, await actors.get_school(reader))
        name = "" if card is None else optional_text_of(card.document, "name")
        for account in found:
            if account is not None and account.state == "active":
                words = letter(account.language, name, f"{context.address}/held", many[account.id])
                await mail.write_to_known(context, OPERATOR, account.handle, *words)
        # After the letters: one too many is better than none.
        async with room.vault.write() as unit:
            await reminders.put(unit, [one.id for one in late], now_ms)
    return now_ms + _AGAIN_MS


def _is_late(one: Waiting, now_ms: int) -> bool:
    return school_ms(one.changed_ms, now_ms) >= SCHOOL_DAYS * DAY_MS
