"""What members' nodes ask of this replica and bring to it; the other half of `replicate`.

Whoever asks is the service actor of a node that is a member of that very space; anybody else gets
the answer that a space gets which does not exist.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from node import events
from node.actions import absorb, duties, erase, quotas, recognise, refold, replica, votes
from node.actions.context import Context
from node.actions.recognise import Asked, Recognised
from node.actions.spaces import not_found
from node.limits import RateLimit
from node.storage import blobs, control, cursors, erasures, meta, operations, spaces
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from protocol.errors import Reason, Refused
from protocol.space import operation, statement, stewardship, succession, sync
from protocol.space.apply import Judgement
from protocol.space.blobs import named_in
from protocol.space.control import Position
from protocol.space.effects import PutPin, PutState, StoreOperation
from protocol.space.log import LogHead
from protocol.space.operation import Operation
from protocol.space.statement import Signed
from protocol.space.sync import Heads

MAX_STATEMENTS = 200
MAX_NAMED = 64
MAX_GONE_NAMED = 10
LIES = frozenset({Reason.BAD_SIGNATURE, Reason.BAD_OPERATION, Reason.BAD_KEY, Reason.NOT_FOUND})
"""Whoever sends such an operation has not verified it: nothing of the batch is taken."""


@dataclass(frozen=True)
class Taken:
    """What became of a batch: the last accepted number of each log in it, gaps among them.

    `paused` are the logs whose schools have no room left here.
    """

    heads: Heads
    logs: dict[str, int]
    gaps: frozenset[str]
    stored: int
    paused: frozenset[str] = frozenset()


async def find_node(context: Context) -> str:
    """This node's id: what it wrote itself is looked at again before it leaves."""
    async with context.database.read() as reader:
        return await meta.get(reader, "node")


async def build_heads(
    reader: Reader, space: Space, logs: Mapping[str, LogHead] | None = None
) -> Heads:
    """What this replica holds, in a few lines; `space` and `logs` as the same reader sees them."""
    held, statements, ballots = await asyncio.gather(
        operations.list_heads(reader, space.id, () if logs is not None else None),
        erasures.list_ids(reader, space.id),
        control.list_votes(reader, space.id),
    )
    heads = (held if logs is None else logs).values()
    marks = [succession.mark(one.id, one.said.node, one.key, space.state) for one in ballots]
    return sync.heads(space.state, space.settled, heads, statements, marks)


async def ask(
    context: Context, asked: Asked, space: str, rates: RateLimit | None = None
) -> tuple[Recognised, Space]:
    """The member node that signed a GET, and the space. Refuses as `recognise`, and NOT_FOUND."""
    recognised = await recognise.recognise_once(context, asked, rates)
    async with context.database.read() as reader:
        kept = await _require_member(reader, recognised, space)
        held_up = await cursors.is_held_up(reader, space, recognised.partner.origin)
    if held_up:
        async with context.database.write() as transaction:
            await _revive(context, transaction, space, recognised)
        context.wake.notify(replica.TOPIC)
    return recognised, kept


async def _require_member(reader: Reader, recognised: Recognised, space: str) -> Space:
    kept = await spaces.find_of_member(reader, space, recognised.actor)
    if kept is None:
        raise not_found()
    return kept


async def _revive(
    context: Context, transaction: Transaction, space: str, recognised: Recognised
) -> None:
    await cursors.revive(transaction, space, recognised.partner.origin, context.now_ms())


async def find_heads(context: Context, asked: Asked, space: str) -> Heads:
    """Where every log ends here."""
    await ask(context, asked, space)
    async with context.database.read() as reader:
        return await build_heads(reader, await spaces.get(reader, space))


