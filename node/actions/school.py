"""The school's card: what everybody may know of it."""

from node.actions import actors
from node.actions.actors import Card
from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.actions.publish import TOPIC


async def update_card(context: Context, by: By, card: Card) -> None:
    """Show the school anew; followers hear of it. Refuses with BAD_INPUT what does not fit."""
    require_admin(by)
    async with context.database.write() as transaction:
        document = await actors.put_school(context, transaction, card)
        await actors.put_node(context, transaction, card)
        await actors.announce(context, transaction, document)
    context.wake.notify(TOPIC)
