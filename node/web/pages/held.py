"""`/held`: pupils' work that waits for a teacher: seen as the partners will see it, then released
or given back."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from aiohttp import web

from node.actions.context import CONTEXT
from node.actions.spaces import SpaceView
from node.classroom import copying, files, pinning, portraits, reacting, release
from node.classroom.names.meaning import Told
from node.classroom.release import Held
from node.storage import shown
from node.web import class_views, directory, doings, papers, rooms, sealed_files, views
from node.web.asking import number_of
from node.web.directory import Directory
from node.web.door import me, room_of
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.papers import ShownBlock, ShownChange
from node.web.render import render, see_other
from protocol.errors import Reason, Refused
from protocol.space.fold.forum import Post
from protocol.space.fold.history import Contribution
from protocol.space.fold.page import Page
from protocol.space.fold.versions import compare
from protocol.space.fold.wall import Wall

TOLD = {
    Told.LOGIN: later("a sign-in name of your school"),
    Told.FULL_NAME: later("a full name of your school"),
    Told.FAMILY_NAME: later("a family name of your school"),
    Told.GIVEN_NAME: later("a given name of your school"),
    Told.RESEMBLES: later("looks like a name of your school"),
}
_LABELS = (
    later("What it is called"),
    later("What is said about it"),
    later("In the file"),
)
_WORDS = later("In the words")
"""Of a reply or a card with a picture, in place of what is in the file."""
AROUND = 80
"""Characters of a document that are shown before and after what is told in it."""
_SENTENCES = {
    Reason.NOT_ALLOWED: later(
        "This pupil does not take part in the project any more. Give it back with a note."
    ),
    Reason.CONFLICT: later("Something else lies there under its name. Give it back with a note."),
    Reason.GONE: later("What it belongs to is not shown any more. Give it back with a note."),
    Reason.NOT_FOUND: later("What it belongs to is not there any more. Give it back with a note."),
    Reason.BAD_INPUT: later("This cannot be shown. Give it back with a note."),
    Reason.TOO_MANY_ITEMS: later("There is no room for it. Give it back with a note."),
    Reason.READ_ONLY: later("This project is closed. Give it back with a note."),
}
_OF_FACTS = {
    "missing": later(
        "Somebody is marked whose consent is missing. Look who is in it, or give it back."
    ),
    "forgotten": later(
        "It was marked with somebody whom your school has forgotten since. Say anew who is in "
        "it, or give it back."
    ),
    "changed": later("This was changed just now. Read it again before you decide."),
    "told": later("A pupil's name stands in it. It cannot be sent: give it back with a note."),
    "words": later("Say for each marked word that it may be sent."),
}
"""Some refusals say more closely what it is."""
_OF_PICTURES = {
    "missing": later(
        "Somebody is marked whose consent is missing. Look who is in it, take the picture out, or "
        "give all of it back."
    ),
    "forgotten": later(
        "It was marked with somebody whom your school has forgotten since. Say anew who is in it, "
        "take the picture out, or give all of it back."
    ),
}
"""Of a reply or a card, whose words can go without their picture."""


async def show(request: web.Request) -> web.Response:
    page = rooms.page_number(request.query.get("page", "1"))
    queues = await release.list_queue(room_of(request), me(request), page)
    total = await release.count_held(room_of(request), me(request))
    if page > 1 and not queues and total:
        return see_other("/held")
    groups = [await _group(request, one.seen, one.held) for one in queues]
    waiting = [one for group in groups for one in group.held]
    later_page = page + 1 if total > page * release.AT_ONCE else 0
    clean = any(not one.is_looked_at_first for one in waiting)
    return render(request, "held.html", groups=groups, clean=clean, later=later_page)


async def release_many(request: web.Request) -> web.Response:
    """Each by itself: what cannot be released stays, and the page says so."""
    form = await read_form(request)
    chosen = [one.partition("-") for one in form.values("work")]
    left = 0
    for work, _, version in chosen:
        try:
            await release.release(room_of(request), me(request), number_of(work), version=version)
        except Refused as refused:
            if refused.reason not in _SENTENCES:
                raise
            left += 1
    return (
        see_other("/held", "work-mixed" if left else "work-released")
        if chosen
        else see_other("/held")
    )


async def detail(request: web.Request) -> web.Response:
    return await _detail(request, Form(), 200)


async def release_one(request: web.Request) -> web.Response:
    work = number_of(request.match_info["work"])
    form = await read_form(request)
    version, anyway = form.value("version"), form.values("word")
    try:
        await release.release(room_of(request), me(request), work, version=version, anyway=anyway)
    except Refused as refused:
        return await _mend(request, form, refused)
    return see_other("/held", "work-released")


async def give_back(request: web.Request) -> web.Response:
    work = number_of(request.match_info["work"])
    form = await read_form(request)
    note = form.text("note", longest=release.MAX_NOTE_CHARACTERS)
    if not form.ok:
        return await _detail(request, form, 422)
    try:
        await release.give_back(
            room_of(request), me(request), work, note, version=form.value("version")
        )
    except Refused as refused:
        return await _mend(request, form, refused)
    return see_other("/held", "work-returned")


async def allow(request: web.Request) -> web.Response:
    work = number_of(request.match_info["work"])
    form = await read_form(request)
    word, version = form.value("word"), form.value("version")
    try:
        await release.allow_word(room_of(request), me(request), work, word, version=version)
    except Refused as refused:
        return await _mend(request, form, refused)
    return see_other(f"/held/{work}", "word-allowed")


async def mend(request: web.Request) -> web.Response:
    """Another name and description for a file, in its author's place."""
    work = number_of(request.match_info["work"])
    form = await read_form(request)
    name, alt = (
        form.line("name"),
        form.text("alt", longest=files.MAX_ALT_CHARACTERS, required=False),
    )
    if form.ok:
        try:
            await release.mend(
                room_of(request),
                me(request),
                work,
                version=form.value("version"),
                name=name,
                alt=alt,
            )
        except Refused as refused:
            if refused.facts.get("field") != "alt":
                return await _mend(request, form, refused)
            form.say("alt", later("Say what is to be seen, for those who cannot see it."))
        else:
            return see_other(f"/held/{work}", "file-mended")
    return await _detail(request, form, 422)


