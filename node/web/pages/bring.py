"""`/w/{space}/materials/new`: choosing files, and saying what they are before others see them.

With scripts files are sent in pieces beside the page (`node.web.pages.uploads`); without, the
form brings them all at once. Either way they wait here until they are described.
"""

from collections.abc import AsyncIterator

from aiohttp import BodyPartReader, web

from node.actions import materials, spaces, uploads
from node.actions.context import CONTEXT
from node.actions.materials import Said
from node.classroom import portraits
from node.classroom.room import CLASSROOM
from node.storage import contents
from node.storage.uploads import Upload
from node.web import directory, exhibits, rooms, told, words
from node.web.door import me, room_of
from node.web.forms import UNREADABLE, Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason, Refused

LONGEST_ALT = 1_000
MOST_AT_ONCE = 50
PIECE_BYTES = 65_536
_UNSHOWABLE = {Reason.BAD_INPUT: later("This cannot be shown. Leave out special characters.")}
_NO_CONSENT = later(
    "In %(file)s no consent counts for %(who)s. Look who is in it: take out who is not, or throw "
    "the picture away."
)


_FORGOTTEN = later(
    "%(file)s was marked with somebody whom your school has forgotten since. Say anew who is in "
    "it, or throw the picture away."
)


async def show(request: web.Request) -> web.Response:
    return await _page(request, _first(request), 200)


def _first(request: web.Request) -> Form:
    return Form.filled(
        language=me(request).language,
        licence="all-rights-reserved-by-school",
        residency="shared",
        album=request.query.get("album", ""),
    )


async def bring(request: web.Request) -> web.Response:
    """Take files from a form without scripts, one after the other."""
    context, space = request.app[CONTEXT], request.match_info["space"]
    if request.content_type != "multipart/form-data":
        raise Refused(Reason.UNSUPPORTED_MEDIA_TYPE, "send files as multipart/form-data")
    await spaces.pseudonym_of(context, me(request), space)
    form, taken = _first(request), 0
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name != "file" or not part.filename:
                continue
            if taken >= MOST_AT_ONCE:
                raise Refused(Reason.TOO_MANY_ITEMS, f"bring {MOST_AT_ONCE} files at once")
            taken += 1
            try:
                await uploads.bring(
                    context, me(request), space, name=part.filename, pieces=_pieces(part)
                )
            except Refused as refused:
                if refused.reason not in told.OF_FILES:
                    raise
                form.say("file", told.of_file(refused), file=part.filename[:120])
                # The rest of it is passed over, so that the next file can be read.
                await part.release()
    except UNREADABLE:
        raise Refused(Reason.BAD_INPUT, "the form is no multipart/form-data") from None
    if not taken:
        form.say("file", later("Choose at least one file."))
    if form.ok:
        return see_other(f"/w/{space}/materials/new", "files-brought")
    return await _page(request, form, 422)


async def _pieces(part: BodyPartReader) -> AsyncIterator[bytes]:
    while piece := await part.read_chunk(PIECE_BYTES):
        yield bytes(piece)


async def publish(request: web.Request) -> web.Response:
    """Put everything that is described into the space."""
    context, space = request.app[CONTEXT], request.match_info["space"]
    form = await read_form(request)
    waiting = [
        one for one in await uploads.list_own(context, me(request), space) if _is_in(form, one)
    ]
    licence = form.choice("licence", words.LICENCES)
    language = form.choice("language", words.LANGUAGES)
    album = rooms.reference_of(form.value("album")) if form.value("album") else ""
    stays = form.choice("residency", words.RESIDENCIES) == "home"
    said = [(one.id, _read(form, one, licence, language, album, stays)) for one in waiting]
    if not said:
        form.say("file", later("Choose at least one file."))
    if form.ok:
        with form.mending("file", _UNSHOWABLE):
            try:
                await _publish(request, space, said)
            except Refused as refused:
                if "upload" not in refused.facts:
                    raise
                upload = str(refused.facts["upload"])
                file = next(words.name for id_, words in said if id_ == upload)
                if "forgotten" in refused.facts:
                    form.say("file", _FORGOTTEN, file=file)
                    return await _page(request, form, 422)
                who = await portraits.name_missing(room_of(request), me(request), space, upload)
                form.say("file", _NO_CONSENT, file=file, who=", ".join(who))
                return await _page(request, form, 422)
            back = exhibits.path_of(space, "albums", album) if album else f"/w/{space}/materials"
            return see_other(back, "files-published")
    return await _page(request, form, 422)


async def _publish(request: web.Request, space: str, said: list[tuple[str, Said]]) -> None:
    if CLASSROOM in request.app:
        await portraits.publish(room_of(request), me(request), space, said)
    else:
        await materials.publish(request.app[CONTEXT], me(request), space, said)


def _is_in(form: Form, upload: Upload) -> bool:
    return upload.state == "ready" and f"name-{upload.id}" in dict(form.pairs())


def _read(form: Form, upload: Upload, licence: str, language: str, album: str, stays: bool) -> Said:
    alt = form.text(f"alt-{upload.id}", longest=LONGEST_ALT, required=False)
    if upload.is_picture and not alt and not form.ticked(f"ornament-{upload.id}"):
        form.say(
            f"alt-{upload.id}",
            later("Say what is to be seen, for those who cannot see it, or tick the box below."),
        )
    name = form.line(f"name-{upload.id}")
    return Said(name, alt, licence, language, album, "home" if stays else "shared")


async def discard(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    form = await read_form(request)
    await uploads.discard(request.app[CONTEXT], me(request), space, form.value("upload"))
    return see_other(f"/w/{space}/materials/new", "file-discarded")


async def _page(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    seen = await spaces.find_space(context, me(request), request.match_info["space"])
    waiting = await uploads.list_own(context, me(request), seen.space.id)
    files = context.settings.files
    async with context.database.read() as reader:
        albums = await contents.list_albums(reader, seen.space.id)
        known = await directory.look_up(reader, context.base, rooms.people_in(seen))
    return render(
        request,
        "material_new.html",
        status=status,
        form=_with_names(form, waiting),
        space=rooms.view(seen.space, known),
        marked=await portraits.list_marked(
            room_of(request), seen.space.id, [one.id for one in waiting]
        )
        if CLASSROOM in request.app
        else {},
        waiting=[exhibits.brought(one) for one in waiting if one.state == "ready"],
        unfinished=[exhibits.brought(one) for one in waiting if one.state == "coming"],
        albums=[(rooms.address_of(one.reference), one.title) for one, _ in albums],
        image_mb=files.image_mib,
        file_mb=files.file_mib,
        video_mb=files.video_mib,
    )


def _with_names(form: Form, waiting: list[Upload]) -> Form:
    """The form, with the names that the files came with where nobody has changed them."""
    filled = Form({f"name-{one.id}": [one.name] for one in waiting})
    for name, value in form.pairs():
        filled.put(name, value)
    filled.problems.update(form.problems)
    return filled
