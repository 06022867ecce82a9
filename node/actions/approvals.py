"""Projects are approved by the founders' hubs before their space opens.

At a school: the own hub is asked once the co-founder has accepted, and its answer is kept. At a
hub: requests of its schools are answered at once, or by an officer (`hub.approve_projects`).
"""

from dataclasses import replace

from node.actions import publish, trust
from node.actions.context import Context
from node.actions.permission import By, name_of, require_officer
from node.storage import accreditations, approvals, foundings, membership, objects, partners
from node.storage.approvals import Approval, Request
from node.storage.database import Reader, Transaction
from node.storage.foundings import Founding
from protocol import activities, documents, names
from protocol.canonical import JSONObject
from protocol.documents import Verified
from protocol.effects_approvals import (
    ApprovalEffect,
    AwaitApprovals,
    DropRequest,
    PassApproval,
    PutApproval,
    PutRequest,
)
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey
from protocol.known import KnownApproval, KnownRequest
from protocol.reading import text_of

MAX_REASON_CHARACTERS = 1000
AUTOMATIC = "automatic"


async def find_own_hub(reader: Reader) -> str:
    """The hub that accredits this school now; empty where none does."""
    own = await membership.find(reader)
    return own.hub if own is not None and own.state == "accredited" else ""


async def find_their_hub(reader: Reader, actor: str) -> str:
    """The hub by whose word the node of an actor is admitted now; empty where hands approved it."""
    origin = names.origin(actor)
    partner = await partners.find(reader, origin)
    if partner is None or partner.admitted_by != "hub":
        return ""
    row = await accreditations.find(reader, origin)
    return "" if row is None else row.hub


async def list_known(reader: Reader, offer: str) -> tuple[KnownApproval, ...]:
    """What hubs were asked about a founding."""
    rows = await approvals.list_of_offer(reader, offer)
    return tuple(KnownApproval(one.side, one.hub, one.asked, one.state) for one in rows)


async def find_founding(reader: Reader, asked: str) -> Founding | None:
    """The founding about which the own hub was asked with this Offer."""
    row = await approvals.find_asked(reader, asked)
    return None if row is None else await foundings.find(reader, row.offer)


async def find_request(reader: Reader, asked: str) -> KnownRequest | None:
    """At a hub: the request with this id."""
    row = await approvals.find_request(reader, asked)
    return None if row is None or row.state != "waiting" else KnownRequest(row.asked, row.actor)


async def is_accredited(context: Context, reader: Reader, actor: str) -> bool:
    """At a hub: whether it accredits the node of an actor now."""
    origin = names.origin(actor)
    partner = await partners.find(reader, origin)
    row = await accreditations.find(reader, origin)
    own = names.service_actor_id(context.base)
    return (
        partner is not None and partner.state == "approved" and row is not None and row.hub == own
    )


async def open_answer(
    context: Context, reader: Reader, answer: JSONObject
) -> Verified[JSONObject] | None:
    """A hub's answer that came inside something, verified; None where its word does not count.

    Refuses with BAD_PROOF what a hub whose word counts here did not sign.
    """
    actor = text_of(answer, "actor")
    hub = await trust.find_issuer(context, reader, actor)
    if hub is None:
        return None
    key = hub.keys.get(documents.signer_of(answer))
    if key is None:
        raise Refused(Reason.BAD_PROOF, "/object/proof: not by a key that the hub lists")
    return documents.open_document(answer, PublicKey.read(key), owner=hub.actor, now=context.now())


async def ask_own_hub(
    context: Context, transaction: Transaction, founding: Founding, hub: str
) -> None:
    """Ask the own hub about an accepted founding, and note down since when it is asked."""
    stored = await objects.find(transaction, founding.project)
    if stored is None or founding.acceptance is None:
        raise Refused(Reason.NOT_FOUND, "The project is not here any more.")
    said = publish.saying(context, names.service_actor_id(context.base))
    activity = activities.offer_approval(
        said,
        stored.document,
        to=hub,
        other=founding.co_founder,
        acceptance=founding.acceptance,
    )
    await publish.say(context, transaction, activity)
    now_ms = context.now_ms()
    await approvals.put(
        transaction, Approval(founding.offer, "own", hub, said.url, "waiting", now_ms, "", "", None)
    )


async def give_up(context: Context, transaction: Transaction, offer: str) -> None:
    """The founding is over: the own hub need not decide any more."""
    for one in await approvals.list_of_offer(transaction, offer):
        if one.side == "own" and one.state == "waiting":
            said = publish.saying(context, names.service_actor_id(context.base))
            await publish.say(context, transaction, activities.undo(said, one.asked, to=one.hub))


