"""`/c/w/{space}/report/{item}`: a pupil says that something is not right."""

from dataclasses import replace

from aiohttp import web

from node.actions import sight
from node.actions.context import CONTEXT
from node.classroom import reporting, safeguarding
from node.classroom.working import Desk
from node.storage import reports
from node.web import desks, doings, own, report_words, rooms
from node.web.door import learner, room_of
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason, Refused
from protocol.space.fold.forum import Post
from protocol.space.fold.history import Contribution
from protocol.space.fold.page import Block
from protocol.space.fold.wall import Card

_SENTENCES = {
    Reason.TOO_MANY_ITEMS: later(
        "You have reported much today. Tell your teacher what else is not right."
    ),
}


async def ask(request: web.Request) -> web.Response:
    desk, made = await _item(request)
    await _require_seen(request, desk, made)
    return await _ask(request, desk, made, Form(), 200)


async def send(request: web.Request) -> web.Response:
    desk, made = await _item(request)
    form = await read_form(request)
    reason = form.choice("why", report_words.PUPILS_REASONS)
    words = form.text("words", longest=reporting.MAX_WORDS, required=False)
    if form.ok:
        with form.mending("why", _SENTENCES):
            await reporting.report(
                room_of(request),
                learner(request).pupil,
                desk.seen.space.id,
                made.reference,
                reason=reason,
                words=words,
            )
            return see_other(_back(desk, made), "pupil-reported")
    return await _ask(request, desk, made, form, 422)


async def _ask(
    request: web.Request, desk: Desk, made: Contribution, form: Form, status: int
) -> web.Response:
    known = await own.look_up(request, desk.seen)
    async with request.app[CONTEXT].database.read() as reader:
        stands = await reports.is_kept(reader, desk.seen.space.id, made)
    thing = doings.thing(made, desk.seen, known)
    try:
        await _require_seen(request, desk, made)
    except Refused:
        thing = replace(thing, title="")  # Somebody else was quicker: it is shown no more.
    return render(
        request,
        "pupil_report.html",
        status=status,
        form=form,
        reasons=report_words.PUPILS_REASONS,
        thing=thing,
        stands=stands,
        elsewhere=thing.author.school.name if made.writer != desk.seen.space.node else "",
        is_read=await safeguarding.is_there(room_of(request)),
        back=_back(desk, made),
        path=f"/c/w/{desk.seen.space.id}/report/{rooms.address_of(made.reference)}",
    )


def _back(desk: Desk, made: Contribution) -> str:
    """Where the pupil saw it."""
    space = f"/c/w/{desk.seen.space.id}"
    match made:
        case Post():
            return f"{space}/{rooms.address_of(made.thread)}"
        case Card():
            return f"{space}/walls/{rooms.address_of(made.wall)}"
        case Block():
            return f"{space}/pages/{rooms.address_of(made.page)}"
        case _:
            return space


async def _item(request: web.Request) -> tuple[Desk, Contribution]:
    """What is reported, which the pupil sees, or saw until somebody else reported it. Refuses with
    NOT_FOUND."""
    desk = await desks.find(request)
    item = rooms.reference_of(request.match_info["item"])
    async with request.app[CONTEXT].database.read() as reader:
        return desk, await sight.find_for_pupils(reader, desk.seen.space, item)


async def _require_seen(request: web.Request, desk: Desk, made: Contribution) -> None:
    """Refuses with GONE what the pupil does not see at present."""
    async with request.app[CONTEXT].database.read() as reader:
        await sight.get(reader, desk.seen.space, made.reference)
