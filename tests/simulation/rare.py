"""How often the rare states were reached: what a life ended in, and what happened in it."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from protocol.space.authority import Void
from protocol.space.control import State
from protocol.space.succession import parent_of
from tests.simulation.replica import Replica
from tests.simulation.world import World

STATES = (
    "content log frozen", "branch lost", "cut", "epoch by votes", "epoch by handover",
    "epoch of 2 or more", "handover waits", "control frozen at the end", "hostile steward",
    "unsettled control op fell", "settled branch outlived a fork", "all settled at the end",
    "void op", "two versions at the end", "archived at the end", "closed at the end",
)  # fmt: skip
EVENTS = (
    "opened an incarnation", "said again", "asked back", "an incarnation at will",
    "an incarnation of a thief",
    "stolen key", "restored", "died", "left", "proposed a cut", "invited", "invited back",
    "moved in", "erased", "two versions", "versions merged", "block removed", "version erased",
    "flood of versions", "two versions of a card", "a card taken off", "out of the trash",
    "Checkpoint", "Cut", "Moderator", "Unmoderator", "Archive", "Reopen", "Handover",
    "steward: Admit", "steward: Cut", "steward: Close", "fork answered by checkpoint",
    "members split", "honest vote", "vote at an old anchor", "flood of forks",
    "control log forked", "a fork of what is settled came to nothing",
    "went on as if it were steward", "began an epoch of its own",
)  # fmt: skip


def table(worlds: Iterable[World]) -> dict[str, float]:
    """The share of lives, from 0 to 1, that knew each state and each event."""
    found: Counter[str] = Counter()
    lives = 0
    for world in worlds:
        lives += 1
        reached = ends(world)
        found.update(name for name in STATES if reached[name])
        found.update(name for name, times in world.happened.items() if times)
    names = sorted({*STATES, *EVENTS, *found}, key=lambda name: (-found[name], name))
    return {name: found[name] / max(lives, 1) for name in names}


def ends(world: World) -> dict[str, bool]:
    """What a life that was checked ended in, as the eye sees it."""
    replica, state = world.eye.replica, world.eye.state
    chain = replica.way_to(state.head[1])
    begins = _borders(replica, state, chain)
    content = [row for row in replica.rows.values() if not row.operation.header.is_control]
    control = replica.heads.get(state.control_log)
    return {
        "content log frozen": any(
            one.fork is not None and one.log.startswith("c/") for one in replica.heads.values()
        ),
        "branch lost": any(not row.accepted for row in content),
        "cut": bool(state.cuts),
        "epoch by votes": "votes" in begins,
        "epoch by handover": "Handover" in begins,
        "epoch of 2 or more": state.epoch > 1,
        "handover waits": bool(state.successor),
        "control frozen at the end": control is not None and control.fork is not None,
        "hostile steward": any(one.node == state.steward for one in world.hostile),
        "unsettled control op fell": bool(world.chained - set(chain)),
        "settled branch outlived a fork": any(
            _outlived(one.replica, set(chain)) for one in world.alive
        ),
        "all settled at the end": replica.settled == state.head[1],
        "void op": any(row.void not in {None, Void.OFF_CHAIN} for row in content),
        "two versions at the end": any(one.others for one in replica.shelf.blocks.values()),
        "archived at the end": state.limit is not None and not state.closed,
        "closed at the end": state.closed,
    }


def _borders(replica: Replica, state: State, chain: list[str]) -> set[str]:
    """How the epochs of the accepted chain began."""
    headers = [replica.rows[key].operation.header for key in chain]
    found = {
        "Handover" if before.type == "Handover" else "votes"
        for one, before in pairwise(headers)
        if one.log != before.log
    }
    if headers and state.control_log != headers[0].log:  # it has begun, and said nothing yet
        found.add("Handover" if headers[0].type == "Handover" else "votes")
    return found


def _outlived(replica: Replica, chain: set[str]) -> bool:
    """Whether an operation of the chain has a sibling in its own log."""
    places: Counter[tuple[str, str]] = Counter()
    for key in replica.control:
        header = replica.rows[key].operation.header
        places[header.log, parent_of(header)] += 1
    ours = (replica.rows[key].operation.header for key in chain & replica.rows.keys())
    return any(places[header.log, parent_of(header)] > 1 for header in ours)
