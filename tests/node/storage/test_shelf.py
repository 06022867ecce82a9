"""The shelf keeps what it acknowledged, also when the power fails right after."""

import hashlib
import os
from pathlib import Path

import pytest

from node.storage.shelf import Shelf
from protocol.space.blobs import name_of


def test_bytes_are_on_the_disk_before_they_have_their_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(tmp_path, 0)
    part = shelf.part_of("a picture")
    part.parent.mkdir()
    part.write_bytes(b"a stork")
    sha256 = name_of(hashlib.sha256(b"a stork").digest())
    flushed: list[tuple[int, bool]] = []
    flush = os.fsync

    def watch(handle: int) -> None:
        flushed.append((os.fstat(handle).st_ino, shelf.holds(sha256)))
        flush(handle)

    monkeypatch.setattr(os, "fsync", watch)
    shelf.put(part, sha256)
    assert shelf.place_of(sha256).read_bytes() == b"a stork"
    assert flushed == [
        (part.stat().st_ino, False),
        (shelf.place_of(sha256).parent.stat().st_ino, True),
        (tmp_path.stat().st_ino, True),
    ]
