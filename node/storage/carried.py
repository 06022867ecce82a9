"""All that is kept of a space, in pages: for whoever examines it or carries it away.

Unlike `operations`, which reads what was judged, this trusts no column: each row comes as it lies.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from node.storage.database import Reader, Row
from protocol.canonical import unb64
from protocol.space.statement import Signed

PAGE = 500
BEGINNING = (0, "")
"""Before the first operation of a log."""
BEHIND_NOTHING: tuple[int | str, str] = ("", "")
"""Before the first statement of a kind."""


@dataclass(frozen=True)
class Lying:
    """One operation as it lies: its columns, the bytes of its header, its payload if it is here."""

    id: str
    log: str
    seq: int
    home: str
    object: str
    lacks: bool
    header: bytes
    signature: bytes
    accepted: bool
    void: str | None
    payload: str | None


@dataclass(frozen=True)
class LyingStatement:
    """One signed statement as it lies, under the id or the name that its row has."""

    key: str
    node: str
    statement: str
    signature: str

    def open(self) -> Signed:
        """Refuses with BAD_NAME a signature that cannot be one."""
        return Signed(self.statement.encode("utf-8"), unb64(self.signature))


async def list_logs(reader: Reader, space: str) -> list[str]:
    """All logs of which something is stored, control before content."""
    rows = await reader.all(
        "SELECT DISTINCT log FROM operations WHERE space = $1 "
        "ORDER BY substr(log, 1, 1) DESC, CAST(substr(log, 36) AS INTEGER), log",
        space,
    )
    return [row["log"] for row in rows]


async def walk(reader: Reader, space: str, log: str) -> AsyncIterator[list[Lying]]:
    """Every operation of a log in the order of its numbers, forks and all, a page at a time."""
    after = BEGINNING
    while page := await list_page(reader, space, log, after):
        yield page
        after = page[-1].seq, page[-1].id


async def find_last(reader: Reader, space: str) -> int:
    """Which operation of a space came here last: a number for `list_page`."""
    return await reader.count("SELECT max(rowid) FROM operations WHERE space = $1", space)


async def list_page(
    reader: Reader, space: str, log: str, after: tuple[int, str], until: int | None = None
) -> list[Lying]:
    """The operations of a log behind (seq, id), so many as one page holds; with `until` only those
    that had come when `find_last` said so."""
    rows = await reader.all(
        "SELECT o.id, o.log, o.seq, o.home, o.object, o.lacks, o.header, o.signature, "
        "o.accepted, o.void, p.payload FROM operations o "
        "LEFT JOIN payloads p ON p.space = o.space AND p.op = o.id "
        "WHERE o.space = $1 AND o.log = $2 AND (o.seq, o.id) > ($3, $4) "
        "AND ($6 IS NULL OR o.rowid <= $6) ORDER BY o.seq, o.id LIMIT $5",
        space,
        log,
        *after,
        PAGE,
        until,
    )
    return [_read(row) for row in rows]


def _read(row: Row) -> Lying:
    return Lying(
        row["id"],
        row["log"],
        row["seq"],
        row["home"],
        row["object"],
        bool(row["lacks"]),
        bytes(row["header"]),
        bytes(row["signature"]),
        bool(row["accepted"]),
        row["void"],
        row["payload"],
    )


_STATEMENTS = {
    "erasures": "SELECT number, '' AS second, id AS key, node, statement, signature FROM erasures "
    "WHERE space = $1 AND (number, '') > ($2, $3) ORDER BY number LIMIT $4",
    "receipts": "SELECT statement AS first, node AS second, statement AS key, node, "
    "receipt AS statement, signature FROM receipts "
    "WHERE space = $1 AND (statement, node) > ($2, $3) ORDER BY statement, node LIMIT $4",
    "votes": "SELECT id AS first, '' AS second, id AS key, "
    "CASE WHEN json_valid(statement) THEN statement ->> 'node' ELSE '' END AS node, "
    "statement, signature FROM votes WHERE space = $1 AND (id, '') > ($2, $3) "
    "ORDER BY id LIMIT $4",
    "descriptors": "SELECT node AS first, '' AS second, node AS key, node, statement, signature "
    "FROM descriptors WHERE space = $1 AND (node, '') > ($2, $3) ORDER BY node LIMIT $4",
}


async def walk_statements(
    reader: Reader, space: str, kind: str
) -> AsyncIterator[list[LyingStatement]]:
    """Every signed statement of a kind, a page at a time: erasures in the order of their arrival,
    receipts (the key is the statement's id), votes, descriptors (the key is the node)."""
    after = BEHIND_NOTHING
    while True:
        page, after = await list_statements(reader, space, kind, after)
        if not page:
            return
        yield page


async def list_statements(
    reader: Reader, space: str, kind: str, after: tuple[int | str, str]
) -> tuple[list[LyingStatement], tuple[int | str, str]]:
    """One page of what `walk_statements` goes through, and behind what the next one begins."""
    first = 0 if kind == "erasures" and after == BEHIND_NOTHING else after[0]
    rows = await reader.all(_STATEMENTS[kind], space, first, after[1], PAGE)
    page = [
        LyingStatement(row["key"], row["node"], row["statement"], row["signature"]) for row in rows
    ]
    return page, (rows[-1][0], rows[-1][1]) if rows else after


async def list_erased(reader: Reader, space: str) -> set[tuple[str, str, str]]:
    """Node, operation and statement of everything that is gone for ever."""
    rows = await reader.all("SELECT node, op, statement FROM erased WHERE space = $1", space)
    return {(row["node"], row["op"], row["statement"]) for row in rows}


async def list_evidence(reader: Reader, space: str) -> list[tuple[str, bytes, bytes]]:
    """Id, header and signature of operations kept only for what they acknowledge."""
    rows = await reader.all(
        "SELECT DISTINCT op, header, signature FROM acknowledgements "
        "WHERE space = $1 AND header IS NOT NULL ORDER BY op",
        space,
    )
    return [(row["op"], bytes(row["header"]), bytes(row["signature"])) for row in rows]


async def list_references(reader: Reader, space: str) -> set[tuple[str, str]]:
    """Operation and hash of every payload that names bytes."""
    rows = await reader.all("SELECT op, sha256 FROM blob_references WHERE space = $1", space)
    return {(row["op"], row["sha256"]) for row in rows}


async def list_named_bytes(reader: Reader, space: str) -> list[tuple[str, str, str]]:
    """Home and name of every object whose payloads name bytes, and their hash; without those
    payloads that a purge hides."""
    rows = await reader.all(
        "SELECT DISTINCT o.home, o.object, r.sha256 FROM blob_references r JOIN operations o "
        "ON o.space = r.space AND o.id = r.op WHERE r.space = $1 AND NOT EXISTS "
        "(SELECT 1 FROM withheld w WHERE w.space = r.space AND w.op = r.op "
        "AND w.node = substr(o.log, 3, 32))",
        space,
    )
    return [(row["home"], row["object"], row["sha256"]) for row in rows]


async def list_put_away(reader: Reader, space: str) -> frozenset[tuple[str, str]]:
    """Home and name of everything that was hidden or deleted, and what lies on such a page or
    wall: what nobody who reads the space sees."""
    rows = await reader.all(
        "SELECT home, object FROM posts WHERE space = $1 AND standing IN ('deleted', 'hidden') "
        "UNION SELECT home, object FROM contents WHERE space = $1 "
        "AND (standing IN ('deleted', 'hidden') OR inside IN (SELECT home || '/' || object "
        "FROM contents WHERE space = $1 AND kind = 'wall' AND standing IN ('deleted', 'hidden'))) "
        "UNION SELECT home, object FROM pages WHERE space = $1 "
        "AND standing IN ('deleted', 'hidden') "
        "UNION SELECT home, object FROM page_blocks WHERE space = $1 "
        "AND (seen = 0 OR told ->> '$.standing' = 'hidden' OR page IN (SELECT home || '/' || "
        "object FROM pages WHERE space = $1 AND standing IN ('deleted', 'hidden')))",
        space,
    )
    return frozenset((row["home"], row["object"]) for row in rows)


async def list_withheld(reader: Reader, space: str) -> frozenset[str]:
    """The operations whose payloads a purge hides."""
    rows = await reader.all(
        "SELECT w.op FROM withheld w JOIN operations o ON o.space = w.space AND o.id = w.op "
        "WHERE w.space = $1 AND w.node = substr(o.log, 3, 32)",
        space,
    )
    return frozenset(row["op"] for row in rows)


async def find_marks(reader: Reader, space: str) -> tuple[int, ...]:
    """Numbers that change whenever something is erased in a space, hidden by a purge, or put under
    lock or out of it at this node."""
    row = await reader.one(
        "SELECT (SELECT coalesce(max(number), 0) FROM erasures WHERE space = $1), "
        "(SELECT count(*) FROM erased WHERE space = $1), "
        "(SELECT count(*) FROM withheld WHERE space = $1), "
        "(SELECT count(*) FROM quarantined), (SELECT coalesce(sum(since_ms), 0) FROM quarantined)",
        space,
    )
    return () if row is None else tuple(row)


async def count_views(reader: Reader, space: str) -> dict[str, int]:
    """How many rows people's views of a space have, by table."""
    tables = ("posts", "contents", "pages", "page_blocks", "page_versions", "space_people")
    return {
        table: await reader.count(f"SELECT count(*) FROM {table} WHERE space = $1", space)
        for table in (*tables, "space_proposals", "descendants")
    }


async def sum_bytes(reader: Reader, space: str) -> int:
    """How many bytes a space takes here: payloads, headers, and the files that lie here."""
    words = await reader.count(
        "SELECT sum(length(CAST(payload AS BLOB))) FROM payloads WHERE space = $1", space
    )
    headers = await reader.count(
        "SELECT sum(length(header) + 64) FROM operations WHERE space = $1", space
    )
    files = await reader.count("SELECT sum(size) FROM blobs WHERE space = $1 AND here = 1", space)
    return words + headers + files


async def count_unconfirmed(reader: Reader, space: str, own: str) -> dict[str, int]:
    """How many statements of the node `own` each school that was ever admitted has not confirmed;
    those that have confirmed all are left out."""
    rows = await reader.all(
        "SELECT m.node, count(*) AS missing FROM erasures e JOIN space_members m "
        "ON m.space = e.space AND m.node <> e.node WHERE e.space = $1 AND e.node = $2 "
        "AND NOT EXISTS (SELECT 1 FROM receipts r WHERE r.space = e.space "
        "AND r.statement = e.id AND r.node = m.node) GROUP BY m.node",
        space,
        own,
    )
    return {row["node"]: row["missing"] for row in rows}
