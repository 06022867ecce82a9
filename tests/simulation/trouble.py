"""Nodes that lose their memory, or their life."""

import copy

from tests.simulation.school import School
from tests.simulation.world import World


def step(world: World, kind: str) -> None:
    """One of the things below happens."""
    school = world.chance.choice([one for one in world.schools[1:3] if not one.hostile])
    match kind:
        case "save":
            save(school)
        case "restore":
            restore(world, school)
        case _:
            die(world)


def save(school: School) -> None:
    if not school.dead and school.unsure is None:
        school.backup = copy.deepcopy(school.replica), school.incarnation, school.last


def restore(world: World, school: School) -> None:
    """Back to an old copy, without its own tips file: what it writes next forks its log.

    Only one at a time: two that forgot what they acknowledged could overrule it together.
    """
    others = (one for one in world.schools if one is not school)
    if school.backup is None or school.dead or any(one.unsure is not None for one in others):
        return
    replica, incarnation, last = school.backup
    lost = school.replica.rows.keys() - replica.rows.keys()
    school.replica = copy.deepcopy(replica)
    school.incarnation, school.last = incarnation, last
    school.unsure, school.restored, school.was_restored = set(), True, True
    school.settled_before, school.hidden_before = "", None
    # What it alone had is gone, and was never promised to anybody.
    world.written = {
        key: one for key, one in world.written.items() if one is not school or key not in lost
    }
    kept = {key for one in world.schools for _, key in one.replica.erased}
    world.erased &= kept
    world.happened["restored"] += 1


def die(world: World) -> None:
    """A node is gone for good, with whatever it alone had."""
    alive = [one for one in world.alive if one is not world.schools[1]]
    if not any(one.dead for one in world.schools) and len(world.alive) > 3:
        world.chance.choice(alive).dead = True
        world.happened["died"] += 1
