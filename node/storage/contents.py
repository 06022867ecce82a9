"""Contributions as people see them, posts apart: folds kept as rows, a cache that `refold` makes.

What is not shown has no words here, so what was erased is in none of them.
"""

import json
from collections.abc import Sequence
from typing import Final, TypeVar

import msgspec

from node.storage import home_files, view_tickets
from node.storage.database import Reader, Row, Transaction, Value
from node.storage.words import all_of
from protocol import folding
from protocol.space.fold.history import Contribution, Standing
from protocol.space.fold.kinds import KINDS
from protocol.space.fold.materials import Album, File
from protocol.space.fold.news import Update
from protocol.space.fold.wall import Card, Wall

_SHOWN: Final = ("shown", "waiting")
_COMMON: Final = ("wall", "card")
_DECODERS: Final = {one.shape: msgspec.json.Decoder(one.shape) for one in KINDS.values()}
_NAMES: Final = {one.shape: name for name, one in KINDS.items()}

Made = TypeVar("Made", bound=Contribution)
Placed = TypeVar("Placed", Card, Wall)


async def find(
    reader: Reader, space: str, home: str, object_: str, shape: type[Made]
) -> Made | None:
    """The object of this home and name, where it is of the kind that looks like `shape`."""
    row = await reader.one(
        "SELECT told FROM contents WHERE space = $1 AND home = $2 AND object = $3 AND kind = $4",
        space,
        home,
        object_,
        _NAMES[shape],
    )
    return None if row is None else _read(row, shape)


async def find_any(reader: Reader, space: str, home: str, object_: str) -> Contribution | None:
    """The object of this home and name, whatever its kind."""
    row = await reader.one(
        "SELECT kind, told FROM contents WHERE space = $1 AND home = $2 AND object = $3",
        space,
        home,
        object_,
    )
    return None if row is None else _read(row, KINDS[row["kind"]].shape)


async def list_inside(
    reader: Reader, space: str, inside: str, shape: type[Made], *, limit: int
) -> list[Made]:
    """All of a kind that lies in something ("" for what lies in nothing), the oldest first."""
    rows = await reader.all(
        "SELECT told FROM contents WHERE space = $1 AND kind = $2 AND inside = $3 "
        "ORDER BY time_ms, op LIMIT $4",
        space,
        _NAMES[shape],
        inside,
        limit,
    )
    return [_read(row, shape) for row in rows]


async def list_placed(
    reader: Reader, space: str, inside: str, shape: type[Placed], standing: Standing, *, limit: int
) -> list[Placed]:
    """What stands so and lies in something ("" for what lies in nothing), in its order
    (`fold.wall.order`). Where it is more than `limit`, each school has the same share of it, and
    what a school leaves of its share goes to the others."""
    order = "told ->> '$.place' = '', told ->> '$.place', home, object"
    rows = await reader.all(
        "SELECT told FROM (SELECT told, home, object FROM (SELECT told, home, object, row_number() "
        f"OVER (PARTITION BY told ->> '$.node' ORDER BY {order}) AS rank FROM contents "
        "WHERE space = $1 AND kind = $2 AND inside = $3 AND standing = $4) "
        f"ORDER BY rank, {order} LIMIT $5) ORDER BY {order}",
        space,
        _NAMES[shape],
        inside,
        str(standing),
        limit,
    )
    return [_read(row, shape) for row in rows]


async def count_by_school(
    reader: Reader, space: str, kind: str, inside: str | None = None
) -> dict[str, int]:
    """How many of a common kind are shown of each school's writing: in all, or in something."""
    rows = await reader.all(
        "SELECT told ->> '$.node' AS node, count(*) AS many FROM contents WHERE space = $1 "
        "AND kind = $2 AND standing = 'shown' AND ($3 IS NULL OR inside = $3) GROUP BY node",
        space,
        kind,
        inside,
    )
    return {row["node"]: int(row["many"]) for row in rows}


async def list_named_files(reader: Reader, space: str, references: Sequence[str]) -> list[File]:
    """Those of some files that are shown, by reference."""
    rows = await reader.all(
        "SELECT c.told AS told FROM json_each($2) j CROSS JOIN contents c ON c.space = $1 "
        "AND c.home = substr(j.value, 1, 32) AND c.object = substr(j.value, 34) "
        "WHERE c.kind = 'file' AND c.standing = 'shown'",
        space,
        json.dumps(list(references)),
    )
    return [_read(row, File) for row in rows]


