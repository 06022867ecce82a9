"""One replica of a space: opened at its genesis, and appended to by this node.

Whatever is stored of a space goes through here, own operations and partners' alike.
"""

from dataclasses import dataclass, field

from node.actions.context import Context
from node.storage import keys, operations, spaces
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from protocol import names
from protocol.keys import PublicKey, Signer
from protocol.space import control, operation
from protocol.space.genesis import Genesis
from protocol.space.log import LogHead
from protocol.space.operation import Header, Operation
from protocol.space.vocabulary import Arguments


@dataclass(frozen=True)
class Draft:
    """What this node wants to say in a space; its place in the log is found when it is written."""

    type: str
    object: str = ""
    actor: str = ""
    base: tuple[str, ...] = ()
    audience: str = ""
    args: Arguments = field(default_factory=dict)
    payload: str | None = None


def space_key_id(project: str) -> str:
    """The name of this node's key for the space of a project, in its own key store."""
    return f"space:{project}"


async def get_signer(context: Context, reader: Reader, key_id: str) -> Signer:
    """The private half of an own space key."""
    row = await keys.get_current(reader, key_id)
    return Signer.from_seed(keys.unseal(row.sealed_seed, context.master))


async def open_replica(
    context: Context, transaction: Transaction, project: str, genesis: Genesis, node: str
) -> Space:
    """Begin the replica of a space with its verified genesis; `node` is this node's id."""
    now_ms = context.now_ms()
    state = control.start(genesis)
    space = Space(genesis.space, project, node, space_key_id(project), state, now_ms, now_ms, "")
    await spaces.put(transaction, space)
    header = genesis.operation.header
    await operations.put(
        transaction, space.id, genesis.operation, accepted=True, void=None, received_ms=now_ms
    )
    await operations.put_head(
        transaction, space.id, LogHead(header.log, 1, genesis.space, header.time)
    )
    return space


async def append(
    context: Context, transaction: Transaction, space: Space, draft: Draft
) -> Operation:
    """Sign `draft` as the next operation of the own content log, and keep it."""
    signer = await get_signer(context, transaction, space.key_id)
    log = str(names.ContentLog(space.node, 0))
    head = await operations.find_head(transaction, space.id, log)
    placed = draft.audience != ""
    header = Header(
        1,
        space.id,
        log,
        head.seq + 1,
        head.id,
        space.state.head[1],
        max(context.now_ms(), head.time),
        draft.type,
        object=draft.object,
        base=draft.base,
        actor=draft.actor,
        residency="shared" if placed else "",
        audience=draft.audience,
        reach="space" if placed else "",
        args=draft.args,
    )
    written = operation.write(header, draft.payload, signer)
    operation.verify(written, PublicKey.read(signer.public.multikey))
    await operations.put(
        transaction,
        space.id,
        written,
        accepted=True,
        void=None,
        received_ms=context.now_ms(),
    )
    await operations.put_head(
        transaction, space.id, LogHead(log, header.seq, written.id, header.time)
    )
    return written
