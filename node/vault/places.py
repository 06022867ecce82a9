"""Where pupils take part: the one link between a pupil and a pseudonym of a space."""

from dataclasses import dataclass

from node.vault.vault import Unit, View

_COLUMNS = "pupil, space, pseudonym, alias, since_ms, ended_ms"


@dataclass(frozen=True)
class Place:
    """A pupil's place in a space: a random id and an alias, both drawn for this space alone."""

    pupil: int
    space: str
    pseudonym: str
    alias: str
    since_ms: int
    ended_ms: int | None


async def put(
    unit: Unit, pupil: int, space: str, *, pseudonym: str, alias: str, now_ms: int
) -> None:
    """A place; whoever had one there gets it back under another alias, with the same id."""
    await unit.change.run(
        f"INSERT INTO places ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, NULL) "
        "ON CONFLICT (pupil, space) DO UPDATE SET alias = excluded.alias, ended_ms = NULL",
        pupil,
        space,
        pseudonym,
        alias,
        now_ms,
    )


async def end(unit: Unit, pupil: int, space: str, now_ms: int) -> None:
    await unit.change.run(
        "UPDATE places SET ended_ms = $3 WHERE pupil = $1 AND space = $2", pupil, space, now_ms
    )


async def find(view: View, pupil: int, space: str) -> Place | None:
    """A pupil's place in a space, also one that has ended."""
    row = await view.rows.one(
        f"SELECT {_COLUMNS} FROM places WHERE pupil = $1 AND space = $2", pupil, space
    )
    return None if row is None else Place(*row)


async def find_pupil(view: View, space: str, pseudonym: str) -> int | None:
    """Who of this school is or was called so in a space."""
    row = await view.rows.one(
        "SELECT pupil FROM places WHERE space = $1 AND pseudonym = $2", space, pseudonym
    )
    return None if row is None else int(row["pupil"])


async def list_of_pupil(view: View, pupil: int) -> list[Place]:
    """Where a pupil takes part now."""
    rows = await view.rows.all(
        f"SELECT {_COLUMNS} FROM places WHERE pupil = $1 AND ended_ms IS NULL ORDER BY since_ms",
        pupil,
    )
    return [Place(*row) for row in rows]


async def list_all_of_pupil(view: View, pupil: int) -> list[Place]:
    """Where a pupil takes part or ever did."""
    rows = await view.rows.all(f"SELECT {_COLUMNS} FROM places WHERE pupil = $1", pupil)
    return [Place(*row) for row in rows]


async def list_of_space(view: View, space: str) -> list[Place]:
    """Every place of a space, also those that have ended."""
    rows = await view.rows.all(
        f"SELECT {_COLUMNS} FROM places WHERE space = $1 ORDER BY alias", space
    )
    return [Place(*row) for row in rows]


async def list_aliases(view: View) -> list[str]:
    """The aliases of all spaces: none of them is given in a class."""
    return [row["alias"] for row in await view.rows.all("SELECT alias FROM places")]


async def count_by_space(view: View) -> dict[str, dict[int, int]]:
    """How many pupils of each class take part in each space now."""
    rows = await view.rows.all(
        "SELECT w.space, p.class, count(*) FROM places w JOIN pupils p ON p.id = w.pupil "
        "WHERE w.ended_ms IS NULL GROUP BY w.space, p.class ORDER BY p.class"
    )
    found: dict[str, dict[int, int]] = {}
    for space, class_, number in rows:
        found.setdefault(space, {})[class_] = number
    return found


async def count_by_class(view: View) -> dict[int, int]:
    """How many pupils of each class take part in any space now."""
    rows = await view.rows.all(
        "SELECT p.class, count(DISTINCT p.id) FROM places w JOIN pupils p ON p.id = w.pupil "
        "WHERE w.ended_ms IS NULL GROUP BY p.class"
    )
    return {row[0]: row[1] for row in rows}
