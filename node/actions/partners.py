"""Partner nodes: looked up by address, compared by fingerprint, approved by hand, blocked.

Nothing is exchanged with a node before its fingerprint was compared and it was approved, on both
sides. Looking one up reads its public description only.
"""

from dataclasses import dataclass

from node import events
from node.actions import known_actors, publish, receive, replica
from node.actions.context import Context
from node.actions.permission import By, require_admin, require_protector
from node.storage import cursors, deliveries, objects, partners
from node.storage.database import Transaction
from node.storage.partners import Partner
from protocol import canonical, names, outbound
from protocol.canonical import JSONObject
from protocol.documents import Verified
from protocol.errors import Reason, Refused
from protocol.keys import PublicKey, fingerprint
from protocol.reading import optional_text_of, present_key_of, text_of


@dataclass(frozen=True)
class Found:
    """A node as it describes itself."""

    origin: str
    node: str
    actor: str
    name: str
    country: str
    public: str
    fingerprint: str


async def look_up(context: Context, by: By, address: str) -> Found:
    """What the node at `address` says of itself; nothing is stored.

    Refuses with BAD_NAME, FORBIDDEN_ADDRESS, UNREACHABLE, BAD_ANSWER, and BAD_INPUT for oneself.
    """
    require_admin(by)
    found, _ = await _look_up(context, address)
    return found


async def describe(context: Context, address: str) -> tuple[Found, Verified[JSONObject]]:
    """What the node at `address` says of itself, and its service actor's document, opened.

    Refuses as `look_up`. The caller has asked who wants to know.
    """
    return await _look_up(context, address)


async def add(context: Context, by: By, address: str) -> Found:
    """Note a node down as pending. Refuses as `look_up`, and with CONFLICT one noted already."""
    require_admin(by)
    found, opened = await _look_up(context, address)
    return await _note_down(context, found, opened)


async def add_card(context: Context, by: By, text: str) -> Found:
    """Note a node down by its card: its service actor's signed document, for a node that accepts no
    connection.

    Refuses with BAD_INPUT what is no such card, or where neither node could ask the other, and with
    CONFLICT one noted already.
    """
    require_admin(by)
    try:
        document = canonical.read_object(text.strip().encode("utf-8", "replace"))
        context.book.check("application", document)
        opened = known_actors.open_actor(document, context)
        origin = names.origin(text_of(document, "id"))
    except Refused as refused:
        raise Refused(
            Reason.BAD_INPUT, f"This is no whole card of a server: {refused.detail}"
        ) from None
    if origin == context.base:
        raise Refused(Reason.BAD_INPUT, "That is this node's own card.")
    if context.client.origin_of(origin) != origin or text_of(
        document, "id"
    ) != names.service_actor_id(origin):
        raise Refused(Reason.BAD_INPUT, "This is no whole card of a server.")
    here, there = context.settings.node.reachability, optional_text_of(document, "reachability")
    if "outbound-only" in here and there:
        raise Refused(
            Reason.BAD_INPUT, "Neither of the two servers accepts connections: they cannot meet."
        )
    return await _note_down(context, _describe(document, context), opened)


async def get_card(context: Context, by: By) -> str:
    """This node's own card, to be given to the administrators of others."""
    require_admin(by)
    async with context.database.read() as reader:
        stored = await objects.find(reader, names.service_actor_id(context.base))
    if stored is None:
        raise Refused(Reason.BAD_DATA_FOLDER, "This node is not set up; run: schoolgate init")
    return outbound.release(context.book, stored.document).body.decode("utf-8")


async def _note_down(context: Context, found: Found, opened: Verified[JSONObject]) -> Found:
    now_ms = context.now_ms()
    async with context.database.write() as transaction:
        if await partners.find(transaction, found.origin) is not None:
            raise Refused(Reason.CONFLICT, f"{found.name} is on the list already.")
        for blocked in await partners.list_blocked(transaction):
            if names.covers(blocked.origin, found.origin):
                raise Refused(Reason.CONFLICT, f"{blocked.name} is blocked; lift that block first.")
        await partners.put(
            transaction,
            Partner(
                origin=found.origin,
                node=found.node,
                actor=found.actor,
                name=found.name,
                country=found.country,
                public=found.public,
                state="pending",
                added_ms=now_ms,
                changed_ms=now_ms,
                seen_ms=None,
                trouble="",
            ),
        )
        await known_actors.keep(context, transaction, opened, "application")
    events.partner_changed(found.origin, "pending")
    return found


