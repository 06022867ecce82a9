"""`/agency/nodes`: the servers that this hub knows, how they are, and which hubs it endorses."""

from aiohttp import web

from node.actions import endorsements
from node.actions.context import CONTEXT
from node.storage import hubs, objects, partners
from node.web import agency
from node.web.door import me
from node.web.forms import Form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason, Refused
from protocol.reading import optional_text_of

PAGE = "/agency/nodes"
_ENDORSING = {
    Reason.CONFLICT: later("This hub is endorsed already."),
    Reason.NOT_PARTNER: later("Compare the fingerprint of this hub and approve it first."),
}


async def show(request: web.Request) -> web.Response:
    return await _page(request, Form(), 200)


async def endorse(request: web.Request) -> web.Response:
    form = Form()
    with form.mending("", _ENDORSING):
        await endorsements.endorse(request.app[CONTEXT], me(request), await _origin(request))
        return see_other(PAGE, "hub-endorsed")
    return await _page(request, form, 422)


async def confirm_take_back(request: web.Request) -> web.Response:
    origin = await _origin(request)
    return render(
        request,
        "confirm.html",
        form=Form(),
        back=PAGE,
        question=later("Endorse %(name)s no more?"),
        consequence=later(
            "Schools that this hub accredits are closed to your schools as soon as these ask "
            "again, and their shared spaces rest."
        ),
        quoted="",
        yes=later("Take the endorsement back"),
        values={"name": origin.partition("://")[2]},
    )


async def take_back(request: web.Request) -> web.Response:
    actor = f"{await _origin(request)}/actor"
    await endorsements.take_back(request.app[CONTEXT], me(request), actor)
    return see_other(PAGE, "hub-endorsed-no-more")


async def _page(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    async with context.database.read() as reader:
        known = await partners.list_all(reader)
        endorsed = {one.actor: one for one in await hubs.list_all(reader)}
        documents = await objects.list_many(reader, [one.actor for one in known])
    roles = {
        actor: optional_text_of(stored.document, "role") for actor, stored in documents.items()
    }
    now_ms = context.now_ms()
    listed = [agency.health(one, endorsed, roles.get(one.actor) == "hub", now_ms) for one in known]
    listed.sort(key=lambda one: (not (one.trouble or one.silent), one.name))
    return render(
        request,
        "agency_nodes.html",
        status=status,
        form=form,
        hubs=[one for one in listed if one.hub],
        nodes=[one for one in listed if not one.hub],
        may_endorse=me(request).is_admin,
    )


async def _origin(request: web.Request) -> str:
    host = request.match_info["host"]
    async with request.app[CONTEXT].database.read() as reader:
        for scheme in ("https", "http"):
            if await partners.find(reader, f"{scheme}://{host}") is not None:
                return f"{scheme}://{host}"
    raise Refused(Reason.NOT_FOUND, "No server of this address is known here.")
