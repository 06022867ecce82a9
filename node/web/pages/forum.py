"""`/w/{space}/forum`: threads and replies; changing and deleting one's own."""

from dataclasses import replace

from aiohttp import web

from node.actions import forum, reactions
from node.actions.context import CONTEXT
from node.actions.spaces import SpaceView
from node.storage import contents
from node.storage import views as rows
from node.web import (
    directory,
    doings,
    exhibits,
    own,
    reaction_views,
    rooms,
    space_views,
    words,
)
from node.web.directory import Directory
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from node.web.threads import lines
from protocol.errors import Reason, Refused
from protocol.space.fold.forum import Post
from protocol.space.fold.history import Standing

LONGEST = 10_000
LONGEST_TITLE = 200
AT_ONCE = 50
MOST_FILES = 100
"""The newest of the materials, to be chosen from."""


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    seen = await own.find_space(request)
    page = rooms.page_number(request.query.get("page", "1"))
    async with context.database.read() as reader:
        found = await rows.list_threads(
            reader, seen.space.id, limit=AT_ONCE, offset=(page - 1) * AT_ONCE
        )
        total = await rows.count_threads(reader, seen.space.id)
        known = await directory.look_up(reader, context.base, rooms.people_in(seen))
    return render(
        request,
        "forum.html",
        space=rooms.view(seen.space, known),
        threads=lines(found, seen, known),
        older=page + 1 if total > page * AT_ONCE else 0,
    )


async def ask(request: web.Request) -> web.Response:
    return await _new(request, Form.filled(language=me(request).language), 200)


async def start(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    form = await read_form(request)
    title = form.line("title", longest=LONGEST_TITLE)
    text = form.text("text", longest=LONGEST)
    language = form.choice("language", words.LANGUAGES)
    if form.ok:
        with form.mending("text", own.UNSHOWABLE):
            thread = await forum.start_thread(
                request.app[CONTEXT], me(request), space, title=title, text=text, language=language
            )
            return see_other(f"/w/{space}/forum/{rooms.address_of(thread)}", "posted")
    return await _new(request, form, 422)


async def read(request: web.Request) -> web.Response:
    return await _thread(request, Form.filled(language=me(request).language), 200)


async def reply(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    thread = rooms.reference_of(request.match_info["thread"])
    form = await read_form(request)
    text = form.text("text", longest=LONGEST)
    language = form.choice("language", words.LANGUAGES)
    chosen = form.value("file")
    if form.ok:
        with form.mending("text", own.UNSHOWABLE):
            post = await forum.reply(
                request.app[CONTEXT],
                me(request),
                space,
                thread,
                text=text,
                language=language,
                file=rooms.reference_of(chosen) if chosen else "",
            )
            path = f"/w/{space}/forum/{request.match_info['thread']}"
            return see_other(f"{path}#p-{rooms.address_of(post)}", "posted")
    return await _thread(request, form, 422)


async def edit(request: web.Request) -> web.Response:
    _, post, _ = await _own_post(request)
    form = Form.filled(title=post.title, text=post.text, language=post.language)
    return await _edit(request, form, 200)


async def save(request: web.Request) -> web.Response:
    _, post, _ = await _own_post(request)
    space = request.match_info["space"]
    form = await read_form(request)
    is_thread = post.kind == "thread"
    title = form.line("title", longest=LONGEST_TITLE) if is_thread else None
    text = form.text("text", longest=LONGEST)
    language = form.choice("language", words.LANGUAGES)
    if form.ok:
        with form.mending("text", own.UNSHOWABLE):
            await forum.edit(
                request.app[CONTEXT],
                me(request),
                space,
                post.reference,
                text=text,
                language=language,
                title=title,
            )
            path = f"/w/{space}/forum/{rooms.address_of(post.thread)}"
            return see_other(f"{path}#p-{rooms.address_of(post.reference)}", "saved")
    return await _edit(request, form, 422)


async def confirm_erase(request: web.Request) -> web.Response:
    seen, post, _ = await _own_post(request, own.require_left)
    space = request.match_info["space"]
    return own.ask_erase(
        request,
        seen,
        post,
        back=f"/w/{space}/forum/{rooms.address_of(post.thread)}",
        question=later("Delete this post?"),
        consequence=later(
            "Its text is deleted here at once, and at every school of the project as soon as its "
            "server hears of it. This cannot be taken back."
        ),
        quoted=post.text,
        yes=later("Delete it everywhere"),
    )


async def erase(request: web.Request) -> web.Response:
    _, post, _ = await _own_post(request, own.require_left)
    space = request.match_info["space"]
    await forum.erase(request.app[CONTEXT], me(request), space, post.reference)
    return see_other(f"/w/{space}/forum/{rooms.address_of(post.thread)}", "deleted")


async def _new(request: web.Request, form: Form, status: int) -> web.Response:
    seen = await own.find_space(request)
    known = await own.look_up(request, seen)
    space = rooms.view(seen.space, known)
    return render(request, "thread_new.html", status=status, form=form, space=space)


async def _thread(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    seen = await own.find_space(request)
    reference = rooms.reference_of(request.match_info["thread"])
    async with context.database.read() as reader:
        posts = await rows.list_of_thread(reader, seen.space.id, reference)
        signs = await reactions.list_of(reader, seen.space.id, [one.reference for one in posts])
        known = await directory.look_up(reader, context.base, rooms.people_in(seen))
        files = await exhibits.list_shown_with(reader, posts, seen, known)
        brought = await contents.list_files(reader, seen.space.id, limit=MOST_FILES)
    if not posts:
        raise Refused(Reason.NOT_FOUND, "There is no such thread.")
    opening = [post for post in posts if post.kind == "thread"]
    replies = [post for post in posts if post.kind != "thread"]
    confirmed = await own.list_confirmed(request, seen, posts)
    return render(
        request,
        "thread.html",
        status=status,
        form=form,
        space=rooms.view(seen.space, known),
        files=[(rooms.address_of(one.reference), one.name) for one in brought],
        thread=space_views.Thread(
            path=f"/w/{seen.space.id}/forum/{request.match_info['thread']}",
            title=opening[0].title if opening else "",
            posts=[
                replace(
                    rooms.shown(post, seen, known),
                    doings=doings.of(post, seen, known),
                    reactions=reaction_views.under(post, signs, f"/w/{seen.space.id}", seen, known),
                    picture=exhibits.picture(files.get(post.reference)),
                )
                for post in opening + replies
            ],
            is_open=bool(opening) and opening[0].standing is Standing.SHOWN,
        ),
        unconfirmed=confirmed.awaited,
        confirmed=confirmed.by,
    )


async def _edit(request: web.Request, form: Form, status: int) -> web.Response:
    seen, post, known = await _own_post(request)
    space = rooms.view(seen.space, known)
    return render(
        request,
        "post_edit.html",
        status=status,
        form=form,
        space=space,
        back=f"{space.path}/forum/{rooms.address_of(post.thread)}",
        has_title=post.kind == "thread",
    )


async def _own_post(
    request: web.Request, require: own.Require = own.require
) -> tuple[SpaceView, Post, Directory]:
    """A post that is shown and that its author asks for."""
    seen = await own.find_space(request)
    reference = rooms.reference_of(request.match_info["post"])
    async with request.app[CONTEXT].database.read() as reader:
        post = await forum.get(reader, seen.space, reference)
    require(seen, post)
    known = await own.look_up(request, seen)
    return seen, post, known
