"""`/w/{space}/…`: the whole school leaves a space; a founder removes another school or lets it
moderate."""

from aiohttp import web

from node.actions import joining, parting, spaces
from node.actions.context import CONTEXT
from node.actions.spaces import SpaceView
from node.web import directory, questions, rooms
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import see_other
from protocol.errors import Reason, Refused
from protocol.space import authority

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
_MODERATE = {
    Reason.CONFLICT: later("This is so already, or waits for the school that keeps the list."),
    Reason.READ_ONLY: later("The project is closed."),
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


async def confirm_moderate(request: web.Request) -> web.Response:
    return await _moderating(request, Form(), 200)


async def moderate(request: web.Request) -> web.Response:
    form = await read_form(request)
    space, node = request.match_info["space"], request.match_info["node"]
    with form.mending("", _MODERATE):
        await parting.let_moderate(
            request.app[CONTEXT], me(request), space, node, moderates=form.value("to") == "yes"
        )
        return see_other(_members(request), "moderator-set")
    return await _moderating(request, form, 422)


async def _moderating(request: web.Request, form: Form, status: int) -> web.Response:
    """To whichever of both it is not at present."""
    seen, node, name = await _school(request)
    is_now = authority.is_moderator(seen.space.state, node)
    form.put("to", "no" if is_now else "yes")
    if is_now:
        question = later("Shall %(school)s moderate no more?")
        consequence = later(
            "Its teachers hide nothing of other schools any more, and read reports only as "
            "administrators. What they have hidden stays hidden; your school can hide and report "
            "as before."
        )
        yes = later("It moderates no more")
    else:
        question = later("Let %(school)s moderate this space?")
        consequence = later(
            "Its teachers in this space can hide what any school wrote, and show again what they "
            "hid. Everybody sees that something is hidden, by whom and why. You can take this back."
        )
        yes = later("Let it moderate")
    return questions.ask(
        request,
        status=status,
        form=form,
        back=_members(request),
        question=question,
        consequence=consequence,
        yes=yes,
        values={"school": name},
    )


async def _school(request: web.Request) -> tuple[SpaceView, str, str]:
    """A member school as a founder sees it: node and name. Refuses others with NOT_FOUND."""
    context = request.app[CONTEXT]
    seen = await spaces.find_space(context, me(request), request.match_info["space"])
    async with context.database.read() as reader:
        await joining.require_founded(reader, me(request), seen.space.project)
        known = await directory.look_up(reader, context.base, rooms.names_in(seen.space))
    node = request.match_info["node"]
    actor = seen.space.state.actors.get(node)
    if actor is None:
        raise Refused(Reason.NOT_FOUND, "This school is not in the space.")
    return seen, node, known.school_of(actor).name


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
    _, _, name = await _school(request)
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
        values={"school": name},
    )


def _members(request: web.Request) -> str:
    return f"/w/{request.match_info['space']}/members"
