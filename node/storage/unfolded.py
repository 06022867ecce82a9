"""Objects that a batch of operations changed and that are to be folded behind it."""

import json
from collections.abc import Collection
from dataclasses import dataclass

from node.storage.database import Reader, Transaction
from protocol.space.effects import Touched


@dataclass(frozen=True)
class Unfolded:
    """What one batch left behind."""

    number: int
    space: str
    objects: tuple[Touched, ...]


async def find_space(reader: Reader, without: Collection[str]) -> str | None:
    """The space in which something waits longest, but for some."""
    row = await reader.one(
        "SELECT space FROM unfolded WHERE space NOT IN (SELECT value FROM json_each($1)) "
        "ORDER BY number LIMIT 1",
        json.dumps(sorted(without)),
    )
    return None if row is None else row["space"]


async def find_next(reader: Reader, space: str) -> Unfolded | None:
    """What waits longest of a space."""
    row = await reader.one(
        "SELECT number, space, objects FROM unfolded WHERE space = $1 ORDER BY number LIMIT 1",
        space,
    )
    if row is None:
        return None
    objects = tuple(Touched("content", home, name) for home, name in json.loads(row["objects"]))
    return Unfolded(row["number"], row["space"], objects)


async def put(transaction: Transaction, space: str, objects: Collection[Touched]) -> None:
    """These objects, all of them content, are to be folded."""
    if not objects:
        return
    named = json.dumps([(one.home, one.object) for one in sorted(objects)])
    await transaction.run("INSERT INTO unfolded (space, objects) VALUES ($1, $2)", space, named)


async def drop(transaction: Transaction, one: Unfolded) -> None:
    """It was folded."""
    await transaction.run("DELETE FROM unfolded WHERE number = $1", one.number)


async def drop_all(transaction: Transaction, space: str) -> None:
    """Everything of the space was folded."""
    await transaction.run("DELETE FROM unfolded WHERE space = $1", space)
