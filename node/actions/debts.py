"""What two members owe each other besides operations: receipts, erasures, late payloads.

A school that is no member any more is still told what was erased, and may still erase what it
wrote; nothing else is exchanged with it.
"""

from collections.abc import Sequence

from node.actions import erase, serve_space
from node.actions.talk import Talk, require_ok
from node.storage import cursors, erasures, payloads, spaces
from node.storage.spaces import Space
from protocol import outbound
from protocol.outbound import Outbound
from protocol.space.statement import Signed

MAX_LACKING = 10


async def push_statements(talk: Talk, space: Space, page: Sequence[Signed]) -> None:
    """Send erasure statements, and keep the receipts that come back."""
    answer = require_ok(await talk.post("erasures", _lines(talk, page)))
    receipts = serve_space.read_statements(answer.body)
    async with talk.context.database.write() as transaction:
        await erase.keep_receipts(talk.context, transaction, space, receipts)


async def settle(talk: Talk) -> None:
    """Receipts and erasures, and payloads that never came."""
    if talk.exchange.node in talk.ground.owed or await _came_to_owe(talk):
        await _settle_statements(talk)
    if not talk.ground.lacks_payloads:
        return
    async with talk.context.database.read() as reader:
        lacking = await payloads.list_lacking(reader, talk.space, limit=MAX_LACKING)
    if lacking:
        answer = await talk.get(f"payloads?ids={','.join(lacking)}")
        if answer.ok:
            async with talk.context.database.write() as transaction:
                page = serve_space.read_operations(answer.body)
                await serve_space.take(talk.context, transaction, talk.space, page)


async def _came_to_owe(talk: Talk) -> bool:
    """Whether this very conversation brought an erasure, of which the receipt goes at once."""
    async with talk.context.database.read() as reader:
        space = await spaces.get(reader, talk.space)
        return talk.exchange.node in await erasures.list_owed(reader, space.id, space.node)


async def settle_after_parting(talk: Talk) -> None:
    """Tell what this school erased and send the receipts that it owes; then there is no more."""
    await _settle_statements(talk)
    async with talk.context.database.write() as transaction:
        await cursors.drop(transaction, talk.space, talk.exchange.origin)


async def _settle_statements(talk: Talk) -> None:
    """Send the receipts that this partner is owed, ask again for those that it owes."""
    await erase.confirm_purges(talk.context, talk.space)
    async with talk.context.database.read() as reader:
        space = await spaces.get(reader, talk.space)
        owed = await erasures.list_unsent(reader, space.id, space.node, talk.exchange.node)
        unconfirmed = await erasures.list_unconfirmed(
            reader,
            space.id,
            space.node,
            talk.exchange.node,
            limit=serve_space.MAX_STATEMENTS,
        )
    if unconfirmed:
        # The answer that brought the receipts was lost, or this node died before it kept them.
        await push_statements(talk, space, unconfirmed)
    if owed:
        require_ok(await talk.post("receipts", _lines(talk, owed)))
        async with talk.context.database.write() as transaction:
            await erasures.put_sent(transaction, space.id, space.node, owed, talk.exchange.node)


def _lines(talk: Talk, signed: Sequence[Signed]) -> Outbound:
    return outbound.release_statements(talk.context.book, signed)
