"""Cards of a wall: any teacher of any school adds, writes on, moves and removes them.

Moving and writing are different registers, so both go through when two do them at once. A form says
which versions it started from, so that nobody overwrites what he has not seen.
"""

import asyncio
from collections.abc import Sequence

from node.actions import contributions, replica, walls
from node.actions.context import Context
from node.actions.materials import require_file
from node.actions.spaces import require_member
from node.storage import contents
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.objects import lines
from protocol.space import fraction, writing
from protocol.space.fold import versions
from protocol.space.fold import wall as fold
from protocol.space.fold.history import Standing
from protocol.space.fold.versions import Suggestion
from protocol.space.fold.wall import Card, Face
from protocol.space.writing import By

STEPS = ("left", "right", "up", "down")


async def add(
    context: Context,
    account: Account,
    space: str,
    wall: str,
    *,
    text: str,
    file: str,
    colour: str,
    column: int,
    language: str,
) -> str:
    """A new card, the last of its column; its reference. `file` is a reference or empty.

    Refuses with BAD_INPUT what cannot stand, NOT_FOUND a file that is not in the materials,
    GONE a wall that was removed, TOO_MANY_ITEMS where the wall is full.
    """
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        await walls.get_shown(transaction, kept, wall)
        payload = await face_of(context, transaction, kept, text, file, language)
        name = await put_new(
            context,
            transaction,
            kept,
            By(alias),
            wall,
            payload,
            column=column,
            colour=colour,
        )
    await replica.tell(context, space)
    return contributions.named(kept, name)


async def put_new(
    context: Context,
    transaction: Transaction,
    space: Space,
    by: By,
    wall: str,
    payload: str,
    *,
    column: int,
    colour: str,
    name: str = "",
) -> str:
    """Write a card, the last of its column, by whoever may; its name. Refuses as `add`."""
    found = await walls.get_shown(transaction, space, wall)
    cards = await walls.list_cards(transaction, space.id, wall)
    here = await contents.count_by_school(transaction, space.id, "card", wall)
    there = await contents.count_by_school(transaction, space.id, "card")
    if not (
        walls.has_room(here, space.node, fold.MAX_CARDS)
        and walls.has_room(there, space.node, walls.MAX_ALL_CARDS)
    ):
        raise Refused(Reason.TOO_MANY_ITEMS, f"A wall holds at most {fold.MAX_CARDS} cards.")
    beside = fold.view(cards, len(found.columns))[min(column, len(found.columns) - 1)]
    order = fraction.between(beside[-1].place if beside else "", "") or "h0"
    name = await contributions.write(
        context,
        transaction,
        space,
        by.actor,
        lambda place, by, name: writing.create(
            place,
            by,
            name,
            "card",
            inside=wall,
            audience=found.audience,
            column=column,
            order=order,
            colour=colour,
        ),
        payload,
        name=name,
        released_by=by.released_by,
    )
    contributions.require_shown(await contents.find(transaction, space.id, space.node, name, Card))
    return name


async def write(
    context: Context,
    account: Account,
    space: str,
    card: str,
    *,
    text: str,
    file: str,
    colour: str,
    language: str,
    bases: Sequence[str],
) -> bool:
    """Write on a card, in place of the versions `bases`; whether more than one stands now. Refuses
    as `add`."""
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        found = await get(transaction, kept, card)
        _require_there(found)
        old = await walls.read_bases(transaction, kept, card, bases, found.bases["face"])
        faces: list[Card | Face] = [found]
        faces += [one for version in old if (one := fold.face_of(version)) is not None]
        is_new = all((lines(text).strip(), file) != (one.text, one.file) for one in faces)
        if is_new or (found.others and not old):
            payload = await face_of(context, transaction, kept, text, file, language)
            await _put(context, transaction, kept, alias, found, "face", payload, bases=bases)
        if colour != found.colour:
            await _put(context, transaction, kept, alias, found, "colour", None, colour=colour)
        after = await get(transaction, kept, card)
        contributions.require_shown(after)
    await replica.tell(context, space)
    return bool(after.others)


async def find_suggestion(reader: Reader, space: Space, card: str) -> Suggestion:
    """What the faces of a card that stand could become together."""
    faces = await walls.read_register(reader, space, card, "card", "face")
    return await asyncio.to_thread(versions.suggest_face, faces)


