"""Following a teacher, a school or a project: their public updates then reach the home page."""

from node.actions import publish
from node.actions.context import Context
from node.storage import follows, objects
from node.storage.accounts import Account
from node.storage.database import Reader
from node.storage.follows import FollowRow
from node.storage.objects import StoredDocument
from protocol import activities
from protocol.errors import Reason, Refused
from protocol.reading import ACTOR_TYPES


async def follow(context: Context, account: Account, target: str) -> None:
    """Follow `target`; somebody here at once, somebody elsewhere when that node has answered.

    Refuses with NOT_FOUND what is no actor known here, BAD_INPUT oneself. A repeat changes nothing.
    """
    if target == account.actor:
        raise Refused(Reason.BAD_INPUT, "You cannot follow yourself.")
    async with context.database.write() as transaction:
        stored = await get_actor(transaction, target)
        if await follows.find_pair(transaction, account.actor, target) is not None:
            return
        said = publish.saying(context, account.actor)
        activity = activities.follow(said, target)
        if not stored.local:
            await publish.say(context, transaction, activity)
        await follows.put(
            transaction,
            FollowRow(
                said.url,
                account.actor,
                target,
                "following" if stored.local else "asked",
                context.now_ms(),
            ),
        )
    context.wake.notify(publish.TOPIC)


async def unfollow(context: Context, account: Account, target: str) -> None:
    """Follow `target` no more; that node is told."""
    async with context.database.write() as transaction:
        row = await follows.find_pair(transaction, account.actor, target)
        if row is None:
            return
        stored = await objects.find(transaction, target)
        if stored is not None and not stored.local:
            undo = activities.undo(publish.saying(context, account.actor), row.id, to=target)
            await publish.say(context, transaction, undo)
        await follows.drop(transaction, account.actor, target)
    context.wake.notify(publish.TOPIC)


async def get_actor(reader: Reader, id_: str) -> StoredDocument:
    """A known, unburied actor. Refuses with NOT_FOUND."""
    stored = await objects.find(reader, id_)
    if (
        stored is None
        or stored.buried
        or (stored.local and not stored.listed)
        or stored.document.get("type") not in ACTOR_TYPES
    ):
        raise Refused(Reason.NOT_FOUND, "Nobody of this address is known here.")
    return stored
