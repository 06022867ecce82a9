"""What a node does after the space has decided; `node` in SQL, the simulation in memory.

All effects of one call belong into one transaction, in their order.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from protocol.space.authority import Void
from protocol.space.control import State
from protocol.space.log import LogHead
from protocol.space.operation import Verified
from protocol.space.vocabulary import Role


class Touched(NamedTuple):
    """An object whose view changed: fold its effective operations again.

    Its operations are those whose `authority.home_of` is `home` and whose `object` is `object`.
    """

    fold: Literal["content", "membership", "proposals"]
    home: str
    object: str


@dataclass(frozen=True)
class StoreOperation:
    """Store a verified operation. `payload` is None where it was erased, lacks, or never was."""

    operation: Verified
    accepted: bool
    void: Void | None
    payload: str | None


@dataclass(frozen=True)
class PutVoid:
    """A stored operation is now accepted or not, and effective (None) or not."""

    id: str
    accepted: bool
    void: Void | None


@dataclass(frozen=True)
class PutHead:
    """The log's accepted chain now ends here."""

    head: LogHead


@dataclass(frozen=True)
class PutRole:
    """A pseudonym's role at the end of the accepted chain; None where it has none any more."""

    log: str
    pseudonym: str
    role: Role | None


@dataclass(frozen=True)
class PutState:
    """What the control chain says now; replaces the state of the space."""

    state: State


@dataclass(frozen=True)
class PutPin:
    """This control operation is settled now: nothing undoes it. The state at its position."""

    settled: State


@dataclass(frozen=True)
class PutAcknowledgement:
    """The operation `id` of `node` acknowledges the control operation `control`, for ever; it is of
    the incarnation `number`, and of several one of the highest counts."""

    node: str
    number: int
    control: str
    id: str


@dataclass(frozen=True)
class PutPayload:
    """The payload of a stored operation came late, and is the right one."""

    id: str
    payload: str


@dataclass(frozen=True)
class Withhold:
    """What the operation `id` of `node` says is not to be seen while `held`; its payload stays."""

    node: str
    id: str
    held: bool


@dataclass(frozen=True)
class StoreStatement:
    """Store a verified erasure statement, as its bytes came. `same`: see `erasure.Statement`."""

    id: str
    node: str
    statement: bytes
    signature: bytes
    same: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Erase:
    """Whatever payload has this id in the node's logs is gone for ever, stored or still to come.

    `statement` is the id of what says so: a statement, or a settled purge.

    Record (node, id) and drop the payload, blob, search row and every view of it at once.
    """

    node: str
    id: str
    statement: str


Effect: TypeAlias = (
    StoreOperation
    | PutVoid
    | PutHead
    | PutRole
    | PutState
    | PutPin
    | PutAcknowledgement
    | PutPayload
    | Withhold
    | StoreStatement
    | Erase
)
