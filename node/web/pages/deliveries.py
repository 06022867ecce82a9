"""`/admin/deliveries`: what other schools have not confirmed, and why; trying again, dropping."""

from aiohttp import web

from node.actions import deliveries as acting
from node.actions.context import CONTEXT
from node.storage import deliveries
from node.storage.deliveries import Delivery
from node.web import office_views, questions
from node.web.door import me
from node.web.i18n import later
from node.web.refusals import sentence_of
from node.web.render import render, see_other
from protocol.errors import Reason, Refused

LIST = "/admin/deliveries"
MAX_DIGITS = 15
_NOT_YET = later("The other school has not approved yours yet.")
_THEIRS = {
    "unknown_key": _NOT_YET,
    "not_partner": _NOT_YET,
    "blocked": later("The other school has blocked yours."),
    "busy": later("The other school's server has much to do just now."),
    "too_many_requests": later("The other school's server asks to go slower."),
    "asleep": later(
        "The other school's server accepts no connections and fetches its letters itself; it has "
        "not asked for them lately."
    ),
    "proxy": later("The proxy that this server has to use does not let it through."),
    "name": later("The name of the other school's server is not found on the network."),
    "tls": later("The other school's server offers no encrypted connection."),
    "certificate": later("The certificate of the other school's server is not trusted here."),
    "certificate_expired": later("The certificate of the other school's server is out of date."),
    "certificate_name": later("The certificate of the other school's server is for another name."),
}


async def show(request: web.Request) -> web.Response:
    async with request.app[CONTEXT].database.read() as reader:
        rows = await deliveries.list_open(reader)
    return render(request, "deliveries.html", deliveries=[_view(row) for row in rows])


async def retry(request: web.Request) -> web.Response:
    await acting.retry(request.app[CONTEXT], me(request), _number(request))
    return see_other(LIST, "retrying")


async def confirm_drop(request: web.Request) -> web.Response:
    async with request.app[CONTEXT].database.read() as reader:
        row = await deliveries.find(reader, _number(request))
    if row is None:
        raise Refused(Reason.NOT_FOUND, "There is no such letter.")
    return questions.ask(
        request,
        back=LIST,
        question=later("Not send this to %(name)s?"),
        consequence=later(
            "The other school never hears of it, and both may show different things from then "
            "on. Do this only when the other server is gone for good."
        ),
        yes=later("Do not send it"),
        values={"name": row.origin},
    )


async def drop(request: web.Request) -> web.Response:
    await acting.drop(request.app[CONTEXT], me(request), _number(request))
    return see_other(LIST, "dropped")


def _view(row: Delivery) -> office_views.Delivery:
    return office_views.Delivery(
        id=str(row.id),
        partner=row.origin,
        kind=row.kind,
        attempts=row.attempts,
        since_ms=row.created_ms,
        next_ms=row.next_ms if row.state == "waiting" else None,
        given_up=row.state == "given_up",
        why=_sentence(row.why) if row.why else "",
        detail=row.why,
    )


def _sentence(why: str) -> str:
    """Why a letter waits, in words; `why` is as `protocol.delivery.why_not` says."""
    if why in _THEIRS:
        return _THEIRS[why]
    if why in set(Reason):
        return sentence_of(Reason(why))
    return later("The other school's server answered with an error.")


def _number(request: web.Request) -> int:
    text = request.match_info["delivery"]
    if not text.isdecimal() or len(text) > MAX_DIGITS:
        raise Refused(Reason.NOT_FOUND, "There is no such letter.")
    return int(text)
