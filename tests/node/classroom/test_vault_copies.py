"""Copies of the vault that are made every night."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from node import events
from node.classroom import check_up, keeping, vault_copies
from node.classroom.room import Classroom, open_classroom
from node.config import BackupSettings
from node.folder import Folder
from node.storage.database import Database, DatabaseError
from node.vault import pupils, store
from node.vault.pupils import Reading, Why
from node.vault.vault import COPIED, SCRATCH, Unit, Vault
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


async def _full(_: Database, target: Path) -> None:
    raise DatabaseError(f"{target}: database or disk is full")


async def test_whatever_the_disk_says_stands_in_the_log_and_is_tried_again_in_an_hour(
    school: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, str]] = []
    monkeypatch.setattr(events, "vault_not_copied", lambda *words: said.append(words))
    endless = settled(school, tmp_path, lambda own: replace(own, vault_folder="/" + "x" * 300))
    again_ms = endless.now_ms() + vault_copies.AGAIN_MS
    assert await vault_copies.step(endless, endless.context) == again_ms
    room = settled(school, tmp_path)
    with monkeypatch.context() as full:
        full.setattr(Database, "backup", _full)
        assert await vault_copies.step(room, room.context) == again_ms
    assert [reason for reason, _ in said] == [Reason.BAD_SETTING, Reason.STORAGE_FULL]
    assert "File name too long" in said[0][1]
    assert "disk is full" in said[1][1]
    made = await vault_copies.make(room)
    made.rename(_dated(made, "99999999T999999Z"))
    assert await vault_copies.step(room, room.context) != again_ms
    assert made in copies(tmp_path), "a name that is no time is no copy of a night"


def _dated(made: Path, stamp: str) -> Path:
    return made.with_name(made.name[: -len("19700101T000000Z.vault")] + f"{stamp}.vault")


async def test_a_copy_from_the_future_stops_none_and_doctor_says_so(
    school: School, tmp_path: Path
) -> None:
    room = settled(school, tmp_path, lambda own: replace(own, vault_keep=1))
    made = await vault_copies.make(room)
    future = made.rename(_dated(made, "20380101T000000Z"))
    assert [one.state for one in await vault_copies.check_up(room)] == ["bad", "note"]
    await vault_copies.step(room, room.context)
    assert copies(tmp_path) == [made, future]
    ok, note = await vault_copies.check_up(room)
    assert (ok.state, note.state) == ("ok", "note")
    assert future.name in note.sentence
    school.node.clock.advance(days=1)
    await vault_copies.step(room, room.context)
    assert len(copies(tmp_path)) == 2
    assert made not in copies(tmp_path), "the oldest goes, not the one just made"


async def test_doctor_tries_what_the_next_copy_needs(school: School, tmp_path: Path) -> None:
    room = settled(school, tmp_path)
    await vault_copies.make(room)
    (tmp_path / "vault.passphrase").unlink()
    (lost,) = await vault_copies.check_up(room)
    assert lost.state == "bad"
    assert "passphrase of the copies of the vault" in lost.sentence


async def test_a_passphrase_does_not_lie_beside_what_it_opens(
    school: School, tmp_path: Path
) -> None:
    beside = tmp_path / "copies" / "passphrase"
    room = settled(school, tmp_path, lambda own: replace(own, vault_passphrase_file=str(beside)))
    beside.write_text(PASSPHRASE)
    await _refused(room, Reason.BAD_SETTING)


async def test_what_a_killed_copy_left_goes_with_the_next_one(
    school: School, tmp_path: Path
) -> None:
    room = settled(school, tmp_path)
    made = await vault_copies.make(room)
    left = _dated(made, "20250101T000000Z").with_suffix(".vault.part")
    left.write_bytes(b"half")
    other = tmp_path / "copies" / "somebody.part"
    other.write_bytes(b"theirs")
    school.node.clock.advance(days=1)
    again = await vault_copies.make(room)
    assert copies(tmp_path) == sorted([made, again, other])


async def test_nothing_is_written_through_a_link(school: School, tmp_path: Path) -> None:
    room, target = school.node.room, tmp_path / "azul.vault"
    theirs = tmp_path / "theirs"
    theirs.write_bytes(b"theirs")
    target.with_name("azul.vault.part").symlink_to(theirs)
    await keeping.back_up(room, school.node.admin, target, PASSPHRASE)
    assert theirs.read_bytes() == b"theirs"
    assert not target.is_symlink()


async def test_a_copy_that_lacks_a_file_is_none(
    school: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = settled(school, tmp_path)
    folder = store.folder_of(room.vault)
    folder.mkdir(exist_ok=True, mode=0o700)
    for number in range(3):
        (folder / f"file{number}").write_bytes(b"sealed")
    link_all = store.link_all

    def link_and_lose(unit: Unit, vault: Vault, into: Path) -> list[str]:
        linked = link_all(unit, vault, into)
        (into / "file1").unlink()
        return linked

    with monkeypatch.context() as losing:
        losing.setattr(store, "link_all", link_and_lose)
        await _refused(room, Reason.CONFLICT)
    assert copies(tmp_path) == []
    await vault_copies.make(room)
    assert len(copies(tmp_path)) == 1


async def test_whoever_opens_the_vault_leaves_a_copy_that_is_being_made(
    school: School, tmp_path: Path
) -> None:
    room = settled(school, tmp_path)
    here = room.context.folder.vault
    (here / COPIED).mkdir()
    for name in (SCRATCH, f"{SCRATCH}.part"):
        (here / name).write_bytes(b"half")
    with keeping.alone(room.context):
        async with open_classroom(room.context) as beside:
            assert beside is not None
            await keeping.tidy_files(beside)
        assert (here / COPIED).is_dir()
        assert (here / SCRATCH).is_file()
    await keeping.tidy_files(room)
    assert not (here / COPIED).exists()
    assert list(here.glob(f"{SCRATCH}*")) == []
