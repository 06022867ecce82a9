"""What the steward's node writes by itself: nobody has to press anything for what a founder asked.

The steward answers proposals of members, most of them founders' (`fold.proposals`), records the
departure of a school whose own log says that it leaves, and fixes the past by checkpoints. Whatever
it writes counts only as far as the rules of the control log allow (`control`); here it is left out
where it would not.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec.structs import replace

from protocol.space import writing
from protocol.space.control import (
    FOUNDERS_TO_ERASE,
    Heads,
    Position,
    State,
    agree_to_rekey,
    founders_for_purging,
    is_admission,
    purged_name,
    rekeying_members,
    round_of,
)
from protocol.space.fold.proposals import Proposal, furthest
from protocol.space.known import Stored
from protocol.space.log import LogHead
from protocol.space.operation import Header
from protocol.space.recovery import longest_beyond
from protocol.space.vocabulary import MAX_NAMED_LOGS
from protocol.space.writing import Place

CHECKPOINT_AFTER = 500
"""So many operations beyond the last checkpoint make the next one due."""
MAX_CHECKPOINT_LOGS = 400
ON_ITS_WAY = 500
"""So much of a school's log a founder may have that the steward has not."""
MIN_TO_CUT = 3
"""Below three members a cut is void: nobody could say who expelled whom."""

_NOBODYS = "-" * 43
"""In place of the id of an operation that is not written yet."""

Write = Callable[[Place], Header]


def next_duty(
    state: State, heads: Mapping[str, LogHead], proposals: Iterable[Proposal]
) -> Write | None:
    """The next operation that the steward owes the control log; None where it owes nothing.

    `heads` are the accepted ends of all logs at the steward's replica. Ask again with the state
    that follows. What would change nothing is not owed: it would be owed again ever after.
    """
    asked = sorted(proposals, key=lambda one: (one.time, one.home, one.name))
    asked = _newest_keys(one for one in asked if _may_ask(one, state) and one.is_open(state))
    for one in asked:
        duty = _answer(one, state, heads, asked)
        if duty is not None and _changes(state, duty):
            return duty
    return None if state.closed else _departure(state, heads)


def _changes(state: State, duty: Write) -> bool:
    """Whether anything but the end of the control log is different afterwards."""
    head = LogHead(state.control_log, *state.head)
    later = state.after(_NOBODYS, duty(Place(state.space, head, "", 0)))
    return replace(later, head=state.head, successor=state.successor) != state


def _newest_keys(asked: Iterable[Proposal]) -> list[Proposal]:
    """Of each member's wishes for a new key of one school the last: more of them are no more work.
    `asked` has the oldest first."""
    found: dict[tuple[str, ...], Proposal] = {}
    for one in asked:
        key = (one.home, one.node) if one.kind == "rekey" else (one.home, one.name, one.kind)
        found.pop(key, None)
        found[key] = one
    return list(found.values())


def _may_ask(one: Proposal, state: State) -> bool:
    """Founders ask; any member says that another one has a new key. After the end only what has to
    go is answered."""
    if one.home not in state.members or (state.closed and one.kind not in {"purge", "unpurge"}):
        return False
    return one.home in state.founders or one.kind == "rekey"


def is_checkpoint_due(state: State, heads: Mapping[str, LogHead]) -> bool:
    """Whether enough was written since the last one."""
    return sum(_beyond(state, head) for head in heads.values()) >= CHECKPOINT_AFTER


def checkpoint(
    state: State, heads: Mapping[str, LogHead], branches: Heads | None = None
) -> Write | None:
    """Fix the past of the logs that moved, and of stopped ones the branch that `branches` names;
    None where there is nothing to fix, or an archive or a close has fixed all."""
    if state.limit is not None:
        return None
    moved = {log: (head.seq, head.id) for log, head in heads.items() if _beyond(state, head)}
    moved |= branches or {}
    if not moved:
        return None
    logs = dict(sorted(moved.items())[:MAX_CHECKPOINT_LOGS])
    return lambda place: writing.checkpoint(place, logs)


def branch_of(head: LogHead, stored: Mapping[str, Stored]) -> Position:
    """Of a log that stopped at a fork the branch to name: the longest one that is stored here,
    for that had been accepted before the fork came to light."""
    way = longest_beyond(head, stored)
    return (stored[way[-1]].header.seq, way[-1]) if way else (head.seq, head.id)


def _beyond(state: State, head: LogHead) -> int:
    """How many operations of a live content log lie beyond its last checkpoint."""
    standing = None if head.log.startswith("k/") else state.standing(head.log)
    if standing is None or not standing.live:
        return 0
    return max(0, head.seq - standing.anchor[0])


