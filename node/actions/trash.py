"""The trash of a space: what its author's school deleted can be brought back for thirty days.

Deleting says so in the own log and takes the object out of sight at every school; its text lies
there still. After thirty days the author's node erases it by itself, with a statement. Who cannot
wait erases at once (`contributions.take_back`). What is common and was removed lies here for
everybody (`removed`).
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from node.actions import along, contributions, refold, replica
from node.actions import erase as erasing
from node.actions.context import Context
from node.actions.spaces import require_member
from node.storage import meta, operations, shown, spaces
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.register import DAYS_IN_TRASH
from node.storage.spaces import Space
from protocol.errors import Reason, Refused
from protocol.space import writing
from protocol.space.fold import kinds
from protocol.space.fold import page as fold
from protocol.space.fold.history import Contribution, Standing
from protocol.space.fold.item import Item
from protocol.space.fold.reading import payloads_of
from protocol.space.writing import By

DAY_MS = 86_400_000
KEPT_MS = DAYS_IN_TRASH * DAY_MS
AT_ONCE = 100
_SEEN = frozenset({Standing.SHOWN, Standing.WAITING, Standing.HIDDEN})
_SAID_BESIDE = frozenset({"Delete", "Undo", "Hide", "Unhide"})


@dataclass(frozen=True)
class Thrown:
    """Something in the trash, with its words; it is erased at `ends_ms`."""

    made: Contribution
    ends_ms: int


async def get(reader: Reader, space: Space, item: str) -> Contribution:
    """Any object of a space, by its reference. Refuses with NOT_FOUND."""
    home, name = contributions.split(item)
    found = await shown.find(reader, space.id, home, name)
    if found is None:
        raise contributions.not_here()
    return found


async def look_behind(
    reader: Reader, space: str, made: Iterable[Contribution], *, withheld: bool = False
) -> dict[str, Contribution]:
    """What stands behind what was deleted or hidden, by reference: as if nobody had. `withheld`:
    also behind a purge that has not erased it."""
    found: dict[str, Contribution] = {}
    names = sorted({(one.home, one.object) for one in made})
    told = await refold.list_items(reader, space, names, withheld=withheld) if names else {}
    bare = {key: [one for one in items if not _puts_away(one)] for key, items in told.items()}
    needed = {id_ for items in bare.values() for id_ in payloads_of(items)}
    for items in (await refold.with_payloads(reader, space, bare, needed)).values():
        behind = kinds.fold(items) or fold.fold_page(items) or fold.fold_block(items)
        if behind is not None:
            found[behind.reference] = behind
    return found


def _puts_away(one: Item) -> bool:
    return one.header.type in _SAID_BESIDE or (one.header.type == "Set" and fold.is_removal(one))


async def throw_away(context: Context, account: Account, space: str, item: str) -> None:
    """Put something into the trash: for who made it, and for administrators of the school. A
    picture that came with it goes too, unless something else shows it.

    Refuses with NOT_OWNER others, GONE what lies there already or was erased.
    """
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        made = await get(transaction, kept, item)
        _require_ours(made, kept, alias, account)
        if made.standing in {Standing.DELETED, Standing.ERASED}:
            raise Refused(Reason.GONE, "This was deleted already.")
        picture = await along.find_alone(transaction, kept, made)
        await _say(context, transaction, kept, alias, made, undo=False)
        if picture is not None and picture.standing in _SEEN:
            await _say(context, transaction, kept, alias, picture, undo=False)
    await replica.tell(context, space)


async def restore(context: Context, account: Account, space: str, item: str) -> Contribution:
    """Take something out of the trash again, with the picture that went there with it; what it is.

    Refuses with NOT_OWNER as `throw_away`, GONE what was erased, CONFLICT what does not lie there.
    """
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        made = await get(transaction, kept, item)
        _require_ours(made, kept, alias, account)
        if made.standing is Standing.ERASED:
            raise Refused(Reason.GONE, "This was erased; nobody has it any more.")
        if made.standing is not Standing.DELETED:
            raise Refused(Reason.CONFLICT, "This does not lie in the trash.")
        await _say(context, transaction, kept, alias, made, undo=True)
        picture = await along.find(transaction, kept, made)
        if picture is not None and along.went_with(picture, made):
            await _say(context, transaction, kept, alias, picture, undo=True)
        made = await get(transaction, kept, item)
    await replica.tell(context, space)
    return made


async def list_thrown(context: Context, account: Account, space: str) -> list[Thrown]:
    """What lies in the trash and this reader may bring back, the last first."""
    async with context.database.read() as reader:
        kept, alias = await require_member(reader, account, space)
        found = await shown.list_put_away(
            reader,
            Standing.DELETED,
            home=kept.node,
            space=space,
            actor="" if account.is_admin else alias,
            common=False,
            limit=AT_ONCE,
        )
        ours = [one for _, one in found]
        behind = await look_behind(reader, space, ours)
    return [Thrown(behind.get(one.reference, one), _thrown_ms(one) + KEPT_MS) for one in ours]


async def empty(context: Context) -> None:
    """Erase what has lain in the trash for thirty days, each in a transaction of its own."""
    async with context.database.read() as reader:
        node = await meta.find(reader, "node")
        if node is None:
            return  # not set up yet
        # What is common is removed and brought back where it stood, by anybody.
        found = await shown.list_put_away(
            reader, Standing.DELETED, home=node, common=False, limit=10_000
        )
    over = [(space, one) for space, one in found if _thrown_ms(one) + KEPT_MS <= context.now_ms()]
    for space, one in over:
        # What cannot be erased at present is looked at again at the next time.
        with suppress(Refused):
            async with context.database.write_small() as transaction:
                kept = await spaces.get(transaction, space)
                versions = await operations.list_own_of_object(
                    transaction, space, one.home, one.object
                )
                await erasing.take_back(context, transaction, kept, versions)
    if over:
        context.wake.notify(replica.TOPIC)


def _thrown_ms(made: Contribution) -> int:
    return made.time if made.put_away is None else made.put_away.time


def _require_ours(made: Contribution, space: Space, alias: str, account: Account) -> None:
    if made.is_shared or made.home != space.node or (made.actor != alias and not account.is_admin):
        raise Refused(Reason.NOT_OWNER, "Only who made this deletes it.")


async def _say(
    context: Context,
    transaction: Transaction,
    space: Space,
    alias: str,
    made: Contribution,
    *,
    undo: bool,
) -> None:
    await replica.append(
        context,
        transaction,
        space,
        lambda place: writing.delete(place, By(alias), made.object, undo=undo),
        None,
    )
