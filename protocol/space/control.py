"""The control log: what its accepted chain says about members, cuts, anchors and the end.

`State` is what the chain says at one position, and `after` takes it one operation further. An
operation that may not do what it says stays in the chain without effect. Which chain is the
accepted one, across forks and from one steward to the next, is decided in `succession`. `Hide` is
kept and has no effect.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from protocol.errors import Refused
from protocol.keys import PublicKey
from protocol.names import ControlLog, read_log, read_url
from protocol.space import arguments, consent
from protocol.space import vocabulary as words
from protocol.space.arguments import Release
from protocol.space.consent import Target
from protocol.space.genesis import Founder, Genesis
from protocol.space.operation import Header

Position = tuple[int, str]  # seq and id
Heads = dict[str, Position]
START: Position = (0, "")
FOUNDERS_TO_ERASE = 2
"""So many founders' words make a purge erase; with fewer it hides."""
MAX_HIDDEN = 1000
"""So much that one founder had hidden, shown again or not, a space remembers."""
MAX_PURGES = 5000
"""So much that founders had hidden or erased a space remembers in all: every node reads all of it
with each step of the control log."""


class Grant(msgspec.Struct, frozen=True):
    """A moderator's right, in his own logs' coordinates: after `since`, and not after `until`."""

    since: Heads
    until: Heads | None = None


@dataclass(frozen=True)
class Standing:
    """What the control chain says about one log.

    `live`: it goes on. `anchor`: the position that its path must pass (a checkpoint), or where it
    ends (a cut). `limit`: the position beyond which nothing has effect, None where none is set.
    `opens`: its first operation must be an `Open`, because the node had an incarnation before.
    """

    live: bool
    anchor: Position = START
    limit: Position | None = None
    opens: bool = False


class Purged(msgspec.Struct, frozen=True):
    """What the purge `by` makes of an operation: erased by two founders, hidden (`held`), or shown
    again. `round` is what the next purge of it has to name in `after`."""

    by: str
    erases: bool = False
    held: bool = True
    round: str = ""


class Policy(msgspec.Struct, frozen=True):
    """What a space asks of one school. `release`: whether a teacher looks at what a pupil wrote
    before others see it (`release-first`), or pupils write while a teacher is there (`live`)."""

    release: Release = "release-first"


class State(msgspec.Struct, frozen=True):
    """What the control chain says at one position. A value: it can be kept as JSON."""

    space: str
    steward: str
    head: Position
    founders: tuple[str, ...]
    base: dict[str, int]  # member → its first live incarnation
    actors: dict[str, str]  # whoever was ever admitted → service actor
    keys: dict[str, tuple[tuple[int, str], ...]]  # → (first incarnation, Multikey), oldest first
    cuts: dict[str, Heads] = {}
    anchors: Heads = {}
    moderators: dict[str, tuple[Grant, ...]] = {}
    limit: Heads | None = None
    closed: bool = False
    epoch: int = 0
    turned: str = ""  # the last operation that archived or reopened
    successor: str = ""  # whom the operation at this position hands the control log over to
    releases: dict[str, Release] = {}  # by node, "" for all that have none of their own
    purges: dict[str, Purged] = {}  # by node and id: `purged_name`

    @property
    def members(self) -> frozenset[str]:
        return frozenset(self.base)

    @property
    def control_log(self) -> str:
        return str(ControlLog(self.steward, self.epoch))

    def next_incarnation(self, node: str) -> int:
        """The first incarnation that a school which returns cannot have used yet; 0 for a new one.

        Beyond all that it might have opened, whether its cut names them or not: so no log is ever
        signed with two keys, and nothing beyond a cut comes back.
        """
        keys = self.keys.get(node)
        return keys[-1][0] + words.MAX_INCARNATIONS if keys else 0

    def newest_keys(self) -> dict[str, str]:
        """The key that each node that was ever admitted signs with at this position."""
        return {node: keys[-1][1] for node, keys in self.keys.items()}

    def key_of(self, log: str) -> str | None:
        """The key that signs a log; None for a node that was never admitted.

        That of a control log is the newest at the position before the operation.
        """
        name = read_log(log)
        number = words.MAX_INTEGER if isinstance(name, ControlLog) else name.incarnation
        fitting = [key for first, key in self.keys.get(name.node, ()) if first <= number]
        return fitting[-1] if fitting else None

    def standing(self, log: str) -> Standing | None:
        """What holds for a log; None for one of which nothing is ever stored."""
        name = read_log(log)
        if name.node not in self.keys:
            return None
        if isinstance(name, ControlLog):
            return Standing(live=True)
        limit = None if self.limit is None else self.limit.get(log, START)
        first = self.base.get(name.node)
        if first is None or name.incarnation < first:
            end = self.cuts.get(name.node, {}).get(log, START)
            return Standing(live=False, anchor=end, limit=limit)
        if name.incarnation >= first + words.MAX_INCARNATIONS:
            return None
        anchor = self.anchors.get(log, START)
        return Standing(True, anchor, limit, opens=name.incarnation > first)

    def after(self, operation_id: str, header: Header) -> "State":
        """The state one accepted control operation later."""
        state = msgspec.structs.replace(
            self,
            head=(header.seq, operation_id),
            steward=header.node,
            epoch=header.number,
            successor="",
        )
        if header.type == "Handover":
            return _hand_over(state, header)
        if header.type == "Purge":
            return _purge(state, header)
        if state.closed:  # the end, but for the succession and what has to go
            return state
        match header.type:
            case "Admit":
                return _admit(state, header)
            case "Rekey":
                return _rekey(state, header)
            case "Policy":
                return _set_policy(state, header)
            case "Cut":
                return _cut(state, header)
            case "Moderator" | "Unmoderator":
                return _moderate(state, header)
            case "Checkpoint" | "Archive" | "Close":
                return _fix(state, header)
            case "Reopen":
                return msgspec.structs.replace(state, limit=None, turned=operation_id)
            case _:
                return state


