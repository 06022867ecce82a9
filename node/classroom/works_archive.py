"""An archive of pupils' own works, opened with distrust: what it may hold, how much of it, and that
each file is the one that was packed. Nothing is written to the disk by its names.

    NN-ALIAS/works.json    what programs read (`Works`)
    NN-ALIAS/works.html    what people read; passed over
    NN-ALIAS/files/…       the files that works.json names, and no others
"""

import hashlib
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from node.classroom import copying, files
from node.clock import unstamp
from protocol.canonical import read_object
from protocol.errors import Reason, Refused

FORMAT = "schoolgate-works-1"
MAX_ENTRIES = 20_000
"""A whole class's, which may be chosen from."""
MAX_FOLDERS = 100
MAX_WORKS = 10_000
"""Of one pupil; no more is packed either (`own_works`)."""
MAX_JSON_BYTES = 32 * 1_048_576
MAX_LIST_BYTES = 8 * 1_048_576
"""So much may the list of what is in the archive take: it is read whole."""
MAX_TEXT_CHARACTERS = copying.MAX_OCTETS + 2 * copying.MAX_CHANGES
"""What a pupil changes on a page is the longest of all, with a line between its parts."""
PIECE_BYTES = 65_536
_EARLIEST_MS = 946_684_800_000
_DAY_MS = 86_400_000
_KNOWN = re.compile(r"([^/]{1,120})/(works\.json|works\.html|files/[^/]{1,200})")
_UNFIT = re.compile(r"[\x00-\x1f\x7f\\:]")
_LITTER = re.compile(r"__MACOSX/.*|(?:[^/]+/)*\.DS_Store")
_END = struct.Struct("<4s4H2LH")
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_DAMAGES = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error),
    *(EOFError, OSError, RuntimeError, ValueError),
)
"""What reading damaged bytes may raise: wrong offsets, sums, names and streams."""

_Short = Annotated[str, msgspec.Meta(max_length=300)]
_Long = Annotated[str, msgspec.Meta(max_length=MAX_TEXT_CHARACTERS)]
_Alt = Annotated[str, msgspec.Meta(max_length=files.MAX_ALT_CHARACTERS)]
_Time = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
_Tag = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]


class Work(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One piece of work. `file` is where its bytes lie below the folder, "" for none; where it is
    the picture of a text, `alt` says what is to be seen in it."""

    project: _Short
    thread: _Short
    state: Literal["draft", "held", "leaving", "released", "returned"]
    language: _Tag
    text: _Long
    note: _Long
    file: Annotated[str, msgspec.Meta(pattern=r"^(files/[^/\\:]{1,200})?$")]
    size: Annotated[int, msgspec.Meta(ge=0)]
    sha256: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$")]
    created: _Time
    changed: _Time
    alt: _Alt = ""

    @property
    def name(self) -> str:
        """What the file is called, without its number."""
        return re.sub(r"^files/(?:[0-9]+-)?", "", self.file)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left of it: what was erased where it came from."""
        return not self.text and not self.size


class Works(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"class_": "class"}):
    """All of one pupil's."""

    format: Literal["schoolgate-works-1"]
    alias: _Short
    class_: _Short
    works: Annotated[list[Work], msgspec.Meta(max_length=MAX_WORKS)]


@dataclass(frozen=True)
class Opened:
    """What is taken of an archive: one pupil's works, and where their files lie in it."""

    archive: zipfile.ZipFile
    works: Works
    files: Mapping[str, zipfile.ZipInfo]


def wrong(why: str, detail: str, **facts: str | int) -> Refused:
    """What is wrong with an archive, by a word that pages translate."""
    return Refused(Reason.BAD_INPUT, detail, field="file", why=why, **facts)


