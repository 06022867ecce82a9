"""What a node does by itself when a space moves, when time has passed, or somebody asks it to.

The steward's node answers what founders proposed, records who leaves and fixes the past
(`stewardship`). Every node confirms what it has seen of the control log. A school that was admitted
declares its teachers. The node that keeps the project's document renews it.
"""

from contextlib import suppress

from node.actions import clocks, project_card, recover, replica
from node.actions.context import Context
from node.actions.spaces import declare
from node.storage import (
    accounts,
    cursors,
    erasures,
    joinings,
    operations,
    proposals,
    renewals,
    spaces,
)
from node.storage.database import Transaction
from node.storage.joinings import Joining
from node.storage.spaces import Space
from protocol.errors import Refused
from protocol.space import statement, stewardship, writing
from protocol.space.control import Heads, Standing
from protocol.space.log import LogHead
from protocol.space.operation import Header
from protocol.space.renewal import Renewal
from protocol.space.vocabulary import Role

TOPIC = replica.DUTIES
HASTY = frozenset({"Hide", "Unhide", "Leave", "Open"})
"""What a fork must not undo: the steward fixes it at once."""
DAY_MS = 86_400_000
HEARD_MS = 3_600_000
SMALL = 3
"""With up to three members everybody has to confirm what is to be settled."""
MAX_AT_ONCE = 100


def concerns(header: Header) -> bool:
    """Whether an operation may give this node something to do."""
    return header.is_control or header.type in {"Propose", *HASTY}


async def attend(
    context: Context,
    transaction: Transaction,
    space_id: str,
    *,
    hasty: bool = False,
    recovering: bool = True,
) -> None:
    """Do all that is owed in a space at this moment; a checkpoint too, where it is `hasty`. Saying
    a lost branch again may take long: not while a partner waits for an answer."""
    space = await spaces.get(transaction, space_id)
    await _take_new_key(context, transaction, space)
    space = await spaces.get(transaction, space_id)
    may_sign = recovering and space.is_member and await _may_sign(context, transaction, space)
    if may_sign and await recover.recover(context, transaction, space):
        space = await spaces.get(transaction, space_id)
    for _ in range(MAX_AT_ONCE):
        if not await _write_next(context, transaction, space):
            break
        space = await spaces.get(transaction, space_id)
    if await _checkpoint(context, transaction, space, hasty=hasty):
        space = await spaces.get(transaction, space_id)
    await _acknowledge(context, transaction, space)
    for one in await joinings.list_of_project(transaction, space.project):
        await _follow(context, transaction, space, one)
    await project_card.renew(context, transaction, space)


async def attend_if_possible(
    context: Context, transaction: Transaction, space_id: str, *, hasty: bool = False
) -> None:
    """As `attend` without recovering, beside what brought it: what this node may not write at
    present is tried again later, and undoes nothing of what it took."""
    with suppress(Refused):
        async with transaction.part():
            await attend(context, transaction, space_id, hasty=hasty, recovering=False)


async def _write_next(context: Context, transaction: Transaction, space: Space) -> bool:
    """As the steward, write what is owed to the control log next; whether there was anything."""
    if not await replica.may_steer(context, transaction, space):
        return False
    heads = await operations.list_heads(transaction, space.id)
    asked = await proposals.list_of_space(transaction, space.id)
    duty = stewardship.next_duty(space.state, heads, asked)
    if duty is None:
        return False
    await replica.append_control(context, transaction, space, duty)
    return True


async def _checkpoint(
    context: Context, transaction: Transaction, space: Space, *, hasty: bool
) -> bool:
    """As the steward, fix the past: daily, after many operations, at once where it is `hasty` or a
    log stopped at a fork; whether that was so. What cannot be written yet is remembered."""
    if hasty:
        await spaces.put_checkpoint_due(transaction, space.id, due=True)
    if not await replica.may_steer(context, transaction, space):
        return False
    heads = await operations.list_heads(transaction, space.id)
    branches: Heads = {}
    for head in heads.values():
        standing = None if head.log.startswith("k/") else space.state.standing(head.log)
        if head.fork and standing is not None and standing.live and head.node != space.node:
            stored = await operations.list_stored_of_log(transaction, space.id, head.log)
            branches[head.log] = stewardship.branch_of(head, stored)
    if not branches and not await _is_calm(context, transaction, space):
        return False
    waits = await spaces.is_checkpoint_due(transaction, space.id)
    due = waits or branches or stewardship.is_checkpoint_due(space.state, heads)
    if not due:
        newest = await operations.get(transaction, space.id, space.state.head[1])
        if newest.header.time + DAY_MS > context.now_ms():
            return False
        if not await operations.has_moved(transaction, space.id, space.state.anchors):
            return False
    duty = stewardship.checkpoint(space.state, heads, branches)
    if waits:
        await spaces.put_checkpoint_due(transaction, space.id, due=False)
    if duty is None:
        return False
    await replica.append_control(context, transaction, space, duty)
    return True


