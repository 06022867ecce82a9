"""`/school/erasures` and `/w/{space}/erasures`: who has confirmed what our school took back."""

from aiohttp import web

from node.actions import ledger
from node.actions.context import CONTEXT
from node.actions.ledger import Entry, Ledger, Left, Owed
from node.web import doings, office_views, own, rooms
from node.web.door import me
from node.web.i18n import later
from node.web.render import render


async def show_all(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    page = rooms.page_number(request.query.get("page", "1"))
    found = await ledger.list_all(context, me(request), page)
    return render(
        request,
        "erasures.html",
        space=None,
        older=_older(found, page),
        entries=[_entry(one, context.now_ms()) for one in found.entries],
    )


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    seen = await own.find_space(request)
    known = await own.look_up(request, seen)
    page = rooms.page_number(request.query.get("page", "1"))
    found = await ledger.list_of_space(context, me(request), seen.space.id, page)
    return render(
        request,
        "erasures.html",
        space=rooms.view(seen.space, known),
        older=_older(found, page),
        entries=[_entry(one, context.now_ms()) for one in found.entries],
    )


def _older(found: Ledger, page: int) -> int:
    return page + 1 if found.total > page * ledger.SHOWN else 0


def _entry(one: Entry, now_ms: int) -> office_views.Erasure:
    return office_views.Erasure(
        title=one.title or one.space[:8],
        path=f"/w/{one.space}/erasures",
        targets=one.targets,
        made_ms=one.made_ms,
        is_open=one.is_open,
        is_overdue=one.is_overdue(now_ms),
        purged=one.purged,
        schools=[_owed(owed) for owed in one.owed],
        left=[_left(one.space, left) for left in one.left],
    )


def _left(space: str, one: Left) -> office_views.Left:
    if one.made is None:
        return office_views.Left(one.name, later("Contribution"), f"/w/{space}")
    return office_views.Left(one.name, doings.named(one.made)[0], doings.path_of(space, one.made))


def _owed(one: Owed) -> office_views.Owed:
    exchange = one.exchange
    return office_views.Owed(
        name=one.name,
        origin=one.origin,
        is_member=one.is_member,
        received_ms=one.received_ms,
        heard_ms=None if exchange is None else exchange.agreed_ms,
        trouble="" if exchange is None else exchange.why,
    )
