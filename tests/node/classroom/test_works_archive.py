"""Archives that are damaged, or that say other of themselves than they are."""

import random
import struct
import zipfile
from pathlib import Path

import pytest

from node.classroom import copying, works_archive
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


def test_what_the_product_packs_is_taken_in(tmp_path: Path) -> None:
    """Whoever wrote long replies, and brought much, has much to take along."""
    files = {f"files/{at:03d}-a.txt": b"Storks." for at in range(300)}
    much = [work("A.", name, octets) for name, octets in files.items()]
    long = [work("ä" * 9_000) for _ in range(500)]
    path = tmp_path / "a.zip"
    longest = work("x" * copying.MAX_OCTETS)
    several = [work() for _ in range(2_000)]
    path.write_bytes(archive(*much, *long, longest, *several, files=files))
    assert read_all(path) == [b"Storks."] * 300


def test_of_a_whole_class_only_what_is_chosen_counts(tmp_path: Path) -> None:
    files = {name: bytes(600_000) for name in ("files/001-a.txt", "files/002-b.txt")}
    own = [work("A.", name, octets) for name, octets in files.items()]
    entries: dict[str | zipfile.ZipInfo, bytes] = {}
    for alias in ("Zebra Sol", "Otter Lux"):
        entries[f"{alias}/works.json"] = works_json(*own, alias=alias)
        entries |= {f"{alias}/{name}": octets for name, octets in files.items()}
    path = tmp_path / "a.zip"
    path.write_bytes(pack(entries))
    with works_archive.opened(
        path, alias="Otter Lux", most_bytes=1_200_000, now_ms=NOW_MS
    ) as opened:
        assert len(opened.files) == 2
    with (
        pytest.raises(Refused) as caught,
        works_archive.opened(path, alias="Otter Lux", most_bytes=1_199_999, now_ms=NOW_MS),
    ):
        pass
    assert caught.value.reason is Reason.TOO_LARGE


def test_what_goes_wrong_beside_an_archive_is_not_laid_to_it(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(archive(work()))
    with (
        pytest.raises(RuntimeError, match="disk"),
        works_archive.opened(path, alias="", most_bytes=1_000_000, now_ms=NOW_MS),
    ):
        raise RuntimeError("the disk is gone")


def test_more_entries_than_it_says_are_counted_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(works_archive, "MAX_ENTRIES", 50)
    entries: dict[str | zipfile.ZipInfo, bytes] = {"01-Z/works.json": works_json(work())}
    path = tmp_path / "a.zip"
    path.write_bytes(pack(entries))
    assert read_all(path) == []
    entries |= {f"__MACOSX/{at}": b"" for at in range(50)}
    octets = bytearray(pack(entries))
    at = octets.rfind(b"PK\x05\x06")
    struct.pack_into("<2H", octets, at + 8, 1, 1)
    path.write_bytes(octets)
    with pytest.raises(Refused) as caught:
        read_all(path)
    assert caught.value.facts["why"] == "many"
