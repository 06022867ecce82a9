"""The materials of a space: publishing what was brought, describing it, taking it back.

The bytes get their place on the shelf in the same transaction in which the file is signed; what was
brought stays until then, so that a crash in between loses nothing and shows nothing.

A file is `shared`, and its bytes go to every member school, or it stays at its `home`: the others
learn what it is, and see it through views alone (`node.actions.serve_views`).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

from node.actions import contributions, replica, tips
from node.actions import erase as erasing
from node.actions import uploads as bringing
from node.actions.context import Context
from node.actions.fetch_blobs import require_space_room
from node.actions.spaces import require_member
from node.pictures.names import clean_name
from node.pictures.sniff import ending_for
from node.storage import (
    blobs,
    contents,
    home_files,
    meta,
    operations,
    quarantine,
    spaces,
    uploads,
)
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.home_files import HomeFile
from node.storage.spaces import Space
from node.storage.uploads import Upload
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.objects import lines
from protocol.space import writing
from protocol.space.blobs import rounded
from protocol.space.fold.history import Standing
from protocol.space.fold.materials import Album, File

Residency: TypeAlias = Literal["shared", "home"]
_COMES_BACK_MS = 90 * 86_400_000
"""So long after a restored backup the absence of a file says nothing about it."""


@dataclass(frozen=True)
class Said:
    """What somebody says of a file. `album` is a reference, or empty; `alt` may be empty.

    `residency` of a file that is published: whether its bytes go to the other schools. Describing
    a file anew leaves that as it is; see `residency.move`.
    """

    name: str
    alt: str
    licence: str
    language: str
    album: str = ""
    residency: Residency = "shared"


async def publish(
    context: Context, account: Account, space: str, said: Sequence[tuple[str, Said]]
) -> list[str]:
    """Put what was brought (by the names of the uploads) into the space; the files' references.

    All of it or nothing. Refuses with NOT_FOUND, NOT_OWNER somebody else's upload, CONFLICT one
    that has not arrived whole, BAD_INPUT what cannot stand.
    """
    done: list[Upload] = []
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        references = []
        for id_, words in said:
            upload = await _get_ready(transaction, account, kept, id_)
            await _require_album(transaction, kept, words.album)
            await place(context, transaction, kept, upload)
            # The upload's own random name, so that what is known of it before stays true of it.
            name = upload.id
            payload = payload_of(context, facts_of_upload(upload), words, words.residency)
            if words.residency == "home":
                await home_files.put(transaction, space, kept_here(kept, name, upload))
            await contributions.write(
                context,
                transaction,
                kept,
                alias,
                partial(writing.file, residency=words.residency),
                payload,
                name=name,
            )
            contributions.require_shown(
                await contents.find(transaction, space, kept.node, name, File)
            )
            references.append(contributions.named(kept, name))
            done.append(upload)
        await uploads.drop(transaction, [one.id for one in done])
    for upload in done:
        bringing.forget_parts(context, upload)
    await replica.tell(context, space)
    return references


async def _get_ready(transaction: Transaction, account: Account, space: Space, id_: str) -> Upload:
    upload = await uploads.find(transaction, id_)
    if upload is None or upload.space != space.id:
        raise Refused(Reason.NOT_FOUND, "This was published or thrown away already.")
    if upload.account != account.id:
        raise Refused(Reason.NOT_OWNER, "Somebody else brought this.")
    if upload.state != "ready":
        raise Refused(Reason.CONFLICT, "This has not arrived whole.", offset=upload.received)
    return upload


async def place(context: Context, transaction: Transaction, space: Space, upload: Upload) -> None:
    """Give the clean bytes of what was brought their place in the space.

    Refuses with NOT_ALLOWED locked bytes, STORAGE_FULL, NOT_FOUND where they are gone.
    """
    which = bringing.cleaned(upload)
    pieces = [(which, upload.sha256, upload.octets, upload.media_type)]
    if upload.is_picture:
        pieces.append(("thumbnail", upload.thumbnail, upload.thumbnail_octets, "image/webp"))
    for _, sha256, _, _ in pieces:
        if await quarantine.is_locked(transaction, sha256):
            raise Refused(Reason.NOT_ALLOWED, "An administrator has locked these bytes here.")
    await require_space_room(context, transaction, space.id, sum(one[2] for one in pieces))
    for part, sha256, octets, media_type in pieces:
        if not bringing.part_of(context, upload, part).is_file():
            raise Refused(Reason.NOT_FOUND, "The bytes of this are gone; bring it again.")
        lies = bringing.part_of(context, upload, part)
        await asyncio.to_thread(context.shelf.put, lies, sha256)
        await blobs.put_here(transaction, space.id, sha256, octets, media_type)


def facts_of_upload(upload: Upload) -> JSONObject:
    """What the bytes themselves say."""
    facts: JSONObject = {
        "mediaType": upload.media_type,
        "size": upload.octets,
        "sha256": upload.sha256,
    }
    if upload.is_picture:
        facts |= {"width": upload.width, "height": upload.height}
        facts["thumbnail"] = {"sha256": upload.thumbnail, "size": upload.thumbnail_octets}
    return facts


def kept_here(space: Space, name: str, upload: Upload) -> HomeFile:
    """Which bytes a file called `name` has that stays here."""
    return HomeFile(
        space.node,
        name,
        upload.sha256,
        upload.octets,
        upload.media_type,
        upload.width if upload.is_picture else 0,
        upload.height if upload.is_picture else 0,
        upload.thumbnail if upload.is_picture else "",
        upload.thumbnail_octets if upload.is_picture else 0,
    )


def facts_of(file: File) -> JSONObject:
    """What is known of a file's bytes: all of it for an own one, wherever it lies."""
    facts: JSONObject = {"mediaType": file.media_type, "size": file.size, "sha256": file.sha256}
    if file.width and file.height:
        facts |= {"width": file.width, "height": file.height}
    if file.thumbnail:
        facts["thumbnail"] = {"sha256": file.thumbnail, "size": file.thumbnail_size}
    return facts


