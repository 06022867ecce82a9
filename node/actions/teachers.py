"""At a hub: its schools ask it to verify their teachers, and officers decide.

What is stated is a credential about the person's address and the name that the officer looked at.
"""

from dataclasses import replace
from typing import Final

from node.actions import approvals, issuing, publish, sign_in, trust
from node.actions.context import Context
from node.actions.permission import By, name_of, require_officer
from node.storage import admissions, issued, teachers
from node.storage.database import Reader, Transaction
from node.storage.teachers import Teacher
from protocol import activities, credentials, names
from protocol.effects_verifications import ForgetTeacher, QueueTeacher
from protocol.errors import Reason, Refused
from protocol.known import KnownTeacher
from protocol.reading import text_of

KIND: Final = issuing.VERIFICATION
MAX_REASON_CHARACTERS = 1000
EMPTIED_AT_ONCE = 200


async def find_known(reader: Reader, asked: str) -> KnownTeacher | None:
    """The request with this id."""
    row = await teachers.find_asked(reader, asked)
    return None if row is None else KnownTeacher(row.asked, row.actor, row.state)


async def perform(
    context: Context, transaction: Transaction, effect: QueueTeacher | ForgetTeacher
) -> None:
    """One effect of `protocol.intake_verifications` at a hub."""
    now_ms = context.now_ms()
    if isinstance(effect, QueueTeacher):
        person = text_of(effect.person, "id")
        waiting = Teacher(
            number=0,
            asked=effect.asked,
            person=person,
            origin=names.origin(person),
            actor=effect.actor,
            document=effect.person,
            note=effect.note,
            language=effect.language,
            state="waiting",
            asked_ms=int(effect.at.timestamp() * 1000),
            since_ms=now_ms,
        )
        await teachers.add(transaction, waiting)
        return
    row = await teachers.find_asked(transaction, effect.asked)
    if row is None:
        return
    await issued.revoke_of_subject(transaction, KIND, row.person, now_ms, "")
    await teachers.close_of_person(transaction, row.person, 0, now_ms)


async def verify(context: Context, by: By, number: int) -> None:
    """State that somebody works at the school that asks.

    Refuses with NOT_FOUND, and CONFLICT what is decided, or where the school is not accredited now.
    """
    trust.require_hub(context)
    require_officer(by)
    async with context.database.write() as transaction:
        row = await _get(transaction, number, "waiting")
        admission = await admissions.find_accredited(transaction, row.origin)
        admitted = await approvals.is_accredited(context, transaction, row.actor)
        if admission is None or not admitted:
            raise Refused(Reason.CONFLICT, "This school is not accredited at present.")
        teacher = credentials.Teacher(
            row.person,
            text_of(row.document, "name"),
            row.actor,
            text_of(admission.school, "name"),
        )
        days = context.settings.hub.verification_days
        place, credential = await issuing.issue(
            context,
            transaction,
            KIND,
            row.person,
            lambda envelope: credentials.verification(envelope, teacher),
            context.now_ms() + days * sign_in.DAY_MS,
        )
        said = publish.saying(context, names.service_actor_id(context.base))
        answer = activities.verify(
            said, row.asked, to=row.actor, person=row.person, credential=credential
        )
        await publish.say(context, transaction, answer)
        decided = replace(
            row,
            state="verified",
            since_ms=context.now_ms(),
            decided_by=name_of(by),
            issued=place,
        )
        await teachers.put_state(transaction, decided)
        # A renewal takes the place of what was stated before.
        await teachers.close_of_person(transaction, row.person, number, context.now_ms())
    context.wake.notify(publish.TOPIC)


async def refuse(context: Context, by: By, number: int, reason: str, language: str) -> None:
    """Do not verify, and say why. Refuses with NOT_FOUND, BAD_INPUT, CONFLICT what is decided."""
    trust.require_hub(context)
    require_officer(by)
    _check(reason)
    async with context.database.write() as transaction:
        row = await _get(transaction, number, "waiting")
        decided = replace(row, state="refused", reason=reason.strip(), reason_language=language)
        await _tell(context, transaction, by, decided)
    context.wake.notify(publish.TOPIC)


async def revoke(context: Context, by: By, number: int, reason: str, language: str) -> None:
    """Verify no more, and say why. Refuses with NOT_FOUND, BAD_INPUT, CONFLICT what is not stated.

    Everything that was ever stated about this person ends with it.
    """
    trust.require_hub(context)
    require_officer(by)
    _check(reason)
    async with context.database.write() as transaction:
        row = await _get(transaction, number, "verified")
        now_ms = context.now_ms()
        await issued.revoke_of_subject(transaction, KIND, row.person, now_ms, reason.strip())
        decided = replace(row, state="revoked", reason=reason.strip(), reason_language=language)
        await _tell(context, transaction, by, decided)
    context.wake.notify(publish.TOPIC)


async def drop_over(context: Context) -> None:
    """Empty what schools sent with requests that were decided or taken back long enough ago."""
    decided_ms = context.now_ms() - context.settings.hub.documents_days * sign_in.DAY_MS
    while True:
        async with context.database.read() as reader:
            if not await teachers.is_any_over(reader, decided_ms):
                return
        async with context.database.write_small() as transaction:
            await teachers.drop_words(transaction, decided_ms, EMPTIED_AT_ONCE)
            transaction.wipe()


async def _tell(context: Context, transaction: Transaction, by: By, decided: Teacher) -> None:
    said = publish.saying(context, names.service_actor_id(context.base))
    answer = activities.disprove(
        said,
        decided.asked,
        to=decided.actor,
        person=decided.person,
        reason=decided.reason,
        language=decided.reason_language,
    )
    await publish.say(context, transaction, answer)
    told = replace(decided, since_ms=context.now_ms(), decided_by=name_of(by))
    await teachers.put_state(transaction, told)


async def _get(reader: Reader, number: int, state: str) -> Teacher:
    row = await teachers.find(reader, number)
    if row is None:
        raise Refused(Reason.NOT_FOUND, "Nobody asked about this teacher.")
    if row.state != state:
        raise Refused(Reason.CONFLICT, f"This request is {row.state} already.")
    return row


def _check(reason: str) -> None:
    if not 1 <= len(reason.strip()) <= MAX_REASON_CHARACTERS:
        raise Refused(
            Reason.BAD_INPUT,
            f"Say why, in at most {MAX_REASON_CHARACTERS} characters.",
            field="reason",
        )
