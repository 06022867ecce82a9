"""This node's own part in a space: its key, the opening of its replica, its own log.

What it writes is judged by the same rules as what it receives, before anybody else sees it.
"""

import asyncio
from collections.abc import Callable

from node.actions import absorb, clocks, quotas, tips
from node.actions.context import Context
from node.storage import control as control_rows
from node.storage import cursors, keys, operations, spaces
from node.storage import tips as tip_file
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from protocol import names, outbound
from protocol.errors import Reason, Refused
from protocol.keys import Signer
from protocol.space import control, operation, recovery
from protocol.space.apply import Judgement
from protocol.space.control import START
from protocol.space.effects import StoreOperation
from protocol.space.genesis import Genesis
from protocol.space.log import LogHead
from protocol.space.operation import Header, Operation
from protocol.space.recovery import Recovery
from protocol.space.succession import has_promised
from protocol.space.writing import Place

TOPIC = cursors.TOPIC
DUTIES = "duties"
"""News for the worker that does what is owed."""


def space_key_id(project: str) -> str:
    """The name of this node's key for the space of a project, in its own key store."""
    return f"space:{project}"


async def tell(context: Context, space: str) -> None:
    """Something was written: note the own tips, and wake who brings it to the partners."""
    await tips.record(context, space)
    context.wake.notify(TOPIC)


async def get_signer(context: Context, reader: Reader, key_id: str) -> Signer:
    """The private half of an own space key."""
    try:
        row = await keys.get_current(reader, key_id)
    except LookupError:
        # A space that was brought in from a file: this node cannot speak there.
        raise Refused(Reason.READ_ONLY, "This node has no key for this space.") from None
    return Signer.from_seed(keys.unseal(row.sealed_seed, context.master))


async def get_admitted_signer(context: Context, reader: Reader, space: Space) -> Signer:
    """The newest own space key that the space knows: a school that is to come back has a fresh one
    already, and erases with the one that it was known by until it is admitted anew."""
    admitted = {key for _, key in space.state.keys.get(space.node, ())}
    for row in reversed(await keys.list_of_actor(reader, space.key_id)):
        if row.public in admitted:
            return Signer.from_seed(keys.unseal(row.sealed_seed, context.master))
    return await get_signer(context, reader, space.key_id)


async def open_replica(
    context: Context,
    transaction: Transaction,
    project: str,
    genesis: Genesis,
    node: str,
    *,
    awaited: str = "",
) -> Space:
    """Begin the replica of a space with its verified genesis; `node` is this node's id, `awaited`
    the settled control operation that an invitation named."""
    now_ms = context.now_ms()
    state, key_id = control.start(genesis), space_key_id(project)
    space = Space(genesis.space, project, node, key_id, state, now_ms, now_ms, "", awaited=awaited)
    await spaces.put(transaction, space)
    require_kept(await absorb.absorb(context, transaction, space.id, [genesis.operation]))
    return space


def require_kept(judgement: Judgement) -> None:
    """Refuse as the space refused what this node wrote, or where it would have no effect."""
    if judgement.refused:
        refused = judgement.refused[0]
        raise Refused(refused.reason, refused.detail)
    if judgement.passed_over:
        raise Refused(Reason.READ_ONLY, "This school's log has stopped at a fork or a cut.")
    for effect in judgement.effects:
        if isinstance(effect, StoreOperation) and effect.void is not None:
            raise Refused(Reason.READ_ONLY, f"This would have no effect: {effect.void}.")


async def append(
    context: Context,
    transaction: Transaction,
    space: Space,
    make_header: Callable[[Place], Header],
    payload: str | None,
    *,
    log: str | None = None,
    said_before: bool = False,
) -> Operation:
    """Sign the next operation of the own log, keep it, and make the partners due. `log` begins
    another one; what was `said_before` has its room already.

    Refuses with READ_ONLY while a restored backup has not caught up, with CLOCK_OFF, and as
    `apply.judge` does.
    """
    if space.closed_to_writing == tips.RENEWING:
        raise Refused(
            Reason.READ_ONLY,
            "Your school has asked for a new key and writes nothing here until it has it.",
        )
    if space.closed_to_writing:
        raise Refused(
            Reason.READ_ONLY,
            "This node was restored from a backup and first has to hear what it had written; "
            "try again when a partner school has been reached.",
        )
    signer = await get_admitted_signer(context, transaction, space)
    head = LogHead(log) if log else await own_head(transaction, space)
    if not log and head.fork is None and await find_recovery(context, transaction, space, head):
        context.wake.notify(DUTIES)
        raise Refused(
            Reason.READ_ONLY,
            "This school's log has lost its last words and goes on in a new one at once; "
            "try again in a moment.",
        )
    await clocks.require_right(context, transaction, head.time)
    known = await find_acknowledged(transaction, space)
    place = Place(space.id, head, known, context.now_ms())
    header = make_header(place)
    if not said_before:
        await quotas.require_room(context, transaction, space, header, payload)
    written = operation.write(header, payload, signer)
    _require_releasable(context, space, written)
    require_kept(await absorb.absorb(context, transaction, space.id, [written]))
    await make_due(context, transaction, space.id)
    return written


