"""Which bytes each space holds or wants, and which payloads name them.

A row is keyed by space and hash. The bytes themselves lie in `node.storage.shelf`, once for all
spaces; they leave it with the last row that names them.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from node.storage.database import Reader, Row, Transaction
from protocol.space.blobs import Blob

TOPIC: Final = "blobs"
"""News that there is something to fetch."""
_COLUMNS: Final = "space, sha256, size, media_type, here, wanted, attempts, next_ms, origin, why"


@dataclass(frozen=True)
class KeptBlob:
    """One blob of one space. `size` is real where it is `here`, else the largest that was said.

    `media_type` is what the bytes were found to be; `why` is what stood in the way of fetching
    them, `origin` who was asked last.
    """

    space: str
    sha256: str
    size: int
    media_type: str
    here: bool
    wanted: bool
    attempts: int
    next_ms: int
    origin: str
    why: str


def _read(row: Row) -> KeptBlob:
    return KeptBlob(
        row["space"],
        row["sha256"],
        row["size"],
        row["media_type"],
        bool(row["here"]),
        bool(row["wanted"]),
        row["attempts"],
        row["next_ms"],
        row["origin"],
        row["why"],
    )


async def find(reader: Reader, space: str, sha256: str) -> KeptBlob | None:
    row = await reader.one(
        f"SELECT {_COLUMNS} FROM blobs WHERE space = $1 AND sha256 = $2", space, sha256
    )
    return None if row is None else _read(row)


async def list_many(reader: Reader, space: str, hashes: Iterable[str]) -> dict[str, KeptBlob]:
    """Those of `hashes` that belong to the space, by hash."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM blobs WHERE space = $1 "
        "AND sha256 IN (SELECT value FROM json_each($2))",
        space,
        json.dumps(sorted(set(hashes))),
    )
    return {row["sha256"]: _read(row) for row in rows}


async def list_spaces(reader: Reader, hashes: Iterable[str]) -> list[str]:
    """The spaces that any of these bytes belong to."""
    rows = await reader.all(
        "SELECT DISTINCT space FROM blobs WHERE sha256 IN (SELECT value FROM json_each($1)) "
        "ORDER BY space",
        json.dumps(sorted(set(hashes))),
    )
    return [row["space"] for row in rows]


async def list_due(reader: Reader, now_ms: int, *, limit: int = 20) -> list[KeptBlob]:
    """What is to be fetched now, the longest due first."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM blobs WHERE wanted = 1 AND here = 0 AND next_ms <= $1 "
        "ORDER BY next_ms, size, sha256 LIMIT $2",
        now_ms,
        limit,
    )
    return [_read(row) for row in rows]


async def find_next_ms(reader: Reader) -> int | None:
    """When the next one is to be fetched."""
    row = await reader.one("SELECT min(next_ms) AS at FROM blobs WHERE wanted = 1 AND here = 0")
    return None if row is None or row["at"] is None else int(row["at"])


async def list_references(reader: Reader, space: str, sha256: str) -> list[str]:
    """The ids of the operations whose payloads name a blob."""
    rows = await reader.all(
        "SELECT op FROM blob_references WHERE space = $1 AND sha256 = $2 ORDER BY op",
        space,
        sha256,
    )
    return [row["op"] for row in rows]


async def list_homes(reader: Reader, space: str, sha256: str) -> frozenset[str]:
    """The nodes whose own logs name a blob."""
    rows = await reader.all(
        "SELECT DISTINCT substr(o.log, 3, 32) AS node FROM blob_references r JOIN operations o "
        "ON o.space = r.space AND o.id = r.op WHERE r.space = $1 AND r.sha256 = $2",
        space,
        sha256,
    )
    return frozenset(row["node"] for row in rows)


async def find_size(reader: Reader, space: str, sha256: str, node: str) -> int | None:
    """How large a node's own payloads say that a blob is; None where they do not name it."""
    row = await reader.one(
        "SELECT max(r.size) AS size FROM blob_references r JOIN operations o ON o.space = r.space "
        "AND o.id = r.op WHERE r.space = $1 AND r.sha256 = $2 AND substr(o.log, 3, 32) = $3",
        space,
        sha256,
        node,
    )
    return None if row is None or row["size"] is None else int(row["size"])


async def list_same(
    reader: Reader, space: str, ops: Iterable[str], node: str
) -> list[tuple[str, str]]:
    """Pairs of one of these operations and one of another node than `node` whose payload names the
    same bytes."""
    rows = await reader.all(
        "SELECT DISTINCT j.value, r.op FROM json_each($2) j CROSS JOIN blob_references m "
        "ON m.space = $1 AND m.op = j.value CROSS JOIN blob_references r "
        "ON r.space = m.space AND r.sha256 = m.sha256 AND r.op <> m.op "
        "CROSS JOIN operations o ON o.space = r.space AND o.id = r.op "
        "WHERE substr(o.log, 3, 32) <> $3",
        space,
        json.dumps(sorted(ops)),
        node,
    )
    return [(row[0], row[1]) for row in rows]


async def list_missing(reader: Reader) -> list[tuple[str, str]]:
    """Space and hash of everything that is named and not here."""
    rows = await reader.all("SELECT space, sha256 FROM blobs WHERE here = 0")
    return [(row["space"], row["sha256"]) for row in rows]