async def list_page(
    context: Context,
    asked: Asked,
    space: str,
    log: str,
    after: Position,
    haves: Sequence[Position],
    limit: int,
) -> list[Operation]:
    """The accepted operations of a log after a position, or after the last of `haves` that lies on
    the accepted chain here; where the log stops at a fork, the two that prove it.

    Refuses with UNKNOWN_HEAD a position that is not here.
    """
    _, kept = await ask(context, asked, space, context.batches)
    async with context.database.read() as reader:
        if haves:
            held = await operations.list_held(reader, space, [one[1] for one in haves], log)
            after = sync.common(haves, held)
        elif after[0] and after not in await operations.list_positions(
            reader, space, log, [after[0]]
        ):
            raise Refused(
                Reason.UNKNOWN_HEAD, "This position is not in the log here; name what you have."
            )
        return await read_page(reader, kept.id, log, after[0], limit)


async def read_page(
    reader: Reader, space: str, log: str, after: int, limit: int
) -> list[Operation]:
    """As many accepted operations as travel together, then the proof of a fork."""
    found = await operations.list_accepted(reader, space, log, after, limit=limit)
    page = fill(found)
    if len(page) == len(found) < limit:
        head = await operations.find_head(reader, space, log)
        if head.fork is not None and after <= head.seq:
            page += await operations.list_by_id(reader, space, head.fork)
    return page


def fill(found: Sequence[Operation]) -> list[Operation]:
    """The first of `found` that fit into one batch, and at least one."""
    batch: list[Operation] = []
    octets = 0
    for one in found[: sync.MAX_BATCH_OPERATIONS]:
        octets += len(operation.to_line(one)) + 1
        if batch and octets > sync.MAX_BATCH_BYTES:
            break
        batch.append(one)
    return batch


async def list_operations(
    context: Context, asked: Asked, space: str, id_: str, after: str
) -> list[Operation]:
    """One operation; of a control log, with those before it, beyond `after` if that is among them,
    as far as they travel together. Refuses with NOT_FOUND."""
    await ask(context, asked, space)
    async with context.database.read() as reader:
        found = await operations.find(reader, space, id_)
        if found is None:
            raise Refused(Reason.NOT_FOUND, "This operation is not here.")
        if not found.header.is_control:
            return [found]
        way = await control.list_way(reader, space, id_, after, limit=sync.MAX_BATCH_OPERATIONS)
    return fill(way)


async def list_acknowledgements(
    context: Context, asked: Asked, space: str, after: str, beyond: str
) -> list[Operation]:
    """The operations that acknowledge what lies beyond the control operation `after`, by their ids,
    as many as travel together; `beyond` is the last one of the page before."""
    await ask(context, asked, space)
    async with context.database.read() as reader:
        found = await control.list_evidence(
            reader, space, after, beyond=beyond, limit=sync.MAX_BATCH_OPERATIONS
        )
    return fill(found)


async def list_votes(context: Context, asked: Asked, space: str, after: str) -> list[Signed]:
    """The votes for stewards that are kept here, by their ids, as many as travel together; `after`
    is the last one of the page before."""
    await ask(context, asked, space)
    async with context.database.read() as reader:
        found = await control.list_votes(reader, space, after=after, limit=MAX_STATEMENTS)
    return [one.signed for one in found]


async def accept_votes(context: Context, asked: Asked, space: str) -> None:
    """Count a batch of votes. Refuses with REPLAYED, and as `votes.count`."""
    recognised = await admit(context, asked, space)
    batch = read_statements(asked.body or b"")
    async with context.database.write() as transaction:
        await recognise.remember(context, transaction, recognised)
        kept = await _require_member(transaction, recognised, space)
        if await votes.count(context, transaction, kept, batch):
            await duties.attend_if_possible(context, transaction, space)
            await replica.make_due(context, transaction, space)
    context.wake.notify(replica.TOPIC)


async def list_statements(context: Context, asked: Asked, space: str, after: int) -> list[Signed]:
    """Erasure statements in the order of their arrival here, without the first `after`."""
    await ask(context, asked, space)
    async with context.database.read() as reader:
        return await erasures.list_after(reader, space, after, limit=MAX_STATEMENTS)


