"""What a school says in a space about its pupils and in their names: aliases, and nothing else.

Who stands behind an alias is not known here. Whoever calls this knows it and keeps it to himself.
"""

from node.actions import (
    cards,
    enclosed,
    forum,
    permission,
    reactions,
    replica,
    sight,
)
from node.actions import erase as erasing
from node.actions.context import Context
from node.actions.enclosed import Enclosed
from node.actions.materials import Said
from node.actions.spaces import SpaceView, not_found, require_member, view_of
from node.storage import blobs, contents, operations, own_words, spaces, views
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from node.storage.uploads import Upload
from protocol.errors import Reason, Refused
from protocol.space import operation, writing
from protocol.space.fold.history import Standing
from protocol.space.fold.materials import File
from protocol.space.fold.membership import Member
from protocol.space.operation import Operation
from protocol.space.vocabulary import Role, reference
from protocol.space.writing import By


async def declare(
    context: Context, account: Account, space: str, pseudonym: str, alias: str, language: str
) -> None:
    """Say in the own log that `pseudonym` is a pupil of this school called `alias`.

    An alias before that is erased at every member's, as what was wrong of somebody. By a teacher of
    the school who is in the space. Refuses with NOT_FOUND anybody else, and as `replica.append`.
    """
    payload = operation.payload({"name": alias}, language, context.chance.octets(16))
    async with context.database.write() as transaction:
        kept, _ = await require_member(transaction, account, space)
        known = await _find(transaction, kept, pseudonym)
        if known is not None and (known.role, known.name) == (Role.PUPIL, alias):
            return
        earlier: list[Operation] = []
        if known is not None and known.name != alias:
            named = [reference(kept.node, pseudonym)]
            earlier = await operations.list_own_of_objects(transaction, space, kept.node, named)
        await replica.append(
            context,
            transaction,
            kept,
            lambda place: writing.role(place, pseudonym, Role.PUPIL),
            payload,
        )
        if earlier:
            await erasing.take_back(context, transaction, kept, earlier)
    await replica.tell(context, space)


async def dismiss(context: Context, by: permission.By, space: str, pseudonym: str) -> None:
    """Say that a pupil takes part no more; what was released stays.

    By anybody who works at the school, in the space or not, and by the node itself. Refuses with
    NOT_FOUND a space that is not here, and as `replica.append`.
    """
    if isinstance(by, Account):
        permission.require_active(by)
    async with context.database.write() as transaction:
        kept = await spaces.find(transaction, space)
        if kept is None:
            raise not_found()
        known = await _find(transaction, kept, pseudonym)
        if known is None or known.role is not Role.PUPIL:
            return
        await replica.append(
            context,
            transaction,
            kept,
            lambda place: writing.role(place, pseudonym, Role.LEFT),
            None,
        )
    await replica.tell(context, space)


async def erase(context: Context, by: permission.By, space: str, pseudonym: str) -> None:
    """Erase a pupil's alias and whatever this school wrote in its name, of every kind, here at once
    and at every member's.

    What that is, the school's own log says: it may know more than the vault, which may come from
    an older copy. By anybody who works at the school, in the space or not. A space that is not
    here, and what was erased before, is passed over.
    """
    if isinstance(by, Account):
        permission.require_active(by)
    async with context.database.write_small() as transaction:
        kept = await spaces.find(transaction, space)
        if kept is None:
            return
        names = await own_words.list_own_of_actor(transaction, space, kept.node, pseudonym)
        references = [reference(kept.node, one) for one in (pseudonym, *names)]
        versions = await operations.list_own_of_objects(transaction, space, kept.node, references)
        known = {one.id for one in versions}
        said = await operations.list_said_by(transaction, space, kept.node, pseudonym)
        versions += [one for one in said if one.id not in known]
        if versions:
            await erasing.take_back(context, transaction, kept, versions)
    context.wake.notify(replica.TOPIC)


