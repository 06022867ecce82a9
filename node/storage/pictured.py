"""Where a school shows a picture of its own that came with something else: with a reply, on a card,
in an update, in a block of a page."""

from node.storage.database import Reader


async def is_shown(reader: Reader, space: str, home: str, name: str, *, beside: str) -> bool:
    """Whether its own school shows the file of this home and name with anything but what it came
    with (`beside`), the list of materials aside."""
    # Its own school alone: nobody else keeps a picture from going with its words. What is not
    # shown names no file.
    row = await reader.one(
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM posts WHERE space = $1 AND file = $2 || '/' || $3 "
        "AND home = $2 AND object <> $4) "
        "OR EXISTS (SELECT 1 FROM contents WHERE space = $1 AND kind = 'update' AND home = $2 "
        "AND EXISTS (SELECT 1 FROM json_each(told, '$.pictures') WHERE value = $3)) "
        "OR EXISTS (SELECT 1 FROM contents WHERE space = $1 AND kind = 'card' "
        "AND (home <> $2 OR object <> $4) AND ((told ->> '$.node' = $2 "
        "AND told ->> '$.file' = $2 || '/' || $3) OR EXISTS (SELECT 1 FROM "
        "json_each(told, '$.others') WHERE value ->> '$.node' = $2 "
        "AND value ->> '$.file' = $2 || '/' || $3))) "
        "OR EXISTS (SELECT 1 FROM page_blocks WHERE space = $1 AND told ->> '$.node' = $2 "
        "AND told ->> '$.body.file' = $2 || '/' || $3)",
        space,
        home,
        name,
        beside,
    )
    return row is not None


async def list_kept(reader: Reader, home: str) -> set[tuple[str, str]]:
    """The files of this home that were not erased: their spaces and names."""
    rows = await reader.all(
        "SELECT space, object FROM contents WHERE kind = 'file' AND home = $1 "
        "AND standing <> 'erased'",
        home,
    )
    return {(row["space"], row["object"]) for row in rows}


async def list_bare(reader: Reader, home: str) -> list[tuple[str, str]]:
    """The posts and cards of this home that were erased: their spaces and names."""
    rows = await reader.all(
        "SELECT space, object FROM posts WHERE home = $1 AND standing = 'erased' UNION ALL "
        "SELECT space, object FROM contents WHERE kind = 'card' AND home = $1 "
        "AND standing = 'erased'",
        home,
    )
    return [(row["space"], row["object"]) for row in rows]
