"""What founders had removed: hidden while a purge stands, erased where two of them gave their word
and it is settled; and to whom this school owes its own that it obeyed."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from node.storage.database import Reader, Transaction


@dataclass(frozen=True)
class KeptPurge:
    """A settled purge with two founders' words: who wrote it, and of how many entries it is."""

    id: str
    node: str
    targets: int
    erased_ms: int


async def put_withheld(
    transaction: Transaction, space: str, node: str, op: str, *, held: bool
) -> None:
    """What this operation says is not to be seen, or is again."""
    await transaction.run(
        "INSERT INTO withheld (space, node, op) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
        if held
        else "DELETE FROM withheld WHERE space = $1 AND node = $2 AND op = $3",
        space,
        node,
        op,
    )


async def list_withheld(reader: Reader, space: str, ids: Iterable[str]) -> set[tuple[str, str]]:
    """Those of `ids` that a purge hides, as (node, id)."""
    rows = await reader.all(
        "SELECT w.node, w.op FROM json_each($2) j CROSS JOIN withheld w "
        "ON w.space = $1 AND w.op = j.value",
        space,
        json.dumps(sorted(ids)),
    )
    return {(row["node"], row["op"]) for row in rows}


async def put(
    transaction: Transaction, space: str, id_: str, node: str, *, ours: bool, now_ms: int
) -> None:
    """One more thing that a settled purge of `node` erases; the first makes its row."""
    await transaction.run(
        "INSERT INTO purges (space, id, node, targets, ours, erased_ms) "
        "VALUES ($1, $2, $3, 1, $4, $5) "
        "ON CONFLICT (space, id) DO UPDATE SET targets = targets + 1",
        space,
        id_,
        node,
        int(ours),
        now_ms,
    )


async def list_unconfirmed(reader: Reader, space: str, own: str) -> list[KeptPurge]:
    """Those of other schools that this node has not confirmed."""
    rows = await reader.all(
        "SELECT p.id, p.node, p.targets, p.erased_ms FROM purges p WHERE p.space = $1 "
        "AND NOT EXISTS (SELECT 1 FROM receipts r WHERE r.space = p.space "
        "AND r.statement = p.id AND r.node = $2) ORDER BY p.number",
        space,
        own,
    )
    return [KeptPurge(*row) for row in rows]


async def is_known(reader: Reader, space: str, id_: str) -> bool:
    """Whether this is a purge that was obeyed here."""
    row = await reader.one("SELECT 1 FROM purges WHERE space = $1 AND id = $2", space, id_)
    return row is not None


async def put_owed(
    transaction: Transaction, space: str, statement: str, nodes: Iterable[str]
) -> None:
    """The own receipt for a purge is to reach these nodes."""
    await transaction.many(
        "INSERT INTO owed_receipts (space, statement, node) VALUES ($1, $2, $3) "
        "ON CONFLICT DO NOTHING",
        [(space, statement, node) for node in nodes],
    )
