"""What must hold of replicas that have met."""

from collections.abc import Iterable

import msgspec

from protocol.space.authority import Void
from protocol.space.effects import Touched
from protocol.space.fold import forum, membership
from protocol.space.log import LogHead
from tests.simulation import always, content, lost, meeting, steward
from tests.simulation.paper import check_block
from tests.simulation.replica import Replica
from tests.simulation.school import Chance, School
from tests.simulation.world import World

MAX_ROUNDS = 12


def view(replica: Replica) -> bytes:
    """The same view is the same JSON of every fold."""
    discussions = forum.view(replica.posts.values())
    people = membership.view(replica.people.values())
    others = [replica.others[key] for key in sorted(replica.others)]
    asked = dict(sorted(replica.asked.items()))
    assert replica.state is not None
    control = [*replica.state.head, replica.state.steward, replica.state.epoch, replica.settled]
    seen = {
        "forum": discussions,
        "people": people,
        "others": others,
        "asked": asked,
        "pages": replica.shelf.view(),
        "control": control,
    }
    return msgspec.json.encode(seen, order="sorted")


def refolded(replica: Replica) -> Replica:
    """The same stored operations, looked at as if nothing had ever been concluded from them."""
    assert replica.state is not None
    assert replica.pin is not None
    fresh = Replica(
        replica.space,
        replica.state,
        pin=replica.pin,
        acks=replica.acks,
        loose=replica.loose,
        votes=replica.votes,
        control=replica.control,
        statements=replica.statements,
        withheld={(name[:32], name[33:]) for name, one in replica.pin.purges.items() if one.held},
        erased=replica.erased,
        payloads=replica.payloads,
        by_log=replica.by_log,
        by_object=replica.by_object,
        rows={
            key: type(row)(row.operation, False, Void.OFF_CHAIN)
            for key, row in replica.rows.items()
        },
    )
    # What is settled is settled: the way to the pin is where every conclusion starts.
    heads = {log: LogHead(log) for log in replica.by_log}
    for key in reversed(fresh.way_to(fresh.settled)):
        row = fresh.rows[key]
        row.accepted, row.void = True, None
        header = row.operation.header
        heads[header.log] = LogHead(header.log, header.seq, key, header.time)
    fresh.heads = heads
    fresh.state = replica.pin
    fresh.steer()
    content = {log for log in fresh.by_log if log.startswith("c/")}
    newest = sorted(content, key=lambda log: (log[2:34], -int(log[35:])))
    fresh.recheck_all(newest)
    for home, name in replica.by_object:
        fresh.refold(Touched("content", home, name))
        fresh.refold(Touched("membership", home, name))
        fresh.refold(Touched("proposals", home, name))
    return fresh


def quiesce(world: World) -> None:
    """The wire is mended, and everybody meets everybody until nothing more happens (I2)."""
    world.lossy = False
    for round_ in range(MAX_ROUNDS):
        # What hostile schools still show is seen once; later nobody depends on them.
        others = world.alive + (world.hostile if round_ == 0 else [])
        meetings = [
            meeting.meet(world, one, other)
            for one in world.alive
            for other in others
            if one is not other and one.replica.state and other.replica.state
        ]
        if all(meetings):
            return
    raise AssertionError("I2: replicas that meet come to rest")


def finish(world: World) -> None:
    """Everybody meets, the steward does what it owes, and every school says something more."""
    quiesce(world)
    always.check(world)
    for _ in range(3):
        for school in world.alive:
            steward.attend(world, school)
        for school in world.alive:
            content.acknowledge(world, school)
        quiesce(world)
        always.check(world)


def check(world: World) -> None:
    """Every invariant, after everybody has met."""
    finish(world)
    reference = world.eye.replica
    seen = view(reference)
    copies = [one for one in world.mail if one.id in reference.rows]
    for school in world.alive:
        world.deliver(school, copies)
    quiesce(world)
    assert view(reference) == seen, "I7: late copies change what is seen"
    for school in world.alive:
        assert view(school.replica) == seen, f"I1: {school.word} sees something else"
        assert school.replica.shown_heads().digest == reference.shown_heads().digest, "I1: digests"
    check_incremental(world)
    check_bootstrap(world, seen)
    check_any_order(world, reference, seen)
    check_rules(world, reference, seen)


def check_incremental(world: World) -> None:
    """I10: what was concluded step by step is what follows from everything at once."""
    for school in world.alive:
        for block in school.replica.shelf.blocks.values():
            check_block(block, school.replica.items(block.home, block.object))
        one, other = school.replica, refolded(school.replica)
        assert view(other) == view(one), f"I10: views of {school.word}"
        judged = {key: (row.accepted, row.void) for key, row in one.rows.items()}
        again = {key: (row.accepted, row.void) for key, row in other.rows.items()}
        assert judged == again, f"I10: effects at {school.word}"
        assert one.state == other.state, "I10: control"
        assert {key: head for key, head in one.heads.items() if head.seq or head.fork} == {
            key: head for key, head in other.heads.items() if head.seq or head.fork
        }, f"I10: heads of {school.word}"
        assert one.roles == other.roles, "I10: roles"


