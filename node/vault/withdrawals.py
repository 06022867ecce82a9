"""Released work that pupils took back: asked for, done, seen by a teacher."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from node.vault.vault import Unit, View


@dataclass(frozen=True)
class Withdrawal:
    """What a pupil took back, and where; `asked_ms` is when."""

    work: int
    pupil: int
    space: str
    kind: str
    asked_ms: int


async def put(unit: Unit, works: Sequence[int], now_ms: int) -> list[int]:
    """A pupil wants these gone. Those that are noted already stay as they are; the others."""
    sql = "INSERT INTO withdrawals (work, asked_ms) VALUES ($1, $2) ON CONFLICT DO NOTHING"
    return [one for one in works if await unit.change.run(sql, one, now_ms)]


async def put_done(unit: Unit, works: Sequence[int], now_ms: int) -> None:
    """They are erased here, and the other schools are told; also where nothing noted them."""
    for one in works:
        await unit.change.run(
            "INSERT INTO withdrawals (work, asked_ms, done_ms) SELECT id, $2, $2 FROM works "
            "WHERE id = $1 ON CONFLICT (work) DO UPDATE SET done_ms = excluded.done_ms "
            "WHERE done_ms IS NULL",
            one,
            now_ms,
        )


async def drop(unit: Unit, works: Sequence[int]) -> None:
    """They could not be taken back."""
    for one in works:
        await unit.change.run("DELETE FROM withdrawals WHERE work = $1 AND done_ms IS NULL", one)


async def list_undone(view: View) -> list[int]:
    """What was asked for and interrupted."""
    rows = await view.rows.all("SELECT work FROM withdrawals WHERE done_ms IS NULL ORDER BY work")
    return [row["work"] for row in rows]


async def list_of_pupil(view: View, pupil: int) -> dict[int, int]:
    """When each work that a pupil took back was gone."""
    rows = await view.rows.all(
        "SELECT t.work, t.done_ms FROM withdrawals t JOIN works w ON w.id = t.work "
        "WHERE w.pupil = $1 AND t.done_ms IS NOT NULL",
        pupil,
    )
    return {row["work"]: row["done_ms"] for row in rows}


async def list_unseen(view: View, spaces: Sequence[str], *, limit: int) -> list[Withdrawal]:
    """What no teacher of these spaces has seen yet, the latest first."""
    rows = await view.rows.all(
        "SELECT w.id, w.pupil, w.space, w.kind, t.asked_ms FROM withdrawals t "
        "JOIN works w ON w.id = t.work WHERE t.done_ms IS NOT NULL AND t.seen_ms IS NULL "
        "AND w.space IN (SELECT value FROM json_each($1)) "
        "ORDER BY t.asked_ms DESC, w.id DESC LIMIT $2",
        json.dumps(list(spaces)),
        limit,
    )
    return [Withdrawal(*row) for row in rows]


async def put_seen(
    unit: Unit, works: Sequence[int], spaces: Sequence[str], *, account: int, now_ms: int
) -> None:
    """A teacher of these spaces has seen those of the works that lie in them."""
    await unit.change.run(
        "UPDATE withdrawals SET seen_by = $3, seen_ms = $4 WHERE seen_ms IS NULL "
        "AND work IN (SELECT value FROM json_each($1)) AND work IN "
        "(SELECT id FROM works WHERE space IN (SELECT value FROM json_each($2)))",
        json.dumps(list(works)),
        json.dumps(list(spaces)),
        account,
        now_ms,
    )
