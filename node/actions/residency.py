"""How far the bytes of an own file go: to every member school, or no further than this one.

Both ways are ordinary operations. Sharing says the hash, and others fetch the bytes. Keeping a file
here from now on says a stub in its place and erases what was said before, so that the other schools
drop the bytes and sign for it; what somebody has saved meanwhile cannot be recalled.
"""

from node.actions import contributions, erase, materials, replica
from node.actions.context import Context
from node.actions.materials import Residency, Said
from node.actions.spaces import require_member
from node.storage import home_files, operations
from node.storage.accounts import Account
from node.storage.database import Transaction
from node.storage.home_files import HomeFile
from node.storage.spaces import Space
from protocol.errors import Reason, Refused
from protocol.space.fold.materials import File


async def move(
    context: Context, account: Account, space: str, file: str, residency: Residency
) -> None:
    """Let an own file go to the other schools (`shared`), or keep it here (`home`).

    Refuses with NOT_OWNER, GONE, CONFLICT where that is so already, NOT_FOUND where the bytes are
    not here.
    """
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        before = await materials.get_file(transaction, kept, file)
        contributions.require_own(before, kept, alias)
        if before.residency == residency:
            raise Refused(Reason.CONFLICT, "Nothing is to be changed: this is so already.")
        if not before.sha256 or not context.shelf.holds(before.sha256):
            raise Refused(Reason.NOT_FOUND, "The bytes of this file are not here.")
        if residency == "home":
            await _keep(context, transaction, kept, before)
        else:
            await _share(context, transaction, kept, before)
        contributions.require_shown(await materials.get_file(transaction, kept, file))
    await replica.tell(context, space)


async def _share(context: Context, transaction: Transaction, space: Space, before: File) -> None:
    await _say(context, transaction, space, before, "shared")
    await home_files.drop(transaction, space.id, before.home, before.object)


async def _keep(context: Context, transaction: Transaction, space: Space, before: File) -> None:
    here = HomeFile(
        before.home,
        before.object,
        before.sha256,
        before.size,
        before.media_type,
        before.width,
        before.height,
        before.thumbnail,
        before.thumbnail_size,
    )
    # The stub is the first to name the bytes again, so that erasing the rest leaves them here.
    await home_files.put(transaction, space.id, here)
    await _say(context, transaction, space, before, "home")
    versions = await operations.list_own_of_object(
        transaction, space.id, before.home, before.object
    )
    told = [one for one in versions if one.header.residency == "shared" and one.payload is not None]
    await erase.take_back(context, transaction, space, told)


async def _say(
    context: Context, transaction: Transaction, space: Space, file: File, residency: Residency
) -> None:
    said = Said(file.name, file.alt, file.licence, file.language, file.album)
    payload = materials.payload_of(context, materials.facts_of(file), said, residency)
    await contributions.rewrite(context, transaction, space, file, payload, residency=residency)
