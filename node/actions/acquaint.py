"""Members of a space that do not know each other meet by what their hubs state about them.

A common partner passes on the accreditations of the space's members as they lie there. They are
verified like any other, with the keys and lists of hubs whose word counts here: nobody is met who
could not introduce himself. Members that hands alone approved go on through common partners.
"""

from node import events
from node.actions import introductions, serve_space, trust
from node.actions.context import Context
from node.actions.recognise import Asked
from node.actions.talk import Talk, require_ok
from node.storage import accreditations, cursors, harvests, hubs, membership, spaces
from node.storage.database import Reader
from protocol import canonical, names
from protocol.canonical import JSONObject
from protocol.credentials import Accreditation
from protocol.errors import Reason, Refused
from protocol.reading import text_of, whole_of

MAX_LINES = 64
"""More than a space has schools."""


async def list_accreditations(context: Context, asked: Asked, space: str) -> list[JSONObject]:
    """What hubs state about the members' nodes, this one among them; for another member.

    Refuses as `serve_space.ask`.
    """
    await serve_space.ask(context, asked, space)
    async with context.database.read() as reader:
        own = await membership.find(reader)
        found = [] if own is None or own.credential is None else [own.credential]
        for _, origin in await spaces.list_member_origins(reader, space):
            credential = await _find_valid(context, reader, origin)
            if credential is not None:
                found.append(credential)
    return found[:MAX_LINES]


async def acquaint(talk: Talk) -> None:
    """Ask the partner about members that are strangers here, and meet those that hubs vouch for.

    Refuses as `Client.get` where the partner does not answer.
    """
    context, strange = talk.context, talk.ground.strange
    if not strange:
        return
    body = require_ok(await talk.get("accreditations")).body
    for line in body.splitlines()[:MAX_LINES]:
        try:
            await _meet(context, canonical.read_object(line), strange)
        except Refused as refused:
            events.member_not_met(talk.space, talk.exchange.origin, str(refused.reason))


async def _meet(context: Context, credential: JSONObject, strange: frozenset[str]) -> None:
    context.book.check("accreditation", credential)
    origin = names.origin(text_of(whole_of(credential, "credentialSubject"), "id"))
    if origin not in strange:
        return
    async with context.database.read() as reader:
        read = await trust.open_accreditation(context, reader, credential)
        unheard = await trust.weigh(context, reader, credential) == "unknown"
    if unheard:
        await _want_list(context, read)
        raise Refused(Reason.BUSY, "The hub has still to be asked about revocations.")
    async with context.database.write() as transaction:
        partner = await introductions.put_presented(context, transaction, credential)
        await cursors.put_due_of_partner(transaction, partner.origin, context.now_ms())


async def _want_list(context: Context, read: Accreditation) -> None:
    async with context.database.write() as transaction:
        if await hubs.find_list(transaction, read.place.status_list) is None:
            await hubs.want_list(transaction, read.place.status_list, read.hub)
            await hubs.make_due(transaction, context.now_ms(), [read.hub])
    context.wake.notify(introductions.TOPIC)


async def _find_valid(context: Context, reader: Reader, origin: str) -> JSONObject | None:
    """What counts here of what a hub states about a node."""
    kept = await accreditations.find(reader, origin)
    node = await harvests.find_node(reader, origin)
    for credential in (kept and kept.credential, node and node.credential):
        if credential and await trust.weigh(context, reader, credential) == "valid":
            return credential
    return None
