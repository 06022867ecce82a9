"""The forum of a space: threads and replies, by its teachers here, edited by their authors.

A post is named by its reference, `<node>/<object>`: the node that owns it and its name there.
"""

from node.actions import contributions, materials, publish, replica
from node.actions.context import Context
from node.actions.spaces import require_member
from node.storage import views
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.spaces import Space
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.objects import lines
from protocol.space import writing
from protocol.space.fold.forum import Post
from protocol.space.fold.history import Standing
from protocol.space.writing import By


async def start_thread(
    context: Context, account: Account, space: str, *, title: str, text: str, language: str
) -> str:
    """Open a thread; its reference. Refuses with BAD_INPUT (fact `pointer`) what cannot stand."""
    payload = _payload(context, {"title": title.strip(), "text": text}, language)
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        name = await contributions.write(context, transaction, kept, alias, writing.thread, payload)
        await _require_shown(transaction, kept, name)
    await replica.tell(context, space)
    return contributions.named(kept, name)


async def reply(
    context: Context,
    account: Account,
    space: str,
    thread: str,
    *,
    text: str,
    language: str,
    to: str = "",
    file: str = "",
) -> str:
    """Answer in a thread, `to` one of its posts where given, with the `file` of the materials that
    has this reference; the reply's reference.

    Refuses with NOT_FOUND what is no thread here and no file, GONE a thread that is shown no more,
    BAD_INPUT as `start_thread`.
    """
    async with context.database.write() as transaction:
        kept, alias = await require_member(transaction, account, space)
        if file:
            await materials.require_file(transaction, kept, file)
        name = publish.new_name(context)
        await put_reply(
            context,
            transaction,
            kept,
            By(alias),
            name,
            thread,
            text=text,
            language=language,
            to=to,
            file=file,
        )
    await replica.tell(context, space)
    return contributions.named(kept, name)


async def put_reply(
    context: Context,
    transaction: Transaction,
    kept: Space,
    by: By,
    name: str,
    thread: str,
    *,
    text: str,
    language: str,
    to: str = "",
    file: str = "",
) -> None:
    """Append a reply called `name` to the own log; `file` is the reference of one that is shown
    with it. Refuses as `reply`."""
    content: JSONObject = {"text": text}
    if file:
        content["file"] = file
    payload = _payload(context, content, language)
    opened = await get(transaction, kept, thread)
    if opened.kind != "thread":
        raise Refused(Reason.NOT_FOUND, "There is no such thread.")
    answered = opened if not to else await get(transaction, kept, to)
    if answered.thread != thread:
        raise Refused(Reason.NOT_FOUND, "This post is not in the thread.")
    if {opened.standing, answered.standing} != {Standing.SHOWN}:
        raise Refused(Reason.GONE, "What you answer is not shown any more.")
    await replica.append(
        context,
        transaction,
        kept,
        lambda place: writing.reply(place, by, name, thread_=thread, to=to),
        payload,
    )
    await _require_shown(transaction, kept, name)


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
        before = await get(transaction, kept, post)
        contributions.require_own(before, kept, alias)
        content: JSONObject = {"text": text}
        if before.kind == "thread":
            content["title"] = before.title if title is None else title.strip()
        elif before.file:
            content["file"] = before.file
        payload = _payload(context, content, language)
        await contributions.rewrite(context, transaction, kept, before, payload)
        await _require_shown(transaction, kept, before.object)
    await replica.tell(context, space)


async def erase(context: Context, account: Account, space: str, post: str) -> None:
    """Erase a post everywhere. Refuses as `contributions.take_back`."""
    async with context.database.read() as reader:
        kept, _ = await require_member(reader, account, space)
        found = await get(reader, kept, post)
    await contributions.take_back(context, account, space, post, found)


async def get(reader: Reader, space: Space, post: str) -> Post:
    """Refuses with NOT_FOUND."""
    home, name = contributions.split(post)
    found = await views.find_post(reader, space.id, home, name)
    if found is None:
        raise contributions.not_here()
    return found


async def _require_shown(transaction: Transaction, space: Space, name: str) -> None:
    contributions.require_shown(await views.find_post(transaction, space.id, space.node, name))


def as_kept(text: str) -> str:
    """A post's text as it is written down."""
    return lines(text).strip()


def _payload(context: Context, content: JSONObject, language: str) -> str:
    content = {**content, "text": as_kept(str(content["text"]))}
    kind = "payload-thread" if "title" in content else "payload-reply"
    return contributions.payload_of(context, kind, content, language)
