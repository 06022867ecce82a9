"""Who keeps the list of members: votes for another school, and what a page says about it.

The school that keeps it (the steward) alone writes the control log. Where it is gone for good, the
others take over the keys of the space: each school votes once, for one of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from node.actions import duties, load, replica, votes
from node.actions.context import Context
from node.actions.speakers import require_speaker, speaks_for_school
from node.storage import control
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from protocol.errors import Reason, Refused
from protocol.space import succession, writing
from protocol.space.succession import Vote


@dataclass(frozen=True)
class Candidacy:
    """Schools that want `steward` to keep the list from `epoch` on, after `anchor`."""

    epoch: int
    steward: str
    anchor: str
    voters: tuple[str, ...]


@dataclass(frozen=True)
class Stewardship:
    """What a page says: who keeps the list, who is asked for, what this school may do.

    `needed` are the votes that carry an election, `frozen` says that the list has stopped at a
    fork, `waits` that its newest change is not settled yet. `handed_to` is the school that the
    steward hands it over to.
    """

    steward: str
    members: frozenset[str]
    candidacies: tuple[Candidacy, ...]
    voted: Candidacy | None
    may: bool
    is_sure: bool
    needed: int
    frozen: bool
    waits: bool
    handed_to: str


async def find(reader: Reader, account: Account, space: Space) -> Stewardship:
    """How it stands with the list of members, for one person's page."""
    state = space.state
    tail, _ = await load.load_tail(reader, space)
    chain = succession.follow(tail)
    open_ = _candidacies(tail.votes, state.epoch)
    own = [one for one in open_ if space.node in one.voters]
    others = state.members - {state.steward}
    quorum = 2 * len(state.members) // 3 + 1
    return Stewardship(
        steward=state.steward,
        members=state.members,
        candidacies=tuple(open_),
        voted=max(own, key=lambda one: one.epoch, default=None),
        may=await speaks_for_school(reader, account, space),
        is_sure=space.is_sure and not space.closed_to_writing,
        needed=min(quorum, max(1, len(others))),
        frozen=chain.fork is not None,
        waits=chain.settled.head != state.head,
        handed_to=state.successor,
    )


def _candidacies(votes: Iterable[Vote], epoch: int) -> list[Candidacy]:
    """What was voted for beyond the present epoch, the most carried first."""
    ballots: dict[tuple[int, str, str], set[str]] = {}
    for one in votes:
        if one.epoch > epoch:
            ballots.setdefault((one.epoch, one.steward, one.anchor), set()).add(one.node)
    found = [Candidacy(*key, tuple(sorted(voters))) for key, voters in ballots.items()]
    return sorted(found, key=lambda one: (-len(one.voters), -one.epoch, one.steward, one.anchor))


async def vote(context: Context, account: Account, space_id: str, steward: str) -> None:
    """This school votes for `steward`, which may be itself, to keep the list of members from now.

    It joins the candidacy that most others joined, or begins one. Refuses with NOT_FOUND whoever
    is not in the space and a school that is no member, NOT_ALLOWED who does not speak for the
    school, READ_ONLY while this node does not know what it said before a restored backup, CONFLICT
    where that school keeps the list already, or where what this school said before forbids it.
    """
    async with context.database.write() as transaction:
        space = await require_speaker(transaction, account, space_id)
        _require_sure(space)
        if steward not in space.state.members:
            raise Refused(Reason.NOT_FOUND, "This school is not in the space.")
        if steward == space.state.steward:
            raise Refused(Reason.CONFLICT, "This school keeps the list of members already.")
        said = await _choose(transaction, space, steward)
        signer = await replica.get_admitted_signer(context, transaction, space)
        await votes.count(context, transaction, space, [succession.sign_vote(said, signer)])
        await duties.attend(context, transaction, space.id)
        await replica.make_due(context, transaction, space.id)
    await replica.tell(context, space_id)


async def _choose(transaction: Transaction, space: Space, steward: str) -> Vote:
    """The vote that this node may cast for a school: with most others, else a new candidacy.

    Refuses with CONFLICT where there is none that its own word allows.
    """
    tail, _ = await load.load_tail(transaction, space)
    chain = succession.follow(tail)
    own = await control.list_acknowledged(transaction, space.id, space.node)
    own += [id_ for id_, header in tail.entries.items() if header.node == space.node]
    asked = [one for one in _candidacies(tail.votes, space.state.epoch) if one.steward == steward]
    highest = max([space.state.epoch, *(one.epoch for one in tail.votes)])
    anchors = [space.state.head[1], *(id_ for id_ in own if tail.holds(id_))]
    ways = [(one.epoch, one.anchor) for one in asked]
    ways += [(highest + 1, anchor) for anchor in anchors]
    for epoch, anchor in ways:
        said = Vote(1, space.id, space.node, epoch, steward, anchor)
        if succession.may_vote(tail, chain, said, own):
            return said
    raise Refused(
        Reason.CONFLICT,
        "Your school has voted already, or has confirmed something that this would undo.",
    )


async def hand_over(context: Context, account: Account, space_id: str, node: str) -> None:
    """The school that keeps the list of members gives it to another; it takes effect when enough
    schools have confirmed it.

    Refuses with NOT_FOUND, NOT_ALLOWED and READ_ONLY as `vote`, CONFLICT where this school does
    not keep the list, or has handed it over already.
    """
    async with context.database.write() as transaction:
        space = await require_speaker(transaction, account, space_id)
        _require_sure(space)
        state = space.state
        if state.steward != space.node:
            raise Refused(Reason.CONFLICT, "Your school does not keep the list of members.")
        if node not in state.members or node == space.node:
            raise Refused(Reason.NOT_FOUND, "This school is not in the space.")
        if state.successor or not await replica.may_steer(context, transaction, space):
            raise Refused(Reason.CONFLICT, "The list of members is being handed over already.")
        await replica.append_control(
            context, transaction, space, lambda place: writing.handover(place, node)
        )
        await duties.attend(context, transaction, space.id)
    await replica.tell(context, space_id)


def _require_sure(space: Space) -> None:
    if not space.is_sure or space.closed_to_writing:
        raise Refused(
            Reason.READ_ONLY,
            "This node was restored from a backup and first has to hear the other schools.",
        )
