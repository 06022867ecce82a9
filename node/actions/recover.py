"""The own log of a space has stopped: open the next one, and say again what was lost.

It happens when a backup was restored that was older than what partners had heard, or when somebody
else signs with this school's key. Nobody has to press anything; the space's page says what
happened.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from node import events
from node.actions import absorb, clocks, replica
from node.actions import erase as erasing
from node.actions.context import Context
from node.storage import erasures, operations, purges, spaces
from node.storage import lost as lost_words
from node.storage.database import Transaction
from node.storage.spaces import Space
from protocol import clocks as judging
from protocol.errors import Reason, Refused
from protocol.names import ContentLog
from protocol.space import authority, operation, recovery, writing
from protocol.space.authority import Void, home_of
from protocol.space.effects import StoreOperation
from protocol.space.log import LogHead
from protocol.space.operation import Header, Operation, Verified
from protocol.space.recovery import Beside, Recovery
from protocol.space.vocabulary import Role
from protocol.space.writing import Place

AT_ONCE = 500
"""How much is said again in one transaction; the rest follows in others."""
MAX_BESIDE = 10_000
"""So many own operations beside the chains are looked through for what nothing repeats."""
_PASSES: Final = frozenset(
    {
        Reason.BUSY,
        Reason.CLOCK_OFF,
        Reason.READ_ONLY,
        Reason.STORAGE_FAILED,
        Reason.STORAGE_FULL,
    }
)
"""What stands in the way for a while only."""


async def recover(context: Context, transaction: Transaction, space: Space) -> bool:
    """Open the next incarnation where the own log has stopped; whether that was so."""
    if not space.is_member or space.closed_to_writing:
        return False
    head = await replica.own_head(transaction, space)
    if not recovery.may_open(space.state, space.node, head):
        return False
    if head.time > context.now_ms() + judging.MAX_AHEAD_MS:
        return await _leave_ahead(context, transaction, space, head)
    chosen = await replica.find_recovery(context, transaction, space, head)
    if chosen is None:
        return False
    await _open(context, transaction, space, head, chosen)
    return True


async def _leave_ahead(
    context: Context, transaction: Transaction, space: Space, head: LogHead
) -> bool:
    """The own log ends with words from a time that has not come, which a clock signed that was
    wrong; whether partners' clocks say so. Nobody takes them before that time, and the times of a
    log never go back. So it branches off before them, for all to see where it ended, and they are
    said again in the next log."""
    if not await clocks.is_confirmed(context, transaction):
        return False
    entries = await operations.list_stored_of_log(transaction, space.id, head.log)
    now_ms = context.now_ms()
    base, early = recovery.split_ahead(head, entries, now_ms + judging.MAX_AHEAD_MS)
    if not early:
        return False  # Its time has come meanwhile.
    known = await replica.find_acknowledged(transaction, space)
    place = Place(space.id, base, known, now_ms)
    signer = await replica.get_admitted_signer(context, transaction, space)
    end = operation.write(recovery.end_before(place, entries[early[0]].header), None, signer)
    await absorb.absorb(context, transaction, space.id, [end])
    await _open(context, transaction, space, head, Recovery((end.header.seq, end.id), tuple(early)))
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
    said = [one.id for one in lost if one.header.type in recovery.SAID_AGAIN]
    await lost_words.put_all(transaction, space.id, said)
    await spaces.put_recovered(transaction, space.id, 0, context.now_ms())
    many, _ = await _say_next(context, transaction, space)
    events.incarnation_opened(space.id, number, many)


async def go_on(context: Context) -> bool:
    """Say again the next of what was lost, in every space; whether more waits."""
    async with context.database.read() as reader:
        waiting = await lost_words.list_spaces(reader)
    more = False
    for id_ in waiting:
        async with context.database.write() as transaction:
            space = await spaces.get(transaction, id_)
            await _leave_behind(transaction, space)
            _, left = await _say_next(context, transaction, space)
        await replica.tell(context, id_)
        more = more or left
    return more


async def _leave_behind(transaction: Transaction, space: Space) -> None:
    """Of what is to be said next, pass over what was said anew or erased since it was queued."""
    lost, _ = await _list_beside(transaction, space)
    found = await _look_through(transaction, space, lost)
    for id_ in await lost_words.list_next(transaction, space.id, AT_ONCE):
        if id_ in lost and id_ not in found.renamed and id_ not in found.unsaid:
            await lost_words.put_again(transaction, space.id, id_, "")


async def _say_next(context: Context, transaction: Transaction, space: Space) -> tuple[int, bool]:
    """How many were said, and whether more can be said at once."""
    ids = await lost_words.list_next(transaction, space.id, AT_ONCE)
    found = {one.id: one for one in await operations.list_by_id(transaction, space.id, ids)}
    many = 0
    for id_ in ids:
        one = found.get(id_)
        again = ""
        if one is not None and (one.payload is not None or not one.header.payload_hash):
            try:
                async with transaction.part():
                    renamed = await lost_words.list_again(transaction, space.id, one.header.base)
                    again = (await _append_again(context, transaction, space, one, renamed)).id
            except Refused as refused:
                if refused.reason in _PASSES:
                    break
                # What would count for nothing there, like the words of somebody who has left,
                # stays behind.
        many += bool(again)
        await lost_words.put_again(transaction, space.id, id_, again)
    else:
        await spaces.add_said_again(transaction, space.id, many)
        left = bool(await lost_words.list_next(transaction, space.id, 1))
        await lost_words.drop_if_done(transaction, space.id)
        return many, left
    await spaces.add_said_again(transaction, space.id, many)
    return many, False


async def say_unsaid(
    context: Context, transaction: Transaction, space: Space, brought: Iterable[Verified]
) -> int:
    """Say again what of the own operations beside the chains nothing has repeated; how much that
    was. Those that a partner `brought` are kept first, so that they are erased with what repeats
    them; what is about something that was erased meanwhile is erased at once. Nothing but kept
    while the own log may not go on."""
    if not space.is_member:
        return 0
    await _keep_beside(context, transaction, space, brought)
    space = await spaces.get(transaction, space.id)
    if not space.is_member or space.closed_to_writing:
        return 0
    if (await replica.own_head(transaction, space)).fork is not None:
        return 0
    lost, whole = await _list_beside(transaction, space)
    found = await _look_through(transaction, space, lost)
    if found.taken_back:
        taken = await operations.list_by_id(transaction, space.id, found.taken_back)
        await erasing.take_back(context, transaction, space, taken)
    waiting = await lost_words.list_queued(transaction, space.id, lost)
    ready = [id_ for id_ in found.unsaid if id_ in whole and id_ not in waiting][:AT_ONCE]
    words = {one.id: one for one in await operations.list_by_id(transaction, space.id, ready)}
    many, behind, renamed = 0, 0, found.renamed
    for one in map(words.__getitem__, ready):
        try:
            async with transaction.part():
                again = await _append_again(context, transaction, space, one, renamed)
        except Refused as refused:
            if refused.reason in _PASSES:
                break
            await lost_words.put_behind(transaction, space.id, one.id)
            behind += 1
            continue
        renamed[one.id] = again.id
        many += 1
    # From now on the members are asked for some days: there may be more than was done at once.
    if many + behind and space.recovered_ms is None:
        await spaces.put_recovered(transaction, space.id, 0, context.now_ms())
    await spaces.add_said_again(transaction, space.id, many)
    return many


async def _list_beside(
    transaction: Transaction, space: Space
) -> tuple[Mapping[str, Header], frozenset[str]]:
    """The own operations beside the chains, and those of them whose words are all here."""
    found = await lost_words.list_headers_beside(
        transaction, space.id, space.node, limit=MAX_BESIDE
    )
    whole = frozenset(id_ for id_, (_, here) in found.items() if here)
    return {id_: header for id_, (header, _) in found.items()}, whole


async def _look_through(
    transaction: Transaction, space: Space, headers: Mapping[str, Header]
) -> Beside:
    objects = {(home_of(one), one.object) for one in headers.values()}
    said = await lost_words.list_said(transaction, space.id, space.node, objects)
    ids = headers.keys() | said.keys()
    erased = {
        id_
        for node, id_ in await erasures.list_erased(transaction, space.id, ids)
        if node == space.node
    }
    withheld = {
        id_
        for node, id_ in await purges.list_withheld(transaction, space.id, ids)
        if node == space.node
    }
    return recovery.find_unsaid(headers, said, erased, withheld)


async def _keep_beside(
    context: Context, transaction: Transaction, space: Space, brought: Iterable[Verified]
) -> None:
    """Keep own operations of lost branches, each after the one before it, without an effect."""
    kept = sorted(brought, key=lambda one: (one.header.number, one.header.seq))
    ids = {id_ for one in kept for id_ in (one.id, one.header.prev)}
    stored = await operations.list_stored(transaction, space.id, ids)
    erased = await erasures.list_erased(transaction, space.id, ids)
    fresh: dict[str, StoreOperation] = {}
    for one in kept:
        has_place = one.header.seq == 1 or one.header.prev in stored.keys() | fresh.keys()
        if one.id not in stored and has_place:
            payload = None if (space.node, one.id) in erased else one.operation.payload
            fresh[one.id] = StoreOperation(one, False, Void.OFF_CHAIN, payload)
    if fresh:
        await absorb.keep_beside(context, transaction, space.id, list(fresh.values()))


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
    """Refuses with NOT_ALLOWED what would count for nothing now, and as `replica.append`."""
    kept = await spaces.get(transaction, space.id)
    head = await replica.own_head(transaction, kept)
    roles = await operations.list_roles_of_log(transaction, space.id, head.log)
    if authority.permits(one.header, roles.get) is not None or not _may_moderate(kept, one.header):
        raise Refused(Reason.NOT_ALLOWED, "Nobody of this school may say this any more.")
    return await replica.append(
        context,
        transaction,
        kept,
        lambda place: recovery.say_again(place, one.header, renamed),
        one.payload,
        said_before=True,
    )


def _may_moderate(space: Space, header: Header) -> bool:
    """Whether this is no word of a moderator about others' things, or may be one."""
    foreign = header.type in authority.MODERATING and home_of(header) != space.node
    return not foreign or authority.is_moderator(space.state, space.node)