async def approve(context: Context, by: By, origin: str, compared: str) -> None:
    """Approve a noted node whose fingerprint was compared as `compared`.

    Refuses with BAD_KEY where it differs: somebody else may be answering at that address.
    """
    require_admin(by)
    async with context.database.write() as transaction:
        partner = await _get(transaction, origin)
        shown = fingerprint(PublicKey.read(partner.public))
        if "".join(compared.lower().split()) != "".join(shown.split()):
            raise Refused(
                Reason.BAD_KEY,
                "The fingerprints differ. Do not approve this node; ask the other school.",
            )
        if partner.state == "blocked":
            raise Refused(Reason.CONFLICT, "This node is blocked; lift the block first.")
        await partners.put_state(transaction, origin, "approved", context.now_ms())
        await cursors.put_due_of_partner(transaction, origin, context.now_ms())
        await deliveries.hasten(transaction, origin, context.now_ms())
    events.partner_changed(origin, "approved")
    context.wake.notify(publish.TOPIC)
    context.wake.notify(receive.TOPIC)
    context.wake.notify(replica.TOPIC)


async def block(context: Context, by: By, origin: str) -> None:
    """Exchange nothing with a node from now on; what waits for it, or came from it, waits.

    By administrators, and by safeguarding persons, who cannot lift it. Refuses with NOT_FOUND.
    """
    require_protector(by)
    async with context.database.write() as transaction:
        await _get(transaction, origin)
        await partners.put_state(transaction, origin, "blocked", context.now_ms())
    events.partner_changed(origin, "blocked")


async def unblock(context: Context, by: By, origin: str) -> None:
    """Lift a block; the node is pending again and must be approved anew."""
    require_admin(by)
    async with context.database.write() as transaction:
        partner = await _get(transaction, origin)
        if partner.state != "blocked":
            raise Refused(Reason.CONFLICT, "This node is not blocked.")
        await partners.put_state(transaction, origin, "pending", context.now_ms())
    events.partner_changed(origin, "pending")


async def remove(context: Context, by: By, origin: str) -> None:
    """Take a node off the list that was never approved. Refuses with CONFLICT any other."""
    require_admin(by)
    async with context.database.write() as transaction:
        partner = await _get(transaction, origin)
        if partner.state != "pending" or await deliveries.has_any(transaction, origin):
            raise Refused(Reason.CONFLICT, "Something was exchanged with it already; block it.")
        await partners.drop(transaction, origin)


async def list_partners(context: Context, by: By) -> list[Partner]:
    require_admin(by)
    async with context.database.read() as reader:
        return await partners.list_all(reader)


async def _get(transaction: Transaction, origin: str) -> Partner:
    partner = await partners.find(transaction, origin)
    if partner is None:
        raise Refused(Reason.NOT_FOUND, f"{origin} is not on the list; add it by its address.")
    return partner


def origin_of(context: Context, address: str) -> str:
    """The origin of an address as people type it. Refuses with BAD_NAME, FORBIDDEN_ADDRESS."""
    text = address.strip()
    return context.client.origin_of(text if "://" in text else f"https://{text}")


async def _look_up(context: Context, address: str) -> tuple[Found, Verified[JSONObject]]:
    origin = origin_of(context, address)
    if origin == context.base:
        raise Refused(Reason.BAD_INPUT, "That is this node's own address.")
    discovery = await _get_json(context, f"{origin}/.well-known/schoolgate", origin)
    context.book.check("discovery", discovery)
    actor = names.service_actor_id(origin)
    if text_of(discovery, "actor") != actor:
        raise Refused(Reason.BAD_ANSWER, "That node names another address as its own.")
    document = await _get_json(context, actor, origin)
    context.book.check("application", document)
    if text_of(document, "id") != actor:
        raise Refused(Reason.BAD_ANSWER, "That node's description names another node.")
    opened = known_actors.open_actor(document, context)
    return _describe(document, context), opened


def _describe(document: JSONObject, context: Context) -> Found:
    key = PublicKey.read(present_key_of(document))
    actor = text_of(document, "id")
    return Found(
        origin=names.origin(actor),
        node=text_of(document, "node"),
        actor=actor,
        name=text_of(document, "name"),
        country=optional_text_of(document, "country"),
        public=key.multikey,
        fingerprint=fingerprint(key),
    )


async def _get_json(context: Context, url: str, origin: str) -> JSONObject:
    accept = "application/activity+json, application/json"
    answer = await context.client.discover(url, origin=origin, accept=accept)
    if answer.status != 200:
        raise Refused(
            Reason.BAD_ANSWER,
            f"There is no Schoolgate node at that address (it answered {answer.status}).",
        )
    return canonical.read_object(answer.body)
