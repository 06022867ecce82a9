"""What a backup holds: a tar of a node's files, in this order, sealed (`sealed`).

    about.json      what this is a backup of, and when it was made
    config.toml     the settings
    keys/…          the master secret and other secrets, but not the backups' own passphrase
    node.sqlite     the database, through SQLite's backup API
    blobs/…         files by content; added after the database, which names no later ones
    manifest.json   size and SHA-256 of each of the above

`state/` is never part of it: it tells a restored node that others may know more than its copy.
"""

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

import msgspec

from node.clock import Chance
from node.storage.sealed import CHUNK, Opener, Sealer
from protocol.canonical import b64
from protocol.errors import Reason, Refused

FORMAT = 1
ABOUT, MANIFEST, DATABASE = "about.json", "manifest.json", "node.sqlite"
MAX_TEXT_BYTES = 1 << 28
_NAME = re.compile(
    r"about\.json|config\.toml|node\.sqlite|manifest\.json|keys/[\w.-]+|blobs/[\w.-]+(?:/[\w.-]+)*"
)
_BY_CONTENT = re.compile(r"[A-Za-z0-9_-]{43}|[0-9a-f]{64}")
_UNFINISHED = (".part", ".new", ".tmp")


class About(msgspec.Struct, frozen=True):
    """What a file is a backup of."""

    format: int
    version: str
    schema: int
    base_url: str
    node: str
    made_ms: int


class _Member(msgspec.Struct):
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Content:
    """What a backup holds. `rotten` names blobs that were damaged before they were backed up."""

    about: About
    files: int
    blobs: int
    bytes: int
    rotten: tuple[str, ...]


def pack(
    target: Path, passphrase: str, chance: Chance, about: About, folder: Path, files: list[Path]
) -> Content:
    """Write a backup of `files`, which lie in `folder`, to `target`, and onto the disk.

    The database is named `node.sqlite` wherever its copy lies. A blob that was erased meanwhile is
    left out. Refuses with STORAGE_FULL.
    """
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as stream:
            members = _pack(stream, passphrase, chance, about, _named(folder, files))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        sentence = f"{target} cannot be written: {error.strerror or error}"
        raise Refused(Reason.STORAGE_FULL, sentence) from None
    return _content(about, members)


def unpack(source: Path, passphrase: str, into: Path, *, blobs: bool = True) -> Content:
    """Write what a backup holds into the empty folder `into`, for its owner alone.

    Without `blobs` these are read and compared, but not written. Refuses with BAD_INPUT another
    file or a wrong passphrase, with BAD_DATA_FOLDER a damaged one, naming what is damaged; what was
    written until then is worth nothing.
    """
    try:
        with source.open("rb") as stream:
            return _unpack(io.BufferedReader(Opener(stream, passphrase), CHUNK), into, blobs)
    except tarfile.TarError as error:
        raise _damaged(f"it cannot be read to its end ({error})") from None
    except OSError as error:
        sentence = f"{source} cannot be restored: {error.strerror or error}"
        raise Refused(Reason.BAD_DATA_FOLDER, sentence) from None


