"""`/w/{space}/moderation`: reports and what is hidden; deciding, hiding, showing again."""

from aiohttp import web

from node.actions import moderation, removals, reports, trash
from node.actions.context import CONTEXT
from node.actions.removals import Removal
from node.actions.spaces import SpaceView
from node.web import doings, own, report_views, report_words, rooms, space_views
from node.web.directory import Directory
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason, Refused
from protocol.space.control import FOUNDERS_TO_ERASE
from protocol.space.fold.history import Contribution, Standing

LONGEST_TEXT = 500
_DECIDED = {
    Reason.ALREADY_ANSWERED: later("Your school has decided about this already."),
    Reason.NOT_ALLOWED: later("Choose one of the list."),
}


async def show(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    seen = await own.find_space(request)
    known = await own.look_up(request, seen)
    hidden, behind = await moderation.list_hidden(context, me(request), seen.space.id)
    async with context.database.read() as reader:
        rows = await reports.list_for(reader, me(request), seen.space)
        reported = await report_views.lines(context, reader, seen, known, rows)
        decides = await removals.may_decide(reader, me(request), seen.space)
        asked = await removals.list_asked(reader, seen.space) if decides else []
    return render(
        request,
        "moderation.html",
        space=rooms.view(seen.space, known),
        hidden=[
            (
                doings.thing(behind.get(one.reference, one), seen, known),
                doings.of(one, seen, known),
            )
            for one in hidden
        ],
        removals=[view for one in asked if (view := _removal(one, seen, known)) is not None],
        may_remove=decides,
        decides=reports.decides(seen.space, is_admin=seen.is_admin),
        waiting=[one for one in reported if not one.decision],
        decided=[one for one in reported if one.decision],
    )


def _removal(one: Removal, seen: SpaceView, known: Directory) -> space_views.Removal | None:
    """Nothing of what has not arrived here."""
    if one.made is None:
        return None
    thing, state = doings.thing(one.made, seen, known), seen.space.state
    item = thing.item
    agreed = one.erased or len(one.asked) >= FOUNDERS_TO_ERASE
    return space_views.Removal(
        thing=thing,
        schools=[known.school_of(state.actors[node]) for node in one.asked],
        at_ms=one.time,
        state="agreed" if agreed else "asked",
        agree=f"/w/{seen.space.id}/remove/{item}" if one.ours else "",
        again=f"/w/{seen.space.id}/unremove/{item}" if not agreed else "",
    )


async def read(request: web.Request) -> web.Response:
    return await _report(request, Form(), 200)


async def decide(request: web.Request) -> web.Response:
    seen = await own.find_space(request)
    form = await read_form(request)
    decision = form.choice("decision", report_words.DECISIONS)
    text = form.text("text", longest=LONGEST_TEXT, required=False)
    if form.ok:
        with form.mending("decision", _DECIDED):
            await reports.decide(
                request.app[CONTEXT],
                me(request),
                seen.space.id,
                _id(request),
                decision=report_views.decision_of(decision),
                text=text,
                language=me(request).language,
            )
            return see_other(f"/w/{seen.space.id}/moderation", "decided")
    return await _report(request, form, 422)


async def _report(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    seen = await own.find_space(request)
    known = await own.look_up(request, seen)
    async with context.database.read() as reader:
        row = await reports.get(reader, seen.space, _id(request), me(request))
        made = await trash.get(reader, seen.space, row.item)
        (line,) = await report_views.lines(context, reader, seen, known, [row])
    choices = reports.options(seen.space, seen.alias, row, made, is_admin=seen.is_admin)
    return render(
        request,
        "reported.html",
        status=status,
        form=form,
        space=rooms.view(seen.space, known),
        report=line,
        doing=doings.of(made, seen, known),
        choices={
            one: report_words.DECISIONS[one] for one in choices if reports.is_open_to(row, one)
        },
    )


def _id(request: web.Request) -> str:
    """The id that a name in an address stands for: at this node, or at the one that sent it."""
    return report_views.id_of(request.match_info["report"])


async def ask(request: web.Request) -> web.Response:
    return await _ask(request, Form(), 200)


async def hide(request: web.Request) -> web.Response:
    seen, made = await _item(request)
    form = await read_form(request)
    reason = form.choice("why", report_words.REPORT_REASONS)
    text = form.text("text", longest=LONGEST_TEXT, required=False)
    if form.ok:
        with form.mending("text", own.UNSHOWABLE):
            await moderation.hide(
                request.app[CONTEXT],
                me(request),
                seen.space.id,
                made.reference,
                reason=reason,
                text=text,
                language=me(request).language,
            )
            return see_other(doings.path_of(seen.space.id, made), "hidden")
    return await _ask(request, form, 422)


async def show_again(request: web.Request) -> web.Response:
    seen, made = await _item(request)
    await moderation.show_again(request.app[CONTEXT], me(request), seen.space.id, made.reference)
    return see_other(doings.path_of(seen.space.id, made), "shown-again")


async def _ask(request: web.Request, form: Form, status: int) -> web.Response:
    seen, made = await _item(request)
    if not moderation.may_hide(seen.space, made, is_admin=seen.is_admin):
        raise Refused(Reason.NOT_ALLOWED, "Only moderators of the space hide this.")
    if made.standing is not Standing.SHOWN:
        raise Refused(Reason.GONE, "This is not shown any more.")
    known = await own.look_up(request, seen)
    return render(
        request,
        "hide.html",
        status=status,
        form=form,
        reasons=report_words.REPORT_REASONS,
        space=rooms.view(seen.space, known),
        thing=doings.thing(made, seen, known),
    )


async def _item(request: web.Request) -> tuple[SpaceView, Contribution]:
    seen = await own.find_space(request)
    item = rooms.reference_of(request.match_info["item"])
    async with request.app[CONTEXT].database.read() as reader:
        return seen, await trash.get(reader, seen.space, item)
