"""Two replicas meet over a wire that repeats, reorders and drops."""

from protocol.space import sync
from protocol.space.operation import read, to_line
from tests.simulation import lost, steward, wire
from tests.simulation.replica import Replica
from tests.simulation.school import School
from tests.simulation.world import World

MAX_EXCHANGES = 5
SURE = 2 / 3


def meet(world: World, one: School, other: School) -> bool:
    """One school turns to another; whether they were at rest before."""
    rest = exchange(world, one, other)
    if one.unsure is not None:
        _become_sure(world, one, other)
    elif rest and not other.hostile and lost.ask_back(world, one, other):
        rest = False
    for school in (one, other):
        if not school.hostile:
            steward.attend(world, school)
    return rest


def _become_sure(world: World, school: School, other: School) -> None:
    """A restored node asks one after the other for all that they have."""
    lossy, world.lossy = world.lossy, False
    if any(exchange(world, school, other) for _ in range(MAX_EXCHANGES)):
        assert school.unsure is not None
        school.unsure.add(other.node)
        members = school.replica.state.members if school.replica.state else frozenset()
        if len((school.unsure | {school.node}) & members) > SURE * len(members):
            school.unsure = None
    world.lossy = lossy


def exchange(world: World, one: School, other: School) -> bool:
    """What follows from the difference between the heads; whether there was nothing to do."""
    mine, theirs = one.replica, other.replica
    if theirs.state is None:
        return True
    if mine.state is None:
        log = theirs.all_of(f"k/{theirs.rows[world.space].operation.header.node}/0")
        world.deliver(one, log[:1])
    assert mine.state is not None
    before = len(mine.rows)
    here, there = mine.shown_heads(), theirs.shown_heads()
    there = sync.read_heads(there.as_json(), world.space)
    plan = sync.compare(
        here,
        there,
        mine.holds(head.id for head in there.logs.values()),
        sync.awaiting(mine.state, mine.heads.values()),
        {log for log in there.logs if mine.state.standing(log) is not None},
        settled_later=not mine.has_settled(there.settled),
    )
    if plan.votes:
        mine.receive_votes(wire.votes(theirs))
        theirs.receive_votes(wire.votes(mine))
    for ask in (ask for ask in plan.ask if ask.log.startswith("k/")):
        _carry(world, theirs, mine, ask)
    # Who was restored asks for everything that was acknowledged: its own words may be among it.
    if plan.acknowledgements or one.unsure is not None:
        mine.receive_evidence(wire.lines(theirs.evidence(mine.settled)), world.now_ms)
    for node in plan.ask_erasures:
        mine.receive_statements(wire.statements(theirs, node))
    for ask in (ask for ask in plan.ask if ask.log.startswith("c/")):
        _carry(world, theirs, mine, ask)
    for send in (send for send in plan.send if send.log.startswith("k/")):
        _carry(world, mine, theirs, send)
    for node in plan.send_erasures:
        theirs.receive_statements(wire.statements(mine, node))
    for send in (send for send in plan.send if send.log.startswith("c/")):
        _carry(world, mine, theirs, send)
    for key in mine.unknown():
        mine.receive(wire.lines(theirs.with_ancestors(key)), world.now_ms)
    lacking = [key for key in mine.lacking() if key in theirs.payloads]
    mine.receive([theirs.with_payload(theirs.rows[key].operation) for key in lacking], world.now_ms)
    return plan.is_at_rest and not lacking and len(mine.rows) == before


def _carry(world: World, source: Replica, target: Replica, what: sync.From) -> None:
    batch = source.page(what.log, what.after)
    if batch is None:  # 409: find the last common operation
        held = source.holds(key for _, key in target.named(what.log))
        batch = source.page(what.log, sync.common(target.named(what.log), held)) or []
    batch = [read(to_line(one)) for one in batch]
    if world.lossy and world.chance.random() < 0.2:
        batch = batch[: world.chance.randrange(len(batch) + 1)]
    if world.lossy and world.chance.random() < 0.2:
        batch = world.chance.sample(batch, len(batch)) + batch
    target.receive(batch, world.now_ms)
