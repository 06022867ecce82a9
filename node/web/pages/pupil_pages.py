"""`/c/w/{space}/pages/{page}`: a pupil reads a page, and on one that is open to pupils writes in an
own copy, which waits for a teacher.

The form carries what each part said when it was shown, so that what others changed meanwhile is not
taken for the pupil's.
"""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec
from aiohttp import web

from node.actions import publish, sight
from node.actions.blocks import Said
from node.actions.context import CONTEXT
from node.actions.copies import Change
from node.classroom import copying, live, working
from node.storage import pages as rows
from node.storage import reports
from node.web import desks, own, papers, rooms, words
from node.web.door import learner, room_of
from node.web.forms import Form, read_form
from node.web.i18n import later
from node.web.papers import ShownBlock
from node.web.render import render, see_other
from protocol.errors import Reason
from protocol.space.fold.block import MAX_ENTRIES, kind_of, written
from protocol.space.fold.page import Block, Page

LONGEST = 10_000
LONGEST_LINE = 200
MOST_NEW = 20
_SENTENCES = desks.SENTENCES | {
    Reason.GONE: later("Pupils do not write on this page now. Ask your teacher."),
    Reason.BAD_INPUT: later("Change something first, or write something new."),
    Reason.NOT_FOUND: later("This page is not there any more."),
}


@dataclass(frozen=True)
class _Part:
    """A part of the page in the form: to be read, or with a field to write in."""

    block: ShownBlock
    field: str
    mine: bool
    may_report: bool


@dataclass(frozen=True)
class _Sheet:
    """What a pupil has before him: the parts, and his copy as far as there is one."""

    blocks: Sequence[Block]
    changed: dict[str, Change]
    new: Sequence[Change]
    work: working.OwnWork | None


async def read(request: web.Request) -> web.Response:
    sheet = await _load(request)
    form = Form.filled(language=learner(request).class_.language)
    for block in sheet.blocks:
        if block.body is None or not _may_write(block):
            continue
        change, at = sheet.changed.get(block.reference), rooms.address_of(block.reference)
        text = written(block.body)["text"]
        form.put(f"text-{at}", text if change is None else change.said.parts["text"])
        form.put_all(f"base-{at}", [block.id] if change is None else change.bases)
        form.put(f"was-{at}", _digest(text if change is None else change.said.parts["was"]))
    for number, one in enumerate(sheet.new):
        form.put(f"added-{number}", one.said.parts["text"])
    return await _page(request, sheet, form, 200)


async def keep(request: web.Request) -> web.Response:
    space, page = request.match_info["space"], request.match_info["page"]
    sheet = await _load(request)
    form = await read_form(request)
    changes = _changes(request, sheet, form)
    language = form.choice("language", words.LANGUAGES)
    hand_in = form.value("how") != "draft"
    if form.ok:
        with form.mending("added-0" if not sheet.new else "", _SENTENCES):
            number = await copying.keep(
                room_of(request),
                learner(request).pupil,
                space,
                rooms.reference_of(page),
                changes,
                language=language,
                hand_in=hand_in,
            )
            became = await desks.became(request, number, hand_in=hand_in)
            return see_other(f"/c/w/{space}/pages/{page}", became)
    return await _page(request, sheet, form, 422)


async def _load(request: web.Request) -> _Sheet:
    desk = await desks.find(request)
    reference = rooms.reference_of(request.match_info["page"])
    await sight.find_place(request.app[CONTEXT], desk.seen.space, reference, Page)
    async with request.app[CONTEXT].database.read() as reader:
        blocks = await rows.list_blocks(reader, desk.seen.space.id, reference)
        shielded = await reports.list_shielded(reader, desk.seen.space.id)
    pupil = learner(request).pupil
    kept = await copying.find(room_of(request), pupil, desk.seen.space.id, reference)
    changes = [] if kept is None else copying.changes_of(kept)
    blocks = [
        # Its place stays; what it says does not show before that is decided.
        msgspec.structs.replace(one, body=None) if one.reference in shielded else one
        for one in blocks
    ]
    here = {one.reference for one in blocks if _may_write(one)}
    return _Sheet(
        blocks,
        {one.block: one for one in changes if one.block in here},
        # What lost its place on the page is written anew.
        [one for one in changes if one.block not in here],
        None if kept is None else await working.find_work(room_of(request), pupil, kept.id),
    )


