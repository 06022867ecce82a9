"""Messages between two contacts, wherever each of them works."""

from dataclasses import replace

from node.actions import publish
from node.actions.context import Context
from node.storage import contacts, follows, messages, partners
from node.storage.accounts import Account
from node.storage.messages import Message
from protocol import activities, names
from protocol.errors import Reason, Refused
from protocol.objects import Written, lines, note

MAX_CHARACTERS = 10_000


async def send(context: Context, account: Account, other: str, *, text: str, language: str) -> str:
    """Write to a contact; the message's id.

    Refuses with NOT_ALLOWED whoever is no contact, BAD_INPUT an empty or too long text,
    NOT_PARTNER a contact whose school's node is not approved: it would never leave this one.
    """
    text = lines(text).strip()
    if not text or len(text) > MAX_CHARACTERS:
        raise Refused(Reason.BAD_INPUT, f"Write 1 to {MAX_CHARACTERS} characters.", field="text")
    id_ = names.note_id(context.base, publish.new_name(context))
    now_ms = context.now_ms()
    async with context.database.write() as transaction:
        known = await contacts.find_pair(transaction, account.actor, other)
        if known is None or known.state != "contacts":
            raise Refused(Reason.NOT_ALLOWED, "You write to contacts; offer a contact first.")
        document = note(
            id_,
            Written(context.now(), context.now(), 1),
            author=account.actor,
            text=text,
            language=language,
            reader=other,
        )
        sent = Message(id_, account.actor, other, True, text, language, now_ms, now_ms)
        if names.same_origin(other, context.base):
            if not await follows.is_blocked(transaction, other, account.actor):
                received = Message(id_, other, account.actor, False, text, language, now_ms, None)
                await messages.put(transaction, received)
        else:
            partner = await partners.find(transaction, names.origin(other))
            if partner is None or partner.state != "approved":
                raise Refused(Reason.NOT_PARTNER, "Nothing is exchanged with that school now.")
            signed = await publish.put_document(context, transaction, document, listed=False)
            said = publish.saying(context, account.actor)
            await publish.say(context, transaction, activities.create(said, signed))
            sent = replace(sent, activity=said.url, travel="waiting")
        await messages.put(transaction, sent)
    context.wake.notify(publish.TOPIC)
    return id_


async def mark_read(context: Context, account: Account, other: str) -> None:
    """Everything that `other` wrote has been seen."""
    async with context.database.read() as reader:
        unread = await messages.count_unread(reader, account.actor)
    if unread:
        async with context.database.write() as transaction:
            await messages.put_read(transaction, account.actor, other, context.now_ms())