async def count_inside(reader: Reader, space: str, kind: str) -> dict[str, int]:
    """How many of a kind are shown in each thing that they lie in."""
    rows = await reader.all(
        "SELECT inside, count(*) AS many FROM contents WHERE space = $1 AND kind = $2 "
        "AND standing = 'shown' GROUP BY inside",
        space,
        kind,
    )
    return {row["inside"]: int(row["many"]) for row in rows}


async def list_put_away(
    reader: Reader,
    standing: Standing,
    home: str,
    space: str,
    actor: str,
    common: bool | None,
    limit: int,
) -> list[tuple[str, Contribution]]:
    """See `shown.list_put_away`."""
    rows = await reader.all(
        "SELECT space, kind, told FROM contents WHERE standing = $1 AND ($2 = '' OR home = $2) "
        "AND ($3 = '' OR space = $3) AND ($4 = '' OR actor = $4) "
        "AND ($5 IS NULL OR (kind IN (SELECT value FROM json_each($6))) = $5) "
        "AND standing IN ('deleted', 'hidden') "
        "ORDER BY told ->> '$.put_away.time' DESC, op LIMIT $7",
        str(standing),
        home,
        space,
        actor,
        None if common is None else int(common),
        json.dumps(_COMMON),
        limit,
    )
    return [(row["space"], _read(row, KINDS[row["kind"]].shape)) for row in rows]


def _read(row: Row, shape: type[Made]) -> Made:
    made = _DECODERS[shape].decode(row["told"])
    assert isinstance(made, shape)
    return made


async def list_updates(
    reader: Reader, space: str, *, limit: int = 50, offset: int = 0
) -> list[Update]:
    """Updates, the newest first."""
    rows = await reader.all(
        "SELECT told FROM contents WHERE space = $1 AND kind = 'update' "
        "ORDER BY time_ms DESC, op LIMIT $2 OFFSET $3",
        space,
        limit,
        offset,
    )
    return [_read(row, Update) for row in rows]


async def list_files(
    reader: Reader, space: str, *, album: str = "", limit: int = 50, offset: int = 0
) -> list[File]:
    """Files that are shown or on their way, the newest first; those of one album in its order."""
    order = "time_ms, op" if album else "time_ms DESC, op"
    rows = await reader.all(
        "SELECT told FROM contents WHERE space = $1 AND kind = 'file' AND ($2 = '' OR inside = $2) "
        f"AND standing IN (SELECT value FROM json_each($5)) ORDER BY {order} LIMIT $3 OFFSET $4",
        space,
        album,
        limit,
        offset,
        json.dumps(_SHOWN),
    )
    return [_read(row, File) for row in rows]


async def list_named(reader: Reader, space: str, references: Sequence[str]) -> list[File]:
    """The files with these references, whatever their standing."""
    rows = await reader.all(
        "SELECT c.told FROM json_each($2) j CROSS JOIN contents c ON c.space = $1 "
        "AND c.home = substr(j.value, 1, 32) AND c.object = substr(j.value, 34) "
        "WHERE c.kind = 'file'",
        space,
        json.dumps(list(references)),
    )
    return [_read(row, File) for row in rows]


async def list_pictures(
    reader: Reader, space: str, *, limit: int, offset: int = 0
) -> dict[str, tuple[File, bool]]:
    """The pictures of those updates that `list_updates` lists, by reference, and whether their
    thumbnails are here: shown files of the same node as the update."""
    # CROSS JOIN keeps the order: from the few updates to their pictures.
    rows = await reader.all(
        "SELECT f.told AS told, b.sha256 IS NOT NULL AS here FROM (SELECT home, told FROM contents "
        "WHERE space = $1 AND kind = 'update' ORDER BY time_ms DESC, op LIMIT $2 OFFSET $3) u "
        "CROSS JOIN json_each(u.told, '$.pictures') j CROSS JOIN contents f ON f.space = $1 "
        "AND f.home = u.home AND f.object = j.value LEFT JOIN blobs b ON b.space = $1 "
        "AND b.sha256 = f.told ->> 'thumbnail' AND b.size = f.told ->> 'thumbnail_size' "
        "AND b.here = 1 WHERE f.kind = 'file' AND f.standing = 'shown'",
        space,
        limit,
        offset,
    )
    found = [(_read(row, File), bool(row["here"])) for row in rows]
    return {one.reference: (one, here) for one, here in found}


