"""What pupils show after their card: kept as a hash; who is halfway in; what was shown wrongly."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from node.vault.vault import Unit, View

Way: TypeAlias = Literal["pictures", "password"]


@dataclass(frozen=True)
class SecondStep:
    """What a pupil chose, and when."""

    pupil: int
    way: Way
    secret_hash: str
    set_ms: int


@dataclass(frozen=True)
class Choice:
    """That a pupil chose something, and when; never what."""

    way: Way
    set_ms: int


_COLUMNS = "s.pupil, s.way, s.secret_hash, s.set_ms"


async def put_new(unit: Unit, step: SecondStep) -> bool:
    """Keep it; False where the pupil has one already, which stays."""
    return bool(
        await unit.change.run(
            "INSERT INTO second_steps (pupil, way, secret_hash, set_ms) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (pupil) DO NOTHING",
            step.pupil,
            step.way,
            step.secret_hash,
            step.set_ms,
        )
    )


async def find(view: View, pupil: int) -> SecondStep | None:
    row = await view.rows.one(f"SELECT {_COLUMNS} FROM second_steps s WHERE s.pupil = $1", pupil)
    return None if row is None else SecondStep(*row)


async def list_of_class(view: View, class_: int) -> dict[int, Choice]:
    """Those of a class who have chosen."""
    rows = await view.rows.all(
        "SELECT s.pupil, s.way, s.set_ms FROM second_steps s JOIN pupils p ON p.id = s.pupil "
        "WHERE p.class = $1",
        class_,
    )
    return {row[0]: Choice(row[1], row[2]) for row in rows}


async def drop(unit: Unit, pupil: int) -> None:
    await unit.change.run("DELETE FROM second_steps WHERE pupil = $1", pupil)
    unit.change.wipe()


async def put_halfway(
    unit: Unit, token_hash: str, pupil: int, *, now_ms: int, expires_ms: int
) -> None:
    """Somebody has shown this pupil's card; what expired of him goes."""
    await unit.change.run(
        "DELETE FROM halfway WHERE pupil = $1 AND expires_ms <= $2", pupil, now_ms
    )
    await unit.change.run(
        "INSERT INTO halfway (token_hash, pupil, expires_ms) VALUES ($1, $2, $3)",
        token_hash,
        pupil,
        expires_ms,
    )


async def find_halfway(view: View, token_hash: str, now_ms: int) -> int | None:
    """The pupil whose card was shown."""
    row = await view.rows.one(
        "SELECT pupil FROM halfway WHERE token_hash = $1 AND expires_ms > $2", token_hash, now_ms
    )
    return None if row is None else int(row["pupil"])


async def drop_halfway(unit: Unit, token_hash: str) -> None:
    await unit.change.run("DELETE FROM halfway WHERE token_hash = $1", token_hash)


async def put_misstep(unit: Unit, pupil: int, now_ms: int) -> int:
    """Its number."""
    return await unit.change.insert(
        "INSERT INTO missteps (pupil, at_ms) VALUES ($1, $2)", pupil, now_ms
    )


async def list_missteps(view: View, pupil: int, since_ms: int) -> list[int]:
    """When something wrong was shown, the newest first."""
    rows = await view.rows.all(
        "SELECT at_ms FROM missteps WHERE pupil = $1 AND at_ms > $2 ORDER BY at_ms DESC",
        pupil,
        since_ms,
    )
    return [int(row["at_ms"]) for row in rows]


async def count_of_class(view: View, class_: int, since_ms: int) -> dict[int, int]:
    """How often something wrong was shown for each pupil of a class."""
    rows = await view.rows.all(
        "SELECT m.pupil, count(*) FROM missteps m JOIN pupils p ON p.id = m.pupil "
        "WHERE p.class = $1 AND m.at_ms > $2 GROUP BY m.pupil",
        class_,
        since_ms,
    )
    return {row[0]: row[1] for row in rows}


async def drop_misstep(unit: Unit, number: int) -> None:
    await unit.change.run("DELETE FROM missteps WHERE id = $1", number)


async def drop_missteps(unit: Unit, pupil: int) -> None:
    await unit.change.run("DELETE FROM missteps WHERE pupil = $1", pupil)
