"""How many bytes each school has brought into each space, and whose logs wait for room.

Whatever keeps an operation or a payload counts it here, a batch at once (`operations`); what is
dropped, and files, the database counts by triggers (`0017_ledger.sql`).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from node.storage.database import Reader, Transaction

Quota = Literal["space", "school", "partner"]
SIGNED_BYTES = 64
"""What a signature takes."""


@dataclass(frozen=True)
class Paused:
    """A school whose logs wait here, for which quota, and since when."""

    node: str
    quota: Quota
    since_ms: int


async def list_of_space(reader: Reader, space: str) -> dict[str, int]:
    """The bytes of every school in a space."""
    rows = await reader.all("SELECT node, bytes FROM space_usage WHERE space = $1", space)
    return {row["node"]: row["bytes"] for row in rows}


async def list_of_nodes(reader: Reader, nodes: Iterable[str]) -> dict[str, int]:
    """The bytes of these schools in all spaces together."""
    rows = await reader.all(
        "SELECT node, sum(bytes) AS bytes FROM space_usage "
        "WHERE node IN (SELECT value FROM json_each($1)) GROUP BY node",
        json.dumps(sorted(nodes)),
    )
    return {row["node"]: row["bytes"] for row in rows}


async def add(transaction: Transaction, space: str, octets: Mapping[str, int]) -> None:
    """So many bytes more of these schools (nodes) lie in the space."""
    await transaction.many(
        "INSERT INTO space_usage (space, node, bytes) VALUES ($1, $2, $3) "
        "ON CONFLICT (space, node) DO UPDATE SET bytes = bytes + excluded.bytes",
        [(space, node, more) for node, more in sorted(octets.items())],
    )


async def add_of(transaction: Transaction, space: str, op: str, octets: int) -> None:
    """So many bytes more lie in the space of the school that wrote this operation."""
    await transaction.run(
        "UPDATE space_usage SET bytes = bytes + $3 WHERE space = $1 AND node = "
        "(SELECT substr(log, 3, 32) FROM operations WHERE space = $1 AND id = $2)",
        space,
        op,
        octets,
    )


def size_of(payload: str | None) -> int:
    """How many bytes the text of a payload takes."""
    return 0 if payload is None else len(payload.encode("utf-8"))


async def list_paused(reader: Reader, space: str) -> list[Paused]:
    rows = await reader.all(
        "SELECT node, quota, since_ms FROM space_paused WHERE space = $1 ORDER BY node", space
    )
    return [Paused(*row) for row in rows]


async def put_paused(
    transaction: Transaction, space: str, paused: Iterable[tuple[str, Quota]], now_ms: int
) -> None:
    """These schools' logs wait for room from now on, or still."""
    await transaction.many(
        "INSERT INTO space_paused (space, node, quota, since_ms) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (space, node) DO UPDATE SET quota = excluded.quota",
        [(space, node, quota, now_ms) for node, quota in paused],
    )


async def drop_paused(transaction: Transaction, space: str, nodes: Iterable[str]) -> None:
    """Something of theirs was taken again."""
    await transaction.many(
        "DELETE FROM space_paused WHERE space = $1 AND node = $2",
        [(space, node) for node in nodes],
    )
