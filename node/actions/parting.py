"""Schools part: one leaves a space, one is removed by a founder, or a project is closed for all.

What a school wrote stays with everybody who has it; a school that is no member any more receives
nothing new, and can still erase what it wrote. In a space of two schools nobody is removed and
nobody leaves, for then only one would be left to say so: the project is closed instead.
"""

from dataclasses import dataclass

from node.actions import duties, joining, publish, replica, replicate
from node.actions.context import Context
from node.actions.spaces import not_found, require_member
from node.actions.speakers import speaks_for_school
from node.storage import joinings, operations, proposals, spaces, views
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from protocol import activities
from protocol.errors import Reason, Refused
from protocol.space import authority, stewardship, writing
from protocol.space.vocabulary import Arguments


@dataclass(frozen=True)
class Leaving:
    """Whether this person may take the school out of a space, and what stands in the way."""

    may: bool
    is_steward: bool
    too_few: bool


async def find_leaving(reader: Reader, account: Account, space: Space) -> Leaving:
    """What a page says about leaving with the whole school."""
    state = space.state
    return Leaving(
        may=await speaks_for_school(reader, account, space),
        is_steward=state.steward == space.node,
        too_few=len(state.members) < stewardship.MIN_TO_CUT,
    )


async def leave(context: Context, account: Account, space_id: str) -> None:
    """This school leaves the space; the school that keeps the list of members records it.

    Refuses with NOT_FOUND whoever is not in it, NOT_ALLOWED who does not speak for the school,
    CONFLICT where the school keeps the list of members or only two take part, READ_ONLY.
    """
    async with context.database.write() as transaction:
        space, _ = await require_member(transaction, account, space_id)
        leaving = await find_leaving(transaction, account, space)
        if not leaving.may:
            raise Refused(
                Reason.NOT_ALLOWED,
                "Who founded or joined for your school, or an administrator, leaves for all.",
            )
        _require_open(space)
        if leaving.is_steward:
            raise Refused(
                Reason.CONFLICT,
                "Your school keeps the list of members: hand it over before you leave.",
            )
        if leaving.too_few:
            raise Refused(
                Reason.CONFLICT, "Two schools cannot part by leaving; close the project instead."
            )
        await replica.append(context, transaction, space, writing.leave, None)
        await _end_here(context, transaction, space)
    await replica.tell(context, space_id)


async def remove(context: Context, account: Account, space_id: str, node: str) -> None:
    """A founder removes a school, up to what all reachable schools have of it at this moment.

    Refuses with NOT_FOUND whoever does not found the project and a school that is no member,
    CONFLICT in a space of two schools or for the one that keeps the list, READ_ONLY.
    """
    await _check_removal(context, account, space_id, node)
    await replicate.gather(context, space_id)
    async with context.database.write() as transaction:
        space = await _require_removable(transaction, account, space_id, node)
        heads = await operations.list_heads(transaction, space_id)
        ends = stewardship.newest_ends(node, heads)
        args: Arguments = {
            "kind": "cut",
            "node": node,
            "since": space.state.base[node],
            "logs": {log: list(end) for log, end in sorted(ends.items())},
        }
        await _tell_removed(context, transaction, account, space, node)
        await _propose(context, transaction, space, args)
    await replica.tell(context, space_id)
    context.wake.notify(publish.TOPIC)


async def let_moderate(
    context: Context, account: Account, space_id: str, node: str, *, moderates: bool
) -> None:
    """A founder lets a school moderate: what its teachers hide from then on counts, whoever wrote
    it. Or no more: what it has hidden stays so.

    Refuses with NOT_FOUND whoever does not found the project and a school that is no member,
    CONFLICT where it is so already or asked for, READ_ONLY.
    """
    async with context.database.write() as transaction:
        kept = await spaces.find(transaction, space_id)
        if kept is None:
            raise not_found()
        space = await joining.require_founded(transaction, account, kept.project)
        _require_open(space)
        state = space.state
        if node not in state.members or node in state.founders:
            raise Refused(Reason.NOT_FOUND, "This is no school that was let into the space.")
        if authority.is_moderator(state, node) == moderates:
            raise Refused(Reason.CONFLICT, "This is so already.")
        kind = "moderator" if moderates else "unmoderator"
        turn = authority.turns_of(state, node)
        asked = await proposals.list_of_space(transaction, space_id)
        if any(
            (one.kind, one.node, one.turn) == (kind, node, turn) and one.is_open(state)
            for one in asked
        ):
            raise Refused(Reason.CONFLICT, "This waits for the school that keeps the list already.")
        args: Arguments = {"kind": kind, "node": node, "since": state.base[node], "turn": turn}
        await _propose(context, transaction, space, args)
    await replica.tell(context, space_id)


