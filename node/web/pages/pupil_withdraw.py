"""`/c/works/{work}/withdraw`: an older pupil takes released work back, and sees who deleted it."""

from aiohttp import web

from node.classroom import withdrawing
from node.web.asking import number_of
from node.web.door import learner, room_of
from node.web.forms import Form
from node.web.i18n import later
from node.web.render import render, see_other
from node.web.withdrawals import KINDS
from protocol.errors import Reason

_SENTENCES = {
    Reason.GONE: later("Nothing is left of it already."),
    Reason.READ_ONLY: later("Nothing can be changed in this project just now. Tell your teacher."),
    Reason.STORAGE_FULL: later("Nothing can be saved just now. Tell your teacher."),
}


async def ask(request: web.Request) -> web.Response:
    return await _page(request, Form(), 200)


async def withdraw(request: web.Request) -> web.Response:
    form, work = Form(), number_of(request.match_info["work"])
    with form.mending("", _SENTENCES):
        await withdrawing.withdraw(room_of(request), learner(request).pupil, work)
        return see_other("/c/works", "work-withdrawn")
    return await _page(request, form, 422)


async def _page(request: web.Request, form: Form, status: int) -> web.Response:
    work = number_of(request.match_info["work"])
    found = await withdrawing.look(room_of(request), learner(request).pupil, work)
    return render(
        request,
        "pupil_withdraw.html",
        status=status,
        form=form,
        one=found,
        kind=KINDS[found.piece.kind],
        signs=found.piece.kind == "reaction",
        path=f"/c/works/{work}/withdraw",
    )
