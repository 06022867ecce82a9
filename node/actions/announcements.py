"""A hub's news: notes of its service actor that reach the home pages of its schools."""

from node.actions import publish, trust
from node.actions.context import Context
from node.actions.permission import By, require_officer
from node.storage import broadcasts, deliveries, objects, outbox
from node.storage.database import Reader, Transaction
from node.storage.objects import StoredDocument
from protocol import activities, names
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.objects import Written, note, tombstone
from protocol.reading import text_of, whole_of
from protocol.shapes import kind_of

KIND = "note"
KEPT_MS = 60 * 86_400_000
"""So long a school's home page shows what its hub told."""
SHOWN = 3
AT_ONCE = 200
"""Schools for which letters are queued in one transaction."""
MOST_UNTRIED = 500
"""Letters that may wait for their first try before more are queued."""


async def tell(context: Context, by: By, *, text: str, language: str) -> str:
    """Tell all accredited schools something; the id of the note. Refuses with BAD_INPUT."""
    trust.require_hub(context)
    require_officer(by)
    if not text.strip():
        raise Refused(Reason.BAD_INPUT, "Write something first.", field="text")
    id_ = names.note_id(context.base, publish.new_name(context))
    actor = names.service_actor_id(context.base)
    written = Written(context.now(), context.now(), 1)
    document = note(id_, written, author=actor, text=text.strip(), language=language)
    async with context.database.write() as transaction:
        signed = await publish.put_document(context, transaction, document)
        activity = activities.create(publish.saying(context, actor), signed)
        await _say(context, transaction, activity)
    context.wake.notify(publish.TOPIC)
    return id_


async def take_back(context: Context, by: By, id_: str) -> None:
    """Take news back everywhere. Refuses with NOT_FOUND."""
    trust.require_hub(context)
    require_officer(by)
    actor = names.service_actor_id(context.base)
    async with context.database.write() as transaction:
        stored = await objects.find(transaction, id_)
        if stored is None or stored.buried or stored.kind != KIND or stored.owner != actor:
            raise Refused(Reason.NOT_FOUND, "There are no such news.")
        former = tombstone(stored.document, context.now())
        buried = await publish.put_tombstone(context, transaction, former, stored)
        await outbox.drop_of_document(transaction, actor, id_)
        await broadcasts.drop_of_document(transaction, id_)
        activity = activities.delete(publish.saying(context, actor), buried)
        await _say(context, transaction, activity)
    context.wake.notify(publish.TOPIC)


async def list_told(context: Context, reader: Reader) -> list[StoredDocument]:
    """At a hub: what it told, the newest first."""
    return await objects.list_of_owner(reader, names.service_actor_id(context.base), KIND)


async def list_heard(context: Context, reader: Reader) -> list[StoredDocument]:
    """At a school: what its hub told lately, the newest first."""
    own = await trust.find_own_hub(reader)
    if own is None:
        return []
    after_ms = context.now_ms() - KEPT_MS
    heard = await objects.list_of_owner(reader, own.actor, KIND, limit=SHOWN)
    return [one for one in heard if one.published_ms > after_ms]


async def _say(context: Context, transaction: Transaction, activity: JSONObject) -> None:
    """Say it to everybody; each school that this hub accredits is sent it (`spread`)."""
    signed = await publish.say(context, transaction, activity)
    await broadcasts.put(
        transaction,
        actor=text_of(signed, "actor"),
        kind=kind_of(signed),
        activity=signed,
        document=text_of(whole_of(signed, "object"), "id"),
    )


async def spread(context: Context) -> None:
    """Queue letters for the next schools of whatever all are to be told, as long as few wait. It
    goes on where it stopped, also after a crash."""
    while True:
        async with context.database.read() as reader:
            if await broadcasts.find_first(reader) is None:
                return
            if await deliveries.count_untried(reader, MOST_UNTRIED) >= MOST_UNTRIED:
                return
        async with context.database.write() as transaction:
            await _spread(context, transaction)


async def _spread(context: Context, transaction: Transaction) -> None:
    due = await broadcasts.find_first(transaction)
    if due is None:
        return
    schools = await trust.list_accredited(context, transaction, due.after, limit=AT_ONCE)
    await deliveries.put_to_all(
        transaction,
        [origin for origin, _ in schools],
        actor=due.actor,
        activity=due.activity,
        kind=due.kind,
        now_ms=context.now_ms(),
    )
    if len(schools) < AT_ONCE:
        await broadcasts.drop(transaction, due.number)
    else:
        await broadcasts.put_after(transaction, due.number, schools[-1][0])
