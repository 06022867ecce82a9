"""An archive with a document in it (APPNOTE.TXT; ISO 21320-1): read with bounds, written bare.

What is written has no times, no owners, no remarks and no bytes between its entries.
"""

import zipfile
from collections.abc import Iterator
from typing import BinaryIO, Final

from node.cleaning.cage import Unfit

MOST_ENTRIES: Final = 5_000
MOST_ENTRY_BYTES: Final = 200_000_000
MOST_BYTES: Final = 1_000_000_000
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_ENCRYPTED: Final = 0x1
BROKEN: Final = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, EOFError),
    *(RuntimeError, KeyError, UnicodeError),
)


class Packed:
    """An archive to read; what has really been unpacked of it is counted."""

    def __init__(self, source: BinaryIO) -> None:
        """Refuses with locked, broken, unpacked."""
        self._archive = zipfile.ZipFile(source)
        self._left = MOST_BYTES
        entries = [one for one in self._archive.infolist() if not one.is_dir()]
        if len(entries) > MOST_ENTRIES:
            raise Unfit("unpacked")
        if any(one.flag_bits & _ENCRYPTED for one in entries):
            raise Unfit("locked")
        self._entries = {one.filename: one for one in entries}
        if len(self._entries) != len(entries) or not all(map(_is_plain, self._entries)):
            raise Unfit("broken")

    @property
    def names(self) -> list[str]:
        return list(self._entries)

    def read(self, name: str) -> bytes:
        """Refuses with unpacked."""
        most = min(MOST_ENTRY_BYTES, self._left)
        with self._archive.open(self._entries[name]) as stream:
            octets = stream.read(most + 1)
        if len(octets) > most:
            raise Unfit("unpacked")
        self._left -= len(octets)
        return octets

    def read_all(self) -> Iterator[tuple[str, bytes]]:
        for name in self._entries:
            yield name, self.read(name)


def _is_plain(name: str) -> bool:
    """A name that leads nowhere else."""
    return (
        bool(name)
        and not name.startswith("/")
        and "\\" not in name
        and "\0" not in name
        and ".." not in name.split("/")
    )


class Packing:
    """An archive that is being written."""

    def __init__(self, target: BinaryIO) -> None:
        self._archive = zipfile.ZipFile(target, "w")

    def put(self, name: str, octets: bytes, *, packed: bool = True) -> None:
        entry = zipfile.ZipInfo(name, _NO_TIME)
        entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        entry.create_system = 0
        self._archive.writestr(entry, octets)

    def close(self) -> None:
        self._archive.close()
