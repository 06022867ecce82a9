"""Own erasure statements, in a file that no backup holds (`state/erasures`), one a line.

A restored database may hold what was erased after the backup was made. The file lets the node obey
its own statements again before it serves.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from protocol.errors import Refused
from protocol.space import statement
from protocol.space.statement import Signed


def append(file: Path, space: str, statements: Sequence[Signed]) -> None:
    """Add statements about a space; they are on the disk at return."""
    lines = b"".join(
        space.encode("ascii") + b" " + statement.to_line(one) + b"\n" for one in statements
    )
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(lines)
        stream.flush()
        os.fsync(stream.fileno())


def read(file: Path) -> list[tuple[str, Signed]]:
    """All statements with the space that they are about, the oldest first.

    A line that a crash left unfinished is passed over; a missing file holds none.
    """
    if not file.exists():
        return []
    return [found for line in file.read_bytes().splitlines() if (found := _read(line)) is not None]


def _read(line: bytes) -> tuple[str, Signed] | None:
    space, _, signed = line.partition(b" ")
    try:
        return space.decode("ascii"), statement.read(signed)
    except (Refused, UnicodeDecodeError):
        return None
