"""`/w/{space}/trash`: what was deleted or removed and can be brought back for thirty days."""

from aiohttp import web

from node.actions import removed, trash
from node.actions.context import CONTEXT
from node.web import doings, own, rooms
from node.web.door import me
from node.web.forms import local_path, read_form
from node.web.render import render, see_other


async def show(request: web.Request) -> web.Response:
    seen = await own.find_space(request)
    known = await own.look_up(request, seen)
    context = request.app[CONTEXT]
    thrown = await trash.list_thrown(context, me(request), seen.space.id)
    thrown += await removed.list_removed(context, me(request), seen.space.id)
    thrown.sort(key=lambda one: -one.ends_ms)
    return render(
        request,
        "trash.html",
        space=rooms.view(seen.space, known),
        things=[(doings.thing(one.made, seen, known), one.ends_ms) for one in thrown],
    )


async def throw(request: web.Request) -> web.Response:
    """Put something into the trash and go back, with a button that undoes it."""
    space = request.match_info["space"]
    form = await read_form(request)
    item = rooms.reference_of(form.value("item"))
    await trash.throw_away(request.app[CONTEXT], me(request), space, item)
    back = local_path(form.value("back"), f"/w/{space}/trash")
    if not back.startswith(f"/w/{space}"):
        back = f"/w/{space}/trash"
    return see_other(back, "trashed", undo=rooms.address_of(item))


async def restore(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    context = request.app[CONTEXT]
    item = rooms.reference_of(request.match_info["item"])
    seen = await own.find_space(request)
    async with context.database.read() as reader:
        is_common = (await trash.get(reader, seen.space, item)).is_shared
    bring_back = removed.put_back if is_common else trash.restore
    made = await bring_back(context, me(request), space, item)
    return see_other(doings.path_of(space, made), "restored")
