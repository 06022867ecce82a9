"""`/messages`: conversations with contacts, here and at other schools."""

from aiohttp import web

from node.actions import messages as acting
from node.actions.context import CONTEXT
from node.storage import contacts, messages
from node.web import answering, directory, views, words
from node.web.directory import actor_of, path_of
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.render import render, see_other
from protocol.errors import Reason, Refused


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    async with context.database.read() as reader:
        rows = await messages.list_conversations(reader, me(request).actor)
        known = await directory.look_up(reader, context.base, [row.other for row in rows])
    shown = [
        views.Conversation(
            path=_path(row.other, context.base),
            person=known.person(row.other),
            last=row.text,
            at_ms=row.at_ms,
            unread=row.unread,
        )
        for row in rows
    ]
    return render(request, "messages.html", conversations=shown)


async def read(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    account = me(request)
    await acting.mark_read(context, account, _other(request))
    beginning = await answering.begin(request, _other(request))
    return await _page(request, Form.filled(language=account.language, text=beginning), 200)


async def write(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    form = await read_form(request)
    text = form.text("text", longest=acting.MAX_CHARACTERS)
    language = form.choice("language", words.LANGUAGES)
    if form.ok:
        with form.mending("text"):
            other = _other(request)
            await acting.send(context, me(request), other, text=text, language=language)
            return see_other(_path(other, context.base), "sent")
    return await _page(request, form, 422)


async def _page(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    own = me(request).actor
    other = _other(request)
    async with context.database.read() as reader:
        rows = await messages.list_with(reader, own, other)
        contact = await contacts.find_pair(reader, own, other)
        if contact is None and not rows:
            raise Refused(Reason.NOT_FOUND, "There is no conversation with this person.")
        known = await directory.look_up(reader, context.base, [other])
    shown = [
        views.Message(
            text=row.text,
            language=row.language,
            at_ms=row.at_ms,
            mine=row.sent,
            delivered=row.travel in {"", "done"},
            lost=row.travel in {"dropped", "given_up"},
        )
        for row in rows
    ]
    return render(
        request,
        "conversation.html",
        status=status,
        form=form,
        person=known.person(other),
        may_write=contact is not None and contact.state == "contacts",
        messages=shown,
    )


def _other(request: web.Request) -> str:
    return actor_of("people", request.match_info["name"], request.app[CONTEXT].base)


def _path(actor: str, base: str) -> str:
    return "/messages/" + path_of(actor, base).removeprefix("/people/")
