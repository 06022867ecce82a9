"""Sessions of pupils, by the hash of their token; and failed sign-ins, counted by pupil."""

from dataclasses import dataclass

from node.vault.vault import Unit, View


@dataclass(frozen=True)
class Session:
    """`seen_ms`: when the pupil last opened a page."""

    id: int
    pupil: int
    created_ms: int
    seen_ms: int
    expires_ms: int


_COLUMNS = "s.id, s.pupil, s.created_ms, s.seen_ms, s.expires_ms"
OPEN = ("sessions", "halfway")
"""Who is in, and who is halfway in."""


async def put(unit: Unit, token_hash: str, pupil: int, *, now_ms: int, expires_ms: int) -> None:
    await unit.change.run(
        "INSERT INTO sessions (token_hash, pupil, created_ms, seen_ms, expires_ms) "
        "VALUES ($1, $2, $3, $3, $4)",
        token_hash,
        pupil,
        now_ms,
        expires_ms,
    )


async def find(view: View, token_hash: str, now_ms: int) -> Session | None:
    row = await view.rows.one(
        f"SELECT {_COLUMNS} FROM sessions s WHERE s.token_hash = $1 AND s.expires_ms > $2",
        token_hash,
        now_ms,
    )
    return None if row is None else Session(*row)


async def put_seen(unit: Unit, session: int, now_ms: int) -> None:
    await unit.change.run("UPDATE sessions SET seen_ms = $2 WHERE id = $1", session, now_ms)


async def list_of_class(view: View, class_: int, now_ms: int) -> dict[int, int]:
    """Who of a class is signed in: pupil → when he last opened a page."""
    rows = await view.rows.all(
        "SELECT s.pupil, max(s.seen_ms) FROM sessions s JOIN pupils p ON p.id = s.pupil "
        "WHERE p.class = $1 AND s.expires_ms > $2 GROUP BY s.pupil",
        class_,
        now_ms,
    )
    return {row[0]: row[1] for row in rows}


async def drop(unit: Unit, token_hash: str) -> None:
    await unit.change.run("DELETE FROM sessions WHERE token_hash = $1", token_hash)


async def drop_of_pupil(unit: Unit, pupil: int) -> None:
    """Whoever is in is out, and whoever is halfway in begins again."""
    for table in OPEN:
        await unit.change.run(f"DELETE FROM {table} WHERE pupil = $1", pupil)


async def drop_of_class(unit: Unit, class_: int) -> None:
    """As `drop_of_pupil`, for everybody in a class."""
    for table in OPEN:
        await unit.change.run(
            f"DELETE FROM {table} WHERE pupil IN (SELECT id FROM pupils WHERE class = $1)", class_
        )


async def put_failure(unit: Unit, pupil: int, now_ms: int) -> None:
    await unit.change.run("INSERT INTO failures (pupil, at_ms) VALUES ($1, $2)", pupil, now_ms)


async def count_failures(view: View, pupil: int, since_ms: int) -> int:
    return await view.rows.count(
        "SELECT count(*) FROM failures WHERE pupil = $1 AND at_ms > $2", pupil, since_ms
    )


async def drop_failures(unit: Unit, pupil: int) -> None:
    await unit.change.run("DELETE FROM failures WHERE pupil = $1", pupil)
