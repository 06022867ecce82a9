"""Erasing: what this school takes back, what others take back, and who confirmed it.

A statement, the dropped payload and everything that was made of it change in one transaction. Each
member owes the school that erases a signed receipt; it is kept here and shown.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from node.actions import absorb, replica
from node.actions.context import Context
from node.actions.spaces import require_member
from node.storage import (
    blobs,
    cursors,
    erasures,
    operations,
    partners,
    pictured,
    purges,
    spaces,
    taken_back,
)
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from protocol import names
from protocol.errors import Reason, Refused
from protocol.space import erasure
from protocol.space.enclosed import picture_of
from protocol.space.erasure import Erasure
from protocol.space.operation import Operation
from protocol.space.statement import Signed
from protocol.space.vocabulary import is_reference


@dataclass(frozen=True)
class Confirmation:
    """One school's word about one erasure: `received_ms` is None as long as it is missing."""

    node: str
    school: str
    received_ms: int | None


async def take_back(
    context: Context, transaction: Transaction, space: Space, versions: Sequence[Operation]
) -> None:
    """Erase the payloads of own operations here, and make the partners due to hear of it; a picture
    that came with what was erased goes too, unless something else shows it.

    Refuses with GONE where nothing is left to erase.
    """
    if not versions:
        raise Refused(Reason.GONE, "This has been erased already.")
    await _take_back(context, transaction, space, versions)
    words = dict.fromkeys(one.header.object for one in versions)
    pictures = await list_pictures_left(transaction, space, words)
    if pictures:
        await _take_back(context, transaction, space, pictures)


async def list_pictures_left(reader: Reader, space: Space, words: Iterable[str]) -> list[Operation]:
    """What is said still of the pictures that came with own objects of these names, of those that
    nothing else of this school shows."""
    found: list[Operation] = []
    for one in words:
        name = picture_of(one)
        said = await operations.list_own_of_object(reader, space.id, space.node, name)
        if said and not await pictured.is_shown(reader, space.id, space.node, name, beside=one):
            found += said
    return found


async def _take_back(
    context: Context, transaction: Transaction, space: Space, versions: Sequence[Operation]
) -> None:
    signer = await replica.get_admitted_signer(context, transaction, space)
    targets = [(one.header.log, one.header.seq, one.id) for one in versions]
    shared = [one.id for one in versions if one.header.residency == "shared"]
    same = await blobs.list_same(transaction, space.id, shared, space.node)
    statements = erasure.sign_statements(
        space.id, space.node, targets, time_ms=context.now_ms(), signer=signer, same=same
    )
    opened = [erasure.open_statement(one, space.state) for one in statements]
    # Before it is certain to happen: a statement too many is harmless, one too few is not.
    await asyncio.to_thread(taken_back.append, context.folder.erasures_file, space.id, statements)
    await absorb.absorb_erasures(context, transaction, space, opened)
    await replica.make_due(context, transaction, space.id)
    await cursors.put_due_of_former(transaction, space.id, context.now_ms())


async def obey(
    context: Context, transaction: Transaction, space: Space, batch: Sequence[Signed]
) -> list[Signed]:
    """Do what received statements say, and sign a receipt for each; the receipts, in order.

    Statements of schools that this replica has not heard of yet are passed over: after a fork of
    the control log others may know more of them. Refuses as `erasure.open_statement`, and then does
    nothing; with UNKNOWN_KEY only where all are strangers'.
    """
    opened, strange = _open_known(space, batch)
    if strange and not opened:
        raise strange[0]
    await absorb.absorb_erasures(context, transaction, space, opened)
    receipts = []
    for one in opened:
        receipt = await erasures.find_receipt(transaction, space.id, one.id, space.node)
        # An archive that was brought in from a file has no key to confirm with, and obeys.
        signs = space.ended != "archive"
        if receipt is None and one.said.node != space.node and signs:
            signer = await replica.get_admitted_signer(context, transaction, space)
            receipt = erasure.sign_receipt(
                space.id, space.node, one.id, time_ms=context.now_ms(), signer=signer
            )
            await erasures.put_receipt(
                transaction, space.id, one.id, space.node, receipt, context.now_ms()
            )
        if receipt is not None:
            receipts.append(receipt)
    return receipts


