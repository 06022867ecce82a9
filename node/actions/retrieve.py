"""Own words that only a partner still has: asked for after a restored backup, and said again.

A restored node that wrote on before it had heard everybody has two branches of its own log. Which
of them counts may be settled elsewhere: the steward fixes the longer one, and whoever holds the
other keeps it beside the chain, where nobody else asks for it. So the school asks each member for
what lies there of its own logs, until all were heard, and for some days after it went on in a new
log.
"""

from collections.abc import Sequence
from contextlib import suppress

from node import events
from node.actions import recover, replica, serve_space, tips
from node.actions.context import Context
from node.actions.recognise import Asked
from node.actions.talk import Talk, require_ok
from node.storage import lost as lost_words
from node.storage import meta, spaces
from node.storage.spaces import Space
from protocol.errors import Refused
from protocol.keys import PublicKey
from protocol.space import operation, sync
from protocol.space.operation import Operation, Verified

ASKS_FOR_MS = 7 * 86_400_000
MAX_PAGES = 20


async def list_lost(context: Context, asked: Asked, space: str, after: str) -> list[Operation]:
    """What of the asking node's own content logs lies on no chain here, by the ids, beyond `after`;
    as many as travel together."""
    recognised, kept = await serve_space.ask(context, asked, space)
    nodes = [node for node, actor in kept.state.actors.items() if actor == recognised.actor]
    found: list[Operation] = []
    async with context.database.read() as reader:
        for node in nodes:
            found += await lost_words.list_beside(
                reader, space, node, after=after, limit=sync.MAX_BATCH_OPERATIONS
            )
    return serve_space.fill(sorted(found, key=lambda one: one.id))


async def retrieve(talk: Talk) -> None:
    """After a conversation that ended in agreement: say again what lies beside the chains here or
    there. The other words of the school are the same at both."""
    if not await _asks(talk):
        return
    context, space = talk.context, talk.ground.space
    brought: list[Verified] = []
    after = ""
    for _ in range(MAX_PAGES):
        answer = await talk.get(f"lost?after={after}" if after else "lost")
        page = serve_space.read_operations(require_ok(answer).body)
        # A page that begins before its place would be asked for again and again.
        if not page or min(one.id for one in page) <= after:
            break
        brought += own_of(space, page)
        after = max(one.id for one in page)
    async with context.database.write() as transaction:
        kept = await spaces.get(transaction, space.id)
        many = await recover.say_unsaid(context, transaction, kept, brought)
    if many:
        events.words_retrieved(space.id, talk.exchange.origin, many)
        await replica.tell(context, space.id)


async def _asks(talk: Talk) -> bool:
    space, now_ms = talk.ground.space, talk.context.now_ms()
    if space.heard is not None:
        return True
    if space.recovered_ms is None or now_ms - space.recovered_ms > ASKS_FOR_MS:
        return False
    # A log that stopped without a restored backup has a thief's branch: nobody repeats that.
    async with talk.context.database.read() as reader:
        restored = await meta.find(reader, tips.RESTORED_MS)
    return restored is not None and now_ms - int(restored) <= ASKS_FOR_MS


def own_of(space: Space, page: Sequence[Operation]) -> list[Verified]:
    """Those that this school has signed: a partner may answer anything."""
    own: list[Verified] = []
    for one in page:
        header = one.header
        if header.is_control or (header.space, header.node) != (space.id, space.node):
            continue
        key = space.state.key_of(header.log)
        with suppress(Refused):
            if key is not None:
                own.append(operation.verify(one, PublicKey.read(key)))
    return own
