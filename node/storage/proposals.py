"""What founders asked of the steward of a space: a view that is folded from their logs."""

from collections.abc import Iterable

import msgspec

from node.storage.database import Reader, Transaction
from protocol.space.fold.proposals import Proposal


async def list_of_space(reader: Reader, space: str) -> list[Proposal]:
    """All proposals of a space, answered ones too."""
    rows = await reader.all("SELECT proposal FROM space_proposals WHERE space = $1", space)
    return [msgspec.json.decode(row["proposal"], type=Proposal) for row in rows]


async def put_all(
    transaction: Transaction, space: str, folded: Iterable[tuple[str, str, Proposal | None]]
) -> None:
    """Show what came out of folding (home, name); nothing where nothing did."""
    for home, name, proposal in folded:
        if proposal is None:
            await transaction.run(
                "DELETE FROM space_proposals WHERE space = $1 AND home = $2 AND name = $3",
                space,
                home,
                name,
            )
            continue
        await transaction.run(
            "INSERT INTO space_proposals (space, home, name, proposal) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (space, home, name) DO UPDATE SET proposal = excluded.proposal",
            space,
            home,
            name,
            msgspec.json.encode(proposal).decode("ascii"),
        )
