"""`/w/{space}/leftovers`: what our school wrote on top of what another one has deleted for ever."""

from aiohttp import web

from node.actions import leftovers
from node.actions.context import CONTEXT
from node.actions.leftovers import Leftover
from node.actions.spaces import SpaceView
from node.storage import shown
from node.web import doings, own, questions, rooms, space_views
from node.web.directory import Directory
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason
from protocol.space.fold.history import Standing

AT_ONCE = 24
_CLEAR = {
    Reason.CONFLICT: later("Somebody has changed this since. Look at it once more."),
    Reason.READ_ONLY: later("Your school cannot write in this space at present."),
}
_ERASE = {
    Reason.NOT_OWNER: later(
        "Colleagues of your school wrote this: they delete it, or an administrator of your school "
        "who is in the space."
    ),
}


async def show(request: web.Request) -> web.Response:
    return await _page(request, Form(), 200)


async def clear(request: web.Request) -> web.Response:
    """Nothing of it is in what stands now; what came before goes."""
    space, item = _named(request)
    form = await read_form(request)
    with form.mending("", _CLEAR):
        await leftovers.clear(
            request.app[CONTEXT], me(request), space, item, seen=form.values("seen")
        )
        return see_other(f"/w/{space}/leftovers", "leftover-cleared")
    return await _page(request, form, 422)


async def confirm_erase(request: web.Request) -> web.Response:
    return await _ask(request, Form(), 200)


async def erase(request: web.Request) -> web.Response:
    space, item = _named(request)
    form = Form()
    with form.mending("", _ERASE):
        await leftovers.erase_own(request.app[CONTEXT], me(request), space, item)
        return see_other(f"/w/{space}/leftovers", "deleted")
    return await _ask(request, form, 422)


def _named(request: web.Request) -> tuple[str, str]:
    return request.match_info["space"], rooms.reference_of(request.match_info["item"])


async def _page(request: web.Request, form: Form, status: int) -> web.Response:
    seen = await own.find_space(request)
    known = await own.look_up(request, seen)
    page = rooms.page_number(request.query.get("page", "1"))
    # One more than is shown tells whether there are others.
    found = await leftovers.list_own(
        request.app[CONTEXT],
        me(request),
        seen.space.id,
        limit=AT_ONCE + 1,
        offset=(page - 1) * AT_ONCE,
    )
    return render(
        request,
        "leftovers.html",
        status=status,
        form=form,
        space=rooms.view(seen.space, known),
        leftovers=[_leftover(one, seen, known) for one in found[:AT_ONCE]],
        more=page + 1 if len(found) > AT_ONCE else 0,
    )


async def _ask(request: web.Request, form: Form, status: int) -> web.Response:
    seen = await own.find_space(request)
    home, _, name = _named(request)[1].partition("/")
    async with request.app[CONTEXT].database.read() as reader:
        made = await shown.find(reader, seen.space.id, home, name)
    return questions.ask(
        request,
        status=status,
        form=form,
        back=f"/w/{seen.space.id}/leftovers",
        question=later("Delete what our school wrote here?"),
        consequence=later(
            "Every version by our school that goes back to what was deleted is deleted for ever, "
            "at every school. Nobody can bring it back. What other schools wrote stays."
        ),
        quoted="" if made is None else doings.named(made)[1],
        yes=later("Delete it for ever"),
    )


def _leftover(one: Leftover, seen: SpaceView, known: Directory) -> space_views.Leftover:
    actors = seen.space.state.actors
    is_shown = one.made is not None and one.made.standing is Standing.SHOWN
    here = f"/w/{seen.space.id}/leftovers/{rooms.address_of(one.reference)}"
    return space_views.Leftover(
        thing=None if one.made is None else doings.thing(one.made, seen, known),
        schools=[known.school_of(actors[node]) for node in one.writers if node in actors],
        since_ms=one.since_ms,
        purged=one.purged,
        seen=one.standing,
        past=one.past,
        change=doings.of(one.made, seen, known).change
        if one.made is not None and is_shown and one.standing
        else "",
        clear=f"{here}/clear" if is_shown else "",
        erase=f"{here}/delete" if one.may_erase else "",
    )
