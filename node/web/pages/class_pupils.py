"""`/classes/{class}/add` and `…/pupils/{pupil}`: names are pasted and looked through with the
aliases that are proposed; one pupil is changed or forgotten."""

import asyncio
from collections.abc import Mapping, Sequence

from aiohttp import web

from node.classroom import class_list, one_roster, roster
from node.classroom.class_list import Wrong
from node.classroom.roster import Newcomer, names_of
from node.web import class_views, uploading
from node.web.asking import number_of
from node.web.door import me, room_of
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import FACE, render, see_other
from protocol.errors import Reason, Refused

LONGEST_LIST = 10_000
LONGEST_NAME = roster.MAX_NAME_CHARACTERS
_TELLS = later("This alias tells the pupil's name. Choose another one.")
_SAID = later("Partner schools know this alias from a project. Choose another one.")
_TOO_MUCH = later("This list is too long.")
_UNREADABLE = {
    "text": later("This is no CSV file. Save the list as CSV and choose that."),
    "mixed": later("Parts of this list are in different encodings. Save it as CSV UTF-8."),
    "cells": later("A quotation mark in this list is not closed."),
    "columns": later("A row of this list has too many columns."),
    "headings": later(
        "The first line has to name the columns, for example: Given name; Family name."
    ),
}
_WHICH = {
    "which": later("There are several classes. Say which: %(classes)s."),
    "no_class": later("No class is called so. There are: %(classes)s."),
}
_MOST = {
    "list": one_roster.MAX_OCTETS,
    "classes": one_roster.MAX_OCTETS,
    "enrollments": one_roster.MAX_OCTETS,
    "wanted": 400,
}
"""So many octets each file, and what is typed beside them, may have."""
_WRONG = {
    Wrong.EMPTY: later("there is no name"),
    Wrong.TOO_LONG: later("this is too long to be a name"),
    Wrong.NO_NAME: later("this is no name"),
    Wrong.TWICE: later("this name came before"),
    Wrong.NO_PUPIL: later("this is no pupil"),
    Wrong.UNKNOWN: later("nobody in users.csv has this number"),
    Wrong.LEFT: later("not in the class any more"),
}
_SENTENCES = {
    Reason.CONFLICT: later("Somebody in the class has this alias already."),
    Reason.BAD_INPUT: later("An alias has 1 to 40 characters."),
    Reason.TOO_MANY_ITEMS: later("A class has at most 60 pupils."),
}


async def ask(request: web.Request) -> web.Response:
    return await _ask(request, Form.filled(number="20"), 200)


async def preview(request: web.Request) -> web.Response:
    """Nothing is kept yet: the next form holds what was read."""
    form = await read_form(request)
    text = form.text("names", longest=LONGEST_LIST, required=False)
    number = form.number("number", lowest=0, highest=roster.MAX_PUPILS, required=False)
    found = roster.read_names(text) or [Newcomer("", names_of(display=""))] * (number or 0)
    if not found:
        form.say("names", later("Paste names, one in a line, or say how many aliases you need."))
    if len(found) > roster.MAX_PUPILS:
        form.say("names", _SENTENCES[Reason.TOO_MANY_ITEMS])
    if any(len(one.names.display) > LONGEST_NAME for one in found):
        form.say("names", later("One of these lines is too long to be a name."))
    if not form.ok:
        return await _ask(request, form, 422)
    return await _propose(request, found)


