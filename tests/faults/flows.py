"""What people do, one thing at a time, with a node that dies at one of its commits meanwhile."""

from collections.abc import Callable
from contextlib import nullcontext, suppress
from itertools import product

from tests.faults.cuts import Cut
from tests.faults.pairs import Pair, Side, require_sound, wait_until
from tests.forked import Around

MOST_COMMITS = 120
BOTH_SIDES = 10
"""Up to this commit the node dies just before and just after; then only before: what is on the disk
after one commit is what was there before the next."""


class Flow:
    """Something that people do, told apart by its `name`; it goes on where it was interrupted.

    `begins_settled`: what was begun comes to rest before the cut is armed. A flow that starts nodes
    itself does so by `start`.
    """

    begins_settled = True

    def __init__(self, pair: Pair, name: str) -> None:
        self.pair = pair
        self.name = name
        self.acknowledged = False
        self.victim: Side | None = None
        self.around: Around = nullcontext

    def start(self, side: Side) -> None:
        """Start a node; the one that is to die may die at once."""
        if side is not self.victim:
            side.school.start()
            return
        with suppress(RuntimeError):
            side.school.start(self.around)

    def begin(self) -> None:
        """What has to be there before the cut is armed."""

    def act(self) -> None:
        """Do it once; what comes back may be nothing."""

    def is_through(self) -> bool:
        """Whether all of it has happened at both schools."""
        raise AssertionError

    def require_whole(self) -> None:
        """All or nothing, and all where it was acknowledged."""


def die_everywhere(
    pair: Pair,
    victim: str,
    make: Callable[[str], Flow],
    *,
    least: int = 2,
    both_sides: int = BOTH_SIDES,
    every: int = 1,
) -> None:
    """Go through the flow again and again: the node of `victim` dies at its first commit, at its
    second, and so on, until the flow is through before it would; from the first on at `every` so
    manyth commit.
    """
    side = pair.azul if victim == "azul" else pair.vert
    armed = side.school.folder / "armed"
    side.school.stop()
    interrupted: Flow | None = None
    deaths = 0
    for number, after in product(range(1, MOST_COMMITS, every), (False, True)):
        if after and number > both_sides:
            continue
        cut = Cut(number, after, armed)
        side.school.start(cut.around)
        require_healed(pair, interrupted)
        interrupted = make(f"{victim} {'after' if after else 'before'} {number}")
        interrupted.victim, interrupted.around = side, cut.around
        died = die_at(pair, side, interrupted, cut)
        deaths += died
        if not died and not after:
            break
    side.school.start()
    require_healed(pair, interrupted)
    assert least <= deaths < MOST_COMMITS + both_sides - 1


def die_and_verify(pair: Pair, victim: str, kind: type[Flow], *, every: int = 1) -> None:
    """As `die_everywhere`; then each signature, each hash, and every view as a full fold makes it
    is looked at again at both schools."""
    die_everywhere(
        pair,
        victim,
        lambda name: kind(pair, f"{kind.__name__} {name}."),
        least=1,
        both_sides=2,
        every=every,
    )
    for side in pair.sides:
        side.school.command("space", "verify", pair.space.rpartition("/")[2])


def die_at(pair: Pair, side: Side, flow: Flow, cut: Cut) -> bool:
    """Go through `flow` with a node that dies at `cut`; whether it did. It is down afterwards."""
    flow.begin()
    if flow.begins_settled:
        pair.settle()
    cut.armed.touch()
    flow.act()
    wait_until(
        lambda: not side.school.is_alive or (flow.is_through() and pair.is_settled()),
        lambda: f"{flow.name}: neither dead nor through",
    )
    died = not side.school.is_alive
    require_sound(side)
    side.school.stop()
    cut.armed.unlink()
    return died


def require_healed(pair: Pair, interrupted: Flow | None) -> None:
    """After the next start both schools come to hold the same, all of it or nothing."""
    pair.settle()
    if interrupted is not None:
        interrupted.require_whole()
        pair.settle()
