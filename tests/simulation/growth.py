"""Schools that join, leave, are removed and come back, as founders wish and the steward writes.

What the steward writes is the product's own decision (`protocol.space.stewardship`).
"""

import hashlib

from protocol.keys import Signer
from protocol.space import control, stewardship, writing
from protocol.space.control import State
from protocol.space.genesis import Founder
from protocol.space.vocabulary import Arguments
from tests.simulation.replica import Replica
from tests.simulation.school import School, name_of
from tests.simulation.world import World

MAX_SCHOOLS = 7
MAX_DUTIES = 12


def step(world: World, kind: str, school: School) -> None:
    """One of the things below happens."""
    match kind:
        case "invite":
            invite(world)
        case "expel":
            expel(world)
        case "depart":
            depart(world, school)
        case _:
            attend(world)


def invite(world: World) -> None:
    """A founder proposes a school that is not in: a new one, or one that was cut."""
    founder = world.chance.choice(world.schools[:2])
    if not world.may_write(founder) or founder.replica.state is None:
        return
    state = founder.replica.state
    gone = [one for one in world.honest[2:] if one.node in state.cuts and not one.is_member]
    gone = [one for one in gone if one.node not in state.members]
    # Whoever has a fresh key was asked already, and asks for no second one while it waits.
    gone = [one for one in gone if _is_known(state, one)]
    if gone and world.chance.random() < 0.5:
        guest = world.chance.choice(gone)
        _renew_key(world, guest)
        world.happened["invited back"] += 1
    elif len(world.schools) < MAX_SCHOOLS:
        guest = School(f"newcomer{len(world.schools)}", Replica(world.space))
        world.schools.insert(-1, guest)
        # The invitation carries the whole genesis.
        world.deliver(guest, [founder.replica.rows[world.space].operation])
        world.happened["invited"] += 1
    else:
        return
    one = guest.founder
    invitation = control.sign_invitation(world.space, one.node, one.actor, founder.signer)
    agreed = control.sign_acceptance(world.space, one, guest.signer)
    args: Arguments = {"kind": "admit", **one.as_json(), "invite": invitation, "acceptance": agreed}
    _propose(world, founder, args)


def _is_known(state: State, school: School) -> bool:
    return school.signer.public.multikey in {key for _, key in state.keys.get(school.node, ())}


def expel(world: World) -> None:
    """A founder proposes the end of a membership, as far as he has that school's logs."""
    founder = world.chance.choice(world.schools[:2])
    if not world.may_write(founder) or founder.replica.state is None:
        return
    state = founder.replica.state
    others = sorted(state.members - {founder.node, state.steward})
    if not others:
        return
    node = world.chance.choice(others)
    ends = stewardship.ends_of(node, founder.replica.heads)
    args: Arguments = {
        "kind": "cut",
        "node": node,
        "since": state.base[node],
        "logs": {log: list(end) for log, end in sorted(ends.items())},
    }
    _propose(world, founder, args)
    world.happened["proposed a cut"] += 1


def depart(world: World, school: School) -> None:
    """A school leaves: its last word."""
    if school is not world.steward and world.may_write(school):
        world.say(school, writing.leave(world.place(school, school.log)))
        world.happened["left"] += 1


def close(world: World) -> None:
    """Whichever founder can asks for the end, and the steward hears of it and closes."""
    for founder in reversed(world.schools[:2]):
        if world.may_write(founder):
            _propose(world, founder, {"kind": "close"})
            break
    for _ in range(20):
        world.meet(world.steward, world.schools[1])
    attend(world)


def attend(world: World) -> None:
    """The steward does all that it owes, and each thing that it does counts."""
    replica = world.steward.replica
    for _ in range(MAX_DUTIES):
        before = replica.state
        assert before is not None
        duty = stewardship.next_duty(before, replica.heads, replica.asked.values())
        if duty is None:
            return
        header = duty(world.place(world.steward, before.control_log))
        world.say(world.steward, header)
        assert replica.state is not None
        assert _standing(before) != _standing(replica.state), "a duty that counts for nothing"
        world.happened[f"steward: {header.type}"] += 1


def _standing(state: control.State) -> tuple[object, ...]:
    """What a control operation may change, besides that it is there."""
    return state.base, state.keys, state.cuts, state.closed


def _propose(world: World, founder: School, args: Arguments) -> None:
    name = name_of(f"wish {world.now_ms} {founder.word}")
    world.say(founder, writing.propose(world.place(founder, founder.log), name, args))


def _renew_key(world: World, school: School) -> None:
    """A school that comes back signs with a key that was never cut."""
    seed = hashlib.sha256(f"{school.word} at {world.now_ms}".encode()).digest()
    school.former, school.signer = school.signer, Signer.from_seed(seed)
    old = school.founder
    school.founder = Founder(old.node, old.actor, school.signer.public.multikey)
