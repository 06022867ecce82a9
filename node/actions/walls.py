"""Walls of a space: cards in columns that any teacher of any school adds, changes, moves, removes.

Each change is one version of one register of one shared object; a form says which versions it
started from, so that nobody overwrites what he has not seen.
"""

import asyncio
from collections.abc import Mapping, Sequence

from node.actions import contributions, refold, replica
from node.actions.context import Context
from node.actions.spaces import require_member
from node.storage import contents
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.space import fraction, writing
from protocol.space.fold import register, versions
from protocol.space.fold import wall as fold
from protocol.space.fold.history import Standing
from protocol.space.fold.item import Item
from protocol.space.fold.register import Register
from protocol.space.fold.versions import Suggestion
from protocol.space.fold.wall import Card, Sign, Wall
from protocol.space.vocabulary import MAX_BASE
from protocol.space.writing import By

MAX_WALLS = 200
MAX_ALL_CARDS = 2_000


async def make(
    context: Context,
    account: Account,
    space: str,
    *,
    title: str,
    columns: Sequence[str],
    language: str,
    audience: str,
    opened: bool = False,
) -> str:
    """A new wall, the last in the list; its reference. `opened`: pupils may add cards. Refuses with
    BAD_INPUT, TOO_MANY_ITEMS."""
    payload = _title(context, title, columns, language)
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        walls = await list_walls(transaction, space)
        there = await contents.count_by_school(transaction, space, "wall")
        if not has_room(there, kept.node, MAX_WALLS):
            raise Refused(Reason.TOO_MANY_ITEMS, f"A space has at most {MAX_WALLS} walls.")
        order = fraction.between(walls[-1].place if walls else "", "") or "h0"
        pupils = {"pupils": register.OPEN} if opened else {}
        name = await contributions.write(
            context,
            transaction,
            kept,
            alias,
            lambda place, by, name: writing.create(
                place, by, name, "wall", audience=audience, order=order, **pupils
            ),
            payload,
        )
        contributions.require_shown(await contents.find(transaction, space, kept.node, name, Wall))
    await replica.tell(context, space)
    return contributions.named(kept, name)


async def rename(
    context: Context,
    account: Account,
    space: str,
    wall: str,
    *,
    title: str,
    columns: Sequence[str],
    language: str,
    audience: str | None = None,
    bases: Sequence[str],
    opened: bool | None = None,
) -> bool:
    """Another title and other columns, in place of the versions `bases`, who may see it, and
    whether pupils may add cards, each left as it is where it is None; whether more than one title
    stands now.

    Refuses with BAD_INPUT, GONE a wall that was removed.
    """
    payload = _title(context, title, columns, language)
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        found = await get_shown(transaction, kept, wall)
        old = await read_bases(transaction, kept, wall, bases, found.bases["title"])
        said = (title.strip(), tuple(one.strip() for one in columns), language)
        signs: list[Wall | Sign] = [found]
        signs += [one for version in old if (one := fold.sign_of(version)) is not None]
        is_new = all(said != (one.title, one.columns, one.language) for one in signs)
        if is_new or (found.others and not old):
            await _put_wall(context, transaction, kept, alias, found, "title", payload, bases=bases)
        seen_by = found.audience if audience is None else audience
        if seen_by != found.audience:
            await _put_wall(
                context, transaction, kept, alias, found, "sight", None, audience=seen_by
            )
        is_open = (found.opened if opened is None else opened) and seen_by == "members"
        if is_open != found.opened:
            word = register.OPEN if is_open else register.CLOSED
            await _put_wall(context, transaction, kept, alias, found, "pupils", None, pupils=word)
        after = await get(transaction, kept, wall)
        contributions.require_shown(after)
    await replica.tell(context, space)
    return bool(after.others)


async def remove(context: Context, account: Account, space: str, wall: str) -> None:
    """Take a wall away with its cards; anybody brings it back. Refuses with GONE."""
    await _put_presence(context, account, space, wall, fold.REMOVED)


async def put_back(context: Context, account: Account, space: str, wall: str) -> None:
    """Bring a removed wall back."""
    await _put_presence(context, account, space, wall, fold.THERE)


async def _put_presence(
    context: Context, account: Account, space: str, wall: str, value: str
) -> None:
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        found = await get(transaction, kept, wall)
        require_presence(found, value)
        await _put_wall(context, transaction, kept, alias, found, "presence", None, value=value)
    await replica.tell(context, space)


