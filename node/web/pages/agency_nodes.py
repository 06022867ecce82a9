"""`/agency/nodes`: the servers that this hub knows, how they are, and which hubs it endorses."""

from aiohttp import web

from node.actions import endorsements
from node.actions.context import CONTEXT
from node.storage import hubs, objects, partners
from node.storage.partners import Partner
from node.web import agency, paging, questions
from node.web.door import me
from node.web.forms import Form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason, Refused
from protocol.reading import optional_text_of

PAGE = "/agency/nodes"
MOST_BY_HAND = 200
"""Other hubs are partners by hand; more than so many there are not."""
_ENDORSING = {
    Reason.CONFLICT: later("This hub is endorsed already."),
    Reason.NOT_PARTNER: later("Compare the fingerprint of this hub and approve it first."),
}


async def show(request: web.Request) -> web.Response:
    return await _page(request, Form(), 200)


async def endorse(request: web.Request) -> web.Response:
    form = Form()
    with form.mending("", _ENDORSING):
        found = await _partner(request)
        await endorsements.endorse(request.app[CONTEXT], me(request), found.origin)
        return see_other(PAGE, "hub-endorsed")
    return await _page(request, form, 422)


async def confirm_take_back(request: web.Request) -> web.Response:
    partner = await _partner(request)
    return questions.ask(
        request,
        back=PAGE,
        question=later("Endorse %(name)s no more?"),
        consequence=later(
            "Schools that this hub accredits are closed to your schools as soon as these ask "
            "again, and their shared spaces rest."
        ),
        yes=later("Take the endorsement back"),
        values={"name": partner.name},
    )


async def take_back(request: web.Request) -> web.Response:
    found = await _partner(request)
    await endorsements.take_back(request.app[CONTEXT], me(request), found.actor)
    return see_other(PAGE, "hub-endorsed-no-more")


async def _page(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    state, after = paging.read_state(request, agency.SERVERS), paging.read_place(request)
    now_ms = context.now_ms()
    async with context.database.read() as reader:
        endorsed = {one.actor: one for one in await hubs.list_all(reader)}
        by_hand = await partners.list_by_hand(reader, MOST_BY_HAND)
        if state == "trouble":
            known, last = await partners.list_in_trouble(reader, after)
        elif state == "silent":
            known, last = await partners.list_silent(reader, now_ms - agency.SILENT_MS, after)
        else:
            known, last = await partners.list_page(reader, after)
        documents = await objects.list_many(reader, [one.actor for one in by_hand])
    roles = {
        actor: optional_text_of(stored.document, "role") for actor, stored in documents.items()
    }
    others = [one for one in by_hand if one.actor in endorsed or roles.get(one.actor) == "hub"]
    return render(
        request,
        "agency_nodes.html",
        status=status,
        form=form,
        state=state,
        tabs=paging.tabs(PAGE, agency.SERVERS, state),
        further=paging.next_path(PAGE, state, last),
        hubs=[agency.health(one, endorsed, True, now_ms) for one in others],
        nodes=[agency.health(one, endorsed, False, now_ms) for one in known],
        may_endorse=me(request).is_admin,
    )


async def _partner(request: web.Request) -> Partner:
    host = request.match_info["host"]
    async with request.app[CONTEXT].database.read() as reader:
        for scheme in ("https", "http"):
            found = await partners.find(reader, f"{scheme}://{host}")
            if found is not None:
                return found
    raise Refused(Reason.NOT_FOUND, "No server of this address is known here.")
