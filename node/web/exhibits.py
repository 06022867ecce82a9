"""Updates, files and albums of a space as its pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from node.actions import fetch_blobs, give
from node.actions.context import Context
from node.actions.spaces import SpaceView
from node.pictures.sniff import INLINE
from node.storage import blobs, contents, home_files, partners, quarantine
from node.storage.blobs import KeptBlob
from node.storage.database import Reader
from node.storage.uploads import Upload
from node.web import doings, rooms, space_views, views
from node.web.directory import Directory
from node.web.i18n import later
from protocol.errors import Reason
from protocol.space.fold.forum import Post
from protocol.space.fold.history import Standing
from protocol.space.fold.materials import Album, File
from protocol.space.fold.news import Update

ABSENT = {
    Standing.SHOWN: "",
    Standing.ERASED: later("This was deleted."),
    Standing.DELETED: later("This was deleted by who made it."),
    Standing.HIDDEN: later("This is hidden."),
    Standing.WAITING: later("This is on its way."),
    Standing.UNREADABLE: later("This cannot be shown."),
    Standing.MISSING: later("This is not here."),
}
_WHY = {
    Reason.BAD_DIGEST: later("What came was not the right file. Another school is asked."),
    Reason.BAD_ANSWER: later("What came was not the right file. Another school is asked."),
    Reason.NOT_FOUND: later("None of the schools asked so far has it. It is tried again."),
    Reason.STORAGE_FULL: later("Your school's server has no room for it just now."),
}
_SHOWN = {"image": "picture", "audio": "sound", "video": "film"}
_WHY_ELSE = later("The school that has it does not answer just now. It is tried again.")


@dataclass(frozen=True)
class FileLine:
    """A file in a list. `shown` is picture, sound, film or document; `thumbnail` an address, or ""
    where there is none here. `stays` says of a file that is kept at one school alone whose that is:
    own, other, or "" for one that every school has."""

    path: str
    name: str
    alt: str
    language: str
    shown: str
    thumbnail: str
    octets: int
    author: views.Person
    at_ms: int
    stays: str = ""


@dataclass(frozen=True)
class FilePage:
    """A file's page. `standing` of its bytes is here, coming, away, unfit or locked, or elsewhere
    for a file that stays at another school, lost for an own one that stayed here; `from_` names
    the school that is asked, `received` says how much has come, `why` what stands in the way.
    `resting` says that its school did not answer a moment ago."""

    path: str
    name: str
    alt: str
    language: str
    shown: str
    bytes_path: str
    width: int
    height: int
    octets: int
    licence: str
    author: views.Person
    at_ms: int
    edited_ms: int | None
    album: str
    album_path: str
    doings: space_views.Doings
    absent: str
    standing: str
    from_: str = ""
    received: int = 0
    why: str = ""
    stays: str = ""
    resting: bool = False
    may_move: bool = False


@dataclass(frozen=True)
class AlbumLine:
    """An album in a list, and how many files lie in it."""

    path: str
    title: str
    text: str
    language: str
    files: int
    author: views.Person
    doings: space_views.Doings


@dataclass(frozen=True)
class News:
    """An update. `sight` says who can see it: project or teachers."""

    id: str
    path: str
    author: views.Person
    text: str
    language: str
    at_ms: int
    edited_ms: int | None
    sight: str
    absent: str
    doings: space_views.Doings
    pictures: Sequence[FileLine]


@dataclass(frozen=True)
class Brought:
    """Something that waits to be described and published."""

    id: str
    name: str
    is_picture: bool
    picture: str
    octets: int
    received: int
    ready: bool


def shown_as(media_type: str, here: bool = True) -> str:
    """How a page shows what its bytes are: what a browser may not show is a document."""
    if not here or media_type not in INLINE:
        return "document"
    return _SHOWN[media_type.partition("/")[0]]


def path_of(space: str, kind: str, reference: str) -> str:
    return f"/w/{space}/{kind}/{rooms.address_of(reference)}"


async def list_blobs(reader: Reader, space: str, files: Sequence[File]) -> dict[str, KeptBlob]:
    """What this node knows of the bytes of some files, by hash."""
    hashes = [sha256 for one in files for sha256 in (one.sha256, one.thumbnail) if sha256]
    return await blobs.list_many(reader, space, hashes)


def file_line(
    file: File, seen: SpaceView, known: Directory, held: Mapping[str, KeptBlob]
) -> FileLine:
    """A file in a list; what it is is told by its bytes where they are here."""
    blob = held.get(file.sha256)
    told = file.media_type if blob is None or not blob.here else blob.media_type
    small = give.is_whole(held.get(file.thumbnail), file.thumbnail_size)
    return _line(file, seen, known, media_type=told, has_thumbnail=small)


def _line(
    file: File, seen: SpaceView, known: Directory, *, media_type: str, has_thumbnail: bool
) -> FileLine:
    small = f"{path_of(seen.space.id, 'files', file.reference)}/thumbnail"
    stays = stays_of(file, seen)
    if stays == "other" and file.standing is Standing.SHOWN:
        # Whether there is one says its school, when the page has long been there.
        has_thumbnail = media_type == "image/webp"
    return FileLine(
        path=path_of(seen.space.id, "materials", file.reference),
        name=file.name,
        alt=file.alt,
        language=file.language,
        shown=_SHOWN.get(media_type.partition("/")[0], "document"),
        thumbnail=small if has_thumbnail else "",
        octets=file.size,
        author=rooms.author(file, seen, known),
        at_ms=file.time,
        stays=stays,
    )


async def list_shown_with(
    reader: Reader, posts: Sequence[Post], seen: SpaceView, known: Directory
) -> dict[str, FileLine]:
    """The files that are shown with some posts, by the references of the posts."""
    named = {one.file for one in posts if one.file and one.standing is Standing.SHOWN}
    files = await contents.list_named_files(reader, seen.space.id, sorted(named)) if named else []
    held = await list_blobs(reader, seen.space.id, files)
    lines = {one.reference: file_line(one, seen, known, held) for one in files}
    return {one.reference: lines[one.file] for one in posts if one.file in lines}


def picture(line: FileLine | None) -> space_views.Picture | None:
    """What is shown with something, for a teacher: it leads to the file's own page."""
    if line is None:
        return None
    return space_views.Picture(line.path, line.thumbnail, line.alt or line.name, line.language)


