"""Backups of a running node: made, read back, listed, and the oldest removed.

A worker makes those that an administrator asks for and the one of each night; the command line
makes one itself. Only a backup that was read back and found whole counts as made.
"""

import asyncio
import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from node import events
from node.actions import actors, verify
from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.clock import moment
from node.storage import archive, backups, meta, sealed
from node.storage.archive import About, Content
from node.storage.backups import Backup
from node.storage.migrate import PROGRAM
from protocol.errors import Reason, Refused

TOPIC = "backups"
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
AGAIN_MS = 60_000
SHOWN = 50
_SUFFIX = ".backup"


async def ask(context: Context, by: By) -> None:
    """Have a backup made soon. Refuses with CONFLICT while one waits, BAD_SETTING, NOT_ALLOWED."""
    require_admin(by)
    read_passphrase(context)
    async with context.database.write() as transaction:
        if await backups.list_wanted(transaction):
            raise Refused(Reason.CONFLICT, "A backup is being made already.")
        await backups.put_wanted(transaction, context.now_ms(), nightly=False)
    context.wake.notify(TOPIC)


async def list_backups(context: Context, by: By) -> list[Backup]:
    """The newest ones, those that are still to be made among them."""
    require_admin(by)
    async with context.database.read() as reader:
        return await backups.list_newest(reader, SHOWN)


async def make_now(
    context: Context, by: By, passphrase: str, to: Path | None = None
) -> tuple[Path, Content]:
    """Make a backup at once; where it lies, and what it holds.

    `to` is a file, or a folder in which the oldest ones are removed; without it the folder of the
    settings. Refuses with BAD_INPUT, BAD_DATA_FOLDER, BUSY, STORAGE_FULL.
    """
    require_admin(by)
    return await _make(context, None, passphrase, folder_of(context) if to is None else to)


async def note_verified(context: Context, by: By, file: Path, trouble: str) -> None:
    """Keep that somebody looked at a backup again, and what was wrong with it, if anything."""
    require_admin(by)
    async with context.database.write() as transaction:
        await backups.put_verified(transaction, str(file), context.now_ms(), trouble)


async def clear_away(context: Context) -> None:
    """Remove what a backup that was killed left: plain copies of the database and the keys."""
    scratch = context.folder.tips_file.parent
    # Whoever makes a backup at this moment has cleared away itself.
    with suppress(Refused), alone(scratch / "backup.lock"):
        await asyncio.to_thread(_clear, scratch)


async def make_due(context: Context) -> int | None:
    """Make what is asked for and the one of this night; when the next one is due, in ms."""
    next_ms = await _ask_nightly(context)
    async with context.database.read() as reader:
        wanted = await backups.list_wanted(reader)
    for one in wanted:
        try:
            await _make(context, one.id, read_passphrase(context), folder_of(context))
        except Refused as refused:
            if refused.reason is Reason.BUSY:
                return context.now_ms() + AGAIN_MS
            async with context.database.write_small() as transaction:
                await backups.put_failed(transaction, one.id, refused.detail)
            events.backup_failed(str(refused.reason), refused.detail)
    return next_ms


def folder_of(context: Context) -> Path:
    """Where backups are kept unless somebody says otherwise."""
    chosen = context.settings.backup.folder
    return context.folder.backups if chosen is None else Path(chosen)


def passphrase_file_of(context: Context) -> Path:
    """The file that holds the passphrase of backups which nobody attends."""
    chosen = context.settings.backup.passphrase_file
    return context.folder.backup_passphrase_file if chosen is None else Path(chosen)


def read_passphrase(context: Context) -> str:
    """The passphrase of the settings. Refuses with BAD_SETTING, BAD_INPUT a weak one."""
    passphrase = sealed.read_passphrase(passphrase_file_of(context))
    sealed.require_passphrase(passphrase)
    return passphrase


async def _ask_nightly(context: Context) -> int | None:
    """Ask for the backup of the latest night that has none; when the next night's is due."""
    hour = context.settings.backup.nightly_hour_utc
    if hour is None:
        return None
    now_ms = context.now_ms()
    due_ms = last_night_ms(hour, now_ms)
    async with context.database.read() as reader:
        asked = await backups.find_last_nightly_ms(reader) >= due_ms
    if not asked:
        async with context.database.write() as transaction:
            if await backups.find_last_nightly_ms(transaction) < due_ms:
                await backups.put_wanted(transaction, now_ms, nightly=True)
    return due_ms + DAY_MS


def last_night_ms(hour: int, now_ms: int) -> int:
    """When it was that hour (UTC) last."""
    return now_ms - (now_ms - hour * HOUR_MS) % DAY_MS


