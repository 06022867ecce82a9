"""`/w/{space}/blocks`: a plain form for each block of a page; two versions, and one out of both.

A form carries the versions that it started from. Whoever saves what somebody else has changed
meanwhile is shown both.
"""

from aiohttp import web

from node.actions import blocks, pages
from node.actions.context import CONTEXT
from node.actions.readings import find_readings
from node.actions.spaces import SpaceView
from node.storage import contents
from node.storage import pages as rows
from node.web import block_forms, directory, own, papers, questions, rooms, words
from node.web.directory import Directory
from node.web.door import me
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.render import render, see_other
from protocol.errors import Reason, Refused
from protocol.space.fold.block import kind_of
from protocol.space.fold.page import Block

MOST_FILES = 200


async def ask(request: web.Request) -> web.Response:
    """The empty form of a new block: of which kind and behind which one, the address says."""
    kind = _kind(request.query.get("kind", "paragraph"))
    form = Form.filled(language=me(request).language, level="2", kind=kind)
    if kind == "table":
        form.put("head", "yes")
    form.put("after", request.query.get("after", ""))
    return await _new(request, form, kind, 200)


async def add(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    page = rooms.reference_of(request.match_info["page"])
    form = await read_form(request)
    kind = _kind(form.value("kind"))
    said = block_forms.read(form, kind)
    after = rooms.reference_of(form.value("after")) if form.value("after") else ""
    if form.ok:
        with form.mending(block_forms.first_field(kind), own.UNSHOWABLE):
            block = await blocks.add(
                request.app[CONTEXT], me(request), space, page, said, after=after
            )
            return _back_to(space, page, block, "block-added")
    return await _new(request, form, kind, 422)


async def edit(request: web.Request) -> web.Response:
    seen, block, _ = await _block(request)
    if block.others:
        # Nobody replaces a version that he was not shown.
        return see_other(f"{papers.path_of_block(seen.space.id, block.reference)}/versions")
    if block.body is None:
        form = Form.filled(language=me(request).language, level="2", kind="paragraph")
    else:
        form = block_forms.filled(block.body)
        form.put("kind", kind_of(block.body))
    form.put_all("base", block.bases["body"])
    return await _edit(request, form, 200)


async def save(request: web.Request) -> web.Response:
    """Both the form of one version and the one that settles several."""
    space = request.match_info["space"]
    _, block, _ = await _block(request)
    form = await read_form(request)
    kind = _kind(form.value("kind"))
    said = block_forms.read(form, kind, block.body)
    if form.ok:
        with form.mending(block_forms.first_field(kind), own.UNSHOWABLE):
            several = await blocks.change(
                request.app[CONTEXT],
                me(request),
                space,
                block.reference,
                said,
                bases=form.values("base"),
            )
            if several:
                path = papers.path_of_block(space, block.reference)
                return see_other(f"{path}/versions", "two-versions")
            return _back_to(space, block.page, block.reference, "saved")
    return await _edit(request, form, 422)


async def compare(request: web.Request) -> web.Response:
    """All versions that stand, and a suggestion to start from."""
    context = request.app[CONTEXT]
    seen, block, known = await _block(request)
    async with context.database.read() as reader:
        page = await pages.get(reader, seen.space, block.page)
        block, found, suggested = await find_readings(reader, seen.space, block.reference)
        files = await _list_files(request, seen)
    papers.require_in_sight(page)
    papers.require_in_sight(block)
    parts = dict(suggested.parts)
    if parts.get("file"):
        parts["file"] = rooms.address_of(parts["file"])
    form = Form.filled(**parts)
    form.put("kind", suggested.kind)
    form.put_all("base", block.bases["body"])
    return render(
        request,
        "block_versions.html",
        space=rooms.view(seen.space, known),
        path=papers.path_of_block(seen.space.id, block.reference),
        back=f"{papers.path_of(seen.space.id, block.page)}/edit",
        readings=papers.readings(found, seen, known),
        form=form,
        kind=suggested.kind,
        conflicts=suggested.conflicts,
        files=files,
    )


async def move(request: web.Request) -> web.Response:
    """One place up or down."""
    context, space = request.app[CONTEXT], request.match_info["space"]
    form = await read_form(request)
    _, block, _ = await _block(request)
    async with context.database.read() as reader:
        listed = await rows.list_blocks(reader, space, block.page)
    order = [one.reference for one in listed]
    if block.reference in order:
        at = order.index(block.reference)
        others = [one for one in order if one != block.reference]
        to = at - 1 if form.value("to") == "up" else at + 1
        if 0 <= to <= len(others):
            after = others[to - 1] if to else ""
            await blocks.move(context, me(request), space, block.reference, after=after)
    return _back_to(space, block.page, block.reference, "moved")


async def remove(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    form = await read_form(request)
    _, block, _ = await _block(request)
    bases = form.values("base")
    several = await blocks.remove(
        request.app[CONTEXT], me(request), space, block.reference, bases=bases
    )
    if several:
        path = papers.path_of_block(space, block.reference)
        return see_other(f"{path}/versions", "two-versions")
    return see_other(f"{papers.path_of(space, block.page)}/edit#removed", "block-removed")


async def put_back(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    _, block, _ = await _block(request)
    await blocks.put_back(request.app[CONTEXT], me(request), space, block.reference)
    return _back_to(space, block.page, block.reference, "put-back")


async def confirm_erase(request: web.Request) -> web.Response:
    _, block, _ = await _block(request)
    return questions.ask(
        request,
        back=f"{papers.path_of(request.match_info['space'], block.page)}/edit",
        question=later("Delete what our school wrote here?"),
        consequence=later(
            "Every version of this block that our school wrote is deleted here at once, and at "
            "every school of the project as soon as its server hears of it. What other schools "
            "wrote in it stays. This cannot be taken back."
        ),
        yes=later("Delete it everywhere"),
    )


async def erase(request: web.Request) -> web.Response:
    space = request.match_info["space"]
    _, block, _ = await _block(request)
    await blocks.erase_own(request.app[CONTEXT], me(request), space, block.reference)
    return see_other(f"{papers.path_of(space, block.page)}/edit", "deleted")


def _back_to(space: str, page: str, block: str, told: str) -> web.Response:
    path = f"{papers.path_of(space, page)}/edit"
    return see_other(f"{path}#b-{rooms.address_of(block)}", told)


def _kind(word: str) -> str:
    if word not in words.BLOCKS:
        raise Refused(Reason.BAD_INPUT, "There is no block of this kind.")
    return word


async def _new(request: web.Request, form: Form, kind: str, status: int) -> web.Response:
    seen, page, known = await papers.find_page(request, shown=True)
    return render(
        request,
        "block_form.html",
        status=status,
        form=form,
        kind=kind,
        space=rooms.view(seen.space, known),
        page=papers.line(page, seen, known),
        files=await _list_files(request, seen),
        erase="",
    )


async def _edit(request: web.Request, form: Form, status: int) -> web.Response:
    context = request.app[CONTEXT]
    seen, block, known = await _block(request)
    async with context.database.read() as reader:
        home, _, name = block.page.partition("/")
        page = await rows.find_page(reader, seen.space.id, home, name)
    if page is None:
        raise Refused(Reason.NOT_FOUND, "The page of this block is not here.")
    papers.require_in_sight(page)
    papers.require_in_sight(block)
    own_words = block.node == seen.space.node
    return render(
        request,
        "block_form.html",
        status=status,
        form=form,
        kind=form.value("kind"),
        space=rooms.view(seen.space, known),
        page=papers.line(page, seen, known),
        files=await _list_files(request, seen),
        erase=f"{papers.path_of_block(seen.space.id, block.reference)}/delete" if own_words else "",
    )


async def _list_files(request: web.Request, seen: SpaceView) -> list[tuple[str, str, bool]]:
    """What may stand in a page: address, name, and whether it is a picture."""
    async with request.app[CONTEXT].database.read() as reader:
        found = await contents.list_files(reader, seen.space.id, limit=MOST_FILES)
    return [
        (rooms.address_of(one.reference), one.name, one.media_type.startswith("image/"))
        for one in found
        if one.name
    ]


async def _block(request: web.Request) -> tuple[SpaceView, Block, Directory]:
    context = request.app[CONTEXT]
    seen = await own.find_space(request)
    reference = rooms.reference_of(request.match_info["block"])
    async with context.database.read() as reader:
        block = await blocks.get(reader, seen.space, reference)
        known = await directory.look_up(reader, context.base, rooms.people_in(seen))
    return seen, block, known