def payload_of(context: Context, facts: JSONObject, said: Said, residency: Residency) -> str:
    """What is said of a file; of one that stays at home neither hash nor exact size."""
    if residency == "home":
        facts = {"mediaType": facts["mediaType"], "size": rounded(int(str(facts["size"])))}
    ending = ending_for(str(facts["mediaType"]), said.name)
    content: JSONObject = {**facts, "name": clean_name(said.name, ending), "licence": said.licence}
    alt = lines(said.alt).strip()
    if alt:
        content["alt"] = alt
    if said.album:
        content["album"] = said.album
    kind = "payload-stub" if residency == "home" else "payload-file"
    return contributions.payload_of(context, kind, content, said.language)


async def describe(context: Context, account: Account, space: str, file: str, said: Said) -> None:
    """Say something else of an own file; its bytes stay.

    Refuses with NOT_OWNER, GONE, BAD_INPUT.
    """
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        before = await get_file(transaction, kept, file)
        contributions.require_own(before, kept, alias)
        await _require_album(transaction, kept, said.album)
        stays: Residency = "home" if before.stays_home else "shared"
        payload = payload_of(context, facts_of(before), said, stays)
        await contributions.rewrite(context, transaction, kept, before, payload, residency=stays)
        contributions.require_shown(await get_file(transaction, kept, file))
    await replica.tell(context, space)


async def erase(context: Context, account: Account, space: str, file: str) -> None:
    """Erase a file with its bytes, here at once and at every member school.

    The bytes stay where another file of the space has the same ones. Refuses as
    `contributions.take_back`.
    """
    async with context.database.read() as reader:
        kept, _ = await require_member(reader, account, space)
        found = await get_file(reader, kept, file)
    await contributions.take_back(context, account, space, file, found)


async def is_there(context: Context, space: str, name: str) -> bool:
    """Whether an own file of this name has been said in the space and is not erased."""
    async with context.database.read() as reader:
        kept = await spaces.find(reader, space)
        return kept is not None and bool(
            await operations.list_own_of_object(reader, space, kept.node, name)
        )


