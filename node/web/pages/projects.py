"""`/projects`: mine and others'. `/projects/{name}`: one project, for everybody who may see it."""

from aiohttp import web

from node.actions import follow
from node.actions.context import CONTEXT
from node.storage import follows, objects
from node.web import cards, directory, undertakings
from node.web.directory import actor_of, path_of
from node.web.door import me, signed_in
from node.web.render import render, see_other
from protocol.reading import optional_text_of

FOLLOWING = {None: "no", "asked": "asked", "following": "yes", "refused": "no"}
AT_ONCE = 60


async def show_all(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    asking = signed_in(request)
    async with context.database.read() as reader:
        mine = [] if asking is None else await undertakings.list_mine(reader, asking.account)
        own = {one.id for one in mine}
        others = [
            one
            for one in await objects.list_of_kind(reader, "project", limit=AT_ONCE)
            if one.id not in own
            and (one.listed if one.local else asking is not None)
            and optional_text_of(one.document, "state") != "offered"
        ]
        wanted = {actor for one in others for actor in cards.project_actors(one.document)}
        wanted |= {actor for one in mine for actor in one.actors()}
        known = await directory.look_up(reader, context.base, wanted)
    return render(
        request,
        "projects.html",
        mine=[undertakings.card(one, known) for one in mine],
        others=[cards.project_card(one, known) for one in others],
    )


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    asking = signed_in(request)
    account = None if asking is None else asking.account
    project = actor_of("projects", request.match_info["name"], context.base)
    async with context.database.read() as reader:
        one = await undertakings.get(reader, project, account)
        known = await directory.look_up(reader, context.base, one.actors())
        following = ""
        if account is not None and not one.is_founded_by(account):
            row = await follows.find_pair(reader, account.actor, project)
            following = FOLLOWING[None if row is None else row.state]
    shown = undertakings.show(one, known, account)
    return render(request, "project.html", project=shown, following=following)


async def follow_it(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    project = actor_of("projects", request.match_info["name"], context.base)
    await follow.follow(context, me(request), project)
    return see_other(path_of(project, context.base), "followed")


async def unfollow_it(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    project = actor_of("projects", request.match_info["name"], context.base)
    await follow.unfollow(context, me(request), project)
    return see_other(path_of(project, context.base), "unfollowed")
