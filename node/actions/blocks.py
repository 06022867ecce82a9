"""Blocks of a page: adding, changing, moving, removing them, and agreeing where two versions are.

Every change names the versions that its writer had before him. What somebody else wrote meanwhile
is never replaced by that: both versions stand, and the page says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from node.actions import contributions, pages, refold, replica
from node.actions.context import Context
from node.actions.spaces import require_member
from node.storage import contents, payloads
from node.storage import pages as rows
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from protocol.errors import Reason, Refused
from protocol.objects import lines
from protocol.space import fraction, writing
from protocol.space.fold import page as fold
from protocol.space.fold import register
from protocol.space.fold.block import MAX_OCTETS, Body, kind_of, payload_of, written
from protocol.space.fold.history import Standing
from protocol.space.fold.item import Item
from protocol.space.fold.materials import File
from protocol.space.fold.page import MAX_BLOCKS, Block, Page
from protocol.space.vocabulary import reference
from protocol.space.writing import By

SCHEMAS: Mapping[str, str] = {
    "heading": "payload-heading",
    "paragraph": "payload-paragraph",
    "list": "payload-list",
    "image": "payload-image",
    "file": "payload-attachment",
    "table": "payload-table",
    "embed": "payload-embed",
}


@dataclass(frozen=True)
class Said:
    """What somebody says in a block: its kind and its written form (`fold.block.written`)."""

    kind: str
    parts: Mapping[str, str]
    language: str


async def add(
    context: Context, account: Account, space: str, page: str, said: Said, *, after: str = ""
) -> str:
    """A new block behind the one with the reference `after`, at the beginning without one; its
    reference.

    Refuses with BAD_INPUT what cannot stand, TOO_MANY_ITEMS, GONE a page that is shown no more.
    """
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        found = await pages.get_shown(transaction, kept, page)
        payload = await _payload(context, transaction, kept, said)
        block = await put_new(context, transaction, kept, By(alias), found, payload, after=after)
    await replica.tell(context, space)
    return block


async def put_new(
    context: Context,
    transaction: Transaction,
    space: Space,
    by: By,
    page: Page,
    payload: str,
    *,
    after: str | None,
    name: str = "",
) -> str:
    """Write a block behind the one with the reference `after` ("": at the beginning, None: at the
    end), by whoever may; its reference. Refuses as `add`."""
    blocks = await rows.list_blocks(transaction, space.id, page.reference)
    total = await rows.count_blocks(transaction, space.id, page.reference)
    if total >= MAX_BLOCKS or len(blocks) < total:
        raise Refused(Reason.TOO_MANY_ITEMS, "This page is full; begin another one.")
    at = len(blocks) if after is None else _place_behind(blocks, after)
    start, keys = fraction.make_room([one.place for one in blocks], at)
    order = keys[at - start]
    name = await contributions.write(
        context,
        transaction,
        space,
        by.actor,
        lambda place, by, name: writing.create(
            place,
            by,
            name,
            "block",
            inside=page.reference,
            audience=page.audience,
            order=order,
        ),
        payload,
        name=name,
        released_by=by.released_by,
    )
    rest = [*blocks[start:at], None, *blocks[at:]]
    await _place(context, transaction, space, by, page, rest, keys)
    block = contributions.named(space, name)
    _require_shown(await get(transaction, space, block))
    return block


async def change(
    context: Context,
    account: Account,
    space: str,
    block: str,
    said: Said,
    *,
    bases: Sequence[str],
) -> bool:
    """Say something else in place of the versions `bases`; whether more than one stands now.

    With all that stand as bases it settles them. Refuses with BAD_INPUT, GONE a page that is shown
    no more, CONFLICT what cannot be read here: then nobody has seen what would be replaced.
    """
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        before = await get(transaction, kept, block)
        payload = await _payload(context, transaction, kept, said)
        after = await put_body(context, transaction, kept, By(alias), before, bases, payload)
    await replica.tell(context, space)
    return bool(after.others)


async def put_body(
    context: Context,
    transaction: Transaction,
    space: Space,
    by: By,
    block: Block,
    bases: Sequence[str],
    payload: str,
) -> Block:
    """Write a version of what a block says, by whoever may; the block as it is then. Refuses as
    `change`."""
    page = await pages.get_shown(transaction, space, block.page)
    if block.standing in {Standing.UNREADABLE, Standing.HIDDEN}:
        raise Refused(Reason.CONFLICT, "This block cannot be changed with this version.")
    named = block.reference
    await pages.require_bases(transaction, space, named, bases, block.bases["body"])
    await require_readable(transaction, space, block, bases)
    await _put(context, transaction, space, by, page, named, "body", bases, payload)
    after = await get(transaction, space, named)
    _require_shown(after)
    return after


async def remove(
    context: Context, account: Account, space: str, block: str, *, bases: Sequence[str]
) -> bool:
    """Take a block off its page, in place of the versions `bases`; `put_back` undoes it. Whether
    something stands beside that: what somebody wrote meanwhile is not taken off unseen."""
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        before = await get(transaction, kept, block)
        found = await pages.get_shown(transaction, kept, before.page)
        await pages.require_bases(transaction, kept, block, bases, before.bases["body"])
        await _put(
            context,
            transaction,
            kept,
            By(alias),
            found,
            block,
            "body",
            bases,
            None,
            value=fold.REMOVED,
        )
        after = await get(transaction, kept, block)
    await replica.tell(context, space)
    return bool(after.others)


async def put_back(context: Context, account: Account, space: str, block: str) -> None:
    """Say again what the block said before it was removed. Refuses with GONE where that is erased,
    CONFLICT a block that was not removed."""
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        before = await get(transaction, kept, block)
        found = await pages.get_shown(transaction, kept, before.page)
        if before.standing is not Standing.DELETED or before.others:
            raise Refused(Reason.CONFLICT, "This block is on the page, or somebody changed it.")
        bodies = await list_last_said(transaction, kept, [block])
        if block not in bodies:
            raise Refused(Reason.GONE, "What this block said was erased.")
        last = said_of(bodies[block])
        payload = contributions.payload_of(
            context, SCHEMAS[last.kind], payload_of(last.kind, last.parts), last.language
        )
        bases = before.bases["body"]
        await _put(context, transaction, kept, By(alias), found, block, "body", bases, payload)
    await replica.tell(context, space)


async def move(context: Context, account: Account, space: str, block: str, *, after: str) -> None:
    """Behind the block with the reference `after`, or to the beginning of its page."""
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        moved = await get(transaction, kept, block)
        found = await pages.get_shown(transaction, kept, moved.page)
        blocks = await rows.list_blocks(transaction, space, moved.page)
        others = [one for one in blocks if one.reference != block]
        at = _place_behind(others, after)
        start, keys = fraction.make_room([one.place for one in others], at)
        rest = [*others[start:at], moved, *others[at:]]
        await _place(context, transaction, kept, By(alias), found, rest, keys)
    await replica.tell(context, space)


async def erase_own(context: Context, account: Account, space: str, block: str) -> None:
    """Erase what this school wrote in a block. Refuses as `contributions.erase_own`, NOT_FOUND."""
    async with context.database.read() as reader:
        kept, _ = await require_member(reader, account, space)
        await get(reader, kept, block)
    await contributions.erase_own(context, account, space, block)


async def require_readable(
    reader: Reader, space: Space, block: Block, bases: Sequence[str]
) -> None:
    """Nobody replaces words that have not come yet, or that this version cannot read.

    Refuses with CONFLICT. What was erased says nothing, and may be replaced.
    """
    unread = [one for one in bases if one != block.id or block.body is None]
    if not unread:
        return
    told = await refold.list_items(reader, space.id, [(block.home, block.object)])
    texts = await payloads.list_by_op(reader, space.id, unread)
    for items in told.values():
        for one in items:
            if one.id not in unread or one.erased or fold.is_removal(one):
                continue
            if fold.body_of(msgspec.structs.replace(one, payload=texts.get(one.id))) is None:
                raise Refused(
                    Reason.CONFLICT,
                    "A version of this block is not here yet, or cannot be read by this version.",
                )


async def get(reader: Reader, space: Space, block: str) -> Block:
    """Refuses with NOT_FOUND."""
    home, name = contributions.split(block)
    found = await rows.find_block(reader, space.id, home, name)
    if found is None:
        raise contributions.not_here()
    return found


async def list_last_said(reader: Reader, space: Space, named: Sequence[str]) -> dict[str, Body]:
    """Of each of these blocks the latest version that says something and is still there, by
    reference; without those that have none."""
    objects = [contributions.split(one) for one in named]
    items = await refold.list_items(reader, space.id, objects)
    wanted: dict[str, Item] = {}
    for key, told in items.items():
        bodies = register.read(told, "block", "body")
        left = [one for one in bodies.versions if not one.erased and not fold.is_removal(one)]
        if left:
            wanted[reference(*key)] = left[-1]
    texts = await payloads.list_by_op(reader, space.id, [one.id for one in wanted.values()])
    found = {
        key: fold.body_of(Item(one.id, one.header, texts.get(one.id)))
        for key, one in wanted.items()
    }
    return {key: body for key, body in found.items() if body is not None}


def said_of(body: Body) -> Said:
    """What a body says, to be said once more."""
    return Said(kind_of(body), written(body), body.language)


def _place_behind(blocks: Sequence[Block], after: str) -> int:
    if not after:
        return 0
    for at, one in enumerate(blocks):
        if one.reference == after:
            return at + 1
    raise contributions.not_here()


async def _place(
    context: Context,
    transaction: Transaction,
    space: Space,
    by: By,
    page: Page,
    blocks: Sequence[Block | None],
    keys: Sequence[str],
) -> None:
    """Give blocks their keys, in order; None stands for one that has its key already."""
    for one, order in zip(blocks, keys, strict=False):
        if one is not None:
            bases = one.bases["place"]
            await _put(
                context,
                transaction,
                space,
                by,
                page,
                one.reference,
                "place",
                bases,
                None,
                order=order,
            )


async def _put(
    context: Context,
    transaction: Transaction,
    space: Space,
    by: By,
    page: Page,
    block: str,
    field: str,
    bases: Sequence[str],
    payload: str | None,
    **values: str,
) -> None:
    """Append a version of one register of a block."""
    await replica.append(
        context,
        transaction,
        space,
        lambda place: writing.set_register(
            place,
            by,
            block,
            "block",
            field,
            base=bases,
            inside=page.reference,
            audience=page.audience,
            **values,
        ),
        payload,
    )


async def _payload(context: Context, reader: Reader, space: Space, said: Said) -> str:
    """Refuses with BAD_INPUT (fact `pointer`), NOT_FOUND a file that is not in the space."""
    schema = SCHEMAS.get(said.kind)
    if schema is None:
        raise Refused(Reason.BAD_INPUT, "There is no block of this kind.", field="kind")
    parts = {name: lines(value) for name, value in said.parts.items() if name != "language"}
    if said.kind in {"image", "file"}:
        file = await _get_file(reader, space, parts.get("file", ""))
        if said.kind == "image" and not file.media_type.startswith("image/"):
            raise Refused(Reason.BAD_INPUT, "This is no picture.", field="file")
    payload = contributions.payload_of(context, schema, payload_of(said.kind, parts), said.language)
    if len(payload.encode("utf-8")) > MAX_OCTETS:
        raise Refused(Reason.TOO_LARGE, f"A block has at most {MAX_OCTETS} octets.")
    return payload


async def _get_file(reader: Reader, space: Space, file: str) -> File:
    home, name = contributions.split(file)
    found = await contents.find(reader, space.id, home, name, File)
    if found is None or found.standing is not Standing.SHOWN:
        raise Refused(Reason.NOT_FOUND, "This file is not in the materials.")
    return found


def _require_shown(found: Block) -> None:
    """What was written just now has to be readable by the rules that every school reads by."""
    if found.standing is Standing.UNREADABLE:
        raise Refused(Reason.BAD_INPUT, "This cannot be shown; leave out special characters.")
