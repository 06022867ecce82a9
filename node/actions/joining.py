"""A further school joins a running project: invited by a founder, then it accepts or declines.

The founder's teacher invites a contact. When that teacher accepts, the founder's node asks the
steward in its own log to admit the school; from then on every member's node knows it and tells it
everything. The invited school's node opens its replica when it accepts, with the genesis that came
with the invitation, so that founders can bring it the rest.
"""

from dataclasses import replace
from datetime import datetime

import msgspec

from node.actions import absorb, duties, identity, publish, replica
from node.actions.context import Context
from node.storage import (
    contacts,
    cursors,
    foundings,
    joinings,
    keys,
    meta,
    objects,
    operations,
    partners,
    spaces,
)
from node.storage.accounts import Account
from node.storage.database import Reader, Transaction
from node.storage.joinings import Joining
from node.storage.partners import Partner
from node.storage.spaces import Space
from protocol import activities, names
from protocol.canonical import JSONObject
from protocol.effects import ChangeJoining, ProposeSchool, PutInvitation
from protocol.errors import Reason, Refused
from protocol.intake_joining import LAPSE
from protocol.space import consent, operation, writing
from protocol.space.genesis import Founder, open_genesis
from protocol.space.vocabulary import Arguments

MAX_NOTE_CHARACTERS = 1000
LAPSE_MS = int(LAPSE.total_seconds() * 1000)
FIRST_ASK_MS = 60_000
"""When the invited node asks by itself, should nobody have brought it the space by then."""


async def invite(
    context: Context, account: Account, project: str, other: str, *, note: str = ""
) -> None:
    """Invite a contact and his school into a running project.

    Refuses with NOT_FOUND whoever does not found it, NOT_ALLOWED whoever is no contact, NOT_PARTNER
    a school whose node is not approved, READ_ONLY a space that is closed, CONFLICT a school that is
    in it or was asked already, BAD_INPUT a note over 1,000 characters.
    """
    note = _read_note(note)
    async with context.database.write() as transaction:
        space = await require_founded(transaction, account, project)
        if space.state.limit is not None or not space.is_member:
            raise Refused(Reason.READ_ONLY, "The project is closed or archived; nobody joins it.")
        partner = await _find_school(transaction, account, other)
        if partner.node in space.state.members:
            raise Refused(Reason.CONFLICT, "This school is in the project already.")
        for one in await joinings.list_of_project(transaction, project):
            if one.node == partner.node and one.state in {"invited", "accepted"}:
                raise Refused(Reason.CONFLICT, "This school was invited already.")
        document = await objects.find(transaction, project)
        if document is None:
            raise Refused(Reason.NOT_FOUND, "There is no such project.")
        genesis = operation.to_json(await operations.get(transaction, space.id, space.id))
        signer = await replica.get_admitted_signer(context, transaction, space)
        signature = consent.sign_invitation(space.id, partner.node, partner.actor, signer)
        said = publish.saying(context, account.actor)
        activity = activities.invite_school(
            said,
            document.document,
            to=other,
            genesis=genesis,
            settled=space.settled,
            invitation=signature,
            note=note,
            language=account.language,
        )
        await publish.say(context, transaction, activity)
        joining = Joining(
            invite=said.url,
            project=project,
            space=space.id,
            inviter=account.actor,
            invited=other,
            state="invited",
            node=partner.node,
            actor=partner.actor,
            signature=signature,
            genesis=_text(genesis),
            document=_text(document.document),
            note=note,
            language=account.language,
            answer_note="",
            invited_ms=context.now_ms(),
            since_ms=context.now_ms(),
            settled=space.settled,
        )
        await joinings.put(transaction, joining)
    context.wake.notify(publish.TOPIC)


async def withdraw(context: Context, account: Account, invitation: str) -> None:
    """Take an invitation back that has no answer yet.

    Refuses with NOT_FOUND others' invitations, ALREADY_ANSWERED.
    """
    async with context.database.write() as transaction:
        joining = await joinings.find(transaction, invitation)
        if joining is None:
            raise Refused(Reason.NOT_FOUND, "There is no such invitation.")
        await require_founded(transaction, account, joining.project)
        if joining.inviter != account.actor:
            raise Refused(Reason.NOT_ALLOWED, "Only who invited takes the invitation back.")
        if joining.state != "invited":
            raise Refused(Reason.ALREADY_ANSWERED, "This invitation has its answer.")
        said = publish.saying(context, account.actor)
        told = activities.undo(said, joining.invite, to=joining.invited)
        await publish.say(context, transaction, told)
        await joinings.put_state(transaction, joining.invite, "withdrawn", context.now_ms())
    context.wake.notify(publish.TOPIC)


