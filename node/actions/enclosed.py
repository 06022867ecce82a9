"""Files that pupils made, put into a space by the teacher who answers for them: by themselves, or
as the picture of a reply or a card, written down in the same transaction.

Such a picture is an object of its own, called after what it came with (`protocol.space.enclosed`):
it stays at this school, others see it through views, and it may be taken down while the words stay.
"""

from dataclasses import dataclass
from functools import partial

from node.actions import contributions, materials
from node.actions.context import Context
from node.actions.materials import Said
from node.storage import contents, home_files
from node.storage.database import Transaction
from node.storage.spaces import Space
from node.storage.uploads import Upload
from protocol.space import writing
from protocol.space.enclosed import picture_of
from protocol.space.fold.materials import File
from protocol.space.vocabulary import reference
from protocol.space.writing import By


@dataclass(frozen=True)
class Enclosed:
    """A picture that comes with something: its bytes, laid out as those of an upload that is ready,
    and what is said of it."""

    upload: Upload
    said: Said


async def put(
    context: Context,
    transaction: Transaction,
    space: Space,
    by: By,
    name: str,
    picture: Enclosed | None,
) -> str:
    """Put the picture of what will be called `name` into the space; its reference, "" for none.
    Refuses as `put_file`."""
    if picture is None:
        return ""
    own = picture_of(name)
    await put_file(context, transaction, space, by, own, picture.upload, picture.said)
    return reference(space.node, own)


async def put_file(
    context: Context,
    transaction: Transaction,
    space: Space,
    by: By,
    name: str,
    upload: Upload,
    said: Said,
) -> None:
    """Write down a file called `name` whose bytes stay at this school. Refuses as
    `materials.place`, with BAD_INPUT what cannot be said."""
    await materials.place(context, transaction, space, upload)
    payload = materials.payload_of(context, materials.facts_of_upload(upload), said, "home")
    await home_files.put(transaction, space.id, materials.kept_here(space, name, upload))
    await contributions.write(
        context,
        transaction,
        space,
        by.actor,
        partial(writing.file, residency="home"),
        payload,
        name=name,
        released_by=by.released_by,
    )
    contributions.require_shown(await contents.find(transaction, space.id, space.node, name, File))
