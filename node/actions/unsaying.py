"""What a school erases because a pupil of its own wants it back: like a teacher's deletion of it,
here at once and at every member's, with receipts. Who stands behind the alias is not known here.
"""

from collections.abc import Sequence

from node.actions import erase as erasing
from node.actions import replica
from node.actions.context import Context
from node.actions.erase import Confirmation
from node.actions.spaces import not_found
from node.storage import contents, operations, own_words, pages, spaces, views
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from protocol.errors import Reason, Refused
from protocol.space.authority import home_of
from protocol.space.enclosed import picture_of
from protocol.space.operation import Operation
from protocol.space.vocabulary import reference


async def take_back(context: Context, space: str, pseudonym: str, name: str) -> None:
    """Erase every version of the post, card or file called `name` that `pseudonym` made, and of
    the picture that came with it, wherever else that is shown.

    Refuses with NOT_FOUND a space that is not here, NOT_OWNER what somebody else made, GONE where
    nothing is left, and as `erase.take_back`.
    """
    async with context.database.write_small() as transaction:
        kept = await _find(transaction, space)
        there = await views.find_post(transaction, space, kept.node, name) or (
            await contents.find_any(transaction, space, kept.node, name)
        )
        if there is None or there.actor != pseudonym:
            raise Refused(Reason.NOT_OWNER, "Somebody else made this.")
        versions = await operations.list_own_of_object(transaction, space, kept.node, name)
        versions += await operations.list_own_of_object(
            transaction, space, kept.node, picture_of(name)
        )
        await erasing.take_back(context, transaction, kept, versions)
    context.wake.notify(replica.TOPIC)


async def take_back_reactions(context: Context, space: str, pseudonym: str, named: str) -> None:
    """Erase what `pseudonym` reacted to the object with the reference `named`. Refuses as
    `take_back`."""
    async with context.database.write_small() as transaction:
        kept = await _find(transaction, space)
        said = await operations.list_said_by(transaction, space, kept.node, pseudonym)
        versions = [one for one in said if one.header.type == "Like" and _about(one) == named]
        await erasing.take_back(context, transaction, kept, versions)
    context.wake.notify(replica.TOPIC)


async def take_back_parts(context: Context, space: str, pseudonym: str, page: str) -> None:
    """Erase what `pseudonym` wrote on a page: the parts that he began, whole, and his words in
    others. Refuses as `take_back`."""
    async with context.database.write_small() as transaction:
        kept = await _find(transaction, space)
        versions = await _list_on_page(transaction, kept, pseudonym, page)
        await erasing.take_back(context, transaction, kept, versions)
    context.wake.notify(replica.TOPIC)


async def read_reaction_confirmations(
    reader: Reader, kept: Space, pseudonym: str, named: str
) -> Sequence[Confirmation]:
    """Who confirmed that the reactions of `pseudonym` to the object `named` are gone."""
    statements = await own_words.list_statements(
        reader, kept.id, kept.node, pseudonym, [named], type_="Like"
    )
    return await erasing.read_confirmations_of(reader, kept, statements)


async def read_part_confirmations(
    reader: Reader, kept: Space, pseudonym: str, page: str
) -> Sequence[Confirmation]:
    """Who confirmed that what `pseudonym` wrote on a page is gone."""
    lying = [one.reference for one in await pages.list_lying_on(reader, kept.id, page)]
    statements = await own_words.list_statements(reader, kept.id, kept.node, pseudonym, lying)
    return await erasing.read_confirmations_of(reader, kept, statements)


async def _list_on_page(
    transaction: Transaction, kept: Space, pseudonym: str, page: str
) -> Sequence[Operation]:
    blocks = await pages.list_lying_on(transaction, kept.id, page)
    lying = {one.reference for one in blocks}
    made = await own_words.list_own_of_actor(transaction, kept.id, kept.node, pseudonym)
    begun = lying & {reference(kept.node, one) for one in made}
    versions = await operations.list_own_of_objects(transaction, kept.id, kept.node, begun)
    known = {one.id for one in versions}
    said = await operations.list_said_by(transaction, kept.id, kept.node, pseudonym)
    return [*versions, *(one for one in said if _about(one) in lying and one.id not in known)]


def _about(one: Operation) -> str:
    return reference(home_of(one.header), one.header.object)


async def _find(transaction: Transaction, space: str) -> Space:
    kept = await spaces.find(transaction, space)
    if kept is None:
        raise not_found()
    return kept
