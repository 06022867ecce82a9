"""`/c/home`, `/c/w/{space}`, `/c/works`: where a pupil reads, replies, sees what became of it."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from aiohttp import web

from node.actions import reactions, sight, walls
from node.actions.context import CONTEXT
from node.classroom import live, own_works, reacting, taking_in, working
from node.classroom.working import Desk, OwnWork
from node.storage import pages, reports
from node.storage import views as rows
from node.web import (
    class_views,
    desks,
    directory,
    exhibits,
    own,
    picture_forms,
    portfolios,
    reaction_views,
    rooms,
    space_views,
    threads,
    words,
)
from node.web.asking import number_of
from node.web.directory import Directory
from node.web.door import learner, room_of
from node.web.forms import Form
from node.web.picture_forms import Sent
from node.web.render import FRAME, render, see_other
from protocol.errors import Reason, Refused
from protocol.space.fold.forum import Post
from protocol.space.fold.history import Standing
from protocol.space.fold.page import Page
from protocol.space.fold.reactions import Reaction
from protocol.space.fold.wall import Wall

AT_ONCE = 50
LONGEST = working.MAX_TEXT_CHARACTERS


async def home(request: web.Request) -> web.Response:
    found = await working.list_desks(room_of(request), learner(request).pupil)
    joined = []
    for desk in found:
        known = await own.look_up(request, desk.seen)
        space = rooms.view(desk.seen.space, known)
        path = f"/c/w/{desk.seen.space.id}"
        joined.append(class_views.DeskLine(path, space.title, desk.place.alias, space.schools))
    return render(
        request,
        "pupil_home.html",
        desks=joined,
        class_name=learner(request).class_.name,
        works=await _works(request, found),
    )


async def works(request: web.Request) -> web.Response:
    found = await working.list_desks(room_of(request), learner(request).pupil)
    along = await taking_in.list_brought(room_of(request), learner(request).pupil)
    return render(
        request,
        "pupil_works.html",
        works=await _works(request, found),
        brought=[desks.brought(one) for one in along],
    )


async def space(request: web.Request) -> web.Response:
    context = request.app[CONTEXT]
    desk = await desks.find(request)
    async with context.database.read() as reader:
        found = await rows.list_threads(reader, desk.seen.space.id, limit=AT_ONCE)
        hung = await walls.list_walls(reader, desk.seen.space.id)
        papers = await pages.list_pages(reader, desk.seen.space.id, limit=AT_ONCE)
        shielded = await reports.list_shielded(reader, desk.seen.space.id)
    known = await own.look_up(request, desk.seen)
    mine = await working.list_works(room_of(request), learner(request).pupil)
    brought = [one for one in mine if (one.space, one.kind) == (desk.seen.space.id, "file")]
    titles = await desks.titles(request, brought)
    return render(
        request,
        "pupil_space.html",
        space=rooms.view(desk.seen.space, known),
        alias=desk.place.alias,
        threads=threads.lines(
            [one for one in found if one.post is None or sight.for_pupils([one.post])],
            desk.seen,
            known,
            f"/c/w/{desk.seen.space.id}",
            shielded=shielded,
        ),
        walls=_open_ones(desk, "walls", hung, shielded),
        pages=_open_ones(desk, "pages", papers, shielded),
        bring=f"/c/w/{desk.seen.space.id}/bring",
        brought=[desks.line(one, titles[one.id]) for one in brought],
    )


def _open_ones(
    desk: Desk, part: str, found: Sequence[Wall | Page], shielded: Collection[str]
) -> list[class_views.OpenLine]:
    """Those that pupils may see."""
    return [
        class_views.OpenLine(
            f"/c/w/{desk.seen.space.id}/{part}/{rooms.address_of(one.reference)}",
            one.title,
            one.opened,
        )
        for one in found
        if one.audience == "members" and one.reference not in shielded
    ]


async def read(request: web.Request) -> web.Response:
    return await _thread(request, Form.filled(language=learner(request).class_.language), 200)


async def reply(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    # Before anything is read: who may not, sends in vain.
    await desks.find(request)
    async with picture_forms.read(request) as sent:
        form = sent.form
        written = _written(sent)
        if form.ok:
            with form.mending("text", desks.SENTENCES):
                number = await _keep(request, sent, written, hand_in=sent.hand_in)
                address = f"/c/w/{space}/{request.match_info['thread']}"
                return see_other(address, await desks.became(request, number, hand_in=sent.hand_in))
        if sent.picture is not None:
            with suppress(Refused):
                number = await _keep(request, sent, written, hand_in=False)
                return await _work(request, number, form, 422)
    return await _thread(request, form, 422)


@dataclass(frozen=True)
class _Written:
    text: str
    alt: str
    language: str


def _written(sent: Sent, kept: OwnWork | None = None) -> _Written:
    """What the form says, its mistakes noted; `kept` is what it would stand in place of."""
    file = None if kept is None else kept.file
    text = sent.read_text(file, longest=LONGEST)
    alt = sent.read_alt(file)
    return _Written(text, alt, sent.form.choice("language", words.LANGUAGES))


async def _keep(request: web.Request, sent: Sent, written: _Written, *, hand_in: bool) -> int:
    return await working.write_reply(
        room_of(request),
        learner(request).pupil,
        request.match_info["space"],
        rooms.reference_of(request.match_info["thread"]),
        text=written.text,
        language=written.language or learner(request).class_.language,
        hand_in=hand_in,
        alt=written.alt,
        picture=sent.picture,
    )


async def work(request: web.Request) -> web.Response:
    found = await _own_reply(request, _number(request))
    form = Form.filled(text=found.text, alt=found.alt, language=found.language)
    return await _work(request, found.id, form, 200)


async def rewrite(request: web.Request) -> web.Response:
    found = await _own_reply(request, _number(request))
    async with picture_forms.read(request, found.file) as sent:
        form = sent.form
        written = _written(sent, found)
        if form.ok:
            with form.mending("", desks.SENTENCES):
                await _rewrite(request, sent, written, hand_in=sent.hand_in)
                if sent.bare:
                    return see_other(f"/c/works/{found.id}", "picture-out")
                became = await desks.became(request, found.id, hand_in=sent.hand_in)
                return see_other("/c/works", became)
        if sent.picture is not None:
            with suppress(Refused):
                await _rewrite(request, sent, written, hand_in=False)
    return await _work(request, found.id, form, 422)


async def _rewrite(request: web.Request, sent: Sent, written: _Written, *, hand_in: bool) -> None:
    await working.rewrite(
        room_of(request),
        learner(request).pupil,
        _number(request),
        text=written.text,
        language=written.language or learner(request).class_.language,
        hand_in=hand_in,
        alt=written.alt,
        picture=sent.picture,
        bare=sent.bare,
    )


async def _own_reply(request: web.Request, number: int) -> OwnWork:
    """Refuses with NOT_FOUND what is no reply of this pupil's."""
    found = await working.find_work(room_of(request), learner(request).pupil, number)
    if found.kind != "reply":
        raise working.not_there()
    return found