async def bring(request: web.Request) -> web.Response:
    """A class list as a file, or a register's three; like `preview`, and nothing is kept yet."""
    await roster.find_class(room_of(request), me(request), number_of(request.match_info["class"]))
    sent = await uploading.read_files(request, _MOST)
    wanted = sent["wanted"].decode("utf-8", "replace").strip()
    form = Form.filled(number="20", wanted=wanted)
    rows: list[class_list.Row] = []
    if not sent["list"]:
        form.say("list", later("Choose a file."))
    elif sent["classes"] and not sent["enrollments"]:
        form.say("enrollments", later("Choose enrollments.csv too: it says who is in which class."))
    else:
        try:
            rows = await asyncio.to_thread(_read, request, sent, wanted)
        except Refused as refused:
            _note_list(form, refused)
    kept = [one for one in rows if one.wrong is None]
    if form.ok and not kept:
        form.say("list", later("No row of this list is a pupil's name."))
    if form.ok and len(kept) > roster.MAX_PUPILS:
        form.say("list", _SENTENCES[Reason.TOO_MANY_ITEMS])
    if not form.ok:
        return await _ask(request, form, 422, rows)
    return await _propose(request, [Newcomer("", one.names) for one in kept], rows)


def _read(request: web.Request, sent: Mapping[str, bytes], wanted: str) -> list[class_list.Row]:
    """For a thread: a register holds a whole school."""
    if not sent["enrollments"]:
        return class_list.read(sent["list"])
    return one_roster.read(
        sent["list"],
        sent["classes"],
        sent["enrollments"],
        wanted=wanted,
        today=request.app[FACE].day_of(room_of(request).now_ms()),
    )


def _note_list(form: Form, refused: Refused) -> None:
    """Which of the files is meant, and what is wrong with it."""
    why, names = str(refused.facts.get("why")), str(refused.facts.get("names", ""))
    field = str(refused.facts.get("field", "list"))
    if why in _WHICH and names:
        form.say(field, _WHICH[why], classes=names)
    else:
        form.say(field, _UNREADABLE.get(why, _TOO_MUCH))


async def add(request: web.Request) -> web.Response:
    class_ = number_of(request.match_info["class"])
    form = await read_form(request)
    rows = form.number("rows", lowest=1, highest=roster.MAX_PUPILS) or 0
    newcomers = [_newcomer(form, f"-{row}") for row in range(rows)]
    kept = [one for one in newcomers if one is not None]
    if form.ok and kept:
        try:
            await roster.add_pupils(room_of(request), me(request), class_, kept)
        except Refused as refused:
            _note(form, refused, [row for row, one in enumerate(newcomers) if one is not None])
        else:
            return see_other(f"/classes/{class_}", "pupils-added")
    elif form.ok:
        form.say("", later("Leave at least one row."))
    return await _preview(request, form, 422)


async def detail(request: web.Request) -> web.Response:
    class_, pupil = _numbers(request)
    known = await roster.read_pupil(room_of(request), me(request), class_, pupil)
    form = Form.filled(
        alias=known.pupil.alias,
        display=known.names.display,
        given=known.names.given,
        family=known.names.family,
        login=known.names.login,
    )
    return _detail(request, form, 200)


async def save(request: web.Request) -> web.Response:
    class_, pupil = _numbers(request)
    form = await read_form(request)
    newcomer = _newcomer(form, "")
    if newcomer is None:
        form.say("alias", _SENTENCES[Reason.BAD_INPUT])
    if form.ok and newcomer is not None:
        try:
            await roster.change_pupil(room_of(request), me(request), class_, pupil, newcomer)
        except Refused as refused:
            _note(form, refused, [])
        else:
            return see_other(f"/classes/{class_}", "saved")
    await roster.find_class(room_of(request), me(request), class_)
    return _detail(request, form, 422)


async def confirm_remove(request: web.Request) -> web.Response:
    return await _removing(request, Form(), 200)


async def remove(request: web.Request) -> web.Response:
    class_, pupil = _numbers(request)
    form = await read_form(request)
    erase = form.choice("released", ("erase", "keep")) == "erase"
    if not form.ok:
        return await _removing(request, form, 422)
    await roster.remove_pupil(room_of(request), me(request), class_, pupil, erase=erase)
    return see_other(f"/classes/{class_}", "pupil-erased" if erase else "pupil-removed")