def pupils_picture(line: FileLine | None, path: str) -> space_views.Picture | None:
    """As `picture`, for a pupil, who sees pictures alone; `path` is where this one is given."""
    if line is None or line.shown != "picture":
        return None
    small = f"{path}/small" if line.thumbnail else path
    return space_views.Picture(path, small, line.alt or line.name, line.language)


def stays_of(file: File, seen: SpaceView) -> str:
    """Where a file is kept that not every school has: own, other, or ""."""
    if not file.stays_home:
        return ""
    return "own" if file.home == seen.space.node else "other"


async def file_page(
    context: Context, reader: Reader, file: File, seen: SpaceView, known: Directory
) -> FilePage:
    """A file with all that its page needs: whether its bytes are here, or where they are."""
    held = await list_blobs(reader, seen.space.id, [file])
    blob = held.get(file.sha256)
    here = give.is_whole(blob, file.size)
    album = None
    if file.album:
        home, _, name = file.album.partition("/")
        album = await contents.find(reader, seen.space.id, home, name, Album)
    shown_album = album if album is not None and album.standing is Standing.SHOWN else None
    names = {one.origin: one.name for one in await partners.list_all(reader)}
    standing, stays, resting = "away", stays_of(file, seen), False
    locked = bool(file.sha256) and await quarantine.is_locked(reader, file.sha256)
    if stays == "other":
        origin = give.origin_of(seen.space, file.home)
        resting = not origin or context.viewing.is_resting(origin, context.now_ms())
        locked = await home_files.is_locked(reader, seen.space.id, file.reference)
    if locked:
        standing = "locked"
    elif stays == "other":
        standing = "elsewhere"
    elif stays == "own" and not here:
        standing = "lost"
    elif here:
        standing = "here"
    elif blob is not None and blob.here:
        standing = "unfit"
    elif blob is not None and blob.wanted:
        standing = "coming"
    received = (
        fetch_blobs.received_of(context, [(seen.space.id, file.sha256)]) if file.sha256 else {}
    )
    shown = shown_as(blob.media_type if blob is not None else "", here)
    if standing == "elsewhere":
        shown = shown_as(file.media_type)
    author = rooms.author(file, seen, known)
    why = "" if blob is None else blob.why
    return FilePage(
        path=path_of(seen.space.id, "materials", file.reference),
        name=file.name,
        alt=file.alt,
        language=file.language,
        shown=shown,
        bytes_path=path_of(seen.space.id, "files", file.reference),
        width=file.width,
        height=file.height,
        octets=file.size,
        licence=file.licence,
        author=author,
        at_ms=file.time,
        edited_ms=file.edited or None,
        album="" if shown_album is None else shown_album.title,
        album_path="" if shown_album is None else path_of(seen.space.id, "albums", file.album),
        doings=doings.of(file, seen, known),
        absent=ABSENT[file.standing],
        standing=standing,
        from_="" if blob is None else names.get(blob.origin, "") or blob.origin,
        received=received.get(file.sha256, 0),
        why=_WHY.get(Reason(why), _WHY_ELSE) if why else "",
        stays=stays,
        resting=resting,
        may_move=here and file.home == seen.space.node and file.actor == seen.alias,
    )


def album_line(album: Album, files: int, seen: SpaceView, known: Directory) -> AlbumLine:
    return AlbumLine(
        path=path_of(seen.space.id, "albums", album.reference),
        title=album.title,
        text=album.text,
        language=album.language,
        files=files,
        author=rooms.author(album, seen, known),
        doings=doings.of(album, seen, known),
    )


def news(
    updates: Sequence[Update],
    pictures: Mapping[str, tuple[File, bool]],
    seen: SpaceView,
    known: Directory,
) -> list[News]:
    """Updates with those of their `pictures` (see `contents.list_pictures`) that are shown."""
    shown = []
    for one in updates:
        own = [pictures[key] for name in one.pictures if (key := f"{one.home}/{name}") in pictures]
        lines = [
            _line(file, seen, known, media_type=file.media_type, has_thumbnail=here)
            for file, here in own
        ]
        shown.append(
            News(
                id=rooms.address_of(one.reference),
                path=path_of(seen.space.id, "updates", one.reference),
                author=rooms.author(one, seen, known),
                text=one.text,
                language=one.language,
                at_ms=one.time,
                edited_ms=one.edited or None,
                sight="teachers" if one.audience == "teachers" else "project",
                absent=ABSENT[one.standing],
                doings=doings.of(one, seen, known),
                pictures=lines,
            )
        )
    return shown


def brought(upload: Upload) -> Brought:
    path = f"/w/{upload.space}/uploads/{upload.id}"
    return Brought(
        id=upload.id,
        name=upload.name,
        is_picture=upload.is_picture,
        picture=f"{path}/thumbnail" if upload.is_picture else "",
        octets=upload.octets or upload.size,
        received=upload.received,
        ready=upload.state == "ready",
    )
