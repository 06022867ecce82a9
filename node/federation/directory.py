"""A hub's directory: what changed in it, for other hubs; and searches, for accredited schools."""

from aiohttp import web

import schemas
from node.actions import finding
from node.actions.context import CONTEXT
from node.federation.answers import answer
from node.federation.asking import require_partner
from node.federation.collections import CHANGES_AT_MOST, read_number
from protocol import directory, names, outbound
from protocol.errors import Reason, Refused

_VOCABULARIES = schemas.read_all()["vocabularies"]


async def get_directory(request: web.Request) -> web.Response:
    """What changed after `?after=N` at the schools of this hub, as NDJSON; endorsed hubs only."""
    recognised = await require_partner(request)
    context = request.app[CONTEXT]
    after = read_number(request, "after") or 0
    limit = min(read_number(request, "limit") or CHANGES_AT_MOST, CHANGES_AT_MOST)
    lines = await finding.list_changes(context, recognised.partner, after, limit)
    return answer(outbound.release_lines(context.book, "change", lines))


async def search(request: web.Request) -> web.Response:
    """A page of results, for a school whose accreditation counts here."""
    recognised = await require_partner(request)
    context = request.app[CONTEXT]
    strange = sorted(set(request.query) - set(directory.PARAMETERS))
    if strange:
        raise Refused(Reason.BAD_INPUT, "a search has no such parameter", field=strange[0][:40])
    asked = {name: request.query.getall(name) for name in request.query}
    query = directory.read_query(asked, subjects=_codes("subject"), countries=_codes("country"))
    cursor = directory.read_cursor(request.query.get("after", ""))
    page = await finding.answer_search(context, recognised.partner, query, cursor)
    return answer(outbound.release(context.book, page, "search-results"))


async def accreditation(request: web.Request) -> web.Response:
    """What hubs state about the node at `?origin=`, for an accredited school."""
    recognised = await require_partner(request)
    context = request.app[CONTEXT]
    origin = names.read_base(
        request.query.get("origin", ""), development=context.settings.node.development
    )
    stated = await finding.answer_accreditation(context, recognised.partner, origin)
    return answer(outbound.release(context.book, stated, "accreditation"))


def _codes(name: str) -> frozenset[str]:
    """The codes of one vocabulary."""
    definitions = _VOCABULARIES["$defs"]
    assert isinstance(definitions, dict)
    return frozenset(definitions[name]["enum"])
