"""From a backup to a node that may serve: unpacked apart, looked through, set right, moved in.

What others may have seen since the backup was made is respected: own erasures are obeyed again,
versions and numbers of changes go on far above what may have been given out, and `state/tips`,
which no backup holds, makes the node ask its partners before it writes in a space. Sign-ins and
open invitations end, because some may have been ended since; mails that waited are not sent twice.
"""

import asyncio
import shutil
from pathlib import Path

from node.actions import absorb, actors, verify
from node.actions.context import Context
from node.folder import Folder
from node.storage import (
    accounts,
    archive,
    erasures,
    mails,
    meta,
    objects,
    sessions,
    spaces,
    taken_back,
)
from node.storage.archive import Content
from protocol.errors import Reason, Refused
from protocol.space import erasure
from protocol.space.statement import Signed

PARTS = ("node.sqlite", "blobs", "keys", "config.toml")
"""In this order into the data folder: without its settings no node starts in it."""


async def unpack(file: Path, passphrase: str, folder: Folder) -> tuple[Folder, Content]:
    """Lay a backup into a folder apart, below the data folder, and look it through.

    The data folder may hold `state/` and `backups/`, of which the former is respected. Refuses with
    BAD_DATA_FOLDER one that holds a node, and as `verify.verify`; then nothing of it stays.
    """
    apart = Folder(folder.path / "restoring")
    # SQLite would replay a log that a dead node left over the restored database.
    for part in (*PARTS, "node.sqlite-wal", "node.sqlite-shm"):
        there = folder.path / part
        if there.is_file() or (there.is_dir() and any(there.iterdir())):
            sentence = f"{there} exists; restore into a folder that holds no node"
            raise Refused(Reason.BAD_DATA_FOLDER, sentence)
    try:
        shutil.rmtree(apart.path, ignore_errors=True)
        for place in (folder.path, apart.path, apart.tips_file.parent):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        content = await asyncio.to_thread(archive.unpack, file, passphrase, apart.path)
        await verify.examine(apart)
    except OSError as error:
        shutil.rmtree(apart.path, ignore_errors=True)
        sentence = f"{folder.path} cannot be written: {error.strerror}"
        raise Refused(Reason.BAD_DATA_FOLDER, sentence) from None
    except Refused:
        shutil.rmtree(apart.path, ignore_errors=True)
        raise
    return apart, content


async def settle(context: Context, folder: Folder) -> int:
    """Set right what an old copy must not bring back; how many own erasures were obeyed again.

    `folder` is where the node will live: its `state/` may remember what the copy does not.
    """
    now_s = context.now_ms() // 1000
    async with context.database.write() as transaction:
        await sessions.drop_all(transaction)
        await accounts.drop_open_invitations(transaction)
        await mails.drop_all(transaction)
        await meta.put(transaction, actors.VERSIONS_FROM, str(now_s))
        await objects.renumber_changes(transaction, now_s)
    return await obey_again(context, folder)


async def obey_again(context: Context, folder: Folder) -> int:
    """Obey own erasures that `state/erasures` remembers and the database does not; how many.

    So it is after a backup was restored, or an upgrade was rolled back to an older copy.
    """
    written: dict[str, dict[str, Signed]] = {}
    for space_id, signed in await asyncio.to_thread(taken_back.read, folder.erasures_file):
        written.setdefault(space_id, {})[signed.id] = signed
    obeyed = 0
    for space_id, statements in written.items():
        async with context.database.read() as reader:
            known = await erasures.list_known(reader, space_id, statements)
        for id_, signed in statements.items():
            if id_ not in known:
                obeyed += await _obey(context, space_id, signed)
    return obeyed


async def _obey(context: Context, space_id: str, signed: Signed) -> bool:
    async with context.database.write() as transaction:
        space = await spaces.find(transaction, space_id)
        if space is None or await erasures.list_known(transaction, space_id, [signed.id]):
            return False
        try:
            opened = erasure.open_statement(signed, space.state)
        except Refused:
            # Signed with a key that the copy does not know yet; partners remind of it.
            return False
        await absorb.absorb_erasures(context, transaction, space, [opened])
    return True


def move_in(apart: Folder, folder: Folder) -> None:
    """Make the restored copy the node of `folder`."""
    for name in ("state", "backups"):
        (folder.path / name).mkdir(mode=0o700, exist_ok=True)
    for part in PARTS:
        source, target = apart.path / part, folder.path / part
        if target.is_dir():
            target.rmdir()
        if source.exists():
            source.rename(target)
        elif part == "blobs":
            target.mkdir(mode=0o700)
    shutil.rmtree(apart.path)
