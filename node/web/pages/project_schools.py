"""`/projects/{name}/…`: further schools are invited and answer; founding is handed on; the end."""

from aiohttp import web

from node.actions import joining, parting, succession
from node.actions.context import CONTEXT
from node.storage import accounts
from node.storage.accounts import Account
from node.web import questions, undertakings
from node.web.directory import actor_of, path_of
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from node.web.undertakings import Undertaking
from protocol.errors import Reason

_INVITE = {
    Reason.CONFLICT: later("This school takes part already, or was asked already."),
    Reason.NOT_ALLOWED: later("Invite one of your contacts."),
    Reason.NOT_PARTNER: later("The server of that school is not connected with ours at present."),
    Reason.READ_ONLY: later("The project is closed."),
}
_ANSWER = {
    Reason.ALREADY_ANSWERED: later("This invitation was answered, or withdrawn."),
    Reason.LAPSED: later("This invitation was not answered in 30 days. Ask for a new one."),
}
_CLOSED = {Reason.READ_ONLY: later("The project is closed.")}


async def ask_invite(request: web.Request) -> web.Response:
    return await _inviting(request, Form(), 200)


async def invite(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    form = await read_form(request)
    async with context.database.read() as reader:
        choices = await undertakings.list_guests(reader, me(request), context.base)
    other = form.choice("other", [code for code, _ in choices])
    note = form.text("note", longest=joining.MAX_NOTE_CHARACTERS, required=False)
    if form.ok:
        with form.mending("other", _INVITE):
            await joining.invite(context, me(request), _project(request), other, note=note)
            return see_other(_manage(request), "school-invited")
    return await _inviting(request, form, 422)


async def withdraw(request: web.Request) -> web.Response:
    form = await read_form(request)
    with form.mending("", _ANSWER):
        await joining.withdraw(request.app[CONTEXT], me(request), form.value("invitation"))
        return see_other(_manage(request), "school-withdrawn")
    return see_other(_manage(request))


async def join(request: web.Request) -> web.Response:
    form = Form()
    with form.mending("", _ANSWER):
        await joining.accept(request.app[CONTEXT], me(request), _project(request))
        return see_other(_manage(request), "school-joined")
    return await _answering(request, form, 422)


async def ask_refuse(request: web.Request) -> web.Response:
    return await _answering(request, Form(), 200)


async def refuse(request: web.Request) -> web.Response:
    form = await read_form(request)
    note = form.text("note", longest=joining.MAX_NOTE_CHARACTERS, required=False)
    if form.ok:
        with form.mending("", _ANSWER):
            await joining.decline(request.app[CONTEXT], me(request), _project(request), note)
            return see_other("/projects", "school-declined")
    return await _answering(request, form, 422)


async def confirm_close(request: web.Request) -> web.Response:
    return await _closing(request, Form(), 200)


async def close(request: web.Request) -> web.Response:
    form = Form()
    with form.mending("", _CLOSED):
        await parting.close(request.app[CONTEXT], me(request), _project(request))
        return see_other(_manage(request), "project-closed")
    return await _closing(request, form, 422)


async def confirm_archive(request: web.Request) -> web.Response:
    return await _archiving(request, Form(), 200)


async def archive(request: web.Request) -> web.Response:
    form = Form()
    with form.mending("", _CLOSED):
        await parting.archive(request.app[CONTEXT], me(request), _project(request))
        return see_other(_manage(request), "project-archived")
    return await _archiving(request, form, 422)


async def reopen(request: web.Request) -> web.Response:
    await parting.reopen(request.app[CONTEXT], me(request), _project(request))
    return see_other(_manage(request), "project-reopened")


async def ask_hand_over(request: web.Request) -> web.Response:
    return await _handing_over(request, Form(), 200)


async def hand_over(request: web.Request) -> web.Response:
    form = await read_form(request)
    account = me(request)
    handle = form.choice(
        "successor", [code for code, _ in await _list_colleagues(request, account)]
    )
    if form.ok:
        with form.mending("successor", _CLOSED):
            await succession.hand_over(request.app[CONTEXT], account, _project(request), handle)
            return see_other(_path(request), "handed-over")
    return await _handing_over(request, form, 422)


async def _inviting(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    async with context.database.read() as reader:
        space = await joining.require_founded(reader, me(request), _project(request))
        one = await undertakings.get(reader, _project(request), me(request))
        guests = await undertakings.list_guests(reader, me(request), context.base, space)
    return render(
        request,
        "project_invite.html",
        status=status,
        form=form,
        back=_manage(request),
        project_title=one.title,
        contacts=guests,
    )


async def _answering(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    async with context.database.read() as reader:
        one = await undertakings.get(reader, _project(request), me(request))
    return render(
        request,
        "project_refuse.html",
        status=status,
        form=form,
        back=_manage(request),
        project_title=one.title,
    )


async def _closing(request: web.Request, form: Form, status: int) -> web.Response:
    one = await _founded(request)
    return questions.ask(
        request,
        status=status,
        form=form,
        back=_manage(request),
        question=later("Close this project for ever?"),
        consequence=later(
            "Nobody writes in its space any more, at any school, and this cannot be undone. Every "
            "school keeps its copy and can read it. Everybody sees that the project is finished."
        ),
        quoted=one.title,
        yes=later("Close the project"),
    )


async def _archiving(request: web.Request, form: Form, status: int) -> web.Response:
    one = await _founded(request)
    return questions.ask(
        request,
        status=status,
        form=form,
        back=_manage(request),
        question=later("Archive this space?"),
        consequence=later(
            "It can be read at every school, and nobody writes in it until a founder opens it "
            "again. What a school writes while it has not heard of this is kept, and is seen when "
            "the space is opened again."
        ),
        quoted=one.title,
        yes=later("Archive the space"),
    )


async def _handing_over(request: web.Request, form: Form, status: int) -> web.Response:
    one = await _founded(request)
    return render(
        request,
        "project_hand_over.html",
        status=status,
        form=form,
        back=_manage(request),
        project_title=one.title,
        colleagues=await _list_colleagues(request, me(request)),
    )


async def _founded(request: web.Request) -> Undertaking:
    """The project, as only a founder sees it. Refuses as `joining.require_founded`."""
    async with request.app[CONTEXT].database.read() as reader:
        await joining.require_founded(reader, me(request), _project(request))
        return await undertakings.get(reader, _project(request), me(request))


async def _list_colleagues(request: web.Request, account: Account) -> list[tuple[str, str]]:
    async with request.app[CONTEXT].database.read() as reader:
        staff = await accounts.list_all(reader)
    return [
        (one.handle, f"{one.name} ({one.handle})")
        for one in staff
        if one.state == "active" and "teacher" in one.roles and one.id != account.id
    ]


def _project(request: web.Request) -> str:
    return actor_of("projects", request.match_info["name"], request.app[CONTEXT].base)


def _path(request: web.Request) -> str:
    return path_of(_project(request), request.app[CONTEXT].base)


def _manage(request: web.Request) -> str:
    return _path(request) + "/manage"
