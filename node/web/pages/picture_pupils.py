"""`/w/{space}/materials/{file}/pupils`: which pupils of the school a picture shows, said before it
is published or afterwards. No other school learns it."""

from dataclasses import dataclass

from aiohttp import web

from node.actions import materials, uploads
from node.actions.context import CONTEXT
from node.actions.spaces import SpaceView
from node.classroom import portraits, release
from node.web import class_views, exhibits, own, rooms
from node.web.asking import number_of
from node.web.door import me, room_of
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason, Refused
from protocol.space.fold.history import Standing

_MISSING = later(
    "No consent counts for %(who)s, so this picture must not be shown. Take out who is not in it, "
    "or delete the picture everywhere."
)


async def ask_new(request: web.Request) -> web.Response:
    return await _page(request, await _brought(request), None, 200)


async def mark_new(request: web.Request) -> web.Response:
    """A picture that waits to be published."""
    picture = await _brought(request)
    space, form = request.match_info["space"], await read_form(request)
    chosen = [number_of(one) for one in form.values("shown")]
    await portraits.mark(room_of(request), me(request), space, picture.object, chosen)
    return see_other(picture.back, "picture-marked")


async def ask(request: web.Request) -> web.Response:
    return await _page(request, await _published(request), None, 200)


async def mark(request: web.Request) -> web.Response:
    """A picture that is in the space."""
    picture = await _published(request)
    space, form = request.match_info["space"], await read_form(request)
    chosen = [number_of(one) for one in form.values("shown")]
    try:
        down = await portraits.mark(
            room_of(request),
            me(request),
            space,
            picture.object,
            chosen,
            take_down=form.ticked("down"),
        )
    except Refused as refused:
        if "missing" not in refused.facts:
            raise
        who = await portraits.name_missing(
            room_of(request), me(request), space, picture.object, chosen
        )
        form.say("shown", _MISSING, who=", ".join(who))
        return await _page(request, picture, form, 422)
    return see_other(picture.back, "picture-down" if down else "picture-marked")


async def ask_held(request: web.Request) -> web.Response:
    return await _page(request, await _held(request), None, 200)


async def mark_held(request: web.Request) -> web.Response:
    """A pupil's file that waits to be released."""
    picture = await _held(request)
    form = await read_form(request)
    chosen = [number_of(one) for one in form.values("shown")]
    space = picture.seen.space.id
    work = number_of(request.match_info["work"])
    await portraits.mark(
        room_of(request),
        me(request),
        space,
        picture.object,
        chosen,
        before=portraits.Before(work, form.value("kept")) if picture.kept else None,
    )
    return see_other(picture.back, "picture-marked")


@dataclass(frozen=True)
class _Picture:
    """What is marked: the name it has in the space or will have, and where one came from. `kept`
    tells apart the pictures that a reply or a card may have had one after the other."""

    seen: SpaceView
    object: str
    name: str
    back: str
    source: str
    is_out: bool
    kept: str = ""


async def _held(request: web.Request) -> _Picture:
    """Refuses as `release.find_held`, and with NOT_FOUND what is no file."""
    work = number_of(request.match_info["work"])
    seen, held = await release.find_held(room_of(request), me(request), work)
    file, path = held.work.file, f"/held/{work}"
    if file is None:
        raise Refused(Reason.NOT_FOUND, "This is no file.")
    source = f"{path}/small" if file.is_picture else ""
    kept = "" if held.work.kind == "file" else file.kept
    return _Picture(seen, held.work.shows, file.name, path, source, is_out=False, kept=kept)


async def _brought(request: web.Request) -> _Picture:
    """Refuses with NOT_FOUND what nobody brought, NOT_OWNER what a colleague brought."""
    context, space = request.app[CONTEXT], request.match_info["space"]
    seen = await own.find_space(request)
    upload = await uploads.find(context, me(request), space, request.match_info["upload"])
    source = exhibits.brought(upload).picture
    back = f"/w/{space}/materials/new"
    return _Picture(seen, upload.id, upload.name, back, source, is_out=False)


async def _published(request: web.Request) -> _Picture:
    """Refuses with NOT_FOUND what is no file of this school that is there."""
    seen = await own.find_space(request)
    reference = rooms.reference_of(request.match_info["file"])
    async with request.app[CONTEXT].database.read() as reader:
        file = await materials.get_file(reader, seen.space, reference)
    if file.home != seen.space.node or file.standing is Standing.ERASED:
        raise Refused(Reason.NOT_FOUND, "This is no picture of this school.")
    back = exhibits.path_of(seen.space.id, "materials", reference)
    source = f"{exhibits.path_of(seen.space.id, 'files', reference)}/thumbnail"
    is_picture = file.thumbnail and file.standing is Standing.SHOWN
    return _Picture(seen, file.object, file.name, back, source if is_picture else "", is_out=True)


async def _page(
    request: web.Request, picture: _Picture, form: Form | None, status: int
) -> web.Response:
    seen = picture.seen
    faces = await portraits.list_faces(room_of(request), me(request), seen.space.id, picture.object)
    if form is None:
        form = Form()
        form.put_all("shown", [str(one.pupil) for one in faces if one.is_shown])
    return render(
        request,
        "picture_pupils.html",
        status=status,
        form=form,
        space=rooms.view(seen.space, await own.look_up(request, seen)),
        back=picture.back,
        name=picture.name,
        source=picture.source,
        is_out=picture.is_out,
        kept=picture.kept,
        asks="shown" in form.problems,
        faces=[
            class_views.FaceLine(
                str(one.pupil),
                one.name,
                one.class_name,
                str(one.state),
                one.is_missing,
            )
            for one in faces
        ],
    )
