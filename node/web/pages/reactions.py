"""`/w/{space}/react/{item}`, `/c/w/{space}/react/{item}`: a sign under a post, from teachers and
from pupils."""

from aiohttp import web

from node.actions import reactions
from node.actions.context import CONTEXT
from node.classroom import reacting, working
from node.web import desks, own, rooms
from node.web.door import learner, me, room_of
from node.web.forms import read_form
from node.web.render import see_other
from protocol.space.fold.forum import Post


async def react(request: web.Request) -> web.Response:
    form = await read_form(request)
    space, named = request.match_info["space"], rooms.reference_of(request.match_info["item"])
    seen = await own.find_space(request)
    thread = await _thread(request, named)
    await reactions.react(
        request.app[CONTEXT], me(request), seen.space.id, named, form.value("sign")
    )
    return see_other(f"/w/{space}/forum/{thread}")


async def react_as_pupil(request: web.Request) -> web.Response:
    form = await read_form(request)
    space, named = request.match_info["space"], rooms.reference_of(request.match_info["item"])
    found = learner(request)
    await desks.find(request)
    thread = await _thread(request, named)
    number = await reacting.react(
        room_of(request),
        found.pupil,
        space,
        named,
        form.value("sign"),
        language=found.class_.language,
    )
    told = "work-gone"
    if number is not None:
        told = await desks.became(request, number, hand_in=True)
    return see_other(f"/c/w/{space}/{thread}", told)


async def _thread(request: web.Request, named: str) -> str:
    """Where the post stands, and which it is. Refuses with NOT_FOUND what is none."""
    async with request.app[CONTEXT].database.read() as reader:
        found = await reactions.get_shown(reader, request.match_info["space"], named)
    if not isinstance(found, Post):
        raise working.not_there()
    return f"{rooms.address_of(found.thread)}#p-{rooms.address_of(named)}"
