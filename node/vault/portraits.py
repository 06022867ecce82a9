"""Whom a picture shows: what a teacher marked, before it is in the space or afterwards."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from node.vault.vault import Unit, View


@dataclass(frozen=True)
class Portrait:
    """One pupil in one picture; `object` is its name in the space, `account` who marked it."""

    space: str
    object: str
    pupil: int
    account: int
    at_ms: int


async def put_all(
    unit: Unit, space: str, object_: str, pupils: Iterable[int], *, account: int, now_ms: int
) -> None:
    """The picture shows exactly these."""
    shown = json.dumps(sorted(pupils))
    await unit.change.run(
        "DELETE FROM portraits WHERE space = $1 AND object = $2 "
        "AND pupil NOT IN (SELECT value FROM json_each($3))",
        space,
        object_,
        shown,
    )
    await unit.change.run(
        "INSERT INTO portraits (space, object, pupil, account, at_ms) "
        "SELECT $1, $2, value, $4, $5 FROM json_each($3) WHERE true ON CONFLICT DO NOTHING",
        space,
        object_,
        shown,
        account,
        now_ms,
    )


async def drop(unit: Unit, space: str, object_: str) -> None:
    """The picture is gone: whom it showed, and that it is blocked, is forgotten."""
    await unit.change.run("DELETE FROM portraits WHERE space = $1 AND object = $2", space, object_)
    await unblock(unit, space, object_)


async def block_of(unit: Unit, pupils: Iterable[int]) -> None:
    """Block every picture that is marked with one of them, before their marks go with them."""
    await unit.change.run(
        "INSERT INTO blocked_pictures (space, object, at_ms) "
        "SELECT space, object, max(at_ms) FROM portraits "
        "WHERE pupil IN (SELECT value FROM json_each($1)) GROUP BY space, object "
        "ON CONFLICT DO NOTHING",
        json.dumps(sorted(pupils)),
    )


async def unblock(unit: Unit, space: str, object_: str) -> None:
    """A teacher has looked at it again."""
    await unit.change.run(
        "DELETE FROM blocked_pictures WHERE space = $1 AND object = $2", space, object_
    )


async def is_blocked(view: View, space: str, object_: str) -> bool:
    """Whether it was marked with somebody who was forgotten since."""
    found = await view.rows.one(
        "SELECT 1 FROM blocked_pictures WHERE space = $1 AND object = $2", space, object_
    )
    return found is not None


async def list_blocked(view: View) -> list[tuple[str, str]]:
    """Space and name of each such picture."""
    rows = await view.rows.all("SELECT space, object FROM blocked_pictures ORDER BY space, object")
    return [(row[0], row[1]) for row in rows]


async def list_shown(view: View, space: str, object_: str) -> list[int]:
    """Whom a picture shows."""
    rows = await view.rows.all(
        "SELECT pupil FROM portraits WHERE space = $1 AND object = $2 ORDER BY pupil",
        space,
        object_,
    )
    return [row["pupil"] for row in rows]


async def count_pictures(view: View, space: str, pupils: Iterable[int]) -> dict[int, int]:
    """How many pictures of a space show each of them."""
    rows = await view.rows.all(
        "SELECT pupil, count(*) FROM portraits WHERE space = $1 "
        "AND pupil IN (SELECT value FROM json_each($2)) GROUP BY pupil",
        space,
        json.dumps(sorted(pupils)),
    )
    return {row[0]: row[1] for row in rows}


async def list_of_pupils(view: View, pupils: Iterable[int]) -> list[Portrait]:
    """Every picture that shows one of them."""
    rows = await view.rows.all(
        "SELECT space, object, pupil, account, at_ms FROM portraits "
        "WHERE pupil IN (SELECT value FROM json_each($1)) ORDER BY space, object, pupil",
        json.dumps(sorted(pupils)),
    )
    return [Portrait(*row) for row in rows]


async def list_elsewhere(view: View, *, before_ms: int) -> list[tuple[str, str]]:
    """Space and name of each picture, marked before that moment, that is no work which waits
    here; also of those that are blocked."""
    rows = await view.rows.all(
        "SELECT DISTINCT p.space, p.object FROM (SELECT space, object, at_ms FROM portraits "
        "UNION ALL SELECT space, object, at_ms FROM blocked_pictures) p "
        "WHERE p.at_ms < $1 AND NOT EXISTS "
        "(SELECT 1 FROM works w WHERE w.object = p.object AND w.state <> 'released') "
        "ORDER BY p.space, p.object",
        before_ms,
    )
    return [(row[0], row[1]) for row in rows]


async def list_unwanted(view: View) -> list[Portrait]:
    """Those whom a picture shows although the last word in that space was no."""
    rows = await view.rows.all(
        "SELECT p.space, p.object, p.pupil, p.account, p.at_ms FROM portraits p "
        "JOIN consents c ON c.id = (SELECT max(l.id) FROM consents l "
        "WHERE l.pupil = p.pupil AND l.space = p.space) "
        "WHERE c.said IN ('refused', 'withdrawn') ORDER BY p.space, p.object, p.pupil"
    )
    return [Portrait(*row) for row in rows]
