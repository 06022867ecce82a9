"""The rows of one replica in memory: what is loaded before a decision, what is kept after it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from protocol.space import known
from protocol.space.authority import Void, home_of
from protocol.space.control import State
from protocol.space.effects import (
    Effect,
    Erase,
    PutAcknowledgement,
    PutHead,
    PutPayload,
    PutPin,
    PutRole,
    PutState,
    PutVoid,
    StoreOperation,
    StoreStatement,
    Touched,
    Withhold,
)
from protocol.space.fold import forum, membership, proposals
from protocol.space.fold.history import Contribution
from protocol.space.fold.item import Item
from protocol.space.fold.touched import touched
from protocol.space.known import KnownSpace, Stored
from protocol.space.log import LogHead
from protocol.space.operation import Header, Operation
from protocol.space.statement import Signed
from protocol.space.succession import Ballot, Tail, parent_of
from protocol.space.vocabulary import Role
from tests.simulation.paper import Shelf


@dataclass
class Row:
    """A stored operation, as a table would hold it."""

    operation: Operation
    accepted: bool
    void: Void | None


@dataclass
class Tables:
    """Tables of one space, and the two caches of what people see."""

    space: str
    state: State | None = None
    pin: State | None = None
    awaited: str = ""  # the settled operation that an invitation named, until it is here
    acks: dict[str, dict[str, str]] = field(default_factory=dict)  # control op → node → evidence
    loose: dict[str, Operation] = field(default_factory=dict)  # evidence without a row
    votes: dict[str, Ballot] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    payloads: dict[str, str] = field(default_factory=dict)
    heads: dict[str, LogHead] = field(default_factory=dict)
    roles: dict[tuple[str, str], Role] = field(default_factory=dict)
    statements: dict[str, tuple[str, Signed]] = field(default_factory=dict)
    erased: set[tuple[str, str]] = field(default_factory=set)
    withheld: set[tuple[str, str]] = field(default_factory=set)  # by a purge that stands
    posts: dict[str, forum.Post] = field(default_factory=dict)
    others: dict[str, Contribution] = field(default_factory=dict)
    people: dict[str, membership.Member] = field(default_factory=dict)
    asked: dict[str, proposals.Proposal] = field(default_factory=dict)
    shelf: Shelf = field(default_factory=Shelf)
    by_log: dict[str, list[str]] = field(default_factory=dict)
    control: list[str] = field(default_factory=list)
    by_object: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    @property
    def settled(self) -> str:
        return self.pin.head[1] if self.pin else ""

    def way_to(self, key: str) -> list[str]:
        """A control operation and all before it, across epochs, the newest first."""
        way = []
        while key in self.rows:
            way.append(key)
            key = parent_of(self.rows[key].operation.header)
        return way

    def with_payload(self, operation: Operation) -> Operation:
        text = self.payloads.get(operation.id)
        return Operation(
            operation.header_bytes, operation.header, operation.signature, text, operation.id
        )

    def stored_of(self, log: str) -> dict[str, Stored]:
        return self.stored(self.by_log.get(log, ()))

    def stored(self, ids: Iterable[str]) -> dict[str, Stored]:
        found = {}
        for key in ids:
            row = self.rows.get(key)
            if row is not None:
                header = row.operation.header
                lacks = bool(header.payload_hash) and key not in self.payloads
                found[key] = Stored(header, row.accepted, row.void, lacks)
        return found

    def load(self, batch: Sequence[Operation]) -> KnownSpace:
        """Only what is asked for, so that a test fails when too little is."""
        wanted = known.wants(batch)
        logs = self.heads.keys() if wanted.all_heads else wanted.logs & self.heads.keys()
        tail = self.tail() if wanted.all_heads and self.state else None
        below = known.below(batch, self.state, self.heads)
        crowds = {place: self._crowd(place) for place in below.places}
        return KnownSpace(
            self.space,
            self.state,
            heads={log: self.heads[log] for log in logs},
            stored=self.stored(wanted.ids | below.ids) | (self.beside(tail) if tail else {}),
            roles={key: self.roles[key] for key in wanted.people & self.roles.keys()},
            erased=set(wanted.erasable & self.erased),
            tail=tail,
            settled=self.settled,
            awaited=self.awaited,
            crowds={place: number for place, number in crowds.items() if number},
        )

    def _crowd(self, place: known.Place) -> int:
        """How many operations lie at one place of a log."""
        rows = (self.rows[key] for key in self.by_log.get(place[0], ()))
        return sum(row.operation.header.seq == place[1] for row in rows)

    def said(self, key: str) -> Operation:
        """An operation that acknowledges something, wherever it lies."""
        return self.rows[key].operation if key in self.rows else self.loose[key]

    def tail(self) -> Tail:
        """The control operations beyond the pin, and what was said about them."""
        assert self.pin is not None
        rows = {key: self.rows[key].operation.header for key in self.control}
        entries: dict[str, Header] = {}
        after: dict[str, list[str]] = {}
        for key, header in rows.items():
            after.setdefault(parent_of(header), []).append(key)
        todo = [self.pin.head[1]]
        while todo:
            for key in after.get(todo.pop(), ()):
                entries[key] = rows[key]
                todo.append(key)
        unknown = self.acks.keys() - self.rows.keys()
        named = {
            key: {node: self.said(one).header.number for node, one in nodes.items()}
            for key, nodes in self.acks.items()
            if key in unknown | entries.keys()
        }
        votes = [one.said for one in self.votes.values()]
        signed = {one.said: one.key for one in self.votes.values()}
        return Tail(self.pin, entries, named, votes, self.awaited, signed)

    def beside(self, tail: Tail) -> dict[str, Stored]:
        return self.stored([tail.pin.head[1], *tail.entries])

    def touched_by(self, effects: Iterable[Effect]) -> set[Touched]:
        """What looks different because a purge hides, shows or erases it."""
        ids = {one.id for one in effects if isinstance(one, Withhold | Erase)}
        found = (touched(one.header) for one in self.stored(ids).values())
        return {one for one in found if one is not None}

    def perform(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case StoreOperation(verified, accepted, void, payload):
                    self.put_row(verified.operation, accepted, void, payload)
                case PutVoid(key, accepted, void):
                    self.rows[key].accepted, self.rows[key].void = accepted, void
                case PutHead(head):
                    self.heads[head.log] = head
                case PutRole():
                    self._put_role(effect)
                case PutState(state):
                    self.state = state
                case PutPin(settled):
                    self.pin = settled
                    if any(one == self.awaited for one in self.way_to(settled.head[1])):
                        self.awaited = ""
                case PutAcknowledgement():
                    self._acknowledge(effect)
                case PutPayload(key, payload):
                    self.payloads[key] = payload
                case Withhold(node, key, held):
                    (self.withheld.add if held else self.withheld.discard)((node, key))
                case StoreStatement(key, node, octets, signature, _):
                    self.statements[key] = node, Signed(octets, signature)
                case Erase(node, key, _):
                    self._erase(node, key)

    def _put_role(self, said: PutRole) -> None:
        self.roles.pop((said.log, said.pseudonym), None)
        if said.role is not None:
            self.roles[said.log, said.pseudonym] = said.role

    def _acknowledge(self, said: PutAcknowledgement) -> None:
        nodes = self.acks.setdefault(said.control, {})
        known = nodes.get(said.node)
        if known is None or self.said(known).header.number < said.number:
            nodes[said.node] = said.id

    def _erase(self, node: str, key: str) -> None:
        self.erased.add((node, key))
        if key in self.rows and self.rows[key].operation.header.node == node:
            self.payloads.pop(key, None)

    def put_row(
        self, operation: Operation, accepted: bool, void: Void | None, payload: str | None
    ) -> None:
        header = operation.header
        assert operation.id not in self.rows
        bare = Operation(operation.header_bytes, header, operation.signature, None, operation.id)
        self.rows[operation.id] = Row(bare, accepted, void)
        self.by_log.setdefault(header.log, []).append(operation.id)
        if header.is_control:
            self.control.append(operation.id)
        self.by_object.setdefault((home_of(header), header.object), []).append(operation.id)
        if payload is not None:
            self.payloads[operation.id] = payload

    def items(self, home: str, name: str) -> list[Item]:
        """The effective operations of one object, as folds take them."""
        found = []
        for key in self.by_object.get((home, name), ()):
            row = self.rows[key]
            if row.void is None:
                header = row.operation.header
                gone = (header.node, key) in self.erased | self.withheld
                found.append(Item(key, header, self.payloads.get(key), gone))
        return found
