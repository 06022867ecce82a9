"""Which pupils decide for themselves about their pictures, where not all of their class do."""

from collections.abc import Sequence

from node.vault.vault import Unit, View


async def put_class(
    unit: Unit, class_: int, pupils: Sequence[int], *, account: int, now_ms: int
) -> None:
    """These of a class decide for themselves, and no others of it."""
    await unit.change.run(
        "DELETE FROM deciders WHERE pupil IN (SELECT id FROM pupils WHERE class = $1)", class_
    )
    for one in pupils:
        await unit.change.run(
            "INSERT INTO deciders (pupil, account, at_ms) "
            "SELECT id, $2, $3 FROM pupils WHERE id = $1 AND class = $4",
            one,
            account,
            now_ms,
            class_,
        )


async def list_of_class(view: View, class_: int) -> frozenset[int]:
    rows = await view.rows.all(
        "SELECT d.pupil FROM deciders d JOIN pupils p ON p.id = d.pupil WHERE p.class = $1", class_
    )
    return frozenset(row["pupil"] for row in rows)


async def is_one(view: View, pupil: int) -> bool:
    return await view.rows.one("SELECT 1 FROM deciders WHERE pupil = $1", pupil) is not None
