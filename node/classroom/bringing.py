"""What a pupil brings: made clean at once, sealed into the vault, described by its author.

The bytes as they came lie beside the vault's own for the seconds of their cleaning, and never
again. A file is cleaned for the one space that it was brought for, with a mark of chance, so that
the same picture in two spaces has two hashes. Nothing of it is outside the vault before a teacher
has released it.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias
from urllib.parse import unquote

from node.actions import publish, uploads
from node.actions.context import MIB
from node.classroom import files
from node.classroom.files import Left, Picture, Shown, called, require_described, shown
from node.classroom.room import Classroom
from node.classroom.working import find_desk, get_own, not_there, require_here, require_room
from node.cleaning import workshop as cleaning
from node.cleaning.kinds import FILMS
from node.pictures import sniff, workshop
from node.pictures.names import clean_name
from node.storage.shelf import refusals
from node.vault import files as rows
from node.vault import store, works
from node.vault.files import KeptFile
from node.vault.pupils import Pupil
from node.vault.vault import View
from node.vault.works import Work
from protocol.errors import Reason, Refused

MAX_WORDS_CHARACTERS = 250_000
"""So much of the text in a file is looked through; of a longer one it is said that it is longer."""
WRITE_BYTES = MIB
MOST_POINTS = 1_000_000
BUSY_RETRY_AFTER_S = 5
_WORDLESS: Final = {"image": "pictures", "audio": "sound", "video": "film"}
"""What of each kind no machine reads here."""
Scratch: TypeAlias = Callable[[str], Path]


@dataclass(frozen=True)
class Made:
    """The clean bytes on the disk, and what is known of them; `small` is there for pictures."""

    clean: Path
    small: Path | None
    media_type: str
    width: int = 0
    height: int = 0


async def bring(
    room: Classroom,
    pupil: Pupil,
    space: str,
    *,
    name: str,
    language: str,
    pieces: AsyncIterator[bytes],
) -> int:
    """Take a file, clean it and keep it as a draft; the work's number.

    Refuses with NOT_FOUND a space in which the pupil does not take part, UNSUPPORTED_MEDIA_TYPE and
    TOO_LARGE (facts `why`, `most_mib`) what cannot be taken, BAD_INPUT an empty file,
    TOO_MANY_ITEMS a pupil with too much that is not released, STORAGE_FULL where all pupils of the
    school have, BUSY while another file of this pupil is coming.
    """
    await find_desk(room, pupil, space)
    # Some programs write what is no letter of English as `%20`, where no name would be found.
    name = unquote(name)
    async with room.vault.read() as view:
        await require_room(view, pupil)
        left = await files.room_left(room, view, pupil)
    kept = publish.new_name(room.context)
    with alone(room, pupil), scratch_of(room, kept) as scratch:
        made = await make_clean(room, scratch, pieces, left)
        ready = await _make_ready(room, scratch, made, kept, name)
        async with room.vault.write() as unit:
            await require_room(unit, pupil)
            work = await works.put(
                unit,
                pupil=pupil.id,
                space=space,
                inside="",
                name=publish.new_name(room.context),
                state="draft",
                language=language,
                text="",
                now_ms=room.now_ms(),
                kind="file",
            )
            await files.enclose(room, unit, pupil, work, ready)
    return work


@asynccontextmanager
async def clean_picture(
    room: Classroom,
    pupil: Pupil,
    *,
    name: str,
    pieces: AsyncIterator[bytes],
    instead: KeptFile | None = None,
) -> AsyncIterator[Picture]:
    """Take a picture for a reply or a card, `instead` of the one that it has, and make it clean;
    its bytes are gone when the block is left, but for those that were placed meanwhile.

    Refuses as `bring`, with UNSUPPORTED_MEDIA_TYPE (`why`: picture) what is no picture.
    """
    name = unquote(name)
    async with room.vault.read() as view:
        left = await files.room_left(room, view, pupil, instead)
    kept = publish.new_name(room.context)
    with alone(room, pupil), scratch_of(room, kept) as scratch:
        made = await make_clean(room, scratch, pieces, left, only_pictures=True)
        yield await _make_ready(room, scratch, made, kept, name)


async def _make_ready(
    room: Classroom, scratch: Scratch, made: Made, kept: str, name: str
) -> Picture:
    """Clean bytes with all that is known of them, sealed as those that will be called `kept`."""
    words, unread = await _read_words(room, made, scratch("words"))
    octets, placed = await seal(room, scratch, made, kept)
    file = KeptFile(
        kept,
        made.media_type,
        octets[0],
        made.width,
        made.height,
        octets[1] if made.small is not None else 0,
        clean_name(name, sniff.ending_for(made.media_type, name)),
        words,
        unread,
    )
    return Picture(file, placed)


async def make_clean(
    room: Classroom,
    scratch: Scratch,
    pieces: AsyncIterator[bytes],
    left: Left,
    *,
    only_pictures: bool = False,
) -> Made:
    """Take what comes and make it clean; the bytes as they came are gone. Refuses as `bring`, and
    with UNSUPPORTED_MEDIA_TYPE (`why`: picture) what is none where it has to be."""
    came = scratch("came")
    kind = await _take(room, came, pieces, left, only_pictures=only_pictures)
    made = await _clean(room, kind, came, scratch)
    # The original knows where it was made, and by whom.
    await asyncio.to_thread(came.unlink)
    return made


async def seal(
    room: Classroom, scratch: Scratch, made: Made, kept: str
) -> tuple[Sequence[int], Sequence[tuple[Path, str]]]:
    """Seal clean bytes as those that will be called `kept`: how many they are, the small picture's
    behind them, and what has to be placed under which name."""
    plain = [(made.clean, scratch("sealed"), kept)]
    if made.small is not None:
        plain.append((made.small, scratch("sealed-small"), kept + store.SMALL))
    for source, target, there in plain:
        await asyncio.to_thread(store.seal, room.vault.box, source, target, there)
    return [source.stat().st_size for source, _, _ in plain], [one[1:] for one in plain]


async def describe(
    room: Classroom,
    pupil: Pupil,
    work: int,
    *,
    name: str,
    alt: str,
    language: str,
    hand_in: bool,
) -> None:
    """Say what an own file is called and what is to be seen or heard in it; hand it in, or not yet.

    Refuses with NOT_FOUND what is no file of the pupil's, CONFLICT one that has left, BAD_INPUT a
    picture that is handed in without a word about it, a description that is too long.
    """
    async with room.vault.write() as unit:
        found, file = await get_own_file(unit, pupil, work)
        require_here(found)
        if found.kind != "file":
            raise not_there()
        if hand_in:
            require_described(file, alt)
        await works.change(
            unit,
            work,
            state="held" if hand_in else "draft",
            language=language,
            text=alt,
            now_ms=room.now_ms(),
        )
        await rows.rename(unit, work, called(file, name))


async def show(room: Classroom, pupil: Pupil, work: int, *, small: bool = False) -> Shown:
    """What is given of an own file that is not released. Refuses as `get_own_file`."""
    async with room.vault.read() as view:
        found, _ = await get_own_file(view, pupil, work)
    return shown(found, small=small)


async def get_own_file(view: View, pupil: Pupil, work: int) -> tuple[Work, KeptFile]:
    """Refuses with NOT_FOUND what is no file of this pupil's, or none that is kept here."""
    found = await get_own(view, pupil, work)
    if found.file is None:
        raise Refused(Reason.NOT_FOUND, "There is no such file.")
    return found, found.file


