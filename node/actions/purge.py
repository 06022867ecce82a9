"""What founders had removed for good: what follows from a purge at this node."""

from collections.abc import Iterable

from node.actions.context import Context
from node.storage import cursors, operations, purges, spaces
from node.storage.database import Transaction
from protocol.space.effects import Effect, Erase, Touched, Withhold
from protocol.space.fold.touched import touched


async def look_after(
    context: Context, transaction: Transaction, space: str, effects: Iterable[Effect]
) -> set[Touched]:
    """What looks different because of a purge; those that erase are noted down, for each school
    owes its word."""
    concerned = [one for one in effects if isinstance(one, Withhold | Erase)]
    if not concerned:
        return set()
    by = {one.statement for one in concerned if isinstance(one, Erase)}
    ids = by | {one.id for one in concerned}
    stored = await operations.list_stored(transaction, space, ids)
    kept = await spaces.get(transaction, space)
    for one in concerned:
        # An erasure by a statement is no operation; it is noted where statements are.
        if isinstance(one, Erase) and one.statement in stored:
            writer = stored[one.statement].header.node
            ours = kept.node in {writer, *kept.state.founders}
            await purges.put(
                transaction, space, one.statement, writer, ours=ours, now_ms=context.now_ms()
            )
            await cursors.put_due(transaction, space, context.base, context.now_ms())
            context.wake.notify(cursors.TOPIC)
    found = (touched(stored[one.id].header) for one in concerned if one.id in stored)
    return {one for one in found if one is not None}
