"""Votes for stewards as they come in: kept, counted, and what they carry is concluded at once."""

from collections.abc import Iterable

from node.actions import absorb
from node.actions.context import Context
from node.storage import control
from node.storage.database import Transaction
from node.storage.spaces import Space
from protocol.errors import Reason, Refused
from protocol.space import succession
from protocol.space.statement import Signed
from protocol.space.succession import Ballot


async def count(
    context: Context, transaction: Transaction, space: Space, batch: Iterable[Signed]
) -> bool:
    """Keep verified votes and conclude what they carry; whether anything was new.

    Votes by keys that this replica has not heard of yet are passed over. Refuses with BAD_SHAPE or
    NOT_FOUND, and then keeps nothing.
    """
    known = {one.id: one.said for one in await control.list_votes(transaction, space.id)}
    fresh: dict[str, Ballot] = {}
    for signed in batch:
        if signed.id in known:
            continue
        try:
            fresh[signed.id] = succession.open_vote(signed, space.state)
        except Refused as refused:
            # The key may be one that an admission brings which has not arrived.
            if refused.reason not in {Reason.UNKNOWN_KEY, Reason.BAD_SIGNATURE}:
                raise
    said = {**known, **{id_: one.said for id_, one in fresh.items()}}
    kept = succession.to_keep(said.items(), space.state)
    for id_ in sorted(fresh.keys() & kept):
        await control.put_vote(transaction, space.id, fresh[id_].signed, context.now_ms())
    await control.drop_votes(transaction, space.id, sorted(known.keys() - kept))
    if kept == known.keys():
        return False
    await absorb.steer(context, transaction, space.id)
    return True
