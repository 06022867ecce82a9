"""What a caller loads before the space decides: a few rows per batch, never a whole log.

`wants(batch)` says what; the caller fills a `KnownSpace`, inside the transaction in which it will
perform the effects:

- `state`: the last `PutState` of the space (or `control_state` over its accepted control chain);
  None for a space of which nothing is stored yet.
- `heads`: the rows of `wants.logs` that exist; all rows of the space where `wants.all_heads`.
- `stored`: those of `wants.ids` that are stored in this space.
- `roles`: the rows of `wants.people` that exist.
- `erased`: those of `wants.erasable` that a statement of that node names.
- `stored` and `crowds`: what `below` says, once the state and the heads are known.
- `tail`: where `wants.all_heads`, the control operations beyond the pin with what was said about
  them; `stored` then holds all of them and the one at the pin.
- `settled`: the id of the operation at the pin.
- `awaited`: that of the settled one which an invitation named, until it has arrived.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from protocol.names import ContentLog, read_log
from protocol.space.authority import Void
from protocol.space.control import State
from protocol.space.log import LogHead
from protocol.space.operation import Header, Operation
from protocol.space.succession import Tail, parent_of
from protocol.space.vocabulary import Role, is_hash

Place = tuple[str, int]  # log and number


@dataclass(frozen=True)
class Stored:
    """A stored operation. `lacks_payload`: its header names one, and it is not there."""

    header: Header
    accepted: bool
    void: Void | None
    lacks_payload: bool = False


@dataclass(frozen=True)
class Wants:
    """What `KnownSpace` must hold for one batch."""

    ids: frozenset[str]
    logs: frozenset[str]
    people: frozenset[tuple[str, str]]
    erasable: frozenset[tuple[str, str]]
    all_heads: bool


@dataclass
class KnownSpace:
    """The part of a stored space that decides about one batch. `judge` leaves it as it is."""

    space: str
    state: State | None
    heads: dict[str, LogHead] = field(default_factory=dict)
    stored: dict[str, Stored] = field(default_factory=dict)
    roles: dict[tuple[str, str], Role] = field(default_factory=dict)
    erased: set[tuple[str, str]] = field(default_factory=set)
    tail: Tail | None = None
    settled: str = ""
    awaited: str = ""
    crowds: dict[Place, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Below:
    """What to load besides for operations at or below a position that a checkpoint, a cut or the
    next incarnation names: `ids` for `stored`, and for `crowds` how many lie at `places`."""

    ids: frozenset[str]
    places: frozenset[Place]


def below(batch: Iterable[Operation], state: State | None, heads: Mapping[str, LogHead]) -> Below:
    """Nothing for what simply continues its log: that is the daily case."""
    ids: set[str] = set()
    places: set[Place] = set()
    for operation in batch:
        header = operation.header
        head = heads.get(header.log)
        if head is None or (header.seq > head.seq and head.fork is None):
            continue
        standing = None if state is None or header.is_control else state.standing(header.log)
        if standing is None:
            continue
        named = (standing.anchor, head.named)
        if header.seq <= max(one[0] for one in named):
            ids |= {one[1] for one in named} - {""}
            places.add((header.log, header.seq))
    return Below(frozenset(ids), frozenset(places))


def wants(batch: Iterable[Operation]) -> Wants:
    """What to load before `apply.judge` of this batch."""
    ids: set[str] = set()
    logs: set[str] = set()
    people: set[tuple[str, str]] = set()
    erasable: set[tuple[str, str]] = set()
    all_heads = False
    for operation in batch:
        header = operation.header
        ids.add(operation.id)
        ids.add(header.prev)
        logs.add(header.log)
        erasable.add((header.node, operation.id))
        people.add((header.log, header.actor))
        people.add((header.log, header.released_by))
        people.update((header.log, one) for one in header.with_)
        if header.is_control:
            all_heads = True
            ids |= positions_in(header) | {parent_of(header)} - {""}
        elif header.type == "Open" and (before := incarnation_before(header.log)):
            logs.add(before)
    people = {(log, one) for log, one in people if one}
    return Wants(
        frozenset(ids - {""}),
        frozenset(logs),
        frozenset(people),
        frozenset(erasable),
        all_heads,
    )


def positions_in(header: Header) -> set[str]:
    """The ids that a control operation's arguments name, as far as they can be read."""
    logs = header.args.get("logs")
    heads = logs.values() if isinstance(logs, dict) else ()
    ids = {str(head[1]) for head in heads if isinstance(head, list) and len(head) == 2}
    return {one for one in ids if is_hash(one)}


def incarnation_before(log: str) -> str | None:
    """The log that the node wrote before it opened this one."""
    name = read_log(log)
    if isinstance(name, ContentLog) and name.incarnation:
        return str(ContentLog(name.node, name.incarnation - 1))
    return None
