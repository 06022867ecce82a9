"""Which control chain is the accepted one, and how far it is settled.

A control log has one writer, the steward; `k/<node>/<epoch>` is one steward's time. The next epoch
begins at a border, an operation of the one before: a `Handover` that is settled, or the anchor of
an election. All control operations form a tree below the genesis, and everything here is a pure
function of that tree, of what was acknowledged, of the votes, and of the *pin*: the last settled
operation that this replica knows. Votes and acknowledgements only accumulate, and what is settled
stays so: neither a fork nor a vote undoes it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import msgspec

from protocol.errors import Reason, Refused
from protocol.keys import Signer
from protocol.names import ControlLog
from protocol.space import statement as statements
from protocol.space import vocabulary as words
from protocol.space.control import State
from protocol.space.log import Entry, Fork
from protocol.space.operation import Header
from protocol.space.statement import Signed

PREFIX = b"schoolgate/vote/1\n"
MAX_SIBLINGS = 8
"""Of more successors of one operation only those are kept that lead to what another member
acknowledged or voted for."""
MAX_BESIDE = 200
"""So many control operations of one node that lie beside the chain are kept unasked."""
MAX_EPOCHS_AHEAD = 64
MAX_VOTES_AN_EPOCH = 8
"""Of more votes of one school for one epoch the lowest count: an honest one votes once."""


class Vote(msgspec.Struct, frozen=True, forbid_unknown_fields=True, order=True):
    """`node` wants `steward` to write the control log from `epoch` on, after the operation
    `anchor`."""

    v: int
    space: str
    node: str
    epoch: int
    steward: str
    anchor: str


@dataclass(frozen=True)
class Ballot:
    """A verified vote; only `open_vote` makes one. `key` is the one that signed it."""

    signed: Signed
    said: Vote
    key: str

    @property
    def id(self) -> str:
        return self.signed.id


def sign_vote(said: Vote, signer: Signer) -> Signed:
    """Refuses with BAD_SHAPE what the others would refuse."""
    _check(said)
    return statements.seal(PREFIX, said, signer)


def open_vote(signed: Signed, state: State) -> Ballot:
    """Verify a vote with the keys that its node ever had in this space. Whether it counts depends
    on its anchor: an older key than the node has there elects nobody.

    Refuses with BAD_SHAPE, NOT_FOUND (another space), UNKNOWN_KEY (never admitted) and
    BAD_SIGNATURE.
    """
    said = statements.peek(Vote, signed)
    _check(said)
    place = statements.check_member(PREFIX, signed, said.space, said.node, state)
    return Ballot(signed, said, state.keys[said.node][place][1])


def is_later(one: Ballot, other: Ballot, state: State) -> bool:
    """Of two signatures under the same vote: whether this one is by a later key."""
    keys = [key for _, key in state.keys[one.said.node]]
    return other.key not in keys or keys.index(one.key) > keys.index(other.key)


def _check(said: Vote) -> None:
    good = (
        said.v == 1
        and words.is_node(said.node)
        and words.is_node(said.steward)
        and words.is_hash(said.anchor)
        and 1 <= said.epoch <= words.MAX_EPOCH
    )
    if not good:
        raise Refused(Reason.BAD_SHAPE, "this is no vote of version 1")


def to_keep(votes: Iterable[tuple[str, Vote, str]], state: State) -> frozenset[str]:
    """The ids of votes that count: of too many those by the newest key, then the lowest."""
    by_epoch: dict[tuple[str, int], list[tuple[int, str]]] = {}
    for id_, said, key in votes:
        if said.epoch <= state.epoch + MAX_EPOCHS_AHEAD:
            order = (-_age(said.node, key, state), id_)
            by_epoch.setdefault((said.node, said.epoch), []).append(order)
    best = (sorted(some)[:MAX_VOTES_AN_EPOCH] for some in by_epoch.values())
    return frozenset(id_ for some in best for _, id_ in some)


def _age(node: str, key: str, state: State) -> int:
    """How many keys a node had before this one; 0 where none was noted."""
    keys = [one for _, one in state.keys.get(node, ())]
    return keys.index(key) if key in keys else 0


def mark(id_: str, node: str, key: str, state: State) -> str:
    """By what replicas compare a vote: its id, and the key where its node had others before."""
    return f"{id_} {key}" if _age(node, key, state) else id_


def parent_of(header: Header) -> str:
    """The control operation before this one, across the border of an epoch; "" of a genesis."""
    return header.prev or (header.base[0] if header.base else "")


def is_quorum(some: AbstractSet[str], members: AbstractSet[str]) -> bool:
    """More than two thirds."""
    return 3 * len(some & members) > 2 * len(members)


@dataclass
class Tail:
    """The control operations beyond the pin, and who said what about them.

    `pin` is the state at the last settled operation. `named` holds who acknowledged which
    operation by name, those that have not arrived among them, and in which of its incarnations,
    the last one counting; `signed` the keys that votes were signed with, where nodes had several.
    `awaited` is the id of a settled operation that an invitation named and that may not have
    arrived.
    """

    pin: State
    entries: dict[str, Header] = field(default_factory=dict)
    named: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    votes: Collection[Vote] = ()
    awaited: str = ""
    signed: Mapping[Vote, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._after: dict[str, list[str]] = {}
        self._states: dict[str, State] = {self.pin.head[1]: self.pin}
        for id_, header in self.entries.items():
            self._after.setdefault(parent_of(header), []).append(id_)

    def add(self, id_: str, header: Header) -> None:
        """One more operation, whose parent is here."""
        self.entries[id_] = header
        self._after.setdefault(parent_of(header), []).append(id_)

    def holds(self, id_: str) -> bool:
        return id_ in self._states or id_ in self.entries

    def following(self, id_: str, log: str) -> list[Entry]:
        """What stands after this operation in a log, the lowest id first."""
        found = (Entry(one, self.entries[one]) for one in self._after.get(id_, ()))
        return sorted(entry for entry in found if entry.header.log == log)

    def after(self, id_: str) -> dict[str, Header]:
        """All operations that descend from this one."""
        found: dict[str, Header] = {}
        todo = [id_]
        while todo:
            for one in self._after.get(todo.pop(), ()):
                found[one] = self.entries[one]
                todo.append(one)
        return found

    def state_at(self, id_: str) -> State:
        """What the chain that ends in this operation says. Raises KeyError for a stranger."""
        way = []
        while id_ not in self._states:
            way.append(id_)
            id_ = parent_of(self.entries[id_])
        for one in reversed(way):
            before = self._states[parent_of(self.entries[one])]
            self._states[one] = before.after(one, self.entries[one])
        return self._states[way[0] if way else id_]

    def before(self, id_: str) -> State:
        return self.state_at(parent_of(self.entries[id_]))

    def ancestors(self, id_: str) -> Iterator[str]:
        """This operation and those before it, down to the pin and without it."""
        while id_ in self.entries:
            yield id_
            id_ = parent_of(self.entries[id_])

    def acknowledged(self) -> dict[str, set[str]]:
        """Who acknowledged each operation: its writer, and whoever named it or one after it, with
        the key that it has there."""
        found: dict[str, set[str]] = {id_: set() for id_ in self.entries}
        marks = [(id_, {header.node}) for id_, header in self.entries.items()]
        for id_ in self.named.keys() & found.keys():
            keys = self.state_at(id_).keys
            by = {one for one, at in self.named[id_].items() if not _is_old(keys, one, at)}
            marks.append((id_, by))
        for named, nodes in marks:
            for id_ in self.ancestors(named):
                if nodes <= found[id_]:
                    break
                found[id_] |= nodes
        return found


def _is_old(keys: Mapping[str, tuple[tuple[int, str], ...]], node: str, number: int) -> bool:
    """Whether an incarnation of a node was signed with a key that has been replaced."""
    return node in keys and number < keys[node][-1][0]


@dataclass(frozen=True)
class Chain:
    """The accepted control chain beyond the pin.

    `state` is what it says at its end, with the steward and epoch of the present. `settled` is the
    state at its last settled operation: the next pin. `fork` are two of the operations at which it
    stops, `frozen` the log in which it does.
    """

    entries: tuple[Entry, ...]
    state: State
    settled: State
    fork: Fork | None = None


@dataclass(frozen=True)
class _Segment:
    """One steward's time as far as it is unambiguous."""

    entries: list[Entry]
    states: list[State]  # before the first, and after each
    settled: int
    fork: Fork | None


