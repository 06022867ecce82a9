"""At a hub: schools ask to be accredited, with a join link that the hub gave, and hear the answer.

Without a link nobody asks, so that nobody floods the queue. A school that is not admitted yet, or
not any more, still hears how its request stands. The officer's side is `accredit`.
"""

from node import events
from node.actions import accredit, identity, known_actors, publish, sign_in, trust
from node.actions import recognise as recognising
from node.actions.context import Context
from node.actions.permission import By, name_of, require_admin
from node.actions.recognise import Asked
from node.clock import stamp
from node.storage import actor_keys, admissions, issued, nonces, partners
from node.storage.admissions import Admission, JoinLink
from node.storage.database import Reader, Transaction
from protocol import canonical, names, requests
from protocol.canonical import JSONObject, b64
from protocol.errors import Reason, Refused
from protocol.intake_objects import check_document
from protocol.keys import PublicKey
from protocol.reading import keys_of, text_of, whole_of
from protocol.requests import CheckedRequest, Presented

LINK_DAYS = 30
MAX_USES = 500
MAX_WAITING = 1000
TOKEN_OCTETS = 16


async def make_link(
    context: Context, by: By, *, label: str, uses: int = 1, days: int = LINK_DAYS
) -> str:
    """An address that a school's administrator pastes at home: it names this hub and its key.

    Refuses with BAD_INPUT a number of uses or days that cannot be, NOT_FOUND at a school.
    """
    trust.require_hub(context)
    require_admin(by)
    if not 1 <= uses <= MAX_USES:
        raise Refused(Reason.BAD_INPUT, f"A link is for 1 to {MAX_USES} schools.", field="uses")
    if not 1 <= days <= 365:
        raise Refused(Reason.BAD_INPUT, "A link is good for 1 to 365 days.", field="days")
    token = b64(context.chance.octets(TOKEN_OCTETS))
    now_ms = context.now_ms()
    async with context.database.write() as transaction:
        link = JoinLink(
            number=0,
            token_hash=sign_in.token_hash(token),
            label=label.strip(),
            made_by=name_of(by),
            created_ms=now_ms,
            expires_ms=now_ms + days * sign_in.DAY_MS,
            uses=uses,
            used=0,
            withdrawn_ms=None,
        )
        await admissions.add_link(transaction, link)
        speaker = await identity.get_identity(
            context, transaction, names.service_actor_id(context.base)
        )
    return f"{context.base}/join/{token}?key={speaker.signer.public.multikey}"


async def withdraw_link(context: Context, by: By, number: int) -> None:
    """Let nobody ask by a link any more."""
    require_admin(by)
    async with context.database.write() as transaction:
        await admissions.withdraw_link(transaction, number, context.now_ms())


async def find_link(context: Context, reader: Reader, token: str) -> JoinLink:
    """The link of a token. Refuses with NOT_FOUND one that is used up, withdrawn or too old."""
    link = await admissions.find_link(reader, sign_in.token_hash(token))
    if (
        link is None
        or link.withdrawn_ms is not None
        or link.used >= link.uses
        or link.expires_ms <= context.now_ms()
    ):
        raise Refused(Reason.NOT_FOUND, "This join link is used up or too old; ask for one.")
    return link


