"""`/classes/{class}/pupils/{pupil}/works`: a teacher takes in the works that a pupil brought along.
`/c/brought/{work}`: the pupil sees its files, and throws it away."""

from aiohttp import web

from node.classroom import taking_in
from node.classroom.taking_in import TakenIn
from node.web import parts, pupil_words, sealed_files
from node.web.asking import number_of
from node.web.door import learner, me, room_of
from node.web.forms import Form
from node.web.i18n import later
from node.web.parts import MULTIPART, NoForm
from node.web.render import render, see_other
from protocol.errors import Reason, Refused

MAX_ALIAS_BYTES = 400
_WRONG = {
    "zip": later("This is no whole zip archive. Choose the file as it was fetched."),
    "many": later("There is too much in it: %(most)s are the most."),
    "name": later("It holds %(what)s, which does not belong into such an archive."),
    "locked": later("%(what)s in it is encrypted, or packed in a rare way."),
    "works": later("A folder in it has no works.json that can be read."),
    "format": later("Its works.json is of another kind or version."),
    "long": later("Its works.json is too long."),
    "value": later("Something in its works.json is not as it should be: %(what)s."),
    "missing": later("%(what)s is named in it and not there."),
    "other": later("%(what)s in it is not the file that was packed."),
    "damaged": later("%(what)s in it is damaged."),
    "nobody": later("Nobody in this archive has this alias."),
    "full": later(
        "What pupils of this school brought along takes all the room that is set for it. Ask your "
        "administrator (setting files.all_brought_mib)."
    ),
    "several": later("It holds the works of %(many)s pupils. Say whose: the alias there."),
}
"""By what the one who opens the archive says of it."""
_PLACES = {"name": "what", "most": "most", "many": "many"}
_REASONS = {
    Reason.TOO_LARGE: later("This is too large: %(most)s MB are the most."),
    Reason.TOO_MANY_ITEMS: later("This pupil has too much here already."),
    Reason.BAD_INPUT: later("There is nothing in this file. Choose another one."),
    Reason.BUSY: later("Another file of this pupil is coming just now. Try it again in a minute."),
}
_OF_FILE = later("A file in it cannot be taken: %(what)s.")


async def ask(request: web.Request) -> web.Response:
    return await _ask(request, Form(), 200)


async def take(request: web.Request) -> web.Response:
    """The alias, then the file: nothing is kept unless all of it can be."""
    if request.content_type != MULTIPART:
        raise Refused(Reason.UNSUPPORTED_MEDIA_TYPE, f"send files as {MULTIPART}")
    class_, pupil = _numbers(request)
    # Before anything is read: who may not, sends in vain.
    await taking_in.count(room_of(request), me(request), class_, pupil)
    form = Form()
    taken: TakenIn | None = None
    async for part in parts.each(request):
        if part.name == "alias":
            form.put("alias", (await parts.text(part, MAX_ALIAS_BYTES)).strip())
        if part.name != "file" or not part.filename:
            continue
        try:
            taken = await taking_in.take_in(
                room_of(request),
                me(request),
                class_,
                pupil,
                alias=form.value("alias"),
                pieces=parts.pieces(part),
            )
        except NoForm:
            raise
        except Refused as refused:
            _note(form, refused)
            await parts.pass_over(part)
        break
    if taken is not None:
        told = "works-brought" if taken.new else "works-known"
        return see_other(f"/classes/{class_}/pupils/{pupil}/works", told)
    if form.ok:
        form.say("file", later("Choose the archive first."))
    return await _ask(request, form, 422)


def _note(form: Form, refused: Refused) -> None:
    """What is wrong with it, beside the field; what no archive is to blame for goes on."""
    why, name = str(refused.facts.get("why", "")), str(refused.facts.get("name", ""))
    if why in _WRONG:
        facts = {
            _PLACES[key]: value
            for key, value in refused.facts.items()
            if key in _PLACES and isinstance(value, int | str)
        }
        field = "alias" if why in ("nobody", "several") else "file"
        form.say(field, _WRONG[why], **facts)
    elif name and pupil_words.of_file(refused) is not None:
        form.say("file", _OF_FILE, what=name)
    elif refused.reason in _REASONS:
        most = refused.facts.get("most_mib")
        form.say("file", _REASONS[refused.reason], most=most if isinstance(most, int) else 0)
    else:
        raise refused


async def _ask(request: web.Request, form: Form, status: int) -> web.Response:
    class_, pupil = _numbers(request)
    found, many = await taking_in.count(room_of(request), me(request), class_, pupil)
    return render(
        request,
        "pupil_brought.html",
        status=status,
        form=form,
        path=f"/classes/{class_}/pupils/{pupil}",
        alias=found.alias,
        many=many,
    )


async def show_bytes(request: web.Request) -> web.StreamResponse:
    return await _give(request, small=False)


async def show_small(request: web.Request) -> web.StreamResponse:
    return await _give(request, small=True)


async def throw_away(request: web.Request) -> web.Response:
    work = number_of(request.match_info["work"])
    await taking_in.throw_away(room_of(request), learner(request).pupil, work)
    return see_other("/c/works", "work-gone")


async def _give(request: web.Request, *, small: bool) -> web.StreamResponse:
    work = number_of(request.match_info["work"])
    given = await taking_in.show(room_of(request), learner(request).pupil, work, small=small)
    return await sealed_files.answer(request, given)


def _numbers(request: web.Request) -> tuple[int, int]:
    return number_of(request.match_info["class"]), number_of(request.match_info["pupil"])
