"""The vault's own backup, and what a restored one must not bring back.

Whoever is forgotten has his random name written into `state/forgotten` before he is dropped; it
lies in no backup and says nothing about anybody. At each start whoever is named there is dropped
again. In the same way `state/refused` keeps who said no to pictures in a space, and when, until he
is forgotten and the node starts again.
"""

import asyncio
import os
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from node.actions import backup
from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.classroom.room import Classroom, clear_away
from node.folder import Folder
from node.vault import consents, copy, pupils, store
from protocol.errors import Reason, Refused

_WORDS = 3
"""Of a line of `state/refused`: the name of a record, a space, a time."""


def alone(context: Context) -> AbstractContextManager[None]:
    """Refuses with BUSY while a copy of the vault is being made."""
    return backup.alone(context.folder.tips_file.parent / "vault.lock")


async def back_up(room: Classroom, by: By, target: Path, passphrase: str) -> int:
    """Write the vault to `target`, sealed, and read it back; how many octets its database
    has.

    Refuses with NOT_ALLOWED, BUSY while another copy is made, and as `copy.pack`.
    """
    require_admin(by)
    context = room.context
    with alone(context):
        head = await copy.pack(
            room.vault,
            target,
            passphrase,
            context.chance,
            base_url=context.base,
            now_ms=room.now_ms(),
        )
    return head.octets


async def restore(context: Context, by: By, source: Path, passphrase: str) -> int:
    """Put the vault of a copy into this node, which must have none; when the copy was made, in ms.

    Refuses with NOT_ALLOWED, and as `copy.unpack`.
    """
    require_admin(by)
    if context.settings.node.mode == "hub":
        raise Refused(Reason.BAD_INPUT, "a hub has no vault")
    head = await copy.unpack(
        source,
        passphrase,
        context.folder.vault,
        context.chance,
        base_url=context.base,
        now_ms=context.now_ms(),
    )
    return head.made_ms


async def note_forgotten(room: Classroom, name: str) -> None:
    """Keep, beside the databases, that somebody is to be forgotten."""
    await asyncio.to_thread(_append, room.context.folder.forgotten_file, name)


async def tidy_files(room: Classroom) -> None:
    """At start: what a stop left half cleaned or half copied goes, and the bytes that are kept no
    more."""
    await asyncio.to_thread(store.forget_coming, room.vault)
    with suppress(Refused), alone(room.context):
        await asyncio.to_thread(copy.clear_away, room.context.folder.vault)
    await clear_away(room)


async def forget_again(room: Classroom) -> int:
    """Drop whoever was forgotten and is there again; how many."""
    file = room.context.folder.forgotten_file
    names = await asyncio.to_thread(_read, file)
    if not names:
        return 0
    async with room.vault.write() as unit:
        return await pupils.drop_named(unit, names)


async def note_refused(room: Classroom, name: str, space: str, now_ms: int) -> None:
    """Keep, beside the databases, that somebody says no to pictures in a space."""
    line = f"{name} {space} {now_ms}"
    await asyncio.to_thread(_append, room.context.folder.refused_file, line)


async def refuse_again(room: Classroom) -> int:
    """Tell the vault of each no that it has not heard, having been restored; how many. What those
    said who are forgotten is dropped."""
    told = await asyncio.to_thread(_drop_forgotten, room.context.folder)
    # A line that was torn by a full disk says nothing; whoever wrote it was told so.
    lines = [one.split() for one in told]
    whole = [one for one in lines if len(one) == _WORDS and one[-1].isdecimal()]
    if not whole:
        return 0
    unheard = 0
    async with room.vault.write() as unit:
        for name, space, at_ms in whole:
            pupil = await pupils.find_named(unit, name)
            last = None if pupil is None else await consents.find(unit, pupil.id, space)
            if pupil is None or (last is not None and last.at_ms >= int(at_ms)):
                continue
            await consents.put(unit, consents.withdrawn(pupil.id, space, int(at_ms)))
            unheard += 1
    return unheard


def _append(file: Path, line: str) -> None:
    """A line of its own, also behind one that was torn. Refuses with STORAGE_FULL."""
    try:
        _write(file, f"\n{line}\n")
    except OSError as error:
        raise Refused(Reason.STORAGE_FULL, f"{file} cannot be written: {error.strerror}") from None


def _write(file: Path, text: str) -> None:
    """Behind what is there, and on the disk."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def _drop_forgotten(folder: Folder) -> list[str]:
    """What is left of `state/refused`; on a full disk it is dropped at a later start."""
    file = folder.refused_file
    told, forgotten = _read(file), set(_read(folder.forgotten_file))
    left = [one for one in told if one.partition(" ")[0] not in forgotten]
    if left != told:
        new = file.with_suffix(".new")
        with suppress(OSError):
            new.unlink(missing_ok=True)
            _write(new, "".join(f"{one}\n" for one in left))
            new.replace(file)
    return left


def _read(file: Path) -> list[str]:
    """Its lines but empty ones."""
    try:
        told = file.read_text(encoding="ascii", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return [one for one in told if one]
