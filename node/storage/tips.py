"""How far own logs have come, in a file that no backup holds (`state/tips`).

A database that was restored from a backup is behind this file. To write on from there would say
something else in places that partners have already heard, so the node first asks them.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from protocol.space.control import Position

Tips = Mapping[str, Position]
"""By `<space> <log>`: number and id of the last own operation."""


def name(space: str, log: str) -> str:
    """How the file names a log: one node's logs are called alike in all its spaces."""
    return f"{space} {log}"


def read(file: Path) -> Tips | None:
    """What the file says; None where it is missing or cannot be read."""
    try:
        kept = json.loads(file.read_text(encoding="ascii"))
        return {str(key): (int(tip[0]), str(tip[1])) for key, tip in kept.items()}
    except (OSError, ValueError, AttributeError, TypeError, IndexError):
        return None


def record(file: Path, tips: Tips) -> None:
    """Note `tips` down where they are further than what stands there; on the disk at return."""
    known = read(file)
    if known is None or _newer(known, tips):
        with _alone(file):
            known = read(file) or {}
            _write(file, {**known, **_newer(known, tips)})


def renew(file: Path, space: str, tips: Tips) -> None:
    """Note `tips` down in place of all that stands there about one space."""
    with _alone(file):
        prefix = name(space, "")
        others = {key: tip for key, tip in (read(file) or {}).items() if not key.startswith(prefix)}
        _write(file, {**others, **tips})


def _newer(known: Tips, tips: Tips) -> Tips:
    return {key: tip for key, tip in tips.items() if tip[0] > known.get(key, (0, ""))[0]}


def _write(file: Path, tips: Tips) -> None:
    new = file.with_suffix(".new")
    with new.open("w", encoding="ascii") as stream:
        json.dump(dict(tips), stream)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Other processes of the node write the same file."""
    handle = os.open(file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
