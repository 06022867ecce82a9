"""`/school/staff/{account}/verification`: the hub is asked to verify somebody.

`/me/verification`: somebody wishes to be verified.
"""

from aiohttp import web

from node.actions import trust
from node.actions import verification as acting
from node.actions.context import CONTEXT
from node.storage import accounts, verifications
from node.storage.accounts import Account
from node.web import office_views
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import FRAME, render, see_other
from protocol.errors import Reason, Refused

STAFF = "/school/staff"
MAX_DIGITS = 15
_ASKING = {
    Reason.NOT_FOUND: later("No hub accredits your school at present."),
    Reason.CONFLICT: later("The hub has not answered yet. Take the request back first."),
}


async def show(request: web.Request) -> web.Response:
    return await _page(request, Form(), 200)


async def ask(request: web.Request) -> web.Response:
    form = await read_form(request)
    note = form.text("note", longest=acting.MAX_NOTE_CHARACTERS, required=False)
    account = await _account(request)
    if form.ok:
        with form.mending("note", _ASKING):
            language = request[FRAME].language.tag
            await acting.ask(request.app[CONTEXT], me(request), account, note, language)
            return see_other(STAFF, "verification-asked")
    return await _page(request, form, 422)


async def withdraw(request: web.Request) -> web.Response:
    account = await _account(request)
    await acting.withdraw(request.app[CONTEXT], me(request), account)
    return see_other(STAFF, "verification-withdrawn")


async def wish(request: web.Request) -> web.Response:
    account = me(request)
    await acting.wish(request.app[CONTEXT], account)
    return see_other(f"/people/{account.handle}", "verification-wished")


async def _page(request: web.Request, form: Form, status: int) -> web.Response:
    account = await _account(request)
    async with request.app[CONTEXT].database.read() as reader:
        known = await verifications.find(reader, account.actor)
        hub = await trust.find_own_hub(reader)
    return render(
        request,
        "verification.html",
        status=status,
        form=form,
        name=account.name,
        path=f"{STAFF}/{account.id}/verification",
        hub="" if hub is None else hub.name,
        verification=office_views.verification(known, account.name),
    )


async def _account(request: web.Request) -> Account:
    text = request.match_info["account"]
    found = None
    if text.isdecimal() and len(text) <= MAX_DIGITS:
        async with request.app[CONTEXT].database.read() as reader:
            found = await accounts.find(reader, int(text))
    if found is None or found.state != "active":
        raise Refused(Reason.NOT_FOUND, "There is no such account.")
    return found
