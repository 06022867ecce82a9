"""`/w/{space}/search`: finding by words what stands in a space; every result leads to its place."""

from aiohttp import web

from node.actions.context import CONTEXT
from node.storage import contents, pages, views
from node.storage.database import Reader
from node.web import doings, own, rooms
from node.web.forms import Form
from node.web.render import render
from protocol.space.fold.history import Contribution, Standing

AT_ONCE = 50
LONGEST_WORDS = 200


async def show(request: web.Request) -> web.Response:
    """Only what is shown to those who are in the space, the newest first."""
    seen = await own.find_space(request)
    known = await own.look_up(request, seen)
    typed = request.query.get("q", "")[:LONGEST_WORDS]
    async with request.app[CONTEXT].database.read() as reader:
        found = await _find(reader, seen.space.id, typed) if typed.strip() else []
    return render(
        request,
        "space_search.html",
        space=rooms.view(seen.space, known),
        form=Form.filled(q=typed),
        asked=bool(typed.strip()),
        found=[doings.thing(one, seen, known) for one in found[:AT_ONCE]],
        more=len(found) > AT_ONCE,
    )


async def _find(reader: Reader, space: str, typed: str) -> list[Contribution]:
    """At most one more than a page holds of each table, together in one order."""
    limit = AT_ONCE + 1
    found: list[Contribution] = []
    found += await views.search_posts(reader, space, typed, limit=limit)
    found += await contents.search(reader, space, typed, limit=limit)
    found += await pages.search_pages(reader, space, typed, limit=limit)
    found += await pages.search_blocks(reader, space, typed, limit=limit)
    shown = [one for one in found if one.standing is Standing.SHOWN]
    return sorted(shown, key=lambda one: (-one.time, one.reference))
