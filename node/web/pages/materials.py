"""`/w/{space}/materials`: pictures, sound, films and documents; what each is, and where it lies."""

from aiohttp import web

from node.actions import give, materials, quarantine, residency
from node.actions.context import CONTEXT
from node.actions.materials import Residency, Said
from node.actions.spaces import SpaceView
from node.classroom import portraits
from node.classroom.room import CLASSROOM
from node.storage import contents
from node.web import directory, exhibits, own, rooms, words
from node.web.door import me, room_of
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Refused
from protocol.space.fold.materials import File

AT_ONCE = 48
LONGEST_ALT = 1_000
_NO_CONSENT = later(
    "No consent counts for %(who)s any more, so this picture goes to no other school. Take out who "
    "is not in it, or record what was signed anew."
)
_FORGOTTEN = later(
    "Your school has forgotten somebody who is in this picture. It is being deleted everywhere."
)


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    seen = await own.find_space(request)
    page = rooms.page_number(request.query.get("page", "1"))
    async with context.database.read() as reader:
        files = await contents.list_files(
            reader, seen.space.id, limit=AT_ONCE, offset=(page - 1) * AT_ONCE
        )
        total = await contents.count(reader, seen.space.id, "file")
        albums = await contents.list_albums(reader, seen.space.id)
        held = await exhibits.list_blobs(reader, seen.space.id, files)
        known = await directory.look_up(reader, context.base, rooms.people_in(seen))
    return render(
        request,
        "materials.html",
        space=rooms.view(seen.space, known),
        files=[exhibits.file_line(one, seen, known, held) for one in files],
        albums=[exhibits.album_line(one, count, seen, known) for one, count in albums],
        older=page + 1 if total > page * AT_ONCE else 0,
    )


