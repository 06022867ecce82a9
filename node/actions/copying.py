"""A copy of something in a space as it is shown now: for whoever has to keep it, whatever becomes
of the thing itself."""

from dataclasses import dataclass
from pathlib import Path

from node.actions import trash
from node.actions.context import Context
from node.storage import (
    accounts,
    blobs,
    content_words,
    contents,
    home_files,
    pages,
    spaces,
    views,
)
from node.storage.database import Reader
from node.storage.spaces import Space
from protocol.errors import Reason, Refused
from protocol.space.fold.block import kind_of, plain, written
from protocol.space.fold.forum import Post
from protocol.space.fold.history import Contribution, Standing
from protocol.space.fold.materials import File
from protocol.space.fold.page import Block, Page
from protocol.space.fold.wall import Card


@dataclass(frozen=True)
class Bytes:
    """The bytes of a file, where they lie here."""

    path: Path
    media_type: str
    octets: int


@dataclass(frozen=True)
class Copy:
    """What is shown, by whom, since when. `alias` is the author's pseudonym, `author` what his
    school calls him there, `account` his here, `school` its service actor. `bytes_` of a file, or
    of the one that is shown with it, that lies here; `alt` is what is to be seen in the latter."""

    kind: str
    text: str
    language: str
    alias: str
    author: str
    school: str
    ours: bool
    account: int | None
    made_ms: int
    edited_ms: int
    file_name: str = ""
    alt: str = ""
    bytes_: Bytes | None = None


async def copy(context: Context, space: str, item: str) -> Copy:
    """Something in a space with all of its words. Whether somebody may see it is the caller's to
    know. Refuses with NOT_FOUND, GONE what is not shown any more."""
    async with context.database.read() as reader:
        kept = await spaces.find(reader, space)
        if kept is None:
            raise Refused(Reason.NOT_FOUND, "There is no such space.")
        made = await trash.get(reader, kept, item)
        if made.standing is not Standing.SHOWN:
            raise Refused(Reason.GONE, "This is not shown any more.")
        file = await _file(reader, space, made)
        words = await _words(reader, space, made)
        alt = "" if file is None or file is made else file.alt
        if file is not None:
            file = await home_files.complete(reader, space, file)
        return Copy(
            kind=made.kind if isinstance(made, Post) else type(made).__name__.lower(),
            text=words,
            language=_language(made),
            alias=made.actor,
            author=await _name(reader, kept, made),
            school=kept.state.actors.get(made.writer, ""),
            ours=made.writer == kept.node,
            account=await _account(reader, kept, made),
            made_ms=made.time,
            edited_ms=made.edited,
            file_name="" if file is None else file.name,
            alt=alt,
            bytes_=None if file is None else await _bytes(context, reader, space, file),
        )


async def _file(reader: Reader, space: str, made: Contribution) -> File | None:
    """A file, or the one that is shown with something."""
    if isinstance(made, File):
        return made
    named = made.file if isinstance(made, Post | Card) else ""
    found = await contents.list_named_files(reader, space, [named]) if named else []
    return found[0] if found else None


async def _words(reader: Reader, space: str, made: Contribution) -> str:
    match made:
        case Post():
            return f"{made.title}\n{made.text}".strip()
        case Block():
            return _of_block(made)
        case Page():
            blocks = await pages.list_blocks(reader, space, made.reference)
            shown = [_of_block(one) for one in blocks if one.standing is Standing.SHOWN]
            return "\n".join([made.title, *shown])
        case _:
            return content_words.words_of(made)


def _of_block(block: Block) -> str:
    if block.body is None:
        return ""
    return plain(block.body) or "\n".join(written(block.body).values()) or kind_of(block.body)


def _language(made: Contribution) -> str:
    if isinstance(made, Block):
        return "" if made.body is None else made.body.language
    return str(getattr(made, "language", ""))


async def _name(reader: Reader, space: Space, made: Contribution) -> str:
    """What the author is called in the space; a teacher of this school by his account's name."""
    account = await _account(reader, space, made)
    known = None if account is None else await accounts.find(reader, account)
    if known is not None:
        return known.name
    people = await views.list_people(reader, space.id)
    named = [one.name for one in people if (one.home, one.pseudonym) == (made.writer, made.actor)]
    return named[0] if named else ""


async def _account(reader: Reader, space: Space, made: Contribution) -> int | None:
    if made.writer != space.node:
        return None
    return await spaces.find_account(reader, space.id, made.actor)


async def _bytes(context: Context, reader: Reader, space: str, file: File) -> Bytes | None:
    kept = await blobs.find(reader, space, file.sha256) if file.sha256 else None
    if kept is None or not context.shelf.holds(file.sha256):
        return None
    return Bytes(context.shelf.place_of(file.sha256), kept.media_type, file.size)
