"""A space as one file: a zip that anybody can read and this program can bring in again.

    about.json                    which space this is, and who carried it away when
    index.html, style.css, …      a site for readers; importing passes over it
    replica/erasures.ndjson       what was taken back, before all else
    replica/logs/<log>.ndjson     one log a file, `/` of its name written `-`
    replica/votes.ndjson, replica/receipts.ndjson, replica/descriptors.ndjson
    replica/acknowledgements.ndjson   operations that are kept for what they acknowledge only
    files/<sha256>.<ending>       the bytes of files

Nothing in it is trusted. No name from inside is ever part of a path, and a file that was made to
fill a disk or a memory is refused before it does.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import msgspec

from protocol.errors import Reason, Refused
from protocol.space.operation import MAX_LINE_BYTES

FORMAT = 1
ABOUT = "about.json"
MAX_ENTRIES = 100_000
MAX_DIRECTORY_BYTES = MAX_ENTRIES * 200
MAX_ABOUT_BYTES = 65_536
MAX_SWELL = 100
"""Texts unpack to at most so many times the size of the file, and `FREE_BYTES`."""
FREE_BYTES = 64 << 20
PIECE_BYTES = 1 << 20

_LOG = re.compile(r"replica/logs/([ck])-([0-9a-f]{32})-(0|[1-9][0-9]{0,15})\.ndjson")
_BYTES = re.compile(r"files/([0-9a-f]{64})(?:\.[a-z0-9]{1,8})?")
_TEXTS: Final = frozenset(
    f"replica/{one}.ndjson"
    for one in ("erasures", "votes", "receipts", "descriptors", "acknowledgements")
)
_SITE = re.compile(r"(?:[a-z]+/)?[a-z0-9-]{1,60}\.(?:html|css)")
_END, _END_64, _WHERE_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"


class About(msgspec.Struct, frozen=True):
    """What a file is of. Only a claim, until its genesis was read."""

    format: int
    version: str
    space: str
    project: str
    title: str
    origin: str
    language: str
    made_ms: int


def name_of_log(log: str) -> str:
    """The entry that holds a log."""
    return f"replica/logs/{log.replace('/', '-')}.ndjson"


@dataclass
class SpaceWriter:
    """Writes a space file from the beginning to the end."""

    archive: zipfile.ZipFile
    at: tuple[int, int, int, int, int, int]

    @contextmanager
    def entry(self, name: str, *, packed: bool = True) -> Iterator[IO[bytes]]:
        """Write one entry, however long it becomes."""
        info = zipfile.ZipInfo(name, self.at)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        with self.archive.open(info, "w", force_zip64=True) as stream:
            yield stream


@contextmanager
def writing(target: Path, at: tuple[int, int, int, int, int, int]) -> Iterator[SpaceWriter]:
    """A new file at `target`; `at` is when it is made, in UTC. Refuses with STORAGE_FULL."""
    try:
        with zipfile.ZipFile(target, "w") as archive:
            target.chmod(0o600)
            yield SpaceWriter(archive, at)
    except OSError as error:
        sentence = f"{target} cannot be written: {error.strerror or error}"
        raise Refused(Reason.STORAGE_FULL, sentence) from None


@dataclass
class SpaceReader:
    """A space file whose entries are named as they may be named. Their content is not looked at."""

    about: About
    logs: dict[str, str]
    texts: frozenset[str]
    files: dict[str, str]
    _archive: zipfile.ZipFile
    _left: int

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of an entry. Refuses with BAD_INPUT one that is longer than a line may be."""
        with _damages(), self._archive.open(name) as stream:
            while line := stream.readline(MAX_LINE_BYTES + 2):
                self._left -= len(line)
                if self._left < 0:
                    raise _bad("it unpacks to far more than it says")
                if not line.endswith(b"\n"):
                    raise _bad(f"{name} holds a line that is cut off or too long")
                yield line[:-1]

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of an entry, a piece at a time; never more than its list says."""
        with _damages(), self._archive.open(name) as stream:
            while piece := stream.read(PIECE_BYTES):
                yield piece

    def close(self) -> None:
        self._archive.close()

    def size_of(self, name: str) -> int:
        """How many bytes an entry has by the list of the file."""
        return self._archive.getinfo(name).file_size


@contextmanager
def reading(source: Path) -> Iterator[SpaceReader]:
    """The file at `source`. Refuses with BAD_INPUT whatever is no space file."""
    reader = _open(source)
    try:
        yield reader
    finally:
        reader.close()


def _open(source: Path) -> SpaceReader:
    try:
        size = source.stat().st_size
        with source.open("rb") as stream:
            _check_directory(stream, size)
        with _damages():
            archive = zipfile.ZipFile(source)
            try:
                return _sort(archive, MAX_SWELL * size + FREE_BYTES)
            except BaseException:
                archive.close()
                raise
    except OSError as error:
        raise _bad(f"it cannot be read ({error.strerror or error})") from None


def _sort(archive: zipfile.ZipFile, left: int) -> SpaceReader:
    """What each entry is, by its name alone."""
    logs: dict[str, str] = {}
    texts: set[str] = set()
    files: dict[str, str] = {}
    seen: set[str] = set()
    for info in archive.infolist():
        name = info.filename
        if name in seen:
            raise _bad(f"it holds {name!r} twice")
        seen.add(name)
        if info.flag_bits & 0x1 or info.compress_type not in {
            zipfile.ZIP_STORED,
            zipfile.ZIP_DEFLATED,
        }:
            raise _bad(f"{name!r} is packed in a way that a space file is not")
        if log := _LOG.fullmatch(name):
            logs[f"{log[1]}/{log[2]}/{log[3]}"] = name
        elif found := _BYTES.fullmatch(name):
            files[found[1]] = name
        elif name in _TEXTS:
            texts.add(name)
        elif name != ABOUT and not _SITE.fullmatch(name):
            raise _bad(f"it holds {name[:100]!r}, which is no part of a space")
    if ABOUT not in seen:
        raise _bad("it holds no about.json")
    return SpaceReader(_read_about(archive), logs, frozenset(texts), files, archive, left)


def _read_about(archive: zipfile.ZipFile) -> About:
    with archive.open(ABOUT) as stream:
        octets = stream.read(MAX_ABOUT_BYTES + 1)
    try:
        about = msgspec.json.decode(octets[:MAX_ABOUT_BYTES], type=About)
    except msgspec.MsgspecError:
        raise _bad("about.json cannot be read") from None
    if about.format > FORMAT:
        raise Refused(
            Reason.UNSUPPORTED_VERSION,
            f"this file was made by Schoolgate {about.version[:40]}; install that version first",
        )
    return about


def _check_directory(stream: IO[bytes], size: int) -> None:
    """Refuse a list of entries that is longer than a space's before it is read into memory
    (APPNOTE 6.3.10 §4.3.14 to §4.3.16)."""
    stream.seek(max(0, size - 65_557 - 20))
    tail = stream.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) - end < 22:
        raise _bad("it is no zip file, or its end is missing")
    entries, octets = struct.unpack("<HI", tail[end + 10 : end + 16])
    where = tail[end - 20 : end]
    if end >= 20 and where.startswith(_WHERE_64):
        (at,) = struct.unpack("<Q", where[8:16])
        if at > size - 56:
            raise _bad("its end is damaged")
        stream.seek(at)
        record = stream.read(56)
        if not record.startswith(_END_64):
            raise _bad("its end is damaged")
        entries, octets = struct.unpack("<QQ", record[32:48])
    if entries > MAX_ENTRIES or octets > MAX_DIRECTORY_BYTES:
        raise _bad(f"it has more than {MAX_ENTRIES} entries")


@contextmanager
def _damages() -> Iterator[None]:
    """What is broken inside the zip, as a refusal."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise _bad(f"it cannot be unpacked ({error})") from None
    except (RuntimeError, struct.error, ValueError, OverflowError) as error:
        raise _bad(f"it cannot be unpacked ({type(error).__name__})") from None


def _bad(how: str) -> Refused:
    return Refused(Reason.BAD_INPUT, f"this is no sound file of a space: {how}")