async def perform(context: Context, transaction: Transaction, effect: ApprovalEffect) -> None:
    """One effect of `protocol.intake_approvals`."""
    match effect:
        case AwaitApprovals():
            await _await(context, transaction, effect)
        case PutApproval():
            known = [
                one
                for one in await approvals.list_of_offer(transaction, effect.offer)
                if one.side == effect.side
            ]
            for one in known:
                kept = replace(
                    one,
                    state=effect.state,
                    since_ms=int(effect.at.timestamp() * 1000),
                    note=effect.note,
                    language=effect.language,
                    answer=effect.answer,
                )
                await approvals.put(transaction, kept)
        case PassApproval(offer, answer):
            founding = await foundings.find(transaction, offer)
            if founding is not None:
                said = publish.saying(context, founding.co_founder)
                passed = activities.announce_approval(said, answer, to=founding.founder)
                await publish.say(context, transaction, passed)
        case PutRequest():
            await _put_request(context, transaction, effect)
        case DropRequest(asked):
            request = await approvals.find_request(transaction, asked)
            if request is not None and request.state == "waiting":
                dropped = replace(request, state="withdrawn", since_ms=context.now_ms())
                await approvals.put_request(transaction, dropped)


async def decide(
    context: Context,
    by: By,
    asked: str,
    *,
    approved: bool,
    reason: str = "",
    language: str = "en",
) -> None:
    """At a hub: an officer approves a project, or does not and says why.

    Refuses with NOT_FOUND, CONFLICT what is decided or taken back, BAD_INPUT without a reason.
    """
    trust.require_hub(context)
    require_officer(by)
    reason = reason.strip()
    if not approved and not 1 <= len(reason) <= MAX_REASON_CHARACTERS:
        raise Refused(
            Reason.BAD_INPUT,
            f"Say why, in at most {MAX_REASON_CHARACTERS} characters.",
            field="reason",
        )
    async with context.database.write() as transaction:
        request = await approvals.find_request(transaction, asked)
        if request is None:
            raise Refused(Reason.NOT_FOUND, "Nobody asked about this project.")
        if request.state != "waiting":
            raise Refused(Reason.CONFLICT, f"This project is {request.state} already.")
        await _answer(context, transaction, request, name_of(by), approved, reason, language)
    context.wake.notify(publish.TOPIC)


async def _await(context: Context, transaction: Transaction, effect: AwaitApprovals) -> None:
    founding = await foundings.find(transaction, effect.offer)
    if founding is None:
        return
    at_ms = int(effect.at.timestamp() * 1000)
    kept = replace(
        founding,
        acceptance=effect.acceptance,
        co_founder_entry=effect.entry,
        genesis_signature=effect.signature,
    )
    await foundings.put(transaction, kept)
    if effect.own_hub:
        await ask_own_hub(context, transaction, kept, effect.own_hub)
    if effect.their_hub:
        other = Approval(
            effect.offer, "other", effect.their_hub, "", "waiting", at_ms, "", "", None
        )
        await approvals.put(transaction, other)


async def _put_request(context: Context, transaction: Transaction, effect: PutRequest) -> None:
    at_ms = int(effect.at.timestamp() * 1000)
    request = Request(
        asked=effect.asked,
        project=text_of(effect.project, "id"),
        actor=effect.actor,
        founder=effect.founder,
        co_founder=effect.co_founder,
        acceptance=effect.acceptance,
        document=effect.project,
        state="waiting",
        asked_ms=at_ms,
        since_ms=at_ms,
        decided_by="",
        note="",
        language="",
    )
    await approvals.put_request(transaction, request)
    if context.settings.hub.approve_projects:
        await _answer(context, transaction, request, AUTOMATIC, True, "", "")


async def _answer(
    context: Context,
    transaction: Transaction,
    request: Request,
    by: str,
    approved: bool,
    reason: str,
    language: str,
) -> None:
    said = publish.saying(context, names.service_actor_id(context.base))
    if approved:
        answer = activities.approve(
            said,
            request.asked,
            to=request.actor,
            project=request.project,
            acceptance=request.acceptance,
        )
    else:
        answer = activities.disapprove(
            said,
            request.asked,
            to=request.actor,
            project=request.project,
            acceptance=request.acceptance,
            reason=reason,
            language=language,
        )
    await publish.say(context, transaction, answer)
    await approvals.put_request(
        transaction,
        replace(
            request,
            state="approved" if approved else "refused",
            since_ms=context.now_ms(),
            decided_by=by,
            note=reason,
            language=language,
        ),
    )
