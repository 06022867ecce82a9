"""`/schools`: the schools that this node knows. `/map`: the same on a map, a list beside it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from aiohttp import web

from node.actions import trust
from node.actions.context import CONTEXT, Context
from node.storage import listings, school_map
from node.storage.database import Reader
from node.storage.school_map import PlacedSchool, UnreadSchool
from node.web import atlas, results, views, words
from node.web.directory import path_of
from node.web.forms import Form
from node.web.render import render
from protocol import directory
from protocol.directory import Cursor, Query

MOST_DOTS = 300
"""Above so many dots a map is a stain; then numbers alone are shown."""


async def show_all(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    form = Form({name: [value] for name, value in request.query.items()})
    country = form.choice("country", words.COUNTRIES, required=False)
    cursor = Cursor()
    with form.mending("country"):
        cursor = directory.read_cursor(form.value("after"))
    query = Query(kinds=["school"], countries=[country] if country else [])
    async with context.database.read() as reader:
        page = await listings.search(reader, query, cursor, now_ms=context.now_ms())
        found = await results.cards_of(reader, context.base, page.results, context.now())
        unread = [] if cursor != Cursor() else await _list_unread(context, reader)
    more = ""
    if page.next is not None:
        asked = {"country": country} if country else {}
        more = "/schools?" + urlencode(asked | {"after": str(page.next)})
    return render(
        request,
        "schools.html",
        status=200 if form.ok else 422,
        form=form,
        country=country,
        schools=[
            *found,
            *(
                _unread(one, context.base)
                for one in unread
                if not country or one.country == country
            ),
        ],
        more=more,
    )


async def show_map(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    async with context.database.read() as reader:
        counts = Counter(await school_map.count_by_country(reader))
        counts.update(one.country for one in await _list_unread(context, reader) if one.country)
        placed = await school_map.list_placed(reader, limit=MOST_DOTS + 1)
    dots = _dots(placed) if len(placed) <= MOST_DOTS else []
    shown = Counter(dot.country for dot in dots)
    return render(
        request,
        "map.html",
        size=(atlas.WIDTH, atlas.HEIGHT),
        counts=counts,
        total=sum(counts.values()),
        dots=dots,
        marks=_marks({code: number - shown[code] for code, number in counts.items()}),
    )


async def _list_unread(context: Context, reader: Reader) -> list[UnreadSchool]:
    """A hub reads its schools' cards by itself, and has too many to look for those it lacks."""
    return [] if trust.is_hub(context) else await school_map.list_unread(reader)


def _unread(one: UnreadSchool, base: str) -> results.Result:
    """Its card is fetched when somebody follows the link."""
    mark = views.School(one.id, one.name, one.country)
    return results.Result("school", path_of(one.id, base), one.name, mark, ())


def _dots(placed: Iterable[PlacedSchool]) -> list[views.Dot]:
    found = []
    for one in placed:
        x, y = atlas.place(one.north_tenths / 10, one.east_tenths / 10)
        if atlas.is_inside(x, y):
            found.append(views.Dot(round(x), round(y), one.id, one.name, one.country))
    return found


def _marks(counts: Mapping[str, int]) -> list[views.Mark]:
    """The numbers of schools without a dot, where their countries are."""
    return [
        views.Mark(*atlas.MIDDLES[code], code, number)
        for code, number in sorted(counts.items())
        if number > 0 and code in atlas.MIDDLES
    ]
