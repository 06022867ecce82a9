"""What founders ask the steward to write, each in its own log, for every member to see."""

from collections.abc import Iterable

import msgspec

from protocol.space import authority
from protocol.space.consent import Target
from protocol.space.control import START, Heads, State, purged_name, round_of
from protocol.space.fold.item import Item, in_order
from protocol.space.genesis import Founder


class Proposal(msgspec.Struct, frozen=True):
    """One school's wish: `kind` is `admit`, `cut`, `rekey`, `purge`, `unpurge`, `moderator`,
    `unmoderator`, `archive`, `reopen` or `close`. All but `rekey` are founders'.

    `node` is the school that it is about, empty where it is about all. `candidate`, `invite` and
    `acceptance` are those of an admission; `since` and `logs` those of a cut: the incarnation with
    which the membership that is to end began, and how far the founder had each log. Of a new key
    `candidate` and `acceptance` are the school's, `logs` where its own logs end, and `word` is the
    proposing school's; of a purge `word` is the founder's, and `targets` are what it names. `after`
    is that of an archive or its end: the last operation that archived or reopened before it; of a
    purge the one that showed its targets again. `since` and `turn` are those of a moderator:
    the membership, and how often that was turned before.
    """

    home: str
    name: str
    kind: str
    time: int
    node: str = ""
    candidate: Founder | None = None
    invite: str = ""
    acceptance: str = ""
    since: int = 0
    logs: Heads = {}
    after: str = ""
    targets: tuple[Target, ...] = ()
    word: str = ""
    turn: int = 0

    def is_open(self, state: State) -> bool:
        """Whether the control log has not answered it yet."""
        match self.kind:
            case "admit" if self.candidate is not None:
                known = [key for _, key in state.keys.get(self.node, ())]
                return self.node not in state.base and self.candidate.key not in known
            case "cut":
                return state.base.get(self.node) == self.since
            case "rekey" if self.candidate is not None:
                known = [key for _, key in state.keys.get(self.node, ())]
                return state.base.get(self.node) == self.since and self.candidate.key not in known
            case "purge" | "unpurge":
                return bool(self.find_due(state))
            case "moderator" | "unmoderator":
                is_now = authority.is_moderator(state, self.node)
                same = authority.turns_of(state, self.node) == self.turn
                # Founders moderate from the genesis on; none takes that from the other.
                is_guest = self.node not in state.founders
                is_member = state.base.get(self.node) == self.since
                return is_guest and is_member and same and is_now == (self.kind == "unmoderator")
            case "close":
                return not state.closed
            case "archive":
                return state.limit is None and state.turned == self.after
            case "reopen":
                is_archived = state.limit is not None and not state.closed
                return is_archived and state.turned == self.after
            case _:
                return False

    @property
    def purged(self) -> tuple[str, ...]:
        """The targets as the control state names them."""
        return tuple(map(purged_name, self.targets))

    def find_due(self, state: State) -> tuple[Target, ...]:
        """Of the targets those that a purge can still make go in its round, or an end of it show
        again. What is of another round is not asked for."""
        is_due = _is_to_go if self.kind == "purge" else _is_to_come_back
        return tuple(one for one in self.targets if is_due(state, purged_name(one), self.after))


def _is_to_go(state: State, name: str, after: str) -> bool:
    known = state.purges.get(name)
    return (known is None or not known.erases) and round_of(state, name) == after


def _is_to_come_back(state: State, name: str, after: str) -> bool:
    known = state.purges.get(name)
    return known is not None and known.by == after and known.held and not known.erases


class _Admission(msgspec.Struct, frozen=True):
    node: str
    actor: str
    key: str
    invite: str
    acceptance: str


class _Moderator(msgspec.Struct, frozen=True):
    node: str
    since: int
    turn: int


class _Cut(msgspec.Struct, frozen=True):
    node: str
    since: int
    logs: Heads


class _Renewal(msgspec.Struct, frozen=True):
    node: str
    key: str
    acceptance: str
    word: str
    since: int
    logs: Heads


class _Removal(msgspec.Struct, frozen=True):
    targets: tuple[Target, ...]
    word: str = ""
    after: str = ""


def fold(items: Iterable[Item]) -> Proposal | None:
    """The proposal that these effective operations, all of one node and name, make: the first."""
    made = in_order(one for one in items if one.header.type == "Propose")
    if not made:
        return None
    header = made[0].header
    args = header.args
    bare = Proposal(header.node, header.object, str(args["kind"]), header.time)
    match bare.kind:
        case "admit":
            said = msgspec.convert(args, _Admission)
            return msgspec.structs.replace(
                bare,
                node=said.node,
                candidate=Founder(said.node, said.actor, said.key),
                invite=said.invite,
                acceptance=said.acceptance,
            )
        case "rekey":
            new = msgspec.convert(args, _Renewal)
            return msgspec.structs.replace(
                bare,
                node=new.node,
                # The service actor stays the one that the space knows.
                candidate=Founder(new.node, "", new.key),
                acceptance=new.acceptance,
                word=new.word,
                since=new.since,
                logs=new.logs,
            )
        case "purge" | "unpurge":
            gone = msgspec.convert(args, _Removal)
            return msgspec.structs.replace(
                bare, targets=gone.targets, word=gone.word, after=gone.after
            )
        case "cut":
            cut = msgspec.convert(args, _Cut)
            return msgspec.structs.replace(bare, node=cut.node, since=cut.since, logs=cut.logs)
        case "moderator" | "unmoderator":
            told = msgspec.convert(args, _Moderator)
            return msgspec.structs.replace(bare, node=told.node, since=told.since, turn=told.turn)
        case _:
            return msgspec.structs.replace(bare, after=str(args.get("after", "")))


def furthest(one: Heads, other: Heads) -> Heads:
    """Of each log the position that lies further on."""
    return {
        log: max(one.get(log, START), other.get(log, START), key=lambda head: head[0])
        for log in one.keys() | other.keys()
    }
