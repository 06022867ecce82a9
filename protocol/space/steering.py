"""What follows from the control operations, acknowledgements and votes that a replica holds.

`Steering` takes control operations of a batch, in whatever order of branches they come; `steer`
concludes from all that lies beyond the pin, and is the same whether one operation came or all.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from protocol.errors import Reason, Refused
from protocol.keys import PublicKey
from protocol.space import arguments
from protocol.space.authority import Void
from protocol.space.control import START, Standing, State
from protocol.space.effects import (
    Effect,
    Erase,
    PutHead,
    PutPin,
    PutState,
    PutVoid,
    StoreOperation,
    Withhold,
)
from protocol.space.known import Stored
from protocol.space.log import LogHead
from protocol.space.operation import Header, Operation, Verified, verify
from protocol.space.succession import MAX_BESIDE, MAX_SIBLINGS, Chain, Tail, follow, parent_of


@dataclass
class Steered:
    """The conclusion: `state` is what the control chain says now, `recheck` are the content logs
    that it may have changed, newest incarnation first."""

    state: State
    effects: list[Effect] = field(default_factory=list)
    heads: dict[str, LogHead] = field(default_factory=dict)
    recheck: list[str] = field(default_factory=list)


def steer(
    tail: Tail, state: State, heads: Mapping[str, LogHead], stored: Mapping[str, Stored]
) -> Steered:
    """`state` is what was concluded before. `heads` are those of all logs, `stored` holds all
    operations of the tail and the one at its pin."""
    chain = follow(tail)
    done = Steered(chain.state)
    accepted = {entry.id for entry in chain.entries}
    for id_ in tail.entries:
        before = stored[id_]
        if (before.accepted, before.void is None) != (id_ in accepted, id_ in accepted):
            void = None if id_ in accepted else Void.OFF_CHAIN
            done.effects.append(PutVoid(id_, id_ in accepted, void))
    for head in _heads(tail, chain, stored):
        if head != heads.get(head.log, LogHead(head.log)):
            done.heads[head.log] = head
            done.effects.append(PutHead(head))
    if chain.settled.head != tail.pin.head:
        done.effects += _erase(tail.pin, chain.settled)
        done.effects.append(PutPin(chain.settled))
    if chain.state != state:
        done.effects += _withhold(state, chain.state)
        done.effects.append(PutState(chain.state))
        done.recheck = changed_logs(state, chain.state, heads, stored)
    return done


def _withhold(before: State, after: State) -> Iterable[Effect]:
    """What a purge hides, and what is seen again because it was taken back or fell."""
    hidden = [{name for name, one in at.purges.items() if one.held} for at in (before, after)]
    for name in sorted(hidden[0] ^ hidden[1]):
        node, _, id_ = name.partition("/")
        yield Withhold(node, id_, name in hidden[1])


def _erase(before: State, settled: State) -> Iterable[Effect]:
    """What two founders had removed for good: once it is settled, for what is not could still
    fall, and nobody gets back what is gone."""
    for name, one in sorted(settled.purges.items()):
        known = before.purges.get(name)
        if one.erases and not (known is not None and known.erases):
            node, _, id_ = name.partition("/")
            yield Erase(node, id_, one.by)


def _heads(tail: Tail, chain: Chain, stored: Mapping[str, Stored]) -> Iterable[LogHead]:
    """Where each control log beyond the pin ends on the accepted chain."""
    pin = stored[tail.pin.head[1]].header
    heads = {header.log: LogHead(header.log) for header in tail.entries.values()}
    heads[pin.log] = LogHead(pin.log, pin.seq, tail.pin.head[1], pin.time)
    for id_, header in chain.entries:
        heads[header.log] = LogHead(header.log, header.seq, id_, header.time)
    if chain.fork is not None:
        log = chain.state.control_log
        at = heads[log]
        heads[log] = LogHead(log, at.seq, at.id, at.time, chain.fork)
    return heads.values()


@dataclass
class Steering:
    """The control operations of one batch under way. `stored` grows with what is taken."""

    tail: Tail
    stored: dict[str, Stored]
    taken: list[Verified] = field(default_factory=list)
    wanted: set[str] = field(default_factory=set)  # kept however many siblings they have

    def __post_init__(self) -> None:
        self.beside = Counter(
            header.node
            for id_, header in self.tail.entries.items()
            if id_ in self.stored and not self.stored[id_].accepted
        )

    def expect(self, batch: Iterable[Operation]) -> None:
        """Note what somebody else acknowledged or voted for, and the way to it, before it comes."""
        headers = {one.id: one.header for one in batch if one.header.is_control}
        voters: dict[str, set[str]] = {}
        for vote in self.tail.votes:
            voters.setdefault(vote.anchor, set()).add(vote.node)
        for id_, header in headers.items():
            if (self.tail.named.get(id_, {}).keys() | voters.get(id_, set())) - {header.node}:
                at = id_
                while at in headers and at not in self.wanted:
                    self.wanted.add(at)
                    at = parent_of(headers[at])

    def take(self, one: Operation | Verified) -> bool:
        """Whether an operation is kept; False for one that counts nowhere and is nobody's fault.

        Refuses with GAP, BAD_OPERATION, NOT_ALLOWED (of no member) or BAD_SIGNATURE.
        """
        operation = one.operation if isinstance(one, Verified) else one
        header, parent = operation.header, parent_of(operation.header)
        self._check_place(header)
        if not self.tail.holds(parent):
            return False  # it branches off before the pin
        keys = self.tail.state_at(parent).keys.get(header.node)
        if keys is None:
            raise Refused(Reason.NOT_ALLOWED, "this log is of no member of the space")
        siblings = self.tail.following(parent, header.log)
        many = len(siblings) >= MAX_SIBLINGS or self.beside[header.node] >= MAX_BESIDE
        if many and operation.id not in self.wanted:
            return False
        arguments.check(header)
        key = keys[-1][1]
        if not isinstance(one, Verified) or one.key != key:
            one = verify(operation, PublicKey.read(key))
        self.tail.add(operation.id, header)
        self.stored[operation.id] = Stored(header, accepted=False, void=Void.OFF_CHAIN)
        self.taken.append(one)
        return True

    def _check_place(self, header: Header) -> None:
        """A gap is never stored; neither is what does not continue what it says it continues."""
        before = self.stored.get(parent_of(header))
        if before is None or not before.header.is_control:
            raise Refused(Reason.GAP, "an operation before this one is missing; resume there")
        if header.seq == 1:
            if header.number <= before.header.number:
                raise Refused(Reason.BAD_OPERATION, "an epoch is higher than the one before it")
            return
        if before.header.log != header.log or before.header.seq != header.seq - 1:
            raise Refused(Reason.BAD_OPERATION, "prev is not the operation before in this log")
        if header.time < before.header.time:
            raise Refused(Reason.BAD_OPERATION, "time runs backwards in this log")

    def conclude(self, state: State, heads: Mapping[str, LogHead]) -> Steered:
        """What follows, with the operations taken since the last conclusion stored as it says."""
        done = steer(self.tail, state, heads, self.stored)
        fresh = {one.id for one in self.taken}
        voids = {one.id: one for one in done.effects if isinstance(one, PutVoid)}
        first: list[Effect] = []
        for one in self.taken:
            accepted = one.id in voids
            void = None if accepted else Void.OFF_CHAIN
            first.append(StoreOperation(one, accepted, void, None))
        self.taken.clear()
        for id_, effect in voids.items():
            self.stored[id_] = Stored(self.stored[id_].header, effect.accepted, effect.void)
        rest = [one for one in done.effects if not (isinstance(one, PutVoid) and one.id in fresh)]
        done.effects = [*first, *rest]
        return done


def changed_logs(
    old: State, new: State, heads: Mapping[str, LogHead], stored: Mapping[str, Stored]
) -> list[str]:
    """The content logs that a control operation may have changed, newest incarnation first.

    A checkpoint of what is accepted anyway, or of what has not arrived in a healthy log, changes
    nothing; that is the daily case.
    """
    changed = []
    for log, head in heads.items():
        if log.startswith("k/"):
            continue
        before, after = old.standing(log), new.standing(log)
        same_grants = old.moderators.get(head.node) == new.moderators.get(head.node)
        if same_grants and (after == before or _is_harmless(before, after, head, stored)):
            continue
        changed.append(log)
    return sorted(changed, key=lambda log: (log[2:34], -int(log[35:])))


def _is_harmless(
    before: Standing | None, after: Standing | None, head: LogHead, stored: Mapping[str, Stored]
) -> bool:
    """Whether only the anchor moved: further, to what is accepted anyway, or, in a log that nobody
    ever had to choose a branch of, to what has not arrived. It moves back where the checkpoint
    falls that named it, and a fork that it had answered is open again."""
    if before is None or after is None or not before.live:
        return False
    if after != Standing(before.live, after.anchor, before.limit, before.opens):
        return False
    found = stored.get(after.anchor[1])
    if found is not None:
        return found.accepted and after.anchor[0] > before.anchor[0]
    chosen = before.anchor != START or head.named != START or head.fork is not None
    return after.anchor[0] > head.seq and not chosen
