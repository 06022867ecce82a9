"""`/w/{space}/albums/{album}`: files that belong together; making one, renaming, deleting it."""

from aiohttp import web

from node.actions import materials
from node.actions.context import CONTEXT
from node.actions.spaces import SpaceView
from node.storage import contents
from node.web import directory, exhibits, own, rooms, words
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason, Refused
from protocol.space.fold.history import Standing
from protocol.space.fold.materials import Album

AT_ONCE = 200
LONGEST_TITLE = 120
LONGEST_TEXT = 500


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    seen, album = await _album(request)
    if album.standing is not Standing.SHOWN:
        raise Refused(Reason.GONE, "This album is not shown any more.")
    async with context.database.read() as reader:
        files = await contents.list_files(
            reader, seen.space.id, album=album.reference, limit=AT_ONCE
        )
        held = await exhibits.list_blobs(reader, seen.space.id, files)
        known = await directory.look_up(reader, context.base, rooms.people_in(seen))
    return render(
        request,
        "album.html",
        space=rooms.view(seen.space, known),
        album=exhibits.album_line(album, len(files), seen, known),
        files=[exhibits.file_line(one, seen, known, held) for one in files],
        add=f"/w/{seen.space.id}/materials/new?album={rooms.address_of(album.reference)}",
    )


async def ask(request: web.Request) -> web.Response:
    return await _form(request, Form.filled(language=me(request).language), 200, new=True)


async def make(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    form = await read_form(request)
    title, text, language = _read(form)
    if form.ok:
        with form.mending("title", own.UNSHOWABLE):
            made = await materials.make_album(
                request.app[CONTEXT], me(request), space, title=title, text=text, language=language
            )
            return see_other(exhibits.path_of(space, "albums", made), "album-made")
    return await _form(request, form, 422, new=True)


async def edit(request: web.Request) -> web.Response:
    _, album = await _own_album(request)
    form = Form.filled(title=album.title, text=album.text, language=album.language)
    return await _form(request, form, 200, new=False)


async def save(request: web.Request) -> web.Response:
    _, album = await _own_album(request)
    space = request.match_info["space"]
    form = await read_form(request)
    title, text, language = _read(form)
    if form.ok:
        with form.mending("title", own.UNSHOWABLE):
            await materials.edit_album(
                request.app[CONTEXT],
                me(request),
                space,
                album.reference,
                title=title,
                text=text,
                language=language,
            )
            return see_other(exhibits.path_of(space, "albums", album.reference), "saved")
    return await _form(request, form, 422, new=False)


async def confirm_erase(request: web.Request) -> web.Response:
    seen, album = await _own_album(request, own.require_left)
    return own.ask_erase(
        request,
        seen,
        album,
        back=exhibits.path_of(request.match_info["space"], "albums", album.reference),
        question=later("Delete this album?"),
        consequence=later("The files in it stay in the materials."),
        quoted=album.title,
        yes=later("Delete the album"),
    )


async def erase(request: web.Request) -> web.Response:
    _, album = await _own_album(request, own.require_left)
    space = request.match_info["space"]
    await materials.erase_album(request.app[CONTEXT], me(request), space, album.reference)
    return see_other(f"/w/{space}/materials", "deleted")


def _read(form: Form) -> tuple[str, str, str]:
    title = form.line("title", longest=LONGEST_TITLE)
    text = form.text("text", longest=LONGEST_TEXT, required=False)
    return title, text, form.choice("language", words.LANGUAGES)


async def _album(request: web.Request) -> tuple[SpaceView, Album]:
    seen = await own.find_space(request)
    reference = rooms.reference_of(request.match_info["album"])
    async with request.app[CONTEXT].database.read() as reader:
        return seen, await materials.get_album(reader, seen.space, reference)


async def _own_album(
    request: web.Request, require: own.Require = own.require
) -> tuple[SpaceView, Album]:
    seen, album = await _album(request)
    require(seen, album)
    return seen, album


async def _form(request: web.Request, form: Form, status: int, *, new: bool) -> web.Response:
    seen = await own.find_space(request)
    known = await own.look_up(request, seen)
    return render(
        request,
        "album_form.html",
        status=status,
        form=form,
        space=rooms.view(seen.space, known),
        new=new,
    )