def require_presence(found: Wall | Card, value: str) -> None:
    """Refuses with GONE what is neither there nor removed, CONFLICT what is so already."""
    if found.standing in {Standing.ERASED, Standing.HIDDEN}:
        raise Refused(Reason.GONE, "This is not shown any more.")
    if (found.standing is Standing.DELETED) == (value == fold.REMOVED):
        raise Refused(Reason.CONFLICT, "This is so already.")


async def read_bases(
    reader: Reader, space: Space, named: str, bases: Sequence[str], standing: Sequence[str]
) -> list[Item]:
    """What a form says that it started from has to be versions of that very object, at most 16; and
    some, unless none stand any more. Refuses with BAD_INPUT.

    Those of them that others have replaced since: what is saved stands beside that then, unless it
    says only what one of these said.
    """
    if len(bases) > MAX_BASE or len(set(bases)) < len(bases) or (standing and not bases):
        raise Refused(Reason.BAD_INPUT, "The form does not say which version it started from.")
    old = set(bases) - set(standing)
    if not old:
        return []
    told = await refold.list_items(reader, space.id, [contributions.split(named)])
    told = await refold.with_payloads(reader, space.id, told, old)
    found = [one for items in told.values() for one in items if one.id in old]
    if len(found) < len(old):
        raise Refused(Reason.BAD_INPUT, "The form started from something else.")
    return found


async def find_suggestion(reader: Reader, space: Space, wall: str) -> Suggestion:
    """What the titles of a wall that stand could become together."""
    titles = await read_register(reader, space, wall, "wall", "title")
    return await asyncio.to_thread(versions.suggest_sign, titles)


async def read_register(
    reader: Reader, space: Space, named: str, kind: str, field: str
) -> Register:
    """One register of a wall or a card, with the payloads that a suggestion is made from."""
    key = contributions.split(named)
    items = await refold.list_items(reader, space.id, [key])
    needed = versions.needed_for(register.read(items[key], kind, field))
    items = await refold.with_payloads(reader, space.id, items, needed)
    return register.read(items[key], kind, field)


async def list_walls(reader: Reader, space: str) -> list[Wall]:
    """Walls that are shown, in their order."""
    return await contents.list_placed(reader, space, "", Wall, Standing.SHOWN, limit=MAX_WALLS)


async def list_cards(
    reader: Reader, space: str, wall: str, standing: Standing = Standing.SHOWN
) -> list[Card]:
    """The cards of a wall that stand so, in their order."""
    return await contents.list_placed(reader, space, wall, Card, standing, limit=fold.MAX_CARDS)


def has_room(shown: Mapping[str, int], node: str, limit: int) -> bool:
    """Whether one more of a school is shown among what each school has: whoever has more than its
    share leaves the others room."""
    own = shown.get(node, 0) + 1
    others = sum(min(many, own) for school, many in shown.items() if school != node)
    return own + others <= limit


async def get(reader: Reader, space: Space, wall: str) -> Wall:
    """Refuses with NOT_FOUND."""
    return await contributions.get(reader, space, wall, Wall)


async def get_shown(reader: Reader, space: Space, wall: str) -> Wall:
    """Refuses with NOT_FOUND, and with GONE a wall that was removed or hidden."""
    found = await get(reader, space, wall)
    if found.standing is not Standing.SHOWN:
        raise Refused(Reason.GONE, "This wall is not shown any more.")
    return found


def _title(context: Context, title: str, columns: Sequence[str], language: str) -> str:
    content: JSONObject = {"title": title.strip(), "columns": [one.strip() for one in columns]}
    return contributions.payload_of(context, "payload-wall", content, language)


async def _put_wall(
    context: Context,
    transaction: Transaction,
    space: Space,
    alias: str,
    wall: Wall,
    field: str,
    payload: str | None,
    *,
    bases: Sequence[str] | None = None,
    audience: str = "",
    **values: str,
) -> None:
    await replica.append(
        context,
        transaction,
        space,
        lambda place: writing.set_register(
            place,
            By(alias),
            wall.reference,
            "wall",
            field,
            # Rows that an older program folded know of no register `pupils`.
            base=wall.bases.get(field, ()) if bases is None else bases,
            audience=audience or wall.audience,
            **values,
        ),
        payload,
    )