async def accept(context: Context, account: Account, project: str) -> None:
    """Join with one's school; the space opens when the project's schools have let it in.

    Refuses with NOT_FOUND whoever was not invited, ALREADY_ANSWERED, LAPSED.
    """
    async with context.database.write() as transaction:
        joining = await get_open(context, transaction, account, project)
        entry = await _make_entry(context, transaction, joining)
        signer = await replica.get_signer(context, transaction, replica.space_key_id(project))
        said = publish.saying(context, account.actor)
        activity = activities.join(
            said,
            project,
            to=joining.inviter,
            invite=joining.invite,
            member=entry,
            acceptance=consent.sign_acceptance(joining.space, entry, signer),
        )
        await publish.say(context, transaction, activity)
        await joinings.put_state(transaction, joining.invite, "accepted", context.now_ms())
        kept = await spaces.find(transaction, joining.space)
        if kept is not None and kept.ended == "archive":
            key_id = replica.space_key_id(project)
            await spaces.put_project(transaction, joining.space, project, key_id)
            # What a file called settled is a stranger's word; the invitation's is a founder's.
            awaited = "" if joining.settled == joining.space else joining.settled
            await spaces.put_awaited(transaction, joining.space, awaited)
            await absorb.steer(context, transaction, joining.space)
        if kept is None:
            sent: JSONObject = msgspec.json.decode(joining.genesis)
            genesis = open_genesis(operation.read_json(sent))
            awaited = "" if joining.settled == genesis.space else joining.settled
            await replica.open_replica(
                context, transaction, project, genesis, joining.node, awaited=awaited
            )
        at_ms = context.now_ms() + FIRST_ASK_MS
        await cursors.put_due(transaction, joining.space, context.base, at_ms)
    context.wake.notify(publish.TOPIC)


async def decline(context: Context, account: Account, project: str, note: str = "") -> None:
    """Say no, with a few words if one likes. Refuses as `accept`, and with BAD_INPUT."""
    note = _read_note(note)
    async with context.database.write() as transaction:
        joining = await get_open(context, transaction, account, project)
        activity = activities.reject(
            publish.saying(context, account.actor),
            joining.invite,
            to=joining.inviter,
            answer="no",
            note=note,
            language=account.language if note else "",
        )
        await publish.say(context, transaction, activity)
        await joinings.put(
            transaction,
            replace(joining, state="declined", answer_note=note, since_ms=context.now_ms()),
        )
    context.wake.notify(publish.TOPIC)


async def let_lapse(context: Context) -> None:
    """Invitations older than 30 days lapse, at both schools by their own clocks."""
    now_ms = context.now_ms()
    async with context.database.read() as reader:
        old = await joinings.list_invited_before(reader, now_ms - LAPSE_MS)
    if old:
        async with context.database.write() as transaction:
            for one in old:
                await joinings.put_state(transaction, one.invite, "lapsed", now_ms)


async def require_founded(reader: Reader, account: Account, project: str) -> Space:
    """The space of a project that this person founds. Refuses with NOT_FOUND everybody else."""
    founding = await foundings.find_of_project(reader, project)
    space = await spaces.find_of_project(reader, project)
    if (
        founding is None
        or space is None
        or founding.state != "active"
        or account.actor not in {founding.founder, founding.co_founder}
        or account.state != "active"
    ):
        raise Refused(Reason.NOT_FOUND, "You found no such project.")
    return space


async def get_open(context: Context, reader: Reader, account: Account, project: str) -> Joining:
    """The invitation that this person can answer. Refuses as `accept` does."""
    joining = await joinings.find_here(reader, project, context.base)
    if joining is None or joining.invited != account.actor:
        raise Refused(Reason.NOT_FOUND, "There is no such project.")
    if joining.state == "lapsed" or (
        joining.state == "invited" and context.now_ms() - joining.invited_ms > LAPSE_MS
    ):
        raise Refused(Reason.LAPSED, "This invitation has lapsed; ask for a new one.")
    if joining.state != "invited":
        raise Refused(Reason.ALREADY_ANSWERED, "This invitation has its answer, or was withdrawn.")
    return joining


