"""What founders have removed for good, and a space key that is replaced because it was stolen."""

import hashlib

from protocol.keys import Signer
from protocol.space import consent, stewardship, writing
from protocol.space.consent import Target
from protocol.space.control import State, purged_name, round_of
from protocol.space.genesis import Founder
from protocol.space.operation import Operation
from protocol.space.vocabulary import Arguments
from tests.simulation.school import School
from tests.simulation.world import World

WEIGHTS = {"purge": 3, "unpurge": 2, "rekey": 1.5}
"""Beside those of every life, in lives that know of them."""


def step(world: World, kind: str) -> None:
    """One of the things below happens."""
    match kind:
        case "purge":
            purge(world)
        case "unpurge":
            unpurge(world)
        case _:
            rekey(world)


def purge(world: World) -> None:
    """A founder asks for something to be gone, or agrees to what the other one asked for."""
    founder = _writing(world, [one for one in world.founders if not one.hostile])
    if founder is None:
        return
    state = founder.state
    asked = [
        one
        for one in founder.replica.asked.values()
        if one.kind == "purge" and one.home != founder.node and one.is_open(state)
    ]
    if asked and world.chance.random() < 0.6:
        one = world.chance.choice(asked)
        targets, after = one.targets, one.after
        world.happened["agreed to a purge"] += 1
        # The other founder's word is in its log: with this one there are two.
        world.removed |= {target[2] for target in targets}
    else:
        rows = [
            row.operation
            for row in founder.replica.rows.values()
            if row.operation.header.payload_hash and row.void is None
        ]
        if not rows:
            return
        targets = _choose(world, rows, state)
        after = round_of(state, purged_name(targets[0]))
        world.happened["asked for a purge"] += 1
        known = world.asked_by.get(founder.node, set())
        if all(target[2] in known for target in targets):
            return
        if any(round_of(state, purged_name(target)) != after for target in targets):
            world.happened["asked for a purge of two rounds"] += 1
    world.asked_by.setdefault(founder.node, set()).update(target[2] for target in targets)
    args: Arguments = {
        "kind": "purge",
        "targets": [list(target) for target in targets],
        "word": consent.sign(consent.purging(world.space, targets, after), founder.known_by),
    }
    _propose(world, founder, args | ({"after": after} if after else {}))


def _choose(world: World, rows: list[Operation], state: State) -> tuple[Target, ...]:
    """Up to three, of whatever rounds they are; what was shown again is often among them."""
    named = world.chance.sample(rows, min(len(rows), world.chance.randint(1, 3)))
    again = [
        one for one in rows if one not in named and round_of(state, f"{one.header.node}/{one.id}")
    ]
    if again and len(named) < 3 and world.chance.random() < 0.7:
        named.append(world.chance.choice(again))
    return tuple((one.header.log, one.header.seq, one.id) for one in named)


def unpurge(world: World) -> None:
    """A founder has shown again what is only hidden."""
    founder = _writing(world, [one for one in world.founders if not one.hostile])
    if founder is None:
        return
    state = founder.state
    for one in founder.replica.asked.values():
        marks = [(state.purges.get(name), name) for name in one.purged]
        for mark, name in marks:
            if one.kind == "purge" and mark is not None and mark.held and not mark.erases:
                named = {target for target in one.targets if purged_name(target) == name}
                # Beside it what may not be hidden at all.
                named |= {target for target in one.targets if world.chance.random() < 0.5}
                args: Arguments = {
                    "kind": "unpurge",
                    "targets": [list(target) for target in sorted(named)],
                    "after": mark.by,
                }
                _propose(world, founder, args)
                world.happened["took a purge back"] += 1
                return


def rekey(world: World) -> None:
    """A school whose key was stolen has a new one, and two others have heard it from itself."""
    robbed = world.schools[1]
    if not world.happened["stolen key"] or robbed.thief is not None or robbed.hostile:
        return
    if robbed.dead or not robbed.is_member or robbed.node == robbed.state.steward:
        return
    others = [one for one in world.alive if one is not robbed and world.may_write(one)]
    others = [one for one in others if robbed.node in one.state.members]
    if len(others) < 2:
        return
    old, state = robbed.founder, robbed.state
    logs = stewardship.ends_of(robbed.node, robbed.replica.heads)
    seed = hashlib.sha256(f"{robbed.word} robbed at {world.now_ms}".encode()).digest()
    fresh = Signer.from_seed(seed)
    robbed.thief = robbed.signer
    robbed.former, robbed.signer = robbed.signer, fresh
    robbed.founder = Founder(old.node, old.actor, fresh.public.multikey)
    accepted = consent.sign_acceptance(world.space, robbed.founder, fresh)
    for school in world.chance.sample(others, 2):
        message = consent.rekeying(world.space, old.node, robbed.founder.key, logs)
        args: Arguments = {
            "kind": "rekey",
            "node": old.node,
            "since": state.base[old.node],
            "key": robbed.founder.key,
            "acceptance": accepted,
            "word": consent.sign(message, school.known_by),
            "logs": {log: list(end) for log, end in sorted(logs.items())},
        }
        _propose(world, school, args)
    world.happened["asked for a new key"] += 1


def _writing(world: World, schools: list[School]) -> School | None:
    found = [one for one in schools if not one.dead and world.may_write(one)]
    return world.chance.choice(found) if found else None


def _propose(world: World, school: School, args: Arguments) -> None:
    name = world.name(school, f"decree {len(world.mail)}")
    world.say(school, writing.propose(world.place(school, school.log), name, args))
