"""`/w/{space}/…`: the whole school leaves a space, or a founder removes another school."""

from aiohttp import web

from node.actions import joining, parting, spaces
from node.actions.context import CONTEXT
from node.web import directory, questions, rooms
from node.web.door import me
from node.web.forms import Form
from node.web.i18n import later
from node.web.render import see_other
from protocol.errors import Reason, Refused

_LEAVE = {
    Reason.CONFLICT: later(
        "Your school cannot leave: it keeps the list of members and hands the keys over first, or "
        "only two schools take part, and the founders can close the project instead."
    ),
    Reason.NOT_ALLOWED: later(
        "Who founded or joined for your school, or an administrator of it, leaves for all."
    ),
    Reason.READ_ONLY: later("The project is closed, or your school has left it already."),
}
_REMOVE = {
    Reason.CONFLICT: later(
        "This school cannot be removed: it keeps the list of members, or only two schools take "
        "part. You can close the project instead."
    ),
    Reason.READ_ONLY: later("The project is closed."),
}


async def confirm_leave(request: web.Request) -> web.Response:
    return await _leaving(request, Form(), 200)


async def leave(request: web.Request) -> web.Response:
    form = Form()
    with form.mending("", _LEAVE):
        await parting.leave(request.app[CONTEXT], me(request), request.match_info["space"])
        return see_other(_members(request), "school-left")
    return await _leaving(request, form, 422)


async def confirm_remove(request: web.Request) -> web.Response:
    return await _removing(request, Form(), 200)


async def remove(request: web.Request) -> web.Response:
    form = Form()
    space, node = request.match_info["space"], request.match_info["node"]
    with form.mending("", _REMOVE):
        await parting.remove(request.app[CONTEXT], me(request), space, node)
        return see_other(_members(request), "school-removed")
    return await _removing(request, form, 422)


async def _leaving(request: web.Request, form: Form, status: int) -> web.Response:
    await spaces.find_space(request.app[CONTEXT], me(request), request.match_info["space"])
    return questions.ask(
        request,
        status=status,
        form=form,
        back=_members(request),
        question=later("Leave this space with the whole school?"),
        consequence=later(
            "What your school wrote stays with the others, unless you delete it before or "
            "afterwards. You keep your copy and can read it, and receive nothing more. To come "
            "back your school has to be invited again."
        ),
        yes=later("Our school leaves"),
    )


async def _removing(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    seen = await spaces.find_space(context, me(request), request.match_info["space"])
    async with context.database.read() as reader:
        await joining.require_founded(reader, me(request), seen.space.project)
        known = await directory.look_up(reader, context.base, rooms.names_in(seen.space))
    actor = seen.space.state.actors.get(request.match_info["node"])
    if actor is None:
        raise Refused(Reason.NOT_FOUND, "This school is not in the space.")
    return questions.ask(
        request,
        status=status,
        form=form,
        back=_members(request),
        question=later("Remove %(school)s from this space?"),
        consequence=later(
            "First we fetch what the other schools have of it, which may take some seconds. What "
            "it wrote until now stays with all. It receives nothing more, keeps its copy, and is "
            "told. It can be invited again."
        ),
        yes=later("Remove the school"),
        values={"school": known.school_of(actor).name},
    )


def _members(request: web.Request) -> str:
    return f"/w/{request.match_info['space']}/members"
