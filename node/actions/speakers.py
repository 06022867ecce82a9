"""Who speaks for a whole school in a space, and not for themselves alone."""

from node.actions.spaces import require_member
from node.storage import foundings, joinings
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from protocol.errors import Reason, Refused


async def speaks_for_school(reader: Reader, account: Account, space: Space) -> bool:
    """Whether this person founded for the school, accepted for it, or administers it."""
    if account.is_admin:
        return True
    founding = await foundings.find_of_project(reader, space.project)
    if founding is not None and account.actor in {founding.founder, founding.co_founder}:
        return True
    return any(
        one.node == space.node and one.invited == account.actor and one.state == "member"
        for one in await joinings.list_of_project(reader, space.project)
    )


async def require_speaker(transaction: Transaction, account: Account, space_id: str) -> Space:
    """The space for which this person speaks.

    Refuses with NOT_FOUND whoever is not in it, NOT_ALLOWED who does not speak for the school.
    """
    space, _ = await require_member(transaction, account, space_id)
    if not await speaks_for_school(transaction, account, space):
        raise Refused(
            Reason.NOT_ALLOWED,
            "Who founded or joined for your school, or an administrator, speaks for it.",
        )
    return space
