"""Reactions to what is shown in a space: one sign by each person, changed and taken back at will.

They are read where they are shown, from the operations themselves: no view of them is kept.
"""

from collections.abc import Mapping, Sequence

from node.actions import contributions, refold, replica
from node.actions.context import Context
from node.actions.spaces import require_member
from node.storage import shown
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from protocol.canonical import unb64
from protocol.errors import Reason, Refused
from protocol.space import operation, writing
from protocol.space.fold import reactions as fold
from protocol.space.fold.history import Contribution, Standing
from protocol.space.fold.reactions import Reaction
from protocol.space.vocabulary import reference
from protocol.space.writing import By


async def react(context: Context, account: Account, space: str, named: str, sign: str) -> None:
    """React to the object with the reference `named`; the same sign once more takes it back.

    Refuses with NOT_FOUND, GONE what is not shown, BAD_INPUT no sign.
    """
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        await get_shown(transaction, space, named)
        require_sign(sign)
        own = await find_sign(transaction, kept, named, alias)
        payload = payload_of(
            fold.NONE if sign == own else sign,
            account.language,
            context.chance.octets(16),
        )
        await put(context, transaction, kept, By(alias), named, payload)
    await replica.tell(context, space)


async def put(
    context: Context, transaction: Transaction, space: Space, by: By, named: str, payload: str
) -> None:
    """Write a reaction by whoever may."""
    await replica.append(
        context, transaction, space, lambda place: writing.like(place, by, named), payload
    )


def payload_of(sign: str, language: str, salt: bytes) -> str:
    return operation.payload({"sign": sign}, language, salt)


def salt_of(name: str) -> bytes:
    """16 octets of chance that were drawn as a name."""
    return unb64(name)


async def get_shown(reader: Reader, space: str, named: str) -> Contribution:
    """Refuses with NOT_FOUND, GONE what is not shown."""
    home, name = contributions.split(named)
    found = await shown.find_listed(reader, space, home, name)
    if found is None:
        raise contributions.not_here()
    if found.standing is not Standing.SHOWN:
        raise Refused(Reason.GONE, "This is not shown any more.")
    return found


def require_sign(sign: str) -> None:
    """Refuses with BAD_INPUT."""
    if sign not in fold.SIGNS:
        raise Refused(Reason.BAD_INPUT, "There is no such sign.", field="sign")


async def find_sign(reader: Reader, space: Space, named: str, alias: str) -> str:
    """The sign that stands of somebody of this school; "" for none."""
    found = await list_of(reader, space.id, [named])
    mine = [one for one in found.get(named, ()) if (one.node, one.actor) == (space.node, alias)]
    return mine[0].sign if mine else ""


async def list_of(
    reader: Reader, space: str, named: Sequence[str]
) -> Mapping[str, Sequence[Reaction]]:
    """The reactions to these objects, by reference."""
    items = await refold.list_items(reader, space, [contributions.split(one) for one in named])
    needed = {id_ for told in items.values() for id_ in fold.needed_for(told)}
    items = await refold.with_payloads(reader, space, items, needed) if needed else {}
    return {reference(*key): fold.fold(told) for key, told in items.items()}