def check_bootstrap(world: World, seen: bytes) -> None:
    """I3: a newcomer learns the same from any single node."""
    school = world.chance.choice(world.alive)
    guest = School("guest", Replica(world.space, awaited=school.replica.settled))
    for _ in range(MAX_ROUNDS):
        if meeting.exchange(world, guest, school):
            break
    assert view(guest.replica) == seen, f"I3: from {school.word}"


def check_any_order(world: World, reference: Replica, seen: bytes) -> None:
    """I4: the order of arrival, of operations and statements, changes nothing."""
    chance = Chance(1)
    late = Replica(world.space, awaited=reference.settled)
    operations = [one for log in reference.by_log for one in reference.all_of(log)]
    late.receive([reference.rows[world.space].operation], world.now_ms)
    votes = [one.signed for one in reference.votes.values()]
    statements = [signed for _, signed in reference.statements.values()]
    for _ in range(len(operations) + 1):
        before = len(late.rows), len(late.statements), late.lacking()
        chance.shuffle(operations)
        for start in range(0, len(operations), 7):
            late.receive(operations[start : start + 7], world.now_ms)
            late.receive_statements(chance.sample(statements, min(2, len(statements))))
        late.receive_statements(statements)
        late.receive_votes(votes)
        late.receive_evidence(reference.evidence(world.space), world.now_ms)
        operations = [one for one in operations if one.id not in late.rows]
        if before == (len(late.rows), len(late.statements), late.lacking()):
            break
    assert view(late) == seen, "I4: another order, another view"


def check_rules(world: World, reference: Replica, seen: bytes) -> None:
    """I5, I6, I7, I8, I9."""
    assert reference.state is not None
    for text in world.forbidden:
        assert _words(text) not in seen, "I5: an effect without a role"
    # What only a node that is lost had said, nobody can keep.
    kept = {key for one in world.alive for _, key in one.replica.erased}
    for school in world.alive:
        for key in world.erased & kept:
            assert key not in school.replica.payloads, "I7: an erased payload is still there"
            words = _words(world.texts.get(key, "")) or b"\0"
            assert words not in view(school.replica), "I7: an erased text is still shown"
    for key in world.written.keys() & reference.rows.keys():
        if reference.rows[key].operation.header.payload_hash and key not in reference.payloads:
            assert key in world.erased | world.removed, "I6: erased by somebody else"
    gone, members = reference.state.cuts.keys(), reference.state.members
    forked = {
        log[2:34]
        for one in world.schools
        for log in one.replica.by_log
        if log.startswith("c/") and always.has_fork(one.replica, one.replica.by_log[log])
    }
    for key, school in world.written.items():
        why = _excuse(world, reference, key, school, forked)
        assert why, f"I8: an honest write of {school.word} is lost: {reference.rows.get(key)}"
        world.happened[f"I8 excused: {why}"] += why != "kept"
    check_restored(world)
    for row in reference.rows.values():
        node = row.operation.header.node
        if row.accepted or row.operation.header.is_control:
            continue
        named = node in forked | gone or node not in members or _is_hostile(world, node)
        assert named, "I9: fell off a chain"


def check_restored(world: World) -> None:
    """I8: a school that was restored loses nothing that any school has, whichever branch counts."""
    for school in world.alive:
        if not school.was_restored or school.unsure is not None or not world.may_write(school):
            continue
        assert not lost.unsaid(school), f"I8: {school.word} repeats not all that it lost"
        for other in world.alive:
            rows = other.replica.rows.values()
            beside = [
                one for one in rows if not one.accepted and not one.operation.header.is_control
            ]
            beside = [one for one in beside if one.operation.header.node == school.node]
            left = {one.operation.id for one in beside} - school.replica.rows.keys()
            assert not left, f"I8: {other.word} alone has words of {school.word}"
        world.happened["restored, and nothing is lost"] += 1


def _excuse(
    world: World, reference: Replica, key: str, school: School, forked: set[str]
) -> str | None:
    """The rule by which an honest write has no effect; None where there is none."""
    state, row = reference.state, reference.rows.get(key)
    assert state is not None
    # Who has promised to follow another writes nothing before that one's time has begun.
    stewards = [one for one in world.alive if one.node == state.steward]
    stewards = [one for one in stewards if not world.has_promised(one, one.state)]
    head = reference.heads.get(state.control_log)
    stale = not stewards or state.closed or (head is not None and head.fork is not None)
    if row is not None and row.void is None:
        return "kept"
    if school.expelled or school.node in state.cuts:
        return "cut"
    if school.node in forked:
        return "fork"
    if school.left:
        return "left"
    if school.node not in state.members and (stale or state.limit is not None):
        return "admission fell, no honest steward yet"
    if row is None:
        return "its node died" if school.dead else None
    if row.void is Void.CLOSED or state.limit is not None:
        return "closed"
    return "no moderator" if row.void is Void.NO_MODERATOR else None


def _is_hostile(world: World, node: str) -> bool:
    return any(one.node == node for one in world.hostile)


def _words(text: str) -> bytes:
    return text.partition('"text":"')[2].partition('"')[0].encode()


def totals(worlds: Iterable[World]) -> dict[str, int]:
    """How often each kind of trouble happened, so that a test can tell that it did."""
    found: dict[str, int] = {}
    for world in worlds:
        for name, times in world.happened.items():
            found[name] = found.get(name, 0) + times
    return found