def _answer(
    one: Proposal, state: State, heads: Mapping[str, LogHead], asked: Sequence[Proposal]
) -> Write | None:
    """`asked` are all open proposals: some are answered when enough schools say the same."""
    match one.kind:
        case "rekey":
            return _renewal(one, state, asked)
        case "purge":
            return _removal(one, state, asked)
        case "unpurge":
            # One purge hid all that are due: they are of one round.
            targets = one.find_due(state)
            after = round_of(state, purged_name(targets[0]))
            return lambda place: writing.unpurge(place, targets, after=after)
        case "admit":
            return _admission(one, state)
        case "cut" if can_be_cut(state, one.node):
            return _cut(one.node, _plausible(ends_of(one.node, heads), one.logs))
        case "moderator":
            return lambda place: writing.moderator(place, one.node, ends_of(one.node, heads))
        case "unmoderator":
            return lambda place: writing.unmoderator(place, one.node, ends_of(one.node, heads))
        case "close":
            ends = _content_ends(heads)
            return lambda place: writing.close(place, ends)
        case "archive":
            ends = _content_ends(heads)
            return lambda place: writing.archive(place, ends)
        case "reopen":
            return writing.reopen
        case _:
            return None


def _plausible(own: Heads, proposed: Heads) -> Heads:
    """The furthest end of each log that the steward or the proposal knows; of a proposal not more
    than may still be on its way, lest a cut leave room for what is written after it."""
    near = {
        log: end
        for log, end in proposed.items()
        if log in own and end[0] <= own[log][0] + ON_ITS_WAY
    }
    return furthest(own, near)


def _admission(one: Proposal, state: State) -> Write | None:
    candidate = one.candidate
    if candidate is None or not is_admission(state, candidate, one.invite, one.acceptance):
        return None
    incarnation = state.next_incarnation(candidate.node)
    return lambda place: writing.admit(
        place,
        candidate,
        incarnation=incarnation,
        invite=one.invite,
        acceptance=one.acceptance,
    )


def _renewal(one: Proposal, state: State, asked: Sequence[Proposal]) -> Write | None:
    """Once enough members say that a school has this new key, and where its logs end."""
    node, candidate, logs = one.node, one.candidate, one.logs
    if candidate is None or node == state.steward:
        return None
    same = [
        two for two in asked if (two.kind, two.candidate, two.logs) == ("rekey", candidate, logs)
    ]
    words = {two.home: two.word for two in same if two.home != node}
    if len(words) < rekeying_members(state):
        return None  # before any signature is verified
    key, accepted = candidate.key, one.acceptance
    agreed = agree_to_rekey(state, node, key, logs, accepted, words)
    if len(agreed) < rekeying_members(state):
        return None
    said = {home: words[home] for home in agreed}
    return lambda place: writing.rekey(place, node, key, acceptance=accepted, words=said, logs=logs)


def _removal(one: Proposal, state: State, asked: Sequence[Proposal]) -> Write | None:
    """Hide at the first founder's word, erase at the second's."""
    targets, after = one.targets, one.after
    same = [two for two in asked if (two.kind, two.targets, two.after) == ("purge", targets, after)]
    words = {two.home: two.word for two in same}
    agreed = founders_for_purging(state, targets, after, words)
    due = [state.purges.get(purged_name(target)) for target in one.find_due(state)]
    hidden = all(known is not None and known.held for known in due)
    if not agreed or (hidden and len(agreed) < FOUNDERS_TO_ERASE):
        return None
    said = {home: words[home] for home in agreed}
    return lambda place: writing.purge(place, targets, said, after=after)


def _departure(state: State, heads: Mapping[str, LogHead]) -> Write | None:
    for node in sorted(state.members):
        if has_left(state, node, heads) and can_be_cut(state, node):
            return _cut(node, ends_of(node, heads))
    return None


def _cut(node: str, logs: Heads) -> Write:
    return lambda place: writing.cut(place, node, logs)


def can_be_cut(state: State, node: str) -> bool:
    """Whether a cut of this member would count."""
    return node in state.members and node != state.steward and len(state.members) >= MIN_TO_CUT


def has_left(state: State, node: str, heads: Mapping[str, LogHead]) -> bool:
    """Whether a member's own log says that it leaves, in one of its present incarnations."""
    first = state.base.get(node)
    return first is not None and any(
        head.left and int(log[35:]) >= first
        for log, head in heads.items()
        if log.startswith(f"c/{node}/")
    )


def ends_of(node: str, heads: Mapping[str, LogHead]) -> Heads:
    """Where each content log of a node ends."""
    return {log: end for log, end in _ends(heads).items() if log.startswith(f"c/{node}/")}


def newest_ends(node: str, heads: Mapping[str, LogHead]) -> Heads:
    """Of those as many as one word may name, the newest."""
    ends = ends_of(node, heads)
    newest = sorted(ends, key=lambda log: int(log.rpartition("/")[2]))[-MAX_NAMED_LOGS:]
    return {log: ends[log] for log in newest}


def _content_ends(heads: Mapping[str, LogHead]) -> Heads:
    return {log: head for log, head in _ends(heads).items() if log.startswith("c/")}


def _ends(heads: Mapping[str, LogHead]) -> Heads:
    return {log: (head.seq, head.id) for log, head in heads.items() if head.seq}
