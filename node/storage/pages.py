"""Pages and their blocks as people see them: folds kept as rows, a cache that `refold` makes.

A block is a row of its own, so a write changes one row however long its page is. What is not shown
has no words here, so what was erased is in none of them.
"""

import json
from collections.abc import Iterable, Sequence

import msgspec

from node.storage.database import Reader, Row, Transaction, Value
from node.storage.words import all_of
from protocol import folding
from protocol.space.fold.block import plain
from protocol.space.fold.history import Contribution, Standing
from protocol.space.fold.page import MAX_BLOCKS, MAX_PAGE_OCTETS, Block, Page
from protocol.space.fold.versions import Version

_page = msgspec.json.Decoder(Page)
_block = msgspec.json.Decoder(Block)
_ORDER = "place = '', place, home, object"


async def find_page(reader: Reader, space: str, home: str, object_: str) -> Page | None:
    row = await reader.one(
        "SELECT told FROM pages WHERE space = $1 AND home = $2 AND object = $3",
        space,
        home,
        object_,
    )
    return None if row is None else _page.decode(row["told"])


async def list_pages(
    reader: Reader, space: str, *, standing: Standing = Standing.SHOWN, limit: int, offset: int = 0
) -> list[Page]:
    """Pages in their order: those that are shown, or those that were removed."""
    rows = await reader.all(
        f"SELECT told FROM pages WHERE space = $1 AND standing = $2 ORDER BY {_ORDER} "
        "LIMIT $3 OFFSET $4",
        space,
        str(standing),
        limit,
        offset,
    )
    return [_page.decode(row["told"]) for row in rows]


async def count_pages(reader: Reader, space: str, standing: Standing = Standing.SHOWN) -> int:
    return await reader.count(
        "SELECT count(*) FROM pages WHERE space = $1 AND standing = $2", space, str(standing)
    )


async def find_block(reader: Reader, space: str, home: str, object_: str) -> Block | None:
    row = await reader.one(
        "SELECT told FROM page_blocks WHERE space = $1 AND home = $2 AND object = $3",
        space,
        home,
        object_,
    )
    return None if row is None else _block.decode(row["told"])


async def list_blocks(
    reader: Reader, space: str, page: str, *, seen: bool = True, limit: int = MAX_BLOCKS
) -> list[Block]:
    """The blocks that a page shows, in their order (`fold.page.view`); or those that were removed
    from it."""
    rows = await reader.all(
        f"SELECT told FROM (SELECT told, sum(octets) OVER (ORDER BY {_ORDER}) AS so_far FROM "
        "(SELECT * FROM page_blocks WHERE space = $1 AND page = $2 AND seen = $3 "
        f"ORDER BY {_ORDER} LIMIT $4)) WHERE so_far <= $5",
        space,
        page,
        int(seen),
        limit,
        MAX_PAGE_OCTETS,
    )
    return [_block.decode(row["told"]) for row in rows]


async def count_blocks(reader: Reader, space: str, page: str, *, seen: bool = True) -> int:
    return await reader.count(
        "SELECT count(*) FROM page_blocks WHERE space = $1 AND page = $2 AND seen = $3",
        space,
        page,
        int(seen),
    )


async def list_versions(
    reader: Reader, space: str, page: str, *, limit: int, offset: int = 0
) -> list[Version]:
    """What was changed of a page and its blocks, the latest first."""
    rows = await reader.all(
        "SELECT * FROM page_versions WHERE space = $1 AND page = $2 "
        "ORDER BY time_ms DESC, op DESC LIMIT $3 OFFSET $4",
        space,
        page,
        limit,
        offset,
    )
    return [_read_version(row) for row in rows]


async def count_versions(reader: Reader, space: str, page: str) -> int:
    return await reader.count(
        "SELECT count(*) FROM page_versions WHERE space = $1 AND page = $2", space, page
    )


async def find_version(reader: Reader, space: str, op: str) -> Version | None:
    row = await reader.one("SELECT * FROM page_versions WHERE space = $1 AND op = $2", space, op)
    return None if row is None else _read_version(row)


