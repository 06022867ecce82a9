"""The directory as rows: what can be searched for, each in its place in the order of results.

A row's number is that place (`protocol.directory.place_of`), so that the search index hands out
results in their order and a page costs what it shows. A document whose rank changes moves.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from node.clock import unstamp
from node.storage.database import Reader, Row, Transaction, Value
from node.storage.objects import StoredDocument
from node.storage.words import all_of, any_of, within
from protocol import directory
from protocol.canonical import JSONObject
from protocol.directory import Cursor, Listing, Query

_COLUMNS = (
    "l.number, l.id, l.kind, l.owner, l.origin, l.school, l.version, l.document, l.voucher, "
    "l.source, l.shown, l.buried, l.listed_ms, l.change, l.kept_until_ms"
)
_HIDDEN = 7 << 56
"""From here on lie the places of what is kept and not shown: tombstones, offers, what is over."""
_DOCUMENTS = {
    "person": "person",
    "school": "organization",
    "project": "project",
    "notice": "notice",
}


@dataclass(frozen=True)
class Listed:
    """A document in the directory, or its tombstone.

    `kind` is what is searched for; `source` is the origin that it came from; `voucher` is what its
    node signed about it, "" where it never had to be passed on. What only came in a hub's answer is
    kept until `kept_until_ms`, to be shown, and found by nothing here.
    """

    id: str
    kind: str
    owner: str
    origin: str
    school: str
    version: int
    document: JSONObject
    voucher: str
    source: str
    shown: bool
    buried: bool
    listed_ms: int
    number: int = 0
    change: int = 0
    kept_until_ms: int | None = None

    def as_stored(self, base: str) -> StoredDocument:
        """The same as pages read documents."""
        return StoredDocument(
            id=self.id,
            kind=_DOCUMENTS[self.kind],
            owner=self.owner,
            origin=self.origin,
            version=self.version,
            document=self.document,
            local=self.origin == base,
            listed=self.shown,
            buried=self.buried,
            published_ms=unstamp(str(self.document["published"])),
        )


@dataclass(frozen=True)
class Page:
    """Results in their order, and where the next page begins, if there is one."""

    results: Sequence[Listed]
    next: Cursor | None


def _read(row: Row) -> Listed:
    return Listed(
        id=row["id"],
        kind=row["kind"],
        owner=row["owner"],
        origin=row["origin"],
        school=row["school"],
        version=row["version"],
        document=json.loads(row["document"]),
        voucher=row["voucher"],
        source=row["source"],
        shown=bool(row["shown"]),
        buried=bool(row["buried"]),
        listed_ms=row["listed_ms"],
        number=row["number"],
        change=row["change"],
        kept_until_ms=row["kept_until_ms"],
    )


async def find(reader: Reader, id_: str) -> Listed | None:
    row = await reader.one(f"SELECT {_COLUMNS} FROM listings l WHERE l.id = $1", id_)
    return None if row is None else _read(row)


async def list_with_schools(reader: Reader, ids: Sequence[str]) -> list[Listed]:
    """Those of `ids` that are listed, and their schools, in one round trip."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM listings l WHERE l.buried = 0 AND l.id IN ("
        "SELECT value FROM json_each($1) UNION SELECT o.school FROM listings o "
        "WHERE o.buried = 0 AND o.id IN (SELECT value FROM json_each($1)))",
        json.dumps(list(ids)),
    )
    return [_read(row) for row in rows]


async def list_of_school(reader: Reader, school: str) -> list[Listed]:
    """What stands under a school's name, besides the school itself."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM listings l "
        "WHERE l.school = $1 AND l.kind IN ('person', 'project', 'notice') AND l.buried = 0 "
        "AND l.kept_until_ms IS NULL",
        school,
    )
    return [_read(row) for row in rows]


async def list_due(reader: Reader, now_ms: int, *, limit: int) -> list[Listed]:
    """What has to be looked at again by now: availability that grew old, notices that are over."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM listings l WHERE l.due_ms <= $1 ORDER BY l.due_ms LIMIT $2",
        now_ms,
        limit,
    )
    return [_read(row) for row in rows]


