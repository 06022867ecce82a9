"""`/w/{space}`: a project's space: what is going on, where it lies, who is in it."""

import asyncio
from collections.abc import Sequence

from aiohttp import web

from node.actions import leftovers, parting, quotas, spaces, suspended
from node.actions.context import CONTEXT
from node.actions.spaces import School, SpaceView
from node.storage import accounts, contents, usage
from node.storage import views as rows
from node.web import directory, exhibits, participants, questions, rooms, undertakings, views
from node.web.directory import Directory
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from node.web.threads import lines
from protocol.errors import Reason
from protocol.space.vocabulary import Role

NEWEST = 8
NEWEST_UPDATES = 4


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    seen = await spaces.find_space(context, me(request), request.match_info["space"])
    async with context.database.read() as reader:
        (threads, updates, pictures), known, (paused, is_full, left) = await asyncio.gather(
            asyncio.gather(
                rows.list_threads(reader, seen.space.id, limit=NEWEST),
                contents.list_updates(reader, seen.space.id, limit=NEWEST_UPDATES + 1),
                contents.list_pictures(reader, seen.space.id, limit=NEWEST_UPDATES),
            ),
            directory.look_up(reader, context.base, rooms.people_in(seen)),
            asyncio.gather(
                usage.list_paused(reader, seen.space.id),
                quotas.is_full(context, reader, seen.space),
                leftovers.list_waiting(reader, [seen.space]),
            ),
        )
        kept: set[str] = set()
        may_decide = False
        for one in seen.schools:
            since_ms = one.suspended_ms
            if since_ms is not None:
                may_decide = await suspended.is_founder(reader, me(request), seen.space)
                if await suspended.is_kept(reader, seen.space.id, one.node, since_ms):
                    kept.add(one.node)
    return render(
        request,
        "space.html",
        space=rooms.view(seen.space, known),
        updates=exhibits.news(updates[:NEWEST_UPDATES], pictures, seen, known),
        more_updates=len(updates) > NEWEST_UPDATES,
        threads=lines(threads, seen, known),
        copies=[_copy(one, seen, known, kept) for one in seen.schools],
        may_decide=may_decide,
        paused=[
            known.school_of(seen.space.state.actors[one.node])
            for one in paused
            if one.node in seen.space.state.actors
        ],
        is_full=is_full,
        leftovers=bool(left),
    )


async def keep(request: web.Request) -> web.Response:
    """A founder keeps a suspended school."""
    space = request.match_info["space"]
    form = await read_form(request)
    await suspended.keep(request.app[CONTEXT], me(request), space, form.value("school"))
    return see_other(f"/w/{space}", "school-kept")


async def members(request: web.Request) -> web.Response:
    return await _members(request, Form(), 200)


async def add(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    form = await read_form(request)
    handle = form.handle("handle")
    if form.ok:
        said = {
            Reason.CONFLICT: later("This colleague is in the space already."),
            Reason.BAD_INPUT: later("Nobody of this name teaches at your school."),
        }
        with form.mending("handle", said):
            await spaces.add_colleague(request.app[CONTEXT], me(request), space, handle)
            return see_other(f"/w/{space}/members", "member-added")
    return await _members(request, form, 422)


async def confirm_leave(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    space = request.match_info["space"]
    seen = await spaces.find_space(context, me(request), space)
    return questions.ask(
        request,
        form=Form.filled(alias=seen.alias),
        back=f"/w/{space}/members",
        question=later("Leave this space?"),
        consequence=later(
            "What you wrote stays. A colleague of your school who is in the space can bring you "
            "back."
        ),
        yes=later("Leave"),
    )


async def leave(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    space = request.match_info["space"]
    alias = await spaces.pseudonym_of(context, me(request), space)
    await spaces.remove_colleague(context, me(request), space, alias)
    return see_other("/home", "left")


async def _members(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    seen = await spaces.find_space(context, me(request), request.match_info["space"])
    async with context.database.read() as reader:
        found = await participants.load(reader, seen.space)
        actors = rooms.people_in(seen) + found.actors()
        known = await directory.look_up(reader, context.base, actors)
        staff = await accounts.list_all(reader)
        leaving = await parting.find_leaving(reader, me(request), seen.space)
        leads = (await undertakings.get(reader, seen.space.project, me(request))).may_lead(
            me(request)
        )
    inside = {
        one.person for one in seen.schools[0].people if one.role is not Role.LEFT and one.person
    }
    choices = [
        (one.handle, f"{one.name} ({one.handle})")
        for one in staff
        if one.state == "active" and "teacher" in one.roles and one.actor not in inside
    ]
    return render(
        request,
        "members.html",
        status=status,
        form=form,
        space=rooms.view(seen.space, known),
        groups=[_group(one, seen, known) for one in seen.schools],
        colleagues=choices,
        schools=participants.members(found, known, may_remove=leads),
        awaited=participants.waiting(found, known),
        leaving=leaving,
    )


def _group(school: School, seen: SpaceView, known: Directory) -> views.Group:
    people: Sequence[views.Person] = [
        rooms.member(one, seen, known) for one in school.people if one.role is not Role.LEFT
    ]
    mark = known.school_of(seen.space.state.actors[school.node])
    return views.Group(mark, people, own=school.node == seen.space.node)


def _copy(school: School, seen: SpaceView, known: Directory, kept: set[str]) -> views.Copy:
    exchange = school.exchange
    return views.Copy(
        school=known.school_of(seen.space.state.actors[school.node]),
        own=school.node == seen.space.node,
        trouble=exchange is not None and bool(exchange.why),
        full=exchange is not None and exchange.why == Reason.OVER_QUOTA,
        seen_ms=None if exchange is None else exchange.agreed_ms,
        node=school.node,
        suspended=school.suspended_ms is not None,
        kept=school.node in kept,
    )
