"""What our school wrote on top of what another one has erased, and has to look at.

An erasure takes back what its school signed, and nothing that others signed. Whoever wrote further
on it may have its words in his own versions: his school erases them, or says that nothing of it is
in what stands now. Until then they are listed here, and in the ledger of the school that erased.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from node.actions import contributions, erase, replica, trash
from node.actions.context import Context
from node.actions.spaces import is_pupil, require_member
from node.storage import descendants, operations, shown, spaces, views
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.descendants import KeptDescendant, Named
from node.storage.spaces import Space
from protocol.errors import Reason, Refused
from protocol.space import writing
from protocol.space.fold.descent import MOST
from protocol.space.fold.history import Contribution, Standing
from protocol.space.fold.page import Block, Page
from protocol.space.fold.wall import Card, Wall
from protocol.space.operation import Operation
from protocol.space.vocabulary import reference
from protocol.space.writing import By


@dataclass(frozen=True)
class Leftover:
    """Something with own versions that come from what the schools `writers` had signed and what was
    erased, the first at `since_ms` (`purged`: by both founders).

    `made` is what people see of it; None where that is nothing, for want of what it belongs to.
    `standing` are those versions that people see; `past` counts the others. `may_erase`: this
    reader may delete them all.
    """

    reference: str
    made: Contribution | None
    standing: tuple[str, ...]
    past: int
    writers: tuple[str, ...]
    since_ms: int
    purged: bool
    may_erase: bool


async def list_own(
    context: Context, account: Account, space: str, *, limit: int, offset: int = 0
) -> list[Leftover]:
    """What our school has to look at in a space, the oldest first. Refuses with NOT_FOUND."""
    async with context.database.read() as reader:
        kept, alias = await require_member(reader, account, space)
        named = await descendants.list_objects_of_node(
            reader, space, kept.node, limit=limit, offset=offset
        )
        if not named or not kept.is_member:
            return []
        rows = await descendants.list_of_node(reader, space, kept.node, named)
        by_object: dict[Named, list[KeptDescendant]] = {one: [] for one in named}
        for one in rows:
            by_object[one.home, one.object].append(one)
        own = {
            one.id: one
            for one in await operations.list_by_id(reader, space, {one.op for one in rows})
        }
        people = await views.list_people(reader, space)
        ours = {alias} | {
            one.pseudonym for one in people if is_pupil(people, kept.node, one.pseudonym)
        }
        found = []
        for (home, name), told in by_object.items():
            made = await shown.find(reader, space, home, name)
            versions = {one.op for one in told}
            standing = set() if made is None else _standing(made) & versions
            found.append(
                Leftover(
                    reference(home, name),
                    made,
                    tuple(sorted(standing)),
                    len(versions - standing),
                    tuple(sorted({one.writer for one in told})),
                    min(one.erased_ms for one in told),
                    any(one.purged for one in told),
                    account.is_admin or {own[id_].header.actor for id_ in versions} <= ours,
                )
            )
    return found


async def list_waiting(reader: Reader, spaces_: Sequence[Space]) -> Mapping[str, int]:
    """Those of these spaces in which our school has something to look at, and since when."""
    waiting = await descendants.list_waiting(reader)
    return {one.id: waiting[one.id] for one in spaces_ if one.is_member and one.id in waiting}


async def clear(
    context: Context, account: Account, space: str, item: str, *, seen: Sequence[str]
) -> None:
    """Say that nothing of what was erased is in the own versions that stand now, and erase the
    earlier ones that come from it. `seen` are those that stood when the reader looked.

    Refuses with GONE where there is nothing to look at any more, CONFLICT what has changed since,
    and what is out of sight: that can only be erased.
    """
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        told = await _require_own(transaction, kept, item)
        made = await trash.get(transaction, kept, item)
        standing = _standing(made) & {one.op for one in told}
        if made.standing is not Standing.SHOWN:
            raise Refused(Reason.CONFLICT, "This is not to be seen; it can only be deleted.")
        if not standing <= set(seen):
            raise Refused(Reason.CONFLICT, "Somebody has changed this since; look at it again.")
        for id_ in sorted(standing):
            behind = sorted({one.erased for one in told if one.op == id_})
            for start in range(0, len(behind), MOST):
                answered = behind[start : start + MOST]
                await _say(context, transaction, kept, alias, item, (id_, *answered))
        past = {one.op for one in told} - standing
        if past:
            await erase.take_back(
                context, transaction, kept, await _list_own(transaction, kept, past)
            )
    await replica.tell(context, space)


async def _say(
    context: Context,
    transaction: Transaction,
    space: Space,
    alias: str,
    item: str,
    base: Sequence[str],
) -> None:
    # What it said before moves the own log on.
    kept = await spaces.get(transaction, space.id)
    await replica.append(
        context,
        transaction,
        kept,
        lambda place: writing.clear(place, By(alias), item, base=base),
        None,
    )


async def erase_own(context: Context, account: Account, space: str, item: str) -> None:
    """Erase all own versions of something that come from what was erased, here at once and at every
    member's.

    For who wrote all of them, for any teacher of the school where pupils did, and for its
    administrators in the space. Refuses others with NOT_OWNER, GONE where none is left.
    """
    async with context.database.write_small() as transaction:
        kept, alias = await require_member(transaction, account, space)
        told = await _require_own(transaction, kept, item)
        own = await _list_own(transaction, kept, {one.op for one in told})
        people = await views.list_people(transaction, space)
        if not account.is_admin and not all(
            one.header.actor == alias or is_pupil(people, kept.node, one.header.actor)
            for one in own
        ):
            raise Refused(Reason.NOT_OWNER, "Colleagues of your school wrote this.")
        await erase.take_back(context, transaction, kept, own)
    context.wake.notify(replica.TOPIC)


async def _require_own(reader: Reader, space: Space, item: str) -> list[KeptDescendant]:
    named = contributions.split(item)
    told = await descendants.list_of_node(reader, space.id, space.node, [named])
    if not told:
        # What is not there at all is told apart.
        await trash.get(reader, space, item)
        raise Refused(Reason.GONE, "Your school has nothing to look at in this any more.")
    return told


async def _list_own(reader: Reader, space: Space, ids: set[str]) -> Sequence[Operation]:
    found = await operations.list_by_id(reader, space.id, ids)
    return [one for one in found if one.header.node == space.node]


def _standing(made: Contribution) -> set[str]:
    """The versions of something that people see, whosever."""
    match made:
        case Page() | Block() | Wall() | Card():
            return set(chain.from_iterable(made.bases.values()))
        case _:
            return {made.head}
