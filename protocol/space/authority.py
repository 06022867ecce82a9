"""Which operations have an effect: a pure function of the stored operations and the control state.

An operation is effective iff it lies on its log's accepted chain and within every limit, its node
is admitted, its school has not left before it, and its actor had a role that permits it in the
own-log prefix. What belongs to one node is named by that node (`vocabulary.reference`), so a change
of a foreign object cannot even be written. Four types may point at one: `Hide` and `Unhide`, which
need a moderator's grant; `Set`, which any admitted school may write and which only folds of shared
kinds hear: pointed at a thread or a file it has an effect on nothing; and `Like`, which changes
nothing of what it is about. Finer rights are the
business of the writer's own node before it signs.

Roles are declared by each school in its own log: they run with that school's operations, and a
lost role never voids what was written before.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from protocol.space.control import START, Grant, Position, Standing, State
from protocol.space.log import Entry, LogHead, Tree, accepted
from protocol.space.operation import Header
from protocol.space.vocabulary import CONTENT_SHAPES, Role

MODERATING = frozenset({"Hide", "Unhide"})
"""What a moderator's grant allows on objects of others."""


class Void(StrEnum):
    """Why a stored operation has no effect at present."""

    OFF_CHAIN = "off_chain"  # beyond a fork, a cut or a missing anchor, or on a lost branch
    CLOSED = "closed"  # written after the space was archived or closed
    LEFT = "left"  # written after the school's own Leave
    NO_ROLE = "no_role"  # an author or contributor without a role in that school
    NOT_RELEASED = "not_released"  # a pupil's, and no teacher of that school released it
    NO_MODERATOR = "no_moderator"  # hides what another school owns, without the right to


FindRole = Callable[[str], Role | None]


def permits(header: Header, find_role: FindRole) -> Void | None:
    """Rule 3: whether the people named in a header could say this, given their roles before it."""
    if not CONTENT_SHAPES[header.type].person:
        return None
    roles = [find_role(one) for one in (header.actor, *header.with_)]
    if any(role not in {Role.TEACHER, Role.PUPIL} for role in roles):
        return Void.NO_ROLE
    if Role.PUPIL in roles and find_role(header.released_by) != Role.TEACHER:
        return Void.NOT_RELEASED
    return None


def beyond_limit(header: Header, *, left: bool) -> Void | None:
    """What an archive or a close makes of an operation beyond it: what is no content, an
    acknowledgement or a wish that the steward writes something, has its effect."""
    if header.type not in {"Acknowledge", "Propose"}:
        return Void.CLOSED
    return Void.LEFT if left else None


def home_of(header: Header) -> str:
    """The node in the reference of the object which an operation is about."""
    home = header.args.get("home")
    return home if isinstance(home, str) else header.node


def effective(
    header: Header, *, left: bool, find_role: FindRole, may_moderate: bool
) -> Void | None:
    """Why an operation on the accepted chain and within the limits has no effect; None if it has.

    `left`: the chain before it holds the school's Leave. `find_role` answers with the role that the
    chain before it declares for a pseudonym. `may_moderate`: see `moderates`.
    """
    if left:
        return Void.LEFT
    if header.type in MODERATING and home_of(header) != header.node and not may_moderate:
        return Void.NO_MODERATOR
    return permits(header, find_role)


def grants_of(state: State, node: str) -> tuple[Grant, ...]:
    """The grants of a moderator. Founders have one from the genesis on, until the control log says
    anything else about them: `Unmoderator` then takes away all that they had."""
    given = state.moderators.get(node)
    if given is None:
        return (Grant({}),) if node in state.founders else ()
    return given


def is_moderator(state: State, node: str) -> bool:
    """Whether what a member's teachers hide counts from now on, whoever wrote it."""
    return node in state.members and any(one.until is None for one in grants_of(state, node))


def turns_of(state: State, node: str) -> int:
    """How often the control log has begun or ended a grant of this node."""
    return sum(2 if one.until is not None else 1 for one in state.moderators.get(node, ()))