async def _removing(request: web.Request, form: Form, status: int) -> web.Response:
    class_, pupil = _numbers(request)
    known = await roster.read_pupil(room_of(request), me(request), class_, pupil)
    path = f"/classes/{class_}/pupils/{pupil}"
    return render(
        request,
        "pupil_remove.html",
        status=status,
        form=form,
        path=path,
        alias=known.pupil.alias,
    )


async def _propose(
    request: web.Request, found: Sequence[Newcomer], rows: Sequence[class_list.Row] = ()
) -> web.Response:
    class_ = number_of(request.match_info["class"])
    proposed = await roster.propose(room_of(request), me(request), class_, found)
    filled: dict[str, str] = {"rows": str(len(proposed))}
    for row, one in enumerate(proposed):
        filled[f"alias-{row}"] = one.alias
        filled[f"display-{row}"] = one.names.display
        filled[f"given-{row}"] = one.names.given
        filled[f"family-{row}"] = one.names.family
        filled[f"login-{row}"] = one.names.login
    return await _preview(request, Form.filled(**filled), 200, rows)


def _left_out(rows: Sequence[class_list.Row]) -> list[class_views.LeftOut]:
    return [
        class_views.LeftOut(one.line, one.names.display, _WRONG[one.wrong])
        for one in rows
        if one.wrong is not None
    ]


def _newcomer(form: Form, row: str) -> Newcomer | None:
    """What stands in the fields of a row; None where its alias was emptied."""
    alias = form.line(f"alias{row}", longest=120, required=False)
    names = names_of(
        display=form.line(f"display{row}", longest=LONGEST_NAME, required=False),
        given=form.line(f"given{row}", longest=LONGEST_NAME, required=False),
        family=form.line(f"family{row}", longest=LONGEST_NAME, required=False),
        login=form.line(f"login{row}", longest=LONGEST_NAME, required=False),
    )
    return Newcomer(alias, names) if alias else None


def _note(form: Form, refused: Refused, rows: list[int]) -> None:
    """Say what was refused beside the alias of its row; what no row is to blame for goes on."""
    sentence = _SENTENCES.get(refused.reason)
    if sentence is None:
        raise refused
    row = refused.facts.get("row")
    name = f"alias-{rows[row]}" if isinstance(row, int) and rows else "alias"
    if refused.facts.get("tells"):
        sentence = _TELLS
    elif refused.facts.get("said"):
        sentence = _SAID
    form.say(name if isinstance(row, int) else "", sentence)


async def _ask(
    request: web.Request, form: Form, status: int, rows: Sequence[class_list.Row] = ()
) -> web.Response:
    class_ = await roster.find_class(
        room_of(request), me(request), number_of(request.match_info["class"])
    )
    return render(
        request,
        "class_add.html",
        status=status,
        form=form,
        path=f"/classes/{class_.id}",
        name=class_.name,
        left_out=_left_out(rows),
    )


async def _preview(
    request: web.Request, form: Form, status: int, read: Sequence[class_list.Row] = ()
) -> web.Response:
    class_ = await roster.find_class(
        room_of(request), me(request), number_of(request.match_info["class"])
    )
    rows = form.number("rows", lowest=1, highest=roster.MAX_PUPILS) or 1
    return render(
        request,
        "class_preview.html",
        status=status,
        form=form,
        path=f"/classes/{class_.id}",
        name=class_.name,
        rows=rows,
        left_out=_left_out(read),
    )


def _detail(request: web.Request, form: Form, status: int) -> web.Response:
    class_, pupil = _numbers(request)
    return render(
        request,
        "pupil.html",
        status=status,
        form=form,
        back=f"/classes/{class_}",
        path=f"/classes/{class_}/pupils/{pupil}",
    )


def _numbers(request: web.Request) -> tuple[int, int]:
    return (
        number_of(request.match_info["class"]),
        number_of(request.match_info["pupil"]),
    )
