"""What other schools wrote on top of what a school has erased: a view that `refold` keeps, and what
it is made of (`protocol.space.fold.descent`)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

import msgspec

from node.storage.database import Reader, Transaction
from protocol.space.effects import Touched
from protocol.space.fold.descent import Descendant, Link, Same
from protocol.space.fold.touched import CONTENT
from protocol.space.operation import Header

_headers = msgspec.json.Decoder(Header)

Named: TypeAlias = tuple[str, str]
"""Home and name of an object."""


class KeptDescendant(NamedTuple):
    """The version `op`, by the school `node`, of an object; it comes from the version `erased` of
    the school `writer`, which was erased by `statement` (`purged`: by both founders)."""

    op: str
    node: str
    home: str
    object: str
    erased: str
    writer: str
    statement: str
    purged: int
    erased_ms: int


_KEPT: Final = (
    "SELECT d.op, d.node, d.home, d.object, d.erased, e.node, e.statement, s.id IS NULL, "
    "coalesce(s.received_ms, p.erased_ms, 0) AS erased_ms FROM descendants d "
    "JOIN operations o ON o.space = d.space AND o.id = d.erased "
    "JOIN erased e ON e.space = d.space AND e.op = d.erased AND e.node = substr(o.log, 3, 32) "
    "LEFT JOIN erasures s ON s.space = e.space AND s.id = e.statement "
    "LEFT JOIN purges p ON p.space = e.space AND p.id = e.statement"
)


async def put_same(
    transaction: Transaction, space: str, node: str, same: Iterable[tuple[str, str]]
) -> None:
    """Pairs of an erased operation and one with the same bytes, by the word of `node`."""
    await transaction.many(
        "INSERT INTO same_bytes (space, op, erased, node) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT DO NOTHING",
        [(space, op, erased, node) for erased, op in same],
    )


async def list_concerned(reader: Reader, space: str, objects: Iterable[Named]) -> list[Named]:
    """Those of these objects of which something was erased, or which have bytes that were erased
    elsewhere."""
    # CROSS JOIN keeps the order: from the few objects to their operations, however long the logs.
    rows = await reader.all(
        "SELECT j.value ->> 0, j.value ->> 1 FROM json_each($2) j WHERE EXISTS "
        "(SELECT 1 FROM operations o CROSS JOIN erased e ON e.space = o.space AND e.op = o.id "
        "WHERE o.space = $1 AND o.home = j.value ->> 0 AND o.object = j.value ->> 1 "
        "AND o.object <> '') OR EXISTS "
        "(SELECT 1 FROM operations o CROSS JOIN same_bytes s ON s.space = o.space AND s.op = o.id "
        "WHERE o.space = $1 AND o.home = j.value ->> 0 AND o.object = j.value ->> 1 "
        "AND o.object <> '')",
        space,
        json.dumps(list(objects)),
    )
    return [(row[0], row[1]) for row in rows]


async def list_links(
    reader: Reader, space: str, objects: Iterable[Named]
) -> Mapping[Named, Sequence[Link]]:
    """Everything stored that says something of these objects, with an effect or without. What
    only reacts to them is left out: nothing is folded again when it comes."""
    rows = await reader.all(
        "SELECT o.home, o.object, o.id, o.header, o.void IS NULL AS effective, "
        "EXISTS (SELECT 1 FROM erased e WHERE e.space = o.space AND e.op = o.id "
        "AND e.node = substr(o.log, 3, 32)) AS erased "
        "FROM json_each($2) j CROSS JOIN operations o ON o.space = $1 "
        "AND o.home = j.value ->> 0 AND o.object = j.value ->> 1 AND o.object <> ''",
        space,
        json.dumps(list(objects)),
    )
    found: dict[Named, list[Link]] = {}
    for row in rows:
        header = _headers.decode(row["header"])
        if header.type in CONTENT:
            link = Link(row["id"], header, bool(row["effective"]), bool(row["erased"]))
            found.setdefault((row["home"], row["object"]), []).append(link)
    return found


async def list_same(reader: Reader, space: str, ids: Iterable[str]) -> list[Same]:
    """Pairs of an erased operation and one of `ids` with the same bytes, by the word of the school
    that had signed the erased one; what it says of others', and of two of its own, is left out."""
    rows = await reader.all(
        "SELECT s.node, s.erased, s.op FROM json_each($2) j CROSS JOIN same_bytes s "
        "ON s.space = $1 AND s.op = j.value "
        "JOIN operations o ON o.space = s.space AND o.id = s.op "
        "AND substr(o.log, 3, 32) <> s.node "
        "JOIN operations e ON e.space = s.space AND e.id = s.erased "
        "AND substr(e.log, 3, 32) = s.node",
        space,
        json.dumps(sorted(ids)),
    )
    return [Same(*row) for row in rows]


