"""The bytes of files on the disk: `blobs/ab/cdef…` by their SHA-256 in hexadecimal.

No name from outside is ever part of a path: what lies here is called by a hash that this node
computed, and what is still arriving by a name that this node made. What arrives is written to
`blobs/part/` and linked into its place only when all of it is there and has the right hash.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from protocol.errors import Reason, Refused
from protocol.space.blobs import hexadecimal, name_of

PIECE_BYTES = 1 << 20


class Digest(Protocol):
    """A hash that is still being computed."""

    def update(self, data: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


@dataclass(frozen=True)
class Shelf:
    """The folder `blobs/` of one node. `floor_bytes` of the disk stay free."""

    path: Path
    floor_bytes: int

    def place_of(self, sha256: str) -> Path:
        """Where the bytes with this hash lie, or would lie."""
        digits = hexadecimal(sha256)
        return self.path / digits[:2] / digits[2:]

    def holds(self, sha256: str) -> bool:
        return self.place_of(sha256).is_file()

    def part_of(self, *names: str) -> Path:
        """Where something that is still arriving is written, by the names that it has here.

        A backup passes over what is called `.part`.
        """
        digits = hashlib.sha256("\n".join(names).encode("utf-8")).hexdigest()
        return self.path / "part" / f"{digits}.part"

    def check_room(self, more_bytes: int) -> None:
        """Refuses with STORAGE_FULL where so many more bytes would fall below the floor."""
        if shutil.disk_usage(self.path).free - more_bytes < self.floor_bytes:
            raise Refused(
                Reason.STORAGE_FULL,
                "this node's disk has no room for this file; free space, then try again",
            )

    @contextmanager
    def append_to(self, part: Path, at: int) -> Iterator[BinaryIO]:
        """Write on after the first `at` bytes of a part, making it where `at` is 0.

        What lay behind them is cut off. Refuses with STORAGE_FULL when the disk takes no more.
        """
        part.parent.mkdir(exist_ok=True, mode=0o700)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as stream, refusals():
            stream.truncate(at)
            stream.seek(at)
            yield stream
            stream.flush()
            os.fsync(stream.fileno())

    def put(self, part: Path, sha256: str) -> None:
        """Give the bytes of `part`, which have this hash, their place; on the disk at return. The
        part stays until `forget`, so that a crash in between loses nothing. For a thread."""
        place = self.place_of(sha256)
        with refusals():
            place.parent.mkdir(exist_ok=True, mode=0o700)
            if not place.exists():
                _flush(part)
                os.link(part, place)
            for folder in (place.parent, self.path):
                _flush(folder)

    def forget(self, part: Path) -> None:
        part.unlink(missing_ok=True)

    def drop(self, sha256: str) -> None:
        """Remove the bytes with this hash."""
        self.place_of(sha256).unlink(missing_ok=True)

    def list_places(self) -> Iterator[str]:
        """The hashes of everything that lies in its place."""
        for folder in self.path.glob("[0-9a-f][0-9a-f]"):
            for one in folder.iterdir():
                digits = folder.name + one.name
                if len(digits) == 64 and all(digit in "0123456789abcdef" for digit in digits):
                    yield name_of(bytes.fromhex(digits))

    def list_parts(self) -> Iterator[Path]:
        """Everything that is still arriving, or was."""
        folder = self.path / "part"
        return iter(sorted(folder.iterdir())) if folder.is_dir() else iter(())


def _flush(path: Path) -> None:
    """What a file or a folder holds survives a power cut from here on."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def refusals() -> Iterator[None]:
    """What the disk refuses, as STORAGE_FULL."""
    try:
        yield
    except OSError as error:
        raise Refused(
            Reason.STORAGE_FULL, f"this node's disk took nothing more: {error.strerror}"
        ) from None


def digest_of(path: Path, first_bytes: int | None = None) -> Digest:
    """SHA-256 of a file's bytes, or of so many of them, that can go on. For a thread."""
    digest = hashlib.sha256()
    left = first_bytes
    with path.open("rb") as stream:
        while piece := stream.read(PIECE_BYTES if left is None else min(left, PIECE_BYTES)):
            digest.update(piece)
            if left is not None:
                left -= len(piece)
    return digest