async def step(context: Context, account: Account, space: str, card: str, to: str) -> None:
    """One column to the `left` or `right`, or one place `up` or `down`; nothing where it ends."""
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        found = await get(transaction, kept, card)
        _require_there(found)
        wall = await walls.get_shown(transaction, kept, found.wall)
        columns = fold.view(
            await walls.list_cards(transaction, space, found.wall), len(wall.columns)
        )
        at = min(found.column, len(columns) - 1)
        names = [one.reference for one in columns[at]]
        if found.reference not in names:
            raise Refused(Reason.GONE, "This card is beyond those that the wall shows.")
        index = names.index(found.reference)
        if to in {"left", "right"}:
            at += -1 if to == "left" else 1
            index = len(columns[at]) if 0 <= at < len(columns) else 0
        else:
            index += -1 if to == "up" else 1
            if index < 0:
                return
        if 0 <= at < len(columns):
            await _place(context, transaction, kept, alias, found, columns[at], at, index)
    await replica.tell(context, space)


async def move(
    context: Context, account: Account, space: str, card: str, *, column: int, before: str
) -> None:
    """Into a column, before the card with the reference `before`, or to its end for none."""
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        found = await get(transaction, kept, card)
        _require_there(found)
        wall = await walls.get_shown(transaction, kept, found.wall)
        columns = fold.view(
            await walls.list_cards(transaction, space, found.wall), len(wall.columns)
        )
        if not 0 <= column < len(columns):
            raise Refused(Reason.BAD_INPUT, "The wall has no such column.", field="column")
        others = [one.reference for one in columns[column] if one.reference != found.reference]
        index = others.index(before) if before in others else len(others)
        await _place(context, transaction, kept, alias, found, columns[column], column, index)
    await replica.tell(context, space)


async def _place(
    context: Context,
    transaction: Transaction,
    space: Space,
    alias: str,
    card: Card,
    beside: Sequence[Card],
    column: int,
    index: int,
) -> None:
    """Put a card at a place among those of a column; neighbours move where there is no room."""
    others = [one for one in beside if one.reference != card.reference]
    index = min(index, len(others))
    start, keys = fraction.make_room([one.place for one in others], index)
    others.insert(index, card)
    for one, order in zip(others[start:], keys, strict=False):
        await _put(
            context, transaction, space, alias, one, "place", None, column=column, order=order
        )


async def remove(context: Context, account: Account, space: str, card: str) -> Card:
    """Take a card off its wall; anybody brings it back. Refuses with GONE."""
    return await _put_presence(context, account, space, card, fold.REMOVED)


async def put_back(context: Context, account: Account, space: str, card: str) -> Card:
    """Bring a removed card back."""
    return await _put_presence(context, account, space, card, fold.THERE)


async def _put_presence(
    context: Context, account: Account, space: str, card: str, value: str
) -> Card:
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        found = await get(transaction, kept, card)
        walls.require_presence(found, value)
        await _put(context, transaction, kept, alias, found, "presence", None, value=value)
    await replica.tell(context, space)
    return found


async def erase_own(context: Context, account: Account, space: str, card: str) -> None:
    """Erase what this school wrote on a card. Refuses as `contributions.erase_own`, NOT_FOUND."""
    async with context.database.read() as reader:
        kept, _ = await require_member(reader, account, space)
        await get(reader, kept, card)
    await contributions.erase_own(context, account, space, card)


def _require_there(found: Card) -> None:
    if found.standing is not Standing.SHOWN:
        raise Refused(Reason.GONE, "This card is not on the wall any more.")


async def get(reader: Reader, space: Space, card: str) -> Card:
    """Refuses with NOT_FOUND."""
    return await contributions.get(reader, space, card, Card)


async def face_of(
    context: Context, reader: Reader, space: Space, text: str, file: str, language: str
) -> str:
    """The payload of what stands on a card. Refuses as `add`."""
    content: JSONObject = {}
    if text.strip():
        content["text"] = lines(text).strip()
    if file:
        await require_file(reader, space, file)
        content["file"] = file
    if not content:
        raise Refused(Reason.BAD_INPUT, "Write something, or choose a file.", field="text")
    return contributions.payload_of(context, "payload-card", content, language)


async def _put(
    context: Context,
    transaction: Transaction,
    space: Space,
    alias: str,
    card: Card,
    field: str,
    payload: str | None,
    *,
    bases: Sequence[str] | None = None,
    **values: str | int,
) -> None:
    await replica.append(
        context,
        transaction,
        space,
        lambda place: writing.set_register(
            place,
            By(alias),
            card.reference,
            "card",
            field,
            base=card.bases[field] if bases is None else bases,
            inside=card.wall,
            audience=card.audience,
            **values,
        ),
        payload,
    )
