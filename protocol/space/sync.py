"""The conversation between two replicas, without a wire: compare heads, then ask and send.

Two replicas whose heads have one digest hold the same. Else `compare` says what to ask for and what
to send: control first, then erasures, then content. A log is asked for after the own head; if the
other side does not have that (409), the own chain's `haves` find the last common operation, and the
answer to them is the proof of a fork. Every conversation comes to rest: each exchange lets one side
store something, or ends the differences between the heads.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from protocol import canonical
from protocol.canonical import JSON, JSONObject, b64
from protocol.errors import Reason, Refused
from protocol.space import vocabulary as words
from protocol.space.control import START, Position, State
from protocol.space.erasure import digest as erasure_digest
from protocol.space.log import Fork, LogHead

MAX_BATCH_OPERATIONS = 500
MAX_BATCH_BYTES = 1_048_576
MAX_LOGS = 2_000
MAX_NODES = 500


class Head(msgspec.Struct, frozen=True, omit_defaults=True):
    """The end of one log's accepted chain; `seq` 0 and an empty id where it forks at its first."""

    seq: int
    id: str
    fork: Fork | None = None

    @property
    def position(self) -> Position:
        return self.seq, self.id


_NOTHING = Head(0, "")


class Heads(msgspec.Struct, frozen=True):
    """What a replica holds, in a few lines. `digest` is also the ETag.

    `control` is the id of the last accepted control operation, `settled` that of the last settled
    one, `votes` a digest of all votes for stewards.
    """

    space: str
    logs: dict[str, Head]
    control: str
    erasures: dict[str, str]
    digest: str
    settled: str
    votes: str

    def as_json(self) -> JSONObject:
        value: JSONObject = msgspec.to_builtins(self)
        return value


@dataclass(frozen=True)
class From:
    """The operations of a log after a position."""

    log: str
    after: Position


@dataclass(frozen=True)
class Plan:
    """What one replica does about the difference, in this order: control, erasures, content.

    `ask` and `send` begin with the control logs. `ask_erasures` and `send_erasures` name nodes
    whose statements differ: exchange them all, they are few and a repeat does nothing. `votes`:
    likewise, before all else. `acknowledgements`: more is settled there, so ask why.
    """

    ask: list[From] = field(default_factory=list)
    send: list[From] = field(default_factory=list)
    ask_erasures: list[str] = field(default_factory=list)
    send_erasures: list[str] = field(default_factory=list)
    votes: bool = False
    acknowledgements: bool = False

    @property
    def is_at_rest(self) -> bool:
        statements = self.ask_erasures or self.send_erasures or self.votes
        return not (self.ask or self.send or statements or self.acknowledgements)


def heads(
    state: State,
    settled: str,
    logs: Iterable[LogHead],
    statements: Mapping[str, Collection[str]],
    votes: Collection[str],
) -> Heads:
    """The heads to show. `settled` is the id of the operation at the pin, `statements` are the ids
    of the stored erasure statements by node, `votes` the marks of the votes. Statements of a node
    that only a lost branch of the control log admitted are nobody's: others never take them."""
    shown = {one.log: Head(one.seq, one.id, one.fork) for one in logs if one.seq or one.fork}
    known = {node: ids for node, ids in statements.items() if ids and node in state.keys}
    erasures = {node: erasure_digest(ids) for node, ids in known.items()}
    ballots = erasure_digest(votes) if votes else ""
    digest = _digest(shown, erasures, settled, ballots)
    return Heads(state.space, shown, state.head[1], erasures, digest, settled, ballots)


def _digest(logs: Mapping[str, Head], erasures: Mapping[str, str], settled: str, votes: str) -> str:
    """Which two operations prove a fork of three may differ; that there is one may not."""
    ends: dict[str, JSON] = {
        log: [one.seq, one.id, one.fork is not None] for log, one in logs.items()
    }
    value: JSON = {"logs": ends, "erasures": dict(erasures), "settled": settled, "votes": votes}
    return b64(hashlib.sha256(canonical.encode(value)).digest())