async def close(context: Context, account: Account, project: str) -> None:
    """A founder closes a project for ever: its space can be read at every school, and no more.

    Refuses with NOT_FOUND whoever does not found it, READ_ONLY where it is closed already.
    """
    async with context.database.read() as reader:
        space = await joining.require_founded(reader, account, project)
        _require_closable(space)
    await replicate.gather(context, space.id)
    async with context.database.write() as transaction:
        space = await joining.require_founded(transaction, account, project)
        _require_closable(space)
        await _propose(context, transaction, space, {"kind": "close"})
    await replica.tell(context, space.id)
    context.wake.notify(publish.TOPIC)


async def archive(context: Context, account: Account, project: str) -> None:
    """A founder makes the space of a project read-only at every school, until it is reopened.

    Refuses with NOT_FOUND whoever does not found it, READ_ONLY where it is archived or closed.
    """
    async with context.database.read() as reader:
        space = await joining.require_founded(reader, account, project)
        _require_open(space)
    await replicate.gather(context, space.id)
    await _turn(context, account, project, "archive")


async def reopen(context: Context, account: Account, project: str) -> None:
    """A founder lets an archived space go on; what was written since has its effect.

    Refuses with NOT_FOUND whoever does not found it, READ_ONLY where it is not archived.
    """
    await _turn(context, account, project, "reopen")


async def _turn(context: Context, account: Account, project: str, kind: str) -> None:
    async with context.database.write() as transaction:
        space = await joining.require_founded(transaction, account, project)
        if not space.is_member or space.state.closed:
            raise Refused(Reason.READ_ONLY, "The project is closed.")
        if (space.state.limit is None) != (kind == "archive"):
            raise Refused(Reason.READ_ONLY, "The space is so already.")
        after: Arguments = {"after": space.state.turned} if space.state.turned else {}
        await _propose(context, transaction, space, {"kind": kind, **after})
    await replica.tell(context, space.id)
    context.wake.notify(publish.TOPIC)


async def _propose(
    context: Context, transaction: Transaction, space: Space, args: Arguments
) -> None:
    """Ask the steward; where this node is the steward, it does so at once."""
    name = publish.new_name(context)
    await replica.append(
        context, transaction, space, lambda place: writing.propose(place, name, args), None
    )
    await duties.attend(context, transaction, space.id)


async def _check_removal(context: Context, account: Account, space_id: str, node: str) -> None:
    async with context.database.read() as reader:
        await _require_removable(reader, account, space_id, node)


async def _require_removable(reader: Reader, account: Account, space_id: str, node: str) -> Space:
    kept = await spaces.find(reader, space_id)
    if kept is None:
        raise not_found()
    space = await joining.require_founded(reader, account, kept.project)
    _require_open(space)
    if node not in space.state.members or node == space.node:
        raise Refused(Reason.NOT_FOUND, "This school is not in the space.")
    if not stewardship.can_be_cut(space.state, node):
        raise Refused(
            Reason.CONFLICT,
            "This school cannot be removed: it keeps the list of members, or only two take part.",
        )
    return space


def _require_open(space: Space) -> None:
    if space.state.limit is not None:
        raise Refused(Reason.READ_ONLY, "The project is closed or archived.")
    if not space.is_member:
        raise Refused(Reason.READ_ONLY, "Your school is no member of the space any more.")


def _require_closable(space: Space) -> None:
    if space.state.closed:
        raise Refused(Reason.READ_ONLY, "The project is closed.")
    if not space.is_member:
        raise Refused(Reason.READ_ONLY, "Your school is no member of the space any more.")


async def _tell_removed(
    context: Context, transaction: Transaction, account: Account, space: Space, node: str
) -> None:
    """A letter to who spoke for the school: from the space it hears nothing any more."""
    people = [
        one.person
        for one in await views.list_people(transaction, space.id)
        if one.home == node and one.person
    ]
    asked = [
        one.invited
        for one in await joinings.list_of_project(transaction, space.project)
        if one.node == node and one.state == "member"
    ]
    for reader in [*asked, *people][:1]:
        said = publish.saying(context, account.actor)
        actor = space.state.actors[node]
        told = activities.remove(said, actor, space.project, to=reader)
        await publish.say(context, transaction, told)


async def _end_here(context: Context, transaction: Transaction, space: Space) -> None:
    now_ms = context.now_ms()
    await spaces.put_ended(transaction, space.id, "left", now_ms)
    for one in await joinings.list_of_project(transaction, space.project):
        if one.node == space.node and one.state == "member":
            await joinings.put_state(transaction, one.invite, "over", now_ms)
