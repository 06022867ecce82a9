"""At a school: it pins a hub by the hub's join link, asks to be accredited, and may leave again.

The link names the hub's address and key. The node there has to show that very key, so nobody else
can pretend to be the hub; from then on the hub is a partner and its word counts (`trust`).
"""

from dataclasses import dataclass, replace
from urllib.parse import parse_qs

from node import events
from node.actions import actors, identity, introductions, known_actors, partners, publish, trust
from node.actions.context import Context
from node.actions.permission import By, require_admin
from node.clock import unstamp
from node.storage import hubs, objects
from node.storage import membership as rows
from node.storage import partners as partner_rows
from node.storage.database import Reader, Transaction
from node.storage.hubs import HubRow
from node.storage.membership import Membership
from node.storage.partners import Partner
from protocol import canonical, names, outbound
from protocol.canonical import JSONObject
from protocol.documents import Verified
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey
from protocol.reading import optional_text_of, text_of

TOPIC = introductions.TOPIC
MAX_REASON_CHARACTERS = 1000


@dataclass(frozen=True)
class Link:
    """What a join link says: where the hub is, its key, and the token that lets ask."""

    base: str
    token: str
    key: str


@dataclass(frozen=True)
class Request:
    """What a school writes to a hub."""

    register_number: str
    reason: str
    language: str


def read_link(context: Context, text: str) -> Link:
    """A join link as it was pasted. Refuses with BAD_INPUT what is none."""
    address, _, query = text.strip().partition("?")
    base, found, token = address.partition("/join/")
    keys = parse_qs(query).get("key", [])
    if not found or len(keys) != 1:
        raise Refused(
            Reason.BAD_INPUT,
            "Paste the whole join link that the hub gave you: https://…/join/…?key=…",
            field="link",
        )
    try:
        key = PublicKey.read(keys[0]).multikey
        names.read_name(token)
    except Refused:
        raise Refused(
            Reason.BAD_INPUT, "A part of the join link is missing; copy it again.", field="link"
        ) from None
    return Link(context.client.origin_of(base), token, key)


async def join(context: Context, by: By, text: str, request: Request) -> None:
    """Pin the hub of a join link and ask it to accredit this school.

    Refuses with BAD_INPUT, BAD_KEY where the node there has another key than the link says,
    CONFLICT where another hub is pinned or the node is blocked, NOT_FOUND a link that the hub does
    not take, and as `partners.look_up`.
    """
    require_admin(by)
    _check(context, request)
    link = read_link(context, text)
    found, opened = await partners.describe(context, link.base)
    if found.public != link.key:
        raise Refused(
            Reason.BAD_KEY, "The node there has another key than the link says. Ask your hub."
        )
    if optional_text_of(opened.value, "role") != "hub":
        raise Refused(Reason.BAD_INPUT, "The node there is no hub.", field="link")
    async with context.database.read() as reader:
        own = await hubs.find_own(reader)
        body = await _write(reader, context, link, request)
    if own is not None and own.actor != found.actor:
        raise Refused(Reason.CONFLICT, f"Your hub is {own.name}; leave it first.")
    admission = await _ask(context, link, body)
    now_ms = context.now_ms()
    async with context.database.write() as transaction:
        await _pin(context, transaction, found, opened)
        await rows.put(
            transaction,
            Membership(
                hub=found.actor,
                admission=admission,
                state="waiting",
                since_ms=now_ms,
                reason="",
                language="",
                credential=None,
                asked_ms=None,
                next_ms=now_ms + int(context.settings.hub.ask_every_s * 1000),
                attempts=0,
                trouble="",
            ),
        )
    events.admission_changed(admission, "waiting")
    context.wake.notify(TOPIC)
    context.wake.notify(publish.TOPIC)


async def leave(context: Context, by: By) -> None:
    """Have no hub any more: whoever was admitted by its word, or by those it endorses, is closed.

    The hub itself stays a partner, by hand. Refuses with NOT_FOUND where there is none.
    """
    require_admin(by)
    async with context.database.write() as transaction:
        if await hubs.find_own(transaction) is None:
            raise Refused(Reason.NOT_FOUND, "This school has no hub.")
        await rows.drop(transaction)
        for one in await hubs.list_all(transaction):
            await hubs.drop(transaction, one.actor)
        await introductions.reconsider(context, transaction)
        await actors.rewrite_node(context, transaction)
    context.wake.notify(publish.TOPIC)


