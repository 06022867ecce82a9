"""`/agency/announcements`: what the hub tells all its schools."""

from aiohttp import web

from node.actions import announcements
from node.actions.context import CONTEXT
from node.web import cards, words
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.render import FRAME, render, see_other
from protocol import names

PAGE = "/agency/announcements"
LONGEST = 5_000


async def show(request: web.Request) -> web.Response:
    return await _page(request, Form.filled(language=request[FRAME].language.tag), 200)


async def tell(request: web.Request) -> web.Response:
    form = await read_form(request)
    text = form.text("text", longest=LONGEST)
    language = form.choice("language", words.LANGUAGES)
    if form.ok:
        with form.mending("text"):
            await announcements.tell(
                request.app[CONTEXT], me(request), text=text, language=language
            )
            return see_other(PAGE, "news-told")
    return await _page(request, form, 422)


async def take_back(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    name = names.read_name(request.match_info["name"])
    await announcements.take_back(context, me(request), names.note_id(context.base, name))
    return see_other(PAGE, "deleted")


async def _page(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    async with context.database.read() as reader:
        told = await announcements.list_told(context, reader)
    return render(
        request,
        "agency_news.html",
        status=status,
        form=form,
        told=[cards.news(one) for one in told],
    )