async def receive(context: Context, asked: Asked) -> Admission:
    """Queue a school's request. Nothing is fetched, and nothing is exchanged with it yet.

    A repeat by the same node replaces what it wrote before. Refuses with the reasons of
    `canonical.read`, `shapes` and the request's signature, NOT_FOUND for the link, BLOCKED,
    FOREIGN_ORIGIN a card of another node, CONFLICT a node that is known by another key, and
    BUSY when the queue is full.
    """
    trust.require_hub(context)
    sent = canonical.read_object(asked.body or b"")
    context.book.check("admission-request", sent)
    document, school = whole_of(sent, "actor"), whole_of(sent, "school")
    checked = recognising.recognise_introduced(context, asked, document)
    opened = known_actors.open_actor(document, context)
    known_actors.open_actor(school, context)
    for one in (document, school):
        check_document(one, context.base, context.now())
    actor = text_of(document, "id")
    origin = names.origin(actor)
    if actor != names.service_actor_id(origin) or names.origin(text_of(school, "id")) != origin:
        raise Refused(Reason.FOREIGN_ORIGIN, "/school: lies elsewhere than the node that asks")
    async with context.database.write() as transaction:
        if await trust.find_block(transaction, origin) is not None:
            raise Refused(Reason.BLOCKED, "This node does not exchange anything with yours.")
        await spend(context, transaction, checked)
        earlier = await admissions.find_of_origin(transaction, origin)
        waiting = earlier if earlier is not None and earlier.state == "waiting" else None
        if waiting is not None and accredit.key_of(waiting) != opened.key.multikey:
            raise Refused(Reason.CONFLICT, "Somebody else asks for this address already.")
        granted = await admissions.find_accredited(transaction, origin)
        if granted is not None:
            known = await accredit.current_key(transaction, granted)
            if known != opened.key.multikey:
                raise Refused(Reason.CONFLICT, "This address is accredited with another key.")
        token = text_of(sent, "token")
        if waiting is None:
            link = await find_link(context, transaction, token)
            if await admissions.count_waiting(transaction) >= MAX_WAITING:
                raise Refused(Reason.BUSY, "Too many schools wait; ask again in some days.")
            await admissions.use_link(transaction, link.number)
            number: int | None = link.number
        else:
            number = waiting.link
        now_ms = context.now_ms()
        admission = Admission(
            id=waiting.id if waiting else _new_id(context),
            origin=origin,
            actor=actor,
            document=document,
            school=school,
            register_number=text_of(sent, "registerNumber"),
            reason=text_of(sent, "reason"),
            language=text_of(sent, "language"),
            link=number,
            state="waiting",
            applied_ms=waiting.applied_ms if waiting else now_ms,
            since_ms=waiting.since_ms if waiting else now_ms,
            decided_by="",
            answer="",
            answer_language="",
            issued=None,
        )
        await admissions.put(transaction, admission)
    events.admission_changed(admission.id, "waiting")
    return admission


async def recognise(context: Context, asked: Asked, id_: str) -> tuple[Admission, CheckedRequest]:
    """The request with this id, asked about by the very node that made it.

    Refuses with UNKNOWN_KEY anybody else, and with the signature's own reasons.
    """
    presented = requests.read_signature(
        method=asked.method,
        target_uri=requests.target_uri(context.base, asked.raw_target),
        headers=asked.headers,
    )
    async with context.database.read() as reader:
        admission = await admissions.find(reader, id_)
        key = None if admission is None else await _key_now(context, reader, admission, presented)
    if admission is None or key is None:
        raise Refused(Reason.UNKNOWN_KEY, "Nothing of yours is here.")
    return admission, presented.check(key, asked.body, context.now_ms() // 1000)


async def tell(context: Context, asked: Asked, id_: str) -> JSONObject:
    """How a request stands, told to the node that made it; to anybody else there is nothing.

    Once that node signs with another key than its credential names, a fresh one is stated: the hub
    has followed the change. Refuses with UNKNOWN_KEY, and with the signature's own reasons.
    """
    trust.require_hub(context)
    _, checked = await recognise(context, asked, id_)
    async with context.database.write() as transaction:
        await spend(context, transaction, checked)
        admission = await accredit.renew_for_key(context, transaction, id_)
        row = None if admission.issued is None else await issued.find(transaction, admission.issued)
        await partners.put_seen(transaction, admission.origin, context.now_ms())
    told: JSONObject = {
        "id": admission.id,
        "state": admission.state,
        "since": stamp(admission.since_ms),
    }
    if admission.answer:
        told["reason"] = admission.answer
        told["language"] = admission.answer_language or "en"
    if row is not None and admission.state == "accredited":
        told["credential"] = row.credential
    return told


def _new_id(context: Context) -> str:
    return names.admission_id(context.base, publish.new_name(context))


async def _key_now(
    context: Context, reader: Reader, admission: Admission, presented: Presented
) -> PublicKey | None:
    """The key by which the node that asked for admission speaks now."""
    if presented.actor != admission.actor:
        return None
    known = await actor_keys.find(reader, presented.key_id)
    if known is not None and known.actor == admission.actor:
        return known.known.usable(context.now())
    brought = keys_of(admission.document, context.now()).get(presented.key_id)
    return None if brought is None else PublicKey.read(brought)


async def spend(context: Context, transaction: Transaction, checked: CheckedRequest) -> None:
    """Spend the nonce of an applicant's request. Refuses with REPLAYED a second use."""
    now_ms = context.now_ms()
    fresh = await nonces.remember(
        transaction,
        checked.key_id,
        checked.nonce,
        expires_ms=now_ms + recognising.NONCE_KEPT_MS,
        now_ms=now_ms,
    )
    if not fresh:
        raise Refused(Reason.REPLAYED, "This very request has arrived before; sign it anew.")
