"""What must hold of every honest replica at every moment."""

from collections.abc import Iterable

from protocol.space.authority import home_of
from protocol.space.control import START, State
from protocol.space.operation import Header
from protocol.space.vocabulary import CONTENT_SHAPES
from tests.simulation.replica import Replica
from tests.simulation.school import School
from tests.simulation.world import World


def check(world: World) -> None:
    """Nothing that arrived a moment ago may have broken these."""
    settled: list[list[str]] = []
    for school in world.honest:
        if school.replica.state is None:
            continue
        _check_rights(world, school.replica, school.state)
        _check_erasures(school.replica)
        _check_hidden(school)
        settled.append(_check_settled(world, school))
    longest = max(settled, key=len)
    for way in settled:
        assert set(way) <= set(longest), "I15: honest replicas settled different histories"


def _check_rights(world: World, replica: Replica, state: State) -> None:
    roles = {one.node: one for one in world.schools}
    for key, row in replica.rows.items():
        header = row.operation.header
        if row.void is not None or header.is_control:
            continue
        assert row.accepted, "I5: effective, and on no chain"
        school = roles.get(header.node)
        if CONTENT_SHAPES[header.type].person and school is not None:
            released = header.actor == school.teacher or header.released_by == school.teacher
            assert header.actor in (school.teacher, school.pupil), "I5: an author without a role"
            assert released, "I5: a pupil's, and no teacher released it"
        standing = state.standing(header.log)
        assert standing is not None, "I5: of no member"
        assert standing.live or header.seq <= standing.anchor[0], "I5: beyond a cut"
        words = header.type not in {"Acknowledge", "Propose"}
        if words and standing.limit is not None:
            assert header.seq <= standing.limit[0], "I5: beyond the end"
        if header.type in {"Hide", "Unhide"} and home_of(header) != header.node:
            assert _may_moderate(state, header), f"I5: {key} hides without the right to"


def _may_moderate(state: State, header: Header) -> bool:
    """Whether a grant covers an operation, in its writer's own coordinates; founders begin with
    one."""
    if header.node in state.founders and header.node not in state.moderators:
        return True
    for one in state.moderators.get(header.node, ()):
        since = one.since.get(header.log, START)[0]
        until = None if one.until is None else one.until.get(header.log, START)[0]
        if header.seq > since and (until is None or header.seq <= until):
            return True
    return False


def _check_erasures(replica: Replica) -> None:
    for node, key in replica.erased:
        row = replica.rows.get(key)
        if row is not None and row.operation.header.node == node:
            assert key not in replica.payloads, "I7: an erased payload is still there"


def _check_settled(world: World, school: School) -> list[str]:
    """What is settled is never voided, and the chain passes through it."""
    replica = school.replica
    way, chain = replica.way_to(replica.settled), replica.way_to(school.state.head[1])
    assert not school.settled_before or school.settled_before in way, (
        "I14: settled control history was voided"
    )
    assert replica.settled in chain, "I14: the chain leaves what is settled"
    school.settled_before = replica.settled
    world.chained.update(chain)
    return way


def _check_hidden(school: School) -> None:
    """While the control state about it stands, what was hidden stays hidden: a hide that counted
    counts, unless its own log forked, here or as a checkpoint says."""
    state = school.state
    about = state.moderators, state.base, state.cuts, state.limit
    hides = [
        key
        for key, row in school.replica.rows.items()
        if row.void is None and row.operation.header.type == "Hide"
    ]
    now = about, frozenset(hides)
    before, school.hidden_before = school.hidden_before, now
    if before is None or before[0] != now[0]:
        return
    for key in before[1] - now[1]:
        log = school.replica.rows[key].operation.header.log
        standing = state.standing(log)
        missing = standing is not None and standing.anchor[1] not in {"", *school.replica.rows}
        assert missing or is_forked(school.replica, log), "what was hidden came back"


def is_forked(replica: Replica, log: str) -> bool:
    """Whether two operations of a log, or of one that its node opened before, follow the same."""
    node = log[:34]
    return any(
        has_fork(replica, ids) for one, ids in replica.by_log.items() if one.startswith(node)
    )


def has_fork(replica: Replica, ids: Iterable[str]) -> bool:
    """Whether two of these operations of one log follow the same."""
    before = [replica.rows[key].operation.header.prev for key in ids]
    return len(set(before)) < len(before)