async def find_alias(context: Context, space: str, pseudonym: str) -> str:
    """What the log calls somebody of this school there; "" where it says nothing of him."""
    async with context.database.read() as reader:
        kept = await spaces.find(reader, space)
        known = None if kept is None else await _find(reader, kept, pseudonym)
    return "" if known is None else known.name


async def find_space(context: Context, space: str, pseudonym: str) -> SpaceView:
    """The space as a pupil of this school sees it. Refuses with NOT_FOUND who is none there."""
    async with context.database.read() as reader:
        kept = await require_pupil(reader, space, pseudonym)
        return await view_of(context, reader, kept, pseudonym)


async def reply(
    context: Context,
    account: Account,
    space: str,
    thread: str,
    *,
    pseudonym: str,
    name: str,
    text: str,
    language: str,
    picture: Enclosed | None = None,
) -> str:
    """Release a pupil's reply, called `name`, with its picture by the teacher who answers for it;
    its reference.

    Once it is there, saying it again changes nothing. Refuses as `forum.reply`, `enclosed.put`,
    with NOT_FOUND a teacher who is not in the space, with NOT_ALLOWED for a pseudonym that is no
    pupil of this school there, with CONFLICT where something else lies there under this name.
    """
    async with context.database.write() as transaction:
        kept, teacher = await require_member(transaction, account, space)
        there = await views.find_post(transaction, kept.id, kept.node, name)
        if there is not None:
            if (there.actor, there.text) != (pseudonym, forum.as_kept(text)):
                raise Refused(Reason.CONFLICT, "Something else was released under this name.")
            return reference(kept.node, name)
        await require_author(transaction, kept, pseudonym)
        by = By(pseudonym, released_by=teacher)
        await forum.put_reply(
            context,
            transaction,
            kept,
            by,
            name,
            thread,
            text=text,
            language=language,
            file=await enclosed.put(context, transaction, kept, by, name, picture),
        )
    await replica.tell(context, space)
    return reference(kept.node, name)


async def card(
    context: Context,
    account: Account,
    space: str,
    wall: str,
    *,
    pseudonym: str,
    name: str,
    text: str,
    colour: str,
    column: int,
    language: str,
    picture: Enclosed | None = None,
) -> str:
    """Release a pupil's card, called `name`, with its picture by the teacher who answers for it;
    its reference.

    Once it is there, saying it again changes nothing. Refuses as `reply` and `cards.add`.
    """
    async with context.database.write() as transaction:
        kept, teacher = await require_member(transaction, account, space)
        if await _is_released(transaction, kept, name, pseudonym):
            return reference(kept.node, name)
        await require_author(transaction, kept, pseudonym)
        by = By(pseudonym, released_by=teacher)
        file = await enclosed.put(context, transaction, kept, by, name, picture)
        await cards.put_new(
            context,
            transaction,
            kept,
            by,
            wall,
            await cards.face_of(context, transaction, kept, text, file, language),
            column=column,
            colour=colour,
            name=name,
        )
    await replica.tell(context, space)
    return reference(kept.node, name)


async def reaction(
    context: Context,
    account: Account,
    space: str,
    named: str,
    *,
    pseudonym: str,
    name: str,
    sign: str,
    language: str,
) -> str:
    """Release a pupil's reaction to the object with the reference `named`, by the teacher who
    answers for it; that reference. `name` is 22 characters of chance, by which it is known again.

    Once it is there, saying it again changes nothing. Refuses as `reply` and `reactions.react`.
    """
    payload = reactions.payload_of(sign, language, reactions.salt_of(name))
    async with context.database.write() as transaction:
        kept, teacher = await require_member(transaction, account, space)
        if await has_reacted(transaction, kept, named, payload):
            return named
        await require_author(transaction, kept, pseudonym)
        await reactions.get_shown(transaction, space, named)
        by = By(pseudonym, released_by=teacher)
        await reactions.put(context, transaction, kept, by, named, payload)
    await replica.tell(context, space)
    return named