async def list_paired(reader: Reader, space: str, ids: Iterable[str]) -> set[Touched]:
    """What has bytes that were erased with one of `ids`, which have just come; nothing is read
    where none of them was erased."""
    if not (come := sorted(ids)):
        return set()
    erased = await reader.all(
        "SELECT op FROM erased WHERE space = $1 AND op IN (SELECT value FROM json_each($2))",
        space,
        json.dumps(come),
    )
    if not erased:
        return set()
    rows = await reader.all(
        "SELECT DISTINCT o.home, o.object FROM same_bytes s JOIN operations o "
        "ON o.space = s.space AND o.id = s.op WHERE s.space = $1 "
        "AND s.erased IN (SELECT value FROM json_each($2)) AND o.object <> ''",
        space,
        json.dumps([row[0] for row in erased]),
    )
    return {Touched("content", row[0], row[1]) for row in rows}


async def put(
    transaction: Transaction,
    space: str,
    folded: Sequence[tuple[Named, Sequence[tuple[str, Descendant]]]],
) -> None:
    """The descendants of these objects, each with the school that wrote it; there are no others."""
    await transaction.run(
        "DELETE FROM descendants WHERE space = $1 AND (home, object) IN "
        "(SELECT value ->> 0, value ->> 1 FROM json_each($2))",
        space,
        json.dumps([named for named, _ in folded]),
    )
    await transaction.many(
        "INSERT INTO descendants (space, op, erased, home, object, node) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        [
            (space, one.id, one.erased, *named, node)
            for named, found in folded
            for node, one in found
        ],
    )


async def drop_all(transaction: Transaction, space: str) -> None:
    await transaction.run("DELETE FROM descendants WHERE space = $1", space)


async def list_of_object(reader: Reader, space: str, home: str, name: str) -> list[Descendant]:
    """Those of one object, in order."""
    rows = await reader.all(
        "SELECT op, erased FROM descendants WHERE space = $1 AND home = $2 AND object = $3 "
        "ORDER BY op, erased",
        space,
        home,
        name,
    )
    return [Descendant(row[0], row[1]) for row in rows]


async def list_objects_of_node(
    reader: Reader, space: str, node: str, *, limit: int, offset: int
) -> list[Named]:
    """The objects in which a school has something to look at, what was erased first before the
    rest."""
    rows = await reader.all(
        f"SELECT home, object FROM ({_KEPT} WHERE d.space = $1 AND d.node = $2) "
        "GROUP BY home, object ORDER BY min(erased_ms), home, object LIMIT $3 OFFSET $4",
        space,
        node,
        limit,
        offset,
    )
    return [(row[0], row[1]) for row in rows]


async def list_of_node(
    reader: Reader, space: str, node: str, objects: Sequence[Named]
) -> list[KeptDescendant]:
    """What a school has to look at in these objects, what was erased first before the rest."""
    rows = await reader.all(
        f"{_KEPT} WHERE d.space = $1 AND d.node = $2 AND (d.home, d.object) IN "
        "(SELECT value ->> 0, value ->> 1 FROM json_each($3)) ORDER BY erased_ms, d.op, d.erased",
        space,
        node,
        json.dumps(list(objects)),
    )
    return [KeptDescendant(*row) for row in rows]


async def list_of_statements(
    reader: Reader, space: str, statements: Iterable[str]
) -> Mapping[str, Sequence[KeptDescendant]]:
    """What descends from what these statements and purges erased, by them."""
    rows = await reader.all(
        f"{_KEPT} WHERE d.space = $1 AND e.statement IN (SELECT value FROM json_each($2)) "
        "ORDER BY d.node, d.home, d.object, d.op, d.erased",
        space,
        json.dumps(sorted(statements)),
    )
    found: dict[str, list[KeptDescendant]] = {}
    for row in rows:
        one = KeptDescendant(*row)
        found.setdefault(one.statement, []).append(one)
    return found


async def list_waiting(reader: Reader) -> dict[str, int]:
    """The spaces in which this node's school has something to look at, with the time since when."""
    rows = await reader.all(
        "SELECT d.space, min(coalesce(s.received_ms, p.erased_ms)) FROM spaces h "
        "JOIN descendants d ON d.space = h.id AND d.node = h.node "
        "JOIN operations o ON o.space = d.space AND o.id = d.erased "
        "JOIN erased e ON e.space = d.space AND e.op = d.erased AND e.node = substr(o.log, 3, 32) "
        "LEFT JOIN erasures s ON s.space = e.space AND s.id = e.statement "
        "LEFT JOIN purges p ON p.space = e.space AND p.id = e.statement "
        "WHERE h.ended = '' GROUP BY d.space"
    )
    return {row[0]: int(row[1] or 0) for row in rows}