async def list_payloads(
    context: Context, asked: Asked, space: str, ids: Sequence[str]
) -> list[Operation]:
    """Those of the operations `ids` whose payloads are here.

    Refuses with GONE (fact `erased`) if one was erased, NOT_FOUND where none of them is here.
    """
    await ask(context, asked, space)
    async with context.database.read() as reader:
        erased = await erasures.list_erased(reader, space, ids)
        found = await operations.list_by_id(reader, space, ids)
    if erased:
        gone = "+".join(sorted({id_ for _, id_ in erased})[:MAX_GONE_NAMED])
        raise Refused(Reason.GONE, "Some of this was erased; ask for the rest.", erased=gone)
    kept = [one for one in found if one.payload is not None]
    if not kept:
        raise Refused(Reason.NOT_FOUND, "None of this is here.")
    return fill(kept)


async def admit(
    context: Context, asked: Asked, space: str, rates: RateLimit | None = None
) -> Recognised:
    """The member node that signed a POST; its nonce is not yet spent. Refuses as `ask`."""
    recognised = await recognise.recognise(context, asked, rates)
    async with context.database.read() as reader:
        if not await spaces.has_member(reader, space, recognised.actor):
            raise not_found()
    return recognised


async def accept_operations(
    context: Context, recognised: Recognised, space: str, body: bytes
) -> Taken:
    """Take a batch of operations. Refuses with REPLAYED, TOO_MANY_ITEMS, as `operation.read`, and
    with one of `LIES`, or the first reason, where nothing could be taken; then nothing is kept."""
    batch = read_operations(body)
    async with context.database.write() as transaction:
        held_up, kept = await asyncio.gather(
            recognise.remember(context, transaction, recognised),
            _require_member(transaction, recognised, space),
        )
        taken = await take(context, transaction, space, batch, kept)
        if held_up.exchanges:
            await _revive(context, transaction, space, recognised)
    if any(taken.heads.logs[log].fork for log in taken.logs if log in taken.heads.logs):
        context.wake.notify(duties.TOPIC)
    if taken.stored:
        events.operations_accepted(space, recognised.partner.origin, taken.stored)
        if any(duties.concerns(one.header) for one in batch):
            # Whom to talk to, and how often, may be another one than when the worker fell asleep.
            context.wake.notify(replica.TOPIC)
    if held_up.files or any(named_in(one.header, one.payload) for one in batch):
        context.wake.notify(blobs.TOPIC)
    context.wake.notify(refold.TOPIC)
    return taken


def read_operations(body: bytes) -> list[Operation]:
    """The operations of a body of NDJSON. Refuses with TOO_MANY_ITEMS, as `operation.read`."""
    lines = [line for line in body.split(b"\n") if line]
    if len(lines) > sync.MAX_BATCH_OPERATIONS:
        raise Refused(
            Reason.TOO_MANY_ITEMS, f"Send at most {sync.MAX_BATCH_OPERATIONS} operations at once."
        )
    return [operation.read(line) for line in lines]


def read_statements(body: bytes) -> list[Signed]:
    """The statements of a body of NDJSON. Refuses with TOO_MANY_ITEMS, as `statement.read`."""
    lines = [line for line in body.split(b"\n") if line]
    if len(lines) > MAX_STATEMENTS:
        raise Refused(Reason.TOO_MANY_ITEMS, f"Send at most {MAX_STATEMENTS} at once.")
    return [statement.read(line) for line in lines]


