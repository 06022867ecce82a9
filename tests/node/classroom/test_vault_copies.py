"""Copies of the vault that are made every night."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from node.classroom import check_up, keeping, vault_copies
from node.classroom.room import Classroom, open_classroom
from node.config import BackupSettings
from node.folder import Folder
from node.vault import pupils
from node.vault.pupils import Reading, Why
from protocol.errors import Reason, Refused
from tests.node.classroom.classes import School

PASSPHRASE = "seven quiet storks on a roof"
HOUR = 2


Change = Callable[[BackupSettings], BackupSettings]


def settled(school: School, tmp_path: Path, change: Change | None = None) -> Classroom:
    """The classroom of a school whose administrator has chosen a folder and a passphrase."""
    folder, file = tmp_path / "copies", tmp_path / "vault.passphrase"
    folder.mkdir(exist_ok=True)
    file.write_text(PASSPHRASE)
    room = school.node.room
    settings = room.context.settings
    own = replace(
        settings.backup,
        vault_folder=str(folder),
        vault_passphrase_file=str(file),
        nightly_hour_utc=HOUR,
        vault_keep=3,
    )
    own = own if change is None else change(own)
    return replace(room, context=replace(room.context, settings=replace(settings, backup=own)))


def copies(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "copies").iterdir())


async def test_each_night_has_one_copy_and_so_many_are_kept(school: School, tmp_path: Path) -> None:
    room = settled(school, tmp_path)
    for night in range(5):
        next_ms = await vault_copies.step(room, room.context)
        assert next_ms is not None
        assert 0 < next_ms - room.now_ms() <= 86_400_000
        assert (next_ms // 3_600_000) % 24 == HOUR
        before = copies(tmp_path)
        await vault_copies.step(room, room.context)
        assert copies(tmp_path) == before, "one a night"
        assert len(before) == min(night + 1, 3)
        school.node.clock.at_ms = next_ms
    assert all(one.stat().st_mode & 0o077 == 0 for one in copies(tmp_path))
    octets = b"".join(one.read_bytes() for one in copies(tmp_path))
    assert b"Mia" not in octets
    assert b"SQLite" not in octets


async def test_a_copy_brings_the_vault_back(school: School, tmp_path: Path) -> None:
    room = settled(school, tmp_path)
    made = await vault_copies.make(room)
    elsewhere = replace(room.context, folder=Folder(tmp_path / "elsewhere"))
    elsewhere.folder.path.mkdir()
    made_ms = await keeping.restore(elsewhere, school.node.admin, made, PASSPHRASE)
    assert made_ms == room.now_ms()
    async with open_classroom(elsewhere) as restored:
        assert restored is not None
        async with restored.vault.write() as unit:
            reading = Reading(school.teacher.id, Why.CLASS_LIST, made_ms)
            known = await pupils.read_class(unit, school.class_, reading)
    assert {one.names.display for one in known} == {"Mia Nowak-Reis", "Tomé Prata", ""}


@pytest.mark.parametrize(
    ("change", "passphrase", "reason"),
    [
        (lambda own: replace(own, vault_passphrase_file=None), PASSPHRASE, Reason.BAD_SETTING),
        (
            lambda own: replace(own, vault_passphrase_file="/nowhere"),
            PASSPHRASE,
            Reason.BAD_SETTING,
        ),
        (lambda own: replace(own, vault_folder="/nowhere"), PASSPHRASE, Reason.BAD_SETTING),
        (lambda own: own, "short", Reason.BAD_INPUT),
    ],
    ids=["no passphrase", "unread", "no folder", "weak"],
)
async def test_what_cannot_be_used_is_said_and_tried_again_in_an_hour(
    school: School, tmp_path: Path, change: Change, passphrase: str, reason: Reason
) -> None:
    room = settled(school, tmp_path, change)
    (tmp_path / "vault.passphrase").write_text(passphrase)
    await _refused(room, reason)
    assert await vault_copies.step(room, room.context) == room.now_ms() + vault_copies.AGAIN_MS
    assert copies(tmp_path) == []


async def test_neither_copies_nor_their_passphrase_lie_among_what_is_backed_up(
    school: School, tmp_path: Path
) -> None:
    inside = school.node.folder.path
    (inside / "keys" / "vault.passphrase").write_text(PASSPHRASE)
    for change in (
        lambda own: replace(own, vault_folder=str(inside)),
        lambda own: replace(own, vault_passphrase_file=str(inside / "keys" / "vault.passphrase")),
    ):
        await _refused(settled(school, tmp_path, change), Reason.BAD_SETTING)


async def _refused(room: Classroom, reason: Reason) -> None:
    with pytest.raises(Refused) as refused:
        await vault_copies.make(room)
    assert refused.value.reason is reason


async def test_nothing_is_made_where_nothing_is_set(school: School, tmp_path: Path) -> None:
    for change in (
        lambda own: replace(own, vault_folder=None),
        lambda own: replace(own, nightly_hour_utc=None),
    ):
        room = settled(school, tmp_path, change)
        assert await vault_copies.step(room, room.context) is None
    assert copies(tmp_path) == []


async def test_doctor_says_where_the_newest_copy_is_old(school: School, tmp_path: Path) -> None:
    room = settled(school, tmp_path)
    assert [one.state for one in await vault_copies.check_up(room)] == ["bad"]
    await vault_copies.make(room)
    assert [one.state for one in await vault_copies.check_up(room)] == ["ok"]
    school.node.clock.advance(days=3)
    (late,) = await vault_copies.check_up(room)
    assert (late.state, "3 days old" in late.sentence) == ("bad", True)
    unset = settled(school, tmp_path, lambda own: replace(own, nightly_hour_utc=None))
    assert [one.state for one in await vault_copies.check_up(unset)] == ["bad"]
    (note,) = await vault_copies.check_up(school.node.room)
    assert note.state == "note"
    assert any(
        "vault_folder" in one.sentence for one in await check_up.check_up(school.node.context)
    )