async def _take(
    room: Classroom,
    came: Path,
    pieces: AsyncIterator[bytes],
    left: Left,
    *,
    only_pictures: bool,
) -> sniff.Kind:
    """Write what comes to the disk; what it is, as its first bytes tell."""
    kind: sniff.Kind | None = None
    most, size, waiting = left.bytes, 0, bytearray()
    with refusals(), store.create(came) as stream:
        async for piece in pieces:
            waiting += piece
            size += len(piece)
            if kind is None and size >= sniff.HEAD_BYTES:
                kind = _kind_of(bytes(waiting), only_pictures=only_pictures)
                most = min(most, uploads.most_of(room.context, kind))
            if size > most:
                raise _too_large(room, kind, left)
            if len(waiting) >= WRITE_BYTES:
                await _write(room, stream, waiting)
        if not size:
            raise Refused(Reason.BAD_INPUT, "this file is empty; choose another", field="file")
        if kind is None:
            kind = _kind_of(bytes(waiting), only_pictures=only_pictures)
        await _write(room, stream, waiting)
    return kind


def _kind_of(head: bytes, *, only_pictures: bool) -> sniff.Kind:
    kind = uploads.kind_of(head)
    if only_pictures and not kind.is_picture:
        raise Refused(Reason.UNSUPPORTED_MEDIA_TYPE, "this is no picture", why="picture")
    return kind


