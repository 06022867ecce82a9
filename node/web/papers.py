"""Pages of a space as they are shown: blocks with authors and files, versions, differences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from aiohttp import web

from node.actions import give, pages
from node.actions.context import CONTEXT
from node.actions.page_past import Compared
from node.actions.readings import Reading
from node.actions.spaces import SpaceView
from node.storage import contents
from node.storage.blobs import KeptBlob
from node.storage.database import Reader
from node.web import directory, doings, exhibits, own, rooms, space_views, views
from node.web.directory import Directory
from node.web.i18n import later
from protocol.errors import Reason, Refused
from protocol.space.fold.block import Attachment, Body, Picture, kind_of
from protocol.space.fold.history import Standing
from protocol.space.fold.materials import File
from protocol.space.fold.page import Block, Page
from protocol.space.fold.versions import Change, Version
from protocol.space.merge import Piece

ABSENT = {
    Standing.SHOWN: "",
    Standing.ERASED: later("What stood here was deleted."),
    Standing.DELETED: later("This block was removed here, and changed by somebody else meanwhile."),
    Standing.HIDDEN: later("This block is hidden."),
    Standing.WAITING: later("This block is on its way."),
    Standing.UNREADABLE: later(
        "This block cannot be shown by this version of the program. It is kept as it is."
    ),
    Standing.MISSING: later("This block is on its way."),
}
_UNSEEN = frozenset({Standing.UNREADABLE, Standing.HIDDEN, Standing.WAITING})
_DONE = {
    "title": later("The title"),
    "place": later("A block was moved"),
    "sight": later("Who can see it"),
    "removed": later("Into the trash"),
    "there": later("Out of the trash"),
    "body": later("A block"),
    "body removed": later("A block was removed"),
    "place page": later("The page was moved in the list"),
}


@dataclass(frozen=True)
class _By:
    """Who wrote something, as `rooms.author` asks for it."""

    home: str
    actor: str


@dataclass(frozen=True)
class PageLine:
    """A page in a list. `sight` says who can see it: project or teachers."""

    path: str
    title: str
    language: str
    sight: str
    author: views.Person
    at_ms: int


@dataclass(frozen=True)
class ShownBlock:
    """One block. `file` is what an image or a file block names, where that is in the materials;
    `picture` an address of its bytes where they are here and are one. `place` is its number on the
    page, from 1; `others` how many versions there are beside this one; `words` what it said before
    it was removed."""

    id: str
    path: str
    kind: str
    body: Body | None
    language: str
    author: views.Person
    at_ms: int
    absent: str
    others: int
    bases: Sequence[str]
    may_change: bool
    place: int = 0
    file: exhibits.FileLine | None = None
    picture: str = ""
    width: int = 0
    height: int = 0
    words: str = ""
    doings: space_views.Doings = field(default_factory=space_views.Doings)


@dataclass(frozen=True)
class ShownChange:
    """What became of one block. `how`: same, new, gone, changed, moved. `pieces` by the parts that
    differ, runs of words with what became of them."""

    how: str
    block: ShownBlock
    pieces: Mapping[str, Sequence[Piece]]


@dataclass(frozen=True)
class ShownVersion:
    """One version in the list of them; `words` are the first of what it says, if it says any."""

    id: str
    what: str
    author: views.Person
    at_ms: int
    words: str = ""
    erased: bool = False


@dataclass(frozen=True)
class ShownReading:
    """One of several versions of a block that stand; `words` are those of its written form, empty
    where it cannot be shown."""

    author: views.Person
    at_ms: int
    removes: bool
    words: str
    language: str


def sight_of(audience: str) -> str:
    return "teachers" if audience == "teachers" else "project"


def path_of(space: str, page: str) -> str:
    return exhibits.path_of(space, "pages", page)


def path_of_block(space: str, block: str) -> str:
    return exhibits.path_of(space, "blocks", block)


def line(page: Page, seen: SpaceView, known: Directory) -> PageLine:
    return PageLine(
        path=path_of(seen.space.id, page.reference),
        title=page.title,
        language=page.language,
        sight=sight_of(page.audience),
        author=rooms.author(_By(page.node, page.actor), seen, known),
        at_ms=page.time,
    )


@dataclass(frozen=True)
class Files:
    """The files that blocks name, and what is here of their bytes."""

    named: Mapping[str, File]
    held: Mapping[str, KeptBlob]


async def list_files(reader: Reader, space: str, blocks: Sequence[Block]) -> Files:
    bodies = [one.body for one in blocks]
    names = {one.file for one in bodies if isinstance(one, Picture | Attachment)}
    if not names:
        return Files({}, {})
    found = await contents.list_named(reader, space, sorted(names))
    shown = {one.reference: one for one in found if one.standing is Standing.SHOWN}
    return Files(shown, await exhibits.list_blobs(reader, space, list(shown.values())))


def shown(
    blocks: Sequence[Block], files: Files, seen: SpaceView, known: Directory
) -> list[ShownBlock]:
    return [_block(one, at, files, seen, known) for at, one in enumerate(blocks, 1)]


def removed(
    blocks: Sequence[Block], last: Mapping[str, Body], seen: SpaceView, known: Directory
) -> list[ShownBlock]:
    """Blocks that were taken off a page, with what they said last."""
    made = shown(blocks, Files({}, {}), seen, known)
    said = {rooms.address_of(key): doings.words_of(body) for key, body in last.items()}
    return [replace(one, words=said.get(one.id, "")) for one in made]


def _block(block: Block, place: int, files: Files, seen: SpaceView, known: Directory) -> ShownBlock:
    body, file, picture = block.body, None, ""
    found = None
    if isinstance(body, Picture | Attachment):
        found = files.named.get(body.file)
    if found is not None:
        file = exhibits.file_line(found, seen, known, files.held)
        if isinstance(body, Picture) and file.stays == "other" and file.shown == "picture":
            picture = exhibits.path_of(seen.space.id, "files", found.reference)
        elif isinstance(body, Picture) and give.is_whole(files.held.get(found.sha256), found.size):
            blob = files.held[found.sha256]
            if exhibits.shown_as(blob.media_type) == "picture":
                picture = exhibits.path_of(seen.space.id, "files", found.reference)
    return ShownBlock(
        id=rooms.address_of(block.reference),
        path=path_of_block(seen.space.id, block.reference),
        kind=kind_of(body) if body is not None else "",
        body=body,
        language=body.language if body is not None else "",
        author=rooms.author(_By(block.node, block.actor), seen, known),
        at_ms=block.time,
        absent=ABSENT[block.standing],
        others=len(block.others),
        bases=block.bases["body"],
        may_change=block.standing not in _UNSEEN,
        place=place,
        file=file,
        picture=picture,
        width=found.width if found is not None else 0,
        height=found.height if found is not None else 0,
        doings=replace(doings.of(block, seen, known), change=""),
    )


def changes(
    found: Sequence[Change], files: Files, seen: SpaceView, known: Directory
) -> list[ShownChange]:
    """Only what is not the same."""
    made = []
    for place, one in enumerate(found, 1):
        block = one.after or one.before
        if block is None or not one.is_change:
            continue
        made.append(ShownChange(_how(one), _block(block, place, files, seen, known), one.pieces))
    return made


def _how(change: Change) -> str:
    if change.before is None:
        return "new"
    if change.after is None:
        return "gone"
    return "changed" if change.pieces else "moved"


def of(compared: Compared) -> list[Block]:
    """Every block that a comparison shows."""
    return [
        block for one in compared.changes for block in (one.before, one.after) if block is not None
    ]


def version(
    one: Version, seen: SpaceView, known: Directory, *, words: str = "", erased: bool = False
) -> ShownVersion:
    return ShownVersion(
        one.id,
        _DONE[_what(one)],
        rooms.author(_By(one.node, one.actor), seen, known),
        one.time,
        words,
        erased,
    )


def _what(one: Version) -> str:
    match one.field:
        case "presence":
            return one.value or "there"
        case "place":
            return "place page" if one.is_of_page else "place"
        case "body":
            return "body removed" if one.value == "removed" else "body"
        case field:
            return field


def readings(found: Sequence[Reading], seen: SpaceView, known: Directory) -> list[ShownReading]:
    return [
        ShownReading(
            rooms.author(_By(one.version.header.node, one.version.header.actor), seen, known),
            one.version.header.time,
            one.removes,
            doings.form_of(one.body) if one.body is not None else "",
            one.body.language if one.body is not None else "",
        )
        for one in found
    ]


def require_in_sight(made: Page | Block) -> None:
    """What is hidden is seen in no version of it. Refuses with GONE."""
    if made.standing is Standing.HIDDEN:
        raise Refused(Reason.GONE, "This is hidden.")


async def find_page(
    request: web.Request, *, shown: bool = False
) -> tuple[SpaceView, Page, Directory]:
    """The page in the address. Refuses with NOT_FOUND, and with GONE where it has to be shown."""
    context = request.app[CONTEXT]
    seen = await own.find_space(request)
    reference = rooms.reference_of(request.match_info["page"])
    async with context.database.read() as reader:
        page = await pages.get(reader, seen.space, reference)
        known = await directory.look_up(reader, context.base, rooms.people_in(seen))
    if shown and page.standing is not Standing.SHOWN:
        raise Refused(Reason.GONE, "This page is not shown any more.")
    return seen, page, known
