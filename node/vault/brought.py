"""Work that pupils brought along: sealed, of no space, shown to its author and his teachers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from node.storage.database import Row
from node.vault.vault import Unit, View

_COLUMNS = (
    "id, pupil, language, body, kept, media_type, octets, small_octets, name, account, created_ms, "
    "changed_ms"
)


@dataclass(frozen=True)
class Bytes:
    """The clean bytes of a file, and what it is called; `small_octets` is 0 without a picture."""

    kept: str
    media_type: str
    octets: int
    small_octets: int
    name: str


@dataclass(frozen=True)
class Told:
    """What a piece says: in which project and thread it was made, how it stood there, its text,
    what a teacher noted, and what is to be seen in the picture that came with its text."""

    project: str
    thread: str
    state: str
    text: str
    note: str
    alt: str = ""


@dataclass(frozen=True)
class Brought:
    """One piece. `account` is the teacher who took it in."""

    id: int
    pupil: int
    language: str
    told: Told
    file: Bytes | None
    account: int
    created_ms: int
    changed_ms: int


async def put(
    unit: Unit,
    pupil: int,
    told: Told,
    file: Bytes | None,
    *,
    language: str,
    account: int,
    created_ms: int,
    changed_ms: int,
    now_ms: int,
) -> int:
    said = [told.project, told.thread, told.state, told.text, told.note, told.alt]
    return await unit.change.insert(
        "INSERT INTO brought_works (pupil, language, body, kept, media_type, octets, small_octets, "
        "name, account, created_ms, changed_ms, brought_ms) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        pupil,
        language,
        unit.box.seal("brought_works.body", json.dumps(said)),
        None if file is None else file.kept,
        "" if file is None else file.media_type,
        0 if file is None else file.octets,
        0 if file is None else file.small_octets,
        None if file is None else unit.box.seal("brought_works.name", file.name),
        account,
        created_ms,
        changed_ms,
        now_ms,
    )


async def find(view: View, number: int) -> Brought | None:
    row = await view.rows.one(f"SELECT {_COLUMNS} FROM brought_works WHERE id = $1", number)
    return None if row is None else _read(view, row)


async def list_of_pupil(view: View, pupil: int) -> Sequence[Brought]:
    """A pupil's, what changed last first."""
    rows = await view.rows.all(
        f"SELECT {_COLUMNS} FROM brought_works WHERE pupil = $1 ORDER BY changed_ms DESC, id DESC",
        pupil,
    )
    return [_read(view, row) for row in rows]


async def count_of_pupil(view: View, pupil: int) -> int:
    return await view.rows.count("SELECT count(*) FROM brought_works WHERE pupil = $1", pupil)


async def sum_octets(view: View, pupil: int | None = None) -> int:
    """How much the files that a pupil brought along take here, or those of the whole school."""
    return await view.rows.count(
        "SELECT coalesce(sum(octets + small_octets), 0) FROM brought_works "
        "WHERE $1 IS NULL OR pupil = $1",
        pupil,
    )


async def drop(unit: Unit, number: int) -> None:
    await unit.change.run("DELETE FROM brought_works WHERE id = $1", number)
    unit.change.wipe()


def _read(view: View, row: Row) -> Brought:
    file = None
    if row["kept"] is not None:
        file = Bytes(
            row["kept"],
            row["media_type"],
            row["octets"],
            row["small_octets"],
            view.box.open("brought_works.name", row["name"]),
        )
    return Brought(
        row["id"],
        row["pupil"],
        row["language"],
        Told(*json.loads(view.box.open("brought_works.body", row["body"]))),
        file,
        row["account"],
        row["created_ms"],
        row["changed_ms"],
    )
