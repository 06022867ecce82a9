"""Projects: a draft, an offer to one contact as co-founder, an answer, then founded together.

A draft is nobody's business but its founder's. When the co-founder has accepted, the founder's node
founds the space by itself (`found`); the page always says who is to act next, and since when.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import msgspec

from node.actions import approvals, found, identity, publish
from node.actions.actors import get_school, next_written
from node.actions.context import Context
from node.actions.spaces import require_member
from node.storage import contacts, drafts, foundings, objects
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.drafts import Draft
from node.storage.foundings import Founding
from protocol import activities, names
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused
from protocol.objects import project as project_document
from protocol.reading import number_of, optional_text_of, texts_of

OVER = frozenset({"declined", "withdrawn", "left"})
MAX_NOTE_CHARACTERS = 1000


@dataclass(frozen=True)
class ProjectFields:
    """What a founder writes about a project; codes are those of `vocabularies.json`."""

    title: str
    summary: str
    language: str
    languages: Sequence[str]
    subjects: Sequence[str]
    age_from: int
    age_to: int
    scope: str = "european"
    description: str = ""
    aims: str = ""
    work_process: str = ""
    expected_results: str = ""
    pupils: int | None = None
    tools: Sequence[str] = ()
    key_competences: Sequence[str] = ()
    start: date | None = None
    end: date | None = None
    continues: str = ""


async def draft(context: Context, account: Account, fields: ProjectFields) -> str:
    """Begin a project; its id. Refuses with BAD_INPUT what could not be published."""
    id_ = names.project_id(context.base, publish.new_name(context))
    now_ms = context.now_ms()
    async with context.database.write() as transaction:
        await identity.make_key(context, transaction, id_)
        await _build(context, transaction, account, id_, fields)
        await drafts.put(transaction, Draft(id_, account.actor, _write(fields), now_ms, now_ms))
    return id_


async def begin_again(context: Context, account: Account, space_id: str) -> str:
    """A draft that says what a project says and continues it: where the list of members of its
    space can never move again, the schools go on in a new one. Its id. Refuses with NOT_FOUND
    whoever is not in the space, and where the project's document has never arrived."""
    async with context.database.read() as reader:
        space, _ = await require_member(reader, account, space_id)
        stored = await objects.find(reader, space.project)
    if stored is None:
        raise Refused(Reason.NOT_FOUND, "The project's description is not on this server.")
    return await draft(context, account, _read(stored.document, space.project))


def _read(document: JSONObject, continues: str) -> ProjectFields:
    """What a project's document says, as fields of one that goes on from it."""
    return ProjectFields(
        title=optional_text_of(document, "name"),
        summary=optional_text_of(document, "summary"),
        language=optional_text_of(document, "language"),
        languages=texts_of(document, "languages"),
        subjects=texts_of(document, "subjects"),
        age_from=number_of(document, "ageFrom") or 3,
        age_to=number_of(document, "ageTo") or 20,
        scope=optional_text_of(document, "scope"),
        description=optional_text_of(document, "description"),
        aims=optional_text_of(document, "aims"),
        work_process=optional_text_of(document, "workProcess"),
        expected_results=optional_text_of(document, "expectedResults"),
        continues=continues,
    )


async def edit(context: Context, account: Account, project: str, fields: ProjectFields) -> None:
    """Change what one wrote. Refuses with CONFLICT while an offer is open."""
    async with context.database.write() as transaction:
        founding = await _get_own(transaction, account, project)
        if founding is not None and founding.state in {"offered", "accepted"}:
            raise Refused(Reason.CONFLICT, "An offer is open; withdraw it before you change this.")
        kept = await drafts.find(transaction, project)
        if kept is not None:
            before = msgspec.json.decode(kept.fields, type=ProjectFields)
            fields = replace(fields, continues=before.continues)
        document = await _build(context, transaction, account, project, fields)
        if kept is not None:
            await drafts.put(
                transaction, replace(kept, fields=_write(fields), changed_ms=context.now_ms())
            )
        if founding is not None and founding.state == "active":
            await _publish_active(context, transaction, founding, document)
    context.wake.notify(publish.TOPIC)


