"""One life of a space: what happens is drawn by weight from one seed.

Weighted driving reaches deep states (frozen forks, elections, restored backups) that uniform choice
does not.
"""

from tests.simulation import (
    always,
    attack,
    content,
    control_attack,
    decrees,
    election,
    growth,
    meeting,
    pages,
    steward,
    trouble,
    walls,
)
from tests.simulation.school import Chance
from tests.simulation.world import World

WEIGHTS = {
    "meet": 32, "post": 9, "page": 16, "wall": 8, "edit": 4, "erase": 1.5, "hide": 2.5,
    "acknowledge": 4, "late_mail": 1.5, "invite": 1, "expel": 0.2, "depart": 0.2, "check": 0.7,
    "branch": 0.5, "cut": 0.3, "mod": 1.2, "shut": 0.4, "handover": 0.8, "close": 0.05,
    "succeed": 0.8, "save": 1.5, "restore": 1, "die": 0.15, "attack": 7, "scrawl": 1.5,
    "control_attack": 1.5,
}  # fmt: skip
CHECKED = 0.25
"""How often a step is followed by a look at all replicas."""


def live(seed: int, steps: int, *, decrees_too: bool = False) -> World:
    """A space after `steps` things have happened to it; in some lives keys are replaced and things
    removed for good."""
    chance = Chance(seed)
    world = World(chance, "ABC"[seed % 3])
    weights = WEIGHTS | (decrees.WEIGHTS if decrees_too else {})
    # Some lives are calm: without them, forks would end most logs early.
    weights["control_attack"] *= chance.choice([0, 0.5, 1, 2])
    weights["attack"] *= chance.choice([0.2, 1, 1])
    kinds = list(weights)
    for _ in range(steps):
        step(world, chance.choices(kinds, [weights[one] for one in kinds])[0])
        if chance.random() < CHECKED:
            always.check(world)
    return world


def step(world: World, kind: str) -> None:
    """One thing happens."""
    chance = world.chance
    match kind:
        case "meet":
            one, other = chance.sample([one for one in world.schools if not one.dead], 2)
            meeting.meet(world, one, other)
        case "post" | "edit" | "erase" | "hide" | "acknowledge" | "late_mail":
            content.step(world, kind, chance.choice(world.alive))
        case "page":
            pages.step(world, chance.choice(world.alive))
        case "wall":
            walls.step(world, chance.choice(world.alive))
        case "scrawl":
            pages.scrawl(world)
        case "invite" | "expel" | "depart":
            growth.step(world, kind, chance.choice(world.alive))
        case "check" | "branch" | "cut" | "mod" | "shut" | "handover":
            steward.decide(world, kind)
        case "close":
            growth.close(world)
        case "succeed":
            election.succeed(world)
        case "save" | "restore" | "die":
            trouble.step(world, kind)
        case "purge" | "unpurge" | "rekey":
            decrees.step(world, kind)
        case "attack":
            attack.step(world)
        case "control_attack":
            control_attack.step(world)
        case other_kind:
            raise ValueError(other_kind)
