"""`/c/w/{space}/walls/{wall}`, `/c/cards/{work}`: a pupil reads a wall, writes a card for one that
is open to pupils, and sees what became of it."""

from contextlib import suppress

from aiohttp import web

from node.actions import sight, walls
from node.actions.context import CONTEXT
from node.classroom import live, pinning, working
from node.classroom.working import Desk, OwnWork
from node.storage import reports
from node.web import desks, picture_forms, rooms, wall_forms, wall_views, words
from node.web.asking import number_of
from node.web.door import learner, room_of
from node.web.forms import Form
from node.web.i18n import later
from node.web.picture_forms import Sent
from node.web.render import render, see_other
from protocol.errors import Reason, Refused
from protocol.space.fold.wall import MAX_COLUMNS, Wall

_SENTENCES = desks.SENTENCES | {
    Reason.GONE: later("This wall takes no cards of pupils now. Ask your teacher.")
}


async def read(request: web.Request) -> web.Response:
    form = Form.filled(language=learner(request).class_.language, colour="plain", column="1")
    return await _wall(request, form, 200)


async def pin(request: web.Request) -> web.Response:
    space, wall = request.match_info["space"], request.match_info["wall"]
    # Before anything is read: who may not, sends in vain.
    await desks.find(request)
    async with picture_forms.read(request) as sent:
        form = sent.form
        card = _read(sent)
        if form.ok:
            with form.mending("text", _SENTENCES):
                number = await _pin(request, sent, card, hand_in=sent.hand_in)
                became = await desks.became(request, number, hand_in=sent.hand_in)
                return see_other(f"/c/w/{space}/walls/{wall}", became)
        if sent.picture is not None:
            with suppress(Refused):
                number = await _pin(request, sent, card, hand_in=False)
                return await _card(request, await _find(request, number), form, 422)
    return await _wall(request, form, 422)


async def _pin(request: web.Request, sent: Sent, card: pinning.Card, *, hand_in: bool) -> int:
    return await pinning.pin(
        room_of(request),
        learner(request).pupil,
        request.match_info["space"],
        rooms.reference_of(request.match_info["wall"]),
        card,
        hand_in=hand_in,
        picture=sent.picture,
    )


async def show(request: web.Request) -> web.Response:
    found = await _find(request, number_of(request.match_info["work"]))
    card = pinning.card_of(found)
    form = Form.filled(
        text=card.text,
        alt=card.alt,
        language=card.language,
        colour=card.colour,
        column=str(card.column + 1),
    )
    return await _card(request, found, form, 200)


async def save(request: web.Request) -> web.Response:
    found = await _find(request, number_of(request.match_info["work"]))
    async with picture_forms.read(request, found.file) as sent:
        form = sent.form
        card = _read(sent, found)
        if form.ok:
            with form.mending("", _SENTENCES):
                await _save(request, found, sent, card, hand_in=sent.hand_in)
                if sent.bare:
                    return see_other(f"/c/cards/{found.id}", "picture-out")
                became = await desks.became(request, found.id, hand_in=sent.hand_in)
                return see_other(desks.path_of(found), became)
        if sent.picture is not None:
            with suppress(Refused):
                await _save(request, found, sent, card, hand_in=False)
                found = await _find(request, found.id)
    return await _card(request, found, form, 422)


async def _save(
    request: web.Request, found: OwnWork, sent: Sent, card: pinning.Card, *, hand_in: bool
) -> None:
    await pinning.write_anew(
        room_of(request),
        learner(request).pupil,
        found.id,
        card,
        hand_in=hand_in,
        picture=sent.picture,
        bare=sent.bare,
    )


def _read(sent: Sent, kept: OwnWork | None = None) -> pinning.Card:
    """What the form says, its mistakes noted; `kept` is what it would stand in place of."""
    form, file = sent.form, None if kept is None else kept.file
    text = sent.read_text(file, longest=pinning.MAX_TEXT_CHARACTERS)
    colour = form.choice("colour", wall_views.COLOURS)
    column = form.number("column", lowest=1, highest=MAX_COLUMNS)
    language = form.choice("language", words.LANGUAGES)
    return pinning.Card(text, colour, (column or 1) - 1, language, sent.read_alt(file))


async def _find(request: web.Request, number: int) -> OwnWork:
    found = await working.find_work(room_of(request), learner(request).pupil, number)
    if found.kind != "card":
        raise working.not_there()
    return found


async def _wall(request: web.Request, form: Form, status: int) -> web.Response:
    desk = await desks.find(request)
    space, reference = desk.seen.space, rooms.reference_of(request.match_info["wall"])
    wall = await sight.find_place(request.app[CONTEXT], space, reference, Wall)
    async with request.app[CONTEXT].database.read() as reader:
        shielded = await reports.list_shielded(reader, space.id)
        pinned = [
            one
            for one in await walls.list_cards(reader, space.id, reference)
            if one.reference not in shielded
        ]
        unseen = await sight.list_unseen(reader, space, wall_views.files_on(pinned))
    shown = await wall_forms.load(request, desk.seen, pinned, shielded, unseen)
    mine = await working.list_works(room_of(request), learner(request).pupil)
    return render(
        request,
        "pupil_wall.html",
        status=status,
        form=form,
        most=picture_forms.most_mib(request),
        space=rooms.view(space, shown.known),
        alias=desk.place.alias,
        path=f"/c/w/{space.id}/walls/{request.match_info['wall']}",
        back=f"/c/w/{space.id}",
        is_live=await live.is_on(room_of(request), space.id),
        report=f"/c/w/{space.id}/report",
        pictures=f"/c/w/{space.id}/pictures",
        others={
            rooms.address_of(one.reference)
            for one in (wall, *pinned)
            if (one.writer, one.actor) != (space.node, desk.seen.alias)
        },
        item=request.match_info["wall"],
        wall=wall_views.line(wall, len(pinned), desk.seen, shown.known),
        opened=wall.opened,
        columns=wall_views.columns(wall, pinned, shown),
        numbered=_numbered(wall.columns),
        colours=wall_views.COLOURS,
        works=[
            desks.line(one, "")
            for one in reversed(mine)
            if (one.space, one.inside) == (space.id, reference) and one.state != "released"
        ],
    )


async def _card(request: web.Request, found: OwnWork, form: Form, status: int) -> web.Response:
    desk, wall = await _stands(request, found)
    return render(
        request,
        "pupil_card.html",
        status=status,
        form=form,
        most=picture_forms.most_mib(request),
        one=desks.line(found, "" if wall is None else wall.title),
        path=f"/c/cards/{found.id}",
        is_own=found.state in ("draft", "held", "returned"),
        wall_path="" if wall is None else desks.path_of(found),
        numbered=[] if wall is None else _numbered(wall.columns),
        colours=wall_views.COLOURS,
        alias="" if desk is None else desk.place.alias,
        is_live=await live.is_on(room_of(request), found.space),
    )


async def _stands(request: web.Request, found: OwnWork) -> tuple[Desk | None, Wall | None]:
    """Where a card stands, as far as its pupil still sees that; throwing it away needs nothing."""
    desk = None
    try:
        desk = await working.find_desk(room_of(request), learner(request).pupil, found.space)
        context = request.app[CONTEXT]
        return desk, await sight.find_place(context, desk.seen.space, found.inside, Wall)
    except Refused as refused:
        if refused.reason not in (Reason.NOT_FOUND, Reason.GONE):
            raise
        return desk, None


def _numbered(columns: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(str(number), title) for number, title in enumerate(columns, 1)]