async def list_hashes(reader: Reader) -> frozenset[str]:
    """Everything that is to lie on the shelf."""
    rows = await reader.all("SELECT DISTINCT sha256 FROM blobs WHERE here = 1")
    return frozenset(row["sha256"] for row in rows)


async def sum_sizes(reader: Reader, space: str) -> int:
    """How many bytes the files of a space take here, whoever brought them."""
    return await reader.count("SELECT sum(size) FROM blobs WHERE space = $1 AND here = 1", space)


async def put_references(
    transaction: Transaction,
    space: str,
    op: str,
    named: Iterable[Blob],
    *,
    eager_bytes: int,
    now_ms: int,
) -> None:
    """A payload names these bytes. What is no larger than `eager_bytes` is wanted at once."""
    named = list(named)
    await transaction.many(
        "INSERT INTO blob_references (space, sha256, op, size) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT DO NOTHING",
        [(space, one.sha256, op, one.size) for one in named],
    )
    await transaction.many(
        "INSERT INTO blobs (space, sha256, size, wanted, next_ms) SELECT $1, $2, $3, "
        "$4 AND NOT EXISTS (SELECT 1 FROM quarantined WHERE sha256 = $2), $5 WHERE 1 "
        "ON CONFLICT (space, sha256) DO UPDATE SET wanted = max(wanted, excluded.wanted), "
        "size = CASE here WHEN 1 THEN size ELSE max(size, excluded.size) END",
        [(space, one.sha256, one.size, int(one.size <= eager_bytes), now_ms) for one in named],
    )


async def drop_references(transaction: Transaction, space: str, op: str) -> list[str]:
    """A payload is gone. The hashes of bytes that are to leave the shelf with it: no payload of
    any space names them any more."""
    rows = await transaction.all(
        "SELECT sha256 FROM blob_references WHERE space = $1 AND op = $2", space, op
    )
    hashes = [row["sha256"] for row in rows]
    await transaction.run("DELETE FROM blob_references WHERE space = $1 AND op = $2", space, op)
    gone = []
    for sha256 in hashes:
        if await list_references(transaction, space, sha256):
            continue
        await transaction.run("DELETE FROM blobs WHERE space = $1 AND sha256 = $2", space, sha256)
        left = await transaction.one("SELECT 1 FROM blobs WHERE sha256 = $1", sha256)
        if left is None:
            gone.append(sha256)
    return gone


async def put_here(
    transaction: Transaction, space: str, sha256: str, size: int, media_type: str
) -> None:
    """The bytes lie on the shelf, and this is what they are."""
    await transaction.run(
        "INSERT INTO blobs (space, sha256, size, media_type, here) VALUES ($1, $2, $3, $4, 1) "
        "ON CONFLICT (space, sha256) DO UPDATE SET here = 1, size = excluded.size, "
        "media_type = excluded.media_type, attempts = 0, why = ''",
        space,
        sha256,
        size,
        media_type,
    )


async def put_missing(transaction: Transaction, sha256: str, now_ms: int) -> None:
    """The bytes are not on the shelf any more: they are to be fetched again, unless they are those
    of a file that stays here: nobody else has them, and nobody else is told their hash."""
    await transaction.run(
        "UPDATE blobs SET here = 0, next_ms = $2, "
        "wanted = NOT EXISTS (SELECT 1 FROM quarantined WHERE sha256 = $1) "
        "AND NOT EXISTS (SELECT 1 FROM home_files WHERE sha256 = $1) "
        "AND NOT EXISTS (SELECT 1 FROM home_files WHERE thumbnail = $1) WHERE sha256 = $1",
        sha256,
        now_ms,
    )


async def put_wanted(transaction: Transaction, space: str, sha256: str, now_ms: int) -> None:
    """Somebody asks for the bytes: they are to be fetched now."""
    await transaction.run(
        "UPDATE blobs SET wanted = 1, next_ms = min(next_ms, $3), why = '' "
        "WHERE space = $1 AND sha256 = $2 AND here = 0 "
        "AND NOT EXISTS (SELECT 1 FROM quarantined WHERE sha256 = $2)",
        space,
        sha256,
        now_ms,
    )


async def put_waiting(
    transaction: Transaction,
    space: str,
    sha256: str,
    origin: str,
    why: str,
    next_ms: int,
    attempts: int,
) -> None:
    """Fetching did not work: who was asked, what stood in the way, when it is tried again."""
    await transaction.run(
        "UPDATE blobs SET attempts = $6, origin = $3, why = $4, next_ms = $5 "
        "WHERE space = $1 AND sha256 = $2",
        space,
        sha256,
        origin,
        why,
        next_ms,
        attempts,
    )


async def put_asked(transaction: Transaction, space: str, sha256: str, origin: str) -> None:
    """Who is being asked at present."""
    await transaction.run(
        "UPDATE blobs SET origin = $3, why = '' WHERE space = $1 AND sha256 = $2",
        space,
        sha256,
        origin,
    )


async def hasten(transaction: Transaction, origins: Iterable[str], now_ms: int) -> bool:
    """Partners gave a sign of life: what waits because they did not answer is due now; whether
    anything does."""
    changed = await transaction.run(
        "UPDATE blobs SET next_ms = $2 WHERE wanted = 1 AND here = 0 AND next_ms > $2 "
        "AND origin IN (SELECT value FROM json_each($1)) AND why = 'unreachable'",
        json.dumps(sorted(origins)),
        now_ms,
    )
    return changed > 0