async def keep_answer(context: Context, transaction: Transaction, told: JSONObject) -> bool:
    """Keep what the hub says about this school's request; whether that changed anything.

    Refuses with BAD_ANSWER what is about another request, or a credential about another node.
    """
    own = await rows.find(transaction)
    if own is None or text_of(told, "id") != own.admission:
        raise Refused(Reason.BAD_ANSWER, "The hub answers about another request.")
    credential = told.get("credential")
    if isinstance(credential, dict):
        read = await trust.open_accreditation(context, transaction, credential)
        if read.hub != own.hub or read.school.actor != names.service_actor_id(context.base):
            raise Refused(Reason.BAD_ANSWER, "The hub answers with a credential of another.")
    state = text_of(told, "state")
    kept = replace(
        own,
        state=_state_of(state),
        since_ms=unstamp(text_of(told, "since")),
        reason=optional_text_of(told, "reason"),
        language=optional_text_of(told, "language"),
        credential=credential if isinstance(credential, dict) else None,
    )
    changed = (kept.state, kept.credential) != (own.state, own.credential)
    await rows.put(transaction, kept)
    if changed:
        await actors.rewrite_node(context, transaction)
        events.admission_changed(own.admission, kept.state)
    return changed


def _state_of(text: str) -> rows.AdmissionState:
    match text:
        case "waiting" | "accredited" | "refused" | "revoked":
            return text
        case _:
            raise Refused(Reason.BAD_ANSWER, "The hub answers with a state that there is not.")


def _check(context: Context, request: Request) -> None:
    if not request.register_number.strip():
        raise Refused(
            Reason.BAD_INPUT, "Give the school's register number.", field="register_number"
        )
    if not 1 <= len(request.reason.strip()) <= MAX_REASON_CHARACTERS:
        raise Refused(
            Reason.BAD_INPUT,
            f"Say whom the hub may ask, in at most {MAX_REASON_CHARACTERS} characters.",
            field="reason",
        )
    if context.settings.node.mode == "hub":
        raise Refused(Reason.BAD_INPUT, "A hub is not accredited by another; it is endorsed.")


async def _write(reader: Reader, context: Context, link: Link, request: Request) -> JSONObject:
    me = await objects.find(reader, names.service_actor_id(context.base))
    school = await objects.find(reader, await actors.get_school(reader))
    if me is None or school is None:
        raise Refused(Reason.BAD_DATA_FOLDER, "This node is not set up yet.")
    return {
        "actor": me.document,
        "school": school.document,
        "token": link.token,
        "registerNumber": request.register_number.strip(),
        "reason": request.reason.strip().replace("\r\n", "\n"),
        "language": request.language,
    }


async def _ask(context: Context, link: Link, body: JSONObject) -> str:
    """Send the request; the address where it is answered. Refuses with the hub's reason."""
    try:
        released = outbound.release(context.book, body, "admission-request")
    except Refused as refused:
        raise Refused(Reason.BAD_INPUT, refused.detail, **refused.facts) from None
    speaker = await identity.get_service_identity(context)
    answer = await context.client.post(
        f"{link.base}/admissions", released, origin=link.base, as_=speaker
    )
    if not answer.ok:
        raise Refused(
            answer.reason or Reason.BAD_ANSWER,
            f"The hub does not take this request: it answered {answer.status}.",
        )
    told = canonical.read_object(answer.body)
    context.book.check("admission", told)
    id_ = text_of(told, "id")
    if names.origin(id_) != link.base:
        raise Refused(Reason.BAD_ANSWER, "The hub answers for somebody else.")
    return id_


async def _pin(
    context: Context,
    transaction: Transaction,
    found: partners.Found,
    opened: Verified[JSONObject],
) -> None:
    now_ms = context.now_ms()
    known = await partner_rows.find(transaction, found.origin)
    if known is not None and known.state == "blocked":
        raise Refused(Reason.CONFLICT, "This node is blocked; lift the block first.")
    if known is None or known.state != "approved" or known.admitted_by == "hub":
        await partner_rows.put(
            transaction,
            Partner(
                origin=found.origin,
                node=found.node,
                actor=found.actor,
                name=found.name,
                country=found.country,
                public=found.public,
                state="approved",
                added_ms=now_ms,
                changed_ms=now_ms,
                seen_ms=None,
                trouble="",
            ),
        )
        await known_actors.keep(context, transaction, opened, "application")
    await hubs.put(
        transaction,
        HubRow(
            actor=found.actor,
            origin=found.origin,
            name=found.name,
            country=found.country,
            keys=known_actors.entries_of(opened.value),
            own=True,
            since_ms=now_ms,
            list_version=0,
            asked_ms=None,
            next_ms=now_ms,
            attempts=0,
            trouble="",
        ),
    )
    await hubs.want_list(transaction, f"{found.origin}/status-lists/1", found.actor)
