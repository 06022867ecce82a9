"""Room for what schools bring: per space, per school in a space, and per partner in all spaces.

Quotas are rules of transport and never of validity: what is over one waits at its own school, whose
logs alone pause here. Nobody's fold depends on them, and erasures and the control log pass always.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from node.actions.context import Context
from node.storage import operations, usage
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from node.storage.usage import SIGNED_BYTES, Quota
from protocol.errors import Reason, Refused
from protocol.space.blobs import named_in, stub_size
from protocol.space.operation import Header, Operation

MIB = 1 << 20
RETRY_AFTER_S = 600


@dataclass
class Parted:
    """A batch as it fits, and the schools whose logs wait, by node."""

    fits: list[Operation] = field(default_factory=list)
    paused: dict[str, Quota] = field(default_factory=dict)


def size_of(header_bytes: int, header: Header, payload: str | None) -> int:
    """How many bytes an operation brings: itself, and the files that its payload names."""
    said = 0 if payload is None else len(payload.encode("utf-8", "surrogatepass"))
    return header_bytes + SIGNED_BYTES + said + sum(one.size for one in named_in(header, payload))


@dataclass
class Room:
    """What is left for every school, counted down while a batch is looked at."""

    context: Context
    space: int
    schools: dict[str, int]
    partners: dict[str, int]

    def take(self, node: str, octets: int) -> Quota | None:
        """The quota that an operation would break; None where it fits, and is counted."""
        asked = self.context.settings.quotas
        school, partner = self.schools.get(node, 0), self.partners.get(node, 0)
        if school + octets > asked.school_mib * MIB:
            return "school"
        if partner + octets > asked.partner_mib * MIB:
            return "partner"
        if self.space + octets > asked.space_mib * MIB:
            return "space"
        self.space += octets
        self.schools[node], self.partners[node] = school + octets, partner + octets
        return None

    def takes_all(self, batch: Iterable[Operation]) -> bool:
        """Whether all of it fits, whichever of it is here already; nothing is counted."""
        more = Counter[str]()
        for one in batch:
            more[one.header.node] += size_of(len(one.header_bytes), one.header, one.payload)
        trial = replace(self, schools=dict(self.schools), partners=dict(self.partners))
        return all(trial.take(node, octets) is None for node, octets in more.items())


async def _find_room(context: Context, reader: Reader, space: str, nodes: set[str]) -> Room:
    schools, partners = await asyncio.gather(
        usage.list_of_space(reader, space), usage.list_of_nodes(reader, nodes)
    )
    return Room(context, sum(schools.values()), schools, partners)


async def part(
    context: Context, reader: Reader, space: str, own: str, batch: Sequence[Operation]
) -> Parted:
    """What of a received batch fits. From the first that does not, nothing more of its school's
    content is taken; repeats, the own school's operations and control logs always fit."""
    others = {
        one.header.node for one in batch if not one.header.is_control and one.header.node != own
    }
    if not others:
        return Parted(list(batch))
    room = await _find_room(context, reader, space, others)
    if room.takes_all(one for one in batch if one.header.node in others):
        return Parted(list(batch))
    stored = await operations.list_stored(reader, space, [one.id for one in batch])
    parted = Parted()
    for one in batch:
        node = one.header.node
        if node not in others or one.header.is_control or one.id in stored:
            parted.fits.append(one)
        elif node not in parted.paused:
            octets = size_of(len(one.header_bytes), one.header, one.payload)
            broken = room.take(node, octets)
            if broken is None:
                parted.fits.append(one)
            else:
                parted.paused[node] = broken
    return parted


async def note(context: Context, transaction: Transaction, space: str, parted: Parted) -> None:
    """Keep whose logs wait, and whose do not any more."""
    taken = {one.header.node for one in parted.fits if not one.header.is_control}
    await asyncio.gather(
        usage.drop_paused(transaction, space, sorted(taken - parted.paused.keys())),
        usage.put_paused(transaction, space, sorted(parted.paused.items()), context.now_ms()),
    )


async def is_full(context: Context, reader: Reader, space: Space) -> bool:
    """Whether people of this school can write nothing more."""
    room = await _find_room(context, reader, space.id, {space.node})
    room.partners.clear()
    return room.take(space.node, SIGNED_BYTES) is not None


async def require_room(
    context: Context, reader: Reader, space: Space, header: Header, payload: str | None
) -> None:
    """Refuses with OVER_QUOTA what people of this school write beyond its share.

    Whatever has no payload passes: roles, leaving, deleting and its like.
    """
    if payload is None:
        return
    room = await _find_room(context, reader, space.id, {space.node})
    room.partners.clear()
    # Of a file that stays here the bytes lie here all the same.
    stays = stub_size(payload) if header.residency == "home" else 0
    broken = room.take(space.node, size_of(0, header, payload) + stays)
    if broken is not None:
        asked = context.settings.quotas
        most = asked.school_mib if broken == "school" else asked.space_mib
        raise Refused(
            Reason.OVER_QUOTA,
            f"The share of your school in this space is used up ({most} MiB, the setting "
            f"quotas.{broken}_mib). Delete something for ever, or ask your administrator.",
        )
