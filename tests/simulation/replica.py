"""One node's replica in memory: loads what the space asks for, performs its effects.

What `node` does in SQL, so that the simulation drives the product's own decisions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from protocol.errors import Refused
from protocol.space import apply, erasure, evidence, recheck, succession, sync
from protocol.space.apply import Judgement
from protocol.space.control import Position
from protocol.space.effects import (
    Touched,
)
from protocol.space.fold import forum, kinds, membership, proposals
from protocol.space.known import KnownSpace
from protocol.space.log import LogHead
from protocol.space.operation import Operation
from protocol.space.statement import Signed
from tests.simulation.tables import Tables


@dataclass
class Replica(Tables):
    """One replica, and what it does when something arrives."""

    # -- what a caller does around `judge`

    def receive(self, batch: Sequence[Operation], now_ms: int) -> Judgement:
        """Judge a batch and perform what follows."""
        judgement = apply.judge(batch, self.load(batch), now_ms)
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
        space = KnownSpace(self.space, self.state, stored=self.stored(erasure.targets_of(opened)))
        self._settle(erasure.judge_erasures(opened, space, frozenset(self.statements)))
        return [one.id for one in opened]

    # -- what a caller serves

    def shown_heads(self) -> sync.Heads:
        assert self.state is not None
        ids: dict[str, list[str]] = {}
        for key, (node, _) in self.statements.items():
            ids.setdefault(node, []).append(key)
        votes = [
            succession.mark(id_, one.said.node, one.key, self.state)
            for id_, one in self.votes.items()
        ]
        return sync.heads(self.state, self.settled, self.heads.values(), ids, votes)

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
            self.with_payload(row.operation) for row in [*found, *map(self.rows.get, fork)] if row
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
        return [self.with_payload(self.rows[key].operation) for key in self.by_log[log]]

    def lacking(self) -> list[str]:
        """Operations whose payload is not here although nobody erased it."""
        return [
            key
            for key, row in self.rows.items()
            if row.operation.header.payload_hash
            and key not in self.payloads
            and (row.operation.header.node, key) not in self.erased
        ]

    # -- the succession

    def has_settled(self, key: str) -> bool:
        return key in self.way_to(self.settled)

    def unknown(self) -> list[str]:
        """Control operations that somebody acknowledged or anchored a vote at, and that lack."""
        anchors = {one.said.anchor for one in self.votes.values()}
        awaited = {self.awaited} - {""}
        return sorted((self.acks.keys() | anchors | awaited) - self.rows.keys())

    def with_ancestors(self, key: str) -> list[Operation]:
        """What is answered to whoever asks for one control operation: the first first."""
        return [self.rows[one].operation for one in reversed(self.way_to(key))]

    def evidence(self, after: str) -> list[Operation]:
        """Who acknowledged what beyond a control operation, or what has not arrived here.

        Whoever wrote a control operation acknowledged those before it, so what lies beside the
        chain is evidence too.
        """
        rows = [self.rows[key] for key in self.control if after in self.way_to(key)[1:]]
        found = [row.operation for row in rows if not row.accepted]
        for key, nodes in sorted(self.acks.items()):
            if key not in self.rows or after in self.way_to(key)[1:]:
                found += [self.said(one) for one in nodes.values()]
        return found

    def receive_evidence(self, batch: Iterable[Operation], now_ms: int) -> None:
        """Take control operations, and acknowledgements whose operations are not stored here."""
        assert self.state is not None
        said = list(batch)
        self.receive([one for one in said if one.header.is_control], now_ms)
        for one in said:
            if one.header.is_control:
                continue
            try:
                effect = evidence.open_acknowledgement(one, self.state)
            except Refused:
                continue
            if one.id not in self.rows:
                self.loose[one.id] = one
            self.perform([effect])
        self.refold_all(self.recheck_all(self.steer()))

    def receive_votes(self, batch: Iterable[Signed]) -> None:
        """Verify votes and count them."""
        assert self.state is not None
        for one in batch:
            try:
                ballot = succession.open_vote(one, self.state)
            except Refused:
                continue
            known = self.votes.get(ballot.id)
            if known is None or succession.is_later(ballot, known, self.state):
                self.votes[ballot.id] = ballot
        self.conclude_votes()

    def conclude_votes(self) -> None:
        assert self.state is not None
        said = [(id_, one.said, one.key) for id_, one in self.votes.items()]
        kept = succession.to_keep(said, self.state)
        self.votes = {key: one for key, one in self.votes.items() if key in kept}
        self.refold_all(self.recheck_all(self.steer()))

    def _settle(self, judgement: Judgement) -> None:
        touched = set(judgement.touched)
        self.perform(judgement.effects)
        touched |= self.touched_by(judgement.effects)
        logs = list(judgement.recheck)
        if judgement.steers:
            logs += self.steer()
        touched |= self.recheck_all(logs)
        self.refold_all(touched)

    def refold_all(self, touched: Iterable[Touched]) -> None:
        for one in touched:
            self.refold(one)

    def steer(self) -> list[str]:
        """Conclude from control operations, acknowledgements and votes; logs to look at again."""
        if self.state is None:
            return []
        tail = self.tail()
        done = recheck.recheck_control(tail, self.state, self.heads, self.beside(tail))
        self.perform(done.effects)
        self.refold_all(self.touched_by(done.effects))
        return done.also

    def recheck_all(self, logs: Iterable[str]) -> set[Touched]:
        """Look at whole logs again, and at those that follow from it."""
        todo, touched = list(logs), set[Touched]()
        while todo:
            done = self._recheck(todo.pop(0))
            self.perform(done.effects)
            touched |= done.touched
            todo += [log for log in done.also if log not in todo]
        return touched

    def _recheck(self, log: str) -> recheck.Rechecked:
        assert self.state is not None
        entries = self.stored_of(log)
        roles = {who: role for (where, who), role in self.roles.items() if where == log}
        return recheck.recheck(log, entries, self.state, self.heads, roles)

    def refold(self, one: Touched) -> None:
        key, items = f"{one.home}/{one.object}", self.items(one.home, one.object)
        if one.fold == "content":
            made = kinds.fold(items)
            self.posts.pop(key, None)
            self.others.pop(key, None)
            self.shelf.refold(key, items)
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
