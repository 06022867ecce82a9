"""Where a file of a space is shown: with a reply, on a card, in an update, in a block of a page."""

from node.storage.database import Reader


async def is_shown(reader: Reader, space: str, home: str, name: str) -> bool:
    """Whether anything but the list of materials shows the file of this home and name."""
    # What is not shown has no words, and a name is 22 characters of chance: where it stands, the
    # file is meant.
    row = await reader.one(
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM posts WHERE space = $1 AND file = $2 || '/' || $3) "
        "OR EXISTS (SELECT 1 FROM contents WHERE space = $1 AND kind <> 'file' "
        "AND instr(told, $3) > 0) OR EXISTS (SELECT 1 FROM page_blocks WHERE space = $1 "
        "AND instr(told, $3) > 0)",
        space,
        home,
        name,
    )
    return row is not None