async def list_own_pictures(
    reader: Reader, space: str, home: str, actor: str, *, limit: int = 24
) -> list[File]:
    """The pictures of one person, the newest first."""
    rows = await reader.all(
        "SELECT told FROM contents WHERE space = $1 AND kind = 'file' AND home = $2 "
        "AND actor = $3 AND standing = 'shown' AND told ->> 'media_type' LIKE 'image/%' "
        "ORDER BY time_ms DESC, op LIMIT $4",
        space,
        home,
        actor,
        limit,
    )
    return [_read(row, File) for row in rows]


async def list_albums(reader: Reader, space: str) -> list[tuple[Album, int]]:
    """Albums that are shown, with how many files lie in each, the newest first."""
    rows = await reader.all(
        "SELECT a.told AS told, (SELECT count(*) FROM contents f WHERE f.space = $1 "
        "AND f.inside = a.home || '/' || a.object AND f.inside <> '' AND f.kind = 'file' "
        "AND f.standing = 'shown') AS files FROM contents a WHERE a.space = $1 "
        "AND a.kind = 'album' AND a.standing = 'shown' ORDER BY a.time_ms DESC, a.op LIMIT 200",
        space,
    )
    return [(_read(row, Album), int(row["files"])) for row in rows]


async def search(reader: Reader, space: str, words: str, *, limit: int = 50) -> list[Contribution]:
    """What is shown and holds every one of `words`, the newest first; cards of walls that are
    shown."""
    terms = folding.words(words)
    if not terms:
        return []
    rows = await reader.all(
        "SELECT c.kind AS kind, c.told AS told FROM content_search s JOIN content_words w "
        "ON w.number = s.rowid JOIN contents c ON c.space = w.space AND c.home = w.home "
        "AND c.object = w.object WHERE s.content_search MATCH $2 AND w.space = $1 "
        "AND c.standing = 'shown' AND (c.kind <> 'card' OR EXISTS (SELECT 1 FROM contents l "
        "WHERE l.space = $1 AND l.home = substr(c.inside, 1, 32) "
        "AND l.object = substr(c.inside, 34) AND l.standing = 'shown')) "
        "ORDER BY c.time_ms DESC, c.op LIMIT $3",
        space,
        all_of(terms),
        limit,
    )
    return [_read(row, KINDS[row["kind"]].shape) for row in rows]


async def count(reader: Reader, space: str, kind: str) -> int:
    """How many there are of a kind, in a list."""
    return await reader.count(
        "SELECT count(*) FROM contents WHERE space = $1 AND kind = $2 "
        "AND ($2 <> 'file' OR standing IN (SELECT value FROM json_each($3)))",
        space,
        kind,
        json.dumps(_SHOWN),
    )


async def put(
    transaction: Transaction, space: str, contents: Sequence[tuple[str, str, Contribution | None]]
) -> None:
    """What these objects (home and name) look like now; None where there is no such thing."""
    contents = [
        (home, object_, await _with_bytes(transaction, space, one))
        for home, object_, one in contents
    ]
    await transaction.many(
        "DELETE FROM contents WHERE space = $1 AND home = $2 AND object = $3",
        [(space, home, object_) for home, object_, _ in contents],
    )
    await transaction.many(
        "INSERT INTO contents (space, home, object, kind, op, time_ms, actor, standing, inside, "
        "told) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        [_as_row(space, one) for _, _, one in contents if one is not None],
    )


async def _with_bytes(
    transaction: Transaction, space: str, one: Contribution | None
) -> Contribution | None:
    """A file with what this school knows of its bytes, whatever its operations say. Tickets for one
    that is not to be seen by them any more are void."""
    if not isinstance(one, File):
        return one
    if not one.stays_home or one.standing is not Standing.SHOWN:
        await view_tickets.drop_of_object(transaction, space, one.reference)
    return await home_files.complete(transaction, space, one)


def _as_row(space: str, one: Contribution) -> tuple[Value, ...]:
    return (
        space,
        one.home,
        one.object,
        _NAMES[type(one)],
        one.id,
        one.time,
        one.actor,
        str(one.standing),
        one.inside if one.is_shared or one.standing is Standing.SHOWN else "",
        msgspec.json.encode(one).decode("utf-8"),
    )


async def drop_all(transaction: Transaction, space: str) -> None:
    """Forget all of a space, to make it anew."""
    await transaction.run("DELETE FROM contents WHERE space = $1", space)