def _may_write(block: Block) -> bool:
    return block.body is not None and kind_of(block.body) in copying.KINDS


def _changes(request: web.Request, sheet: _Sheet, form: Form) -> list[Change]:
    """What differs from what the form showed, and what is new."""
    found = []
    for block in sheet.blocks:
        at = rooms.address_of(block.reference)
        if block.body is None or not _may_write(block) or not form.values(f"text-{at}"):
            continue
        kind, parts = kind_of(block.body), written(block.body)
        text = _read(form, f"text-{at}", kind)
        if _digest(text) == form.value(f"was-{at}"):
            continue
        before = sheet.changed.get(block.reference)
        was = parts["text"] if before is None else before.said.parts["was"]
        salt = publish.new_name(request.app[CONTEXT]) if before is None else before.salt
        said = Said(kind, parts | {"text": text, "was": was}, block.body.language)
        found.append(Change(block.reference, form.values(f"base-{at}"), said, salt))
    filled = [at for at in range(len(sheet.new) + 1) if form.value(f"added-{at}").strip()]
    return found + [_new(request, sheet, form, at) for at in filled]


def _new(request: web.Request, sheet: _Sheet, form: Form, number: int) -> Change:
    before = sheet.new[number] if number < len(sheet.new) else None
    kind = "paragraph" if before is None else before.said.kind
    text = _read(form, f"added-{number}", kind)
    if before is not None:
        parts = dict(before.said.parts) | {"text": text}
        name = before.name or publish.new_name(request.app[CONTEXT])
        return Change("", (), Said(kind, parts, before.said.language), before.salt, name)
    if number >= MOST_NEW:
        form.say(f"added-{number}", later("Hand in what you have first."))
    context = request.app[CONTEXT]
    said = Said(kind, {"text": text}, form.choice("language", words.LANGUAGES))
    return Change("", (), said, publish.new_name(context), publish.new_name(context))


def _read(form: Form, field: str, kind: str) -> str:
    if kind == "heading":
        return form.line(field, longest=LONGEST_LINE)
    text = form.text(field, longest=LONGEST)
    if kind == "list" and len(text.split("\n")) > MAX_ENTRIES:
        form.say(field, later("A list has at most %(most)s entries."), most=MAX_ENTRIES)
    return text


def _digest(text: str) -> str:
    return hashlib.sha256(unicodedata.normalize("NFC", text).strip().encode()).hexdigest()


async def _page(request: web.Request, sheet: _Sheet, form: Form, status: int) -> web.Response:
    desk = await desks.find(request)
    known = await own.look_up(request, desk.seen)
    space = rooms.view(desk.seen.space, known)
    reference = rooms.reference_of(request.match_info["page"])
    page = await sight.find_place(request.app[CONTEXT], desk.seen.space, reference, Page)
    opened = space.may_write and (page.opened or bool(form.problems))
    async with request.app[CONTEXT].database.read() as reader:
        files = await papers.list_files(reader, desk.seen.space.id, sheet.blocks)
    shown = [
        one if one.body is not None else replace(one, absent=one.absent or words.LOOKED_AT)
        for one in papers.shown(sheet.blocks, files, desk.seen, known)
    ]
    return render(
        request,
        "pupil_page.html",
        status=status,
        form=form,
        space=space,
        alias=desk.place.alias,
        path=f"/c/w/{desk.seen.space.id}/pages/{request.match_info['page']}",
        back=f"/c/w/{desk.seen.space.id}",
        reporting=f"/c/w/{desk.seen.space.id}/report",
        is_live=await live.is_on(room_of(request), desk.seen.space.id),
        page=papers.line(page, desk.seen, known),
        opened=opened,
        parts=[
            _Part(
                one,
                f"text-{one.id}" if opened and _may_write(block) else "",
                block.reference in sheet.changed,
                block.body is not None
                and (block.node, block.actor) != (desk.seen.space.node, desk.seen.alias),
            )
            for block, one in zip(sheet.blocks, shown, strict=True)
        ],
        new=range(len(sheet.new) + 1),
        one=None if sheet.work is None else desks.line(sheet.work, page.title),
        remove="" if sheet.work is None else f"/c/pages/{sheet.work.id}/remove",
    )