async def throw_away(request: web.Request) -> web.Response:
    await working.take_back(room_of(request), learner(request).pupil, _number(request))
    return see_other("/c/works", "work-gone")


async def _thread(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    desk = await desks.find(request)
    reference = rooms.reference_of(request.match_info["thread"])
    async with context.database.read() as reader:
        posts = sight.for_pupils(await rows.list_of_thread(reader, desk.seen.space.id, reference))
        signs = await reactions.list_of(
            reader, desk.seen.space.id, [post.reference for post in posts]
        )
        shielded = await reports.list_shielded(reader, desk.seen.space.id)
        known = await directory.look_up(reader, context.base, rooms.people_in(desk.seen))
        unseen = await sight.list_unseen(
            reader, desk.seen.space, (one.file for one in posts if one.file)
        )
        files = await exhibits.list_shown_with(
            reader, [one for one in posts if one.file not in unseen], desk.seen, known
        )
    if not posts:
        raise Refused(Reason.NOT_FOUND, "There is no such thread.")
    opening = [post for post in posts if post.kind == "thread"]
    rest = [post for post in posts if post.kind != "thread"]
    space = rooms.view(desk.seen.space, known)
    mine = await working.list_works(room_of(request), learner(request).pupil)
    waiting = {
        one.inside: reacting.sign_of(one)
        for one in mine
        if (one.kind, one.state) == ("reaction", "held")
    }
    return render(
        request,
        "pupil_thread.html",
        status=status,
        form=form,
        most=picture_forms.most_mib(request),
        space=space,
        alias=desk.place.alias,
        is_live=await live.is_on(room_of(request), desk.seen.space.id),
        back=f"/c/w/{desk.seen.space.id}",
        is_looked_at=reference in shielded,
        thread=space_views.Thread(
            path=f"/c/w/{desk.seen.space.id}/{request.match_info['thread']}",
            title=opening[0].title if opening and reference not in shielded else "",
            posts=[
                desks.looked_at(rooms.shown(post, desk.seen, known))
                if {post.reference, reference} & shielded
                else _post(post, desk, known, signs, waiting.get(post.reference, ""), files)
                for post in opening + rest
            ],
            is_open=bool(opening)
            and opening[0].standing is Standing.SHOWN
            and reference not in shielded,
        ),
        works=[
            desks.line(one, "")
            for one in reversed(mine)
            if (one.kind, one.space, one.inside) == ("reply", desk.seen.space.id, reference)
            and one.state != "released"
        ],
    )


def _post(
    post: Post,
    desk: Desk,
    known: Directory,
    signs: Mapping[str, Sequence[Reaction]],
    waiting: str,
    files: Mapping[str, exhibits.FileLine],
) -> space_views.Post:
    """A post with its picture, the signs under it and the way to report it."""
    root, seen = f"/c/w/{desk.seen.space.id}", desk.seen
    shown = replace(
        rooms.shown(post, seen, known),
        reactions=reaction_views.under(post, signs, root, seen, known, waiting),
        picture=exhibits.pupils_picture(
            files.get(post.reference), f"{root}/pictures/{rooms.address_of(post.reference)}"
        ),
    )
    return desks.with_report(shown, post, seen, root)


async def _work(request: web.Request, number: int, form: Form, status: int) -> web.Response:
    found = await _own_reply(request, number)
    titles = await desks.titles(request, [found])
    return render(
        request,
        "pupil_work.html",
        status=status,
        form=form,
        one=desks.line(found, titles[found.id]),
        path=f"/c/works/{found.id}",
        may_change=found.state in ("draft", "held", "returned"),
        school=request[FRAME].school,
        most=picture_forms.most_mib(request),
        thread_path=f"/c/w/{found.space}/{rooms.address_of(found.inside)}",
        alias=await desks.alias_in(request, found.space),
        is_live=await live.is_on(room_of(request), found.space),
    )


async def _works(request: web.Request, joined: Sequence[Desk]) -> list[class_views.WorkLine]:
    found = await working.list_works(room_of(request), learner(request).pupil)
    open_spaces = {one.seen.space.id for one in joined}
    found = [one for one in found if one.space in open_spaces]
    titles = await desks.titles(request, found)
    plainly = learner(request).class_.style == "plain"
    return [desks.line(one, titles[one.id], plainly=plainly) for one in found]


def _number(request: web.Request) -> int:
    return number_of(request.match_info["work"])


async def export(request: web.Request) -> web.StreamResponse:
    """Everything of one's own, in one archive."""
    found = learner(request)
    one = await own_works.collect(room_of(request), found.pupil, found.class_)
    return await portfolios.answer(request, [one], "works")
