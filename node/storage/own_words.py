"""What a node has said in its own logs: asked of the headers, which outlive an erasure."""

import json
from collections.abc import Iterable

import msgspec

from node.storage.database import Reader
from protocol.space.operation import Header

_headers = msgspec.json.Decoder(Header)


async def has_said(reader: Reader, space: str, node: str, about: str, payload_hash: str) -> bool:
    """Whether a node's own log holds an operation about the object with the reference `about` with
    that payload."""
    home, _, name = about.partition("/")
    rows = await reader.all(
        "SELECT o.header FROM operations o WHERE o.space = $1 AND o.home = $3 AND o.object = $4 "
        "AND substr(o.log, 3, 32) = $2",
        space,
        node,
        home,
        name,
    )
    return any(_headers.decode(row["header"]).payload_hash == payload_hash for row in rows)


async def list_own_of_actor(reader: Reader, space: str, node: str, actor: str) -> list[str]:
    """The names of a node's own objects that `actor` made there, of every kind."""
    # A header is canonical JSON: what does not hold the id as such was said by others.
    rows = await reader.all(
        "SELECT o.object, o.header FROM operations o WHERE o.space = $1 AND o.home = $2 "
        "AND o.object <> '' AND substr(o.log, 3, 32) = $2 "
        "AND instr(o.header, CAST($3 AS BLOB)) > 0",
        space,
        node,
        json.dumps({"actor": actor}, separators=(",", ":"))[1:-1],
    )
    made = {row["object"] for row in rows if _headers.decode(row["header"]).type == "Create"}
    return sorted(made)


async def list_statements(
    reader: Reader, space: str, node: str, actor: str, about: Iterable[str], *, type_: str = ""
) -> list[str]:
    """The ids of all statements that erased something `actor` said in a node's own logs about the
    objects with these references; of one type of operation, where it is given."""
    rows = await reader.all(
        "SELECT e.statement, o.header FROM operations o JOIN erased e ON e.space = o.space "
        "AND e.op = o.id AND e.node = $2 WHERE o.space = $1 AND substr(o.log, 3, 32) = $2 "
        "AND o.home || '/' || o.object IN (SELECT value FROM json_each($4)) "
        "AND instr(o.header, CAST($3 AS BLOB)) > 0",
        space,
        node,
        json.dumps({"actor": actor}, separators=(",", ":"))[1:-1],
        json.dumps(sorted(about)),
    )
    found = set()
    for row in rows:
        header = _headers.decode(row["header"])
        if header.actor == actor and type_ in ("", header.type):
            found.add(row["statement"])
    return sorted(found)