def _open_known(space: Space, batch: Sequence[Signed]) -> tuple[list[Erasure], list[Refused]]:
    opened, strange = [], []
    for one in batch:
        try:
            opened.append(erasure.open_statement(one, space.state))
        except Refused as refused:
            if refused.reason is not Reason.UNKNOWN_KEY:
                raise
            strange.append(refused)
    return opened, strange


async def confirm_purges(context: Context, space_id: str) -> None:
    """Sign receipts for what founders had removed, once it is gone here: for the school that wrote
    it down and for the founders."""
    async with context.database.read() as reader:
        space = await spaces.get(reader, space_id)
        if space.ended == "archive" or space.node not in space.state.keys:
            return
        if not await purges.list_unconfirmed(reader, space_id, space.node):
            return
    async with context.database.write() as transaction:
        space = await spaces.get(transaction, space_id)
        signer = await replica.get_admitted_signer(context, transaction, space)
        for one in await purges.list_unconfirmed(transaction, space_id, space.node):
            receipt = erasure.sign_receipt(
                space.id, space.node, one.id, time_ms=context.now_ms(), signer=signer
            )
            await erasures.put_receipt(
                transaction, space.id, one.id, space.node, receipt, context.now_ms()
            )
            owed_to = {one.node, *space.state.founders} - {space.node}
            await purges.put_owed(transaction, space.id, one.id, owed_to)


async def keep_receipts(
    context: Context, transaction: Transaction, space: Space, batch: Sequence[Signed]
) -> list[Refused]:
    """Keep members' receipts for statements and purges that are kept here; why others were passed
    over: for what was never heard of, of strangers, and under keys that were replaced.

    Refuses as `erasure.open_receipt`.
    """
    passed = []
    for one in batch:
        try:
            said = erasure.open_new_receipt(one, space.state)
        except Refused as refused:
            if refused.reason not in {Reason.UNKNOWN_KEY, Reason.REVOKED_KEY}:
                raise
            passed.append(refused)
            continue
        known = await erasures.list_known(transaction, space.id, [said.statement])
        if known or await purges.is_known(transaction, space.id, said.statement):
            await erasures.put_receipt(
                transaction, space.id, said.statement, said.node, one, context.now_ms()
            )
        else:
            passed.append(Refused(Reason.NOT_FOUND, "what this confirms was never heard of here"))
    return passed


async def take_receipts(
    context: Context, transaction: Transaction, space: Space, batch: Sequence[Signed]
) -> None:
    """Keep what a school brings of its own accord. Refuses as `keep_receipts`, and with UNKNOWN_KEY
    where all are of nodes that were never a member: no school has others' to bring."""
    passed = await keep_receipts(context, transaction, space, batch)
    strange = [one for one in passed if one.reason is Reason.UNKNOWN_KEY]
    if strange and len(strange) == len(batch):
        raise strange[0]


async def list_confirmations(
    context: Context, account: Account, space: str, post: str
) -> list[Confirmation]:
    """Which other schools have confirmed that they erased a post of this school.

    Empty where nothing was erased. A post of several statements counts when all are confirmed.
    """
    async with context.database.read() as reader:
        kept, _ = await require_member(reader, account, space)
        return await read_confirmations(reader, kept, post)


async def read_confirmations(reader: Reader, kept: Space, post: str) -> list[Confirmation]:
    """As `list_confirmations`, for whoever may know already."""
    home, _, name = post.partition("/")
    if not is_reference(post) or home != kept.node:
        return []
    statements = await erasures.list_of_object(reader, kept.id, home, name)
    return await read_confirmations_of(reader, kept, statements)


async def read_confirmations_of(
    reader: Reader, kept: Space, statements: Sequence[str]
) -> list[Confirmation]:
    """Which other schools have confirmed all of these statements; empty where there are none."""
    named = {one.origin: one.name for one in await partners.list_all(reader)}
    received = [
        {one.node: one.received_ms for one in await erasures.list_receipts(reader, kept.id, id_)}
        for id_ in statements
    ]
    found = []
    for node, actor in sorted(kept.state.actors.items()):
        if node == kept.node or not received:
            continue
        times = [one.get(node) for one in received]
        confirmed = [one for one in times if one is not None]
        origin = names.origin(actor)
        found.append(
            Confirmation(
                node,
                named.get(origin, "") or origin,
                max(confirmed) if len(confirmed) == len(times) else None,
            )
        )
    return found
