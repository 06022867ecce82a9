"""Copies of the vault that are made every night, where a folder and a passphrase are set.

Each is sealed and read back like one made by hand; the oldest ones are removed. Whoever was
forgotten is still in copies from before, and is forgotten again when one is restored.
"""

import asyncio
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
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
from node.storage.database import DatabaseError
from protocol.errors import Reason, Refused

TOPIC: Final = "copies"
OF_COPIES: Final = "the copies of the vault"
AGAIN_MS: Final = 3_600_000
LATE_DAYS: Final = 2
"""`schoolgate doctor` says where the newest copy is older."""
_SUFFIX: Final = ".vault"
_STAMP: Final = "%Y%m%dT%H%M%SZ"
_DIGITS: Final = r"(\d{8}T\d{6}Z)"
_NEVER: Final = -1


def passphrase_file_of(context: Context) -> Path:
    """The file with the passphrase of copies: their own where one is set, else the backups'."""
    chosen = context.settings.backup.vault_passphrase_file
    return backup.passphrase_file_of(context) if chosen is None else Path(chosen)


async def step(room: Classroom, context: Context) -> int | None:
    """Make the copy of the latest night that has none. A worker's step."""
    settings = context.settings.backup
    hour = settings.nightly_hour_utc
    if settings.vault_folder is None or hour is None:
        return None
    now_ms = room.now_ms()
    due_ms = backup.last_night_ms(hour, now_ms)
    made = await asyncio.to_thread(_list, context, Path(settings.vault_folder))
    if _find_newest_ms(made, now_ms) < due_ms:
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
    with _as_refusals():
        folder, passphrase = await asyncio.to_thread(_prepare, context)
        with keeping.alone(context):
            await asyncio.to_thread(_remove_unfinished, context, folder)
        now_ms = room.now_ms()
        target = folder / f"{_name(context)}{moment(now_ms).strftime(_STAMP)}{_SUFFIX}"
        octets = await keeping.back_up(room, OPERATOR, target, passphrase)
        events.vault_copied(str(target), octets)
        await asyncio.to_thread(_remove_oldest, context, folder, now_ms)
    return target


@contextmanager
def _as_refusals() -> Iterator[None]:
    """What a disk answers as a refusal, which stands in the log and waits for an hour."""
    try:
        yield
    except DatabaseError as error:
        raise Refused(Reason.STORAGE_FULL, f"the vault cannot be copied: {error}") from None
    except (OSError, ValueError) as error:
        raise _unset(f"the vault cannot be copied: {error}") from None


async def check_up(room: Classroom) -> list[Finding]:
    """Whether copies are made, the next one can be, and the newest one is of these days."""
    context = room.context
    settings = context.settings.backup
    if settings.vault_folder is None:
        return [Finding("note", "no copy of the vault is made by itself; see backup.vault_folder")]
    if settings.nightly_hour_utc is None:
        return [Finding("bad", "backup.vault_folder is set, and no backup.nightly_hour_utc")]
    try:
        with _as_refusals():
            await asyncio.to_thread(_prepare, context)
    except Refused as refused:
        return [Finding("bad", f"the vault cannot be copied to-night: {refused.detail}")]
    made = await asyncio.to_thread(_list, context, Path(settings.vault_folder))
    now_ms = room.now_ms()
    early = [
        Finding("note", f"{one} is of a time to come: the clock was wrong. Remove it")
        for at_ms, one in made
        if at_ms > now_ms
    ]
    newest_ms = _find_newest_ms(made, now_ms)
    if newest_ms == _NEVER:
        none = f"there is no copy of the vault in {settings.vault_folder}"
        return [Finding("bad", none), *early]
    days = (now_ms - newest_ms) // backup.DAY_MS
    if days >= LATE_DAYS:
        late = f"the newest copy of the vault is {days} days old; see the log"
        return [Finding("bad", late), *early]
    return [Finding("ok", "the vault was copied within two days"), *early]


def _prepare(context: Context) -> tuple[Path, str]:
    settings = context.settings.backup
    data = context.folder.path.resolve()
    if settings.vault_folder is None or settings.vault_passphrase_file is None:
        raise _unset("backup.vault_folder and backup.vault_passphrase_file belong together")
    folder, file = Path(settings.vault_folder), Path(settings.vault_passphrase_file)
    # What lies in the data folder goes into backups of the node, which give nobody's name away.
    if any(one.resolve().is_relative_to(data) for one in (folder, file)):
        raise _unset("the vault's copies and their passphrase lie outside of the data folder")
    if file.resolve().is_relative_to(folder.resolve()):
        raise _unset("the passphrase of the vault's copies lies in another folder than they do")
    if not folder.is_dir():
        raise _unset(f"{folder} is no folder; see backup.vault_folder")
    passphrase = sealed.read_passphrase(file, OF_COPIES)
    sealed.require_passphrase(passphrase)
    needed = sum(_octets_of(one) for one in context.folder.vault.rglob("*"))
    free = shutil.disk_usage(folder).free
    floor = context.settings.limits.free_disk_mib << 20
    if free - needed < floor:
        sentence = f"{folder} has {free >> 20} MiB free; a copy of the vault needs {needed >> 20}"
        raise Refused(Reason.STORAGE_FULL, f"{sentence} MiB more than the floor")
    return folder, passphrase


def _octets_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        # The vault is in use: files go while they are counted.
        return 0


def _unset(sentence: str) -> Refused:
    return Refused(Reason.BAD_SETTING, sentence)


def _list(context: Context, folder: Path) -> list[tuple[int, Path]]:
    """The copies that were made here by themselves and when, the oldest first."""
    ours = re.compile(re.escape(_name(context)) + _DIGITS + re.escape(_SUFFIX))
    try:
        found = [(ours.fullmatch(one.name), one) for one in folder.iterdir()]
    except OSError:
        return []
    made = [(_made_ms(named[1]), one) for named, one in found if named is not None]
    return sorted((at_ms, one) for at_ms, one in made if at_ms is not None)


def _made_ms(stamp: str) -> int | None:
    """None for what is no time: no copy of a night has such a name."""
    try:
        return unstamp(f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:11]}:{stamp[11:13]}:{stamp[13:]}")
    except ValueError:
        return None


def _find_newest_ms(made: list[tuple[int, Path]], now_ms: int) -> int:
    """When the newest copy was made; one from the future was made by a clock that was wrong."""
    return max((at_ms for at_ms, _ in made if at_ms <= now_ms), default=_NEVER)


def _remove_oldest(context: Context, folder: Path, now_ms: int) -> None:
    past = [one for at_ms, one in _list(context, folder) if at_ms <= now_ms]
    for old in past[: -context.settings.backup.vault_keep]:
        old.unlink(missing_ok=True)


def _remove_unfinished(context: Context, folder: Path) -> None:
    """What a copy that was killed left. Only while no other one is made."""
    ours = re.compile(re.escape(_name(context)) + _DIGITS + re.escape(f"{_SUFFIX}.part"))
    for one in folder.iterdir():
        if ours.fullmatch(one.name):
            one.unlink(missing_ok=True)


def _name(context: Context) -> str:
    return f"vault-{urlsplit(context.base).netloc.replace(':', '-')}-"
