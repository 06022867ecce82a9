"""What own actors said, and what changed: outboxes, follower counts, `/changes`."""

from aiohttp import web

from node.actions import identity
from node.actions.context import CONTEXT, Context
from node.federation.answers import answer
from node.federation.asking import require_partner
from node.storage import follows, objects, outbox
from node.storage.database import Reader
from protocol import outbound
from protocol.canonical import JSON, JSONObject
from protocol.documents import CONTEXT as DOCUMENT_CONTEXT
from protocol.errors import Reason, Refused
from protocol.names import service_actor_id
from protocol.vouchers import vouch

PAGE = 20
CHANGES_AT_MOST = 500


async def get_outbox(request: web.Request) -> web.Response:
    """A collection, or with `?before=N` one page of it, the newest first."""
    await require_partner(request)
    context = request.app[CONTEXT]
    actor = await _actor_of(context, request.path.removesuffix("/outbox"))
    collection = context.base + request.path
    before = read_number(request, "before")
    async with context.database.read() as reader:
        if before is None:
            body = await _collection(reader, collection, actor)
        else:
            body = await _page(reader, collection, actor, before)
    return answer(outbound.release(context.book, body))


async def get_followers(request: web.Request) -> web.Response:
    """How many follow an own actor, or whom it follows; never who."""
    await require_partner(request)
    context = request.app[CONTEXT]
    owner_path, _, which = request.path.rpartition("/")
    actor = await _actor_of(context, owner_path)
    async with context.database.read() as reader:
        if which == "followers":
            total = await follows.count_followers(reader, actor or "")
        else:
            total = len(await follows.list_followed(reader, actor or ""))
    body: JSONObject = {
        "@context": list(DOCUMENT_CONTEXT),
        "id": context.base + request.path,
        "type": "OrderedCollection",
        "totalItems": total,
    }
    return answer(outbound.release(context.book, body))


async def get_changes(request: web.Request) -> web.Response:
    """Own listed documents that changed after `?after=N`, latest version each, as NDJSON.

    Each carries the node's voucher, so that a hub may pass it on.
    """
    await require_partner(request)
    context = request.app[CONTEXT]
    after = read_number(request, "after") or 0
    limit = min(read_number(request, "limit") or CHANGES_AT_MOST, CHANGES_AT_MOST)
    async with context.database.read() as reader:
        changed = await objects.list_changes(reader, after, limit)
        speaker = await identity.get_identity(context, reader, service_actor_id(context.base))
    lines: list[JSONObject] = [
        {
            "n": n,
            "document": one.document,
            "voucher": vouch(one.document, speaker.signer, speaker.key_id).to_json(),
        }
        for n, one in changed
    ]
    return answer(outbound.release_lines(context.book, "change", lines))


async def _actor_of(context: Context, path: str) -> str | None:
    """The own actor at `path`; None is the whole node. Refuses with NOT_FOUND."""
    if path == "":
        return None
    async with context.database.read() as reader:
        stored = await objects.find(reader, context.base + path)
    if stored is None or not stored.local or not stored.listed or stored.buried:
        raise Refused(Reason.NOT_FOUND, "There is nothing here.")
    return stored.id


async def _collection(reader: Reader, id_: str, actor: str | None) -> JSONObject:
    return {
        "@context": list(DOCUMENT_CONTEXT),
        "id": id_,
        "type": "OrderedCollection",
        "totalItems": await outbox.count_public(reader, actor),
        "first": f"{id_}?before={2**53 - 1}",
    }


async def _page(reader: Reader, id_: str, actor: str | None, before: int) -> JSONObject:
    said = await outbox.list_public(reader, actor, before=before, limit=PAGE)
    items: list[JSON] = [one.activity for one in said]
    page: JSONObject = {
        "@context": list(DOCUMENT_CONTEXT),
        "id": f"{id_}?before={before}",
        "type": "OrderedCollectionPage",
        "partOf": id_,
        "orderedItems": items,
    }
    if len(said) == PAGE:
        page["next"] = f"{id_}?before={said[-1].seq}"
    return page


def read_number(request: web.Request, name: str) -> int | None:
    """The whole number of a parameter, if it is given. Refuses with BAD_INPUT anything else."""
    text = request.query.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 16:
        raise Refused(Reason.BAD_INPUT, f"{name} must be a whole number.")
    return int(text)
