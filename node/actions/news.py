"""Updates of a space: news for its teachers or for everybody in it, with own pictures.

Whoever wrote one edits or erases it; the pictures are files of the same person, from the materials.
"""

from collections.abc import Sequence

from node.actions import contributions, replica
from node.actions.context import Context
from node.actions.spaces import require_member
from node.storage import contents
from node.storage.accounts import Account
from node.storage.database import Reader
from node.storage.spaces import Space
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.objects import lines
from protocol.space import writing
from protocol.space.fold.history import Standing
from protocol.space.fold.materials import File
from protocol.space.fold.news import Update

AUDIENCES = ("members", "teachers")


async def tell(
    context: Context,
    account: Account,
    space: str,
    *,
    text: str,
    language: str,
    audience: str = "members",
    pictures: Sequence[str] = (),
) -> str:
    """Tell the space something; the update's reference. `pictures` are references of own files.

    Refuses with NOT_OWNER pictures of others, NOT_FOUND what is none, BAD_INPUT what cannot stand.
    """
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        shown = await _own_pictures(transaction, kept, alias, pictures)
        payload = _payload(context, text, language, shown)
        name = await contributions.write(
            context,
            transaction,
            kept,
            alias,
            lambda place, by, name: writing.update(place, by, name, audience=audience),
            payload,
        )
        contributions.require_shown(
            await contents.find(transaction, space, kept.node, name, Update)
        )
    await replica.tell(context, space)
    return contributions.named(kept, name)


async def edit(
    context: Context,
    account: Account,
    space: str,
    update: str,
    *,
    text: str,
    language: str,
    audience: str,
    pictures: Sequence[str],
) -> None:
    """Put a new version in place of an own update. Refuses as `tell`, NOT_OWNER others', GONE."""
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        before = await get(transaction, kept, update)
        contributions.require_own(before, kept, alias)
        shown = await _own_pictures(transaction, kept, alias, pictures)
        payload = _payload(context, text, language, shown)
        await contributions.rewrite(context, transaction, kept, before, payload, audience=audience)
        contributions.require_shown(await get(transaction, kept, update))
    await replica.tell(context, space)


async def erase(context: Context, account: Account, space: str, update: str) -> None:
    """Erase an update everywhere. Refuses as `contributions.take_back`."""
    async with context.database.read() as reader:
        kept, _ = await require_member(reader, account, space)
        found = await get(reader, kept, update)
    await contributions.take_back(context, account, space, update, found)


async def get(reader: Reader, space: Space, update: str) -> Update:
    """Refuses with NOT_FOUND."""
    return await contributions.get(reader, space, update, Update)


async def _own_pictures(
    reader: Reader, space: Space, alias: str, pictures: Sequence[str]
) -> list[File]:
    """The files that an update is to show: own ones that are pictures, each once."""
    shown = []
    for one in dict.fromkeys(pictures):
        home, name = contributions.split(one)
        found = await contents.find(reader, space.id, home, name, File)
        if found is None or found.standing is not Standing.SHOWN:
            raise Refused(Reason.NOT_FOUND, "This picture is not in the materials.")
        if found.home != space.node or found.actor != alias:
            raise Refused(Reason.NOT_OWNER, "An update shows pictures of its author only.")
        if not found.media_type.startswith("image/"):
            raise Refused(Reason.BAD_INPUT, "This is no picture.", field="pictures")
        shown.append(found)
    return shown


def _payload(context: Context, text: str, language: str, pictures: Sequence[File]) -> str:
    content: JSONObject = {"text": lines(text).strip()}
    if pictures:
        content["pictures"] = [one.object for one in pictures]
    return contributions.payload_of(context, "payload-update", content, language)