def moderates(state: State, header: Header, is_on_path: Callable[[Position], bool]) -> bool:
    """Whether a node's moderator acts: after a grant and, once revoked, only up to the revocation.

    Both name positions in the moderator's own logs. `is_on_path` says whether an operation at or
    after `header` on its accepted chain has that position.
    """
    for grant in grants_of(state, header.node):
        after = header.seq > grant.since.get(header.log, START)[0]
        if after and (grant.until is None or is_on_path(grant.until.get(header.log, START))):
            return True
    return False


@dataclass(frozen=True)
class Evaluation:
    """One content log, looked at as a whole.

    `voids` holds every stored operation: None where it is effective. `accepted` are the ids on the
    chain. `opened` is the branch of the incarnation before that the first operation names.
    """

    head: LogHead
    voids: Mapping[str, Void | None]
    accepted: frozenset[str]
    roles: Mapping[str, Role]
    opened: Position = START


@dataclass
class _Prefix:
    """What a log has said so far, while it is read from its beginning."""

    roles: dict[str, Role] = field(default_factory=dict)
    left: bool = False

    def hear(self, header: Header) -> None:
        if header.type == "Role":
            self.roles[header.object] = Role(str(header.args["role"]))
        elif header.type == "Leave":
            self.left = True


def within(path: list[Entry], limit: Position | None) -> int:
    """How many operations of `path` lie within `limit`; none if that has not arrived."""
    if limit is None:
        return len(path)
    if limit == START or len(path) < limit[0] or path[limit[0] - 1].id != limit[1]:
        return 0
    return limit[0]


def evaluate(
    log: str, entries: Iterable[Entry], state: State, named: Position = START
) -> Evaluation:
    """Which of all stored operations of a content log are effective, and where its chain ends."""
    tree = Tree.of(entries)
    standing = state.standing(log)
    path, fork = accepted(tree, standing or Standing(live=False), named)
    voids: dict[str, Void | None] = dict.fromkeys(tree.entries, Void.OFF_CHAIN)
    prefix, end = _Prefix(), within(path, standing.limit if standing else None)
    for entry in path[:end]:
        header = entry.header

        def is_on_path(position: Position, seq: int = header.seq) -> bool:
            at = position[0]
            return seq <= at <= len(path) and path[at - 1].id == position[1]

        void = effective(
            header,
            left=prefix.left,
            find_role=prefix.roles.get,
            may_moderate=moderates(state, header, is_on_path),
        )
        voids[entry.id] = void
        if void is None:
            prefix.hear(header)
    for entry in path[end:]:
        voids[entry.id] = beyond_limit(entry.header, left=prefix.left)
    last = path[-1] if path else None
    head = LogHead(log, fork=fork, left=prefix.left, named=named)
    if last is not None:
        head = _at(head, last)
    return Evaluation(
        head, voids, frozenset(entry.id for entry in path), prefix.roles, _opened(path, standing)
    )


def _at(head: LogHead, last: Entry) -> LogHead:
    header = last.header
    return msgspec.structs.replace(
        head, seq=header.seq, id=last.id, time=header.time, control=header.control
    )


def _opened(path: list[Entry], standing: Standing | None) -> Position:
    """The branch that an incarnation's first operation chooses, if it may choose one."""
    if not path or standing is None or not standing.live or not standing.opens:
        return START
    return opened_by(path[0].header)


def opened_by(header: Header) -> Position:
    """The position of the incarnation before that an `Open` names."""
    seq, operation_id = header.args["seq"], header.args["id"]
    return (seq, operation_id) if isinstance(seq, int) and isinstance(operation_id, str) else START


@dataclass(frozen=True)
class Rules:
    """What the control state says of one log. `awaited` are positions in it whose arrival changes
    what came before them."""

    standing: Standing | None
    key: str | None
    awaited: frozenset[Position]


def rules(state: State | None, log: str) -> Rules:
    """The rules of a log; those of a space that has not begun let nothing in."""
    standing = None if state is None else state.standing(log)
    if state is None or standing is None:
        return Rules(standing, None if state is None else state.key_of(log), frozenset())
    awaited = set() if standing.limit is None else {standing.limit}
    for grant in state.moderators.get(log[2:34], ()):
        if grant.until is not None:
            awaited.add(grant.until.get(log, START))
    return Rules(standing, state.key_of(log), frozenset(awaited))
