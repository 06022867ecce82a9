"""At a school: its hub is asked to verify teachers, and what it states goes into their profiles.

A teacher wishes it, or an administrator thinks of it; an administrator's click asks.
"""

from dataclasses import replace

from node.actions import actors, approvals, publish
from node.actions.context import Context
from node.actions.permission import By, require_active, require_admin
from node.clock import moment
from node.storage import objects, verifications
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.verifications import Verification
from protocol import activities, names
from protocol.effects_verifications import KeepVerification
from protocol.errors import Reason, Refused
from protocol.known import KnownVerification

MAX_NOTE_CHARACTERS = 1000
_OVER = frozenset({"refused", "revoked", "withdrawn"})


async def wish(context: Context, account: Account) -> None:
    """A teacher asks the administrators to have the hub verify her or him.

    Refuses with NOT_FOUND where no hub accredits this school, CONFLICT what is asked already.
    """
    require_active(account)
    async with context.database.write() as transaction:
        hub = await _get_hub(transaction)
        known = await verifications.find(transaction, account.actor)
        if known is not None and known.state not in _OVER:
            raise Refused(Reason.CONFLICT, "This is asked for already.")
        row = Verification(account.actor, "wished", hub, "", context.now_ms())
        await verifications.put(transaction, _keeping(row, known))


async def ask(context: Context, by: By, account: Account, note: str, language: str) -> None:
    """Ask the hub to verify somebody of this school; `note` says what shows it.

    Asked anew of somebody verified, it is a renewal. Refuses with NOT_FOUND where no hub accredits
    this school, BAD_INPUT, CONFLICT while the hub has not answered.
    """
    require_admin(by)
    require_active(account)
    note = note.strip()
    if len(note) > MAX_NOTE_CHARACTERS:
        raise Refused(
            Reason.BAD_INPUT, f"Write at most {MAX_NOTE_CHARACTERS} characters.", field="note"
        )
    async with context.database.write() as transaction:
        hub = await _get_hub(transaction)
        known = await verifications.find(transaction, account.actor)
        if known is not None and known.state == "waiting":
            raise Refused(Reason.CONFLICT, "The hub has not answered yet.")
        stored = await objects.find(transaction, account.actor)
        if stored is None or stored.buried:
            raise Refused(Reason.NOT_FOUND, "This person is no longer here.")
        said = publish.saying(context, names.service_actor_id(context.base))
        activity = activities.offer_verification(
            said, stored.document, to=hub, note=note, language=language
        )
        await publish.say(context, transaction, activity)
        row = Verification(account.actor, "waiting", hub, said.url, context.now_ms())
        await verifications.put(transaction, _keeping(row, known))
    context.wake.notify(publish.TOPIC)


async def withdraw(context: Context, by: By, account: Account) -> None:
    """Ask no more, or give back what the hub stated. Refuses with NOT_FOUND where nothing is."""
    require_admin(by)
    async with context.database.write() as transaction:
        known = await verifications.find(transaction, account.actor)
        if known is None or _is_over(known):
            raise Refused(Reason.NOT_FOUND, "There is nothing to take back.")
        await give_up(context, transaction, account.actor)
    context.wake.notify(publish.TOPIC)


async def give_up(context: Context, transaction: Transaction, person: str) -> None:
    """Somebody leaves, or is not to be verified: the hub need not look, and ends what it stated."""
    known = await verifications.find(transaction, person)
    if known is None or _is_over(known):
        return
    open_ones = {known.held} | ({known.asked} if known.state not in _OVER else set())
    for asked in sorted(open_ones - {""}):
        said = publish.saying(context, names.service_actor_id(context.base))
        await publish.say(context, transaction, activities.undo(said, asked, to=known.hub))
    over = replace(
        known, state="withdrawn", since_ms=context.now_ms(), credential=None, held="", held_ms=0
    )
    await verifications.put(transaction, over)
    if known.credential is not None:
        await _rewrite(context, transaction, person)


async def find_known(reader: Reader, asked: str) -> KnownVerification | None:
    """What the hub was asked with this Offer."""
    row = await verifications.find_asked(reader, asked)
    if row is None:
        return None
    if asked == row.held and asked != row.asked:
        return KnownVerification(row.held, row.hub, row.person, "verified", moment(row.held_ms))
    if row.state == "wished":
        return None
    return KnownVerification(row.asked, row.hub, row.person, row.state, moment(row.since_ms))


async def perform(context: Context, transaction: Transaction, effect: KeepVerification) -> None:
    """Keep what the hub answered; the profile says it from now on, or says it no more."""
    known = await verifications.find(transaction, effect.person)
    if known is None:
        return
    row = known
    at_ms = int(effect.at.timestamp() * 1000)
    if effect.asked == known.asked or (effect.state == "revoked" and known.state in _OVER):
        row = replace(
            row,
            state=effect.state,
            since_ms=at_ms,
            reason=effect.reason,
            language=effect.language,
        )
    if effect.state == "verified":
        row = replace(row, credential=effect.credential, held=effect.asked, held_ms=at_ms)
    elif effect.state == "revoked":
        row = replace(row, credential=None, held="", held_ms=0)
    # A renewal that is refused leaves what was stated before.
    await verifications.put(transaction, row)
    if row.credential != known.credential:
        await _rewrite(context, transaction, effect.person)


def _is_over(known: Verification) -> bool:
    """Whether the hub neither looks nor states anything."""
    return known.state in _OVER and not known.held


def _keeping(row: Verification, known: Verification | None) -> Verification:
    """Whatever was stated goes on to stand while something new is asked."""
    if known is None:
        return row
    return replace(row, credential=known.credential, held=known.held, held_ms=known.held_ms)


async def _rewrite(context: Context, transaction: Transaction, person: str) -> None:
    stored = await objects.find(transaction, person)
    if stored is None or stored.buried:
        return
    handle = person.rpartition("/")[2]
    profile = actors.profile_of(stored.document)
    document = await actors.put_person(context, transaction, handle, profile)
    await actors.announce(context, transaction, document)


async def _get_hub(reader: Reader) -> str:
    hub = await approvals.find_own_hub(reader)
    if not hub:
        raise Refused(Reason.NOT_FOUND, "No hub accredits this school at present.")
    return hub