def follow(tail: Tail) -> Chain:
    """The chain with the highest epoch among those that pass through the pin."""
    tail, way_there = _advance(tail)
    if tail.awaited:
        return Chain((), tail.pin, tail.pin)
    acknowledged = tail.acknowledged()
    start: tuple[list[Entry], State] = (way_there, tail.pin)
    todo, tried = [start], set[tuple[int, str, str]]()
    best: tuple[tuple[int, str, str], Chain] | None = None
    while todo:
        done, begin = todo.pop()  # `done` is settled: it ends at the border of an epoch
        key = (begin.epoch, begin.steward, begin.head[1])
        if key in tried:
            continue
        tried.add(key)
        segment = _walk(tail, begin, acknowledged)
        entries = [*done, *segment.entries]
        settled = len(done) + segment.settled
        if best is None or key > best[0]:
            at = entries[settled - 1].id if settled else tail.pin.head[1]
            best = key, Chain(tuple(entries), segment.states[-1], tail.state_at(at), segment.fork)
        last = segment.states[-1]
        if last.successor and segment.settled == len(segment.entries):
            todo.append((entries, _begin(last, last.successor, last.epoch + 1)))
        for vote, way in _elected(tail, begin, segment):
            at_anchor = tail.state_at(way[-1].id) if way else begin
            todo.append(([*done, *way], _begin(at_anchor, vote.steward, vote.epoch)))
    assert best is not None
    return best[1]