def start(genesis: Genesis) -> State:
    """The state that a genesis founds."""
    return State(
        space=genesis.space,
        steward=genesis.founders[0].node,
        head=(1, genesis.space),
        founders=tuple(one.node for one in genesis.founders),
        base={one.node: 0 for one in genesis.founders},
        actors={one.node: one.actor for one in genesis.founders},
        keys={one.node: ((0, one.key),) for one in genesis.founders},
    )


def control_state(genesis: Genesis, later: Iterable[tuple[str, Header]]) -> State:
    """The state at the end of an accepted chain; `later` are the ids and headers after seq 1."""
    state = start(genesis)
    for operation_id, header in later:
        state = state.after(operation_id, header)
    return state


def _admit(state: State, header: Header) -> State:
    """Effective only with a founder's invitation and the candidate's acceptance inside."""
    args = msgspec.convert(header.args, arguments.Admit)
    if args.node in state.base or args.incarnation < state.next_incarnation(args.node):
        return state
    if args.incarnation > words.MAX_INTEGER:
        return state
    if not is_admission(state, _candidate_of(args), args.invite, args.acceptance):
        return state
    keys = (*state.keys.get(args.node, ()), (args.incarnation, args.key))
    return msgspec.structs.replace(
        state,
        base={**state.base, args.node: args.incarnation},
        actors={**state.actors, args.node: args.actor},
        keys={**state.keys, args.node: keys},
    )


def _candidate_of(args: arguments.Admit) -> Founder:
    return Founder(args.node, args.actor, args.key)


def is_admission(state: State, candidate: Founder, invite: str, agreed: str) -> bool:
    """Whether a founder invited this school, and it accepted with a key that nobody else has."""
    taken = {one for node, own in state.keys.items() if node != candidate.node for _, one in own}
    if candidate.key in taken or not _accepts(state, candidate, agreed):
        return False
    invited = consent.invitation(state.space, candidate.node, candidate.actor)
    keys = state.newest_keys()
    return any(consent.is_signed(invited, invite, keys[node]) for node in state.founders)


def _accepts(state: State, candidate: Founder, agreed: str) -> bool:
    """Whether the school's entry is sound, and signed with the key in it."""
    try:
        read_url(candidate.actor, development=True)
        PublicKey.read(candidate.key)
    except Refused:
        return False
    message = consent.acceptance(state.space, candidate)
    is_node = words.is_node(candidate.node) is not None
    return is_node and consent.is_signed(message, agreed, candidate.key)


def rekeying_members(state: State) -> int:
    """How many other members say that a school's key is to be replaced, before it is: two, where
    there are so many."""
    return min(2, len(state.base) - 1)


def agree_to_rekey(
    state: State, node: str, key: str, logs: Heads, agreed: str, said: Mapping[str, str]
) -> frozenset[str]:
    """The members whose word for a member's new key holds; none where it cannot be its key."""
    actor = state.actors.get(node, "")
    taken = {one for own in state.keys.values() for _, one in own}
    if node not in state.base or key in taken:
        return frozenset()
    if not _accepts(state, Founder(node, actor, key), agreed):
        return frozenset()
    message = consent.rekeying(state.space, node, key, logs)
    return consent.agreeing(message, said, state.newest_keys(), state.members - {node})


def _rekey(state: State, header: Header) -> State:
    """A member goes on under a new key, in logs that were never begun; the old ones end. Void
    against its own writer: who stole the steward's key could keep it for himself."""
    args = msgspec.convert(header.args, arguments.Rekey)
    node = args.node
    first = state.next_incarnation(node)
    if node == header.node or first > words.MAX_INTEGER:
        return state
    agreed = agree_to_rekey(state, node, args.key, args.logs, args.acceptance, args.words)
    if len(agreed) < rekeying_members(state) or not agreed:
        return state
    return msgspec.structs.replace(
        state,
        base={**state.base, node: first},
        keys={**state.keys, node: (*state.keys[node], (first, args.key))},
        cuts={**state.cuts, node: _ends(state, node, args.logs)},
    )


