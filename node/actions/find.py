"""Finding somebody by an address: here at once, at a partner's by one signed question."""

from node.actions import introductions, known_actors, search
from node.actions.context import Context
from node.storage import harvests, listings, objects, partners
from node.storage.accounts import Account
from node.storage.partners import Partner
from protocol import names
from protocol.errors import Reason, Refused
from protocol.reading import ACTOR_TYPES
from protocol.shapes import kind_of

AWAY = frozenset({Reason.UNREACHABLE, Reason.BAD_ANSWER, Reason.NOT_ALLOWED})


async def find_actor(context: Context, account: Account, text: str) -> str:
    """The id of the actor that `text` names: a local handle, `handle@host`, or its address.

    A partner's actor that is not known here is fetched from that partner and kept. Refuses with
    BAD_NAME, NOT_PARTNER, NOT_FOUND, UNREACHABLE.
    """
    actor = await _under_its_name(context, _actor_of(context, account, text.strip()))
    try:
        return await _find(context, actor)
    except Refused as refused:
        handle = actor.rpartition("/")[2]
        if refused.reason is not Reason.NOT_FOUND or "/people/" not in actor:
            raise
        # A school has an address of the same form.
        return await _find(context, names.school_id(names.origin(actor), handle))


async def _find(context: Context, actor: str) -> str:
    async with context.database.read() as reader:
        stored = await objects.find(reader, actor)
        partner = await partners.find(reader, names.origin(actor))
    if stored is not None and stored.local and stored.listed and not stored.buried:
        return actor
    missing = Refused(Reason.NOT_FOUND, "Nobody of this address was found.")
    if names.same_origin(actor, context.base):
        raise missing
    if partner is None or partner.state != "approved":
        partner = await _meet(context, names.origin(actor))
    try:
        await known_actors.fetch_actor(context, partner, actor)
    except Refused as refused:
        # What is known of somebody is shown also while that node does not answer.
        if refused.reason not in AWAY or (stored is not None and stored.buried):
            raise
        if stored is None and not await _keep_listed(context, actor):
            raise
    return actor


async def _meet(context: Context, origin: str) -> Partner:
    """The partner that a node becomes by what a hub states about it, in its answer to a search, or
    when it is asked now."""
    async with context.database.read() as reader:
        node = await harvests.find_node(reader, origin)
    if node is None:
        node = await search.ask_about(context, origin)
    if node is None:
        raise Refused(
            Reason.NOT_PARTNER,
            "That school's node is no partner of yours; ask your administrator to add it.",
        )
    async with context.database.write() as transaction:
        return await introductions.put_presented(context, transaction, node.credential)


async def _keep_listed(context: Context, actor: str) -> bool:
    """Know an actor by what its node vouched for in a directory, while the node is away."""
    async with context.database.write() as transaction:
        listed = await listings.find(transaction, actor)
        if listed is None or listed.buried or listed.document["type"] not in ACTOR_TYPES:
            return False
        opened = known_actors.open_actor(listed.document, context)
        await known_actors.keep(context, transaction, opened, kind_of(listed.document))
    return True


async def _under_its_name(context: Context, actor: str) -> str:
    """`actor` as its node named it, where it is asked for at the address to which that moved."""
    origin = names.origin(actor)
    if origin == context.address:
        named: str | None = context.base
    else:
        async with context.database.read() as reader:
            known = await partners.find(reader, origin)
            named = None if known else await partners.find_moved_to(reader, origin)
    return actor if named is None else named + actor.removeprefix(origin)


def _actor_of(context: Context, account: Account, text: str) -> str:
    if "://" in text:
        return names.read_url(text, development=context.settings.node.development)
    if "@" in text.removeprefix("@"):
        handle, host = names.read_address(text)
        here = context.base.partition("://")[2]
        if host == here:
            return names.person_id(context.base, handle)
        scheme = "http" if _is_loopback(host) and _is_http(account) else "https"
        return names.person_id(names.origin(f"{scheme}://{host}"), handle)
    return names.person_id(context.base, text.lower())


def _is_loopback(host: str) -> bool:
    name = host.rpartition(":")[0] if ":" in host else host
    return name == "localhost" or name.startswith("127.")


def _is_http(account: Account) -> bool:
    """A node that is tried out on loopback speaks http, and so do its neighbours."""
    return account.actor.startswith("http://")
