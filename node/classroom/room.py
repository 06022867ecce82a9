"""The classroom as the doors hold it: the node's context, and the opened vault beside it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from aiohttp import web

from node.actions.context import MIB, Context
from node.classroom.lessons import Lessons
from node.classroom.looking import Lookout
from node.limits import Rate, RateLimit
from node.storage.accounts import Account
from node.vault import classes, store
from node.vault.classes import SchoolClass
from node.vault.vault import Vault, View, open_vault, open_vault_to_look
from protocol.errors import Reason, Refused

TRIES = Rate.at_once(20, 900)
"""So often an address may show a code that opens nothing."""


@dataclass(frozen=True)
class Classroom:
    """What every action with pupils works with. `tries` counts codes of slips that open nothing."""

    context: Context
    vault: Vault
    lookout: Lookout = field(default_factory=Lookout)
    lessons: Lessons = field(default_factory=Lessons)
    tries: RateLimit = field(default_factory=lambda: RateLimit(TRIES))

    def now_ms(self) -> int:
        return self.context.now_ms()


CLASSROOM = web.AppKey("classroom", Classroom)


@asynccontextmanager
async def open_classroom(context: Context) -> AsyncIterator[Classroom | None]:
    """The classroom of a school, closed again when the block is left; a hub has none.

    Refuses as `open_vault`.
    """
    if context.settings.node.mode == "hub":
        yield None
        return
    async with open_vault(
        context.folder.vault,
        context.chance,
        now_ms=context.now_ms(),
        min_free_bytes=context.settings.limits.free_disk_mib * MIB,
    ) as vault:
        yield Classroom(context, vault)


@asynccontextmanager
async def look_into_classroom(context: Context) -> AsyncIterator[Classroom | None]:
    """The same for a command that only reads, beside whatever else works with the vault: None also
    where there is none. Refuses as `open_vault_to_look`."""
    if context.settings.node.mode == "hub":
        yield None
        return
    async with open_vault_to_look(context.folder.vault, context.chance) as vault:
        yield None if vault is None else Classroom(context, vault)


def require_teacher(account: Account) -> None:
    """Refuses with NOT_ALLOWED whoever neither teaches here nor administers the school."""
    if account.state != "active" or not account.roles & {"teacher", "admin"}:
        raise Refused(Reason.NOT_ALLOWED, "Only teachers of this school look after classes.")


async def get_class(view: View, account: Account, class_: int) -> SchoolClass:
    """A class that the account looks after; administrators look after all.

    Anybody else gets NOT_FOUND, as for a class that there is not.
    """
    require_teacher(account)
    found = await classes.find(view, class_)
    if found is None or not (
        account.is_admin or account.id in await classes.list_teachers(view, class_)
    ):
        raise Refused(Reason.NOT_FOUND, "There is no such class.")
    return found


async def whatever_comes(settling: Coroutine[object, None, object]) -> None:
    """Settle what failed half-way, also while this task is being cancelled. What cannot be settled
    now is left to whoever looks after it later."""
    task = asyncio.create_task(settling)
    while not task.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([task])
    task.exception()


async def clear_away(room: Classroom) -> None:
    """Remove the bytes of files that are kept no more, after whatever dropped them."""
    async with room.vault.write_small() as unit:
        await store.clear_away(unit, room.vault)
