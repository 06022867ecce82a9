"""`/`: this school, its public projects, the way in. `/about`, `/accessibility`."""

from aiohttp import web

from node.actions import actors
from node.actions.context import CONTEXT
from node.storage import objects
from node.storage.objects import StoredDocument
from node.web import cards, directory, views
from node.web.door import signed_in
from node.web.render import render
from protocol.errors import Reason, Refused


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    async with context.database.read() as reader:
        stored = await objects.find(reader, await actors.get_school(reader))
        if stored is None:
            raise Refused(Reason.NOT_FOUND, "This node has no school yet; run `schoolgate init`.")
        projects = [
            one
            for one in await objects.list_of_kind(reader, "project", local=True, limit=24)
            if one.listed
        ]
        wanted = [actor for one in projects for actor in cards.project_actors(one.document)]
        known = await directory.look_up(reader, context.base, wanted)
    return render(
        request,
        "front.html",
        school=_school(stored, context.base, signed_in(request) is not None),
        projects=[cards.project_card(one, known) for one in projects],
    )


def _school(stored: StoredDocument, base: str, is_staff: bool) -> views.SchoolCard:
    """The school; to a visitor no more than its name and country where the card is not for all."""
    card = cards.school_card(stored, base)
    if is_staff or card.reach == "public":
        return card
    return views.SchoolCard(card.url, card.name, card.country, "", reach=card.reach)


async def about(request: web.Request) -> web.Response:
    return render(request, "about.html")


async def accessibility(request: web.Request) -> web.Response:
    return render(request, "accessibility.html")