async def _is_calm(context: Context, transaction: Transaction, space: Space) -> bool:
    """Whether one more control operation will soon be settled: all before it are, and in a small
    space every school is there. Else it could stand for ever between what is settled and the
    removal of a school that is gone, and nobody could take over."""
    if space.settled != space.state.head[1]:
        return False
    if len(space.state.members) > SMALL:
        return True
    since_ms = context.now_ms() - HEARD_MS
    exchanges = await cursors.list_of_space(transaction, space.id)
    heard = {one.node for one in exchanges if (one.agreed_ms or 0) >= since_ms}
    return space.state.members <= heard | {space.node}


async def _acknowledge(context: Context, transaction: Transaction, space: Space) -> None:
    """Say that the newest control operation has arrived, where nothing else said so."""
    if not space.is_member or not await _may_sign(context, transaction, space):
        return
    known = await replica.find_acknowledged(transaction, space)
    own = await replica.own_head(transaction, space)
    if not known or known == own.control or not own.seq or own.fork or own.left:
        return
    standing = space.state.standing(own.log)
    if standing is None or not standing.live or _is_stuck(standing, own):
        return
    if await replica.find_recovery(context, transaction, space, own) is not None:
        # Brought by what is being taken in: it goes on in a new log as soon as that is kept.
        context.wake.notify(TOPIC)
        return
    newest = await operations.get(transaction, space.id, known)
    if newest.header.node == space.node or newest.header.type == "Genesis":
        return
    await replica.append(context, transaction, space, writing.acknowledge, None)


def _is_stuck(standing: Standing, head: LogHead) -> bool:
    """Whether the branch that a checkpoint names has not arrived: nothing goes on before that."""
    return standing.anchor[0] >= head.seq and standing.anchor[1] not in {"", head.id}


async def _follow(
    context: Context, transaction: Transaction, space: Space, joining: Joining
) -> None:
    """An invitation that was accepted has led to a membership, or that has ended."""
    is_member = joining.node in space.state.members
    if joining.node == space.node:
        # A school that was removed has not heard of its cut; its new key has to be admitted.
        signer = await replica.get_signer(context, transaction, space.key_id)
        keys = space.state.keys.get(space.node, ((0, ""),))
        is_member = is_member and keys[-1][1] == signer.public.multikey
    if is_member and joining.state == "accepted":
        if joining.node == space.node and not await _may_sign(context, transaction, space):
            # It hears what others say meanwhile, and moves in as soon as it may write.
            await spaces.put_ended(transaction, space.id, "", context.now_ms())
            return
        await joinings.put_state(transaction, joining.invite, "member", context.now_ms())
        if joining.node == space.node:
            await _move_in(context, transaction, space, joining)
    elif joining.node not in space.state.members and joining.state == "member":
        await joinings.put_state(transaction, joining.invite, "over", context.now_ms())


async def _may_sign(context: Context, transaction: Transaction, space: Space) -> bool:
    """Whether the own log may go on at present: restored nodes and wrong clocks wait."""
    if space.closed_to_writing:
        return False
    try:
        await clocks.require_right(context, transaction)
    except Refused:
        return False
    return True


async def _take_new_key(context: Context, transaction: Transaction, space: Space) -> None:
    """The key that this school asked for is its key now: it goes on in a new log."""
    signed = await renewals.find(transaction, space.id, space.node)
    if signed is None or not space.is_member:
        return
    if statement.peek(Renewal, signed).key != space.state.newest_keys()[space.node]:
        return
    await clocks.require_right(context, transaction)
    await renewals.drop(transaction, space.id, space.node)
    await spaces.put_closed_to_writing(transaction, space.id, "")
    # Whoever asks for them again gets them under the new key.
    await erasures.drop_receipts_of(transaction, space.id, space.node)
    for number in sorted(await spaces.list_teachers(transaction, space.id)):
        account = await accounts.find(transaction, number)
        if account is not None and account.state == "active":
            kept = await spaces.get(transaction, space.id)
            await declare(context, transaction, kept, account, Role.TEACHER)


async def _move_in(
    context: Context, transaction: Transaction, space: Space, joining: Joining
) -> None:
    """This school was admitted: it declares who accepted, and whoever was here before."""
    await spaces.put_ended(transaction, space.id, "", context.now_ms())
    accepted = await accounts.find_by_actor(transaction, joining.invited)
    numbers = set(await spaces.list_teachers(transaction, space.id))
    numbers |= set() if accepted is None else {accepted.id}
    for number in sorted(numbers):
        account = await accounts.find(transaction, number)
        if account is not None and account.state == "active":
            kept = await spaces.get(transaction, space.id)
            await declare(context, transaction, kept, account, Role.TEACHER)


async def attend_all(context: Context) -> None:
    """Catch up with what was owed while this node could not write."""
    async with context.database.read() as reader:
        kept = await spaces.list_all(reader)
    for space in kept:
        # A node that may not write at present is looked at again at the next time.
        with suppress(Refused):
            async with context.database.write() as transaction:
                await attend(context, transaction, space.id)