async def find_recovery(
    context: Context, reader: Reader, space: Space, head: LogHead
) -> Recovery | None:
    """What the next own log begins with, where the present one, which `head` ends, has stopped at a
    fork, or a checkpoint has left this node's last word beside the chain: nothing is written behind
    the other branch then, or nobody would know any more which words were the school's own."""
    if not recovery.may_open(space.state, space.node, head):
        return None
    if head.fork is None and not await operations.has_beside(reader, space.id, head.log):
        return None
    known = await asyncio.to_thread(tip_file.read, context.folder.tips_file)
    tip = (known or {}).get(tip_file.name(space.id, head.log), START)
    beside = await operations.list_stored(reader, space.id, {tip[1]} - {""})
    if not recovery.is_lost(head, tip, beside):
        return None
    entries = await operations.list_stored_of_log(reader, space.id, head.log)
    return recovery.recover(head, entries, restored=space.heard is not None, tip=tip[1])


async def find_acknowledged(reader: Reader, space: Space) -> str:
    """The control head that this node may acknowledge; empty while it has promised to follow
    another steward, or does not know what it said before a restored backup."""
    if not space.is_sure:
        return ""
    votes = [one.said for one in await control_rows.list_votes(reader, space.id)]
    return "" if has_promised(votes, space.node, space.state) else space.state.head[1]


async def may_steer(context: Context, reader: Reader, space: Space) -> bool:
    """Whether this node may write the control log at present: it keeps it, has not handed it over
    or promised it to another, knows what it said before and what time it is, and the log has not
    stopped at a fork."""
    state = space.state
    if state.steward != space.node or state.successor or space.closed_to_writing:
        return False
    if not await clocks.is_right(context, reader):
        return False
    if space.ended == "archive":
        return False
    if not await find_acknowledged(reader, space):
        return False
    return (await operations.find_head(reader, space.id, state.control_log)).fork is None


async def append_control(
    context: Context,
    transaction: Transaction,
    space: Space,
    make_header: Callable[[Place], Header],
) -> None:
    """As the steward, sign the next operation of the control log, keep it, make partners due."""
    signer = await get_admitted_signer(context, transaction, space)
    head = await operations.find_head(transaction, space.id, space.state.control_log)
    place = Place(space.id, head, "", context.now_ms(), border=space.state.head[1])
    written = operation.write(make_header(place), None, signer)
    _require_releasable(context, space, written)
    require_kept(await absorb.absorb(context, transaction, space.id, [written]))
    await make_due(context, transaction, space.id)


def _require_releasable(context: Context, space: Space, written: Operation) -> None:
    """Refuses as the gate does: what may never leave would stop the own log for ever."""
    outbound.release_operations(context.book, [written], node=space.node)


async def own_head(reader: Reader, space: Space) -> LogHead:
    """Where this node's present content log ends. Refuses with READ_ONLY where it is no member."""
    first = space.state.base.get(space.node)
    if first is None or space.ended:
        raise Refused(Reason.READ_ONLY, "This school is no member of the space any more.")
    heads = await operations.list_heads(reader, space.id)
    own = [one for one in heads.values() if one.log.startswith(f"c/{space.node}/")]
    last = max((int(one.log.rpartition("/")[2]) for one in own), default=first)
    log = str(names.ContentLog(space.node, max(first, last)))
    return heads.get(log, LogHead(log))


async def make_due(context: Context, transaction: Transaction, space: str) -> None:
    """There is something for the partners: soon, so that what is written at once goes at once."""
    coalesce_ms = int(context.settings.replication.coalesce_s * 1000)
    due_ms = context.now_ms() + coalesce_ms
    await cursors.put_due(transaction, space, context.base, due_ms)
