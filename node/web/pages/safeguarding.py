"""`/safeguarding`: what was reported at this school, sealed, for its safeguarding persons alone."""

from aiohttp import web

from node.actions import approvals, escalations, people, spaces
from node.actions.context import CONTEXT
from node.classroom import safeguarding
from node.classroom.safeguarding import Listed, Opened
from node.storage import accounts, partners, role_changes
from node.web import directory, exhibits, guard_views, office_views, rooms, sealed_files, words
from node.web.asking import number_of
from node.web.door import me, room_of
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.note_words import mending_note
from node.web.render import render, see_other
from node.web.report_words import REPORT_REASONS
from protocol import names
from protocol.errors import Reason

_SENTENCES = {
    Reason.CONFLICT: later("It is closed, or this was done already."),
    Reason.NOT_FOUND: later("No hub accredits your school at present."),
}

_SUSPENDING = {
    Reason.CONFLICT: later(
        "This cannot be done: it is so already, or it is you, or your school's last administrator."
    ),
    Reason.NOT_FOUND: later("There is nobody left to whom this could be done."),
}


async def show(request: web.Request) -> web.Response:
    """Administrators who are no safeguarding persons see who has and had the role, and no case."""
    page = rooms.page_number(request.query.get("page", "1"))
    account = me(request)
    found: list[Listed] = []
    total = 0
    if safeguarding.is_guardian(account) or not account.is_admin:
        found = await safeguarding.list_evidence(room_of(request), account, page)
        total = await safeguarding.count_evidence(room_of(request), account)
    if page > 1 and not found:
        return see_other("/safeguarding")
    titles = {
        one: await spaces.find_title(request.app[CONTEXT], one)
        for one in {each.evidence.space for each in found}
    }
    lines = [_line(one, titles[one.evidence.space]) for one in found]
    return render(
        request,
        "safeguarding.html",
        waiting=[one for one in lines if one.closed_ms is None],
        closed=[one for one in lines if one.closed_ms is not None],
        page=page,
        further=page + 1 if total > page * safeguarding.AT_ONCE else 0,
        may_open=safeguarding.is_guardian(account),
        guardians=await _guardians(request) if account.is_admin else None,
        changes=await _changes(request) if account.is_admin else None,
    )


async def _guardians(request: web.Request) -> list[office_views.StaffName]:
    """Who has the role now."""
    staff = await people.list_accounts(request.app[CONTEXT], me(request))
    return [
        office_views.StaffName(f"/school/staff/{one.id}", one.name)
        for one in staff
        if safeguarding.is_guardian(one)
    ]


async def _changes(request: web.Request) -> list[office_views.RoleLine]:
    async with request.app[CONTEXT].database.read() as reader:
        found = await role_changes.list_of_role(reader, words.SAFEGUARDING)
        staff = {one.id: one.name for one in await accounts.list_all(reader)}
    return [office_views.role_change(one, staff) for one in found]


async def detail(request: web.Request) -> web.Response:
    return await _detail(request, Form(), 200)


async def extend(request: web.Request) -> web.Response:
    form = await read_form(request)
    why = form.text("why", longest=safeguarding.MAX_WHY_CHARACTERS)
    if form.ok:
        with form.mending("why", _SENTENCES):
            await safeguarding.extend(room_of(request), me(request), _number(request), why)
            return see_other(_path(request), "evidence-kept")
    return await _detail(request, form, 422)


async def tell_hub(request: web.Request) -> web.Response:
    form = await read_form(request)
    note = form.text("note", longest=escalations.MAX_NOTE_CHARACTERS, required=False)
    if form.ok:
        with form.mending("note", _SENTENCES), mending_note(form):
            await safeguarding.tell_hub(
                room_of(request),
                me(request),
                _number(request),
                note=note,
                language=me(request).language,
            )
            return see_other(_path(request), "hub-told")
    return await _detail(request, form, 422)


async def suspend(request: web.Request) -> web.Response:
    form = Form()
    with form.mending("", _SUSPENDING):
        await safeguarding.suspend(room_of(request), me(request), _number(request))
        return see_other(_path(request), "author-suspended")
    return await _detail(request, form, 422)


async def block(request: web.Request) -> web.Response:
    form = Form()
    with form.mending("", _SUSPENDING):
        await safeguarding.block_school(room_of(request), me(request), _number(request))
        return see_other(_path(request), "partner-blocked")
    return await _detail(request, form, 422)


async def close(request: web.Request) -> web.Response:
    await safeguarding.close(room_of(request), me(request), _number(request))
    return see_other("/safeguarding", "evidence-closed")


async def show_bytes(request: web.Request) -> web.StreamResponse:
    given = await safeguarding.show(room_of(request), me(request), _number(request))
    return await sealed_files.answer(request, given)


async def _detail(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    opened = await safeguarding.open_evidence(room_of(request), me(request), _number(request))
    title = await spaces.find_title(context, opened.evidence.space)
    async with context.database.read() as reader:
        known = await directory.look_up(reader, context.base, [opened.copied.school])
        hub = await approvals.find_own_hub(reader)
        called = await partners.list_named(reader, [names.origin(hub)] if hub else [])
        staff = {one.id: one.name for one in await accounts.list_all(reader)}
    return render(
        request,
        "safeguarding_one.html",
        status=status,
        form=form,
        one=_opened(opened, title, staff),
        hub=called.get(names.origin(hub), ("", ""))[0] if hub else "",
        told_ms=opened.evidence.told_ms,
        ours=opened.copied.ours,
        school=known.school_of(opened.copied.school) if opened.copied.school else None,
    )


def _line(one: Listed | Opened, title: str) -> guard_views.CaseLine:
    kept = one.evidence
    return guard_views.CaseLine(
        path=f"/safeguarding/{kept.id}",
        space=title,
        reason=REPORT_REASONS.get(kept.reason, ""),
        pupils=one.pupils,
        teachers=one.teachers,
        at_ms=kept.at_ms,
        ends_ms=kept.ends_ms,
        closed_ms=kept.closed_ms,
    )


def _opened(found: Opened, title: str, staff: dict[int, str]) -> guard_views.Case:
    copied = found.copied
    return guard_views.Case(
        line=_line(found, title),
        kind=guard_views.KINDS.get(copied.kind, guard_views.OTHER),
        text=copied.text,
        language=copied.language,
        author=copied.author or copied.alias[:6],
        made_ms=copied.edited_ms or copied.made_ms,
        file_name=copied.file_name,
        alt=copied.alt,
        file=_file(found),
        voices=[
            guard_views.Voice(
                who=voice.who,
                name="" if voice.pupil is None else found.names.get(voice.pupil, ""),
                is_pupil=voice.account is None,
                words=voice.words,
                at_ms=voice.at_ms,
            )
            for voice in found.voices
        ],
        extensions=[
            guard_views.Extension(staff.get(each.account, ""), each.why, each.until_ms, each.at_ms)
            for each in found.extensions
        ],
    )


def _file(found: Opened) -> guard_views.File | None:
    kept = found.evidence
    if kept.file is None:
        return None
    path = f"/safeguarding/{kept.id}/bytes"
    return guard_views.File(path, exhibits.shown_as(kept.file.media_type), kept.file.octets)


def _number(request: web.Request) -> int:
    return number_of(request.match_info["case"])


def _path(request: web.Request) -> str:
    return f"/safeguarding/{_number(request)}"
