"""Performs what `protocol.intake` decided: each effect inside the transaction of its cause."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from node.actions import (
    approvals,
    escalations,
    found,
    joining,
    known_actors,
    listing,
    project_card,
    publish,
    reports,
    teachers,
    verification,
    verified,
)
from node.actions.context import Context
from node.clock import unstamp
from node.storage import actor_keys, contacts, feed, follows, foundings, messages, objects, partners
from node.storage.contacts import Contact
from node.storage.database import Transaction
from node.storage.feed import FeedItem
from node.storage.follows import FollowRow
from node.storage.foundings import Founding
from node.storage.messages import Message
from node.storage.objects import StoredDocument
from protocol import activities, names
from protocol.effects import (
    AnswerFollow,
    BuryObject,
    ChangeFounder,
    ChangeJoining,
    ChangeProject,
    DropFollow,
    Effect,
    EndMembership,
    FoundSpace,
    JoinSpace,
    Nothing,
    ProposeSchool,
    PutContact,
    PutFeedItem,
    PutFollow,
    PutInvitation,
    PutMessage,
    PutObject,
    PutProjectOffer,
    RecordConflict,
)
from protocol.effects_approvals import (
    ApprovalEffect,
    AwaitApprovals,
    DropRequest,
    PassApproval,
    PutApproval,
    PutRequest,
)
from protocol.effects_reports import AnswerReport, PutReport, QueueEscalation
from protocol.effects_verifications import (
    ForgetTeacher,
    KeepVerification,
    QueueTeacher,
    VerificationEffect,
)
from protocol.reading import ACTOR_TYPES, optional_text_of, present_key_of, text_of

ProjectEffect = (
    PutProjectOffer
    | ChangeProject
    | FoundSpace
    | JoinSpace
    | PutInvitation
    | ChangeJoining
    | ProposeSchool
    | EndMembership
    | ChangeFounder
    | ApprovalEffect
    | VerificationEffect
)
_GIVES_WORK = (
    AnswerFollow
    | ChangeProject
    | FoundSpace
    | JoinSpace
    | ProposeSchool
    | ApprovalEffect
    | KeepVerification
)


def tell(context: Context, effects: list[Effect]) -> None:
    """Wake the workers that the effects gave work to."""
    if any(isinstance(effect, _GIVES_WORK) for effect in effects):
        context.wake.notify(publish.TOPIC)
        context.wake.notify(found.TOPIC)


async def perform(context: Context, transaction: Transaction, effect: Effect) -> None:
    """One effect."""
    match effect:
        case PutObject() | BuryObject() | RecordConflict():
            await _perform_object(context, transaction, effect)
        case PutFollow(id_, follower, followed, state):
            row = FollowRow(id_, follower, followed, state, context.now_ms())
            await follows.put(transaction, row)
        case DropFollow(_, follower, followed):
            await follows.drop(transaction, follower, followed)
        case AnswerFollow(id_, follower, followed):
            accept = activities.accept(publish.saying(context, followed), id_, to=follower)
            await publish.say(context, transaction, accept)
        case PutFeedItem(id_, author, at):
            await feed.put(transaction, FeedItem(id_, author, _ms(at)))
        case PutMessage():
            await _put_message(transaction, effect)
        case PutContact():
            await _put_contact(transaction, effect)
        case PutReport() | AnswerReport():
            await reports.perform(transaction, effect)
        case QueueEscalation():
            await escalations.perform(context, transaction, effect)
        case Nothing():
            pass
        case _:
            await _perform_project(context, transaction, effect)


async def _perform_project(
    context: Context, transaction: Transaction, effect: ProjectEffect
) -> None:
    match effect:
        case PutProjectOffer():
            await _put_offer(transaction, effect)
        case ChangeProject():
            await _change_project(transaction, effect)
            if effect.state in {"declined", "withdrawn"}:
                await approvals.give_up(context, transaction, effect.offer)
        case AwaitApprovals() | PutApproval() | PassApproval() | PutRequest() | DropRequest():
            await approvals.perform(context, transaction, effect)
        case QueueTeacher() | ForgetTeacher():
            await teachers.perform(context, transaction, effect)
        case KeepVerification():
            await verification.perform(context, transaction, effect)
        case FoundSpace():
            await found.found_space(context, transaction, effect)
        case JoinSpace():
            await found.join_space(context, transaction, effect)
        case PutInvitation():
            await joining.keep_invitation(transaction, effect)
        case ChangeJoining():
            await joining.change(transaction, effect)
        case ProposeSchool():
            await joining.propose(context, transaction, effect)
        case EndMembership(project, at):
            await joining.end_membership(transaction, project, _ms(at))
        case ChangeFounder(project, before, founder):
            await project_card.change_founder(context, transaction, project, before, founder)
        case other:
            assert_never(other)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


async def _perform_object(
    context: Context,
    transaction: Transaction,
    effect: PutObject | BuryObject | RecordConflict,
) -> None:
    now_ms = context.now_ms()
    if isinstance(effect, RecordConflict):
        await objects.put_conflict(transaction, effect.id, effect.version, effect.document, now_ms)
        return
    buried = isinstance(effect, BuryObject)
    document = effect.tombstone if isinstance(effect, BuryObject) else effect.document
    stored = StoredDocument(
        id=effect.id,
        kind=effect.kind,
        owner=effect.owner,
        origin=names.origin(effect.id),
        version=int(str(document["version"])),
        document=document,
        local=False,
        listed=False,
        buried=buried,
        published_ms=unstamp(text_of(document, "published")),
    )
    await objects.put(transaction, stored, updated_ms=now_ms)
    await listing.put(context, transaction, stored, source=stored.origin)
    if isinstance(effect, BuryObject):
        await feed.drop(transaction, effect.id)
        await messages.drop(transaction, effect.id)
        await actor_keys.revoke_of_actor(transaction, effect.id, now_ms)
        await follows.drop_of_actor(transaction, effect.id)
        await contacts.end_of_actor(transaction, effect.id, now_ms)
    elif document.get("type") in ACTOR_TYPES:
        await known_actors.keep_keys(context, transaction, document)
        await verified.note(context, transaction, document)
        if document.get("type") == "Application":
            await partners.put_public(
                transaction, names.origin(effect.id), present_key_of(document)
            )
            await partners.put_card(
                transaction,
                names.origin(effect.id),
                text_of(document, "name"),
                optional_text_of(document, "country"),
            )


async def _put_message(transaction: Transaction, effect: PutMessage) -> None:
    stored = await objects.find(transaction, effect.id)
    if stored is None:
        return
    await messages.put(
        transaction,
        Message(
            id=effect.id,
            reader=effect.reader,
            other=effect.sender,
            sent=False,
            text=text_of(stored.document, "content"),
            language=text_of(stored.document, "language"),
            at_ms=_ms(effect.at),
            read_ms=None,
        ),
    )


async def _put_contact(transaction: Transaction, effect: PutContact) -> None:
    known = await contacts.find(transaction, effect.offer)
    at_ms = _ms(effect.at)
    if known is None:
        row = Contact(
            effect.offer,
            effect.offerer,
            effect.offered,
            effect.state,
            effect.note,
            effect.language,
            "",
            at_ms,
            at_ms,
            None,
            None,
        )
    else:
        row = replace(
            known,
            state=effect.state,
            answer_note=effect.note or known.answer_note,
            changed_ms=at_ms,
            acceptance=effect.said if effect.state == "contacts" else known.acceptance,
        )
    await contacts.put(transaction, row)


async def _put_offer(transaction: Transaction, effect: PutProjectOffer) -> None:
    at_ms = _ms(effect.at)
    await foundings.put(
        transaction,
        Founding(
            offer=effect.offer,
            project=effect.project,
            founder=effect.founder,
            co_founder=effect.co_founder,
            state="offered",
            waiting_for=effect.co_founder,
            entry=effect.entry,
            salt=effect.salt,
            note=effect.note,
            language=effect.language,
            answer_note="",
            acceptance=None,
            co_founder_entry=None,
            offered_ms=at_ms,
            since_ms=at_ms,
        ),
    )


async def _change_project(transaction: Transaction, effect: ChangeProject) -> None:
    known = await foundings.find(transaction, effect.offer)
    if known is None:
        return
    changed = replace(
        known,
        state=effect.state,
        waiting_for=effect.waiting_for,
        answer_note=effect.note or known.answer_note,
        since_ms=_ms(effect.at),
    )
    await foundings.put(transaction, changed)