def _advance(tail: Tail) -> tuple[Tail, list[Entry]]:
    """Move the pin to the operation that an invitation named, once that has arrived; and the way
    from the old pin to the new one."""
    if not tail.awaited or not tail.holds(tail.awaited):
        return tail, []
    way = [Entry(id_, tail.entries[id_]) for id_ in tail.ancestors(tail.awaited)]
    pin = tail.state_at(tail.awaited)
    after = tail.after(tail.awaited)
    return Tail(pin, after, tail.named, tail.votes, signed=tail.signed), way[::-1]


def _begin(state: State, steward: str, epoch: int) -> State:
    return msgspec.structs.replace(state, steward=steward, epoch=epoch, successor="")


def _walk(tail: Tail, begin: State, acknowledged: Mapping[str, AbstractSet[str]]) -> _Segment:
    """Follow one log. A fork stops it, unless exactly one branch is settled."""
    log = str(ControlLog(begin.steward, begin.epoch))
    entries: list[Entry] = []
    states, settled = [begin], 0
    while not states[-1].successor:
        found = tail.following(states[-1].head[1], log)
        if settled == len(entries):
            sure = [one for one in found if _is_settled(tail, one, states[-1], acknowledged)]
            if len(sure) == 1:
                found, settled = sure, settled + 1
        if len(found) != 1:
            fork = (found[0].id, found[1].id) if found else None
            return _Segment(entries, states, settled, fork)
        entries.append(found[0])
        states.append(tail.state_at(found[0].id))
    return _Segment(entries, states, settled, None)


