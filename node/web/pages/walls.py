"""`/w/{space}/walls`: walls and the cards on one: putting up, changing, taking away, adding."""

from typing import TypeVar

from aiohttp import web

from node.actions import cards, walls
from node.actions.context import CONTEXT
from node.actions.spaces import SpaceView
from node.storage import contents
from node.web import exhibits, own, rooms, wall_forms, wall_views, words
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.space.fold.history import Standing
from protocol.space.fold.wall import MAX_COLUMNS, Wall

T = TypeVar("T")

LONGEST_TITLE = 120
LONGEST_COLUMN = 60


async def show(request: web.Request) -> web.Response:
    seen = await own.find_space(request)
    known = await own.look_up(request, seen)
    async with request.app[CONTEXT].database.read() as reader:
        found = await walls.list_walls(reader, seen.space.id)
        counted = await contents.count_inside(reader, seen.space.id, "card")
    return render(
        request,
        "walls.html",
        space=rooms.view(seen.space, known),
        walls=[wall_views.line(one, counted.get(one.reference, 0), seen, known) for one in found],
    )


async def ask(request: web.Request) -> web.Response:
    form = Form.filled(language=me(request).language, audience="members")
    return await _form(request, form, 200, None)


async def make(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    form = await read_form(request)
    title, columns, language, audience = _read(form)
    if form.ok:
        with form.mending("title", wall_forms.SAID):
            made = await walls.make(
                request.app[CONTEXT],
                me(request),
                space,
                title=title,
                columns=columns,
                language=language,
                audience=audience,
                opened=form.ticked("pupils"),
            )
            return see_other(exhibits.path_of(space, "walls", made), "wall-made")
    return await _form(request, form, 422, None)


async def read(request: web.Request) -> web.Response:
    form = Form.filled(language=me(request).language, colour="plain", column="1")
    return await _wall(request, form, 200)


async def add(request: web.Request) -> web.Response:
    _, wall = await _find(request)
    space = request.match_info["space"]
    form = await read_form(request)
    text, file, colour, language = wall_forms.read_card(form)
    column = form.number("column", lowest=1, highest=MAX_COLUMNS)
    if form.ok and column is not None:
        with form.mending("text", wall_forms.SAID):
            made = await cards.add(
                request.app[CONTEXT],
                me(request),
                space,
                wall.reference,
                text=text,
                file=file,
                colour=colour,
                column=column - 1,
                language=language,
            )
            path = exhibits.path_of(space, "walls", wall.reference)
            return see_other(f"{path}#c-{rooms.address_of(made)}", "card-added")
    return await _wall(request, form, 422)


async def edit(request: web.Request) -> web.Response:
    """The form of what stands; where several titles stand, of what they could become together."""
    seen, wall = await _find(request)
    title, columns, language, conflicts = wall.title, "\n".join(wall.columns), wall.language, 0
    if wall.others:
        async with request.app[CONTEXT].database.read() as reader:
            suggested = await walls.find_suggestion(reader, seen.space, wall.reference)
        title, columns = suggested.parts["title"], suggested.parts["columns"]
        language, conflicts = suggested.parts["language"], suggested.conflicts
    form = Form.filled(
        title=title,
        columns=columns,
        language=language,
        audience=wall.audience,
        was_audience=wall.audience,
        pupils="yes" if wall.opened else "",
        was_pupils="yes" if wall.opened else "",
        base=wall.bases["title"],
    )
    return await _form(request, form, 200, wall, conflicts)


async def save(request: web.Request) -> web.Response:
    _, wall = await _find(request)
    space = request.match_info["space"]
    form = await read_form(request)
    title, columns, language, audience = _read(form)
    if form.ok:
        with form.mending("title", wall_forms.SAID):
            several = await walls.rename(
                request.app[CONTEXT],
                me(request),
                space,
                wall.reference,
                title=title,
                columns=columns,
                language=language,
                audience=_changed(form, "audience", audience),
                bases=form.values("base"),
                opened=_changed(form, "pupils", form.ticked("pupils")),
            )
            path = exhibits.path_of(space, "walls", wall.reference)
            if several:
                return see_other(f"{path}/edit", "two-versions")
            return see_other(path, "saved")
    return await _form(request, form, 422, wall)


async def remove(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    wall = rooms.reference_of(request.match_info["wall"])
    await walls.remove(request.app[CONTEXT], me(request), space, wall)
    return see_other(f"/w/{space}/walls", "wall-removed", undo=rooms.address_of(wall))


async def restore(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    wall = rooms.reference_of(request.match_info["wall"])
    await walls.put_back(request.app[CONTEXT], me(request), space, wall)
    return see_other(exhibits.path_of(space, "walls", wall), "restored")


async def _find(request: web.Request) -> tuple[SpaceView, Wall]:
    """A wall that is shown. Refuses with NOT_FOUND, GONE."""
    seen = await own.find_space(request)
    wall = rooms.reference_of(request.match_info["wall"])
    async with request.app[CONTEXT].database.read() as reader:
        return seen, await walls.get_shown(reader, seen.space, wall)


async def _wall(request: web.Request, form: Form, status: int) -> web.Response:
    seen, wall = await _find(request)
    space = seen.space.id
    async with request.app[CONTEXT].database.read() as reader:
        pinned = await walls.list_cards(reader, space, wall.reference)
        removed = await walls.list_cards(reader, space, wall.reference, Standing.DELETED)
        brought = await contents.list_files(reader, space, limit=100)
        shown = await wall_forms.load(request, seen, pinned)
    return render(
        request,
        "wall.html",
        status=status,
        form=form,
        space=rooms.view(seen.space, shown.known),
        wall=wall_views.line(wall, len(pinned), seen, shown.known),
        columns=wall_views.columns(wall, pinned, shown),
        numbered=[(str(number + 1), title) for number, title in enumerate(wall.columns)],
        files=[(rooms.address_of(one.reference), one.name) for one in brought],
        colours=wall_views.COLOURS,
        removed=[exhibits.path_of(space, "cards", one.reference) for one in removed],
    )


async def _form(
    request: web.Request, form: Form, status: int, wall: Wall | None, conflicts: int = 0
) -> web.Response:
    seen = await own.find_space(request)
    known = await own.look_up(request, seen)
    back = f"/w/{seen.space.id}/walls"
    return render(
        request,
        "wall_form.html",
        status=status,
        form=form,
        space=rooms.view(seen.space, known),
        back=back if wall is None else exhibits.path_of(seen.space.id, "walls", wall.reference),
        new=wall is None,
        bases=form.values("base"),
        versions=[] if wall is None else wall_views.signs(wall, seen, known),
        conflicts=conflicts,
    )


def _read(form: Form) -> tuple[str, list[str], str, str]:
    title = form.line("title", longest=LONGEST_TITLE)
    typed = form.text("columns", longest=MAX_COLUMNS * (LONGEST_COLUMN + 1))
    columns = [" ".join(one.split()) for one in typed.split("\n") if one.strip()]
    if len(columns) > MAX_COLUMNS or any(len(one) > LONGEST_COLUMN for one in columns):
        form.say(
            "columns",
            later("At most %(most)s columns, each of at most %(longest)s characters."),
            most=MAX_COLUMNS,
            longest=LONGEST_COLUMN,
        )
    language = form.choice("language", words.LANGUAGES)
    return title, columns, language, form.choice("audience", words.AUDIENCES)


def _changed(form: Form, field: str, value: T) -> T | None:
    """None for what stands as the form was filled: a colleague may have changed it meanwhile."""
    return None if form.value(field) == form.value(f"was_{field}") else value