async def discard(context: Context, account: Account, project: str) -> None:
    """Throw a draft away. Refuses with CONFLICT what somebody has heard of."""
    async with context.database.write() as transaction:
        founding = await _get_own(transaction, account, project)
        if founding is not None and founding.state not in OVER:
            raise Refused(Reason.CONFLICT, "This project was offered; withdraw the offer first.")
        await drafts.drop(transaction, project)


async def offer(
    context: Context,
    account: Account,
    project: str,
    other: str,
    *,
    note: str = "",
    language: str = "",
) -> None:
    """Offer a contact at another school to found the project together.

    Refuses with NOT_ALLOWED whoever is no contact, BAD_INPUT a colleague of the same school or a
    note over 1,000 characters, CONFLICT while another offer is open or the project is founded.
    """
    note = note.strip()
    if len(note) > MAX_NOTE_CHARACTERS:
        raise Refused(
            Reason.BAD_INPUT, f"Write at most {MAX_NOTE_CHARACTERS} characters.", field="note"
        )
    if names.same_origin(other, context.base):
        raise Refused(Reason.BAD_INPUT, "Choose a contact at another school as co-founder.")
    async with context.database.write() as transaction:
        earlier = await _get_own(transaction, account, project)
        if earlier is not None and earlier.state not in OVER:
            raise Refused(Reason.CONFLICT, "This project is offered or founded already.")
        known = await contacts.find_pair(transaction, account.actor, other)
        if known is None or known.state != "contacts":
            raise Refused(Reason.NOT_ALLOWED, "A co-founder is one of your contacts.")
        fields = await get_fields(transaction, project)
        document = await _build(context, transaction, account, project, fields)
        signed = await publish.put_document(context, transaction, document, listed=False)
        entry, salt = await found.propose_founder(context, transaction, project)
        said = publish.saying(context, account.actor)
        language = language or account.language
        text = note or fields.summary[:MAX_NOTE_CHARACTERS]
        activity = activities.offer_project(
            said, signed, to=other, note=text, language=language, founder=entry, salt=salt
        )
        await publish.say(context, transaction, activity)
        now_ms = context.now_ms()
        await foundings.put(
            transaction,
            Founding(
                offer=said.url,
                project=project,
                founder=account.actor,
                co_founder=other,
                state="offered",
                waiting_for=other,
                entry=entry,
                salt=salt,
                note=text,
                language=language,
                answer_note="",
                acceptance=None,
                co_founder_entry=None,
                offered_ms=now_ms,
                since_ms=now_ms,
            ),
        )
    context.wake.notify(publish.TOPIC)


async def accept(context: Context, account: Account, project: str) -> None:
    """Agree to found a project that somebody offered; the space opens when that node answers.

    Refuses with NOT_FOUND, NOT_ALLOWED, ALREADY_ANSWERED.
    """
    async with context.database.write() as transaction:
        founding = await _get_offered(transaction, account, project)
        entry, signature = await found.agree(context, transaction, founding)
        said = publish.saying(context, account.actor)
        hub = await approvals.find_own_hub(transaction)
        activity = activities.accept_project(
            said,
            founding.offer,
            to=founding.founder,
            founder=entry,
            genesis_signature=signature,
            hub=hub,
        )
        await publish.say(context, transaction, activity)
        accepted = replace(
            founding,
            state="accepted",
            waiting_for=hub or founding.founder,
            acceptance=said.url,
            co_founder_entry=entry,
            since_ms=context.now_ms(),
        )
        await foundings.put(transaction, accepted)
        if hub:
            await approvals.ask_own_hub(context, transaction, accepted, hub)
    context.wake.notify(publish.TOPIC)


async def decline(context: Context, account: Account, project: str, reason: str = "") -> None:
    """Say no, with a few words if one likes. Refuses as `accept`, and with BAD_INPUT."""
    reason = reason.strip()
    if len(reason) > MAX_NOTE_CHARACTERS:
        raise Refused(
            Reason.BAD_INPUT, f"Write at most {MAX_NOTE_CHARACTERS} characters.", field="reason"
        )
    async with context.database.write() as transaction:
        founding = await _get_offered(transaction, account, project)
        activity = activities.reject(
            publish.saying(context, account.actor),
            founding.offer,
            to=founding.founder,
            answer="no",
            note=reason,
            language=account.language if reason else "",
        )
        await publish.say(context, transaction, activity)
        await foundings.put(
            transaction,
            replace(
                founding,
                state="declined",
                waiting_for=founding.founder,
                answer_note=reason,
                since_ms=context.now_ms(),
            ),
        )
    context.wake.notify(publish.TOPIC)