def _is_settled(
    tail: Tail, entry: Entry, before: State, acknowledged: Mapping[str, AbstractSet[str]]
) -> bool:
    """Acknowledged by more than two thirds of those that are members before it and after it; the
    caller knows that the operation before is settled."""
    after = tail.state_at(entry.id)
    return is_quorum(acknowledged[entry.id], before.members & after.members)


def _elected(tail: Tail, begin: State, segment: _Segment) -> Iterator[tuple[Vote, list[Entry]]]:
    """The elections that enough votes carry, each with the way from the border to its anchor."""
    ballots: dict[Vote, set[str]] = {}
    for vote in tail.votes:
        if _is_by_its_key(tail, vote):
            ballots.setdefault(msgspec.structs.replace(vote, node=""), set()).add(vote.node)
    for ballot, voters in sorted(ballots.items()):
        way = _way_to(tail, begin, ballot.anchor)
        if way is None or way[: segment.settled] != segment.entries[: segment.settled]:
            continue  # nothing settled is undone
        states = [begin, *(tail.state_at(entry.id) for entry in way)]
        if ballot.epoch <= begin.epoch + bool(states[-1].successor):
            continue
        if ballot.steward not in states[-1].members:
            continue
        if all(_carries(voters, one, begin.steward) for one in states[segment.settled :]):
            yield ballot, way


def _is_by_its_key(tail: Tail, vote: Vote) -> bool:
    """Whether a vote is signed with the key that its node has at the anchor."""
    key = tail.signed.get(vote)
    if key is None or not tail.holds(vote.anchor):
        return True
    keys = tail.state_at(vote.anchor).keys.get(vote.node)
    return keys is None or keys[-1][1] == key


def _way_to(tail: Tail, begin: State, anchor: str) -> list[Entry] | None:
    """From the border to the anchor, on whatever branch of this steward's log."""
    log = str(ControlLog(begin.steward, begin.epoch))
    way: list[Entry] = []
    while anchor != begin.head[1]:
        header = tail.entries.get(anchor)
        if header is None or header.log != log:
            return None
        if header.prev and tail.before(anchor).successor:
            return None  # nothing follows a handover in its own log
        way.append(Entry(anchor, header))
        anchor = parent_of(header)
    return way[::-1]


def _carries(voters: AbstractSet[str], state: State, steward: str) -> bool:
    return is_quorum(voters, state.members) or voters >= state.members - {steward}


def may_vote(tail: Tail, chain: Chain, vote: Vote, own: Iterable[str]) -> bool:
    """Whether an honest node may cast this vote: once per epoch, upwards, and only for an anchor
    that contains its head and everything that it acknowledged or voted for, unless a higher epoch
    or a settled operation has overruled that.

    `own` are the control operations that the node acknowledged or wrote.
    """
    state, settled = chain.state, chain.settled.head[1]
    under = {tail.pin.head[1], *tail.ancestors(vote.anchor)}
    if vote.node not in state.members or not tail.holds(vote.anchor):
        return False
    if state.head[1] not in under:
        return False
    cast = [one for one in tail.votes if one.node == vote.node]
    if vote.epoch <= max([state.epoch, *(one.epoch for one in cast)]):
        return False
    if any(one.epoch >= state.epoch and one.anchor not in under for one in cast):
        return False
    return not any(_binds(tail, one, state.epoch, settled) for one in own if one not in under)


def _binds(tail: Tail, id_: str, epoch: int, settled: str) -> bool:
    """Whether an own acknowledgement still counts: neither a higher epoch nor a settled operation
    has overruled it."""
    header = tail.entries.get(id_)
    if header is None or header.number < epoch:
        return False
    return settled == tail.pin.head[1] or settled in set(tail.ancestors(id_))


def has_promised(votes: Iterable[Vote], node: str, state: State) -> bool:
    """Whether a node voted for an epoch that has not begun: it acknowledges nothing and writes no
    control operation until it sees one at least that high."""
    return any(vote.node == node and vote.epoch > state.epoch for vote in votes)
