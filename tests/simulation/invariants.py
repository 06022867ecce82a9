"""What must hold of replicas that have met."""

from collections.abc import Iterable

import msgspec

from protocol.canonical import encode
from protocol.space.authority import Void
from protocol.space.effects import Touched
from protocol.space.fold import forum, membership
from protocol.space.log import LogHead
from tests.simulation.paper import check_block
from tests.simulation.replica import Replica
from tests.simulation.school import Chance
from tests.simulation.world import World

MAX_ROUNDS = 12


def view(replica: Replica) -> bytes:
    """The same view is the same canonical JSON of every fold."""
    discussions = forum.view(replica.posts.values())
    people = membership.view(replica.people.values())
    others = [replica.others[key] for key in sorted(replica.others)]
    asked = dict(sorted(replica.asked.items()))
    told = {"forum": discussions, "people": people, "others": others, "asked": asked}
    seen = {**told, "pages": replica.shelf.view()}
    return encode(msgspec.to_builtins(seen))


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
    for _ in range(MAX_ROUNDS):
        meetings = [
            world.meet(one, other)
            for one in world.schools
            for other in world.schools
            if one is not other
        ]
        if all(meetings):
            return
    raise AssertionError("I2: replicas that meet come to rest")


def check(world: World) -> None:
    """Every invariant, after everybody has met."""
    quiesce(world)
    reference = world.schools[0].replica
    seen = view(reference)
    copies = [one for one in world.mail if one.id in reference.rows]
    for school in world.schools:
        world.deliver(school, copies)
    quiesce(world)
    assert view(reference) == seen, "I7: late copies change what is seen"
    for school in world.schools[1:]:
        assert view(school.replica) == seen, f"I1: {school.word} sees something else"
        assert school.replica.shown_heads().digest == reference.shown_heads().digest, "I1: digests"
    check_incremental(world)
    check_bootstrap(world, seen)
    check_any_order(world, reference, seen)
    check_rules(world, reference, seen)


def check_incremental(world: World) -> None:
    """I10: what was concluded step by step is what follows from everything at once."""
    for school in world.schools:
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
    for school in world.schools:
        guest = type(school)("guest", Replica(world.space, awaited=school.replica.settled))
        for _ in range(MAX_ROUNDS):
            if world.meet(guest, school):
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
        late.receive_evidence(reference.loose.values())
        operations = [one for one in operations if one.id not in late.rows]
        if before == (len(late.rows), len(late.statements), late.lacking()):
            break
    assert view(late) == seen, "I4: another order, another view"


def check_rules(world: World, reference: Replica, seen: bytes) -> None:
    """I5, I6, I7, I8, I9."""
    assert reference.state is not None
    for text in world.forbidden:
        assert _words(text) not in seen, "I5: an effect without a role"
    for school in world.schools:
        for key in world.erased:
            assert key not in school.replica.payloads, "I7: an erased payload is still there"
            words = _words(world.texts.get(key, "")) or b"\0"
            assert words not in view(school.replica), "I7: an erased text is still shown"
    for key in world.written.keys() & reference.rows.keys():
        if reference.rows[key].operation.header.payload_hash and key not in reference.payloads:
            assert key in world.erased, "I6: erased by somebody else"
    # Where a branch was named, a replica may never have seen the other one.
    replicas = [school.replica for school in world.schools]
    forked = {log[2:34] for one in replicas for log in one.by_log if _has_fork(one, log)}
    # What lay beyond a cut stays lost for a school that came back.
    gone = reference.state.cuts.keys()
    for key in world.written:
        row = reference.rows.get(key)
        node = world.written[key].node
        excused = node in forked | gone or node not in reference.state.members
        if row is None:
            assert excused, "I8: an honest write is nowhere"
        elif row.void is not None:
            named = row.void in {Void.CLOSED, Void.NO_MODERATOR} or excused
            assert named, f"I8: an honest write is lost: {row.void}"
    for row in reference.rows.values():
        node = row.operation.header.node
        if not row.accepted:
            assert node in forked | gone or node not in reference.state.members, (
                "I9: fell off a chain"
            )


def _has_fork(replica: Replica, log: str) -> bool:
    followers = [replica.rows[key].operation.header.prev for key in replica.by_log[log]]
    return len(set(followers)) < len(followers)


def _words(text: str) -> bytes:
    return text.partition('"text":"')[2].partition('"')[0].encode()


def totals(worlds: Iterable[World]) -> dict[str, int]:
    """How often each kind of trouble happened, so that a test can tell that it did."""
    found: dict[str, int] = {}
    for world in worlds:
        for name, times in world.happened.items():
            found[name] = found.get(name, 0) + times
    return found