async def _is_released(reader: Reader, space: Space, name: str, pseudonym: str) -> bool:
    """Whether this was released before. Refuses with CONFLICT what is somebody else's."""
    there = await contents.find_any(reader, space.id, space.node, name)
    if there is not None and there.actor != pseudonym:
        raise Refused(Reason.CONFLICT, "Something else was released under this name.")
    return there is not None


async def has_reacted(reader: Reader, space: Space, named: str, payload: str) -> bool:
    """Whether this school has said that of the object with the reference `named`."""
    said = operation.hash_of(payload)
    return await own_words.has_said(reader, space.id, space.node, named, said)


async def file(
    context: Context,
    account: Account,
    space: str,
    upload: Upload,
    said: Said,
    *,
    pseudonym: str,
    name: str,
) -> str:
    """Release a pupil's file, called `name`, by the teacher who answers for it; its reference. Its
    bytes, which are laid out as those of an `upload` that is ready, stay at this school.

    Once it is there, saying it again changes nothing. Refuses as `reply` and `enclosed.put_file`.
    """
    async with context.database.write() as transaction:
        kept, teacher = await require_member(transaction, account, space)
        if await _is_released(transaction, kept, name, pseudonym):
            return reference(kept.node, name)
        await require_author(transaction, kept, pseudonym)
        by = By(pseudonym, released_by=teacher)
        await enclosed.put_file(context, transaction, kept, by, name, upload, said)
    await replica.tell(context, space)
    return reference(kept.node, name)


async def find_file_name(reader: Reader, space: str, name: str) -> str:
    """What a file of this school is called, released as `name`; "" where it is not shown."""
    kept = await spaces.find(reader, space)
    found = None if kept is None else await contents.find(reader, space, kept.node, name, File)
    return "" if found is None or found.standing is not Standing.SHOWN else found.name


async def forget_bytes(context: Context, transaction: Transaction, upload: Upload) -> None:
    """Take bytes off the shelf that were put there for a file which was not written after all."""
    for sha256 in (upload.sha256, upload.thumbnail):
        if sha256 and not await blobs.list_spaces(transaction, [sha256]):
            context.shelf.drop(sha256)


async def is_there(reader: Reader, space: Space, name: str) -> bool:
    """Whether this school has written an object called `name`."""
    if await views.find_post(reader, space.id, space.node, name) is not None:
        return True
    return await contents.find_any(reader, space.id, space.node, name) is not None


async def require_open_thread(context: Context, space: Space, thread: str) -> None:
    """Refuses with NOT_FOUND what is no thread, with GONE one that is not shown any more, and as
    `sight.get`."""
    async with context.database.read() as reader:
        opened = await forum.get(reader, space, thread)
        if opened.kind != "thread":
            raise Refused(Reason.NOT_FOUND, "There is no such thread.")
        if opened.standing is not Standing.SHOWN:
            raise Refused(Reason.GONE, "What you answer is not shown any more.")
        await sight.get(reader, space, thread)


async def require_pupil(reader: Reader, space: str, pseudonym: str) -> Space:
    """The space in which somebody is a pupil of this school now. Refuses with NOT_FOUND."""
    kept = await spaces.find(reader, space)
    known = None if kept is None else await _find(reader, kept, pseudonym)
    if kept is None or known is None or known.role is not Role.PUPIL:
        raise not_found()
    return kept


async def _find(reader: Reader, space: Space, pseudonym: str) -> Member | None:
    people = await views.list_people(reader, space.id)
    own = [one for one in people if (one.home, one.pseudonym) == (space.node, pseudonym)]
    return own[0] if own else None


async def require_author(reader: Reader, space: Space, pseudonym: str) -> None:
    """Refuses with NOT_ALLOWED whoever is no pupil of this school there now."""
    known = await _find(reader, space, pseudonym)
    if known is None or known.role is not Role.PUPIL:
        raise Refused(Reason.NOT_ALLOWED, "This pupil does not take part in the space now.")