async def withdraw(context: Context, account: Account, project: str) -> None:
    """Take an open offer back. Refuses with ALREADY_ANSWERED once it is founded."""
    async with context.database.write() as transaction:
        founding = await _get_own(transaction, account, project)
        if founding is None or founding.state not in {"offered", "accepted"}:
            raise Refused(Reason.ALREADY_ANSWERED, "There is no open offer to withdraw.")
        said = publish.saying(context, account.actor)
        activity = activities.undo(said, founding.offer, to=founding.co_founder)
        await publish.say(context, transaction, activity)
        await foundings.put(
            transaction,
            replace(founding, state="withdrawn", waiting_for=None, since_ms=context.now_ms()),
        )
        await approvals.give_up(context, transaction, founding.offer)
    context.wake.notify(publish.TOPIC)


async def get_fields(reader: Reader, project: str) -> ProjectFields:
    """What the founder wrote last. Refuses with NOT_FOUND."""
    kept = await drafts.find(reader, project)
    if kept is None:
        raise Refused(Reason.NOT_FOUND, "There is no such project.")
    return msgspec.json.decode(kept.fields, type=ProjectFields)


def _write(fields: ProjectFields) -> str:
    return msgspec.json.encode(fields).decode()


async def _build(
    context: Context,
    transaction: Transaction,
    account: Account,
    project: str,
    fields: ProjectFields,
) -> JSONObject:
    """The document that the fields make, checked as if it were published now."""
    school = await get_school(transaction)
    document = project_document(
        project,
        await next_written(context, transaction, project),
        founder=account.actor,
        school=school,
        state="offered",
        scope=fields.scope,
        title=fields.title.strip(),
        summary=fields.summary.strip(),
        language=fields.language,
        languages=fields.languages,
        subjects=fields.subjects,
        age_from=fields.age_from,
        age_to=fields.age_to,
        keys=await identity.list_listed_keys(transaction, project),
        description=fields.description,
        aims=fields.aims,
        work_process=fields.work_process,
        expected_results=fields.expected_results,
        pupils=fields.pupils,
        tools=fields.tools,
        key_competences=fields.key_competences,
        start=fields.start,
        end=fields.end,
        continues=fields.continues,
    )
    signed = await identity.sign(context, transaction, document, project)
    publish.require_fitting(context, signed)
    return document


async def _publish_active(
    context: Context, transaction: Transaction, founding: Founding, document: JSONObject
) -> None:
    """Tell followers and the other school what changed in a running project."""
    stored = await objects.find(transaction, founding.project)
    kept = {} if stored is None else stored.document
    joined = ("coFounder", "coFounderSchool")
    members: JSONObject = {name: kept[name] for name in joined if name in kept}
    signed = await publish.put_document(
        context, transaction, {**document, **members, "state": "active"}
    )
    said = publish.saying(context, founding.project)
    await publish.say(
        context,
        transaction,
        activities.update(said, signed),
        followers=[founding.co_founder],
    )


async def _get_own(transaction: Transaction, account: Account, project: str) -> Founding | None:
    """The newest founding of one's own project. Refuses with NOT_FOUND others' drafts."""
    kept = await drafts.find(transaction, project)
    if kept is None or kept.owner != account.actor:
        raise Refused(Reason.NOT_FOUND, "You founded no such project.")
    return await foundings.find_of_project(transaction, project)


async def _get_offered(transaction: Transaction, account: Account, project: str) -> Founding:
    founding = await foundings.find_of_project(transaction, project)
    if founding is None or account.actor not in {founding.founder, founding.co_founder}:
        raise Refused(Reason.NOT_FOUND, "There is no such project.")
    if founding.co_founder != account.actor:
        raise Refused(Reason.NOT_ALLOWED, "Only the one who was asked answers.")
    if founding.state != "offered":
        raise Refused(Reason.ALREADY_ANSWERED, "This offer has its answer, or was withdrawn.")
    return founding