async def take(
    context: Context,
    transaction: Transaction,
    space: str,
    batch: Sequence[Operation],
    here: Space | None = None,
) -> Taken:
    """Judge and keep what a partner sent or answered; `here` is the space as it lies here."""
    kept = here or await spaces.get(transaction, space)
    parted = await quotas.part(context, transaction, space, kept.node, batch)
    judgement = await absorb.absorb(context, transaction, space, parted.fits)
    stored = sum(isinstance(one, StoreOperation) for one in judgement.effects)
    _require_honest(judgement)
    others = [one for one in judgement.refused if one.reason is not Reason.GAP]
    if others and not judgement.effects:
        raise Refused(others[0].reason, others[0].detail, log=others[0].log)
    if (
        judgement.steers
        or judgement.recheck
        or any(isinstance(one, PutState | PutPin) for one in judgement.effects)
    ):
        kept = await spaces.get(transaction, space)
    heads, _ = await asyncio.gather(
        build_heads(transaction, kept), quotas.note(context, transaction, space, parted)
    )
    # What had to wait for calm is written as soon as enough have confirmed what is before it.
    due = judgement.steers and await spaces.is_checkpoint_due(transaction, space)
    if stored and (due or _is_owed(kept, heads, batch)):
        hasty = any(one.header.type in duties.HASTY for one in batch)
        await duties.attend_if_possible(context, transaction, space, hasty=hasty)
        # A member that was heard of just now is to be talked to as well.
        await replica.make_due(context, transaction, space)
        kept = await spaces.get(transaction, space)
        heads = await build_heads(transaction, kept)
    known = {
        log: heads.logs[log].seq for log in {one.header.log for one in batch} & heads.logs.keys()
    }
    logs = {one.header.log: known.get(one.header.log, 0) for one in batch}
    paused = frozenset(log for log in logs if log[2:34] in parted.paused and log[0] == "c")
    return Taken(heads, logs, judgement.gaps - paused, stored, paused)


def _is_owed(space: Space, heads: Heads, batch: Sequence[Operation]) -> bool:
    """Whether a batch may give this node something to do: by what it says, because this school did
    not know what it said itself, or because a log has stopped at a fork."""
    if any(duties.concerns(one.header) or one.header.node == space.node for one in batch):
        return True
    logs = {one.header.log for one in batch} & heads.logs.keys()
    if any(heads.logs[log].fork is not None for log in logs):
        return True
    beyond = (
        head.seq - space.state.anchors.get(log, (0, ""))[0] for log, head in heads.logs.items()
    )
    # What is not settled yet is not added to: then no checkpoint is due either. It waits for calm,
    # and whoever brings as much as fits has more to bring.
    calm = len(batch) < sync.MAX_BATCH_OPERATIONS
    steers = space.state.steward == space.node and space.settled == space.state.head[1]
    return calm and steers and sum(beyond) >= stewardship.CHECKPOINT_AFTER


def _require_honest(judgement: Judgement) -> None:
    for one in judgement.refused:
        if one.reason in LIES:
            raise Refused(one.reason, one.detail, log=one.log, operation=one.id)


async def _admit_known(context: Context, asked: Asked, space: str) -> Recognised:
    """As `admit`, for a member and for a school that was one: it erases what it wrote for ever."""
    recognised = await recognise.recognise(context, asked)
    async with context.database.read() as reader:
        await _require_known(reader, recognised, space)
    return recognised


async def _require_known(reader: Reader, recognised: Recognised, space: str) -> Space:
    node = await spaces.find_known(reader, space, recognised.actor)
    kept = None if node is None else await spaces.find(reader, space)
    if kept is None:
        raise not_found()
    return kept


async def accept_erasures(context: Context, asked: Asked, space: str) -> list[Signed]:
    """Obey a batch of erasure statements; the signed receipts. Refuses as `erase.obey`."""
    recognised = await _admit_known(context, asked, space)
    batch = read_statements(asked.body or b"")
    async with context.database.write_small() as transaction:
        await recognise.remember(context, transaction, recognised)
        kept = await _require_known(transaction, recognised, space)
        receipts = await erase.obey(context, transaction, kept, batch)
        caller = await spaces.find_known(transaction, space, recognised.actor)
        if caller is not None:
            owed = await erasures.list_unsent(transaction, space, kept.node, caller)
            sent = [one for one in owed if one in receipts]
            await erasures.put_sent(transaction, space, kept.node, sent, caller)
    return receipts


async def accept_receipts(context: Context, asked: Asked, space: str) -> None:
    """Keep members' receipts. Refuses as `erase.take_receipts`."""
    recognised = await _admit_known(context, asked, space)
    batch = read_statements(asked.body or b"")
    async with context.database.write() as transaction:
        await recognise.remember(context, transaction, recognised)
        kept = await _require_known(transaction, recognised, space)
        await erase.take_receipts(context, transaction, kept, batch)
