"""Looking again at what a replica stores, as if a stranger had just brought all of it.

Keys come from the control log alone: `Keys` follows every branch of it from the genesis on. Nothing
here trusts that an operation was verified before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from protocol.errors import Reason, Refused
from protocol.keys import PublicKey
from protocol.space.control import State, start
from protocol.space.genesis import Genesis
from protocol.space.operation import Header, Operation, Verified, verify
from protocol.space.succession import Tail


@dataclass
class Keys:
    """Who may sign what in a space, by its whole control tree. `entries` are all its control
    operations without the genesis, those of lost branches too."""

    genesis: Genesis
    entries: Mapping[str, Header]
    tail: Tail = field(init=False)
    _states: list[State] = field(init=False)
    _read: dict[str, PublicKey] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.tail = Tail(start(self.genesis), dict(self.entries))
        known: dict[str, State] = {}
        for id_ in self.entries:
            try:
                state = self.tail.state_at(id_)
            except KeyError:
                continue  # nothing leads to it: its own log says so
            known.setdefault(repr(sorted(state.keys.items())), state)
        self._states = [*known.values(), self.tail.pin]

    def check(self, operation: Operation, state: State) -> Verified:
        """Verify an operation; `state` is what the control log says now.

        Refuses with UNKNOWN_KEY, BAD_SIGNATURE.
        """
        keys = self._of(operation, state)
        if not keys:
            raise Refused(Reason.UNKNOWN_KEY, "no key is known for this log")
        for text in keys[:-1]:
            try:
                return verify(operation, self._key(text))
            except Refused:
                continue
        return verify(operation, self._key(keys[-1]))

    def _of(self, operation: Operation, state: State) -> list[str]:
        header = operation.header
        if operation.id == self.genesis.space:
            return [self.genesis.founders[0].key]
        if header.is_control:
            try:
                found = [self.tail.before(operation.id).key_of(header.log)]
            except KeyError:
                found = []
        else:
            # What a lost branch admitted stays stored, without effect, under the key named there.
            found = [one.key_of(header.log) for one in (state, *self._states)]
        return list(dict.fromkeys(key for key in found if key is not None))

    def _key(self, text: str) -> PublicKey:
        key = self._read.get(text)
        if key is None:
            key = self._read[text] = PublicKey.read(text)
        return key


def check_place(header: Header, before: Header | None) -> None:
    """Refuses with GAP and BAD_OPERATION what does not continue what lies before it in its log."""
    if header.seq == 1:
        return
    if before is None:
        raise Refused(Reason.GAP, "the operation before this one is missing")
    if before.log != header.log or before.seq != header.seq - 1:
        raise Refused(Reason.BAD_OPERATION, "prev is not the operation before in this log")
    if header.time < before.time:
        raise Refused(Reason.BAD_OPERATION, "time runs backwards in this log")
