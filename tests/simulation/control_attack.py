"""What a hostile member, or a hostile steward, signs to take the control log over."""

from collections.abc import Callable

import msgspec

from protocol.space import consent, stewardship, writing
from protocol.space.operation import Header, Operation, write
from protocol.space.succession import MAX_SIBLINGS, Vote
from protocol.space.vocabulary import Arguments
from protocol.space.writing import Place
from tests.simulation import content, election, meeting, steward
from tests.simulation.replica import Replica
from tests.simulation.school import School
from tests.simulation.world import World

Attack = Callable[[World, School, School], None]
KINDS = ["Admit", "Cut", "Handover", "Moderator", "Close", "Checkpoint", "Reopen"]


def step(world: World) -> None:
    """One hostile school does one of the things below, before the eyes of one victim."""
    hostile, victim = world.chance.choice(world.hostile), world.chance.choice(world.alive)
    world.chance.choice(ATTACKS)(world, hostile, victim)


def vote_at_an_old_anchor(world: World, hostile: School, victim: School) -> None:
    """Old members vote for themselves: the founders, the expelled, the former steward."""
    anchor = world.chance.choice(_control(hostile)).id
    epoch = hostile.state.epoch + 1 + world.chance.randrange(3)
    for voter in world.hostile:
        vote = Vote(1, world.space, voter.node, epoch, hostile.node, anchor)
        signed = election.sign(voter, vote)
        hostile.replica.receive_votes([signed])
        victim.replica.receive_votes([signed])
    world.happened["vote at an old anchor"] += 1


def fork_the_control_log(world: World, hostile: School, victim: School) -> None:
    """A steward of now or then writes another operation in the place of one; its friends
    acknowledge that."""
    own = _own(hostile)
    if not own:
        return
    base = world.chance.choice(own[-2:] if world.chance.random() < 0.6 else own)
    operation = _instead(world, hostile, base)
    if operation is None:
        return
    _send(world, operation, hostile, victim)
    world.happened["control log forked"] += 1
    if operation.id not in victim.replica.rows and victim.replica.has_settled(base.id):
        world.happened["a fork of what is settled came to nothing"] += 1
    for friend in world.hostile:
        header = writing.acknowledge(world.place(friend, friend.log))
        world.say(friend, msgspec.structs.replace(header, control=operation.id))


