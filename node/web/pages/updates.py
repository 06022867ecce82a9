"""`/updates/new`: telling all who follow. `/updates/{name}/delete`: taking it back."""

from aiohttp import web

from node.actions import people
from node.actions.context import CONTEXT
from node.storage import objects
from node.web import questions, words
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol import names
from protocol.errors import Reason, Refused
from protocol.reading import optional_text_of

LONGEST = 10_000


async def ask(request: web.Request) -> web.Response:
    return render(request, "update_new.html", form=Form.filled(language=me(request).language))


async def publish(request: web.Request) -> web.Response:
    form = await read_form(request)
    text = form.text("text", longest=LONGEST)
    language = form.choice("language", words.LANGUAGES)
    if form.ok:
        with form.mending("text"):
            await people.publish_update(
                request.app[CONTEXT], me(request), text=text, language=language
            )
            return see_other("/home", "published")
    return render(request, "update_new.html", status=422, form=form)


async def confirm(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    async with context.database.read() as reader:
        stored = await objects.find(reader, _note(request))
    if stored is None or stored.buried or stored.owner != me(request).actor:
        raise Refused(Reason.NOT_FOUND, "There is no such update of yours.")
    return questions.ask(
        request,
        back="/home",
        question=later("Delete this update?"),
        consequence=later(
            "It is deleted here and at every school that got it. This cannot be taken back."
        ),
        quoted=optional_text_of(stored.document, "content"),
        yes=later("Delete it everywhere"),
    )


async def delete(request: web.Request) -> web.Response:
    await people.delete_update(request.app[CONTEXT], me(request), _note(request))
    return see_other("/home", "deleted")


def _note(request: web.Request) -> str:
    try:
        return names.note_id(request.app[CONTEXT].base, request.match_info["name"])
    except Refused:
        raise Refused(Reason.NOT_FOUND, "There is no such update.") from None