@contextmanager
def opened(path: Path, *, alias: str, most_bytes: int, now_ms: int) -> Iterator[Opened]:
    """The works of whoever has that alias in the archive; "" where it holds one pupil's alone. For
    a thread.

    Refuses with BAD_INPUT (`why`) what is no such archive or not whole, whose names lead anywhere,
    which holds anything else, or works of several pupils; TOO_LARGE where the files of the one
    would unpack to more.
    """
    with ExitStack() as held:
        try:
            _check_list(path)
            archive = held.enter_context(zipfile.ZipFile(path))
            chosen, works = _choose(archive, _entries(archive), alias)
        except _DAMAGES as error:
            raise wrong("zip", f"this is no whole zip archive: {error}") from None
        _check_times(works, now_ms)
        files = _files(works, chosen)
        if sum(one.file_size for one in files.values()) > most_bytes:
            raise Refused(
                Reason.TOO_LARGE,
                f"it would unpack to more than {most_bytes} bytes",
                most_mib=max(1, most_bytes // 1_048_576),
            )
        yield Opened(archive, works, files)


def pieces(opened: Opened, work: Work) -> Iterator[bytes]:
    """The bytes of a work's file, compared with what was promised when all have come.

    Refuses with BAD_INPUT (`why`: size, hash, zip) bytes that are others.
    """
    digest, size = hashlib.sha256(), 0
    try:
        with opened.archive.open(opened.files[work.file]) as coming:
            while piece := coming.read(PIECE_BYTES):
                size += len(piece)
                digest.update(piece)
                yield piece
    except _DAMAGES as error:
        raise wrong("damaged", f"a file in it is damaged: {error}", name=work.name) from None
    if size != work.size or digest.hexdigest() != work.sha256:
        raise wrong("other", "a file in it is not the one that was packed", name=work.name)


def _check_list(path: Path) -> None:
    """Refuses a list of entries that is too long to be read, before it is."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - _END.size - 65_535 - 20))
        tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise wrong("zip", "this is no zip archive")
    _, _, _, _, entries, length, _, _ = _END.unpack_from(tail, at)
    if b"PK\x06\x07" in tail[max(0, at - 20) : at] or entries > MAX_ENTRIES:
        raise wrong("many", f"more than {MAX_ENTRIES} files are in it", most=MAX_ENTRIES)
    if length > MAX_LIST_BYTES:
        raise wrong("many", "the list of what is in it is too long", most=MAX_ENTRIES)


def _entries(archive: zipfile.ZipFile) -> dict[str, dict[str, zipfile.ZipInfo]]:
    """Everything that counts, by folder and by the name below it."""
    found: dict[str, dict[str, zipfile.ZipInfo]] = {}
    there = archive.infolist()
    # What the end of the archive says of their number need not be so.
    if len(there) > MAX_ENTRIES:
        raise wrong("many", f"more than {MAX_ENTRIES} files are in it", most=MAX_ENTRIES)
    for one in there:
        name = one.orig_filename
        if _LITTER.fullmatch(name) or one.is_dir():
            continue
        fits = _KNOWN.fullmatch(name)
        if fits is None or _UNFIT.search(name) or {".", ".."} & set(name.split("/")):
            raise wrong("name", f"it holds {name!r}, which does not belong there", name=name[:80])
        if stat.S_IFMT(one.external_attr >> 16) not in (0, stat.S_IFREG):
            raise wrong("name", f"{name!r} is no plain file", name=name[:80])
        if one.flag_bits & 0x1 or one.compress_type not in _METHODS:
            raise wrong("locked", f"{name!r} is encrypted, or packed in a rare way", name=name[:80])
        folder, inside = fits[1], fits[2]
        if inside in found.setdefault(folder, {}):
            raise wrong("name", f"{name!r} is in it twice", name=name[:80])
        found[folder][inside] = one
    return found


def _choose(
    archive: zipfile.ZipFile, found: Mapping[str, Mapping[str, zipfile.ZipInfo]], alias: str
) -> tuple[Mapping[str, zipfile.ZipInfo], Works]:
    folders = [one for one in found.values() if "works.json" in one]
    if not folders or len(folders) < len(found):
        raise wrong("works", "a folder in it has no works.json")
    if len(folders) > MAX_FOLDERS:
        raise wrong("many", f"works of more than {MAX_FOLDERS} pupils are in it", most=MAX_FOLDERS)
    if sum(one["works.json"].file_size for one in folders) > 4 * MAX_JSON_BYTES:
        raise wrong("long", "its works.json are too long")
    wanted = " ".join(alias.split()).casefold()
    chosen: tuple[Mapping[str, zipfile.ZipInfo], Works] | None = None
    many = 0
    for one in folders:
        works = _read(archive, one["works.json"])
        if not wanted or " ".join(works.alias.split()).casefold() == wanted:
            chosen, many = (one, works), many + 1
    if chosen is None:
        raise wrong("nobody", "nobody in it has this alias")
    if many > 1:
        raise wrong("several", "it holds works of several pupils; say whose", many=many)
    return chosen


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Works:
    if info.file_size > MAX_JSON_BYTES:
        raise wrong("long", f"{info.filename} is too long")
    try:
        value = read_object(archive.read(info), max_bytes=MAX_JSON_BYTES, max_depth=4)
    except Refused as refused:
        raise wrong("works", f"{info.filename} cannot be read: {refused.detail}") from None
    if value.get("format") != FORMAT:
        raise wrong("format", f"{info.filename} is of another kind or version")
    try:
        return msgspec.convert(value, Works)
    except msgspec.ValidationError as error:
        at = str(error).partition(" - at `$")[2].strip("`.")
        raise wrong("value", f"{info.filename}: {error}", name=at[:80] or "works.json") from None


def _files(works: Works, chosen: Mapping[str, zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Where the files of the works lie: each is there, once, and nothing beside them."""
    named: list[str] = [one.file for one in works.works if one.file]
    there = {name for name in chosen if name.startswith("files/")}
    if len(set(named)) < len(named) or there - set(named):
        extra = sorted(there - set(named))[:1] or named[:1]
        raise wrong("name", "a file in it belongs to no work, or to two", name=extra[0][:80])
    for one in works.works:
        if not one.file:
            if one.size or one.sha256:
                raise wrong("value", "a work without a file has a size", name=one.project[:80])
        elif one.file not in there:
            raise wrong("missing", f"{one.file} is not in it", name=one.name[:80])
        elif chosen[one.file].file_size != one.size:
            raise wrong("other", f"{one.file} has another size", name=one.name[:80])
    return {name: chosen[name] for name in named}


def _check_times(works: Works, now_ms: int) -> None:
    for one in works.works:
        for text in (one.created, one.changed):
            if not _EARLIEST_MS <= _moment(text) <= now_ms + _DAY_MS:
                raise wrong("value", f"{text} is no time of a work", name=text)


def _moment(text: str) -> int:
    try:
        return unstamp(text)
    except ValueError:
        raise wrong("value", f"{text} is no time", name=text) from None


def times(work: Work) -> Sequence[int]:
    """When it was begun and last changed."""
    return _moment(work.created), _moment(work.changed)
