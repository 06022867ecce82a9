"""Slips: the codes of printed forms, kept as hashes, each for one pupil in one space."""

from dataclasses import dataclass

from node.vault.vault import Unit, View

MOST = 20
"""Of one pupil in one space; the oldest go first."""


@dataclass(frozen=True)
class Slip:
    """What a code opens."""

    pupil: int
    space: str


async def put(unit: Unit, code_hash: str, pupil: int, space: str, now_ms: int) -> None:
    """A new slip; those before keep working, for a paper may lie with each parent."""
    await unit.change.run(
        "INSERT INTO slips (code_hash, pupil, space, made_ms) VALUES ($1, $2, $3, $4)",
        code_hash,
        pupil,
        space,
        now_ms,
    )
    await unit.change.run(
        "DELETE FROM slips WHERE code_hash IN (SELECT code_hash FROM slips WHERE pupil = $1 "
        "AND space = $2 ORDER BY made_ms DESC, code_hash LIMIT -1 OFFSET $3)",
        pupil,
        space,
        MOST,
    )


async def list_of_pupil(view: View, pupil: int) -> list[tuple[str, int]]:
    """Space and moment of each slip that was printed for a pupil, the first first."""
    rows = await view.rows.all(
        "SELECT space, made_ms FROM slips WHERE pupil = $1 ORDER BY made_ms, code_hash", pupil
    )
    return [(row[0], row[1]) for row in rows]


async def find(view: View, code_hash: str) -> Slip | None:
    row = await view.rows.one("SELECT pupil, space FROM slips WHERE code_hash = $1", code_hash)
    return None if row is None else Slip(row["pupil"], row["space"])