async def find_next_due_ms(reader: Reader) -> int | None:
    row = await reader.one("SELECT min(due_ms) AS due_ms FROM listings WHERE due_ms IS NOT NULL")
    return None if row is None else row["due_ms"]


async def list_unlisted(reader: Reader, *, limit: int) -> list[StoredDocument]:
    """Own public documents that no row stands for: those from before there was a directory."""
    rows = await reader.all(
        "SELECT id, kind, owner, origin, version, document, local, listed, buried, published_ms "
        "FROM objects WHERE local = 1 AND listed = 1 AND buried = 0 "
        "AND kind IN ('person', 'organization', 'project', 'notice') "
        "AND id NOT IN (SELECT id FROM listings) LIMIT $1",
        limit,
    )
    return [
        StoredDocument(**{**dict(row), "document": json.loads(row["document"])}) for row in rows
    ]


async def list_changes(reader: Reader, after: int, limit: int) -> list[Listed]:
    """What changed after `after` of the nodes that this one reads from itself, in that order."""
    rows = await reader.all(
        f"SELECT {_COLUMNS} FROM listings l WHERE l.change > $1 AND l.voucher <> '' "
        "AND l.source = l.origin AND l.kept_until_ms IS NULL ORDER BY l.change LIMIT $2",
        after,
        limit,
    )
    return [_read(row) for row in rows]


async def list_kept(reader: Reader, before_ms: int, *, limit: int) -> list[str]:
    """The ids of strangers' documents that were kept long enough."""
    rows = await reader.all(
        "SELECT id FROM listings WHERE kept_until_ms <= $1 LIMIT $2", before_ms, limit
    )
    return [row["id"] for row in rows]


async def list_of_origin(reader: Reader, origin: str, *, limit: int) -> list[str]:
    """The ids of what is listed of one node."""
    rows = await reader.all("SELECT id FROM listings WHERE origin = $1 LIMIT $2", origin, limit)
    return [row["id"] for row in rows]


async def count_of_origin(reader: Reader, origin: str, most: int) -> int:
    """How much is listed of one node, counted as far as `most`."""
    return await reader.count(
        "SELECT count(*) FROM (SELECT 1 FROM listings WHERE origin = $1 LIMIT $2)", origin, most
    )


async def search(
    reader: Reader,
    query: Query,
    cursor: Cursor,
    *,
    now_ms: int,
    limit: int = directory.PAGE,
    vouched: bool = False,
) -> Page:
    """The results from `cursor` on: names that match first, then all else, each in its rank.

    With `vouched`, only what can be passed on.
    """
    found: list[Listed] = []
    tier = cursor.tier if query.words else 1
    after = cursor.place if tier == cursor.tier else 0
    while tier <= 1:
        rows = await _search(
            reader, query, tier, after, now_ms, limit + 1 - len(found), vouched=vouched
        )
        found += rows
        if len(found) > limit:
            # The first of what is too much says where the next page begins.
            rest = len(found) - limit
            place = rows[-rest].number - 1
            return Page(found[:limit], Cursor(tier, place))
        tier, after = tier + 1, 0
    return Page(found, None)


async def _search(
    reader: Reader,
    query: Query,
    tier: int,
    after: int,
    now_ms: int,
    limit: int,
    *,
    vouched: bool,
) -> list[Listed]:
    match = match_of(query, tier)
    good = "(l.ends_ms IS NULL OR l.ends_ms > $2)" + (" AND l.voucher <> ''" if vouched else "")
    if not match:
        rows = await reader.all(
            f"SELECT {_COLUMNS} FROM listings l WHERE l.number > $1 AND l.number < {_HIDDEN} "
            f"AND {good} ORDER BY l.number LIMIT $3",
            after,
            now_ms,
            limit,
        )
    else:
        # The index is read in the order of its row numbers and stops when the page is full.
        rows = await reader.all(
            f"SELECT {_COLUMNS} FROM listing_search s CROSS JOIN listings l ON l.number = s.rowid "
            f"WHERE s.listing_search MATCH $4 AND s.rowid > $1 AND {good} "
            "ORDER BY s.rowid LIMIT $3",
            after,
            now_ms,
            limit,
            match,
        )
    return [_read(row) for row in rows]


