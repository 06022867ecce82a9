"""`/report`: telling the moderators that something should not stand in a space."""

from aiohttp import web

from node.actions import reports, spaces, trash
from node.actions.context import CONTEXT
from node.actions.spaces import SpaceView
from node.classroom import reporting
from node.web import doings, own, report_words, rooms
from node.web.door import me, room_of
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.note_words import mending_note
from node.web.render import render, see_other
from protocol.errors import Reason, Refused
from protocol.space import authority
from protocol.space.fold.history import Contribution, Standing

LONGEST_NOTE = 1_000
_SAID = {
    **own.UNSHOWABLE,
    Reason.CONFLICT: later("You have reported this already. Your school has the report."),
    Reason.TOO_MANY_ITEMS: later("Many reports of yours wait for an answer. Wait for those first."),
}


async def ask(request: web.Request) -> web.Response:
    typed = request.query
    form = Form.filled(space=typed.get("space", ""), item=typed.get("item", ""))
    return await _ask(request, form, 200)


async def send(request: web.Request) -> web.Response:
    form = await read_form(request)
    seen, made = await _item(request, form)
    reason = form.choice("why", report_words.REPORT_REASONS)
    note = form.text("note", longest=LONGEST_NOTE, required=False)
    if form.ok:
        with form.mending("why", _SAID), mending_note(form):
            await reporting.report_by_teacher(
                room_of(request),
                me(request),
                seen.space.id,
                made.reference,
                reason=reason,
                note=note,
                language=me(request).language,
            )
            return see_other(doings.path_of(seen.space.id, made), "reported")
    return await _ask(request, form, 422)


async def _ask(request: web.Request, form: Form, status: int) -> web.Response:
    seen, made = await _item(request, form)
    known = await own.look_up(request, seen)
    return render(
        request,
        "report.html",
        status=status,
        form=form,
        reasons=report_words.REPORT_REASONS,
        space=rooms.view(seen.space, known),
        thing=doings.thing(made, seen, known),
        ours=made.writer == seen.space.node,
        school=known.school_of(seen.space.state.actors[made.writer]),
        all_here=reports.decides(seen.space, is_admin=False),
        all_there=authority.is_moderator(seen.space.state, made.writer),
    )


async def _item(request: web.Request, form: Form) -> tuple[SpaceView, Contribution]:
    """What is reported, as its reader sees it."""
    context = request.app[CONTEXT]
    seen = await spaces.find_space(context, me(request), form.value("space"))
    async with context.database.read() as reader:
        made = await trash.get(reader, seen.space, rooms.reference_of(form.value("item")))
    if made.standing is not Standing.SHOWN:
        raise Refused(Reason.GONE, "This is not shown any more.")
    return seen, made
