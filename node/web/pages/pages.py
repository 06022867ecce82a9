"""`/w/{space}/pages`: the pages of a space, one to read, making and naming one, and the trash."""

from dataclasses import replace

from aiohttp import web

from node.actions import blocks as block_actions
from node.actions import pages
from node.actions.context import CONTEXT
from node.storage import pages as rows
from node.web import directory, doings, own, papers, rooms, wall_forms, words
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.render import render, see_other
from protocol.space.fold.history import Standing

AT_ONCE = 100
LONGEST_TITLE = 200


async def show(request: web.Request) -> web.Response:
    return await _list(request, "page_list.html", Standing.SHOWN)


async def show_trash(request: web.Request) -> web.Response:
    return await _list(request, "page_trash.html", Standing.DELETED)


async def _list(request: web.Request, template: str, standing: Standing) -> web.Response:
    context = request.app[CONTEXT]
    seen = await own.find_space(request)
    page = rooms.page_number(request.query.get("page", "1"))
    async with context.database.read() as reader:
        found = await rows.list_pages(
            reader,
            seen.space.id,
            standing=standing,
            limit=AT_ONCE,
            offset=(page - 1) * AT_ONCE,
        )
        total = await rows.count_pages(reader, seen.space.id, standing)
        removed = await rows.count_pages(reader, seen.space.id, Standing.DELETED)
        known = await directory.look_up(reader, context.base, rooms.people_in(seen))
    return render(
        request,
        template,
        space=rooms.view(seen.space, known),
        pages=[papers.line(one, seen, known) for one in found],
        further=page + 1 if total > page * AT_ONCE else 0,
        removed=removed,
    )


async def ask(request: web.Request) -> web.Response:
    form = Form.filled(language=me(request).language, audience="members")
    return await _new(request, form, 200)


async def make(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    form = await read_form(request)
    title = form.line("title", longest=LONGEST_TITLE)
    language = form.choice("language", words.LANGUAGES)
    audience = form.choice("audience", words.AUDIENCES)
    if form.ok:
        with form.mending("title", own.UNSHOWABLE):
            page = await pages.make(
                request.app[CONTEXT],
                me(request),
                space,
                title=title,
                language=language,
                audience=audience,
                opened=form.ticked("pupils"),
            )
            return see_other(f"{papers.path_of(space, page)}/edit", "page-made")
    return await _new(request, form, 422)


async def _new(request: web.Request, form: Form, status: int) -> web.Response:
    seen = await own.find_space(request)
    known = await own.look_up(request, seen)
    space = rooms.view(seen.space, known)
    return render(request, "page_new.html", status=status, form=form, space=space)


async def read(request: web.Request) -> web.Response:
    """A page to read, and to print."""
    return await _page(request, "page.html")


async def edit(request: web.Request) -> web.Response:
    """The same with a form for each block, and what was removed."""
    return await _page(request, "page_edit.html")


async def _page(request: web.Request, template: str) -> web.Response:
    context = request.app[CONTEXT]
    seen, page, known = await papers.find_page(request)
    async with context.database.read() as reader:
        blocks = await rows.list_blocks(reader, seen.space.id, page.reference)
        total = await rows.count_blocks(reader, seen.space.id, page.reference)
        gone = await rows.list_blocks(reader, seen.space.id, page.reference, seen=False, limit=20)
        last = await block_actions.list_last_said(
            reader, seen.space, [one.reference for one in gone]
        )
        files = await papers.list_files(reader, seen.space.id, blocks)
    return render(
        request,
        template,
        space=rooms.view(seen.space, known),
        page=papers.line(page, seen, known),
        blocks=papers.shown(blocks, files, seen, known),
        gone=papers.removed(gone, last, seen, known),
        beyond=total - len(blocks),
        standing=str(page.standing),
        doing=replace(doings.of(page, seen, known), change=""),
        kinds=words.BLOCKS,
    )


async def settle(request: web.Request) -> web.Response:
    _, page, _ = await papers.find_page(request, shown=True)
    form = Form.filled(
        title=page.title,
        language=page.language or me(request).language,
        audience=page.audience,
        pupils="yes" if page.opened else "",
        base=page.bases["title"],
        sight=page.bases["sight"],
    )
    return await _settings(request, form, 200)


async def save(request: web.Request) -> web.Response:
    """Its title and who can see it, unless somebody else has changed that meanwhile."""
    context, space = request.app[CONTEXT], request.match_info["space"]
    _, page, _ = await papers.find_page(request, shown=True)
    form = await read_form(request)
    title = form.line("title", longest=LONGEST_TITLE)
    language = form.choice("language", words.LANGUAGES)
    audience = form.choice("audience", words.AUDIENCES)
    if form.ok:
        with form.mending("title", wall_forms.SAID):
            await pages.settle(
                context,
                me(request),
                space,
                page.reference,
                title=title,
                language=language,
                audience=audience,
                bases={"title": form.values("base"), "sight": form.values("sight")},
                opened=form.ticked("pupils"),
            )
            return see_other(f"{papers.path_of(space, page.reference)}/edit", "saved")
    return await _settings(request, form, 422)


async def _settings(request: web.Request, form: Form, status: int) -> web.Response:
    seen, page, known = await papers.find_page(request, shown=True)
    return render(
        request,
        "page_settings.html",
        status=status,
        form=form,
        space=rooms.view(seen.space, known),
        page=papers.line(page, seen, known),
    )


async def move(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    form = await read_form(request)
    page = rooms.reference_of(request.match_info["page"])
    earlier = form.value("to") == "up"
    await pages.move(request.app[CONTEXT], me(request), space, page, earlier=earlier)
    return see_other(f"/w/{space}/pages", "moved")


async def remove(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    page = rooms.reference_of(request.match_info["page"])
    await pages.remove(request.app[CONTEXT], me(request), space, page)
    return see_other(f"/w/{space}/pages/trash", "page-removed")


async def put_back(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    page = rooms.reference_of(request.match_info["page"])
    await pages.put_back(request.app[CONTEXT], me(request), space, page)
    return see_other(papers.path_of(space, page), "put-back")
