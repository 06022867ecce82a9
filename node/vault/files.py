"""Pupils' files before they are released: what is said of them, sealed, and which bytes they have.

The bytes lie in `node.vault.store`, under `kept`. A file that is released has no row any more.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from node.storage.database import Row
from node.vault.vault import Unit, View

COLUMNS = (
    "f.kept, f.media_type, f.octets, f.width, f.height, f.small_octets, f.name AS file_name, "
    "f.words"
)


@dataclass(frozen=True)
class KeptFile:
    """A file as it would be sent: its clean bytes, and what it is called.

    `small_octets` is 0 where there is no small picture. `words` are those in it that could be read,
    `unread` says what could not (see `node.cleaning.workshop.Words`).
    """

    kept: str
    media_type: str
    octets: int
    width: int
    height: int
    small_octets: int
    name: str
    words: Sequence[str]
    unread: Sequence[str]

    @property
    def is_picture(self) -> bool:
        return self.small_octets > 0


async def put(unit: Unit, work: int, file: KeptFile) -> None:
    said = json.dumps({"words": list(file.words), "unread": list(file.unread)})
    await unit.change.run(
        "INSERT INTO files (work, kept, media_type, octets, width, height, small_octets, name, "
        "words) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        work,
        file.kept,
        file.media_type,
        file.octets,
        file.width,
        file.height,
        file.small_octets,
        unit.box.seal("files.name", file.name),
        unit.box.seal("files.words", said),
    )


async def rename(unit: Unit, work: int, name: str) -> None:
    await unit.change.run(
        "UPDATE files SET name = $2 WHERE work = $1", work, unit.box.seal("files.name", name)
    )
    unit.change.wipe()


async def drop(unit: Unit, work: int) -> None:
    """It lies in the space now, or is gone; so are its bytes here, when they are next tidied."""
    await unit.change.run("DELETE FROM files WHERE work = $1", work)


async def list_kept(view: View) -> frozenset[str]:
    """The names of all bytes that are to be here."""
    rows = await view.rows.all(
        "SELECT kept FROM files UNION SELECT kept FROM evidence WHERE kept IS NOT NULL "
        "UNION SELECT kept FROM brought_works WHERE kept IS NOT NULL"
    )
    return frozenset(row["kept"] for row in rows)


async def sum_octets(view: View, pupil: int | None = None) -> int:
    """How much the files of a pupil that wait take here, or those of the whole school."""
    return await view.rows.count(
        "SELECT coalesce((SELECT sum(f.octets + f.small_octets) FROM files f "
        "JOIN works w ON w.id = f.work WHERE $1 IS NULL OR w.pupil = $1), 0)",
        pupil,
    )


def read(view: View, row: Row) -> KeptFile | None:
    """The file of a work in a row with `COLUMNS`; None for a work that has none."""
    if row["kept"] is None:
        return None
    said = json.loads(view.box.open("files.words", row["words"]))
    return KeptFile(
        row["kept"],
        row["media_type"],
        row["octets"],
        row["width"],
        row["height"],
        row["small_octets"],
        view.box.open("files.name", row["file_name"]),
        tuple(said["words"]),
        tuple(said["unread"]),
    )
