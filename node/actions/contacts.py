"""Contacts: mutual, by an offer with a note and one of three ready answers; blocking is silent.

An offer lapses after 30 days, with one reminder on the page of whoever was asked; a teacher has at
most ten open offers. Two people of one school need no letter: both see the same row.
"""

from dataclasses import replace
from typing import Literal

from node.actions import publish
from node.actions.context import Context
from node.actions.follow import get_actor
from node.actions.matter import contact_of
from node.storage import contacts, follows
from node.storage.accounts import Account
from node.storage.contacts import Contact
from node.storage.database import Reader, Transaction
from protocol import activities, names
from protocol.activities import Said
from protocol.errors import Reason, Refused
from protocol.intake_contacts import (
    LAPSES_AFTER,
    MAX_OPEN_OFFERS,
    REMINDS_AFTER,
    answer_that_stands,
)

Answer = Literal["yes", "not_now", "no"]
MAX_NOTE_CHARACTERS = 1000
LAPSE_MS = int(LAPSES_AFTER.total_seconds() * 1000)
REMIND_MS = int(REMINDS_AFTER.total_seconds() * 1000)


async def offer(
    context: Context, account: Account, other: str, note: str, language: str = ""
) -> str:
    """Offer somebody to become contacts; the offer's id.

    Refuses with NOT_FOUND, BAD_INPUT (oneself, no note, a note over 1,000 characters), CONFLICT
    (contacts or an open offer already), ALREADY_ANSWERED (the answer was no),
    TOO_MANY_REQUESTS (it was not now, less than 30 days ago), TOO_MANY_ITEMS (ten open
    offers), BLOCKED (by oneself).
    """
    note = note.strip()
    if other == account.actor:
        raise Refused(Reason.BAD_INPUT, "You cannot be your own contact.")
    if not note or len(note) > MAX_NOTE_CHARACTERS:
        raise Refused(
            Reason.BAD_INPUT,
            f"Write a note of 1 to {MAX_NOTE_CHARACTERS} characters.",
            field="note",
        )
    language = language or account.language
    async with context.database.write() as transaction:
        stored = await get_actor(transaction, other)
        if stored.document.get("type") != "Person":
            raise Refused(Reason.BAD_INPUT, "Only people become contacts.")
        if await follows.is_blocked(transaction, account.actor, other):
            raise Refused(Reason.BLOCKED, "You have blocked this person; lift the block first.")
        known = await contacts.find_pair(transaction, account.actor, other)
        if known is not None and known.state in {"contacts", "offered"}:
            raise Refused(Reason.CONFLICT, "You are contacts, or an offer is open already.")
        if known is not None:
            _require_askable(context, account, known)
        if await contacts.count_open_offers(transaction, account.actor) >= MAX_OPEN_OFFERS:
            raise Refused(
                Reason.TOO_MANY_ITEMS,
                f"You have {MAX_OPEN_OFFERS} open offers; wait for answers or withdraw one.",
            )
        said = publish.saying(context, account.actor)
        if not stored.local:
            activity = activities.offer_contact(said, other, note=note, language=language)
            await publish.say(context, transaction, activity)
        now_ms = context.now_ms()
        if not stored.local or not await follows.is_blocked(transaction, other, account.actor):
            await contacts.put(
                transaction,
                Contact(
                    said.url,
                    account.actor,
                    other,
                    "offered",
                    note,
                    language,
                    "",
                    now_ms,
                    now_ms,
                    None,
                    None,
                ),
            )
    context.wake.notify(publish.TOPIC)
    return said.url


async def answer(
    context: Context, account: Account, offer_id: str, chosen: Answer, note: str = ""
) -> None:
    """Answer an offer with yes, not now, or no.

    Refuses with NOT_FOUND, ALREADY_ANSWERED, LAPSED.
    """
    async with context.database.write() as transaction:
        known = await _get(transaction, account, offer_id)
        if known.offered != account.actor:
            raise Refused(Reason.NOT_ALLOWED, "Only the person who was asked answers.")
        if known.state == "lapsed" or _has_lapsed(context, known):
            raise Refused(Reason.LAPSED, "This offer has lapsed; you can make one yourself.")
        if known.state != "offered":
            raise Refused(Reason.ALREADY_ANSWERED, "This offer has its answer.")
        said = publish.saying(context, account.actor)
        await _tell_answer(context, transaction, said, known, chosen, note.strip())
        await contacts.put(
            transaction,
            replace(
                known,
                state="contacts" if chosen == "yes" else chosen,
                answer_note=note.strip(),
                changed_ms=context.now_ms(),
                acceptance=said.url if chosen == "yes" else None,
            ),
        )
    context.wake.notify(publish.TOPIC)


