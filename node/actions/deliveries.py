"""What an administrator does about letters that wait: try again now, or drop."""

from node.actions import publish
from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.storage import deliveries
from node.storage.database import Transaction
from node.storage.deliveries import Delivery
from protocol.errors import Reason, Refused


async def retry(context: Context, by: By, delivery_id: int) -> None:
    """Try a waiting or given-up letter again now."""
    require_admin(by)
    async with context.database.write() as transaction:
        await _get_open(transaction, delivery_id)
        await deliveries.retry(transaction, delivery_id, context.now_ms())
    context.wake.notify(publish.TOPIC)


async def drop(context: Context, by: By, delivery_id: int) -> None:
    """Never send a letter; the row stays, with who dropped it in the log."""
    require_admin(by)
    async with context.database.write() as transaction:
        delivery = await _get_open(transaction, delivery_id)
        await deliveries.put_state(
            transaction, delivery.id, "dropped", delivery.why, context.now_ms()
        )


async def _get_open(transaction: Transaction, delivery_id: int) -> Delivery:
    delivery = await deliveries.find(transaction, delivery_id)
    if delivery is None:
        raise Refused(Reason.NOT_FOUND, "There is no such letter.")
    if delivery.state not in {"waiting", "given_up"}:
        raise Refused(Reason.CONFLICT, "This letter no longer waits.")
    return delivery