async def take_picture_out(request: web.Request) -> web.Response:
    """The words of a reply or a card go on waiting without their picture."""
    work = number_of(request.match_info["work"])
    form = await read_form(request)
    try:
        await release.take_picture_out(
            room_of(request), me(request), work, version=form.value("version")
        )
    except Refused as refused:
        return await _mend(request, form, refused)
    return see_other(f"/held/{work}", "picture-out")


async def show_bytes(request: web.Request) -> web.StreamResponse:
    return await _give(request, small=False)


async def show_small(request: web.Request) -> web.StreamResponse:
    return await _give(request, small=True)


async def _give(request: web.Request, *, small: bool) -> web.StreamResponse:
    work = number_of(request.match_info["work"])
    given = await release.show(room_of(request), me(request), work, small=small)
    return await sealed_files.answer(request, given)


async def _mend(request: web.Request, form: Form, refused: Refused) -> web.Response:
    """The work as it is now, and above it why that was not done."""
    work = number_of(request.match_info["work"])
    _, held = await release.find_held(room_of(request), me(request), work)
    of_facts = [] if held.work.kind == "file" else _named(_OF_PICTURES, refused)
    of_facts += _named(_OF_FACTS, refused)
    sentence = of_facts[0] if of_facts else _SENTENCES.get(refused.reason)
    if sentence is None:
        raise refused
    form.say("", sentence)
    return await _detail(request, form, 422)


def _named(sentences: Mapping[str, str], refused: Refused) -> list[str]:
    return [sentence for fact, sentence in sentences.items() if fact in refused.facts]


async def _detail(request: web.Request, form: Form, status: int) -> web.Response:
    work = number_of(request.match_info["work"])
    seen, held = await release.find_held(room_of(request), me(request), work)
    group = await _group(request, seen, [held])
    if held.work.file is not None:
        for field, value in (("name", held.work.file.name), ("alt", held.work.alt)):
            if not form.values(field):
                form.put(field, value)
    marked = await portraits.list_marked(room_of(request), seen.space.id, [held.work.shows])
    changes, blocks, beside = await _as_page(request, seen, held)
    return render(
        request,
        "held_one.html",
        status=status,
        form=form,
        group=group,
        one=replace(group.held[0], beside=beside),
        shown=marked[held.work.shows],
        changes=changes,
        blocks=blocks,
    )


