"""`/c/w/{space}/bring`, `/c/files/{work}`: a pupil brings a picture or another file, says what it
is, hands it in, and sees what became of it.

Choosing a file is one page and saying what it is the next, so that nothing has to be chosen twice.
"""

from aiohttp import web

from node.actions.context import CONTEXT
from node.classroom import bringing, files, working
from node.classroom.working import OwnWork
from node.web import class_views, desks, own, parts, pupil_words, rooms, sealed_files, words
from node.web.asking import number_of
from node.web.door import learner, room_of
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.parts import MULTIPART, NoForm
from node.web.render import FRAME, render, see_other
from protocol.errors import Reason, Refused

_SENTENCES = {
    Reason.CONFLICT: later("Your teacher has released this already."),
    Reason.BAD_INPUT: later("Say what can be seen in it, for those who cannot see it."),
}


async def ask(request: web.Request) -> web.Response:
    return await _ask(request, Form(), 200)


async def bring(request: web.Request) -> web.Response:
    """Take the one file of the form."""
    if request.content_type != MULTIPART:
        raise Refused(Reason.UNSUPPORTED_MEDIA_TYPE, f"send files as {MULTIPART}")
    space, pupil = request.match_info["space"], learner(request)
    await working.find_desk(room_of(request), pupil.pupil, space)
    form, work = Form(), 0
    async for part in parts.each(request):
        if part.name != "file" or not part.filename:
            continue
        try:
            work = await bringing.bring(
                room_of(request),
                pupil.pupil,
                space,
                name=part.filename,
                language=pupil.class_.language,
                pieces=parts.pieces(part),
            )
        except NoForm:
            raise
        except Refused as refused:
            sentence = pupil_words.of_file(refused)
            if sentence is None:
                raise
            most = refused.facts.get("most_mib")
            form.say("file", sentence, most=most if isinstance(most, int) else 0)
            await parts.pass_over(part)
        break
    if work:
        return see_other(f"/c/files/{work}", "file-here")
    form.say("file", later("Choose a picture or a file first."))
    return await _ask(request, form, 422)


async def show(request: web.Request) -> web.Response:
    found = await _find(request)
    name = "" if found.file is None else found.file.name
    form = Form.filled(name=name, alt=found.text, language=found.language)
    return await _show(request, found, form, 200)


async def describe(request: web.Request) -> web.Response:
    found = await _find(request)
    form = await read_form(request)
    name = form.line("name")
    alt = form.text("alt", longest=files.MAX_ALT_CHARACTERS, required=False)
    language = form.choice("language", words.LANGUAGES)
    hand_in = form.value("how") != "draft"
    if form.ok:
        with form.mending("alt", _SENTENCES):
            await bringing.describe(
                room_of(request),
                learner(request).pupil,
                found.id,
                name=name,
                alt=alt,
                language=language,
                hand_in=hand_in,
            )
            return see_other(f"/c/w/{found.space}", "work-held" if hand_in else "work-draft")
    return await _show(request, found, form, 422)


async def show_bytes(request: web.Request) -> web.StreamResponse:
    return await _give(request, small=False)


async def show_small(request: web.Request) -> web.StreamResponse:
    return await _give(request, small=True)


async def _give(request: web.Request, *, small: bool) -> web.StreamResponse:
    given = await bringing.show(
        room_of(request),
        learner(request).pupil,
        number_of(request.match_info["work"]),
        small=small,
    )
    return await sealed_files.answer(request, given)


async def _find(request: web.Request) -> OwnWork:
    found = await working.find_work(
        room_of(request), learner(request).pupil, number_of(request.match_info["work"])
    )
    if found.kind != "file":
        raise working.not_there()
    return found


async def _ask(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    desk = await desks.find(request)
    known = await own.look_up(request, desk.seen)
    return render(
        request,
        "pupil_bring.html",
        status=status,
        form=form,
        space=rooms.view(desk.seen.space, known),
        back=f"/c/w/{desk.seen.space.id}",
        alias=desk.place.alias,
        most=min(context.settings.files.pupil_mib, context.settings.files.video_mib),
    )


async def _show(request: web.Request, found: OwnWork, form: Form, status: int) -> web.Response:
    path = f"/c/files/{found.id}"
    one = class_views.WorkLine(
        path,
        found.state,
        "",
        found.text,
        found.language,
        found.note,
        found.changed_ms,
        None if found.file is None else sealed_files.view(found.file, path),
        alt=found.alt,
    )
    return render(
        request,
        "pupil_file.html",
        status=status,
        form=form,
        one=one,
        may_change=found.state in ("draft", "held", "returned"),
        space_path=f"/c/w/{found.space}",
        school=request[FRAME].school,
    )
