"""`/w/{space}/updates`: what a space's people tell it; writing, changing and deleting one's own."""

from aiohttp import web

from node.actions import news
from node.actions.context import CONTEXT
from node.actions.spaces import SpaceView
from node.storage import contents
from node.web import directory, exhibits, own, rooms, words
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.space.fold.news import Update

LONGEST = 10_000
AT_ONCE = 20
MOST_PICTURES = 12


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    seen = await own.find_space(request)
    page = rooms.page_number(request.query.get("page", "1"))
    async with context.database.read() as reader:
        found = await contents.list_updates(
            reader, seen.space.id, limit=AT_ONCE, offset=(page - 1) * AT_ONCE
        )
        pictures = await contents.list_pictures(
            reader, seen.space.id, limit=AT_ONCE, offset=(page - 1) * AT_ONCE
        )
        total = await contents.count(reader, seen.space.id, "update")
        known = await directory.look_up(reader, context.base, rooms.people_in(seen))
    confirmed = await own.list_confirmed(request, seen, found)
    return render(
        request,
        "news.html",
        space=rooms.view(seen.space, known),
        updates=exhibits.news(found, pictures, seen, known),
        older=page + 1 if total > page * AT_ONCE else 0,
        unconfirmed=confirmed.awaited,
    )


async def ask(request: web.Request) -> web.Response:
    form = Form.filled(language=me(request).language, audience="members")
    return await _form(request, form, 200, new=True)


async def publish(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    form = await read_form(request)
    text, language, audience, pictures = _read(form)
    if form.ok:
        with form.mending("text", own.UNSHOWABLE):
            await news.tell(
                request.app[CONTEXT],
                me(request),
                space,
                text=text,
                language=language,
                audience=audience,
                pictures=pictures,
            )
            return see_other(f"/w/{space}", "update-posted")
    return await _form(request, form, 422, new=True)


async def edit(request: web.Request) -> web.Response:
    _, update = await _own_update(request)
    form = Form.filled(
        text=update.text,
        language=update.language,
        audience=update.audience,
        pictures=[rooms.address_of(f"{update.home}/{name}") for name in update.pictures],
    )
    return await _form(request, form, 200, new=False)


async def save(request: web.Request) -> web.Response:
    _, update = await _own_update(request)
    space = request.match_info["space"]
    form = await read_form(request)
    text, language, audience, pictures = _read(form)
    if form.ok:
        with form.mending("text", own.UNSHOWABLE):
            await news.edit(
                request.app[CONTEXT],
                me(request),
                space,
                update.reference,
                text=text,
                language=language,
                audience=audience,
                pictures=pictures,
            )
            return see_other(f"/w/{space}/updates", "saved")
    return await _form(request, form, 422, new=False)


async def confirm_erase(request: web.Request) -> web.Response:
    seen, update = await _own_update(request, own.require_left)
    return own.ask_erase(
        request,
        seen,
        update,
        back=f"/w/{request.match_info['space']}/updates",
        question=later("Delete this update?"),
        consequence=later(
            "Its text is deleted here at once, and at every school of the project as soon as its "
            "server hears of it. This cannot be taken back."
        ),
        quoted=update.text,
        yes=later("Delete it everywhere"),
    )


async def erase(request: web.Request) -> web.Response:
    _, update = await _own_update(request, own.require_left)
    space = request.match_info["space"]
    await news.erase(request.app[CONTEXT], me(request), space, update.reference)
    return see_other(f"/w/{space}/updates", "deleted")


def _read(form: Form) -> tuple[str, str, str, list[str]]:
    text = form.text("text", longest=LONGEST)
    language = form.choice("language", words.LANGUAGES)
    audience = form.choice("audience", words.AUDIENCES)
    chosen = form.values("pictures")
    if len(chosen) > MOST_PICTURES:
        form.say("pictures", later("Choose at most %(most)s."), most=MOST_PICTURES)
    return text, language, audience, [rooms.reference_of(one) for one in chosen[:MOST_PICTURES]]


async def _form(request: web.Request, form: Form, status: int, *, new: bool) -> web.Response:
    context = request.app[CONTEXT]
    seen = await own.find_space(request)
    async with context.database.read() as reader:
        known = await directory.look_up(reader, context.base, rooms.people_in(seen))
        brought = await contents.list_own_pictures(
            reader, seen.space.id, seen.space.node, seen.alias
        )
        held = await exhibits.list_blobs(reader, seen.space.id, brought)
    return render(
        request,
        "news_form.html",
        status=status,
        form=form,
        space=rooms.view(seen.space, known),
        pictures=[
            (rooms.address_of(one.reference), exhibits.file_line(one, seen, known, held))
            for one in brought
        ],
        new=new,
    )


async def _own_update(
    request: web.Request, require: own.Require = own.require
) -> tuple[SpaceView, Update]:
    """An update that is shown and that its author asks for."""
    seen = await own.find_space(request)
    reference = rooms.reference_of(request.match_info["update"])
    async with request.app[CONTEXT].database.read() as reader:
        update = await news.get(reader, seen.space, reference)
    require(seen, update)
    return seen, update