# What letters of other schools lead to: called by `perform`, in the transaction of their cause.


async def keep_invitation(transaction: Transaction, effect: PutInvitation) -> None:
    at_ms = _ms(effect.at)
    await joinings.put(
        transaction,
        Joining(
            invite=effect.invite,
            project=effect.project,
            space=effect.genesis.space,
            inviter=effect.inviter,
            invited=effect.invited,
            state="invited",
            node=effect.node,
            actor=effect.actor,
            signature=effect.signature,
            genesis=_text(operation.to_json(effect.genesis.operation)),
            document=_text(effect.document),
            note=effect.note,
            language=effect.language,
            answer_note="",
            invited_ms=at_ms,
            since_ms=at_ms,
            settled=effect.settled,
        ),
    )


async def change(transaction: Transaction, effect: ChangeJoining) -> None:
    joining = await joinings.find(transaction, effect.invite)
    # The steward may have admitted the school in this very transaction.
    if joining is None or joining.state == "member":
        return
    note = effect.note or joining.answer_note
    await joinings.put(
        transaction,
        replace(joining, state=effect.state, answer_note=note, since_ms=_ms(effect.at)),
    )


async def propose(context: Context, transaction: Transaction, effect: ProposeSchool) -> None:
    """Ask the steward to admit the school; where this node is the steward, it does so at once."""
    joining = await joinings.find(transaction, effect.invite)
    space = None if joining is None else await spaces.find(transaction, joining.space)
    if joining is None or space is None:
        raise Refused(Reason.NOT_FOUND, "the space of this project is not here any more")
    name = publish.new_name(context)
    args: Arguments = {
        "kind": "admit",
        **effect.candidate.as_json(),
        "invite": joining.signature,
        "acceptance": effect.acceptance,
    }
    await joinings.put_state(transaction, joining.invite, "accepted", context.now_ms())
    await replica.append(
        context, transaction, space, lambda place: writing.propose(place, name, args), None
    )
    await duties.attend(context, transaction, space.id)


async def end_membership(transaction: Transaction, project: str, at_ms: int) -> None:
    """A founder removed this school: what is here stays, and nothing more will come."""
    space = await spaces.find_of_project(transaction, project)
    if space is None or space.ended:
        return
    await spaces.put_ended(transaction, space.id, "removed", at_ms)
    for one in await joinings.list_of_project(transaction, project):
        if one.node == space.node and one.state in {"accepted", "member"}:
            await joinings.put_state(transaction, one.invite, "over", at_ms)


async def _find_school(reader: Reader, account: Account, other: str) -> Partner:
    """The node of a contact. Refuses with NOT_ALLOWED, NOT_PARTNER, BAD_INPUT."""
    known = await contacts.find_pair(reader, account.actor, other)
    if known is None or known.state != "contacts":
        raise Refused(Reason.NOT_ALLOWED, "Invite one of your contacts.")
    partner = await partners.find(reader, names.origin(other))
    if partner is None or partner.state != "approved":
        raise Refused(
            Reason.NOT_PARTNER, "That school's server is no approved partner of ours at present."
        )
    return partner


async def _make_entry(context: Context, transaction: Transaction, joining: Joining) -> Founder:
    """This school's entry for the space. A key that was admitted once may have been cut, and stays
    cut; one that never was is kept however often the school is invited: two keys for one log,
    admitted on two branches of the control log, would keep replicas apart."""
    key_id = replica.space_key_id(joining.project)
    node = await meta.get(transaction, "node")
    earlier = await keys.list_of_actor(transaction, key_id)
    space = await spaces.find_of_project(transaction, joining.project)
    admitted = {key for _, key in space.state.keys.get(node, ())} if space is not None else set()
    if earlier and earlier[-1].public not in admitted:
        public = earlier[-1].public
    else:
        fresh = f"{key_id}#{len(earlier) + 1}" if earlier else key_id
        public = (await identity.make_key(context, transaction, key_id, fresh)).multikey
    return Founder(node, names.service_actor_id(context.base), public)


def _read_note(note: str) -> str:
    note = note.strip()
    if len(note) > MAX_NOTE_CHARACTERS:
        raise Refused(
            Reason.BAD_INPUT, f"Write at most {MAX_NOTE_CHARACTERS} characters.", field="note"
        )
    return note


def _text(value: JSONObject) -> str:
    return msgspec.json.encode(value).decode()


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
