"""A disk that fails, fills up or can only be read: what was acknowledged is there afterwards."""

import errno
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.disks import (
    Lonely,
    compile_failing_disk,
    make_lonely,
    remount,
    small_disk,
)
from tests.forked import ForkedSchool

SMALL_MIB = 24
REFUSED = 422
"""The form is shown again, with what was written and why it was not saved."""


def kept(lonely: Lonely, folder: Path) -> list[str]:
    """The texts in the database of a node that does not run; the file is whole."""
    for name in ("node.sqlite", "node.sqlite-wal"):
        if (lonely.school.folder / name).exists():
            shutil.copy(lonely.school.folder / name, folder)
    with closing(sqlite3.connect(folder / "node.sqlite")) as opened:
        assert list(opened.execute("PRAGMA integrity_check")) == [("ok",)]
        return [
            row[0]
            for row in opened.execute(
                "SELECT json_extract(document, '$.content') FROM objects "
                "WHERE json_extract(document, '$.type') = 'Note'"
            )
        ]


@pytest.mark.parametrize(("call", "number"), [("fdatasync", errno.EIO), ("write", errno.EROFS)])
def test_a_failed_write_is_not_acknowledged_and_ends_the_node(
    tmp_path: Path, call: str, number: int
) -> None:
    lonely = make_lonely(tmp_path / "node")
    order = tmp_path / "order"
    lonely.school.settings |= {
        "LD_PRELOAD": str(compile_failing_disk(tmp_path)),
        "FAULTY_BELOW": str(lonely.school.folder / "node.sqlite"),
        "FAULTY_ORDER": str(order),
    }
    lonely.school.set_up()
    lonely.start()
    try:
        assert lonely.write("Before the disk failed.") == 200
        order.write_text(f"{call} {number}")
        assert lonely.write("While the disk failed.") == REFUSED
        assert lonely.school.process is not None
        assert lonely.school.process.wait(20) == 1
        assert '"event": "storage_failed"' in lonely.log
        order.unlink()
        found = kept(lonely, tmp_path)
        assert "Before the disk failed." in str(found)
        lonely.start()
        assert lonely.readiness() == 200
        assert lonely.write("The disk is well again.") == 200
    finally:
        lonely.school.kill()
    texts = str(kept(lonely, tmp_path))
    assert "Before the disk failed." in texts
    assert "The disk is well again." in texts


def test_a_full_disk_is_read_from_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", SMALL_MIB) as disk:
        lonely = make_lonely(disk, ForkedSchool)
        lonely.school.set_up()
        lonely.start()
        told, ballast = [], disk / "ballast"
        try:
            assert lonely.write("While there was room.") == 200
            fill(ballast)
            for number in range(400):
                status = lonely.write(f"Number {number}, {'x' * 2000}")
                assert status in {200, REFUSED}
                if status == REFUSED:
                    break
                told.append(f"Number {number},")
            else:
                raise AssertionError("the disk never filled up")
            assert lonely.teacher is not None
            assert lonely.teacher.get("/home").status == 200
            lonely.school.kill()
            texts = str(kept(lonely, tmp_path))
            assert [one for one in told if one not in texts] == []
            ballast.unlink()
            lonely.start()
            assert lonely.write("There is room again.") == 200
        finally:
            lonely.school.kill()
        texts = str(kept(lonely, tmp_path))
        assert "There is room again." in texts
        assert [one for one in told if one not in texts] == []


def fill(ballast: Path) -> None:
    """Take all room but a little."""
    free = shutil.disk_usage(ballast.parent).free
    ballast.write_bytes(bytes(max(0, free - 600_000)))


def test_a_disk_that_can_only_be_read_is_said_at_the_start(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", SMALL_MIB) as disk:
        lonely = make_lonely(disk, ForkedSchool)
        lonely.school.set_up()
        (lonely.school.folder / "log").touch()
        remount(disk, "ro")
        try:
            with pytest.raises(RuntimeError, match="Read-only file system"):
                lonely.school.command("user", "list")
        finally:
            remount(disk, "rw")
        lonely.start()
        try:
            assert lonely.write("It can be written again.") == 200
        finally:
            lonely.school.kill()
        assert "It can be written again." in str(kept(lonely, tmp_path))
