"""An officer's decisions about schools: accredit, refuse, renew, revoke.

Whoever asks could be anybody: before a school is accredited, its key is looked up at its own
address, or was compared by telephone where it cannot be reached. What is stated is a credential
(`protocol.credentials`); what it says about a school is what was asked for and checked.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from node import events
from node.actions import introductions, issuing, known_actors, partners, publish, sign_in, trust
from node.actions.context import Context
from node.actions.permission import By, name_of, require_officer
from node.storage import accreditations, actor_keys, admissions, deliveries, issued, teachers
from node.storage import partners as partner_rows
from node.storage.accreditations import Presented
from node.storage.admissions import Admission
from node.storage.database import Reader, Transaction
from node.storage.membership import AdmissionState
from node.storage.partners import Partner
from protocol import credentials, documents, names
from protocol.credentials import School
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey, fingerprint
from protocol.reading import keys_of, optional_text_of, text_of, whole_of

KIND: Final = issuing.ACCREDITATION
MAX_REASON_CHARACTERS = 1000


def key_of(admission: Admission) -> str:
    """The key with which the asking node signed its own document."""
    return keys_of(admission.document)[documents.signer_of(admission.document)]


async def accredit(
    context: Context, by: By, id_: str, *, compared: str = "", days: int | None = None
) -> None:
    """State that the school that asked is one, for `days` (else as the settings say).

    `compared` is the fingerprint as the school read it out; with it a node that cannot be reached
    is accredited too. Refuses with NOT_FOUND, CONFLICT what is decided, BAD_KEY where another node
    answers at that address, UNREACHABLE, BAD_ANSWER, BLOCKED.
    """
    trust.require_hub(context)
    require_officer(by)
    admission = await get(context, id_)
    await _check_key(context, admission, compared)
    now_ms = context.now_ms()
    async with context.database.write() as transaction:
        current = await get_in(transaction, id_)
        if current.state != "waiting" or current.document != admission.document:
            raise Refused(Reason.CONFLICT, "This request was changed or decided meanwhile.")
        current = replace(current, state="accredited", since_ms=now_ms, decided_by=name_of(by))
        opened = known_actors.open_actor(current.document, context)
        # A node that was set up anew at this address has nothing to do with the keys before.
        await known_actors.keep_instead(context, transaction, opened, None)
        await state(context, transaction, current, _until_ms(context, days), key_of(current))
    _tell(context, id_, "accredited")


async def refuse(context: Context, by: By, id_: str, reason: str, language: str) -> None:
    """Do not accredit, and say why. Refuses with NOT_FOUND, BAD_INPUT, CONFLICT."""
    await _close(context, by, id_, "waiting", "refused", reason, language)


async def renew(context: Context, by: By, id_: str, *, days: int | None = None) -> None:
    """State it anew, from today on. Refuses with NOT_FOUND, and CONFLICT what is not accredited."""
    trust.require_hub(context)
    require_officer(by)
    async with context.database.write() as transaction:
        admission = await get_in(transaction, id_)
        if admission.state != "accredited":
            raise Refused(Reason.CONFLICT, "This school is not accredited at present.")
        renewed = replace(admission, decided_by=name_of(by))
        key = await current_key(transaction, renewed)
        await state(context, transaction, renewed, _until_ms(context, days), key)
    _tell(context, id_, "accredited")


async def revoke(context: Context, by: By, id_: str, reason: str, language: str) -> None:
    """Take the accreditation back, and say why: this hub closes at once, others at their next look.

    Refuses with NOT_FOUND, BAD_INPUT without a reason, CONFLICT what is not accredited.
    """
    await _close(context, by, id_, "accredited", "revoked", reason, language)


async def renew_for_key(context: Context, transaction: Transaction, id_: str) -> Admission:
    """The request; its credential stated anew where its node has changed its key since."""
    admission = await get_in(transaction, id_)
    row = None if admission.issued is None else await issued.find(transaction, admission.issued)
    if row is None or admission.state != "accredited":
        return admission
    key = await current_key(transaction, admission)
    if key == credentials.key_of(row.credential):
        return admission
    return await state(context, transaction, admission, row.until_ms, key)


async def get(context: Context, id_: str) -> Admission:
    """A school's request. Refuses with NOT_FOUND."""
    async with context.database.read() as reader:
        return await get_in(reader, id_)


async def get_in(reader: Reader, id_: str) -> Admission:
    """The same, read in a transaction."""
    admission = await admissions.find(reader, id_)
    if admission is None:
        raise Refused(Reason.NOT_FOUND, "No school asked by this name.")
    return admission


def _until_ms(context: Context, days: int | None) -> int:
    asked = context.settings.hub.accreditation_days if days is None else days
    if not 1 <= asked <= 3660:
        raise Refused(Reason.BAD_INPUT, "An accreditation holds for 1 to 3660 days.", field="days")
    return context.now_ms() + asked * sign_in.DAY_MS