async def find_version_before(
    reader: Reader, space: str, page: str, moment: tuple[int, str]
) -> Version | None:
    """The version that was the latest when the one at `moment` was made."""
    row = await reader.one(
        "SELECT * FROM page_versions WHERE space = $1 AND page = $2 AND (time_ms, op) < ($3, $4) "
        "ORDER BY time_ms DESC, op DESC LIMIT 1",
        space,
        page,
        *moment,
    )
    return None if row is None else _read_version(row)


async def list_objects_of(
    reader: Reader, space: str, page: str, until: tuple[int, str], *, limit: int
) -> list[tuple[str, str]]:
    """Home and name of the page and of the blocks that lay in it up to a (time, id), the oldest
    first."""
    rows = await reader.all(
        "SELECT object FROM page_versions WHERE space = $1 AND page = $2 "
        "AND (time_ms, op) <= ($3, $4) GROUP BY object ORDER BY min(time_ms), object LIMIT $5",
        space,
        page,
        *until,
        limit,
    )
    found = (row["object"].partition("/") for row in rows)
    return [(home, name) for home, _, name in found]


def _read_version(row: Row) -> Version:
    return Version(
        row["op"],
        row["page"],
        row["object"],
        row["field"],
        row["node"],
        row["actor"],
        row["time_ms"],
        row["value"],
    )


async def find_any(reader: Reader, space: str, home: str, object_: str) -> Page | Block | None:
    """The page or block of this home and name."""
    page = await find_page(reader, space, home, object_)
    return page if page is not None else await find_block(reader, space, home, object_)


async def list_put_away(
    reader: Reader,
    standing: Standing,
    home: str,
    space: str,
    actor: str,
    common: bool | None,
    limit: int,
) -> list[tuple[str, Contribution]]:
    """See `shown.list_put_away`. Of removed blocks those of which the page shows nothing."""
    if common is False:
        return []
    pages = await reader.all(
        "SELECT space, told FROM pages WHERE standing = $1 AND ($2 = '' OR home = $2) "
        "AND ($3 = '' OR space = $3) AND ($4 = '' OR told ->> '$.actor' = $4) "
        "ORDER BY told ->> '$.put_away.time' DESC LIMIT $5",
        str(standing),
        home,
        space,
        actor,
        limit,
    )
    blocks = await reader.all(
        "SELECT space, told FROM page_blocks WHERE seen = $6 AND told ->> '$.standing' = $1 "
        "AND ($2 = '' OR home = $2) AND ($3 = '' OR space = $3) "
        "AND ($4 = '' OR told ->> '$.actor' = $4) "
        "ORDER BY told ->> '$.put_away.time' DESC LIMIT $5",
        str(standing),
        home,
        space,
        actor,
        limit,
        int(standing is not Standing.DELETED),
    )
    found: list[tuple[str, Contribution]] = [
        (row["space"], _page.decode(row["told"])) for row in pages
    ]
    return [*found, *((row["space"], _block.decode(row["told"])) for row in blocks)]


async def list_lying_on(reader: Reader, space: str, page: str) -> list[Block]:
    """Every block that lies on a page, also what it does not show."""
    rows = await reader.all(
        "SELECT told FROM page_blocks WHERE space = $1 AND page = $2", space, page
    )
    return [_block.decode(row["told"]) for row in rows]


async def search_blocks(reader: Reader, space: str, words: str, *, limit: int = 50) -> list[Block]:
    """Blocks of pages that are shown that hold every one of `words`, the latest first."""
    terms = folding.words(words)
    if not terms:
        return []
    rows = await reader.all(
        "SELECT b.told FROM block_search s JOIN page_blocks b ON b.number = s.rowid "
        "JOIN pages p ON p.space = b.space AND p.home = substr(b.page, 1, 32) "
        "AND p.object = substr(b.page, 34) AND p.standing = 'shown' "
        "WHERE s.block_search MATCH $2 AND b.space = $1 AND b.seen = 1 "
        "ORDER BY b.told ->> 'time' DESC, b.home, b.object LIMIT $3",
        space,
        all_of(terms),
        limit,
    )
    return [_block.decode(row["told"]) for row in rows]