def _set_policy(state: State, header: Header) -> State:
    """Void for a school that is no member."""
    args = msgspec.convert(header.args, arguments.PolicyOf)
    if args.node and args.node not in state.base:
        return state
    return msgspec.structs.replace(state, releases={**state.releases, args.node: args.release})


def policy(state: State, node: str) -> Policy:
    """What the space asks of a school; a school may always be stricter with itself."""
    default: Release = "release-first"
    return Policy(state.releases.get(node, state.releases.get("", default)))


def founders_for_purging(
    state: State, targets: tuple[Target, ...], after: str, said: Mapping[str, str]
) -> frozenset[str]:
    """The founders whose word for a purge holds, gone or not."""
    message = consent.purging(state.space, targets, after)
    return consent.agreeing(message, said, state.newest_keys(), state.founders)


def purged_name(target: Target) -> str:
    """How `State.purges` names a target: whose log it was said to stand in, and the id. One that
    names another node's operation meets nothing."""
    log, _, id_ = target
    return f"{log[2:34]}/{id_}"


def round_of(state: State, name: str) -> str:
    """What the next purge of a target has to name in `after`."""
    return state.purges[name].round if name in state.purges else ""


def room_for_purges(state: State, names: Iterable[str]) -> bool:
    """Whether a space can remember all of these, which founders want to be gone."""
    return len(state.purges.keys() | set(names)) <= MAX_PURGES


def _purge(state: State, header: Header) -> State:
    """With the words of two founders for ever; without them until another one takes it back. Void
    for what is erased, for words of a round that is over, beyond MAX_PURGES, and with one word
    beyond MAX_HIDDEN."""
    args = msgspec.convert(header.args, arguments.Purge)
    agreed = founders_for_purging(state, args.targets, args.after, args.words)
    erases, by = len(agreed) >= FOUNDERS_TO_ERASE, state.head[1]
    changed = dict(state.purges)
    room = MAX_HIDDEN - sum(not one.erases for one in changed.values())
    for name in map(purged_name, args.targets):
        known = state.purges.get(name)
        if (known is not None and known.erases) or round_of(state, name) != args.after:
            continue
        if args.undo:
            if known is not None and known.held:
                changed[name] = Purged(by, held=False, round=by)
        elif known is None:
            if len(changed) < MAX_PURGES and (erases or room > 0):
                room -= not erases
                changed[name] = Purged(by, erases=erases, round=args.after)
        elif erases or not known.held:
            changed[name] = Purged(by, erases=erases, round=args.after)
    return msgspec.structs.replace(state, purges=changed)


def _cut(state: State, header: Header) -> State:
    """Void against its own writer and below three members. What a checkpoint fixed stays."""
    args = msgspec.convert(header.args, arguments.OfNode)
    if args.node not in state.base or args.node == header.node or len(state.base) < 3:
        return state
    ends = _ends(state, args.node, args.logs)
    base = {node: first for node, first in state.base.items() if node != args.node}
    return msgspec.structs.replace(state, base=base, cuts={**state.cuts, args.node: ends})


def _ends(state: State, node: str, logs: Heads) -> Heads:
    """Where the logs of a node end that are not to go on."""
    ends = dict(state.cuts.get(node, {}))
    for log, head in logs.items():
        if log[2:34] == node:
            ends[log] = max(head, state.anchors.get(log, head), key=lambda end: end[0])
    for log, head in state.anchors.items():
        if log[2:34] == node:
            ends.setdefault(log, head)
    return ends


def _hand_over(state: State, header: Header) -> State:
    """Void to a school that is no member, and to the steward itself."""
    node = msgspec.convert(header.args, arguments.ToNode).node
    if node not in state.base or node == header.node:
        return state
    return msgspec.structs.replace(state, successor=node)


def _moderate(state: State, header: Header) -> State:
    args = msgspec.convert(header.args, arguments.OfNode)
    grants = state.moderators.get(args.node, ())
    if header.type == "Moderator":
        grants = (*grants, Grant(since=args.logs))
    else:
        grants = tuple(
            Grant(one.since, args.logs if one.until is None else one.until) for one in grants
        )
    return msgspec.structs.replace(state, moderators={**state.moderators, args.node: grants})


def _fix(state: State, header: Header) -> State:
    """A checkpoint fixes the past; an archive and a close also end it."""
    heads = msgspec.convert(header.args, arguments.OfLogs).logs
    newer = {log: head for log, head in heads.items() if state.anchors.get(log, START)[0] < head[0]}
    state = msgspec.structs.replace(state, anchors={**state.anchors, **newer})
    if header.type == "Checkpoint":
        return state
    return msgspec.structs.replace(
        state, limit=heads, closed=header.type == "Close", turned=state.head[1]
    )