async def _check_key(context: Context, admission: Admission, compared: str) -> None:
    """Whether the node at that address is the one that asked."""
    shown = fingerprint(PublicKey.read(key_of(admission)))
    read_out = "".join(compared.lower().split())
    if read_out and read_out != "".join(shown.split()):
        raise Refused(Reason.BAD_KEY, "The fingerprints differ; ask the school again.")
    try:
        found, _ = await partners.describe(context, admission.origin)
    except Refused:
        if read_out:
            return
        raise
    if found.public != key_of(admission):
        raise Refused(Reason.BAD_KEY, "Another node answers at that address than asked.")


async def state(
    context: Context,
    transaction: Transaction,
    admission: Admission,
    until_ms: int,
    key: str,
    since: datetime | None = None,
) -> Admission:
    """Sign the credential that names `key`, keep it, and open the school's node as a partner.

    `since` is when an earlier key may have come into other hands; that is said in later ones too.
    Refuses with BLOCKED.
    """
    now_ms = context.now_ms()
    before = await accreditations.find(transaction, admission.origin)
    if before is not None and credentials.key_of(before.credential) != key:
        # What names an old key would let whoever has that key speak for the school.
        await issued.revoke_of_subject(transaction, KIND, admission.actor, now_ms, "")
    school = _school(admission, key, since or _since_before(before, admission))
    number, credential = await issuing.issue(
        context,
        transaction,
        KIND,
        admission.actor,
        lambda envelope: credentials.accreditation(envelope, school),
        until_ms,
    )
    stated = replace(admission, issued=number, ends_ms=until_ms)
    await admissions.put(transaction, stated)
    own = names.service_actor_id(context.base)
    await accreditations.put(
        transaction,
        Presented(admission.origin, own, text_of(credential, "id"), credential, until_ms, now_ms),
    )
    await _open_partner(context, transaction, admission, key)
    return stated


def _since_before(before: Presented | None, admission: Admission) -> datetime | None:
    """What the credential before said of keys in other hands: who has not heard of it will."""
    if before is None:
        return None
    subject = whole_of(before.credential, "credentialSubject")
    same = text_of(subject, "node") == text_of(admission.document, "node")
    return credentials.compromised_since_of(before.credential) if same else None


def _school(admission: Admission, key: str, since: datetime | None) -> School:
    """What is stated about a school that asked; `key` is its node's."""
    card = admission.school
    return School(
        actor=admission.actor,
        node=text_of(admission.document, "node"),
        key=key,
        name=text_of(card, "name"),
        country=text_of(card, "country"),
        region=optional_text_of(card, "region"),
        register_number=admission.register_number,
        compromised_since=since,
    )


async def _open_partner(
    context: Context, transaction: Transaction, admission: Admission, key: str
) -> None:
    now_ms = context.now_ms()
    origin, card = admission.origin, admission.school
    known = await partner_rows.find(transaction, origin)
    new = Partner(
        origin=origin,
        node=text_of(admission.document, "node"),
        actor=admission.actor,
        name=text_of(card, "name"),
        country=text_of(card, "country"),
        public=key,
        state="approved",
        added_ms=now_ms,
        changed_ms=now_ms,
        seen_ms=None,
        trouble="",
        admitted_by="hub",
    )
    if await trust.find_block(transaction, origin, new) is not None:
        raise Refused(Reason.BLOCKED, "This node is blocked; lift the block first.")
    if known is None or known.admitted_by == "hub" or known.state != "approved":
        await partner_rows.put(transaction, new)
        await deliveries.hasten(transaction, origin, now_ms)


async def current_key(reader: Reader, admission: Admission) -> str:
    """The key that the node signs with now: the newest that this hub followed, else as it asked."""
    known = await actor_keys.list_of_actor(reader, admission.actor)
    usable = [one for one in known if one.revoked_ms is None and one.valid_until_ms is None]
    return usable[-1].public if usable else key_of(admission)


async def _close(
    context: Context,
    by: By,
    id_: str,
    before: AdmissionState,
    after: AdmissionState,
    reason: str,
    language: str,
) -> None:
    trust.require_hub(context)
    require_officer(by)
    reason = reason.strip()
    if not 1 <= len(reason) <= MAX_REASON_CHARACTERS:
        raise Refused(
            Reason.BAD_INPUT,
            f"Say why, in at most {MAX_REASON_CHARACTERS} characters.",
            field="reason",
        )
    now_ms = context.now_ms()
    async with context.database.write() as transaction:
        admission = await get_in(transaction, id_)
        if admission.state != before:
            raise Refused(Reason.CONFLICT, f"This request is {admission.state} at present.")
        closed = replace(
            admission,
            state=after,
            since_ms=now_ms,
            decided_by=name_of(by),
            answer=reason,
            answer_language=language,
        )
        await admissions.put(transaction, closed)
        if before == "accredited":
            await issued.revoke_of_subject(transaction, KIND, admission.actor, now_ms, reason)
            await issued.revoke_of_people(
                transaction, issuing.VERIFICATION, admission.origin, now_ms, reason
            )
            await teachers.close_of_origin(transaction, admission.origin, now_ms)
        await introductions.reconsider(context, transaction, [admission.origin])
    _tell(context, id_, after)


def _tell(context: Context, id_: str, state: str) -> None:
    events.admission_changed(id_, state)
    context.wake.notify(publish.TOPIC)