async def withdraw(context: Context, account: Account, offer_id: str) -> None:
    """Take back one's own open offer. Refuses with NOT_FOUND, ALREADY_ANSWERED."""
    async with context.database.write() as transaction:
        known = await _get(transaction, account, offer_id)
        if known.offerer != account.actor:
            raise Refused(Reason.NOT_ALLOWED, "Only the person who made an offer withdraws it.")
        if known.state != "offered":
            raise Refused(Reason.ALREADY_ANSWERED, "This offer has its answer.")
        await _undo(context, transaction, account, known, offer_id)
        await contacts.put(
            transaction, replace(known, state="withdrawn", changed_ms=context.now_ms())
        )
    context.wake.notify(publish.TOPIC)


async def end(context: Context, account: Account, offer_id: str) -> None:
    """Be contacts no more; the other is told, without a reason."""
    async with context.database.write() as transaction:
        known = await _get(transaction, account, offer_id)
        if known.state != "contacts":
            raise Refused(Reason.CONFLICT, "You are no contacts.")
        own = known.offer if known.offerer == account.actor else known.acceptance
        await _undo(context, transaction, account, known, own or known.offer)
        await contacts.put(transaction, replace(known, state="ended", changed_ms=context.now_ms()))
    context.wake.notify(publish.TOPIC)


async def block(context: Context, account: Account, actor: str) -> None:
    """Hear nothing of somebody any more. Nobody is told."""
    if actor == account.actor:
        raise Refused(Reason.BAD_INPUT, "You cannot block yourself.")
    async with context.database.write() as transaction:
        await get_actor(transaction, actor)
        await follows.put_block(transaction, account.actor, actor, context.now_ms())


async def unblock(context: Context, account: Account, actor: str) -> None:
    """Lift one's own block."""
    async with context.database.write() as transaction:
        await follows.drop_block(transaction, account.actor, actor)


async def let_lapse(context: Context) -> int | None:
    """Offers older than 30 days lapse. A worker's step; looks again within an hour."""
    now_ms = context.now_ms()
    async with context.database.read() as reader:
        old = await contacts.list_offered_before(reader, now_ms - LAPSE_MS)
    if old:
        async with context.database.write() as transaction:
            for one in old:
                current = await contacts.find(transaction, one.offer)
                if current is not None and current.state == "offered":
                    await contacts.put(
                        transaction, replace(current, state="lapsed", changed_ms=now_ms)
                    )
    return now_ms + 3_600_000


def is_to_be_reminded(contact: Contact, now_ms: int) -> bool:
    """Whether the one reminder is due: once, some days before an offer lapses."""
    return contact.state == "offered" and now_ms - contact.offered_ms > REMIND_MS


def _require_askable(context: Context, account: Account, known: Contact) -> None:
    """The other node would take a further offer in silence, and nobody would ever see it."""
    match answer_that_stands(contact_of(known), account.actor, context.now()):
        case "no":
            raise Refused(
                Reason.ALREADY_ANSWERED, "The answer was no; the other may offer you a contact."
            )
        case "not_now":
            raise Refused(
                Reason.TOO_MANY_REQUESTS,
                "The answer was not now; offer again 30 days after it.",
            )
        case None:
            return


def _has_lapsed(context: Context, contact: Contact) -> bool:
    return context.now_ms() - contact.offered_ms > LAPSE_MS


async def _get(reader: Reader, account: Account, offer_id: str) -> Contact:
    known = await contacts.find(reader, offer_id)
    if known is None or account.actor not in {known.offerer, known.offered}:
        raise Refused(Reason.NOT_FOUND, "There is no such offer.")
    return known


async def _undo(
    context: Context, transaction: Transaction, account: Account, known: Contact, undone: str
) -> None:
    other = known.other(account.actor)
    if not names.same_origin(other, context.base):
        said = publish.saying(context, account.actor)
        await publish.say(context, transaction, activities.undo(said, undone, to=other))


async def _tell_answer(
    context: Context,
    transaction: Transaction,
    said: Said,
    known: Contact,
    chosen: Answer,
    note: str,
) -> None:
    if names.same_origin(known.offerer, context.base):
        return
    if chosen == "yes":
        told = activities.accept(said, known.offer, to=known.offerer)
    else:
        told = activities.reject(
            said,
            known.offer,
            to=known.offerer,
            answer=chosen,
            note=note,
            language=known.language if note else "",
        )
    await publish.say(context, transaction, told)
