"""`/w/{space}/cards/{card}`: writing on a card, moving it, taking it off its wall and back."""

from aiohttp import web

from node.actions import along, cards
from node.actions.context import CONTEXT
from node.actions.spaces import SpaceView
from node.storage import contents
from node.web import exhibits, own, questions, rooms, wall_forms, wall_views
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason, Refused
from protocol.space.fold.history import Standing
from protocol.space.fold.wall import MAX_COLUMNS, Card


async def edit(request: web.Request) -> web.Response:
    """The form of what stands; where several stand, of what they could become together."""
    seen, card = await _find(request)
    text, file, language, conflicts = card.text, card.file, card.language, 0
    if card.others:
        async with request.app[CONTEXT].database.read() as reader:
            suggested = await cards.find_suggestion(reader, seen.space, card.reference)
        text, file = suggested.parts["text"], suggested.parts["file"]
        language, conflicts = suggested.parts["language"], suggested.conflicts
    form = Form.filled(
        text=text,
        file=rooms.address_of(file) if file else "",
        colour=card.colour,
        language=language,
        base=card.bases["face"],
    )
    return await _form(request, form, 200, conflicts)


async def save(request: web.Request) -> web.Response:
    _, card = await _find(request)
    form = await read_form(request)
    text, file, colour, language = wall_forms.read_card(form)
    if form.ok:
        with form.mending("text", wall_forms.SAID):
            several = await cards.write(
                request.app[CONTEXT],
                me(request),
                request.match_info["space"],
                card.reference,
                text=text,
                file=file,
                colour=colour,
                language=language,
                bases=form.values("base"),
            )
            if several:
                space = request.match_info["space"]
                path = exhibits.path_of(space, "cards", card.reference)
                return see_other(f"{path}/edit", "two-versions")
            return see_other(_place_of(request, card), "saved")
    return await _form(request, form, 422)


async def move(request: web.Request) -> web.Response:
    """One step, or to a place: what a script says that drags cards."""
    _, card = await _find(request)
    form = await read_form(request)
    context, space, to = request.app[CONTEXT], request.match_info["space"], form.value("to")
    if to in cards.STEPS:
        await cards.step(context, me(request), space, card.reference, to)
    else:
        column = form.number("column", lowest=1, highest=MAX_COLUMNS)
        if column is None:
            raise Refused(Reason.BAD_INPUT, "Say where the card goes.", field="column")
        before = rooms.reference_of(form.value("before")) if form.value("before") else ""
        await cards.move(
            context, me(request), space, card.reference, column=column - 1, before=before
        )
    return see_other(_place_of(request, card))


async def remove(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    card = rooms.reference_of(request.match_info["card"])
    removed = await cards.remove(request.app[CONTEXT], me(request), space, card)
    wall = exhibits.path_of(space, "walls", removed.wall)
    stays = await along.stays_behind(request.app[CONTEXT], space, removed)
    told = "card-removed-bare" if stays else "card-removed"
    return see_other(wall, told, undo=rooms.address_of(card))


async def restore(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    card = rooms.reference_of(request.match_info["card"])
    back = await cards.put_back(request.app[CONTEXT], me(request), space, card)
    return see_other(_place_of(request, back), "restored")


async def confirm_erase(request: web.Request) -> web.Response:
    _, card = await _find(request)
    return questions.ask(
        request,
        back=_place_of(request, card),
        question=later("Delete what our school wrote on this card?"),
        consequence=later(
            "Every version of this card that our school wrote is deleted here at once, and at "
            "every school of the project as soon as its server hears of it. What other schools "
            "wrote on it stays. This cannot be taken back."
        ),
        yes=later("Delete it everywhere"),
    )


async def erase(request: web.Request) -> web.Response:
    _, card = await _find(request)
    space = request.match_info["space"]
    await cards.erase_own(request.app[CONTEXT], me(request), space, card.reference)
    return see_other(exhibits.path_of(space, "walls", card.wall), "deleted")


def _place_of(request: web.Request, card: Card) -> str:
    wall = exhibits.path_of(request.match_info["space"], "walls", card.wall)
    return f"{wall}#c-{rooms.address_of(card.reference)}"


async def _find(request: web.Request) -> tuple[SpaceView, Card]:
    """A card that is on its wall. Refuses with NOT_FOUND, GONE."""
    seen = await own.find_space(request)
    reference = rooms.reference_of(request.match_info["card"])
    async with request.app[CONTEXT].database.read() as reader:
        card = await cards.get(reader, seen.space, reference)
    if card.standing is not Standing.SHOWN:
        raise Refused(Reason.GONE, "This card is not on the wall any more.")
    return seen, card


async def _form(request: web.Request, form: Form, status: int, conflicts: int = 0) -> web.Response:
    seen, card = await _find(request)
    shown = await wall_forms.load(request, seen, [card])
    async with request.app[CONTEXT].database.read() as reader:
        brought = await contents.list_files(reader, seen.space.id, limit=100)
    listed = {one.reference for one in brought}
    # The file that is on the card may be older than all of these.
    brought += [one for one in shown.files.values() if one.reference not in listed]
    return render(
        request,
        "card.html",
        status=status,
        form=form,
        space=rooms.view(seen.space, shown.known),
        back=_place_of(request, card),
        versions=wall_views.faces(card, shown),
        conflicts=conflicts,
        files=[(rooms.address_of(one.reference), one.name) for one in brought],
        colours=wall_views.COLOURS,
        # What was looked at last is what is replaced.
        bases=card.bases["face"] if status == 200 else form.values("base"),
    )
