"""The materials of a space: files by what is said of them, and the albums in which they lie.

A file is its metadata; the bytes are a blob, named by their hash (`protocol.space.blobs`). A file
names its album, never an album its files, so that two schools that fill one album never collide.
"""

from collections.abc import Iterable

import msgspec

from protocol.space.fold import history
from protocol.space.fold.history import Contribution
from protocol.space.fold.item import AlbumContent, FileContent, Item, Stub


class File(Contribution, frozen=True):
    """One file as people see it.

    `thumbnail` is the hash of a small picture of it, `album` a reference; both may be empty. Of a
    file of residency `home` the operations say neither hash nor exact size.
    """

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
    residency: str = "shared"

    @property
    def inside(self) -> str:
        return self.album

    @property
    def stays_home(self) -> bool:
        """Whether its bytes are seen elsewhere through views only."""
        return self.residency == "home"


class Album(Contribution, frozen=True):
    """One album as people see it; its files are those that name it."""

    title: str = ""
    text: str = ""
    language: str = ""


def fold_file(items: Iterable[Item]) -> File | None:
    """The file that these effective operations, all about one object of one node, make."""
    told = history.read(items)
    if told is None or told.kind != "file":
        return None
    bare = told.head_of(File)
    if told.latest.residency == "home":
        bare = msgspec.structs.replace(bare, residency="home")
        return told.show(bare, Stub, _say_stub)
    return told.show(bare, FileContent, _say_file)


def _say_stub(file: File, said: Stub) -> File:
    return msgspec.structs.replace(
        file,
        name=said.name,
        media_type=said.media_type,
        size=said.size,
        alt=said.alt,
        licence=said.licence,
        album=said.album,
        language=said.language,
    )


def _say_file(file: File, said: FileContent) -> File:
    return msgspec.structs.replace(
        _say_stub(file, said),
        sha256=said.sha256,
        width=said.width,
        height=said.height,
        thumbnail="" if said.thumbnail is None else said.thumbnail.sha256,
        thumbnail_size=0 if said.thumbnail is None else said.thumbnail.size,
    )


def fold_album(items: Iterable[Item]) -> Album | None:
    """The album that these effective operations, all about one object of one node, make."""
    told = history.read(items)
    if told is None or told.kind != "album":
        return None
    return told.show(told.head_of(Album), AlbumContent, _say_album)


def _say_album(album: Album, said: AlbumContent) -> Album:
    return msgspec.structs.replace(album, title=said.title, text=said.text, language=said.language)


def view(files: Iterable[File], albums: Iterable[Album]) -> tuple[list[File], list[Album]]:
    """All files and all albums in their one order, the oldest first."""
    return (
        sorted(files, key=lambda one: (one.time, one.id, one.reference)),
        sorted(albums, key=lambda one: (one.time, one.id, one.reference)),
    )