async def read(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    seen, file = await _file(request)
    async with context.database.read() as reader:
        known = await directory.look_up(reader, context.base, rooms.people_in(seen))
        shown = await exhibits.file_page(context, reader, file, seen, known)
    confirmed = await own.list_confirmed(request, seen, [file])
    return render(
        request,
        "material.html",
        space=rooms.view(seen.space, known),
        file=shown,
        is_ours=file.home == seen.space.node,
        unconfirmed=confirmed.awaited,
        confirmed=confirmed.by,
    )


async def load(request: web.Request) -> web.Response:
    """Fetch the bytes of a large file from a school that has them."""
    space = request.match_info["space"]
    reference = rooms.reference_of(request.match_info["file"])
    await give.want(request.app[CONTEXT], me(request), space, reference)
    return see_other(exhibits.path_of(space, "materials", reference), "file-wanted")


async def lock(request: web.Request) -> web.Response:
    """An administrator will not have these bytes here."""
    space = request.match_info["space"]
    reference = rooms.reference_of(request.match_info["file"])
    await quarantine.lock(request.app[CONTEXT], me(request), space, reference)
    return see_other(exhibits.path_of(space, "materials", reference), "locked")


async def unlock(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    reference = rooms.reference_of(request.match_info["file"])
    await quarantine.unlock(request.app[CONTEXT], me(request), space, reference)
    return see_other(exhibits.path_of(space, "materials", reference), "unlocked")


async def edit(request: web.Request) -> web.Response:
    _, file = await _own_file(request)
    form = Form.filled(
        name=file.name,
        alt=file.alt,
        licence=file.licence,
        language=file.language,
        album=rooms.address_of(file.album) if file.album else "",
    )
    return await _edit(request, form, 200)


async def save(request: web.Request) -> web.Response:
    _, file = await _own_file(request)
    context, space = request.app[CONTEXT], request.match_info["space"]
    form = await read_form(request)
    said = Said(
        name=form.line("name"),
        alt=form.text("alt", longest=LONGEST_ALT, required=False),
        licence=form.choice("licence", words.LICENCES),
        language=form.choice("language", words.LANGUAGES),
        album=rooms.reference_of(form.value("album")) if form.value("album") else "",
    )
    if form.ok:
        with form.mending("name", own.UNSHOWABLE):
            await materials.describe(context, me(request), space, file.reference, said)
            return see_other(exhibits.path_of(space, "materials", file.reference), "saved")
    return await _edit(request, form, 422)


async def ask_residency(request: web.Request) -> web.Response:
    """Where the bytes of an own file are kept."""
    _, file = await _own_file(request)
    return await _residency(request, Form.filled(residency=file.residency), 200)


async def move(request: web.Request) -> web.Response:
    _, file = await _own_file(request)
    space, form = request.match_info["space"], await read_form(request)
    wished = form.choice("residency", words.RESIDENCIES)
    if form.ok:
        back = exhibits.path_of(space, "materials", file.reference)
        if wished == file.residency:
            return see_other(back)
        stays = wished == "home"
        with form.mending("residency", {}):
            try:
                await _move(request, space, file.reference, "home" if stays else "shared")
            except Refused as refused:
                if "forgotten" in refused.facts:
                    form.say("residency", _FORGOTTEN)
                elif "missing" in refused.facts:
                    who = await portraits.name_missing(
                        room_of(request), me(request), space, file.object
                    )
                    form.say("residency", _NO_CONSENT, who=", ".join(who))
                else:
                    raise
                return await _residency(request, form, 422)
            return see_other(back, "file-stays" if stays else "file-goes")
    return await _residency(request, form, 422)


async def _move(request: web.Request, space: str, file: str, wished: Residency) -> None:
    if CLASSROOM in request.app:
        await portraits.move(room_of(request), me(request), space, file, wished)
    else:
        await residency.move(request.app[CONTEXT], me(request), space, file, wished)


async def _residency(request: web.Request, form: Form, status: int) -> web.Response:
    seen, file = await _own_file(request)
    known = await own.look_up(request, seen)
    return render(
        request,
        "residency.html",
        status=status,
        form=form,
        space=rooms.view(seen.space, known),
        name=file.name,
        back=exhibits.path_of(seen.space.id, "materials", file.reference),
        is_shared=not file.stays_home,
    )


async def confirm_erase(request: web.Request) -> web.Response:
    seen, file = await _own_file(request, own.require_left)
    return own.ask_erase(
        request,
        seen,
        file,
        back=exhibits.path_of(request.match_info["space"], "materials", file.reference),
        question=later("Delete this file?"),
        consequence=later(
            "The file and its small picture are deleted here at once, and at every school of the "
            "project as soon as its server hears of it. This cannot be taken back."
        ),
        quoted=file.name,
        yes=later("Delete it everywhere"),
    )


async def erase(request: web.Request) -> web.Response:
    _, file = await _own_file(request, own.require_left)
    context, space = request.app[CONTEXT], request.match_info["space"]
    await materials.erase(context, me(request), space, file.reference)
    return see_other(exhibits.path_of(space, "materials", file.reference), "deleted")


async def _file(request: web.Request) -> tuple[SpaceView, File]:
    seen = await own.find_space(request)
    reference = rooms.reference_of(request.match_info["file"])
    async with request.app[CONTEXT].database.read() as reader:
        return seen, await materials.get_file(reader, seen.space, reference)


async def _own_file(
    request: web.Request, require: own.Require = own.require
) -> tuple[SpaceView, File]:
    """A file that is shown and that whoever brought it asks for."""
    seen, file = await _file(request)
    require(seen, file)
    return seen, file


async def _edit(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    seen, file = await _own_file(request)
    async with context.database.read() as reader:
        albums = await contents.list_albums(reader, seen.space.id)
        known = await directory.look_up(reader, context.base, rooms.people_in(seen))
    return render(
        request,
        "material_edit.html",
        status=status,
        form=form,
        space=rooms.view(seen.space, known),
        back=exhibits.path_of(seen.space.id, "materials", file.reference),
        is_picture=file.media_type.startswith("image/"),
        albums=[(rooms.address_of(one.reference), one.title) for one, _ in albums],
    )
