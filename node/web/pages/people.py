"""`/people`: finding somebody by an address, whom one follows, the colleagues."""

from aiohttp import web

from node.actions.context import CONTEXT
from node.actions.find import find_actor
from node.storage import follows, objects
from node.web import directory
from node.web.directory import path_of
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason


async def show(request: web.Request) -> web.Response:
    return await _page(request, Form(), 200)


async def find(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    form = await read_form(request)
    address = form.line("address", longest=400)
    if form.ok:
        nobody = later("Nobody was found under this address. Check how it is written.")
        with form.mending("address", {Reason.NOT_FOUND: nobody}):
            actor = await find_actor(context, me(request), address)
            return see_other(path_of(actor, context.base))
    return await _page(request, form, 422)


async def _page(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    account = me(request)
    async with context.database.read() as reader:
        rows = await follows.list_followed(reader, account.actor)
        here = await objects.list_of_kind(reader, "person", local=True)
        actors = [row.followed for row in rows] + [one.id for one in here]
        known = await directory.look_up(reader, context.base, actors)
    return render(
        request,
        "people.html",
        status=status,
        form=form,
        followed=[known.person(row.followed) for row in rows],
        colleagues=[known.person(one.id) for one in here if one.id != account.actor],
    )
