"""The control log: what its accepted chain says about members, cuts, anchors and the end.

`State` is what the chain says at one position, and `after` takes it one operation further. An
operation that may not do what it says stays in the chain without effect. Which chain is the
accepted one, across forks and from one steward to the next, is decided in `succession`. `Rekey`,
`Policy`, `Hide` and `Purge` are kept and have no effect.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from protocol import canonical
from protocol.canonical import b64, unb64
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey, Signer
from protocol.names import ControlLog, read_log, read_url
from protocol.space import vocabulary as words
from protocol.space.genesis import Founder, Genesis
from protocol.space.operation import Header

INVITE_PREFIX = b"schoolgate/invite/1\n"
ACCEPTANCE_PREFIX = b"schoolgate/acceptance/1\n"

Position = tuple[int, str]  # seq and id
Heads = dict[str, Position]
START: Position = (0, "")


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
        if state.closed:  # the end, but for the succession
            return state
        match header.type:
            case "Admit":
                return _admit(state, header)
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


class _Admit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    node: str
    actor: str
    key: str
    incarnation: int
    invite: str
    acceptance: str


class _ToNode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    node: str


class _OfNode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    node: str
    logs: Heads = {}


class _OfLogs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    logs: Heads = {}


_ARGUMENTS: Mapping[str, type[msgspec.Struct]] = {
    "Admit": _Admit,
    "Cut": _OfNode,
    "Moderator": _OfNode,
    "Unmoderator": _OfNode,
    "Checkpoint": _OfLogs,
    "Archive": _OfLogs,
    "Close": _OfLogs,
    "Handover": _ToNode,
}


def check_arguments(header: Header) -> None:
    """Refuses with BAD_OPERATION a control operation whose arguments cannot be read.

    Types without an effect in this version are taken as they are.
    """
    shape = _ARGUMENTS.get(header.type)
    if shape is None:
        return
    try:
        args = msgspec.convert(header.args, shape)
    except msgspec.ValidationError:
        raise Refused(
            Reason.BAD_OPERATION, f"the arguments are not those of {header.type}"
        ) from None
    heads = args.logs if isinstance(args, _OfNode | _OfLogs) else {}
    for log, (seq, operation_id) in heads.items():
        if not words.is_log(log) or seq < 1 or not words.is_hash(operation_id):
            raise Refused(Reason.BAD_OPERATION, "logs is {log: [seq, id]}")


def invitation(space: str, node: str, actor: str) -> bytes:
    """What a founder signs to invite the node `node` with the service actor `actor`."""
    return INVITE_PREFIX + canonical.encode({"space": space, "node": node, "actor": actor})


def acceptance(space: str, candidate: Founder) -> bytes:
    """What an invited node signs with its new space key."""
    return ACCEPTANCE_PREFIX + canonical.encode({"space": space, **candidate.as_json()})


def sign_invitation(space: str, node: str, actor: str, signer: Signer) -> str:
    return b64(signer.sign(invitation(space, node, actor)))


def sign_acceptance(space: str, candidate: Founder, signer: Signer) -> str:
    return b64(signer.sign(acceptance(space, candidate)))


def _admit(state: State, header: Header) -> State:
    """Effective only with a founder's invitation and the candidate's acceptance inside."""
    args = msgspec.convert(header.args, _Admit)
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


def _candidate_of(args: _Admit) -> Founder:
    return Founder(args.node, args.actor, args.key)


def is_admission(state: State, candidate: Founder, invite: str, agreed: str) -> bool:
    """Whether a founder invited this school, and it accepted with a key that nobody else has."""
    try:
        read_url(candidate.actor, development=True)
        key, invitation_, acceptance_ = PublicKey.read(candidate.key), unb64(invite), unb64(agreed)
    except Refused:
        return False
    taken = {one for node, own in state.keys.items() if node != candidate.node for _, one in own}
    if not words.is_node(candidate.node) or candidate.key in taken:
        return False
    invited = invitation(state.space, candidate.node, candidate.actor)
    founders = [PublicKey.read(state.keys[node][-1][1]) for node in state.founders]
    return any(one.verify(invited, invitation_) for one in founders) and key.verify(
        acceptance(state.space, candidate), acceptance_
    )


def _cut(state: State, header: Header) -> State:
    """Void against its own writer and below three members. What a checkpoint fixed stays."""
    args = msgspec.convert(header.args, _OfNode)
    if args.node not in state.base or args.node == header.node or len(state.base) < 3:
        return state
    ends = dict(state.cuts.get(args.node, {}))
    for log, head in args.logs.items():
        if log[2:34] == args.node:
            ends[log] = max(head, state.anchors.get(log, head), key=lambda end: end[0])
    for log, head in state.anchors.items():
        if log[2:34] == args.node:
            ends.setdefault(log, head)
    base = {node: first for node, first in state.base.items() if node != args.node}
    return msgspec.structs.replace(state, base=base, cuts={**state.cuts, args.node: ends})


def _hand_over(state: State, header: Header) -> State:
    """Void to a school that is no member, and to the steward itself."""
    node = msgspec.convert(header.args, _ToNode).node
    if node not in state.base or node == header.node:
        return state
    return msgspec.structs.replace(state, successor=node)


def _moderate(state: State, header: Header) -> State:
    args = msgspec.convert(header.args, _OfNode)
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
    heads = msgspec.convert(header.args, _OfLogs).logs
    newer = {log: head for log, head in heads.items() if state.anchors.get(log, START)[0] < head[0]}
    state = msgspec.structs.replace(state, anchors={**state.anchors, **newer})
    if header.type == "Checkpoint":
        return state
    return msgspec.structs.replace(
        state, limit=heads, closed=header.type == "Close", turned=state.head[1]
    )
