"""Notices: a teacher says what partners are wanted for, until a day; others answer by an offer.

A notice goes to those who follow its writer at once, and to whoever reads `/changes`. When it is
over it leaves the lists; its writer renews it or takes it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from node.actions import actors, identity, known_actors, publish
from node.actions.context import Context
from node.actions.find import AWAY
from node.clock import unstamp
from node.remote import fetch
from node.storage import feed, listings, objects, outbox, partners
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.feed import FeedItem
from node.storage.objects import StoredDocument
from node.storage.partners import Partner
from protocol import activities, names
from protocol.activities import told_of
from protocol.canonical import JSONObject
from protocol.effects import PutObject
from protocol.errors import Reason, Refused
from protocol.intake_objects import judge_fetched
from protocol.known import Known, StoredObject
from protocol.notices import notice
from protocol.objects import Written, stamp, tombstone
from protocol.reading import optional_text_of, owner_of, text_of, time_of
from protocol.shapes import kind_of

MAX_OPEN = 10
"""Open notices of one teacher: whoever asks everybody for everything is answered by nobody."""
RUNNING_DAYS = (14, 30, 60, 90)


@dataclass(frozen=True)
class NoticeFields:
    """What a teacher says in a notice; `days` from now it is over, None keeps the end it has."""

    title: str
    purpose: str
    text: str
    language: str
    languages: Sequence[str]
    reach: str
    days: int | None
    subjects: Sequence[str] = ()
    age_from: int | None = None
    age_to: int | None = None
    countries: Sequence[str] = ()


async def write(context: Context, account: Account, fields: NoticeFields) -> str:
    """Put a notice up; its id.

    Refuses with NOT_ALLOWED who does not teach, BAD_INPUT, TOO_MANY_ITEMS (ten open ones).
    """
    _require_teacher(account)
    id_ = names.notice_id(context.base, publish.new_name(context))
    expires = _end(context, fields.days)
    if expires is None:
        raise Refused(Reason.BAD_INPUT, "Say how long the notice runs.", field="days")
    async with context.database.write() as transaction:
        await _require_room(context, transaction, account)
        written = Written(context.now(), context.now(), 1)
        document = await _document(transaction, account, id_, written, fields, expires)
        signed = await publish.put_document(context, transaction, document)
        await feed.put(transaction, FeedItem(id_, account.actor, context.now_ms()))
        said = publish.saying(context, account.actor)
        await publish.say(context, transaction, activities.create(said, signed))
    context.wake.notify(publish.TOPIC)
    return id_


async def change(context: Context, account: Account, id_: str, fields: NoticeFields) -> None:
    """Say it otherwise, or let it run on; all who heard it hear of that.

    Refuses with NOT_FOUND, NOT_OWNER, BAD_INPUT, TOO_MANY_ITEMS (where it was over).
    """
    _require_teacher(account)
    async with context.database.write() as transaction:
        stored = await _get_own(transaction, account, id_)
        expires = _end(context, fields.days) or time_of(stored.document, "expires")
        if time_of(stored.document, "expires") <= context.now():
            await _require_room(context, transaction, account)
        written = await actors.next_written(context, transaction, id_)
        document = await _document(transaction, account, id_, written, fields, expires)
        signed = await publish.put_document(context, transaction, document)
        await publish.narrow(transaction, signed)
        said = publish.saying(context, account.actor)
        await publish.say(context, transaction, activities.update(said, signed))
    context.wake.notify(publish.TOPIC)


async def take_back(context: Context, account: Account, id_: str) -> None:
    """Take a notice down for good; a tombstone goes to all who heard it."""
    async with context.database.write() as transaction:
        stored = await _get_own(transaction, account, id_)
        await _bury(context, transaction, stored)
    context.wake.notify(publish.TOPIC)


async def take_back_all(context: Context, transaction: Transaction, actor: str) -> None:
    """Take down every notice of somebody whose account ends: nobody would answer."""
    for stored in await objects.list_of_owner(transaction, actor, "notice", limit=10_000):
        await _bury(context, transaction, stored)


async def find(context: Context, id_: str) -> StoredDocument:
    """A notice, own or another's, as new as it can be had.

    One that is not known here is fetched from the partner that it belongs to, with its writer. Of a
    node that is no partner, what a directory says is shown; nothing is asked there.
    Refuses with NOT_FOUND, GONE, NOT_PARTNER, UNREACHABLE.
    """
    async with context.database.read() as reader:
        stored = await _find_known(reader, context.base, id_)
        partner = await partners.find(reader, names.origin(id_))
        listed = await listings.find(reader, id_) if stored is None else None
    if listed is not None:
        # A search found it; that node is met when somebody answers.
        stored = listed.as_stored(context.base)
    if stored is not None and stored.kind != "notice":
        raise Refused(Reason.NOT_FOUND, "There is no such notice.")
    if stored is not None and stored.buried:
        raise Refused(Reason.GONE, "This notice was taken back.")
    if stored is not None and stored.local:
        return stored
    if names.same_origin(id_, context.base):
        raise Refused(Reason.NOT_FOUND, "There is no such notice.")
    if partner is None or partner.state != "approved":
        if stored is None:
            raise Refused(Reason.NOT_PARTNER, "That school's node is no partner of yours.")
        return stored
    return await _find_there(context, partner, id_, stored)


async def _find_known(reader: Reader, base: str, id_: str) -> StoredDocument | None:
    """What was exchanged, or what a directory lists where that is newer."""
    stored = await objects.find(reader, id_)
    listed = await listings.find(reader, id_)
    if listed is None or (stored is not None and stored.version >= listed.version):
        return stored
    return listed.as_stored(base)


async def _find_there(
    context: Context, partner: Partner, id_: str, stored: StoredDocument | None
) -> StoredDocument:
    try:
        return await _fetch(context, partner, id_)
    except Refused as refused:
        # What is known is shown also while that node does not answer.
        if stored is not None and refused.reason in AWAY:
            return stored
        if stored is not None and refused.reason in {Reason.GONE, Reason.NOT_FOUND}:
            async with context.database.write() as transaction:
                await feed.drop(transaction, id_)
                await objects.drop(transaction, id_)
                await listings.drop_many(transaction, [id_])
        raise


async def _fetch(context: Context, partner: Partner, id_: str) -> StoredDocument:
    speaker = await identity.get_service_identity(context)
    document = await fetch.fetch_document(context.client, id_, origin=partner.origin, as_=speaker)
    if kind_of(document) != "notice":
        raise Refused(Reason.BAD_ANSWER, "What is there is no notice.")
    context.book.check("notice", document)
    async with context.database.read() as reader:
        writer = await objects.find(reader, owner_of(document))
    if writer is None and names.same_origin(owner_of(document), partner.origin):
        await known_actors.fetch_actor(context, partner, owner_of(document))
    async with context.database.write() as transaction:
        opened = await known_actors.open_inner(context, transaction, document)
        before = await objects.find(transaction, id_)
        known = Known(context.base, stored=None if before is None else _known(before))
        effects = judge_fetched(id_, opened, known, context.now())
        if any(isinstance(effect, PutObject) for effect in effects):
            await objects.put(transaction, _received(id_, document), updated_ms=context.now_ms())
        stored = await objects.find(transaction, id_)
    if stored is None:
        raise Refused(Reason.NOT_FOUND, "There is no such notice.")
    return stored


def _received(id_: str, document: JSONObject) -> StoredDocument:
    return StoredDocument(
        id=id_,
        kind="notice",
        owner=owner_of(document),
        origin=names.origin(id_),
        version=int(str(document["version"])),
        document=document,
        local=False,
        listed=False,
        buried=False,
        published_ms=unstamp(text_of(document, "published")),
    )


def _known(stored: StoredDocument) -> StoredObject:
    return StoredObject(
        stored.id, stored.kind, stored.owner, stored.version, stored.document, stored.buried
    )


async def _bury(context: Context, transaction: Transaction, stored: StoredDocument) -> None:
    buried = await publish.put_tombstone(
        context, transaction, tombstone(stored.document, context.now()), stored
    )
    await feed.drop(transaction, stored.id)
    await outbox.drop_of_document(transaction, stored.owner, stored.id)
    await outbox.drop_narrowed(transaction, stored.owner, stored.id)
    told = told_of(stored.owner, stored.document)
    said = publish.saying(context, stored.owner)
    await publish.say(context, transaction, activities.delete(said, buried, to=told))


async def _get_own(reader: Reader, account: Account, id_: str) -> StoredDocument:
    stored = await objects.find(reader, id_)
    if stored is None or stored.kind != "notice" or not stored.local or stored.buried:
        raise Refused(Reason.NOT_FOUND, "There is no such notice.")
    if stored.owner != account.actor:
        raise Refused(Reason.NOT_OWNER, "Only its writer changes a notice.")
    return stored


async def _document(
    reader: Reader,
    account: Account,
    id_: str,
    written: Written,
    fields: NoticeFields,
    expires: datetime,
) -> JSONObject:
    school_id = await actors.get_school(reader)
    school = await objects.find(reader, school_id)
    return notice(
        id_,
        written,
        author=account.actor,
        school=school_id,
        title=fields.title,
        purpose=fields.purpose,
        text=fields.text,
        language=fields.language,
        languages=fields.languages,
        expires=expires,
        reach=fields.reach,
        country="" if school is None else optional_text_of(school.document, "country"),
        subjects=fields.subjects,
        age_from=fields.age_from,
        age_to=fields.age_to,
        countries=fields.countries,
    )


def _end(context: Context, days: int | None) -> datetime | None:
    if days is None:
        return None
    if days not in RUNNING_DAYS:
        raise Refused(Reason.BAD_INPUT, "Choose how long the notice runs.", field="days")
    return context.now().replace(microsecond=0) + timedelta(days=days)


def _require_teacher(account: Account) -> None:
    if "teacher" not in account.roles:
        raise Refused(Reason.NOT_ALLOWED, "Only teachers put notices up.")


async def _require_room(context: Context, reader: Reader, account: Account) -> None:
    open_ones = await objects.count_open_notices(reader, account.actor, stamp(context.now()))
    if open_ones >= MAX_OPEN:
        raise Refused(
            Reason.TOO_MANY_ITEMS,
            f"You have {MAX_OPEN} open notices; take one back first.",
        )
