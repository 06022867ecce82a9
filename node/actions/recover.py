"""The own log of a space has stopped: open the next one, and say again what was lost.

It happens when a backup was restored that was older than what partners had heard, or when somebody
else signs with this school's key. Nobody has to press anything; the space's page says what
happened.
"""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress

from node import events
from node.actions import replica
from node.actions.context import Context
from node.storage import operations, spaces
from node.storage import tips as tip_file
from node.storage.database import Transaction
from node.storage.spaces import Space
from protocol.errors import Refused
from protocol.names import ContentLog
from protocol.space import recovery, writing
from protocol.space.control import START
from protocol.space.log import LogHead
from protocol.space.operation import Operation
from protocol.space.recovery import Recovery
from protocol.space.vocabulary import Role

MAX_SAID_AGAIN = 2_000


async def recover(context: Context, transaction: Transaction, space: Space) -> bool:
    """Open the next incarnation where the own log has stopped; whether that was so."""
    if not space.is_member or space.closed_to_writing:
        return False
    head = await replica.own_head(transaction, space)
    if not recovery.may_open(space.state, space.node, head):
        return False
    known = await asyncio.to_thread(tip_file.read, context.folder.tips_file)
    tip = (known or {}).get(tip_file.name(space.id, head.log), START)
    beside = await operations.list_stored(transaction, space.id, {tip[1]} - {""})
    if not recovery.is_lost(head, tip, beside):
        return False
    entries = await operations.list_stored_of_log(transaction, space.id, head.log)
    chosen = recovery.recover(head, entries, restored=space.heard is not None, tip=tip[1])
    if chosen is None:
        return False
    await _open(context, transaction, space, head, chosen)
    return True


async def _open(
    context: Context, transaction: Transaction, space: Space, head: LogHead, chosen: Recovery
) -> None:
    """The whole new beginning: `Open`, the people, what was lost."""
    lost = await operations.list_by_id(transaction, space.id, chosen.lost)
    lost.sort(key=lambda one: one.header.seq)
    people = {**await _list_people(transaction, space, head.log), **_declared(lost)}
    number = int(head.log.rpartition("/")[2]) + 1
    branch = LogHead(head.log, *chosen.branch)
    await replica.append(
        context,
        transaction,
        space,
        lambda place: writing.open_incarnation(place, branch=branch),
        None,
        log=str(ContentLog(space.node, number)),
    )
    for one in people.values():
        if one.header.args.get("role") != str(Role.LEFT):
            await _append_again(context, transaction, space, one, {})
    renamed: dict[str, str] = {}
    for one in lost[:MAX_SAID_AGAIN]:
        is_empty = one.header.payload_hash and one.payload is None
        if one.header.type not in recovery.SAID_AGAIN or is_empty:
            continue
        # What would count for nothing there, like the words of somebody who has left, stays behind.
        with suppress(Refused):
            async with transaction.part():
                written = await _append_again(context, transaction, space, one, renamed)
                renamed[one.id] = written.id
    await spaces.put_recovered(transaction, space.id, len(renamed), context.now_ms())
    events.incarnation_opened(space.id, number, len(renamed))


async def _list_people(transaction: Transaction, space: Space, log: str) -> Mapping[str, Operation]:
    """The last word of the school about each of its people, by pseudonym."""
    roles = await operations.list_roles_of_log(transaction, space.id, log)
    present = [one for one, role in roles.items() if role is not Role.LEFT]
    said = await operations.list_of_objects(transaction, space.id, log, present)
    return {one.header.object: one for one in said if one.header.type == "Role"}


def _declared(lost: Iterable[Operation]) -> dict[str, Operation]:
    """What the lost branch last said of people, by pseudonym."""
    return {one.header.object: one for one in lost if one.header.type == "Role"}


async def _append_again(
    context: Context,
    transaction: Transaction,
    space: Space,
    one: Operation,
    renamed: Mapping[str, str],
) -> Operation:
    kept = await spaces.get(transaction, space.id)
    return await replica.append(
        context,
        transaction,
        kept,
        lambda place: recovery.say_again(place, one.header, renamed),
        one.payload,
        said_before=True,
    )
