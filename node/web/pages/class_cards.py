"""`/classes/{class}/cards`: new cards for all, or for one; printed at once, never shown again."""

from aiohttp import web

from node.actions.context import CONTEXT
from node.classroom import handing_out, roster
from node.web import class_views
from node.web.asking import number_of
from node.web.door import me, room_of
from node.web.forms import read_form
from node.web.render import render


async def ask(request: web.Request) -> web.Response:
    number = number_of(request.match_info["class"])
    opened = await roster.open_for_cards(room_of(request), me(request), number)
    return render(
        request,
        "cards_ask.html",
        path=f"/classes/{number}",
        name=opened.class_.name,
        pupils=[
            (str(one.pupil.id), one.names.display or one.pupil.alias, one.pupil.alias)
            for one in opened.known
        ],
        there=len(opened.cards),
    )


async def make(request: web.Request) -> web.Response:
    """Shows the cards at once instead of leading on: what stands on them is nowhere kept."""
    number = number_of(request.match_info["class"])
    form = await read_form(request)
    pupil = number_of(form.value("pupil")) if form.value("pupil") else None
    sheet = await handing_out.make_cards(room_of(request), me(request), number, pupil)
    return render(
        request,
        "cards.html",
        path=f"/classes/{number}",
        name=sheet.class_.name,
        code=sheet.class_.code,
        ends_ms=sheet.class_.ends_ms,
        address=f"{request.app[CONTEXT].address.partition('://')[2]}/c",
        cards=[
            class_views.CardView(
                one.alias,
                f"{one.word[:4]} {one.word[4:]}",
                len(one.squares) + 2 * handing_out.BORDER,
                handing_out.as_path(one.squares),
            )
            for one in sheet.cards
        ],
    )
