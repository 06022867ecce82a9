"""The materials of a space: files by what is said of them, and the albums in which they lie.

A file is its metadata; the bytes are a blob, named by their hash (`protocol.space.blobs`). A file
names its album, never an album its files, so that two schools that fill one album never collide.
"""

from collections.abc import Iterable

import msgspec

from protocol.space.fold import history
from protocol.space.fold.history import Standing
from protocol.space.fold.item import AlbumContent, FileContent, Item, content
from protocol.space.vocabulary import reference


class File(msgspec.Struct, frozen=True):
    """One file as people see it. `head` is the version that an edit replaces.

    `thumbnail` is the hash of a small picture of it, `album` a reference; both may be empty. What
    it is called and what it is are empty unless it is shown.
    """

    home: str
    object: str
    id: str
    head: str
    actor: str
    time: int
    standing: Standing
    edited: int = 0
    audience: str = "members"
    reach: str = "space"
    name: str = ""
    media_type: str = ""
    size: int = 0
    sha256: str = ""
    alt: str = ""
    licence: str = ""
    album: str = ""
    width: int = 0
    height: int = 0
    thumbnail: str = ""
    thumbnail_size: int = 0
    language: str = ""

    @property
    def reference(self) -> str:
        return reference(self.home, self.object)


class Album(msgspec.Struct, frozen=True):
    """One album as people see it; its files are those that name it."""

    home: str
    object: str
    id: str
    head: str
    actor: str
    time: int
    standing: Standing
    edited: int = 0
    audience: str = "members"
    reach: str = "space"
    title: str = ""
    text: str = ""
    language: str = ""

    @property
    def reference(self) -> str:
        return reference(self.home, self.object)


def fold_file(items: Iterable[Item]) -> File | None:
    """The file that these effective operations, all about one object of one node, make."""
    told = history.read(items)
    if told is None or told.kind != "file":
        return None
    header = told.first.header
    file = File(
        home=header.node,
        object=header.object,
        id=told.first.id,
        head=told.head,
        actor=header.actor,
        time=header.time,
        standing=told.standing,
        edited=told.edited,
        audience=told.latest.audience,
        reach=told.latest.reach,
    )
    if told.standing is not Standing.SHOWN or told.newest is None:
        return file
    said = content(told.newest, FileContent)
    if said is None:
        return msgspec.structs.replace(file, standing=Standing.UNREADABLE)
    return msgspec.structs.replace(
        file,
        name=said.name,
        media_type=said.media_type,
        size=said.size,
        sha256=said.sha256,
        alt=said.alt,
        licence=said.licence,
        album=said.album,
        width=said.width,
        height=said.height,
        thumbnail="" if said.thumbnail is None else said.thumbnail.sha256,
        thumbnail_size=0 if said.thumbnail is None else said.thumbnail.size,
        language=said.language,
    )


def fold_album(items: Iterable[Item]) -> Album | None:
    """The album that these effective operations, all about one object of one node, make."""
    told = history.read(items)
    if told is None or told.kind != "album":
        return None
    header = told.first.header
    album = Album(
        home=header.node,
        object=header.object,
        id=told.first.id,
        head=told.head,
        actor=header.actor,
        time=header.time,
        standing=told.standing,
        edited=told.edited,
        audience=told.latest.audience,
        reach=told.latest.reach,
    )
    if told.standing is not Standing.SHOWN or told.newest is None:
        return album
    said = content(told.newest, AlbumContent)
    if said is None:
        return msgspec.structs.replace(album, standing=Standing.UNREADABLE)
    return msgspec.structs.replace(album, title=said.title, text=said.text, language=said.language)


def view(files: Iterable[File], albums: Iterable[Album]) -> tuple[list[File], list[Album]]:
    """All files and all albums in their one order, the oldest first."""
    return (
        sorted(files, key=lambda one: (one.time, one.id, one.reference)),
        sorted(albums, key=lambda one: (one.time, one.id, one.reference)),
    )
