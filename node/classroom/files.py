"""Pupils' files that are not released: shown to their authors and to teachers, mended, laid out.

What is shown is opened piece by piece and lies on no disk meanwhile. Only a file that is being
released is laid out, among what teachers bring, until its bytes have their place in the space.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from node.actions import uploads
from node.actions.context import MIB
from node.classroom.room import Classroom
from node.pictures import sniff
from node.pictures.names import clean_name
from node.storage.accounts import Account
from node.storage.sealed import CHUNK
from node.storage.shelf import digest_of
from node.storage.uploads import Upload
from node.vault import files as rows
from node.vault import portraits, store, works
from node.vault.files import KeptFile
from node.vault.pupils import Pupil
from node.vault.vault import Unit, View
from node.vault.works import Work
from protocol.errors import Reason, Refused
from protocol.space.blobs import name_of

Facts: TypeAlias = KeptFile
"""What is known of a file."""
MAX_ALT_CHARACTERS = 1_000
WEBP = "image/webp"


@dataclass(frozen=True)
class Shown:
    """What is given of a file: so many octets of that type, under which name."""

    name: str
    media_type: str
    octets: int
    kept: str


@dataclass(frozen=True)
class Left:
    """So much more may come; `is_first` where nothing of the pupil's takes any of it."""

    bytes: int
    is_first: bool


@dataclass(frozen=True)
class Picture:
    """A picture for a reply or a card, clean and sealed; where its bytes lie until they are
    `placed`, under which names."""

    file: KeptFile
    placed: Sequence[tuple[Path, str]]


async def room_left(
    room: Classroom, view: View, pupil: Pupil, instead: KeptFile | None = None
) -> Left:
    """So much more may come, `instead` of a file that goes then.

    Refuses with STORAGE_FULL where all pupils of the school have too much here.
    """
    goes = 0 if instead is None else instead.octets + instead.small_octets
    limits = room.context.settings.files
    everybody = limits.held_mib * MIB - await rows.sum_octets(view) + goes
    own = await rows.sum_octets(view, pupil.id) - goes
    if everybody <= 0:
        raise Refused(
            Reason.STORAGE_FULL, "much of what pupils brought waits for release; look through that"
        )
    return Left(min(everybody, limits.pupil_mib * MIB - own), own == 0)


async def exchange(
    room: Classroom, unit: Unit, pupil: Pupil, work: Work, picture: Picture | None
) -> None:
    """Keep a picture with a work in place of the one before, whose marks go with it; or none any
    more. Refuses as `enclose`."""
    await works.take_picture_out(unit, work)
    await portraits.drop(unit, work.space, work.shows)
    await enclose(room, unit, pupil, work.id, picture)


async def enclose(
    room: Classroom, unit: Unit, pupil: Pupil, work: int, picture: Picture | None
) -> None:
    """Keep a picture, if there is one, with a work that has none. Refuses as `room_left`,
    TOO_MANY_ITEMS."""
    if picture is None:
        return
    octets = picture.file.octets + picture.file.small_octets
    if octets > (await room_left(room, unit, pupil)).bytes:
        raise too_much()
    await rows.put(unit, work, picture.file)
    for sealed, there in picture.placed:
        store.place(unit, room.vault, sealed, there)


def too_much() -> Refused:
    return Refused(Reason.TOO_MANY_ITEMS, "The files of this pupil that wait take too much.")


def shown(work: Work, *, small: bool) -> Shown:
    """A file of the vault, or its small picture. Refuses with NOT_FOUND what has none."""
    file = work.file
    if file is None or (small and not file.is_picture):
        raise Refused(Reason.NOT_FOUND, "There is no such file.")
    if small:
        return Shown(file.name, WEBP, file.small_octets, file.kept + store.SMALL)
    return Shown(file.name, file.media_type, file.octets, file.kept)


async def pieces(room: Classroom, given: Shown) -> AsyncIterator[bytes]:
    """The opened bytes. Refuses with NOT_FOUND where they are gone."""
    async with AsyncExitStack() as left:
        coming = await asyncio.to_thread(left.enter_context, store.opened(room.vault, given.kept))
        while piece := await asyncio.to_thread(coming.read, CHUNK):
            yield piece


def called(file: KeptFile, name: str) -> str:
    """What a file is called when somebody calls it `name`: with the ending of what it is."""
    return clean_name(name, sniff.ending_for(file.media_type, file.name))


def require_described(file: KeptFile, alt: str) -> None:
    """Refuses with BAD_INPUT (`alt`) a picture without a word about it, or with too many."""
    require_short(alt)
    if file.is_picture and not alt.strip():
        raise Refused(
            Reason.BAD_INPUT, "Say what is to be seen, for those who cannot.", field="alt"
        )


def require_short(alt: str) -> None:
    """Refuses with BAD_INPUT (`alt`) a description with too many words."""
    if len(alt) > MAX_ALT_CHARACTERS:
        raise Refused(
            Reason.BAD_INPUT, f"Write at most {MAX_ALT_CHARACTERS} characters.", field="alt"
        )


@asynccontextmanager
async def laid_out(room: Classroom, account: Account, work: Work) -> AsyncIterator[Upload]:
    """The bytes of a file as if the teacher had brought them, until the block is left.

    Refuses with NOT_FOUND where they are gone, STORAGE_FULL.
    """
    file = work.file
    if file is None:
        raise Refused(Reason.NOT_FOUND, "There is no such file.")
    context, small = room.context, file.small_octets
    upload = Upload(
        id=work.object,
        space=work.space,
        account=account.id,
        name=file.name,
        size=file.octets,
        received=file.octets,
        state="ready",
        media_type=file.media_type,
        octets=file.octets,
        width=file.width,
        height=file.height,
        thumbnail_octets=small,
    )
    context.shelf.check_room(file.octets + small)
    which = "picture" if file.is_picture else "clean"
    try:
        sha256 = await _lay_out(room, file.kept, upload, which)
        thumbnail = ""
        if small:
            thumbnail = await _lay_out(room, file.kept + store.SMALL, upload, "thumbnail")
        yield replace(upload, sha256=sha256, thumbnail=thumbnail)
    finally:
        uploads.forget_parts(context, upload)


async def _lay_out(room: Classroom, kept: str, upload: Upload, which: str) -> str:
    """The hash of what is laid out."""
    part = uploads.part_of(room.context, upload, which)
    part.parent.mkdir(mode=0o700, exist_ok=True)
    part.unlink(missing_ok=True)
    await asyncio.to_thread(store.unseal, room.vault, kept, part)
    return name_of((await asyncio.to_thread(digest_of, part)).digest())
