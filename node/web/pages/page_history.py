"""`/w/{space}/pages/{page}/history`: who changed what and when, what a version was, bringing it
back."""

from aiohttp import web

from node.actions import page_past
from node.actions.context import CONTEXT
from node.storage import erasures
from node.storage import pages as rows
from node.web import papers, rooms
from node.web.door import me
from node.web.render import render, see_other

AT_ONCE = 50


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    seen, page, known = await papers.find_page(request)
    papers.require_in_sight(page)
    number = rooms.page_number(request.query.get("page", "1"))
    async with context.database.read() as reader:
        found = await rows.list_versions(
            reader, seen.space.id, page.reference, limit=AT_ONCE, offset=(number - 1) * AT_ONCE
        )
        total = await rows.count_versions(reader, seen.space.id, page.reference)
        words = await page_past.list_words(reader, seen.space, found)
        erased = await erasures.list_erased(reader, seen.space.id, [one.id for one in found])
    return render(
        request,
        "page_history.html",
        space=rooms.view(seen.space, known),
        page=papers.line(page, seen, known),
        versions=[
            papers.version(
                one,
                seen,
                known,
                words=words.get(one.id, ""),
                erased=(one.node, one.id) in erased,
            )
            for one in found
        ],
        older=number + 1 if total > number * AT_ONCE else 0,
    )


async def read(request: web.Request) -> web.Response:
    """What a version changed; or, with `?since=1`, what has changed since."""
    context = request.app[CONTEXT]
    seen, page, known = await papers.find_page(request)
    papers.require_in_sight(page)
    async with context.database.read() as reader:
        found = await page_past.find(
            reader, seen.space, page.reference, request.match_info["version"]
        )
        files = await papers.list_files(reader, seen.space.id, papers.of(found))
    since = request.query.get("since") == "1"
    before, after = found.title_before, found.then.title
    if since:
        before, after = found.then.title, found.now.title
    return render(
        request,
        "page_version.html",
        space=rooms.view(seen.space, known),
        page=papers.line(page, seen, known),
        version=papers.version(found.version, seen, known),
        since=since,
        title_before=before,
        title_after=after,
        changes=papers.changes(found.since if since else found.changed, files, seen, known),
        blocks=papers.shown(found.then.blocks, files, seen, known),
        is_past=bool(papers.changes(found.since, files, seen, known))
        or found.then.title != found.now.title,
        standing=str(page.standing),
    )


async def restore(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    page = rooms.reference_of(request.match_info["page"])
    await page_past.restore(
        request.app[CONTEXT], me(request), space, page, request.match_info["version"]
    )
    return see_other(papers.path_of(space, page), "version-back")