def _named(folder: Path, files: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    for file in files:
        database = file.suffix == ".sqlite"
        yield DATABASE if database else file.relative_to(folder).as_posix(), file


def list_files(folder: Path) -> Iterator[Path]:
    """Finished files under `folder`, in the order of their names."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if not name.startswith(".") and not name.endswith(_UNFINISHED):
                yield Path(place) / name


def _pack(
    stream: BinaryIO,
    passphrase: str,
    chance: Chance,
    about: About,
    files: Iterable[tuple[str, Path]],
) -> dict[str, _Member]:
    sealer = Sealer(stream, passphrase, chance)
    members: dict[str, _Member] = {}
    with tarfile.open(fileobj=sealer, mode="w|", bufsize=CHUNK, format=tarfile.PAX_FORMAT) as tar:
        members[ABOUT] = _add(tar, ABOUT, io.BytesIO(msgspec.json.encode(about)))
        for name, file in files:
            with suppress(FileNotFoundError), file.open("rb") as opened:
                members[name] = _add(tar, name, opened)
        listed = {name: msgspec.to_builtins(one) for name, one in members.items()}
        _add(tar, MANIFEST, io.BytesIO(json.dumps(listed, indent=1).encode("utf-8")))
    sealer.finish()
    return members


def _add(tar: tarfile.TarFile, name: str, stream: IO[bytes]) -> _Member:
    info = tarfile.TarInfo(name)
    info.size = stream.seek(0, os.SEEK_END)
    info.mode = 0o600
    stream.seek(0)
    reading = _Hashing(stream)
    tar.addfile(info, reading)
    return _Member(info.size, reading.hash.hexdigest())


class _Hashing(io.RawIOBase):
    """Hashes what is read from `stream` on its way."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self.hash = hashlib.sha256()
        self._stream = stream

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        octets = self._stream.read(size)
        self.hash.update(octets)
        return octets


def _unpack(stream: IO[bytes], into: Path, blobs: bool) -> Content:
    found: dict[str, _Member] = {}
    listed: dict[str, _Member] | None = None
    about: About | None = None
    with tarfile.open(fileobj=stream, mode="r|", bufsize=CHUNK) as tar:
        for info in tar:
            content = tar.extractfile(info) if info.isfile() else None
            if content is None or not _NAME.fullmatch(info.name) or ".." in info.name:
                raise _damaged(f"it holds {info.name!r}, which is no part of a backup")
            if info.name == ABOUT:
                about = _read_about(content.read(MAX_TEXT_BYTES))
            elif info.name == MANIFEST:
                listed = _read_manifest(content.read(MAX_TEXT_BYTES))
                continue
            elif info.name.startswith("blobs/"):
                place = into / info.name if blobs else None
                found[info.name] = _extract(content, place) if place else _read_through(content)
            else:
                found[info.name] = _extract(content, into / info.name)
    # What follows the tar is padding, and the proof that nothing was cut off.
    while stream.read(CHUNK):
        pass
    if about is None or listed is None:
        raise _damaged("it is not whole")
    listed.pop(ABOUT, None)
    _compare(listed, found)
    return _content(about, found)


def _extract(content: IO[bytes], target: Path) -> _Member:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        member = _read_through(content, stream)
        stream.flush()
        os.fsync(stream.fileno())
    return member


def _read_through(content: IO[bytes], target: IO[bytes] | None = None) -> _Member:
    digest, size = hashlib.sha256(), 0
    while piece := content.read(CHUNK):
        digest.update(piece)
        size += len(piece)
        if target is not None:
            target.write(piece)
    return _Member(size, digest.hexdigest())


def _is_rotten(name: str, member: _Member) -> bool:
    """Whether a blob does not hold what its name says; a name that is no hash says nothing."""
    base, digest = PurePosixPath(name).name, bytes.fromhex(member.sha256)
    if not name.startswith("blobs/") or not _BY_CONTENT.fullmatch(base):
        return False
    return base not in (b64(digest), digest.hex())


def _compare(listed: dict[str, _Member], found: dict[str, _Member]) -> None:
    for name in sorted(listed.keys() | found.keys()):
        if listed.get(name) != found.get(name):
            raise _damaged(f"{name} is missing or not what was backed up")
    for name in ("config.toml", "keys/node.key", DATABASE):
        if name not in found:
            raise _damaged(f"{name} is missing")


def _read_about(octets: bytes) -> About:
    try:
        about = msgspec.json.decode(octets, type=About)
    except msgspec.DecodeError:
        raise _damaged("what it is a backup of cannot be read") from None
    if about.format > FORMAT:
        raise Refused(
            Reason.NEWER_DATABASE,
            f"this backup was made by Schoolgate {about.version}; install that version first",
        )
    return about


def _read_manifest(octets: bytes) -> dict[str, _Member]:
    try:
        return msgspec.json.decode(octets, type=dict[str, _Member])
    except msgspec.DecodeError:
        raise _damaged("its list of files cannot be read") from None


def _content(about: About, members: dict[str, _Member]) -> Content:
    blobs = sum(name.startswith("blobs/") for name in members)
    rotten = tuple(name for name, one in sorted(members.items()) if _is_rotten(name, one))
    return Content(about, len(members), blobs, sum(one.bytes for one in members.values()), rotten)


def _damaged(how: str) -> Refused:
    return Refused(Reason.BAD_DATA_FOLDER, f"this backup is damaged: {how}; take another one")
