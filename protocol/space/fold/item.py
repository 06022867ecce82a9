"""What folds are fed with, and the contents that payloads have.

A payload that says something else than its kind allows makes its object unreadable, on every
replica alike; it never stops a log. Members that this version does not know are left alone.
"""

from collections.abc import Iterable
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from protocol.errors import Refused
from protocol.space.operation import Header, read_payload
from protocol.space.vocabulary import HASH, MAX_INTEGER, NAME, REFERENCE

# `$` would let a final line feed pass.
LINE = r"^[^\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+\Z"
_TEXT = r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]+\Z"
Name = Annotated[str, Meta(min_length=1, max_length=120, pattern=LINE)]
Title = Annotated[str, Meta(min_length=1, max_length=200, pattern=LINE)]
Text = Annotated[str, Meta(min_length=1, max_length=10_000, pattern=_TEXT)]
ANY_TEXT = _TEXT.replace(r"+\Z", r"*\Z")
ObjectName = Annotated[str, Meta(pattern=rf"^{NAME}\Z")]
Hash = Annotated[str, Meta(pattern=rf"^{HASH}\Z")]
Size = Annotated[int, Meta(ge=1, le=MAX_INTEGER)]
Language = Annotated[str, Meta(min_length=2, max_length=35, pattern=r"^[A-Za-z0-9-]+\Z")]


class Item(msgspec.Struct, frozen=True):
    """One effective operation of an object. `payload` is None where it lacks or was erased."""

    id: str
    header: Header
    payload: str | None
    erased: bool = False


class Thread(msgspec.Struct, frozen=True):
    title: Title
    text: Text
    language: Language


class Reply(msgspec.Struct, frozen=True):
    """What a reply says; `file` is a reference of a file of the space, shown with it."""

    text: Text
    language: Language
    file: Annotated[str, Meta(pattern=rf"^(?:{REFERENCE})?\Z")] = ""


class News(msgspec.Struct, frozen=True):
    """What an update says; `pictures` are names of files of the same node."""

    text: Text
    language: Language
    pictures: Annotated[tuple[ObjectName, ...], Meta(max_length=12)] = ()


class Thumbnail(msgspec.Struct, frozen=True):
    sha256: Hash
    size: Size


class Stub(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a file whose bytes stay at its home: no hash, and a rounded size.

    `media_type` is a claim until the bytes were looked at.
    """

    name: Title
    size: Size
    licence: Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9.-]+\Z")]
    language: Language
    media_type: Annotated[str, Meta(max_length=100, pattern=r"^[a-z]+/[a-z0-9][a-z0-9.+-]*\Z")] = (
        msgspec.field(name="mediaType")
    )
    alt: Annotated[str, Meta(max_length=1000, pattern=ANY_TEXT)] = ""
    album: Annotated[str, Meta(pattern=rf"^(?:{REFERENCE})?\Z")] = ""


class FileContent(Stub, frozen=True, kw_only=True):
    """What the payload of a file says whose bytes go to every member."""

    sha256: Hash
    width: Annotated[int, Meta(ge=0, le=16383)] = 0
    height: Annotated[int, Meta(ge=0, le=16383)] = 0
    thumbnail: Thumbnail | None = None


class AlbumContent(msgspec.Struct, frozen=True):
    title: Title
    language: Language
    text: Annotated[str, Meta(max_length=500, pattern=ANY_TEXT)] = ""


class PageTitle(msgspec.Struct, frozen=True):
    title: Title
    language: Language


class WallTitle(msgspec.Struct, frozen=True):
    title: Title
    columns: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=60, pattern=LINE)], ...],
        Meta(min_length=1, max_length=8),
    ]
    language: Language


class CardFace(msgspec.Struct, frozen=True):
    """What stands on a card; `file` is a reference of a file of the space, by whichever school."""

    language: Language
    text: Annotated[str, Meta(max_length=1_000, pattern=ANY_TEXT)] = ""
    file: Annotated[str, Meta(pattern=rf"^(?:{REFERENCE})?\Z")] = ""


class Ground(msgspec.Struct, frozen=True):
    """Why something was hidden: a word of the vocabulary of reports, and what there is to add."""

    reason: Annotated[str, Meta(pattern=r"^[a-z_]{1,32}\Z")]
    language: Language
    text: Annotated[str, Meta(max_length=500, pattern=ANY_TEXT)] = ""


class Person(msgspec.Struct, frozen=True):
    name: Name
    language: Language
    person: Annotated[str, Meta(max_length=500)] = ""


Content = TypeVar("Content", bound=msgspec.Struct)


def content(item: Item, kind: type[Content]) -> Content | None:
    """What the payload says; None if it says nothing that this kind of object can."""
    if item.payload is None:
        return None
    try:
        return msgspec.convert(read_payload(item.payload), kind)
    except (Refused, msgspec.ValidationError):
        return None


def read_title(text: str) -> str:
    """The title that a page's payload says; empty where it says none."""
    try:
        return msgspec.convert(read_payload(text), PageTitle).title
    except (Refused, msgspec.ValidationError):
        return ""


def in_order(items: Iterable[Item]) -> list[Item]:
    """The home node's own order: incarnation, then number."""
    found = list(items)
    if len(found) > 1:  # most objects are written once
        found.sort(key=lambda one: (one.header.number, one.header.seq, one.id))
    return found
