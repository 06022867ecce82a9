"""The steward writes the control log: what it owes, and what it decides.

What it owes to proposals and departures is the product's own decision
(`protocol.space.stewardship`).
"""

from collections.abc import Callable

import msgspec

from protocol.space import control, stewardship, writing
from protocol.space.control import Heads, State
from protocol.space.genesis import Founder
from protocol.space.operation import Header, Operation
from protocol.space.succession import parent_of
from protocol.space.writing import Place
from tests.simulation.school import School
from tests.simulation.world import World

MAX_DUTIES = 12
Write = Callable[[Place], Header]


def quorum(members: int) -> int:
    return 2 * members // 3 + 1


def may_write(world: World, school: School) -> bool:
    """Whether a school would write a control operation: an honest one only where no other epoch is
    promised, its log is whole, and the one before is not a handover that waits."""
    replica = school.replica
    if school.dead or replica.state is None or replica.state.steward != school.node:
        return False
    state = replica.state
    if state.successor or _is_continued(school, state):
        return False
    if school.hostile:
        return True
    head = replica.heads.get(state.control_log)
    frozen = head is not None and head.fork is not None
    return not frozen and school.unsure is None and not world.has_promised(school, state)


def _is_continued(school: School, state: State) -> bool:
    """Whether something of its own follows the head already: it would fork its own log."""
    headers = (school.replica.rows[key].operation.header for key in school.replica.control)
    return any(parent_of(one) == state.head[1] and one.log == state.control_log for one in headers)


def write(world: World, school: School, make: Write) -> Operation | None:
    """The next control operation; None where the school may not write it."""
    if not may_write(world, school):
        return None
    header = make(world.place(school, school.state.control_log))
    return world.say(school, in_epoch(header, school.state))


def in_epoch(header: Header, state: State) -> Header:
    """The first operation of an epoch names the border that it begins at."""
    return header if header.prev else msgspec.structs.replace(header, base=(state.head[1],))


def ends(school: School) -> Heads:
    """Where every content log ends."""
    heads = school.replica.heads.values()
    return {one.log: (one.seq, one.id) for one in heads if one.seq and one.log.startswith("c/")}


# -- what it owes


def attend(world: World, school: School) -> None:
    """The steward does all that it owes, and each thing that it does counts."""
    if not may_write(world, school) or school.state.limit is not None:
        return
    _answer_forks(world, school)
    for _ in range(MAX_DUTIES):
        before = school.state
        asked = school.replica.asked.values()
        duty = stewardship.next_duty(before, school.replica.heads, asked)
        if duty is None or not may_write(world, school):
            break
        written = write(world, school, duty)
        assert written is not None
        assert _standing(before) != _standing(school.state), "a duty that counts for nothing"
        world.happened[f"steward: {written.header.type}"] += 1
        if _is_renewal(school, written.header):
            world.happened["admission fell and was renewed"] += 1
    _renew(world, school)


def _standing(state: State) -> tuple[object, ...]:
    """What a control operation may change, besides that it is there."""
    return state.base, state.keys, state.cuts, state.closed, state.purges


def _is_renewal(school: School, header: Header) -> bool:
    """Whether an admission with the same key stands on a branch that fell."""
    rows = [school.replica.rows[key] for key in school.replica.control]
    return header.type == "Admit" and any(
        row.operation.header.args.get("key") == header.args["key"] and not row.accepted
        for row in rows
    )


def _answer_forks(world: World, school: School) -> None:
    """A forked log is checkpointed at the branch that the steward had accepted before."""
    replica = school.replica
    chosen: Heads = {}
    for head in replica.heads.values():
        standing = None if head.log.startswith("k/") else school.state.standing(head.log)
        if head.fork and standing is not None and standing.live and head.node != school.node:
            chosen[head.log] = stewardship.branch_of(head, replica.stored_of(head.log))
    duty = stewardship.checkpoint(school.state, {}, chosen)
    if chosen and duty is not None and write(world, school, duty):
        world.happened["fork answered by checkpoint"] += 1


def _renew(world: World, school: School) -> None:
    """An admission that fell with a branch of the control log is written again as it was."""
    for other in world.honest:
        state = school.state
        gone = other.left or other.expelled or other.node in state.cuts
        if gone or other.node in state.members or not may_write(world, school):
            continue
        for key in school.replica.control:
            args = school.replica.rows[key].operation.header.args
            if args.get("node") != other.node or "invite" not in args:
                continue
            if _admit_again(world, school, other, args):
                world.happened["admission fell and was renewed"] += 1
                break