def read_heads(value: JSONObject, space: str) -> Heads:
    """A partner's heads. Refuses with BAD_ANSWER what cannot be those of this space."""
    try:
        read = msgspec.convert(value, Heads)
    except msgspec.ValidationError:
        raise Refused(Reason.BAD_ANSWER, "the partner's heads cannot be read") from None
    sane = (
        read.space == space
        and len(read.logs) <= MAX_LOGS
        and len(read.erasures) <= MAX_NODES
        and all(map(words.is_log, read.logs))
        and all(map(words.is_node, read.erasures))
        and all(_is_head(one) for one in read.logs.values())
        and words.is_hash(read.settled) is not None
        and (not read.votes or words.is_hash(read.votes) is not None)
    )
    if not sane:
        raise Refused(Reason.BAD_ANSWER, "the partner's heads are not those of this space")
    return read


def _is_head(one: Head) -> bool:
    at = words.is_count(one.seq) and (words.is_hash(one.id) if one.seq else one.id == "")
    return bool(at) and all(map(words.is_hash, one.fork or ()))


def awaiting(state: State, logs: Iterable[LogHead]) -> frozenset[str]:
    """Logs of which a named branch (anchor, cut, next incarnation's choice) has not arrived.

    Those are asked for although they are stopped at a fork.
    """
    waiting = set()
    for head in logs:
        standing = None if head.log.startswith("k/") else state.standing(head.log)
        if standing is None:
            continue
        anchor, named = standing.anchor, head.named if standing.live else START
        stuck = anchor[0] == head.seq and anchor[1] != head.id
        # A branch that was chosen may begin before the fork at which this chain has stopped. The
        # head does not show whether it is here: to ask for what is here already costs one page.
        chosen = head.fork is not None and named[1] not in {"", head.id}
        if stuck or chosen or max(anchor[0], named[0]) > head.seq:
            waiting.add(head.log)
    return frozenset(waiting)


def compare(
    mine: Heads,
    theirs: Heads,
    holds: Collection[str],
    waiting: Collection[str] = (),
    storable: Collection[str] | None = None,
    *,
    settled_later: bool = False,
) -> Plan:
    """What to ask for and what to send.

    `holds`: those ids of `theirs` that lie on an accepted chain here. `settled_later`: whether the
    operation that is settled there is not settled here. `waiting`: see `awaiting`.
    `storable`: the logs of `theirs` of which this replica would store anything (None: all).
    """
    plan = Plan(votes=mine.votes != theirs.votes, acknowledgements=settled_later)
    if mine.digest == theirs.digest:
        return plan
    for log in sorted(mine.logs.keys() | theirs.logs.keys(), key=_control_first):
        here, there = mine.logs.get(log, _NOTHING), theirs.logs.get(log, _NOTHING)
        held = there.seq == 0 or there.id in holds
        waits = log in waiting or (settled_later and log.startswith("k/"))
        asks, sends = _difference(here, there, held, waits)
        lower = there.position if there.seq < here.seq and held else here.position
        if asks and (storable is None or log in storable):
            plan.ask.append(From(log, lower))
        if sends:
            plan.send.append(From(log, lower))
    for node in sorted(mine.erasures.keys() | theirs.erasures.keys()):
        if mine.erasures.get(node) != theirs.erasures.get(node):
            if node in theirs.erasures:
                plan.ask_erasures.append(node)
            if node in mine.erasures:
                plan.send_erasures.append(node)
    return plan


def _difference(here: Head, there: Head, held: bool, waiting: bool) -> tuple[bool, bool]:
    """Whether to ask, whether to send: for one log."""
    if here.position == there.position:
        return (
            there.fork is not None and here.fork is None,
            here.fork is not None and there.fork is None,
        )
    if there.seq >= here.seq:
        # Beyond an own fork nothing is stored, unless a branch was named; but the proof is news.
        return here.fork is None or waiting, here.fork is not None
    # Behind us; or on a branch of which this replica knows nothing: then its proof is wanted.
    return there.fork is not None or not held, held


def _control_first(log: str) -> tuple[bool, int, str]:
    """One epoch after the other, then content."""
    is_control = log.startswith("k/")
    return not is_control, int(log[35:]) if is_control else 0, log


def haves(seq: int) -> list[int]:
    """The numbers of the own accepted operations to name: the tip, −1, −2, −4, …, and the first."""
    numbers, step = [], 1
    if seq > 0:
        numbers.append(seq)
    while seq - step > 1:
        numbers.append(seq - step)
        step *= 2
    return numbers if seq <= 1 else [*numbers, 1]


def common(named: Iterable[Position], accepted: Collection[str]) -> Position:
    """The highest of the other side's haves that lies on the accepted chain here."""
    return max((one for one in named if one[1] in accepted), default=START)
