"""What a space is loaded with before it decides: a few rows a batch, never a whole log."""

import asyncio
from collections.abc import Iterable

from node.storage import control as control_rows
from node.storage import erasures, operations, places, spaces
from node.storage.database import Reader
from node.storage.spaces import Space
from protocol.space import control
from protocol.space.genesis import open_genesis
from protocol.space.known import KnownSpace, Stored, below, wants
from protocol.space.operation import Operation
from protocol.space.succession import Tail


async def load(reader: Reader, space: str, batch: Iterable[Operation]) -> KnownSpace:
    batch = list(batch)
    wanted = wants(batch)
    kept, heads, stored, roles, erased = await asyncio.gather(
        spaces.find(reader, space),
        operations.list_heads(reader, space, None if wanted.all_heads else wanted.logs),
        operations.list_stored(reader, space, wanted.ids | {space}),
        operations.list_roles(reader, space, wanted.people),
        erasures.list_erased(reader, space, {id_ for _, id_ in wanted.erasable}),
    )
    begun = space in stored
    known = KnownSpace(
        space,
        kept.state if kept is not None and begun else None,
        heads,
        stored,
        roles,
        set(erased),
        settled="" if kept is None else kept.settled,
        awaited="" if kept is None else kept.awaited,
    )
    if wanted.all_heads and kept is not None and begun:
        known.tail, beside = await load_tail(reader, kept)
        known.stored |= beside
    beneath = below(batch, known.state, known.heads)
    if beneath.places:
        known.stored |= await operations.list_stored(reader, space, beneath.ids)
        known.crowds = await places.count(reader, space, beneath.places)
    return known


async def load_tail(reader: Reader, space: Space) -> tuple[Tail, dict[str, Stored]]:
    """The control operations beyond what is settled, and what is stored of them."""
    pin = space.pin
    if pin is None:
        pin = control.start(open_genesis(await operations.get(reader, space.id, space.id)))
    return await control_rows.load_tail(reader, space.id, pin, space.awaited)
