"""Archives that are damaged, or that say other of themselves than they are."""

import random
import struct
import zipfile
from pathlib import Path

import pytest

from node.classroom import works_archive
from node.classroom.works_archive import MAX_ENTRIES
from protocol.errors import Reason, Refused
from tests.node.classroom.archives import archive, pack, work, works_json

NOW_MS = 1_795_000_000_000
TEXT = b"Storks come back in March. " * 40
FLIPS = 2_000


def read_all(path: Path) -> list[bytes]:
    """Everything that is taken of it, as a school takes it in."""
    with works_archive.opened(path, alias="", most_bytes=10_000_000, now_ms=NOW_MS) as opened:
        return [
            b"".join(works_archive.pieces(opened, one)) for one in opened.works.works if one.file
        ]


def test_any_damage_is_refused_by_name_or_harmless(tmp_path: Path) -> None:
    whole = archive(work("A.", "files/001-a.txt", TEXT), files={"files/001-a.txt": TEXT})
    path, chance = tmp_path / "a.zip", random.Random(1903)
    path.write_bytes(whole)
    assert read_all(path) == [TEXT]
    reasons = []
    for _ in range(FLIPS):
        octets = bytearray(whole)
        octets[chance.randrange(len(octets))] ^= 1 << chance.randrange(8)
        path.write_bytes(octets)
        try:
            assert read_all(path) == [TEXT]
        except Refused as caught:
            reasons.append(caught.reason)
    assert len(reasons) > FLIPS // 4
    assert {*reasons} <= {Reason.BAD_INPUT, Reason.TOO_LARGE}


def test_what_goes_wrong_beside_an_archive_is_not_laid_to_it(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(archive(work()))
    with (
        pytest.raises(RuntimeError, match="disk"),
        works_archive.opened(path, alias="", most_bytes=1_000_000, now_ms=NOW_MS),
    ):
        raise RuntimeError("the disk is gone")


def test_more_entries_than_it_says_are_counted_all_the_same(tmp_path: Path) -> None:
    entries: dict[str | zipfile.ZipInfo, bytes] = {"01-Z/works.json": works_json(work())}
    path = tmp_path / "a.zip"
    path.write_bytes(pack(entries))
    assert read_all(path) == []
    entries |= {f"__MACOSX/{at}": b"" for at in range(MAX_ENTRIES)}
    octets = bytearray(pack(entries))
    at = octets.rfind(b"PK\x05\x06")
    struct.pack_into("<2H", octets, at + 8, 1, 1)
    path.write_bytes(octets)
    with pytest.raises(Refused) as caught:
        read_all(path)
    assert caught.value.facts["why"] == "many"
