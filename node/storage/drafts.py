"""Projects before anybody else has heard of them: what their founders wrote so far."""

from dataclasses import dataclass

from node.storage.database import Reader, Transaction

_COLUMNS = "project, owner, fields, created_ms, changed_ms"


@dataclass(frozen=True)
class Draft:
    """`fields` is JSON text; its members are those of `actions.projects.ProjectFields`."""

    project: str
    owner: str
    fields: str
    created_ms: int
    changed_ms: int


async def find(reader: Reader, project: str) -> Draft | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM drafts WHERE project = $1", project)
    return None if row is None else Draft(*row)


async def list_of_owner(reader: Reader, owner: str) -> list[Draft]:
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM drafts WHERE owner = $1 ORDER BY changed_ms DESC", owner
    )
    return [Draft(*row) for row in rows]


async def put(transaction: Transaction, draft: Draft) -> None:
    await transaction.run(
        f"INSERT INTO drafts ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (project) DO UPDATE SET fields = excluded.fields, "
        "changed_ms = excluded.changed_ms",
        draft.project,
        draft.owner,
        draft.fields,
        draft.created_ms,
        draft.changed_ms,
    )


async def put_owner(transaction: Transaction, before: str, after: str) -> None:
    """Somebody takes over all that a colleague has written down."""
    await transaction.run("UPDATE drafts SET owner = $2 WHERE owner = $1", before, after)


async def put_owner_of(transaction: Transaction, project: str, before: str, after: str) -> None:
    """Somebody takes over one project of a colleague."""
    await transaction.run(
        "UPDATE drafts SET owner = $3 WHERE project = $1 AND owner = $2", project, before, after
    )


async def drop(transaction: Transaction, project: str) -> None:
    await transaction.run("DELETE FROM drafts WHERE project = $1", project)