async def _make(
    context: Context, number: int | None, passphrase: str, to: Path
) -> tuple[Path, Content]:
    usual, name = folder_of(context), f"{_name(context)}{_stamp(context)}{_SUFFIX}"
    target, is_folder = await asyncio.to_thread(_place, to, usual, name)
    unfinished = target.with_name(f"{target.name}.part")
    scratch = context.folder.tips_file.parent
    copy = scratch / "backup.sqlite"
    with alone(scratch / "backup.lock"):
        try:
            await asyncio.to_thread(_clear, scratch)
            await asyncio.to_thread(_check_room, context, target.parent)
            about = await _about(context)
            await context.database.backup(copy)
            await asyncio.to_thread(_pack, context, unfinished, passphrase, about, copy)
            copy.unlink()
            found = await verify.verify(unfinished, passphrase, scratch)
            octets = await asyncio.to_thread(_finish, unfinished, target)
        finally:
            for left in (copy, unfinished):
                with suppress(OSError):
                    left.unlink()
    made_ms = context.now_ms()
    async with context.database.write() as transaction:
        if number is None:
            number = await backups.put_wanted(transaction, made_ms, nightly=False)
        await backups.put_made(
            transaction,
            number,
            file=str(target),
            files=found.files,
            octets=octets,
            trouble=verify.trouble_of(found),
            now_ms=made_ms,
        )
    events.backup_made(str(target), found.files, found.bytes)
    if is_folder:
        await _remove_oldest(context, target.parent)
    return target, found


def _clear(scratch: Path) -> None:
    for left in scratch.glob("verify-*"):
        shutil.rmtree(left, ignore_errors=True)
    for left in scratch.glob("backup.sqlite*"):
        left.unlink(missing_ok=True)


def _check_room(context: Context, place: Path) -> None:
    """Refuse with STORAGE_FULL a backup after which the node could write no more."""
    folder = context.folder
    database = folder.database_file.stat().st_size
    blobs = sum(one.stat().st_size for one in archive.list_files(folder.blobs))
    floor = context.settings.limits.free_disk_mib << 20
    for where, needed in ((folder.path, 2 * database), (place, 2 * database + blobs)):
        free = shutil.disk_usage(where).free
        if free - needed < floor:
            sentence = f"{where} has {free >> 20} MiB free; a backup needs {needed >> 20} MiB more"
            raise Refused(Reason.STORAGE_FULL, f"{sentence} than the floor of {floor >> 20} MiB")


def _finish(unfinished: Path, target: Path) -> int:
    """Give a good backup its name; its size."""
    unfinished.replace(target)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return target.stat().st_size


def _pack(context: Context, target: Path, passphrase: str, about: About, copy: Path) -> None:
    folder = context.folder
    own = {context.folder.backup_passphrase_file, passphrase_file_of(context)}
    keys = [one for one in archive.list_files(folder.key_file.parent) if one not in own]
    files = [folder.config_file, *keys, copy, *archive.list_files(folder.blobs)]
    archive.pack(target, passphrase, context.chance, about, folder.path, files)


async def _about(context: Context) -> About:
    async with context.database.read() as reader:
        node = await meta.find(reader, actors.NODE)
    return About(
        format=archive.FORMAT,
        version=version("schoolgate"),
        schema=PROGRAM,
        base_url=context.base,
        node=node or "",
        made_ms=context.now_ms(),
    )


async def _remove_oldest(context: Context, folder: Path) -> None:
    ours = re.compile(re.escape(_name(context)) + r"\d{8}T\d{6}Z" + re.escape(_SUFFIX))
    for old in await asyncio.to_thread(_remove, folder, ours, context.settings.backup.keep):
        async with context.database.write() as transaction:
            await backups.drop_of_file(transaction, old)


def _remove(folder: Path, ours: re.Pattern[str], keep: int) -> list[str]:
    """Remove all but the newest; what was removed."""
    found = sorted(one for one in folder.iterdir() if ours.fullmatch(one.name))
    for old in found[:-keep]:
        old.unlink(missing_ok=True)
    return [str(old) for old in found[:-keep]]


def _place(to: Path, usual: Path, name: str) -> tuple[Path, bool]:
    """The file to write, and whether it lies in a folder where backups are kept by name."""
    if to == usual:
        _make_folder(to)
    to = to.resolve()
    return (to / name, True) if to.is_dir() else (to, False)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        sentence = f"{folder} cannot be made: {error.strerror}; see backup.folder"
        raise Refused(Reason.BAD_SETTING, sentence) from None


def _name(context: Context) -> str:
    return f"schoolgate-{urlsplit(context.base).netloc.replace(':', '-')}-"


def _stamp(context: Context) -> str:
    return moment(context.now_ms()).strftime("%Y%m%dT%H%M%SZ")


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Refuses with BUSY while another backup of this node is being made."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Refused(Reason.BUSY, "another backup is being made; wait for it") from None
    finally:
        os.close(handle)
