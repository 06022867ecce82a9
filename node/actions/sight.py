"""What the pupils of this school see in a space: neither what is for teachers alone, nor what
somebody reported and this school has not decided about."""

from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

from node.actions import contributions, trash
from node.actions.context import Context
from node.storage import reports, shown
from node.storage.database import Reader
from node.storage.spaces import Space
from protocol.errors import Reason, Refused
from protocol.space.fold.forum import Post
from protocol.space.fold.history import Contribution, Standing
from protocol.space.fold.page import Page
from protocol.space.fold.wall import Wall

TEACHERS = "teachers"
Place = TypeVar("Place", Page, Wall)
_DEEPEST = 4
"""A part lies in a page, a reply in a thread, a file in an album."""


def for_pupils(posts: Sequence[Post]) -> list[Post]:
    """What pupils read of a thread; nothing of one that is for teachers alone."""
    if any(one.kind == "thread" and one.audience == TEACHERS for one in posts):
        return []
    return [one for one in posts if one.audience != TEACHERS]


async def get(reader: Reader, space: Space, item: str) -> Contribution:
    """Something that pupils see. Refuses with NOT_FOUND what is not for them, GONE what is not
    shown, or not to them at present."""
    return await _get(reader, space, item, await reports.list_shielded(reader, space.id))


async def _get(reader: Reader, space: Space, item: str, shielded: Collection[str]) -> Contribution:
    chain = await _chain(reader, space, item)
    if any(one.standing is not Standing.SHOWN or one.reference in shielded for one in chain):
        raise Refused(Reason.GONE, "This is not shown any more.")
    return chain[0]


async def list_unseen(reader: Reader, space: Space, items: Iterable[str]) -> frozenset[str]:
    """Those of some things that pupils do not see now, by reference."""
    shielded = await reports.list_shielded(reader, space.id)
    unseen = set()
    for item in set(items):
        try:
            await _get(reader, space, item, shielded)
        except Refused:
            unseen.add(item)
    return frozenset(unseen)


async def find_place(context: Context, space: Space, item: str, shape: type[Place]) -> Place:
    """A page or a wall as pupils see it. Refuses as `get`, and with NOT_FOUND what is another
    kind."""
    async with context.database.read() as reader:
        found = await get(reader, space, item)
    if not isinstance(found, shape):
        raise contributions.not_here()
    return found


async def require_open(context: Context, space: Space, item: str, shape: type[Place]) -> None:
    """Refuses as `find_place`, and with GONE where pupils add nothing."""
    found = await find_place(context, space, item, shape)
    if not found.opened:
        kind = shape.__name__.lower()
        raise Refused(Reason.GONE, f"Pupils do not write on this {kind} now.")


async def title_of(reader: Reader, space: Space, item: str) -> str:
    """What that is called in which something of a pupil stands; "" where pupils do not see it."""
    try:
        await get(reader, space, item)
    except Refused:
        return ""
    return await shown.title_of(reader, space.id, item)


async def takes_from_pupils(reader: Reader, space: Space, item: str) -> bool:
    """Whether pupils see this now, and may write there."""
    try:
        found = await get(reader, space, item)
    except Refused:
        return False
    return found.opened if isinstance(found, Wall | Page) else True


async def find_for_pupils(reader: Reader, space: Space, item: str) -> Contribution:
    """Something that pupils see at present or not. Refuses with NOT_FOUND what was never for
    them."""
    return (await _chain(reader, space, item))[0]


async def _chain(reader: Reader, space: Space, item: str) -> list[Contribution]:
    """Something and what it lies in, from the inside. Refuses with NOT_FOUND what is for teachers
    alone."""
    chain = [await trash.get(reader, space, item)]
    while chain[-1].inside and len(chain) < _DEEPEST:
        home, name = contributions.split(chain[-1].inside)
        around = await shown.find(reader, space.id, home, name)
        if around is None:
            break  # Not here yet, or erased: it says nothing of who may see it.
        chain.append(around)
    if any(one.audience == TEACHERS for one in chain):
        raise contributions.not_here()
    return chain
