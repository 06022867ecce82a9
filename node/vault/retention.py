"""Drops what has stayed as long as its table's rule says (`register`)."""

from collections.abc import Mapping

from node.storage import register
from node.vault.register import TABLES, Ends, Table
from node.vault.vault import Unit, View

DAY_MS = 86_400_000


async def list_over(view: View, now_ms: int, tables: Mapping[str, Table] = TABLES) -> list[str]:
    """The tables with rows that have stayed long enough."""
    return [
        name
        for name, table in tables.items()
        if table.ends is Ends.AFTER
        and await view.rows.one(
            f"SELECT 1 FROM {name} WHERE {table.column} <= $1 LIMIT 1",
            now_ms - table.days * DAY_MS,
        )
    ]


async def list_classes_over(view: View, now_ms: int) -> list[int]:
    """The classes whose year ended long enough ago."""
    rows = await view.rows.all(
        "SELECT id FROM classes WHERE ends_ms <= $1", now_ms - TABLES["classes"].days * DAY_MS
    )
    return [row["id"] for row in rows]


async def list_columns(view: View) -> dict[str, list[str]]:
    """Every table that the vault really has, with its columns."""
    return await register.list_columns(view.rows)


async def drop_over(unit: Unit, name: str, now_ms: int) -> int:
    """Drop the rows of the table `name` that have stayed long enough; how many."""
    table = TABLES[name]
    dropped = await unit.change.run(
        f"DELETE FROM {name} WHERE {table.column} <= $1", now_ms - table.days * DAY_MS
    )
    unit.change.wipe()
    return dropped
