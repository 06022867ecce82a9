"""Where each kind of object lies as people see it: posts in a table that is searched, whatever is
drawn like a list of things in `contents`. A kind with a table of its own is a line in `_TABLES`."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias

from node.storage import contents, views
from node.storage.database import Transaction
from protocol.space.fold.forum import Post
from protocol.space.fold.history import Contribution

Folded: TypeAlias = tuple[str, str, Contribution | None]
"""Home and name of an object, and what it looks like now; None where there is nothing to see."""

_Put: TypeAlias = Callable[[Transaction, str, Sequence[Folded]], Awaitable[None]]
_Drop: TypeAlias = Callable[[Transaction, str], Awaitable[None]]


async def _put_posts(transaction: Transaction, space: str, folded: Sequence[Folded]) -> None:
    posts = [(home, name, one if isinstance(one, Post) else None) for home, name, one in folded]
    await views.put_posts(transaction, space, posts)


async def _put_contents(transaction: Transaction, space: str, folded: Sequence[Folded]) -> None:
    others = [(home, name, None if isinstance(one, Post) else one) for home, name, one in folded]
    await contents.put(transaction, space, others)


# Each gets every object, so that what is of another kind now leaves its former place.
_TABLES: Final[Sequence[tuple[_Put, _Drop]]] = (
    (_put_posts, views.drop_all),
    (_put_contents, contents.drop_all),
)


async def put(transaction: Transaction, space: str, folded: Sequence[Folded]) -> None:
    """What these objects look like now."""
    for put_all, _ in _TABLES:
        await put_all(transaction, space, folded)


async def drop_all(transaction: Transaction, space: str) -> None:
    """Forget all views of a space, to make them anew."""
    for _, drop in _TABLES:
        await drop(transaction, space)