def match_of(query: Query, tier: int) -> str:
    """What the search index is asked; "" for everything."""
    words, region = query.words, query.region_words
    parts = [within("facets", any_of(group)) for group in query.facets]
    if region:
        parts.append(within("place", all_of(region)))
    names = within("name", all_of(words))
    if words:
        parts.append(names if tier == 0 else within("name text place", all_of(words)))
    together = " AND ".join(parts)
    return f"({together}) NOT {names}" if words and tier == 1 else together


async def put(transaction: Transaction, listed: Listed, listing: Listing | None) -> None:
    """Keep a document or tombstone as the newest of its id; with `listing`, show it there.

    One with a `change` of its own keeps that number: it moves, and nobody has to hear of it.
    """
    await put_many(transaction, [(listed, listing)])


async def put_many(
    transaction: Transaction, pairs: Sequence[tuple[Listed, Listing | None]]
) -> None:
    """The same for many, each id once, in as many round trips as for one."""
    await drop_many(transaction, [listed.id for listed, _ in pairs])
    new = sum(listed.change == 0 for listed, _ in pairs)
    change = await _next_change(transaction, new) if new else 0
    rows: list[tuple[Value, ...]] = []
    for listed, listing in pairs:
        rows.append(_as_row(listed, listing, listed.change or change))
        change += listed.change == 0
    await transaction.many(
        "INSERT INTO listings (number, id, kind, owner, origin, school, version, document, "
        "voucher, source, shown, buried, due_ms, ends_ms, listed_ms, change, kept_until_ms, "
        "country, placed) "
        "VALUES ("
        # The first free place of its rank and moment.
        "(SELECT coalesce(max(number) + 1, $1) FROM listings WHERE number >= $1 AND number < $2), "
        "$3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        rows,
    )
    await transaction.many(
        "INSERT INTO listing_search (rowid, name, text, place, facets) "
        "VALUES ((SELECT number FROM listings WHERE id = $1), $2, $3, $4, $5)",
        [
            (one.id, one.name, one.text, one.place, one.facets)
            for _, one in pairs
            if one is not None
        ],
    )


def _as_row(listed: Listed, listing: Listing | None, change: int) -> tuple[Value, ...]:
    first = _HIDDEN if listing is None else directory.place_of(listing.rank, listing.at)
    return (
        first,
        2**63 - 1 if listing is None else first + directory.PLACES,
        listed.id,
        listed.kind,
        listed.owner,
        listed.origin,
        listed.school,
        listed.version,
        json.dumps(listed.document, ensure_ascii=False),
        listed.voucher,
        listed.source,
        int(listing is not None),
        int(listed.buried),
        None if listing is None else _ms(listing.due),
        None if listing is None else _ms(listing.ends),
        listed.listed_ms,
        change,
        listed.kept_until_ms,
        str(listed.document.get("country", "")) if listed.kind == "school" else "",
        int(listed.kind == "school" and "location" in listed.document),
    )


async def drop_many(transaction: Transaction, ids: Sequence[str]) -> None:
    """Forget documents, as if they had never been heard of."""
    await transaction.many(
        "DELETE FROM listing_search WHERE rowid = "
        "(SELECT number FROM listings WHERE id = $1 AND shown = 1)",
        [(id_,) for id_ in ids],
    )
    await transaction.many("DELETE FROM listings WHERE id = $1", [(id_,) for id_ in ids])


async def put_voucher(transaction: Transaction, id_: str, voucher: str, source: str) -> None:
    """The same document came again, and now with its node's word: it can be passed on."""
    await transaction.run(
        "UPDATE listings SET voucher = $2, source = $3, change = $4 WHERE id = $1",
        id_,
        voucher,
        source,
        await _next_change(transaction),
    )


async def _next_change(transaction: Transaction, count: int = 1) -> int:
    """The first of `count` numbers of changes that come now."""
    # Counted apart from the rows: a number must not come again when its row is forgotten.
    await transaction.run("UPDATE listing_changes SET last = last + $1", count)
    return await transaction.count("SELECT last FROM listing_changes") - count + 1


def _ms(at: datetime | None) -> Value:
    return None if at is None else int(at.timestamp() * 1000)
