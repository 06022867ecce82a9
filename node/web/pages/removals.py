"""`/w/{space}/remove/{item}`: a founding school wants something gone for good, or agrees to it."""

from aiohttp import web

from node.actions import removals, trash
from node.actions.context import CONTEXT
from node.actions.removals import Removal
from node.actions.spaces import SpaceView
from node.web import doings, own, questions, rooms
from node.web.door import me
from node.web.forms import Form
from node.web.i18n import later
from node.web.render import see_other
from protocol.errors import Reason, Refused
from protocol.space.fold.history import Contribution

_ASK = {
    Reason.NOT_ALLOWED: later(
        "Who founded for one of the two founding schools, or an administrator of it, decides."
    ),
    Reason.CONFLICT: later("Your school has asked for this, or agreed to it, already."),
    Reason.GONE: later("Nothing is left of this."),
    Reason.TOO_MANY_ITEMS: later(
        "The founding schools of this space have removed as much as it can remember. Ask the "
        "school that wrote this to delete it, or go on in a new space."
    ),
    Reason.READ_ONLY: later("Your school cannot write in this space at present."),
}


async def confirm(request: web.Request) -> web.Response:
    return await _page(request, Form(), 200)


async def ask(request: web.Request) -> web.Response:
    seen, made, asked = await _item(request)
    context, space, form = request.app[CONTEXT], seen.space.id, Form()
    with form.mending("", _ASK):
        if asked is None:
            await removals.ask(context, me(request), space, made.reference)
            return see_other(f"/w/{space}/moderation", "removal-asked")
        await removals.agree(context, me(request), space, asked.home, asked.name)
        return see_other(f"/w/{space}/moderation", "removal-agreed")
    return await _page(request, form, 422)


async def take_back(request: web.Request) -> web.Response:
    seen, made, _ = await _item(request)
    await removals.take_back(request.app[CONTEXT], me(request), seen.space.id, made.reference)
    return see_other(f"/w/{seen.space.id}/moderation", "removal-taken-back")


async def _page(request: web.Request, form: Form, status: int) -> web.Response:
    seen, made, asked = await _item(request)
    known = await own.look_up(request, seen)
    shown = made if asked is None or asked.made is None else asked.made
    return questions.ask(
        request,
        status=status,
        form=form,
        back=f"/w/{seen.space.id}/moderation",
        question=later("Remove this for good?") if asked is None else later("Agree to remove it?"),
        consequence=later(
            "It is hidden at every school at once. When the other founding school agrees, it is "
            "erased at every school for ever, whoever wrote it, and each school's server confirms "
            "that. Until then both of you can show it again."
        )
        if asked is None
        else later(
            "It is erased at every school for ever, whoever wrote it, and each school's server "
            "confirms that. Nobody can bring it back."
        ),
        quoted=doings.thing(shown, seen, known).title,
        yes=later("Remove it for good") if asked is None else later("Agree"),
    )


async def _item(request: web.Request) -> tuple[SpaceView, Contribution, Removal | None]:
    """What it is about, and the wish of the other founding school if there is one."""
    seen = await own.find_space(request)
    item = rooms.reference_of(request.match_info["item"])
    async with request.app[CONTEXT].database.read() as reader:
        if not await removals.may_decide(reader, me(request), seen.space):
            raise Refused(Reason.NOT_ALLOWED, "Only the founding schools decide about this.")
        made = await trash.get(reader, seen.space, item)
        asked = await removals.list_asked(reader, seen.space)
    ours = [one for one in asked if one.made is not None and one.made.reference == item]
    return seen, made, next((one for one in ours if one.ours), None)
