"""How other nodes find this one: WebFinger, NodeInfo, the service actor, limits as data.

RFC 7033; NodeInfo 2.1 with FEP-2677's link to the service actor; `/.well-known/schoolgate`.
"""

from importlib.metadata import version

from aiohttp import web

from node.actions import actors, trust
from node.actions.context import CONTEXT, Context
from node.federation.answers import answer_anybody
from node.federation.asking import require_partner
from node.storage import accounts, objects
from protocol import names, outbound
from protocol.canonical import JSON, MAX_DOCUMENT_BYTES, JSONObject
from protocol.errors import Reason, Refused
from protocol.reading import is_for_everybody
from protocol.requests import WINDOW_S
from protocol.space.apply import MAX_AHEAD_MS
from protocol.space.operation import MAX_HEADER_BYTES, MAX_PAYLOAD_BYTES
from protocol.space.sync import MAX_BATCH_BYTES, MAX_BATCH_OPERATIONS

NODEINFO = "http://nodeinfo.diaspora.software/ns/schema/2.1"
APPLICATION = "https://www.w3.org/ns/activitystreams#Application"
CACHED = {"Cache-Control": "max-age=300"}


async def webfinger(request: web.Request) -> web.Response:
    """`acct:handle@host`, or the base URL for the service actor."""
    context = request.app[CONTEXT]
    resource = request.query.get("resource", "")
    subject, actor = await _find(context, resource)
    if actor != names.service_actor_id(context.base) and not await _is_for(request, actor):
        raise _missing()
    described: JSONObject = {
        "subject": subject,
        "links": [{"rel": "self", "type": "application/activity+json", "href": actor}],
    }
    return answer_anybody(outbound.release(context.book, described, "webfinger"), headers=CACHED)


async def _find(context: Context, resource: str) -> tuple[str, str]:
    """The canonical subject and the actor that `resource` means. Refuses with NOT_FOUND."""
    if resource.rstrip("/") in {context.base, names.service_actor_id(context.base)}:
        return context.base, names.service_actor_id(context.base)
    try:
        handle, host = names.read_address(resource)
    except Refused:
        raise _missing() from None
    # Who moved is asked for at both addresses; the names stay those of the first.
    here = {names.address(one, handle) for one in (context.base, context.address)}
    if f"{handle}@{host}" not in here:
        raise _missing()
    subject = f"acct:{names.address(context.base, handle)}"
    async with context.database.read() as reader:
        account = await accounts.find_by_handle(reader, handle)
        school = await actors.get_school(reader)
    if account is not None and account.state == "active":
        return subject, account.actor
    if account is None and school == names.school_id(context.base, handle):
        return subject, school
    raise _missing()


async def _is_for(request: web.Request, actor: str) -> bool:
    """Whether the asker may hear of `actor`: anybody of a public one, else an admitted node.

    Whoever asks without a name learns no more of a narrowed profile than of none.
    """
    async with request.app[CONTEXT].database.read() as reader:
        stored = await objects.find(reader, actor)
    if stored is None or is_for_everybody(stored.document):
        return True
    if "Signature-Input" not in request.headers:
        return False
    try:
        await require_partner(request)
    except Refused:
        # Another answer to a false name than to none would tell that somebody is here.
        return False
    return True


def _missing() -> Refused:
    return Refused(Reason.NOT_FOUND, "Nobody of this address is here.")


async def nodeinfo_links(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    described: JSONObject = {
        "links": [
            {"rel": NODEINFO, "href": f"{context.base}/nodeinfo/2.1"},
            {"rel": APPLICATION, "href": names.service_actor_id(context.base)},
        ]
    }
    return answer_anybody(
        outbound.release(context.book, described, "nodeinfo-links"), headers=CACHED
    )


async def nodeinfo(request: web.Request) -> web.Response:
    """NodeInfo 2.1. It counts nobody: how many people a school has is the school's."""
    context = request.app[CONTEXT]
    described: JSONObject = {
        "version": "2.1",
        "software": {"name": "schoolgate", "version": version("schoolgate")},
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": False,
        "usage": {"users": {}},
        "metadata": {"actor": names.service_actor_id(context.base)},
    }
    return answer_anybody(outbound.release(context.book, described, "nodeinfo"), headers=CACHED)


async def schoolgate(request: web.Request) -> web.Response:
    """Limits and features as data, so that peers never guess."""
    context = request.app[CONTEXT]
    async with context.database.read() as reader:
        node = await actors.get_node(reader)
    limits = context.settings.limits
    described: JSONObject = {
        "versions": ["v1"],
        "node": node,
        "actor": names.service_actor_id(context.base),
        "software": {"name": "schoolgate", "version": version("schoolgate")},
        "endpoints": {
            "inbox": f"{context.base}/inbox",
            "changes": f"{context.base}/changes",
            "spaces": f"{context.base}/spaces",
        },
        "limits": {
            "document_bytes": MAX_DOCUMENT_BYTES,
            "header_bytes": MAX_HEADER_BYTES,
            "payload_bytes": MAX_PAYLOAD_BYTES,
            "batch_operations": MAX_BATCH_OPERATIONS,
            "batch_bytes": MAX_BATCH_BYTES,
            "requests_per_5_minutes": limits.partner_requests_per_5_min,
            "request_burst": limits.partner_burst,
            "signature_window_s": WINDOW_S,
            "clock_ahead_s": MAX_AHEAD_MS // 1000,
        },
        "features": _features(context),
    }
    return answer_anybody(outbound.release(context.book, described, "discovery"), headers=CACHED)


def _features(context: Context) -> list[JSON]:
    features: list[JSON] = ["contacts", "messages", "projects", "spaces", "changes"]
    return [*features, "introductions", *(["hub"] if trust.is_hub(context) else [])]