def split_the_members(world: World, hostile: School, _victim: School) -> None:
    """A steward tells some schools something else than the others while the two groups do not hear
    of each other; its friends acknowledge both, and everybody answers at once."""
    if not steward.may_write(world, hostile):
        return
    one = steward.write(world, hostile, lambda place: writing.checkpoint(place, {}))
    args = _args(world, hostile)
    if one is None or args is None:
        return
    header = msgspec.structs.replace(one.header, type=args[0], args=args[1])
    other = write(header, None, hostile.signer)
    schools = world.chance.sample(world.alive, len(world.alive))
    at = world.chance.choice([1, len(schools) // 2])
    for group, operation in ((schools[:at], other), (schools[at:], one)):
        _send(world, operation, *group)
        for friend in world.hostile:
            said = writing.acknowledge(world.place(friend, friend.log))
            said = msgspec.structs.replace(said, control=operation.id)
            _send(world, write(said, None, friend.signer), *group)
        for school in group:
            content.acknowledge(world, school)
        for school in group:
            for partner in group:
                if school is not partner:
                    meeting.meet(world, school, partner)
    world.happened["members split"] += 1


def flood_with_forks(world: World, hostile: School, victim: School) -> None:
    """More successors of one operation than anybody keeps."""
    own = _own(hostile)
    if not own or world.chance.random() < 0.7:
        return
    base = world.chance.choice(own)
    for _ in range(MAX_SIBLINGS + 2):
        operation = _instead(world, hostile, base)
        if operation is not None:
            _send(world, operation, hostile, world.chance.choice([victim, *world.alive]))
    world.happened["flood of forks"] += 1


def go_on_as_if_it_were_steward(world: World, hostile: School, victim: School) -> None:
    own = _own(hostile)
    if not own:
        return
    last = max(own, key=lambda one: (one.header.number, one.header.seq, one.id))
    args = _args(world, hostile)
    if args is None:
        return
    kind, arguments = args
    place = _after(world, last)
    operation = write(place.header(kind, args=arguments), None, hostile.signer)
    _send(world, operation, hostile, *([victim] if world.chance.random() < 0.5 else []))
    world.happened["went on as if it were steward"] += 1


def begin_an_epoch_of_its_own(world: World, hostile: School, victim: School) -> None:
    """An epoch that nobody voted for."""
    args = _args(world, hostile)
    if args is None:
        return
    border = world.chance.choice(_control(hostile)).id
    log = f"k/{hostile.node}/{hostile.state.epoch + 1}"
    place = world.place(hostile, log)
    header = msgspec.structs.replace(
        place.header(args[0], args=args[1]), seq=1, prev="", base=(border,)
    )
    operation = write(header, None, hostile.signer)
    _send(world, operation, hostile, *([victim] if world.chance.random() < 0.5 else []))
    world.happened["began an epoch of its own"] += 1


ATTACKS: list[Attack] = [
    vote_at_an_old_anchor,
    fork_the_control_log,
    fork_the_control_log,
    split_the_members,
    split_the_members,
    flood_with_forks,
    go_on_as_if_it_were_steward,
    begin_an_epoch_of_its_own,
]


def _control(school: School) -> list[Operation]:
    rows = school.replica.rows
    return [rows[key].operation for key in school.replica.control]


def _own(school: School) -> list[Operation]:
    found = [one for one in _control(school) if one.header.node == school.node]
    return [one for one in found if one.header.type != "Genesis"]


def _args(world: World, hostile: School) -> tuple[str, Arguments] | None:
    """What it writes; None for what would only break what all rules assume."""
    kind = world.chance.choice(KINDS)
    own = stewardship.ends_of(hostile.node, hostile.replica.heads)
    heads: Arguments = {log: list(head) for log, head in sorted(own.items())}
    match kind:
        case "Admit":
            stranger = School("sybil", Replica(world.space))
            one = stranger.founder
            invite = consent.sign_invitation(world.space, one.node, one.actor, hostile.signer)
            agreed = consent.sign_acceptance(world.space, one, stranger.signer)
            admission = {"incarnation": 0, "invite": invite, "acceptance": agreed}
            return kind, {**one.as_json(), **admission}
        case "Cut":
            victim = world.chance.choice(world.honest)
            return (kind, {"node": victim.node, "logs": {}}) if _may_cut(world, victim) else None
        case "Handover":
            friend = world.chance.choice(world.hostile)
            return kind, {"node": friend.node}
        case "Moderator":
            return kind, {"node": hostile.node, "logs": {}}
        case "Close" | "Checkpoint":
            return kind, {"logs": heads if kind == "Checkpoint" else {}}
        case _:
            return kind, {}


def _may_cut(world: World, victim: School) -> bool:
    """Two quorums of those that stay must meet in an honest school, or nothing can be promised."""
    if victim is world.eye or victim.hostile:
        return False
    cut = {node for one in world.alive for node in one.state.cuts}
    stay = [one for one in world.schools if one is not victim and one.node not in cut]
    stay = [one for one in stay if not (one.left or one.expelled)]
    count = len(stay)
    return count >= 3 and 2 * steward.quorum(count) - count - 1 >= sum(one.hostile for one in stay)


def _after(world: World, last: Operation) -> Place:
    place = world.place(world.schools[0], last.header.log)
    head = msgspec.structs.replace(
        place.head, seq=last.header.seq, id=last.id, time=last.header.time
    )
    return Place(world.space, head, "", world.now_ms)


def _instead(world: World, hostile: School, base: Operation) -> Operation | None:
    """Another operation in the place of `base`."""
    args = _args(world, hostile)
    if args is None:
        return None
    later = base.header.time + world.chance.randrange(1000)
    header: Header = msgspec.structs.replace(base.header, type=args[0], args=args[1], time=later)
    return write(header, None, hostile.signer)


def _send(world: World, operation: Operation, *schools: School) -> None:
    world.mail.append(operation)
    for school in schools:
        world.deliver(school, [operation])
