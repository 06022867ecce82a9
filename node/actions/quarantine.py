"""Bytes that this node will not have: an administrator puts them under lock, by their hash.

It needs nobody else, neither the school that brought them nor one that hides them. The bytes leave
the shelf and the copies of spaces that lie here at once; they are not shown, not given to other
schools, not fetched, and not taken from anybody here, in whichever space they are named.
"""

from node.actions import exports as exporting
from node.actions.context import Context
from node.actions.materials import get_file
from node.actions.spaces import require_member
from node.storage import blobs, exports, home_files, quarantine
from node.storage.accounts import Account
from node.storage.database import Reader
from node.storage.spaces import Space
from protocol.errors import Reason, Refused


async def lock(context: Context, account: Account, space: str, file: str) -> None:
    """Put the bytes of a file, and its small picture, under lock here.

    Refuses with NOT_ALLOWED whoever is no administrator, GONE a file that names no bytes any more.
    """
    async with context.database.write_small() as transaction:
        kept, _ = await require_member(transaction, account, space)
        if await _stays_elsewhere(transaction, account, kept, file):
            await home_files.lock(transaction, space, file, account.id, context.now_ms())
            return
        hashes = await _hashes(transaction, account, kept, file)
        for sha256 in hashes:
            await quarantine.put(transaction, sha256, account.id, context.now_ms())
        for named in await blobs.list_spaces(transaction, hashes):
            for id_ in await exports.take_back(transaction, named):
                context.folder.export_file(id_).unlink(missing_ok=True)
    context.wake.notify(exporting.TOPIC)
    for sha256 in hashes:
        context.shelf.drop(sha256)
        context.shelf.forget(context.shelf.part_of(space, sha256))


async def unlock(context: Context, account: Account, space: str, file: str) -> None:
    """Take them out of lock. Refuses as `lock`."""
    async with context.database.write() as transaction:
        kept, _ = await require_member(transaction, account, space)
        if await _stays_elsewhere(transaction, account, kept, file):
            await home_files.unlock(transaction, space, file)
            return
        for sha256 in await _hashes(transaction, account, kept, file):
            await quarantine.drop(transaction, sha256)


async def _stays_elsewhere(reader: Reader, account: Account, space: Space, file: str) -> bool:
    """Whether a file stays at another school: nobody here has its hash, so its name is locked."""
    _require_admin(account)
    found = await get_file(reader, space, file)
    return found.stays_home and found.home != space.node


def _require_admin(account: Account) -> None:
    if not account.is_admin:
        raise Refused(Reason.NOT_ALLOWED, "Only an administrator may do this.")


async def _hashes(reader: Reader, account: Account, space: Space, file: str) -> list[str]:
    _require_admin(account)
    found = await get_file(reader, space, file)
    hashes = [one for one in (found.sha256, found.thumbnail) if one]
    if not hashes:
        raise Refused(Reason.GONE, "This file is not shown any more.")
    return hashes