async def _as_page(
    request: web.Request, seen: SpaceView, held: Held
) -> tuple[list[ShownChange], list[ShownBlock], int]:
    """Of a copy of a page what it changes, the whole page as it would be, and how much of that
    would stand beside other words."""
    if held.work.kind != "page":
        return [], [], 0
    context = request.app[CONTEXT]
    async with context.database.read() as reader:
        page = await copying.result(context, reader, held.work, held.pseudonym)
        files = await papers.list_files(reader, seen.space.id, page.after)
        known = await directory.look_up(reader, context.base, rooms.people_in(seen))
    found = await asyncio.to_thread(compare, page.before, page.after)
    return (
        papers.changes(found, files, seen, known),
        papers.shown(page.after, files, seen, known),
        page.beside,
    )


async def _group(
    request: web.Request, seen: SpaceView, held: Sequence[Held]
) -> class_views.HeldGroup:
    context = request.app[CONTEXT]
    async with context.database.read() as reader:
        known = await directory.look_up(reader, context.base, rooms.people_in(seen))
        places = {
            inside: await shown.find(reader, seen.space.id, *inside.split("/"))
            for inside in {one.work.inside for one in held if one.work.inside}
        }
    space = rooms.view(seen.space, known)
    return class_views.HeldGroup(
        space.title,
        space.path,
        space.schools,
        [_line(one, seen, known, places.get(one.work.inside)) for one in held],
    )


def _line(
    held: Held, seen: SpaceView, known: Directory, place: Contribution | None
) -> class_views.HeldLine:
    school = known.school_of(seen.space.state.actors[seen.space.node])
    families = [held.word_at(one) for one in held.hits if one.told is Told.FAMILY_NAME]
    colour = column = sign = ""
    if held.work.kind == "reaction":
        sign = reacting.sign_of(held.work)
    if held.work.kind == "card":
        card = pinning.card_of(held.work)
        colour = card.colour
        columns = place.columns if isinstance(place, Wall) else ()
        column = columns[min(card.column, len(columns) - 1)] if columns else ""
    return class_views.HeldLine(
        id=str(held.work.id),
        version=held.work.version,
        path=f"/held/{held.work.id}",
        author=views.Person(name=held.alias, path="", address="", school=school, role="pupil"),
        class_name=held.class_name,
        place=_title(place),
        place_path="" if place is None else doings.path_of(seen.space.id, place),
        text=held.work.text if held.work.kind != "page" else copying.text_of(held.work),
        language=held.work.language,
        at_ms=held.work.changed_ms,
        marked=_marked(held),
        blocked=held.is_blocked,
        doubtful=held.doubtful,
        families=list(dict.fromkeys(families)),
        file=None
        if held.work.file is None
        else sealed_files.view(held.work.file, f"/held/{held.work.id}"),
        kind=held.work.kind,
        colour=colour,
        column=column,
        sign=sign,
        alt=held.work.alt,
    )


def _title(place: Contribution | None) -> str:
    """What that is called in which a work stands; of a reply its first words."""
    match place:
        case Post():
            return place.title or place.text[:AROUND]
        case Wall() | Page():
            return place.title
        case _:
            return ""


def _marked(held: Held) -> list[class_views.Marked]:
    """The texts cut where something is told; of a file only those where something is."""
    texts = held.texts
    is_file = held.work.kind == "file"
    labels = _LABELS if is_file else (*_LABELS[:2], _WORDS)
    found: list[class_views.Marked] = []
    for number, text in enumerate(texts):
        places = [(place, hit) for hit in held.hits for place in hit.places if place.part == number]
        parts, at = [], 0
        for place, hit in places:
            parts += [
                class_views.Part(text[at : place.start]),
                class_views.Part(text[place.start : place.end], TOLD[hit.told], hit.blocks),
            ]
            at = place.end
        if parts:
            parts.append(class_views.Part(text[at:]))
            label = "" if held.work.file is None else labels[min(number, 2)]
            is_long = is_file and number > 1
            found.append(class_views.Marked(label, _shortened(parts) if is_long else parts))
    return found


def _shortened(parts: list[class_views.Part]) -> list[class_views.Part]:
    """Long stretches in which nothing is told are cut: a document has many pages."""
    last = len(parts) - 1
    short = []
    for number, part in enumerate(parts):
        text = part.text
        if not part.told and len(text) > 3 * AROUND:
            before = "" if number == 0 else text[:AROUND]
            after = "" if number == last else text[-AROUND:]
            text = f"{before} … {after}"
        short.append(replace(part, text=text))
    return short
