"""One life of a space: what happens is drawn by weight from one seed.

Weighted driving reaches deep states (forks, cuts, restored backups) that uniform choice does not.
"""

import random

from tests.simulation import growth, pages, walls
from tests.simulation.school import Chance, School
from tests.simulation.world import World

WEIGHTS = {
    "meet": 30, "post": 14, "edit": 5, "erase": 2, "hide": 2, "acknowledge": 1, "late_mail": 2,
    "invite": 1, "expel": 1, "depart": 1, "attend": 4, "page": 16, "wall": 12, "attack": 5,
    "scrawl": 2, "decide": 4, "save": 3, "restore": 4,
}  # fmt: skip


def live(seed: int, steps: int) -> World:
    """A space after `steps` things have happened to it."""
    chance = Chance(seed)
    world = World(chance)
    kinds, weights = list(WEIGHTS), list(WEIGHTS.values())
    # Some lives are calm: without them, forks and closing would end most logs early.
    if seed % 3 == 0:
        calm = kinds.index("attack")
        kinds, weights = kinds[:calm], weights[:calm]
    for _ in range(steps):
        step(world, chance.choices(kinds, weights)[0], chance)
    world.reopen()
    if seed % 5 == 4:
        growth.close(world)
    return world


def step(world: World, kind: str, chance: random.Random) -> None:
    """One thing happens."""
    school: School = chance.choice(world.honest)
    alone = {
        "post": world.post,
        "edit": world.edit,
        "erase": world.erase,
        "hide": world.hide,
        "acknowledge": world.acknowledge,
        "save": world.save,
        "restore": world.restore,
    }
    match kind:
        case _ if kind in alone:
            alone[kind](school)
        case "meet":
            other = chance.choice([one for one in world.schools if one is not school])
            if chance.random() < 0.5:
                world.meet(school, other)
            else:
                world.meet(other, school)
        case "late_mail":
            world.late_mail(chance.choice(world.schools))
        case "invite" | "expel" | "depart" | "attend":
            growth.step(world, kind, school)
        case "page" | "scrawl":
            pages.step(world, kind, school)
        case "wall":
            walls.step(world, school)
        case "attack":
            world.attack()
        case "decide":
            world.decide()
        case other_kind:
            raise ValueError(other_kind)
