"""Votes for stewards as they come in: kept, counted, and what they carry is concluded at once."""

from collections.abc import Iterable

from node.actions import absorb
from node.actions.context import Context
from node.storage import control
from node.storage.control import KeptVote
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
    known = {one.id: one for one in await control.list_votes(transaction, space.id)}
    fresh: dict[str, Ballot] = {}
    for signed in batch:
        kept_ = known.get(signed.id)
        if kept_ is not None and kept_.signed.signature == signed.signature:
            continue
        try:
            ballot = succession.open_vote(signed, space.state)
        except Refused as refused:
            # The key may be one that an admission brings which has not arrived.
            if refused.reason not in {Reason.UNKNOWN_KEY, Reason.BAD_SIGNATURE}:
                raise
            continue
        if kept_ is None or _is_later(ballot, kept_, space):
            fresh[signed.id] = ballot
    said = {id_: (id_, one.said, one.key) for id_, one in known.items()}
    said |= {id_: (id_, one.said, one.key) for id_, one in fresh.items()}
    kept = succession.to_keep(said.values(), space.state)
    for id_ in sorted(fresh.keys() & kept):
        await control.put_vote(transaction, space.id, fresh[id_], context.now_ms())
    await control.drop_votes(transaction, space.id, sorted(known.keys() - kept))
    if kept == known.keys() and not fresh.keys() & kept:
        return False
    await absorb.steer(context, transaction, space.id)
    return True


def _is_later(ballot: Ballot, kept: KeptVote, space: Space) -> bool:
    """Whether the same vote came under a newer key of its node."""
    before = Ballot(kept.signed, kept.said, kept.key)
    return ballot.key != kept.key and succession.is_later(ballot, before, space.state)
