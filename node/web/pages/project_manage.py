"""`/projects/{name}/manage`: who is to act next, and since when; offer, answer, withdraw."""

from aiohttp import web

from node.actions import projects
from node.actions.context import CONTEXT
from node.storage import contacts
from node.storage.accounts import Account
from node.storage.database import Reader
from node.web import directory, participants, undertakings
from node.web.directory import actor_of, path_of
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol import names
from protocol.errors import Reason, Refused

_TAKEN = {
    Reason.CONFLICT: later("This project is offered or founded already."),
    Reason.ALREADY_ANSWERED: later("This offer was answered, or withdrawn."),
}


async def show(request: web.Request) -> web.Response:
    return await _page(request, Form(), 200)


async def offer(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    project = _project(request)
    form = await read_form(request)
    async with context.database.read() as reader:
        choices = [code for code, _ in await _list_choices(reader, me(request), context.base)]
    other = form.choice("other", choices)
    if form.ok:
        with form.mending("other", _TAKEN):
            await projects.offer(context, me(request), project, other)
            return see_other(_path(request), "project-offered")
    return await _page(request, form, 422)


async def accept(request: web.Request) -> web.Response:
    form = Form()
    with form.mending("", _TAKEN):
        await projects.accept(request.app[CONTEXT], me(request), _project(request))
        return see_other(_path(request), "project-accepted")
    return await _page(request, form, 422)


async def decline(request: web.Request) -> web.Response:
    form = await read_form(request)
    reason = form.text("reason", longest=projects.MAX_NOTE_CHARACTERS, required=False)
    if form.ok:
        with form.mending("", _TAKEN):
            await projects.decline(request.app[CONTEXT], me(request), _project(request), reason)
            return see_other("/projects", "project-declined")
    return await _page(request, form, 422)


async def withdraw(request: web.Request) -> web.Response:
    form = Form()
    with form.mending("", _TAKEN):
        await projects.withdraw(request.app[CONTEXT], me(request), _project(request))
        return see_other(_path(request), "project-withdrawn")
    return await _page(request, form, 422)


async def _page(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    account = me(request)
    async with context.database.read() as reader:
        one = await undertakings.get(reader, _project(request), account)
        if not one.takes_part(account):
            raise Refused(Reason.NOT_FOUND, "You do not take part in this project.")
        found = None if one.space is None else await participants.load(reader, one.space)
        actors = one.actors() + ([] if found is None else found.actors())
        known = await directory.look_up(reader, context.base, actors)
        _, _, step = undertakings.next_of(one, account)
        choices = []
        if step == "offer":
            choices = await _list_choices(reader, account, context.base)
    may_lead = one.may_lead(account)
    return render(
        request,
        "project_manage.html",
        status=status,
        form=form,
        project=undertakings.show(one, known, account),
        step=step,
        contacts=choices,
        may_lead=may_lead,
        schools=participants.members(found, known, may_remove=may_lead) if found else [],
        awaited=participants.waiting(found, known) if found else [],
        invitations=participants.invitations(found, known, account.actor)
        if found and may_lead
        else [],
    )


async def _list_choices(reader: Reader, account: Account, base: str) -> list[tuple[str, str]]:
    """The contacts at other schools: whoever can become co-founder."""
    standing = await contacts.list_standing(reader, account.actor)
    others = list(dict.fromkeys(one.other(account.actor) for one in standing))
    elsewhere = [actor for actor in others if not names.same_origin(actor, base)]
    known = await directory.look_up(reader, base, elsewhere)
    people = [(actor, known.person(actor)) for actor in elsewhere]
    return [(actor, f"{person.name} ({person.school.name})") for actor, person in people]


def _project(request: web.Request) -> str:
    return actor_of("projects", request.match_info["name"], request.app[CONTEXT].base)


def _path(request: web.Request) -> str:
    return path_of(_project(request), request.app[CONTEXT].base) + "/manage"
