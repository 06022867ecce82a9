"""`/projects/new` and `/projects/{name}/edit`: what a project is about; throwing a draft away."""

from aiohttp import web

from node.actions import projects
from node.actions.context import CONTEXT
from node.actions.projects import ProjectFields
from node.web import questions, undertakings, words
from node.web.directory import actor_of, path_of
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from node.web.undertakings import Undertaking
from protocol.errors import Reason, Refused

YOUNGEST, OLDEST = 3, 20
LONGEST = 10_000
MORE = ("description", "aims", "work_process", "expected_results", "tools", "key_competences")
_OPEN_OFFER = later("An offer is open. Withdraw it before you change the project.")


async def ask(request: web.Request) -> web.Response:
    language = me(request).language
    form = Form.filled(language=language, languages=[language], scope="european")
    return _page(request, form, 200)


async def draft(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    form = await read_form(request)
    fields = read_fields(form)
    if fields is not None:
        with form.mending():
            project = await projects.draft(context, me(request), fields)
            return see_other(path_of(project, context.base) + "/manage", "drafted")
    return _page(request, form, 422)


async def edit(request: web.Request) -> web.Response:
    one = await _own(request)
    return _page(request, _filled(one), 200, one)


async def save(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    one = await _own(request)
    form = await read_form(request)
    fields = read_fields(form)
    if fields is not None:
        with form.mending("", {Reason.CONFLICT: _OPEN_OFFER}):
            await projects.edit(context, me(request), one.id, fields)
            return see_other(path_of(one.id, context.base), "saved")
    return _page(request, form, 422, one)


async def confirm_discard(request: web.Request) -> web.Response:
    return await _discarding(request, Form(), 200)


async def discard(request: web.Request) -> web.Response:
    one = await _own(request)
    form = await read_form(request)
    with form.mending("", {Reason.CONFLICT: later("An offer is open. Withdraw it first.")}):
        await projects.discard(request.app[CONTEXT], me(request), one.id)
        return see_other("/projects", "deleted")
    return await _discarding(request, form, 422)


def read_fields(form: Form) -> ProjectFields | None:
    """What was answered; None where something is to be mended."""
    age_from = form.number("age_from", lowest=YOUNGEST, highest=OLDEST)
    age_to = form.number("age_to", lowest=YOUNGEST, highest=OLDEST)
    start = form.day("start", required=False)
    end = form.day("end", required=False)
    if age_from is not None and age_to is not None and age_to < age_from:
        form.say("age_to", words.AGES_TURNED)
    if start is not None and end is not None and end < start:
        form.say("end", later("The end lies before the beginning."))
    fields = ProjectFields(
        title=form.line("title"),
        summary=form.text("summary", longest=500),
        language=form.choice("language", words.LANGUAGES),
        languages=form.choices("languages", words.LANGUAGES, fewest=1, most=12),
        subjects=form.choices("subjects", words.SUBJECTS, fewest=1, most=20),
        age_from=age_from or YOUNGEST,
        age_to=age_to or OLDEST,
        scope=form.choice("scope", words.SCOPES),
        description=form.text("description", longest=LONGEST, required=False),
        aims=form.text("aims", longest=LONGEST, required=False),
        work_process=form.text("work_process", longest=LONGEST, required=False),
        expected_results=form.text("expected_results", longest=LONGEST, required=False),
        pupils=form.number("pupils", lowest=1, highest=100_000, required=False),
        tools=form.choices("tools", words.TOOLS, most=12),
        key_competences=form.choices("key_competences", words.COMPETENCES, most=8),
        start=start,
        end=end,
    )
    return fields if form.ok else None


async def _own(request: web.Request) -> Undertaking:
    context = request.app[CONTEXT]
    project = actor_of("projects", request.match_info["name"], context.base)
    async with context.database.read() as reader:
        one = await undertakings.get(reader, project, me(request))
    if not one.own:
        raise Refused(Reason.NOT_OWNER, "Only its founder changes a project.")
    return one


async def _discarding(request: web.Request, form: Form, status: int) -> web.Response:
    one = await _own(request)
    return questions.ask(
        request,
        status=status,
        form=form,
        back=path_of(one.id, request.app[CONTEXT].base) + "/manage",
        question=later("Throw this draft away?"),
        consequence=later("It is gone for good. Nobody else has seen it."),
        quoted=str(one.document.get("name", "")),
        yes=later("Throw it away"),
    )


def _page(
    request: web.Request, form: Form, status: int, one: Undertaking | None = None
) -> web.Response:
    back = "/projects" if one is None else path_of(one.id, request.app[CONTEXT].base) + "/manage"
    return render(
        request,
        "project_form.html",
        status=status,
        form=form,
        new=one is None,
        shared=one is not None and one.state == "active",
        back=back,
        more_open=any(form.value(name) or name in form.problems for name in MORE),
    )


def _filled(one: Undertaking) -> Form:
    fields = one.fields
    if fields is None:
        raise Refused(Reason.NOT_OWNER, "Only its founder changes a project.")
    return Form.filled(
        title=fields.title,
        summary=fields.summary,
        language=fields.language,
        languages=fields.languages,
        subjects=fields.subjects,
        age_from=fields.age_from,
        age_to=fields.age_to,
        scope=fields.scope,
        description=fields.description,
        aims=fields.aims,
        work_process=fields.work_process,
        expected_results=fields.expected_results,
        pupils=fields.pupils,
        tools=fields.tools,
        key_competences=fields.key_competences,
        start=fields.start.isoformat() if fields.start else "",
        end=fields.end.isoformat() if fields.end else "",
    )
