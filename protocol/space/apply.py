"""The one entry for operations, a node's own and received ones alike: decide, and return effects.

    wanted = known.wants(batch)                  # what to load
    known = …                                    # a few queries, see `known`
    judgement = apply.judge(batch, known, now_ms)
    …perform judgement.effects…
    while judgement.recheck: …                   # `recheck.recheck`; rare
    …fold every object in judgement.touched again, from its effective operations…

One operation costs the same however long its log is: the next operation of a healthy log is decided
from the log's head and its people's roles. Only a fork, a cut, a close or a lost anchor makes a log
be looked at as a whole, by `recheck`.

Order within a batch: control first, so that a new member's key is known, then content. An operation
that cannot be stored holds back only what follows it in its own log.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from protocol.errors import Reason, Refused
from protocol.keys import PublicKey
from protocol.space import authority, control, genesis
from protocol.space.authority import Void
from protocol.space.control import Position, Standing, State
from protocol.space.effects import (
    Effect,
    PutAcknowledgement,
    PutHead,
    PutPayload,
    PutPin,
    PutRole,
    PutState,
    StoreOperation,
    Touched,
)
from protocol.space.fold.touched import touched
from protocol.space.known import KnownSpace, Stored, incarnation_before
from protocol.space.log import LogHead
from protocol.space.operation import Header, Operation, Verified, verify
from protocol.space.steering import Steering
from protocol.space.succession import MAX_SIBLINGS, Tail, parent_of
from protocol.space.vocabulary import Role

MAX_AHEAD_MS = 3_600_000
PROOFS = 2
"""So many operations at one place of a log prove that it forked."""
_NOWHERE = LogHead("")


@dataclass(frozen=True)
class Refusal:
    """One operation that was not stored, and why (a stranger's log, a bad signature, a gap …)."""

    id: str
    log: str
    reason: Reason
    detail: str


@dataclass
class Judgement:
    """What follows from a batch.

    `recheck` names content logs to look at as a whole, in this order. `passed_over` are the ids
    that are not kept by nobody's fault: beyond a fork or a cut, with the rest of their logs.
    `steers`: an acknowledgement came that may settle something, so `recheck.recheck_control`
    follows before that.
    """

    effects: list[Effect] = field(default_factory=list)
    touched: set[Touched] = field(default_factory=set)
    recheck: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    steers: bool = False

    @property
    def gaps(self) -> frozenset[str]:
        """Logs of which the batch began beyond what is stored: the sender resumes at `have`."""
        return frozenset(one.log for one in self.refused if one.reason is Reason.GAP)


def judge(batch: Sequence[Operation | Verified], known: KnownSpace, now_ms: int) -> Judgement:
    """Decide about operations of one space; `now_ms` is the receiver's clock.

    Whatever was verified before, under the key that still holds, is not verified again. Refuses
    nothing as a whole: what one operation did wrong stands in `refused`.
    """
    work = _Work(known, {one.id: one.header for one in map(_bare, batch)})
    if work.steering is not None:
        work.steering.expect(map(_bare, batch))
    for one in sorted(batch, key=_order):
        operation = _bare(one)
        log = operation.header.log
        if work.is_held(operation):
            continue
        try:
            work.take(one, now_ms)
        except Refused as refusal:
            work.hold(operation)
            work.judgement.refused.append(
                Refusal(operation.id, log, refusal.reason, refusal.detail)
            )
    work.conclude()
    return work.judgement


def _order(one: Operation | Verified) -> tuple[bool, int, str, int]:
    """Control first, one epoch after the other; within a log what comes first, however the batch
    was mixed up."""
    header = _bare(one).header
    epoch = header.number if header.is_control else 0
    return not header.is_control, epoch, header.log, header.seq


def _bare(one: Operation | Verified) -> Operation:
    return one.operation if isinstance(one, Verified) else one


@dataclass
class _Work:
    """One batch under way: what is known plus what the batch has added."""

    known: KnownSpace
    batch: Mapping[str, Header]
    judgement: Judgement = field(default_factory=Judgement)
    held: set[str] = field(default_factory=set)  # operations: what follows them waits

    def __post_init__(self) -> None:
        self.state: State | None = self.known.state
        self.heads = dict(self.known.heads)
        self.stored = dict(self.known.stored)
        self.roles: dict[tuple[str, str], Role] = dict(self.known.roles)
        self.keys: dict[str, PublicKey] = {}
        self.rules: dict[str, authority.Rules] = {}  # by log, of the present state
        self.steering = None if self.known.tail is None else Steering(self.known.tail, self.stored)
        self.crowds = dict(self.known.crowds)
        self.fresh: set[str] = set()  # stored by this very batch
        self.proofs: set[str] = set()  # kept as a proof only: nothing follows them
        self.ways: dict[str, set[str]] = {}

    def hold(self, operation: Operation) -> None:
        """Leave out what follows on that branch; another branch of the same log is not held up."""
        self.held.add(operation.id)

    def is_held(self, operation: Operation) -> bool:
        header = operation.header
        before = parent_of(header) if header.is_control else header.prev
        if before in self.held:
            self.held.add(operation.id)
        return operation.id in self.held

    def take(self, one: Operation | Verified, now_ms: int) -> None:
        operation = _bare(one)
        header = operation.header
        before = self.stored.get(operation.id)
        if before is not None:
            self._repeat(operation, before)
            return
        if header.type == "Genesis":
            self._found(operation)
            return
        if self.state is None or header.space != self.known.space:
            raise Refused(Reason.NOT_FOUND, "this operation is of another space")
        if header.time > now_ms + MAX_AHEAD_MS:
            raise Refused(Reason.CLOCK_AHEAD, "the writer's clock is more than an hour ahead")
        if header.is_control:
            self._steer(one)
            return
        self._conclude_control()
        standing = self._rules(header.log).standing
        if standing is None:
            raise Refused(Reason.NOT_ALLOWED, "this log is of no member of the space")
        self._check_place(header)
        if not self._is_kept(header, operation.id, standing):
            self.hold(operation)
            self.judgement.passed_over.append(operation.id)
            return
        verified = self._verified(one)
        if self._is_next(header, standing):
            self._take_next(verified, standing)
        else:
            self._store(verified, accepted=False, void=Void.OFF_CHAIN)
            self._recheck(header.log)

    def conclude(self) -> None:
        """What a batch moved is said once, as it is at its end."""
        self._conclude_control()
        for log, head in self.heads.items():
            if head != self.known.heads.get(log):
                self.judgement.effects.append(PutHead(head))

    def _steer(self, one: Operation | Verified) -> None:
        operation = _bare(one)
        if self.steering is None:
            raise ValueError("a batch with control operations is judged with the tail")
        if not self.steering.take(one):
            self.hold(operation)
            self.judgement.passed_over.append(operation.id)

    def _conclude_control(self) -> None:
        """What the control operations taken so far change, for the content after them."""
        if self.steering is None or not self.steering.taken or self.state is None:
            return
        done = self.steering.conclude(self.state, self.heads)
        self._be_at(done.state)
        self.heads.update(done.heads)
        self.judgement.effects += done.effects
        for log in done.recheck:
            self._recheck(log)

    def _repeat(self, operation: Operation, before: Stored) -> None:
        """A sender resends after a timeout, so repeats are normal; one may bring the payload."""
        if operation.payload is None or not before.lacks_payload:
            return
        if (operation.header.node, operation.id) not in self.known.erased:
            self.judgement.effects.append(PutPayload(operation.id, operation.payload))
            self._touch(operation.header)

    def _found(self, operation: Operation) -> None:
        if self.state is not None or operation.id != self.known.space:
            raise Refused(Reason.NOT_FOUND, "this is the genesis of another space")
        opened = genesis.open_genesis(operation)
        state = control.start(opened)
        self._be_at(state)
        self.steering = Steering(Tail(state, awaited=self.known.awaited), self.stored)
        verified = verify(operation, PublicKey.read(opened.founders[0].key))
        self._store(verified, accepted=True, void=None)
        self._move(LogHead(operation.header.log), verified)
        self.judgement.effects += [PutState(state), PutPin(state)]

    def _be_at(self, state: State) -> None:
        self.state = state
        self.rules.clear()

    def _rules(self, log: str) -> authority.Rules:
        found = self.rules.get(log)
        if found is None:
            found = self.rules[log] = authority.rules(self.state, log)
        return found

    def _check_place(self, header: Header) -> None:
        """A gap is never stored; neither is what does not continue what it says it continues."""
        if header.seq == 1:
            return
        before = self.stored.get(header.prev)
        if before is None:
            raise Refused(Reason.GAP, "an operation before this one is missing; resume there")
        if before.header.log != header.log or before.header.seq != header.seq - 1:
            raise Refused(Reason.BAD_OPERATION, "prev is not the operation before in this log")
        if header.time < before.header.time:
            raise Refused(Reason.BAD_OPERATION, "time runs backwards in this log")

    def _is_kept(self, header: Header, id_: str, standing: Standing) -> bool:
        """Whether to store an operation: on the accepted chain, at its fork, or before an anchor.

        Of a fork two operations are proof, and nothing beyond them is kept unless a checkpoint, a
        cut or the next incarnation names a branch.
        """
        head = self.heads.get(header.log, LogHead(header.log))
        if header.seq <= max(standing.anchor[0], head.named[0]):
            return self._has_room(header, id_, (standing.anchor, head.named))
        if not standing.live:
            return False
        if standing.opens and header.seq == 1 and header.type != "Open":
            raise Refused(Reason.BAD_OPERATION, "a new incarnation begins with Open")
        if header.prev == head.id and head.fork:
            return False
        before = self.stored.get(header.prev)
        is_open = header.prev in self.fresh and header.prev not in self.proofs
        return before is None or before.accepted or is_open

    def _has_room(self, header: Header, id_: str, named: tuple[Position, Position]) -> bool:
        """Whether to keep one more operation at a place below a named position: what leads there,
        and besides it a proof that the log forked. As long as the position has not arrived, any of
        a few may turn out to lead there."""
        crowd = self.crowds.get((header.log, header.seq), 0)
        if not crowd or any(id_ in self._way_to(position) for position in named):
            return True
        before = self.stored.get(header.prev)
        if all(position[1] in self.stored for position in named if position[1]):
            self.proofs.add(id_)
            return crowd < PROOFS and (before is None or before.accepted)
        return crowd < MAX_SIBLINGS

    def _way_to(self, position: Position) -> set[str]:
        """What of this batch leads to a position that is in it, as far as it goes."""
        if position[1] not in self.ways:
            way, at = set[str](), position[1]
            while at in self.batch and at not in way:
                way.add(at)
                at = self.batch[at].prev
            self.ways[position[1]] = way
        return self.ways[position[1]]

    def _verified(self, one: Operation | Verified) -> Verified:
        header = _bare(one).header
        text = self._rules(header.log).key
        if text is None:
            raise Refused(Reason.UNKNOWN_KEY, "no key is known for this log")
        if isinstance(one, Verified) and one.key == text:
            return one
        key = self.keys.get(text) or self.keys.setdefault(text, PublicKey.read(text))
        return verify(_bare(one), key)

    def _is_next(self, header: Header, standing: Standing) -> bool:
        """Whether this simply continues a healthy log."""
        head = self.heads.get(header.log, LogHead(header.log))
        stuck = standing.anchor[0] == head.seq and standing.anchor[1] != head.id
        return (
            header.log not in self.judgement.recheck
            and header.prev == head.id
            and head.fork is None
            and not stuck
            and (standing.live or header.seq <= standing.anchor[0])
        )

    def _take_next(self, verified: Verified, standing: Standing) -> None:
        header, state = verified.header, self.state
        assert state is not None
        head = self.heads.get(header.log, LogHead(header.log))
        void = authority.beyond_limit(header, left=head.left)
        if standing.limit is None:
            void = authority.effective(
                header,
                left=head.left,
                find_role=lambda one: self.roles.get((header.log, one)),
                may_moderate=header.type in authority.MODERATING
                and authority.moderates(state, header, lambda _: False),
            )
        self._store(verified, accepted=True, void=void)
        self._move(head, verified, leaves=void is None and header.type == "Leave")
        if void is None and header.type == "Role":
            role = Role(str(header.args["role"]))
            self.roles[header.log, header.object] = role
            self.judgement.effects.append(PutRole(header.log, header.object, role))
        if (header.seq, verified.id) in self._rules(header.log).awaited:
            self._recheck(header.log)
        if header.type == "Open" and header.seq == 1 and standing.live and standing.opens:
            self._name(header)

    def _name(self, header: Header) -> None:
        """A new incarnation chooses a branch of the one before."""
        log = incarnation_before(header.log)
        if log is None:
            return
        head = self.heads.get(log, LogHead(log))
        self.heads[log] = msgspec.structs.replace(head, named=authority.opened_by(header))
        self._recheck(log)

    def _store(self, verified: Verified, *, accepted: bool, void: Void | None) -> None:
        header = verified.header
        payload = verified.operation.payload
        if (header.node, verified.id) in self.known.erased:
            payload = None
        self.judgement.effects.append(StoreOperation(verified, accepted, void, payload))
        self.stored[verified.id] = Stored(header, accepted, void, payload is None)
        self.fresh.add(verified.id)
        place = header.log, header.seq
        self.crowds[place] = self.crowds.get(place, 0) + 1
        if header.control and header.control != self.heads.get(header.log, _NOWHERE).control:
            acknowledgement = PutAcknowledgement(
                header.node, header.number, header.control, verified.id
            )
            self.judgement.effects.append(acknowledgement)
            self.judgement.steers |= header.control != self.known.settled
        if void is None or header.base:
            # What has no effect is shown nowhere, and may join what descends from something erased.
            self._touch(header)

    def _move(self, head: LogHead, verified: Verified, *, leaves: bool = False) -> None:
        header = verified.header
        head = msgspec.structs.replace(
            head,
            seq=header.seq,
            id=verified.id,
            time=header.time,
            left=head.left or leaves,
            control=header.control,
        )
        self.heads[header.log] = head

    def _touch(self, header: Header) -> None:
        if (one := touched(header)) is not None:
            self.judgement.touched.add(one)

    def _recheck(self, log: str) -> None:
        if log not in self.judgement.recheck:
            self.judgement.recheck.append(log)
