"""What is common and was removed: pages, blocks, walls and cards, which anybody of the space brings
back. After thirty days each node erases what its own school wrote in them, with a statement.

The days count from when the removal came to be kept at that node: a date that somebody wrote is no
reason to erase anything. What lies on a removed page or wall goes with it, thirty days after it
came to lie there. Only words of the kind that was removed are erased, so that nobody erases a post
by calling it a page.
"""

from collections.abc import Sequence
from contextlib import suppress

from node.actions import blocks, cards, erase, pages, refold, replica, trash, walls
from node.actions.context import Context
from node.actions.spaces import require_member
from node.actions.trash import AT_ONCE, KEPT_MS, Thrown
from node.storage import contents, meta, operations, shown, spaces
from node.storage import pages as rows
from node.storage.accounts import Account
from node.storage.database import Reader
from protocol.errors import Reason, Refused
from protocol.space.authority import home_of
from protocol.space.fold.history import Contribution, Standing
from protocol.space.fold.page import Block, Page
from protocol.space.fold.wall import Card, Wall
from protocol.space.operation import Operation
from protocol.space.vocabulary import reference

MOST = 100_000
_KINDS = {Page: "page", Block: "block", Wall: "wall", Card: "card"}


async def list_removed(context: Context, account: Account, space: str) -> list[Thrown]:
    """What was removed and can be brought back, the last first: while words of it are left, and
    what it lies on is shown."""
    async with context.database.read() as reader:
        await require_member(reader, account, space)
        found = await shown.list_put_away(
            reader, Standing.DELETED, space=space, common=True, limit=AT_ONCE
        )
        common = [one for _, one in found]
        behind = await trash.look_behind(reader, space, common)
        since = await _received_ms(reader, space, common)
        return [
            Thrown(behind[one.reference], since[one.reference] + KEPT_MS)
            for one in common
            if _has_words(one, behind.get(one.reference))
            and await _lies_in_sight(reader, space, one)
        ]


async def put_back(context: Context, account: Account, space: str, item: str) -> Contribution:
    """Bring something common back; what it is. Refuses as `put_back` of its kind, and with CONFLICT
    what cannot be removed."""
    async with context.database.read() as reader:
        kept, _ = await require_member(reader, account, space)
        made = await trash.get(reader, kept, item)
    match made:
        case Page():
            await pages.put_back(context, account, space, item)
        case Block():
            await blocks.put_back(context, account, space, item)
        case Wall():
            await walls.put_back(context, account, space, item)
        case Card():
            await cards.put_back(context, account, space, item)
        case _:
            raise Refused(Reason.CONFLICT, "This does not lie in the trash.")
    return made


async def empty(context: Context) -> None:
    """Erase what this school wrote in what was removed thirty days ago, each in a transaction of
    its own."""
    async with context.database.read() as reader:
        node = await meta.find(reader, "node")
        if node is None:
            return  # not set up yet
        found = await shown.list_put_away(reader, Standing.DELETED, limit=MOST)
        over = []
        for space, one in found:
            if one.is_shared and await _list_over(context, reader, space, node, one):
                over.append((space, one))
    for space, one in over:
        # What cannot be erased at present is looked at again at the next time.
        with suppress(Refused):
            async with context.database.write_small() as transaction:
                kept = await spaces.get(transaction, space)
                # Somebody may have brought it back since.
                now = await trash.get(transaction, kept, one.reference)
                versions = await _list_over(context, transaction, space, kept.node, now)
                await erase.take_back(context, transaction, kept, versions)
    if over:
        context.wake.notify(replica.TOPIC)


async def _list_over(
    context: Context, reader: Reader, space: str, node: str, made: Contribution
) -> Sequence[Operation]:
    """The own operations with words to erase, of something and what lies on it; none while its time
    is not over."""
    if made.standing is not Standing.DELETED:
        return ()
    since = await _received_ms(reader, space, [made])
    if since[made.reference] + KEPT_MS > context.now_ms() or await _came_back(reader, space, made):
        return ()
    lying = await _list_lying_on(reader, space, made)
    there = await _received_ms(reader, space, lying, moved=True)
    gone = [made, *(one for one in lying if there[one.reference] + KEPT_MS <= context.now_ms())]
    words = {(one.reference, _KINDS[type(one)]) for one in gone}
    own = await operations.list_own_of_objects(reader, space, node, {one.reference for one in gone})
    return [one for one in own if (_about(one), str(one.header.args.get("kind"))) in words]


def _about(one: Operation) -> str:
    return reference(home_of(one.header), one.header.object)


async def _list_lying_on(
    reader: Reader, space: str, made: Contribution
) -> Sequence[Block] | Sequence[Card]:
    match made:
        case Page():
            return await rows.list_lying_on(reader, space, made.reference)
        case Wall():
            return await contents.list_inside(reader, space, made.reference, Card, limit=MOST)
        case _:
            return ()


async def _received_ms(
    reader: Reader, space: str, made: Sequence[Contribution], *, moved: bool = False
) -> dict[str, int]:
    """By reference when what removed each came to be kept here; or, with `moved`, what put it where
    it lies."""
    by = {one.reference: _version(one, moved=moved) for one in made}
    received = await operations.list_received_ms(reader, space, by.values())
    return {key: received[id_] for key, id_ in by.items()}


def _version(made: Contribution, *, moved: bool) -> str:
    match made:
        case Block():
            standing = made.bases["place" if moved else "body"]
        case Page() | Wall() | Card():
            standing = made.bases["place" if moved else "presence"]
        case _:
            standing = ()
    return standing[0] if standing else made.id


async def _came_back(reader: Reader, space: str, made: Contribution) -> bool:
    """Whether a block is off its page only because what had put it back was erased. Nobody removed
    it anew, so nothing of it is erased until somebody does."""
    if not isinstance(made, Block):
        return False
    removal = _version(made, moved=False)
    told = await refold.list_items(reader, space, [(made.home, made.object)])
    return any(
        removal in one.header.base and one.header.args.get("field") == "body"
        for one in told.get((made.home, made.object), ())
    )


def _has_words(made: Contribution, behind: Contribution | None) -> bool:
    """Whether there is something to bring back, of the kind that was removed."""
    if behind is None or type(behind) is not type(made) or behind.standing is not Standing.SHOWN:
        return False
    return not isinstance(behind, Page) or bool(behind.title)


async def _lies_in_sight(reader: Reader, space: str, made: Contribution) -> bool:
    if not made.inside:
        return True
    home, _, name = made.inside.partition("/")
    on = await shown.find(reader, space, home, name)
    return on is not None and on.standing is Standing.SHOWN