async def is_gone(context: Context, space: str, name: str) -> bool:
    """Whether an own file of this name was erased here, or thrown away before it was published.

    Of what a restored backup lost nobody knows so soon: it may come back from partners.
    """
    now_ms = context.now_ms()
    async with context.database.read() as reader:
        kept = await spaces.find(reader, space)
        if kept is None or kept.closed_to_writing:
            return False
        if await operations.list_own_of_object(reader, space, kept.node, name):
            return False
        there = await contents.find(reader, space, kept.node, name, File)
        if there is not None:
            return there.standing is Standing.ERASED
        restored = await meta.find(reader, tips.RESTORED_MS)
        if restored is not None and now_ms - int(restored) <= _COMES_BACK_MS:
            return False
        return await uploads.find(reader, name) is None


async def find_name(reader: Reader, space: Space | None, name: str) -> str:
    """What an own file is called; "" where none of this name is shown."""
    found = None if space is None else await contents.find(reader, space.id, space.node, name, File)
    return "" if found is None or found.standing is not Standing.SHOWN else found.name


async def take_down(context: Context, space: str, name: str) -> bool:
    """Erase an own file for whom it shows, whoever brought it; whether there was such a file.

    By the school itself, also where the disk is nearly full. What was erased before is passed over.
    Refuses as `erase.take_back`.
    """
    async with context.database.write_small() as transaction:
        kept = await spaces.find(transaction, space)
        if kept is None:
            return False
        there = await contents.find(transaction, space, kept.node, name, File)
        versions = await operations.list_own_of_object(transaction, space, kept.node, name)
        if there is not None and versions:
            await erasing.take_back(context, transaction, kept, versions)
    context.wake.notify(replica.TOPIC)
    return there is not None


async def make_album(
    context: Context, account: Account, space: str, *, title: str, text: str, language: str
) -> str:
    """A new album; its reference. Refuses with BAD_INPUT."""
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        payload = _album_payload(context, title, text, language)
        name = await contributions.write(context, transaction, kept, alias, writing.album, payload)
        contributions.require_shown(await contents.find(transaction, space, kept.node, name, Album))
    await replica.tell(context, space)
    return contributions.named(kept, name)


async def edit_album(
    context: Context,
    account: Account,
    space: str,
    album: str,
    *,
    title: str,
    text: str,
    language: str,
) -> None:
    """Call an own album something else. Refuses with NOT_OWNER, GONE, BAD_INPUT."""
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        before = await get_album(transaction, kept, album)
        contributions.require_own(before, kept, alias)
        payload = _album_payload(context, title, text, language)
        await contributions.rewrite(context, transaction, kept, before, payload)
        contributions.require_shown(await get_album(transaction, kept, album))
    await replica.tell(context, space)


async def erase_album(context: Context, account: Account, space: str, album: str) -> None:
    """Erase an album; the files in it stay. Refuses as `contributions.take_back`."""
    async with context.database.read() as reader:
        kept, _ = await require_member(reader, account, space)
        found = await get_album(reader, kept, album)
    await contributions.take_back(context, account, space, album, found)


def _album_payload(context: Context, title: str, text: str, language: str) -> str:
    content: JSONObject = {"title": title.strip()}
    if text.strip():
        content["text"] = lines(text).strip()
    return contributions.payload_of(context, "payload-album", content, language)


async def get_file(reader: Reader, space: Space, file: str) -> File:
    """Refuses with NOT_FOUND."""
    return await contributions.get(reader, space, file, File)


async def require_file(reader: Reader, space: Space, file: str) -> None:
    """Refuses with NOT_FOUND what is no file that is shown."""
    if (await get_file(reader, space, file)).standing is not Standing.SHOWN:
        raise Refused(Reason.NOT_FOUND, "This file is not in the materials.")


async def get_album(reader: Reader, space: Space, album: str) -> Album:
    """Refuses with NOT_FOUND."""
    return await contributions.get(reader, space, album, Album)


async def _require_album(reader: Reader, space: Space, album: str) -> None:
    if album and (await get_album(reader, space, album)).standing is not Standing.SHOWN:
        raise Refused(Reason.NOT_FOUND, "This album is not there any more.")
