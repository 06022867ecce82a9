"""All versions of a block that stand, and what they could become together."""

import asyncio
from dataclasses import dataclass

from node.actions import blocks, contributions, refold
from node.storage.database import Reader
from node.storage.spaces import Space
from protocol.space.fold import page as fold
from protocol.space.fold import register, versions
from protocol.space.fold.block import Body
from protocol.space.fold.item import Item
from protocol.space.fold.page import Block
from protocol.space.fold.versions import Suggestion


@dataclass(frozen=True)
class Reading:
    """One version of a block that stands: by whom, and what it says (None: it removes it, or cannot
    be read)."""

    version: Item
    body: Body | None
    removes: bool


async def find_readings(
    reader: Reader, space: Space, block: str
) -> tuple[Block, list[Reading], Suggestion]:
    """All versions of a block that stand, the shown one first, and what they could become."""
    home, name = contributions.split(block)
    found = await blocks.get(reader, space, block)
    items = await refold.list_items(reader, space.id, [(home, name)])
    needed = versions.needed_for(register.read(items[home, name], "block", "body"))
    items = await refold.with_payloads(reader, space.id, items, needed)
    bodies = register.read(items[home, name], "block", "body")
    readings = [Reading(one, fold.body_of(one), fold.is_removal(one)) for one in bodies.standing]
    return found, readings, await asyncio.to_thread(versions.suggest, bodies)
