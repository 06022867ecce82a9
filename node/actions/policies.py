"""How pupils' work of each school comes to the others in a space: decided by the school that keeps
the list of members, for every replica to see (`protocol.space.control.policy`)."""

from node.actions import duties, replica
from node.actions.context import Context
from node.actions.speakers import require_speaker
from node.storage.accounts import Account
from protocol.errors import Reason, Refused
from protocol.space import writing
from protocol.space.arguments import Release


async def choose(
    context: Context, account: Account, space_id: str, release: Release, node: str = ""
) -> None:
    """From now on a school, or without `node` every one that has no policy of its own, does so.

    Refuses with NOT_FOUND, NOT_ALLOWED who does not speak for the school, CONFLICT where it does
    not keep the list of members or cannot write it at present.
    """
    async with context.database.write() as transaction:
        space = await require_speaker(transaction, account, space_id)
        if node and node not in space.state.members:
            raise Refused(Reason.NOT_FOUND, "This school is not in the space.")
        if space.state.closed or not await replica.may_steer(context, transaction, space):
            raise Refused(Reason.CONFLICT, "Your school does not keep the list of members.")
        await replica.append_control(
            context, transaction, space, lambda place: writing.policy(place, release, node)
        )
        await duties.attend(context, transaction, space.id)
    await replica.tell(context, space_id)
