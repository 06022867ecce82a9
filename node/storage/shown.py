"""Where each kind of object lies as people see it: posts in a table that is searched, whatever is
drawn like a list of things in `contents`, pages and their blocks in tables of their own, which
`absorb` fills. A kind with a table of its own is a line in `_TABLES`."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from node.storage import contents, pages, views
from node.storage.database import Reader, Transaction
from protocol.space.fold.forum import Post
from protocol.space.fold.history import Contribution, Standing
from protocol.space.fold.page import Page
from protocol.space.fold.wall import Wall

Folded: TypeAlias = tuple[str, str, Contribution | None]
"""Home and name of an object, and what it looks like now; None where there is nothing to see."""

_Find: TypeAlias = Callable[[Reader, str, str, str], Awaitable[Contribution | None]]
_ListPutAway: TypeAlias = Callable[
    [Reader, Standing, str, str, str, bool | None, int],
    Awaitable[Sequence[tuple[str, Contribution]]],
]


@dataclass(frozen=True)
class _Table:
    """What a table does for the kinds that lie in it."""

    find: _Find
    put: Callable[[Transaction, str, Sequence[Folded]], Awaitable[None]]
    drop_all: Callable[[Transaction, str], Awaitable[None]]


async def _put_posts(transaction: Transaction, space: str, folded: Sequence[Folded]) -> None:
    posts = [(home, name, one if isinstance(one, Post) else None) for home, name, one in folded]
    await views.put_posts(transaction, space, posts)


async def _put_contents(transaction: Transaction, space: str, folded: Sequence[Folded]) -> None:
    others = [(home, name, None if isinstance(one, Post) else one) for home, name, one in folded]
    await contents.put(transaction, space, others)


# Each gets every object, so that what is of another kind now leaves its former place.
_TABLES: Final = (
    _Table(views.find_post, _put_posts, views.drop_all),
    _Table(contents.find_any, _put_contents, contents.drop_all),
)
_PUT_AWAY: Final[Sequence[_ListPutAway]] = (
    views.list_put_away,
    contents.list_put_away,
    pages.list_put_away,
)


async def put(transaction: Transaction, space: str, folded: Sequence[Folded]) -> None:
    """What these objects look like now."""
    await asyncio.gather(*(table.put(transaction, space, folded) for table in _TABLES))


async def drop_all(transaction: Transaction, space: str) -> None:
    """Forget all views of a space, to make them anew."""
    for table in _TABLES:
        await table.drop_all(transaction, space)


async def find(reader: Reader, space: str, home: str, object_: str) -> Contribution | None:
    """The object of this home and name, whatever its kind."""
    found = await find_listed(reader, space, home, object_)
    return found if found is not None else await pages.find_any(reader, space, home, object_)


async def find_listed(reader: Reader, space: str, home: str, object_: str) -> Contribution | None:
    """As `find`, of what `put` keeps: neither pages nor blocks."""
    for table in _TABLES:
        found = await table.find(reader, space, home, object_)
        if found is not None:
            return found
    return None


async def title_of(reader: Reader, space: str, named: str) -> str:
    """What the thread, wall or page of this reference is called, of a reply its thread; "" where it
    is called nothing."""
    home, _, name = named.partition("/")
    found = await find(reader, space, home, name)
    if isinstance(found, Post) and found.kind == "reply":
        return await title_of(reader, space, found.thread)
    return found.title if isinstance(found, Post | Wall | Page) else ""


async def list_put_away(
    reader: Reader,
    standing: Standing,
    *,
    home: str = "",
    space: str = "",
    actor: str = "",
    common: bool | None = None,
    limit: int = 200,
) -> list[tuple[str, Contribution]]:
    """What was deleted or hidden, with its space, the last first: of one home, of one space, of one
    person; and only what is common, or only what is not."""
    found: list[tuple[str, Contribution]] = []
    for list_ in _PUT_AWAY:
        found += await list_(reader, standing, home, space, actor, common, limit)
    found.sort(key=lambda one: -(one[1].put_away.time if one[1].put_away else 0))
    return found[:limit]
