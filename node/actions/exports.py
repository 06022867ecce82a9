"""Files of spaces that teachers ask for on a page: made by a worker, given to that person alone.

A file lies under the hash of its id for some days. When anything in its space is erased, or bytes
that its space names are put under lock, the file goes in the same transaction and is made anew.
"""

import asyncio
from pathlib import Path

from node import events
from node.actions import export, publish
from node.actions.context import Context
from node.actions.spaces import not_found, require_member
from node.storage import carried, exports, spaces
from node.storage.accounts import Account
from node.storage.exports import Export
from protocol.errors import Reason, Refused

TOPIC = "exports"
DAY_MS = 86_400_000
HOUR_MS = 3_600_000
MAX_OF_ACCOUNT = 3
"""Files of one space that one person may have at a time."""


async def ask(context: Context, account: Account, space: str, language: str) -> None:
    """Have a file made soon. Refuses with NOT_FOUND, and CONFLICT while one is being made or three
    lie there."""
    async with context.database.write() as transaction:
        kept, _ = await require_member(transaction, account, space)
        own = await exports.list_of_account(transaction, account.id, kept.id)
        if any(one.state == "wanted" for one in own):
            raise Refused(Reason.CONFLICT, "A copy is being made for you already.")
        if len(own) >= MAX_OF_ACCOUNT:
            raise Refused(
                Reason.CONFLICT, f"{MAX_OF_ACCOUNT} copies lie here for you; delete one first."
            )
        await exports.put(
            transaction,
            Export(
                publish.new_name(context), kept.id, account.id, language, "wanted", context.now_ms()
            ),
        )
    context.wake.notify(TOPIC)


async def list_own(context: Context, account: Account, space: str) -> list[Export]:
    """What somebody asked for of a space. Refuses with NOT_FOUND whoever is not in it."""
    async with context.database.read() as reader:
        await require_member(reader, account, space)
        return await exports.list_of_account(reader, account.id, space)


async def find(context: Context, account: Account, space: str, id_: str) -> Path:
    """Where a file lies, for the very person who asked for it and is still in the space.

    Refuses everybody else, and whoever comes too late, with NOT_FOUND.
    """
    one = await _get(context, account, space, id_)
    path = context.folder.export_file(one.id)
    over = one.asked_ms + ends_after_ms(context) <= context.now_ms()
    if one.state != "made" or over or not await asyncio.to_thread(path.is_file):
        raise not_found()
    return path


async def discard(context: Context, account: Account, space: str, id_: str) -> None:
    """Delete one's own file before its time. Refuses as `find`."""
    one = await _get(context, account, space, id_)
    async with context.database.write_small() as transaction:
        await exports.drop(transaction, [one.id])
    await asyncio.to_thread(context.folder.export_file(one.id).unlink, missing_ok=True)


async def _get(context: Context, account: Account, space: str, id_: str) -> Export:
    async with context.database.read() as reader:
        await require_member(reader, account, space)
        one = await exports.find(reader, id_)
    if one is None or one.space != space or one.account != account.id:
        raise not_found()
    return one


def ends_after_ms(context: Context) -> int:
    """How long a file can be fetched after it was asked for."""
    return context.settings.files.export_days * DAY_MS


async def step(context: Context) -> int | None:
    """Make what is asked for and forget what is over; when to look again. A worker's step."""
    now_ms = context.now_ms()
    async with context.database.read() as reader:
        old = await exports.list_older(reader, now_ms - ends_after_ms(context))
        wanted = await exports.list_wanted(reader)
        known = {context.folder.export_file(one) for one in await exports.list_ids(reader)}
    await asyncio.to_thread(_forget, context.folder.exports, known)
    if old:
        async with context.database.write_small() as transaction:
            await exports.drop(transaction, old)
        for id_ in old:
            await asyncio.to_thread(context.folder.export_file(id_).unlink, missing_ok=True)
    for one in wanted:
        if one.id not in old:
            await _make(context, one)
    return now_ms + HOUR_MS


def _forget(folder: Path, known: set[Path]) -> None:
    """Remove what a crash left, and what was deleted while it was being made."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for one in folder.iterdir():
        if one not in known:
            one.unlink(missing_ok=True)


async def _make(context: Context, one: Export) -> None:
    path = context.folder.export_file(one.id)
    try:
        await asyncio.to_thread(context.shelf.check_room, 0)
        async with context.database.read() as reader:
            space = await spaces.get(reader, one.space)
        await asyncio.to_thread(path.unlink, missing_ok=True)
        written = await export.write(context, space, path, one.language)
    except Refused as refused:
        async with context.database.write_small() as transaction:
            await exports.put_failed(transaction, one.id, str(refused.reason))
        events.export_failed(one.space, str(refused.reason))
        return
    async with context.database.write() as transaction:
        # What was erased or locked since may be in it: then it is made once more.
        stale = await carried.find_marks(transaction, one.space) != written.marks
        if not stale:
            await exports.put_made(transaction, one.id, written.octets, context.now_ms())
        gone = await exports.find(transaction, one.id) is None
    if stale or gone:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        context.wake.notify(TOPIC)
        return
    events.export_made(one.space, written.octets)
