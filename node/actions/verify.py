"""Is a backup good: read to its end, compared with its own list, its database looked through."""

import asyncio
import tempfile
from pathlib import Path

from node.folder import Folder
from node.storage import archive, keys
from node.storage.archive import Content
from node.storage.database import Database
from protocol.errors import Reason, Refused


async def verify(file: Path, passphrase: str, scratch: Path | None = None) -> Content:
    """What a backup holds, when all of it is as it was.

    Its database is laid into a folder of its own below `scratch` for a while. Refuses with
    BAD_INPUT another file or a wrong passphrase, and with BAD_DATA_FOLDER anything that is wrong
    with the backup, in a sentence.
    """
    with tempfile.TemporaryDirectory(prefix="verify-", dir=scratch) as place:
        folder = Folder(Path(place))
        content = await asyncio.to_thread(
            archive.unpack, file, passphrase, folder.path, blobs=False
        )
        await examine(folder)
    return content


async def examine(folder: Folder) -> None:
    """Refuse with BAD_DATA_FOLDER an unpacked database that is broken, or that its key opens not.

    Also one in which a broken database would be restored: SQLite's own check, and foreign keys.
    """
    master = folder.read_master()
    database = await Database.open(folder.database_file)
    try:
        broken = await database.integrity_check()
        if broken:
            sentence = f"the database in this backup is broken: {broken[0]}; take another one"
            raise Refused(Reason.BAD_DATA_FOLDER, sentence)
        async with database.read() as reader:
            await keys.check_all(reader, master)
    finally:
        await database.close()


def trouble_of(content: Content) -> str:
    """What a sound backup still lacks, in a sentence; empty where nothing does.

    A file that is damaged in the node itself must not keep all the rest from being backed up.
    """
    if not content.rotten:
        return ""
    first, *others = content.rotten
    more = f" and {len(others)} more" if others else ""
    return f"{first}{more} does not hold what its name says; fetch it from a partner again"
