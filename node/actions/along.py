"""The picture that came with words goes where they go: hidden, in the trash or erased with them.

Unless its own school shows it with something else: then it stays until that goes too, which
`let_go` looks for from time to time.
"""

from contextlib import suppress

from node.actions import erase, replica
from node.actions.context import Context
from node.storage import contents, meta, pictured, spaces
from node.storage.database import Reader
from node.storage.spaces import Space
from protocol.errors import Refused
from protocol.space.enclosed import picture_of
from protocol.space.fold.history import Contribution, Standing
from protocol.space.fold.materials import File
from protocol.space.fold.wall import Card


async def find(reader: Reader, space: Space, made: Contribution) -> File | None:
    """The picture that came with something, where one did."""
    return await contents.find(reader, space.id, made.home, picture_of(made.object), File)


async def find_alone(reader: Reader, space: Space, made: Contribution) -> File | None:
    """As `find`, where its school shows it with nothing else."""
    picture = await find(reader, space, made)
    if picture is None or await pictured.is_shown(
        reader, space.id, made.home, picture.object, beside=made.object
    ):
        return None
    return picture


async def stays_behind(context: Context, space: str, card: Card) -> bool:
    """Whether a card that was taken off its wall left the picture that came with it in the
    materials."""
    async with context.database.read() as reader:
        picture = await find(reader, await spaces.get(reader, space), card)
    return picture is not None and picture.standing is Standing.SHOWN


def went_with(picture: File, made: Contribution) -> bool:
    """Whether a picture was put away together with what it came with; one that was put away before,
    otherwise, or by another school stays so."""
    if picture.put_away is None or made.put_away is None:
        return False
    by, cause = picture.put_away, made.put_away
    return picture.standing is made.standing and by.home == cause.home and by.time >= cause.time


async def let_go(context: Context) -> None:
    """Erase own pictures whose words were erased, by whom ever, and that are shown with nothing any
    more; each in a transaction of its own."""
    async with context.database.read() as reader:
        node = await meta.find(reader, "node")
        left = [] if node is None else await _list_left(reader, node)
    for space, words in left:
        # What cannot be erased at present is looked at again at the next time.
        with suppress(Refused):
            async with context.database.write_small() as transaction:
                kept = await spaces.get(transaction, space)
                versions = await erase.list_pictures_left(transaction, kept, [words])
                await erase.take_back(context, transaction, kept, versions)
    if left:
        context.wake.notify(replica.TOPIC)


async def _list_left(reader: Reader, node: str) -> list[tuple[str, str]]:
    """Spaces, and the names of erased words whose picture is there still and nowhere shown."""
    kept = await pictured.list_kept(reader, node)
    if not kept:
        return []
    erased = await pictured.list_bare(reader, node)
    return [
        (space, words)
        for space, words in erased
        if (space, (name := picture_of(words))) in kept
        and not await pictured.is_shown(reader, space, node, name, beside=words)
    ]
