"""A member school for which no hub vouches any more: its founders decide to keep or to remove it.

What it wrote stays effective and its erasures still act, as other members pass them on; this node
exchanges nothing with it directly. That a school is kept holds until it is suspended anew.
"""

from node.actions.context import Context
from node.actions.spaces import require_member
from node.storage import foundings, meta, partners
from node.storage.accounts import Account
from node.storage.database import Reader
from node.storage.spaces import Space
from protocol import names
from protocol.errors import Reason, Refused


async def is_founder(reader: Reader, account: Account, space: Space) -> bool:
    """Whether somebody founded the project of a space."""
    founding = await foundings.find_of_project(reader, space.project)
    return founding is not None and account.actor in {founding.founder, founding.co_founder}


async def is_kept(reader: Reader, space: str, node: str, since_ms: int) -> bool:
    """Whether a founder here keeps the school that is suspended since then."""
    return await meta.find(reader, _key(space, node)) == str(since_ms)


async def keep(context: Context, account: Account, space: str, node: str) -> None:
    """Keep a suspended school, and wait until it is accredited again.

    Refuses with NOT_FOUND whoever is not in the space, NOT_ALLOWED whoever did not found it,
    CONFLICT a school that is not suspended.
    """
    async with context.database.write() as transaction:
        kept, _ = await require_member(transaction, account, space)
        if not await is_founder(transaction, account, kept):
            raise Refused(Reason.NOT_ALLOWED, "Whoever founded the project decides this.")
        actor = kept.state.actors.get(node)
        partner = None
        if actor is not None:
            partner = await partners.find(transaction, names.origin(actor))
        if partner is None or not partner.suspended:
            raise Refused(Reason.CONFLICT, "This school is not suspended.")
        await meta.put(transaction, _key(space, node), str(partner.changed_ms))


def _key(space: str, node: str) -> str:
    return f"kept {space} {node}"
