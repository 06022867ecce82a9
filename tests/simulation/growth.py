"""Schools that join, leave, are removed and come back, as founders wish and the steward writes."""

import hashlib

from protocol.keys import Signer
from protocol.space import consent, stewardship, writing
from protocol.space.genesis import Founder
from protocol.space.vocabulary import Arguments
from tests.simulation import steward
from tests.simulation.replica import Replica
from tests.simulation.school import School
from tests.simulation.world import World

MAX_SCHOOLS = 8


def step(world: World, kind: str, school: School) -> None:
    """One of the things below happens."""
    match kind:
        case "invite":
            invite(world)
        case "expel":
            expel(world)
        case _:
            depart(world, school)


def _founder(world: World) -> School | None:
    """One of the founders whose wish would count; the hostile ones wish through the steward."""
    found = [one for one in world.founders if not one.hostile and world.may_write(one)]
    return world.chance.choice(found) if found else None


def invite(world: World) -> None:
    """A founder proposes a school that is not in: a new one, or one that was cut."""
    founder = _founder(world)
    if founder is None:
        return
    state, pin = founder.state, founder.replica.pin
    assert pin is not None
    # A cut that is settled stands; before that the school may yet turn out to be a member.
    gone = [one for one in world.alive if one.node in pin.cuts and not one.is_member]
    gone = [one for one in gone if one.node not in state.members]
    if gone and world.chance.random() < 0.9:
        guest = world.chance.choice(gone)
        _renew_key(world, guest)
        guest.left = guest.expelled = False
        world.happened["invited back"] += 1
    elif len(world.schools) < MAX_SCHOOLS:
        # The invitation carries the whole genesis, and what is settled by now.
        replica = Replica(world.space, awaited=founder.replica.settled)
        guest = School(f"newcomer{len(world.schools)}", replica)
        world.schools.append(guest)
        world.deliver(guest, [founder.replica.rows[world.space].operation])
        world.happened["invited"] += 1
    else:
        return
    one = guest.founder
    invitation = consent.sign_invitation(world.space, one.node, one.actor, founder.signer)
    agreed = consent.sign_acceptance(world.space, one, guest.signer)
    args: Arguments = {"kind": "admit", **one.as_json(), "invite": invitation, "acceptance": agreed}
    _propose(world, founder, args)


def expel(world: World) -> None:
    """A founder proposes the end of a membership, as far as he has that school's logs."""
    founder = _founder(world)
    if founder is None or sum(one.expelled for one in world.schools) > 1:
        return
    state = founder.state
    others = [one for one in world.schools if one.node in state.members and one is not founder]
    others = [one for one in others if steward.may_go(world, one)]
    if not others:
        return
    other = world.chance.choice(others)
    if other.node == state.steward:
        return
    other.expelled = True
    ends = stewardship.ends_of(other.node, founder.replica.heads)
    args: Arguments = {
        "kind": "cut",
        "node": other.node,
        "since": state.base[other.node],
        "logs": {log: list(end) for log, end in sorted(ends.items())},
    }
    _propose(world, founder, args)
    world.happened["proposed a cut"] += 1


def depart(world: World, school: School) -> None:
    """A school leaves: its last word."""
    if any(one.left for one in world.schools) or not steward.may_go(world, school):
        return
    if school.node != school.state.steward and world.may_write(school):
        world.say(school, writing.leave(world.place(school, school.log)))
        school.left = True
        world.happened["left"] += 1


def close(world: World) -> None:
    """A founder asks for the end."""
    founder = _founder(world)
    if founder is not None:
        _propose(world, founder, {"kind": "close"})
        world.happened["proposed the end"] += 1


def _propose(world: World, founder: School, args: Arguments) -> None:
    name = world.name(founder, "wish")
    world.say(founder, writing.propose(world.place(founder, founder.log), name, args))


def _renew_key(world: World, school: School) -> None:
    """A school that comes back signs with a key that was never cut; once for all invitations."""
    if school.known_by is not school.signer:
        return
    seed = hashlib.sha256(f"{school.word} at {world.now_ms}".encode()).digest()
    school.former, school.signer = school.signer, Signer.from_seed(seed)
    old = school.founder
    school.founder = Founder(old.node, old.actor, school.signer.public.multikey)
