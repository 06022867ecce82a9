"""What the pages of pupils share: the space in the address, posts there, and own work as a line."""

from collections.abc import Sequence
from dataclasses import replace

from aiohttp import web

from node.actions import pupils as acting
from node.actions import sight
from node.actions.context import CONTEXT
from node.actions.spaces import SpaceView
from node.classroom import copying, live, reacting, working
from node.classroom.taking_in import Along
from node.classroom.working import Desk, OwnWork
from node.storage import spaces
from node.web import class_views, rooms, sealed_files, space_views, words
from node.web.door import learner, room_of
from node.web.i18n import later
from protocol.errors import Reason, Refused
from protocol.space.fold.forum import Post

SENTENCES = {
    Reason.TOO_MANY_ITEMS: later("Much of yours still waits. Ask your teacher to look at it."),
    Reason.CONFLICT: later("Your teacher has released this already."),
    Reason.STORAGE_FULL: later("Nothing can be saved just now. Tell your teacher."),
}


async def find(request: web.Request) -> Desk:
    """The space in the address. Refuses with NOT_FOUND whoever does not take part in it."""
    return await working.find_desk(
        room_of(request), learner(request).pupil, request.match_info["space"]
    )


async def alias_in(request: web.Request, space: str) -> str:
    """What the pupil is called there; "" for one who takes no part any more."""
    try:
        desk = await working.find_desk(room_of(request), learner(request).pupil, space)
    except Refused:
        return ""
    return desk.place.alias


def looked_at(post: space_views.Post) -> space_views.Post:
    """A post that was reported, as pupils see it until that is decided."""
    return replace(post, text="", absent=words.LOOKED_AT)


def with_report(post: space_views.Post, made: Post, seen: SpaceView, path: str) -> space_views.Post:
    """A post under which a pupil can say that something is not right, unless it is his own; `path`
    is that of his space."""
    mine = (made.home, made.actor) == (seen.space.node, seen.alias)
    if post.absent or mine:
        return post
    return replace(post, doings=space_views.Doings(report=f"{path}/report/{post.id}"))


async def titles(request: web.Request, found: Sequence[OwnWork]) -> dict[int, str]:
    """What that is called in which these works stand, and what the files are called."""
    told = {}
    async with request.app[CONTEXT].database.read() as reader:
        kept = {space: await spaces.find(reader, space) for space in {one.space for one in found}}
        for one in found:
            space = kept[one.space]
            if one.file is not None and one.kind == "file":
                told[one.id] = one.file.name
            elif one.kind == "file":
                told[one.id] = await acting.find_file_name(reader, one.space, one.object)
            elif space is not None:
                told[one.id] = await sight.title_of(reader, space, one.inside)
            else:
                told[one.id] = ""
    return told


def line(one: OwnWork, title: str, *, plainly: bool = False) -> class_views.WorkLine:
    """An own piece of work in a list; `plainly` for one who may take back what was released."""
    path = f"/c/works/{one.id}"
    file = None if one.file is None else sealed_files.view(one.file, f"/c/files/{one.id}")
    if one.kind == "file":
        path = f"/c/files/{one.id}"
    elif one.kind == "card":
        path = f"/c/cards/{one.id}"
    elif one.kind == "page":
        path = path_of(one)
    elif one.kind == "reaction":
        path = f"/c/w/{one.space}"
    if one.state == "released" and one.kind in ("reply", "card"):
        path = path_of(one)
    withdraw = f"/c/works/{one.id}/withdraw" if plainly and one.state == "released" else ""
    if one.withdrawn_ms is not None:
        path = withdraw or path
    return class_views.WorkLine(
        path,
        one.state if one.withdrawn_ms is None else "withdrawn",
        title,
        one.text if one.kind != "page" else copying.text_of(one),
        one.language,
        one.note,
        one.changed_ms,
        file,
        kind=one.kind,
        sign=reacting.sign_of(one) if one.kind == "reaction" and one.parts else "",
        alt=one.alt,
        withdraw=withdraw if one.withdrawn_ms is None else "",
    )


def path_of(one: OwnWork) -> str:
    """Where that is in which a work stands."""
    inside = rooms.address_of(one.inside)
    if one.kind in ("card", "page"):
        part = "walls" if one.kind == "card" else "pages"
        return f"/c/w/{one.space}/{part}/{inside}"
    return f"/c/w/{one.space}/{inside}"


async def became(request: web.Request, number: int, *, hand_in: bool) -> str:
    """What its author is told that became of it."""
    if not hand_in:
        return "work-draft"
    return "work-live" if await live.pass_on(room_of(request), number) else "work-held"


def brought(one: Along) -> class_views.BroughtLine:
    """A piece of work that was brought along, in a list."""
    path, file = f"/c/brought/{one.id}", one.file
    return class_views.BroughtLine(
        path,
        one.told.project,
        one.told.thread,
        one.told.text,
        one.language,
        one.changed_ms,
        "" if file is None else file.name,
        f"{path}/small" if file is not None and file.small_octets else "",
    )