async def _write(room: Classroom, stream: BinaryIO, waiting: bytearray) -> None:
    piece = bytes(waiting)
    waiting.clear()
    # What is made of it takes as much again, clean and then sealed.
    room.context.shelf.check_room(3 * len(piece))
    await asyncio.to_thread(stream.write, piece)


async def _clean(room: Classroom, kind: sniff.Kind, came: Path, scratch: Scratch) -> Made:
    context, clean = room.context, scratch("clean")
    mark = hashlib.sha256(context.chance.octets(32)).hexdigest()[:32]
    if kind.is_picture:
        small = scratch("small")
        async with context.pictures:
            made = await workshop.make(
                came,
                clean,
                small,
                max_pixels=context.settings.files.image_megapixels * MOST_POINTS,
                mark=mark,
            )
        return Made(clean, small, "image/webp", made.width, made.height)
    async with context.films if kind.media_type in FILMS else context.pictures:
        media_type = await cleaning.clean(came, clean, kind.media_type, mark=mark)
    return Made(clean, None, media_type)


async def _read_words(
    room: Classroom, made: Made, scratch: Path
) -> tuple[Sequence[str], Sequence[str]]:
    """The words in a clean file, and what of it could not be read."""
    wordless = _WORDLESS.get(made.media_type.partition("/")[0])
    if wordless is not None:
        return (), (wordless,)
    try:
        async with room.context.pictures:
            read = await cleaning.read_texts(made.clean, scratch, made.media_type)
    except Refused:
        return (), ("all",)
    left, unread = MAX_WORDS_CHARACTERS, set(read.unread)
    words: list[str] = []
    for text in dict.fromkeys(said for _, said in read.texts):
        words.append(text[:left])
        left -= len(words[-1])
        if len(words[-1]) < len(text):
            unread.add("rest")
            break
    return words, sorted(unread)


@contextmanager
def scratch_of(room: Classroom, kept: str) -> Iterator[Scratch]:
    """Names of files that are gone when the block is left, however it is left."""
    made: list[Path] = []

    def path(which: str) -> Path:
        made.append(store.coming_of(room.vault, f"{kept}.{which}"))
        return made[-1]

    try:
        yield path
    finally:
        for one in made:
            one.unlink(missing_ok=True)


@contextmanager
def alone(room: Classroom, pupil: Pupil) -> Iterator[None]:
    """One file of a pupil at a time, so that a card fills no disk."""
    arriving, key = room.context.arriving, f"pupil {pupil.id}"
    if key in arriving:
        raise Refused(
            Reason.BUSY,
            "another file of this pupil is coming just now",
            retry_after_s=BUSY_RETRY_AFTER_S,
        )
    arriving.add(key)
    try:
        yield
    finally:
        arriving.discard(key)


def _too_large(room: Classroom, kind: sniff.Kind | None, left: Left) -> Refused:
    if not left.is_first and (kind is None or left.bytes < uploads.most_of(room.context, kind)):
        return files.too_much()
    most = left.bytes if kind is None else min(left.bytes, uploads.most_of(room.context, kind))
    return Refused(
        Reason.TOO_LARGE, f"this has more than {most} bytes", most_mib=max(1, most // MIB)
    )
