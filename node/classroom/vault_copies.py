"""Copies of the vault that are made every night, where a folder and a passphrase are set.

Each is sealed and read back like one made by hand; the oldest ones are removed. Whoever was
forgotten is still in copies from before, and is forgotten again when one is restored.
"""

import asyncio
import re
import shutil
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from node import events
from node.actions import backup
from node.actions.check_up import Finding
from node.actions.context import Context
from node.actions.permission import OPERATOR
from node.classroom import keeping
from node.classroom.room import Classroom
from node.clock import moment, unstamp
from node.storage import sealed
from protocol.errors import Reason, Refused

TOPIC: Final = "copies"
AGAIN_MS: Final = 3_600_000
LATE_DAYS: Final = 2
"""`schoolgate doctor` says where the newest copy is older."""
_SUFFIX: Final = ".vault"
_STAMP: Final = "%Y%m%dT%H%M%SZ"


async def step(room: Classroom, context: Context) -> int | None:
    """Make the copy of the latest night that has none. A worker's step."""
    settings = context.settings.backup
    hour = settings.nightly_hour_utc
    if settings.vault_folder is None or hour is None:
        return None
    now_ms = room.now_ms()
    due_ms = backup.last_night_ms(hour, now_ms)
    newest_ms = await asyncio.to_thread(_find_newest_ms, context, Path(settings.vault_folder))
    if newest_ms is None or newest_ms < due_ms:
        try:
            await make(room)
        except Refused as refused:
            events.vault_not_copied(str(refused.reason), refused.detail)
            return now_ms + AGAIN_MS
    return due_ms + backup.DAY_MS


async def make(room: Classroom) -> Path:
    """A copy in the folder of the settings, and no more than are kept there.

    Refuses with BAD_SETTING a folder or a passphrase that cannot be used, BAD_INPUT a weak one,
    STORAGE_FULL, and as `keeping.back_up`.
    """
    context = room.context
    folder, passphrase = await asyncio.to_thread(_prepare, context)
    now_ms = room.now_ms()
    target = folder / f"{_name(context)}{moment(now_ms).strftime(_STAMP)}{_SUFFIX}"
    octets = await keeping.back_up(room, OPERATOR, target, passphrase)
    events.vault_copied(str(target), octets)
    await asyncio.to_thread(_remove_oldest, context, folder)
    return target


async def check_up(room: Classroom) -> list[Finding]:
    """Whether copies are made, and the newest one is of these days."""
    context = room.context
    settings = context.settings.backup
    if settings.vault_folder is None:
        return [Finding("note", "no copy of the vault is made by itself; see backup.vault_folder")]
    if settings.nightly_hour_utc is None:
        return [Finding("bad", "backup.vault_folder is set, and no backup.nightly_hour_utc")]
    newest_ms = await asyncio.to_thread(_find_newest_ms, context, Path(settings.vault_folder))
    if newest_ms is None:
        return [Finding("bad", f"there is no copy of the vault in {settings.vault_folder}")]
    days = (room.now_ms() - newest_ms) // backup.DAY_MS
    if days >= LATE_DAYS:
        return [Finding("bad", f"the newest copy of the vault is {days} days old; see the log")]
    return [Finding("ok", "the vault was copied within two days")]


def _prepare(context: Context) -> tuple[Path, str]:
    settings = context.settings.backup
    data = context.folder.path.resolve()
    if settings.vault_folder is None or settings.vault_passphrase_file is None:
        raise _unset("backup.vault_folder and backup.vault_passphrase_file belong together")
    folder, file = Path(settings.vault_folder), Path(settings.vault_passphrase_file)
    # What lies in the data folder goes into backups of the node, which give nobody's name away.
    if any(one.resolve().is_relative_to(data) for one in (folder, file)):
        raise _unset("the vault's copies and their passphrase lie outside of the data folder")
    if not folder.is_dir():
        raise _unset(f"{folder} is no folder; see backup.vault_folder")
    passphrase = sealed.read_passphrase(file)
    sealed.require_passphrase(passphrase)
    needed = sum(one.stat().st_size for one in context.folder.vault.rglob("*") if one.is_file())
    free = shutil.disk_usage(folder).free
    floor = context.settings.limits.free_disk_mib << 20
    if free - needed < floor:
        sentence = f"{folder} has {free >> 20} MiB free; a copy of the vault needs {needed >> 20}"
        raise Refused(Reason.STORAGE_FULL, f"{sentence} MiB more than the floor")
    return folder, passphrase


def _unset(sentence: str) -> Refused:
    return Refused(Reason.BAD_SETTING, sentence)


def _list(context: Context, folder: Path) -> list[Path]:
    """The copies that were made here by themselves, the oldest first."""
    ours = re.compile(re.escape(_name(context)) + r"\d{8}T\d{6}Z" + re.escape(_SUFFIX))
    try:
        return sorted(one for one in folder.iterdir() if ours.fullmatch(one.name))
    except OSError:
        return []


def _find_newest_ms(context: Context, folder: Path) -> int | None:
    found = _list(context, folder)
    if not found:
        return None
    stamp = found[-1].name.removesuffix(_SUFFIX)[-len("20260101T000000Z") :]
    iso = f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:11]}:{stamp[11:13]}:{stamp[13:]}"
    return unstamp(iso)


def _remove_oldest(context: Context, folder: Path) -> None:
    for old in _list(context, folder)[: -context.settings.backup.vault_keep]:
        old.unlink(missing_ok=True)


def _name(context: Context) -> str:
    return f"vault-{urlsplit(context.base).netloc.replace(':', '-')}-"
