"""The forum of a space: threads and replies, by its teachers here, edited by their authors.

A post is named by its reference, `<node>/<object>`: the node that owns it and its name there.
"""

from node.actions import erase as erasing
from node.actions import publish, replica, tips
from node.actions.context import Context
from node.actions.spaces import require_member
from node.storage import operations, views
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.objects import lines
from protocol.space import operation, writing
from protocol.space.fold.forum import Post
from protocol.space.fold.history import Standing
from protocol.space.vocabulary import is_reference, reference
from protocol.space.writing import By


async def start_thread(
    context: Context, account: Account, space: str, *, title: str, text: str, language: str
) -> str:
    """Open a thread; its reference. Refuses with BAD_INPUT (fact `pointer`) what cannot stand."""
    payload = _payload(context, {"title": title.strip(), "text": text}, language)
    name = publish.new_name(context)
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        await replica.append(
            context,
            transaction,
            kept,
            lambda place: writing.thread(place, By(alias), name),
            payload,
        )
        await _require_shown(transaction, kept, name)
    await _tell(context, space)
    return reference(kept.node, name)


async def reply(
    context: Context,
    account: Account,
    space: str,
    thread: str,
    *,
    text: str,
    language: str,
    to: str = "",
) -> str:
    """Answer in a thread, `to` one of its posts where given; the reply's reference.

    Refuses with NOT_FOUND what is no thread here, GONE one that is shown no more, BAD_INPUT as
    `start_thread`.
    """
    payload = _payload(context, {"text": text}, language)
    name = publish.new_name(context)
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        opened = await _get_post(transaction, kept, thread)
        if opened.kind != "thread":
            raise Refused(Reason.NOT_FOUND, "There is no such thread.")
        answered = opened if not to else await _get_post(transaction, kept, to)
        if answered.thread != thread:
            raise Refused(Reason.NOT_FOUND, "This post is not in the thread.")
        if {opened.standing, answered.standing} != {Standing.SHOWN}:
            raise Refused(Reason.GONE, "What you answer is not shown any more.")
        await replica.append(
            context,
            transaction,
            kept,
            lambda place: writing.reply(place, By(alias), name, thread_=thread, to=to),
            payload,
        )
        await _require_shown(transaction, kept, name)
    await _tell(context, space)
    return reference(kept.node, name)


async def edit(
    context: Context,
    account: Account,
    space: str,
    post: str,
    *,
    text: str,
    language: str,
    title: str | None = None,
) -> None:
    """Put a new version in place of an own post. A thread's title stays where none is given.

    Refuses with NOT_OWNER others' posts, GONE one that is shown no more, BAD_INPUT as above.
    """
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        before = await _get_post(transaction, kept, post)
        if before.home != kept.node or before.actor != alias:
            raise Refused(Reason.NOT_OWNER, "Only the author edits a post.")
        if before.standing is not Standing.SHOWN:
            raise Refused(Reason.GONE, "This post is not shown any more.")
        content: JSONObject = {"text": text}
        if before.kind == "thread":
            content["title"] = before.title if title is None else title.strip()
        payload = _payload(context, content, language)
        await replica.append(
            context,
            transaction,
            kept,
            lambda place: writing.edit(place, By(alias), before.object, base=[before.head]),
            payload,
        )
        await _require_shown(transaction, kept, before.object)
    await _tell(context, space)


async def erase(context: Context, account: Account, space: str, post: str) -> None:
    """Erase a post, every version of it, here at once and at every member school.

    For its author, and for administrators of the school that are in the space. Refuses others with
    NOT_OWNER.
    """
    async with context.database.write_small() as transaction:
        kept, alias = await require_member(transaction, account, space)
        before = await _get_post(transaction, kept, post)
        if before.home != kept.node or (before.actor != alias and not account.is_admin):
            raise Refused(Reason.NOT_OWNER, "Only the author erases a post.")
        versions = await operations.list_own_of_object(transaction, space, kept.node, before.object)
        await erasing.take_back(context, transaction, kept, versions)
    context.wake.notify(replica.TOPIC)


async def _get_post(reader: Reader, space: Space, post: str) -> Post:
    home, _, name = post.partition("/")
    found = await views.find_post(reader, space.id, home, name) if is_reference(post) else None
    if found is None:
        raise Refused(Reason.NOT_FOUND, "There is no such post.")
    return found


async def _require_shown(transaction: Transaction, space: Space, name: str) -> None:
    """What was written just now has to be readable by the rules that every school reads by."""
    post = await views.find_post(transaction, space.id, space.node, name)
    if post is None or post.standing is not Standing.SHOWN:
        raise Refused(Reason.BAD_INPUT, "This text cannot be shown; leave out special characters.")


async def _tell(context: Context, space: str) -> None:
    await tips.record(context, space)
    context.wake.notify(replica.TOPIC)


def _payload(context: Context, content: JSONObject, language: str) -> str:
    """The payload of a post. Refuses with BAD_INPUT, naming the place, what does not fit."""
    content = {**content, "text": lines(str(content["text"])).strip()}
    text = operation.payload(content, language, context.chance.octets(16))
    kind = "payload-thread" if "title" in content else "payload-reply"
    try:
        context.book.check(kind, operation.read_payload(text))
    except Refused as refused:
        raise Refused(Reason.BAD_INPUT, refused.detail, **refused.facts) from None
    return text
