"""A pupil's own work, to be taken along: what lies here, and what was released under the alias.

No name is in it: the alias of the class, the titles of projects and of what the work stands in, and
what the pupil made. Of anybody else's words a teacher's note on what was given back is in it, and
what others wrote in a part of a page that the pupil changed.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from node.actions import reactions, sight
from node.actions import spaces as own_spaces
from node.classroom import copying, files, reacting, taking_in, works_archive
from node.classroom.files import Shown
from node.classroom.room import Classroom, get_class
from node.storage import contents, home_files, pages, shown, spaces
from node.storage.accounts import Account
from node.storage.database import Reader
from node.storage.sealed import CHUNK
from node.vault import places, pupils, works
from node.vault.brought import Brought
from node.vault.classes import SchoolClass
from node.vault.pupils import Pupil, Reading, Why
from node.vault.works import Work
from protocol.errors import Reason, Refused
from protocol.space.fold.forum import Post
from protocol.space.fold.history import Standing
from protocol.space.fold.materials import File
from protocol.space.fold.wall import Card
from protocol.space.vocabulary import reference

MAX_WORKS = 2_000
"""Of one pupil; the latest."""


@dataclass(frozen=True)
class Media:
    """A file of a pupil's: sealed in the vault, or, once released, on the shelf."""

    name: str
    octets: int
    source: Shown | Path


@dataclass(frozen=True)
class Piece:
    """One piece of work. `text` is empty where it was erased or is not shown any more; of a file it
    says what is to be seen, and `media` is None where its bytes are not here; of a reaction it is
    the sign. Of a reply or a card `media` is its picture, and `alt` says what is to be seen in it.
    `thread` is what that is called in which it stands, `kind` a word of the vault's."""

    project: str
    thread: str
    state: str
    language: str
    text: str
    note: str
    created_ms: int
    changed_ms: int
    media: Media | None = None
    kind: str = "reply"
    alt: str = ""


@dataclass(frozen=True)
class Portfolio:
    """All of one pupil's."""

    alias: str
    class_name: str
    pieces: Sequence[Piece]


async def collect_class(room: Classroom, account: Account, class_: int) -> Sequence[Portfolio]:
    """Everybody's of a class; that they were read is kept. Refuses with NOT_FOUND."""
    async with room.vault.write() as unit:
        found = await get_class(unit, account, class_)
        await pupils.read_class(unit, class_, Reading(account.id, Why.EXPORT, room.now_ms()))
        there = await pupils.list_of_class(unit, class_)
    return [await collect(room, one, found) for one in there]


async def collect(room: Classroom, pupil: Pupil, class_: SchoolClass) -> Portfolio:
    """One pupil's, what changed last first."""
    async with room.vault.read() as view:
        found = await works.list_of_pupil(view, pupil.id, limit=MAX_WORKS)
    titles = {
        one: await own_spaces.find_title(room.context, one)
        for one in {work.space for work in found}
    }
    async with room.context.database.read() as reader:
        pieces = [await piece_of(room, reader, one, titles[one.space]) for one in found]
    along = await taking_in.list_brought(room, pupil)
    # What is packed can be taken in again.
    pieces += [piece_of_brought(one) for one in along[: works_archive.MAX_WORKS - len(pieces)]]
    return Portfolio(pupil.alias, class_.name, pieces)


def piece_of_brought(one: Brought) -> Piece:
    """What was brought along goes along again."""
    held = taking_in.shown(one, small=False)
    return Piece(
        one.told.project,
        one.told.thread,
        one.told.state,
        one.language,
        one.told.text,
        one.told.note,
        one.created_ms,
        one.changed_ms,
        None if held is None else Media(held.name, held.octets, held),
        alt=one.told.alt,
    )


async def piece_of(room: Classroom, reader: Reader, work: Work, project: str) -> Piece:
    """A piece of work with what it says and holds, wherever that lies; `project` is what its space
    is called."""
    kept = await spaces.find(reader, work.space)
    inside = "" if kept is None else await sight.title_of(reader, kept, work.inside)
    text, media, alt = work.text, None, "" if work.kind == "file" else work.alt
    if work.kind == "reaction":
        text = reacting.sign_of(work)
    if work.kind == "page":
        text = copying.text_of(work)
    if work.file is not None:
        held = files.shown(work, small=False)
        media = Media(held.name, held.octets, held)
    if work.state == "released":
        alias = await _alias(room, work)
        text, media, alt = await _released(room, reader, work, alias)
    return Piece(
        project,
        inside,
        work.state,
        work.language,
        text,
        work.note,
        work.created_ms,
        work.changed_ms,
        media,
        work.kind,
        alt,
    )


async def _alias(room: Classroom, work: Work) -> str:
    """Under which pseudonym the author is in the space of the work; "" where he is not."""
    async with room.vault.read() as view:
        place = await places.find(view, work.pupil, work.space)
    return "" if place is None else place.pseudonym


async def _released(
    room: Classroom, reader: Reader, work: Work, alias: str
) -> tuple[str, Media | None, str]:
    """What is shown of it in the space: its words, its file, and what is to be seen in that."""
    kept = await spaces.find(reader, work.space)
    if kept is None:
        return "", None, ""
    if work.kind == "page":
        blocks = await pages.list_blocks(reader, work.space, work.inside)
        mine = [one for one in blocks if (one.node, one.actor) == (kept.node, alias)]
        return "\n\n".join(copying.words_of(one) for one in mine), None, ""
    if work.kind == "reaction":
        return await reactions.find_sign(reader, kept, work.inside, alias), None, ""
    made = await shown.find(reader, work.space, kept.node, work.object)
    if made is None or made.standing is not Standing.SHOWN:
        return "", None, ""
    if isinstance(made, File):
        return made.alt, await _media(room, reader, work.space, made), ""
    if not isinstance(made, Post | Card):
        return "", None, ""
    own = reference(kept.node, work.shows)
    picture = await contents.find(reader, work.space, kept.node, work.shows, File)
    if made.file != own or picture is None or picture.standing is not Standing.SHOWN:
        return made.text, None, ""
    return made.text, await _media(room, reader, work.space, picture), picture.alt


async def _media(room: Classroom, reader: Reader, space: str, file: File) -> Media | None:
    whole = await home_files.complete(reader, space, file)
    if not whole.sha256 or not room.context.shelf.holds(whole.sha256):
        return None
    return Media(file.name, whole.size, room.context.shelf.place_of(whole.sha256))


async def pieces_of(room: Classroom, media: Media) -> AsyncIterator[bytes]:
    """The bytes of a file. Refuses with NOT_FOUND where they are gone meanwhile."""
    if isinstance(media.source, Shown):
        async for piece in files.pieces(room, media.source):
            yield piece
        return
    try:
        coming = await asyncio.to_thread(media.source.open, "rb")
    except FileNotFoundError:
        raise Refused(Reason.NOT_FOUND, "This file is gone.") from None
    with coming:
        while piece := await asyncio.to_thread(coming.read, CHUNK):
            yield piece
