"""`/consent/{code}`: whoever holds a slip sees how it stands and withdraws, without an account.

Nobody is named, nothing is kept by a browser, and every code that opens nothing is answered alike.
"""

from aiohttp import web

from node.classroom import slips
from node.classroom.slips import Standing
from node.web.asking import peer_of
from node.web.door import room_of
from node.web.render import render, see_other
from protocol.errors import Reason, Refused


async def show(request: web.Request) -> web.Response:
    return await _show(request, "consent.html")


async def confirm(request: web.Request) -> web.Response:
    return await _show(request, "consent_withdraw.html")


async def withdraw(request: web.Request) -> web.Response:
    code = request.match_info["code"]
    try:
        await slips.withdraw(room_of(request), code, peer_of(request))
    except Refused as refused:
        return _unknown(request, refused)
    return see_other(f"/consent/{slips.grouped(code)}", "consent-withdrawn")


async def _show(request: web.Request, template: str) -> web.Response:
    code = request.match_info["code"]
    try:
        standing = await slips.look_up(room_of(request), code, peer_of(request))
    except Refused as refused:
        return _unknown(request, refused)
    return _page(request, template, 200, slips.grouped(code), standing)


def _unknown(request: web.Request, refused: Refused) -> web.Response:
    if refused.reason is not Reason.NOT_FOUND:
        raise refused
    return _page(request, "consent.html", 404, "", None)


def _page(
    request: web.Request, template: str, status: int, code: str, standing: Standing | None
) -> web.Response:
    answer = render(
        request,
        template,
        status=status,
        path=f"/consent/{code}",
        standing=standing,
        state="unknown" if standing is None else str(standing.state),
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    # The address is the code: it goes along to no other one, not even in a log of this server.
    answer.headers["Referrer-Policy"] = "strict-origin"
    return answer
