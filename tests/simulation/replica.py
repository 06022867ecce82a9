"""One node's replica in memory: loads what the space asks for, performs its effects.

What `node` does in SQL, so that the simulation drives the product's own decisions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from protocol.errors import Refused
from protocol.space import apply, erasure, known, recheck, sync
from protocol.space.apply import Judgement
from protocol.space.authority import Void, home_of
from protocol.space.control import Position, State
from protocol.space.effects import (
    Effect,
    Erase,
    PutHead,
    PutPayload,
    PutRole,
    PutState,
    PutVoid,
    StoreOperation,
    StoreStatement,
    Touched,
)
from protocol.space.fold import forum, kinds, membership, proposals
from protocol.space.fold.history import Contribution
from protocol.space.fold.item import Item
from protocol.space.known import KnownSpace, Stored
from protocol.space.log import LogHead
from protocol.space.operation import Operation
from protocol.space.statement import Signed
from protocol.space.vocabulary import Role


@dataclass
class Row:
    """A stored operation, as a table would hold it."""

    operation: Operation
    accepted: bool
    void: Void | None


@dataclass
class Replica:
    """Tables of one space, and the two caches of what people see."""

    space: str
    state: State | None = None
    rows: dict[str, Row] = field(default_factory=dict)
    payloads: dict[str, str] = field(default_factory=dict)
    heads: dict[str, LogHead] = field(default_factory=dict)
    roles: dict[tuple[str, str], Role] = field(default_factory=dict)
    statements: dict[str, tuple[str, Signed]] = field(default_factory=dict)
    erased: set[tuple[str, str]] = field(default_factory=set)
    posts: dict[str, forum.Post] = field(default_factory=dict)
    others: dict[str, Contribution] = field(default_factory=dict)
    people: dict[str, membership.Member] = field(default_factory=dict)
    asked: dict[str, proposals.Proposal] = field(default_factory=dict)
    by_log: dict[str, list[str]] = field(default_factory=dict)
    by_object: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    # -- what a caller does around `judge`

    def receive(self, batch: Sequence[Operation], now_ms: int) -> Judgement:
        """Judge a batch and perform what follows."""
        wanted = known.wants(batch)
        judgement = apply.judge(batch, self.load(wanted), now_ms)
        self._settle(judgement)
        return judgement

    def receive_statements(self, batch: Iterable[Signed]) -> list[str]:
        """Verify statements, perform what they erase; the ids of those taken."""
        assert self.state is not None
        opened = []
        for one in batch:
            try:
                opened.append(erasure.open_statement(one, self.state))
            except Refused:
                continue
        space = KnownSpace(self.space, self.state, stored=self._stored(erasure.targets_of(opened)))
        self._settle(erasure.judge_erasures(opened, space, frozenset(self.statements)))
        return [one.id for one in opened]

    def receive_payloads(self, texts: Mapping[str, str]) -> None:
        """Take payloads that were lacking."""
        space = KnownSpace(self.space, self.state, stored=self._stored(texts), erased=self.erased)
        self._settle(apply.judge_payloads(texts, space))

    # -- what a caller serves

    def shown_heads(self) -> sync.Heads:
        assert self.state is not None
        ids: dict[str, list[str]] = {}
        for key, (node, _) in self.statements.items():
            ids.setdefault(node, []).append(key)
        return sync.heads(self.state, self.heads.values(), ids)

    def page(self, log: str, after: Position) -> list[Operation] | None:
        """The accepted operations after a position, then the fork; None if that is not here."""
        if after[0] and not (after[1] in self.rows and self.rows[after[1]].accepted):
            return None
        keys = self.by_log.get(log, ())
        found = [self.rows[key] for key in keys if self.rows[key].accepted]
        found = [row for row in found if row.operation.header.seq > after[0]]
        found.sort(key=lambda row: row.operation.header.seq)
        fork = self.heads.get(log, LogHead(log)).fork or ()
        return [
            self._with_payload(row.operation) for row in [*found, *map(self.rows.get, fork)] if row
        ]

    def named(self, log: str) -> list[Position]:
        """The own accepted operations to name when the other side lacks the tip."""
        chain = {
            self.rows[key].operation.header.seq: key
            for key in self.by_log.get(log, ())
            if self.rows[key].accepted
        }
        return [(seq, chain[seq]) for seq in sync.haves(max(chain, default=0))]

    def holds(self, ids: Iterable[str]) -> set[str]:
        return {key for key in ids if key in self.rows and self.rows[key].accepted}

    def all_of(self, log: str) -> list[Operation]:
        """Every stored operation of a log, in the order of arrival."""
        return [self._with_payload(self.rows[key].operation) for key in self.by_log[log]]

    def lacking(self) -> list[str]:
        """Operations whose payload is not here although nobody erased it."""
        return [
            key
            for key, row in self.rows.items()
            if row.operation.header.payload_hash
            and key not in self.payloads
            and (row.operation.header.node, key) not in self.erased
        ]

    # -- tables

    def _with_payload(self, operation: Operation) -> Operation:
        text = self.payloads.get(operation.id)
        return Operation(
            operation.header_bytes, operation.header, operation.signature, text, operation.id
        )

    def stored_of(self, log: str) -> dict[str, Stored]:
        return self._stored(self.by_log.get(log, ()))

    def _stored(self, ids: Iterable[str]) -> dict[str, Stored]:
        found = {}
        for key in ids:
            row = self.rows.get(key)
            if row is not None:
                header = row.operation.header
                lacks = bool(header.payload_hash) and key not in self.payloads
                found[key] = Stored(header, row.accepted, row.void, lacks)
        return found

    def load(self, wanted: known.Wants) -> KnownSpace:
        """Only what was asked for, so that a test fails when too little is."""
        logs = self.heads.keys() if wanted.all_heads else wanted.logs & self.heads.keys()
        return KnownSpace(
            self.space,
            self.state,
            heads={log: self.heads[log] for log in logs},
            stored=self._stored(wanted.ids),
            roles={key: self.roles[key] for key in wanted.people & self.roles.keys()},
            erased=set(wanted.erasable & self.erased),
        )

    def _settle(self, judgement: Judgement) -> None:
        touched = set(judgement.touched)
        self._perform(judgement.effects)
        touched |= self.recheck_all(judgement.recheck)
        for one in touched:
            self.refold(one)

    def recheck_all(self, logs: Iterable[str]) -> set[Touched]:
        """Look at whole logs again, and at those that follow from it."""
        todo, touched = list(logs), set[Touched]()
        while todo:
            done = self._recheck(todo.pop(0))
            self._perform(done.effects)
            touched |= done.touched
            todo += [log for log in done.also if log not in todo]
        return touched

    def _recheck(self, log: str) -> recheck.Rechecked:
        assert self.state is not None
        entries = self.stored_of(log)
        if log.startswith("k/"):
            genesis = self.rows[self.space].operation
            return recheck.recheck_control(genesis, entries, self.state, self.heads)
        roles = {who: role for (where, who), role in self.roles.items() if where == log}
        return recheck.recheck(log, entries, self.state, self.heads, roles)

    def _perform(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case StoreOperation(verified, accepted, void, payload):
                    self._store(verified.operation, accepted, void, payload)
                case PutVoid(key, accepted, void):
                    self.rows[key].accepted, self.rows[key].void = accepted, void
                case PutHead(head):
                    self.heads[head.log] = head
                case PutRole(log, pseudonym, role):
                    self.roles.pop((log, pseudonym), None)
                    if role is not None:
                        self.roles[log, pseudonym] = role
                case PutState(state):
                    self.state = state
                case PutPayload(key, payload):
                    self.payloads[key] = payload
                case StoreStatement(key, node, octets, signature):
                    self.statements[key] = node, Signed(octets, signature)
                case Erase(node, key, _):
                    self.erased.add((node, key))
                    if key in self.rows and self.rows[key].operation.header.node == node:
                        self.payloads.pop(key, None)

    def _store(
        self, operation: Operation, accepted: bool, void: Void | None, payload: str | None
    ) -> None:
        header = operation.header
        assert operation.id not in self.rows
        bare = Operation(operation.header_bytes, header, operation.signature, None, operation.id)
        self.rows[operation.id] = Row(bare, accepted, void)
        self.by_log.setdefault(header.log, []).append(operation.id)
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
                gone = (header.node, key) in self.erased
                found.append(Item(key, header, self.payloads.get(key), gone))
        return found

    def refold(self, one: Touched) -> None:
        key, items = f"{one.home}/{one.object}", self.items(one.home, one.object)
        if one.fold == "content":
            made = kinds.fold(items)
            self.posts.pop(key, None)
            self.others.pop(key, None)
            if isinstance(made, forum.Post):
                self.posts[key] = made
            elif made is not None:
                self.others[key] = made
        elif one.fold == "proposals":
            wish = proposals.fold(items)
            self.asked.pop(key, None)
            if wish is not None:
                self.asked[key] = wish
        else:
            member = membership.fold(items)
            self.people.pop(key, None)
            if member is not None:
                self.people[key] = member
