"""`/notices/new` and `/notices/{name}/edit`: saying what partners are wanted for."""

from aiohttp import web

from node.actions import notices
from node.actions.context import CONTEXT
from node.actions.notices import NoticeFields
from node.clock import unstamp
from node.storage import objects
from node.storage.objects import StoredDocument
from node.web import words
from node.web.directory import actor_of, path_of
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason, Refused
from protocol.reading import number_of, optional_text_of, text_of, texts_of

YOUNGEST, OLDEST = 3, 20
LONGEST = 3_000
MAX_COUNTRIES = 60
MORE = ("subjects", "age_from", "age_to", "countries")
USUAL_DAYS = 30
_TOO_MANY = later("You have ten open notices. Take one back first.")


async def ask(request: web.Request) -> web.Response:
    account = me(request)
    async with request.app[CONTEXT].database.read() as reader:
        stored = await objects.find(reader, account.actor)
    profile = {} if stored is None else stored.document
    form = Form.filled(
        language=account.language,
        languages=texts_of(profile, "languages") or [account.language],
        subjects=texts_of(profile, "subjects"),
        age_from=number_of(profile, "ageFrom"),
        age_to=number_of(profile, "ageTo"),
        purpose="looking_for_partners",
        days=str(USUAL_DAYS),
        reach="accredited",
    )
    return _page(request, form, 200)


async def put_up(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    form = await read_form(request)
    fields = read_fields(form, is_new=True)
    if fields is not None:
        with form.mending("", {Reason.TOO_MANY_ITEMS: _TOO_MANY}):
            id_ = await notices.write(context, me(request), fields)
            return see_other(path_of(id_, context.base), "notice-up")
    return _page(request, form, 422)


async def edit(request: web.Request) -> web.Response:
    stored = await _get_own(request)
    document = stored.document
    form = Form.filled(
        title=text_of(document, "name"),
        purpose=text_of(document, "purpose"),
        text=text_of(document, "content"),
        language=text_of(document, "language"),
        languages=texts_of(document, "languages"),
        subjects=texts_of(document, "subjects"),
        age_from=number_of(document, "ageFrom"),
        age_to=number_of(document, "ageTo"),
        countries=texts_of(document, "countries"),
        reach=optional_text_of(document, "reach"),
    )
    return _page(request, form, 200, stored)


async def save(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    stored = await _get_own(request)
    form = await read_form(request)
    fields = read_fields(form, is_new=_is_over(request, stored))
    if fields is not None:
        with form.mending("", {Reason.TOO_MANY_ITEMS: _TOO_MANY}):
            await notices.change(context, me(request), stored.id, fields)
            return see_other(path_of(stored.id, context.base), "saved")
    return _page(request, form, 422, stored)


def read_fields(form: Form, *, is_new: bool) -> NoticeFields | None:
    """What was answered; None where something is to be mended. A new one says how long it runs."""
    age_from = form.number("age_from", lowest=YOUNGEST, highest=OLDEST, required=False)
    age_to = form.number("age_to", lowest=YOUNGEST, highest=OLDEST, required=False)
    if age_from is not None and age_to is not None and age_to < age_from:
        form.say("age_to", words.AGES_TURNED)
    days = form.choice("days", words.RUNNING_DAYS, required=is_new)
    fields = NoticeFields(
        purpose=form.choice("purpose", words.PURPOSES),
        title=form.line("title"),
        text=form.text("text", longest=LONGEST),
        language=form.choice("language", words.LANGUAGES),
        languages=form.choices("languages", words.LANGUAGES, fewest=1, most=12),
        days=int(days) if days else None,
        reach=form.choice("reach", words.REACH),
        subjects=form.choices("subjects", words.SUBJECTS, most=20),
        age_from=age_from,
        age_to=age_to,
        countries=form.choices("countries", words.COUNTRIES, most=MAX_COUNTRIES),
    )
    return fields if form.ok else None


async def _get_own(request: web.Request) -> StoredDocument:
    context = request.app[CONTEXT]
    id_ = actor_of("notices", request.match_info["name"], context.base)
    async with context.database.read() as reader:
        stored = await objects.find(reader, id_)
    if (
        stored is None
        or stored.kind != "notice"
        or stored.buried
        or stored.owner != me(request).actor
    ):
        raise Refused(Reason.NOT_FOUND, "There is no such notice of yours.")
    return stored


def _is_over(request: web.Request, stored: StoredDocument) -> bool:
    return unstamp(text_of(stored.document, "expires")) <= request.app[CONTEXT].now_ms()


def _page(
    request: web.Request, form: Form, status: int, stored: StoredDocument | None = None
) -> web.Response:
    base = request.app[CONTEXT].base
    until_ms = None
    if stored is not None and not _is_over(request, stored):
        until_ms = unstamp(text_of(stored.document, "expires"))
    return render(
        request,
        "notice_form.html",
        status=status,
        form=form,
        new=stored is None,
        until_ms=until_ms,
        back="/notices" if stored is None else path_of(stored.id, base),
        more_open=any(form.values(name) or name in form.problems for name in MORE),
    )