def _admit_again(world: World, school: School, other: School, args: dict[str, object]) -> bool:
    one = Founder(other.node, str(args["actor"]), str(args["key"]))
    invite, acceptance = str(args["invite"]), str(args["acceptance"])
    if not control.is_admission(school.state, one, invite, acceptance):
        return False
    first = school.state.next_incarnation(other.node)
    return bool(
        write(
            world,
            school,
            lambda place: writing.admit(
                place, one, incarnation=first, invite=invite, acceptance=acceptance
            ),
        )
    )


# -- what it decides


def decide(world: World, kind: str) -> None:
    """The steward, honest or not, writes something that nobody asked for."""
    school = world.steward
    if school is None or not may_write(world, school):
        return
    match kind:
        case "check":
            done = write(world, school, lambda place: writing.checkpoint(place, ends(school)))
        case "branch":
            chosen = branches(school)
            done = write(world, school, lambda place: writing.checkpoint(place, chosen))
        case "mod":
            done = _moderate(world, school)
        case "shut":
            done = _shut(world, school)
        case "cut":
            done = _cut(world, school)
        case _:
            done = hand_over(world, school)
    if done is not None:
        world.happened[done.header.type] += 1


def branches(school: School) -> Heads:
    """For each forked log the longest branch that the school has stored."""
    replica = school.replica
    chosen: Heads = {}
    for head in replica.heads.values():
        if head.fork and head.log.startswith("c/"):
            rows = [replica.rows[key] for key in replica.by_log[head.log]]
            best = max(rows, key=lambda row: (row.operation.header.seq, row.operation.id))
            chosen[head.log] = best.operation.header.seq, best.operation.id
    return chosen


def _moderate(world: World, school: School) -> Operation | None:
    other = world.chance.choice(world.schools)
    kind = "Moderator" if world.chance.random() < 0.6 else "Unmoderator"
    since = {log: list(head) for log, head in ends(school).items() if other.node in log}
    args: dict[str, object] = {"node": other.node, "logs": since}
    return write(world, school, lambda place: place.header(kind, args=args))


def _shut(world: World, school: School) -> Operation | None:
    if school.state.closed:
        return None
    if school.state.limit is not None:
        return write(world, school, writing.reopen)
    if world.chance.random() < 0.03:
        return write(world, school, lambda place: writing.close(place, ends(school)))
    return write(world, school, lambda place: writing.archive(place, ends(school)))


def _cut(world: World, school: School) -> Operation | None:
    """Expel a school, now and then not as far as its logs have been seen."""
    state = school.state
    others = [one for one in world.schools if may_go(world, one) and one.node in state.members]
    if not others or sum(one.expelled for one in world.schools) > 1:
        return None
    other = world.chance.choice(others)
    back, logs = world.chance.randrange(3), Heads()
    for log, (seq, key) in stewardship.ends_of(other.node, school.replica.heads).items():
        for _ in range(min(back, seq)):
            seq, key = seq - 1, school.replica.rows[key].operation.header.prev
        if seq:
            logs[log] = seq, key
    done = write(world, school, lambda place: writing.cut(place, other.node, logs))
    other.expelled |= done is not None
    return done


def may_go(world: World, gone: School) -> bool:
    """The assumption: two quorums of the members that stay still meet in an honest one."""
    if gone in (world.eye, world.steward):
        return False
    for school in (world.eye, world.steward):
        if school is None:
            continue
        stay = [one for one in world.schools if one.node in school.state.members]
        stay = [one for one in stay if not (one is gone or one.left or one.expelled)]
        strangers = school.state.members - {one.node for one in world.schools}
        count = len(stay) + len(strangers)
        if count < 3 or 2 * quorum(count) - count - 1 < sum(one.hostile for one in stay):
            return False
    return True


def hand_over(world: World, school: School) -> Operation | None:
    members = school.state.members
    to = [one for one in world.schools if one.node in members and one is not school]
    to = [one for one in to if not (one.dead or one.left or one.expelled)]
    if not to:
        return None
    node = world.chance.choice(to).node
    return write(world, school, lambda place: place.header("Handover", args={"node": node}))