async def search_pages(reader: Reader, space: str, words: str, *, limit: int = 50) -> list[Page]:
    """Pages that are shown and whose title holds every one of `words`, in their order."""
    terms = folding.words(words)
    if not terms:
        return []
    rows = await reader.all(
        "SELECT p.told AS told FROM content_search s JOIN content_words w ON w.number = s.rowid "
        "JOIN pages p ON p.space = w.space AND p.home = w.home AND p.object = w.object "
        "WHERE s.content_search MATCH $2 AND w.space = $1 AND p.standing = 'shown' "
        "ORDER BY p.place = '', p.place, p.home, p.object LIMIT $3",
        space,
        all_of(terms),
        limit,
    )
    return [_page.decode(row["told"]) for row in rows]


async def put_pages(
    transaction: Transaction, space: str, pages: Sequence[tuple[str, str, Page | None]]
) -> None:
    """What these objects (home and name) look like now; None where there is no such page."""
    await transaction.many(
        "DELETE FROM pages WHERE space = $1 AND home = $2 AND object = $3",
        [(space, home, object_) for home, object_, _ in pages],
    )
    await transaction.many(
        "INSERT INTO pages (space, home, object, standing, place, told) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        [
            (space, one.home, one.object, str(one.standing), one.place, _told(one))
            for _, _, one in pages
            if one is not None
        ],
    )


async def put_blocks(
    transaction: Transaction, space: str, blocks: Sequence[tuple[str, str, Block | None]]
) -> None:
    """What these objects (home and name) look like now; None where there is no such block."""
    before = await transaction.all(
        "SELECT b.number FROM json_each($2) j CROSS JOIN page_blocks b "
        "ON b.space = $1 AND b.home = j.value ->> 0 AND b.object = j.value ->> 1",
        space,
        json.dumps([(home, object_) for home, object_, _ in blocks]),
    )
    numbers: list[tuple[Value, ...]] = [(row["number"],) for row in before]
    await transaction.many("DELETE FROM block_search WHERE rowid = $1", numbers)
    await transaction.many("DELETE FROM page_blocks WHERE number = $1", numbers)
    there = [one for _, _, one in blocks if one is not None]
    await transaction.many(
        "INSERT INTO page_blocks (space, home, object, page, seen, place, octets, told) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        [
            (
                space,
                one.home,
                one.object,
                one.page,
                int(one.is_seen),
                one.place,
                one.octets,
                _told(one),
            )
            for one in there
        ],
    )
    await transaction.many(
        "INSERT INTO block_search (rowid, folded) SELECT number, $4 FROM page_blocks "
        "WHERE space = $1 AND home = $2 AND object = $3",
        [
            (space, one.home, one.object, folding.spaced(plain(one.body)))
            for one in there
            if one.body is not None
        ],
    )


async def put_versions(
    transaction: Transaction, space: str, objects: Iterable[tuple[str, Sequence[Version]]]
) -> None:
    """All versions of these objects (references). Only what came or went is written."""
    by_object = dict(objects)
    rows = await transaction.all(
        "SELECT v.op FROM json_each($2) j CROSS JOIN page_versions v "
        "ON v.space = $1 AND v.object = j.value",
        space,
        json.dumps(list(by_object)),
    )
    found = {one.id: one for versions in by_object.values() for one in versions}
    kept = {row["op"] for row in rows}
    await transaction.many(
        "DELETE FROM page_versions WHERE space = $1 AND op = $2",
        [(space, op) for op in sorted(kept - found.keys())],
    )
    await transaction.many(
        "INSERT INTO page_versions (space, op, page, object, field, value, node, actor, "
        "time_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        [
            (space, id_, one.page, one.object, one.field, one.value, one.node, one.actor, one.time)
            for id_, one in found.items()
            if id_ not in kept
        ],
    )


async def forget_search_remains(transaction: Transaction) -> None:
    """As `views.forget_search_remains`, for blocks."""
    await transaction.run("INSERT INTO block_search (block_search) VALUES ('optimize')")


async def drop_all(transaction: Transaction, space: str) -> None:
    """Forget all of a space, to make it anew."""
    await transaction.run(
        "DELETE FROM block_search WHERE rowid IN (SELECT number FROM page_blocks WHERE space = $1)",
        space,
    )
    for table in ("pages", "page_blocks", "page_versions"):
        await transaction.run(f"DELETE FROM {table} WHERE space = $1", space)


def _told(one: Page | Block) -> str:
    return msgspec.json.encode(one).decode("utf-8")
