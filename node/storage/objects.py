"""Documents by their id: own ones and partners', the newest version of each, or its tombstone."""

import json
from dataclasses import dataclass

from node.storage.database import Reader, Row, Transaction
from protocol.canonical import JSONObject

_COLUMNS = "id, kind, owner, origin, version, document, local, listed, buried, published_ms"


@dataclass(frozen=True)
class StoredDocument:
    """One document. `listed` ones may be shown to anybody who asks for their address."""

    id: str
    kind: str
    owner: str
    origin: str
    version: int
    document: JSONObject
    local: bool
    listed: bool
    buried: bool
    published_ms: int


def _read(row: Row) -> StoredDocument:
    return StoredDocument(
        row["id"],
        row["kind"],
        row["owner"],
        row["origin"],
        row["version"],
        json.loads(row["document"]),
        bool(row["local"]),
        bool(row["listed"]),
        bool(row["buried"]),
        row["published_ms"],
    )


async def find(reader: Reader, id_: str) -> StoredDocument | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM objects WHERE id = $1", id_)
    return None if row is None else _read(row)


async def list_of_kind(
    reader: Reader, kind: str, *, local: bool | None = None, limit: int = 200
) -> list[StoredDocument]:
    """Unburied documents of one kind, the last changed first."""
    where = "" if local is None else f"AND local = {int(local)}"
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM objects WHERE kind = $1 AND buried = 0 {where} "
        "ORDER BY updated_ms DESC LIMIT $2",
        kind,
        limit,
    )
    return [_read(row) for row in rows]


async def find_of_origin(reader: Reader, origin: str, kind: str) -> StoredDocument | None:
    """The document of one kind that a node said last."""
    row = await reader.one(
        f"SELECT {_COLUMNS} FROM objects WHERE kind = $2 AND origin = $1 AND buried = 0 "
        "ORDER BY updated_ms DESC LIMIT 1",
        origin,
        kind,
    )
    return None if row is None else _read(row)


async def list_of_owner(
    reader: Reader, owner: str, kind: str, *, limit: int = 100
) -> list[StoredDocument]:
    """An owner's unburied documents of one kind, the newest first."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM objects WHERE owner = $1 AND kind = $2 AND buried = 0 "
        "ORDER BY published_ms DESC, id LIMIT $3",
        owner,
        kind,
        limit,
    )
    return [_read(row) for row in rows]


async def list_many(reader: Reader, ids: list[str]) -> dict[str, StoredDocument]:
    """Those of `ids` that are known and not buried, by id, in one round trip."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM objects WHERE buried = 0 "
        "AND id IN (SELECT value FROM json_each($1))",
        json.dumps(ids),
    )
    return {row["id"]: _read(row) for row in rows}


async def list_with_schools(reader: Reader, ids: list[str]) -> dict[str, StoredDocument]:
    """As `list_many`, and the schools that those documents name."""
    rows = await reader.all(
        "WITH asked AS (SELECT id, document FROM objects WHERE buried = 0 "
        "AND id IN (SELECT value FROM json_each($1))) "
        f"SELECT {_COLUMNS} FROM objects WHERE buried = 0 AND id IN "
        "(SELECT id FROM asked UNION SELECT document ->> '$.school' FROM asked)",
        json.dumps(ids),
    )
    return {row["id"]: _read(row) for row in rows}


async def list_open_notices(
    reader: Reader,
    reading: str,
    now: str,
    *,
    purpose: str = "",
    country: str = "",
    language: str = "",
    limit: int = 60,
) -> list[StoredDocument]:
    """Notices that are not over at `now` (as documents write it), the last changed first.

    Without those of whom `reading` has blocked; only of that purpose, school's country and
    language to work in, where one is given.
    """
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM objects WHERE kind = 'notice' AND buried = 0 "
        "AND document ->> '$.expires' > $1 "
        "AND owner NOT IN (SELECT blocked FROM blocks WHERE account_actor = $2) "
        "AND ($3 = '' OR document ->> '$.purpose' = $3) "
        "AND ($4 = '' OR document ->> '$.country' = $4) "
        "AND ($5 = '' OR $5 IN (SELECT value FROM json_each(document, '$.languages'))) "
        "ORDER BY updated_ms DESC LIMIT $6",
        now,
        reading,
        purpose,
        country,
        language,
        limit,
    )
    return [_read(row) for row in rows]


async def count_open_notices(reader: Reader, owner: str, now: str) -> int:
    """How many notices of `owner` are not over at `now`."""
    return await reader.count(
        "SELECT count(*) FROM objects WHERE owner = $1 AND kind = 'notice' AND buried = 0 "
        "AND document ->> '$.expires' > $2",
        owner,
        now,
    )


async def list_changes(reader: Reader, after: int, limit: int) -> list[tuple[int, StoredDocument]]:
    """Own listed documents that changed after `after`, in that order, tombstones among them."""
    rows = await reader.all(
        f"SELECT change, {_COLUMNS} FROM objects "
        "WHERE local = 1 AND listed = 1 AND change > $1 ORDER BY change LIMIT $2",
        after,
        limit,
    )
    return [(row["change"], _read(row)) for row in rows]


async def put(transaction: Transaction, stored: StoredDocument, *, updated_ms: int) -> None:
    """Keep a document as the newest version of its id."""
    await transaction.run(
        "INSERT INTO objects (id, kind, owner, origin, version, document, local, listed, buried, "
        "published_ms, updated_ms, change) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
        "(SELECT coalesce(max(change), 0) + 1 FROM objects)) "
        "ON CONFLICT (id) DO UPDATE SET version = excluded.version, "
        "document = excluded.document, listed = excluded.listed, buried = excluded.buried, "
        "updated_ms = excluded.updated_ms, change = excluded.change",
        stored.id,
        stored.kind,
        stored.owner,
        stored.origin,
        stored.version,
        json.dumps(stored.document, ensure_ascii=False),
        int(stored.local),
        int(stored.listed),
        int(stored.buried),
        stored.published_ms,
        updated_ms,
    )


async def renumber_changes(transaction: Transaction, beyond: int) -> None:
    """Number all changes anew above `beyond`, so that whoever follows them reads all again."""
    await transaction.run("UPDATE objects SET change = change + $1", beyond)


async def drop(transaction: Transaction, id_: str) -> None:
    """Forget a document: a draft that was discarded, a copy of what is gone elsewhere."""
    await transaction.run("DELETE FROM objects WHERE id = $1", id_)


async def put_conflict(
    transaction: Transaction, id_: str, version: int, document: JSONObject, now_ms: int
) -> None:
    await transaction.run(
        "INSERT INTO conflicts (id, version, document, found_ms) VALUES ($1, $2, $3, $4)",
        id_,
        version,
        json.dumps(document, ensure_ascii=False),
        now_ms,
    )


async def count_conflicts(reader: Reader) -> int:
    return await reader.count("SELECT count(*) FROM conflicts")
