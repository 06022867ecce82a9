"""Backups of a running node: whole, sealed, listed, the oldest removed, every night's made."""

import asyncio
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from node.actions import backup, verify
from node.actions.permission import OPERATOR
from node.app import serve_folder
from node.folder import Folder
from node.storage import backups
from node.storage.archive import unpack
from protocol.canonical import b64
from protocol.errors import Reason, Refused
from tests.node.restored import PASSPHRASE, back_up
from tests.nodes import Node, VirtualClock, running, settle


def files_of(node: Node) -> list[str]:
    return sorted(one.name for one in backup.folder_of(node.context).iterdir())


async def test_a_backup_holds_everything_but_what_tells_that_it_is_old(
    alpha: Node, tmp_path: Path
) -> None:
    await alpha.account("ana")
    blob = b"a picture of a stork"
    name = b64(hashlib.sha256(blob).digest())
    (alpha.folder.blobs / name[:2]).mkdir()
    (alpha.folder.blobs / name[:2] / name).write_bytes(blob)
    (alpha.folder.blobs / "half.part").write_bytes(b"half")
    alpha.folder.tips_file.write_text("{}")
    file = await back_up(alpha)
    unpack(file, PASSPHRASE, tmp_path / "out")
    found = {str(one.relative_to(tmp_path / "out")) for one in (tmp_path / "out").rglob("*.*")}
    found |= {str(one.relative_to(tmp_path / "out")) for one in (tmp_path / "out").rglob(name)}
    assert found == {"config.toml", "keys/node.key", "node.sqlite", f"blobs/{name[:2]}/{name}"}
    assert (tmp_path / "out" / "keys" / "node.key").stat().st_mode & 0o777 == 0o600


async def test_nothing_of_a_backup_can_be_read_without_the_passphrase(alpha: Node) -> None:
    await alpha.account("ana", "Ana Alves")
    octets = (await back_up(alpha)).read_bytes()
    master = alpha.folder.key_file.read_bytes().strip()
    for secret in (master, bytes.fromhex(master.decode()), b"Ana Alves", b"SQLite format"):
        assert secret not in octets
    with pytest.raises(Refused) as refused:
        await verify.verify(backup.folder_of(alpha.context) / files_of(alpha)[0], "x" * 20)
    assert "passphrase" in refused.value.detail


async def test_the_passphrase_of_the_backups_is_in_none_of_them(
    alpha: Node, tmp_path: Path
) -> None:
    alpha.folder.backup_passphrase_file.write_text(PASSPHRASE)
    unpack(await back_up(alpha), PASSPHRASE, tmp_path / "out")
    assert [one.name for one in (tmp_path / "out" / "keys").iterdir()] == ["node.key"]


async def test_a_weak_passphrase_is_refused_and_leaves_nothing(alpha: Node) -> None:
    with pytest.raises(Refused) as refused:
        await backup.make_now(alpha.context, OPERATOR, "short")
    assert refused.value.reason is Reason.BAD_INPUT
    assert files_of(alpha) == []
    assert not list(alpha.folder.tips_file.parent.glob("*.sqlite"))


async def test_every_changed_octet_is_noticed(alpha: Node, tmp_path: Path) -> None:
    whole = (await back_up(alpha)).read_bytes()
    assert await verify.verify(backup.folder_of(alpha.context) / files_of(alpha)[0], PASSPHRASE)
    for place in (0, 30, len(whole) // 2, len(whole) - 1):
        bad = bytearray(whole)
        bad[place] ^= 1
        (tmp_path / "bad").write_bytes(bad)
        with pytest.raises(Refused):
            await verify.verify(tmp_path / "bad", PASSPHRASE)
    for wrong in (whole[:-1], whole[: len(whole) // 2], whole + b"x", b""):
        (tmp_path / "bad").write_bytes(wrong)
        with pytest.raises(Refused):
            await verify.verify(tmp_path / "bad", PASSPHRASE)


async def test_a_backup_whose_key_does_not_open_its_database_is_no_good(
    alpha: Node, beta: Node
) -> None:
    alpha.folder.key_file.write_bytes(beta.folder.key_file.read_bytes())
    with pytest.raises(Refused) as refused:
        await back_up(alpha)
    assert "does not open" in refused.value.detail
    assert files_of(alpha) == []


async def test_a_blob_that_rotted_is_named_and_hinders_nothing_else(alpha: Node) -> None:
    name = "A" * 43
    (alpha.folder.blobs / name).write_bytes(b"rotten")
    await back_up(alpha)
    (row,) = await backup.list_backups(alpha.context, OPERATOR)
    assert row.state == "made"
    assert name in row.trouble


async def test_the_oldest_go_when_a_new_one_is_good(tmp_path: Path, clock: VirtualClock) -> None:
    async with running("alpha", tmp_path / "alpha", clock, {"SCHOOLGATE_BACKUP__KEEP": "2"}) as one:
        (one.folder.path / "backups" / "mine.backup").parent.mkdir(exist_ok=True)
        (one.folder.path / "backups" / "mine.backup").write_text("not ours")
        made = []
        for _ in range(3):
            made.append((await back_up(one)).name)
            clock.advance(seconds=60)
        assert files_of(one) == sorted(["mine.backup", *made[1:]])
        listed = await backup.list_backups(one.context, OPERATOR)
        assert [Path(row.file).name for row in listed] == made[:0:-1]


async def test_a_backup_goes_where_it_is_told_to(alpha: Node, tmp_path: Path) -> None:
    assert await back_up(alpha, tmp_path / "here.backup") == tmp_path / "here.backup"
    (tmp_path / "usb").mkdir()
    assert (await back_up(alpha, tmp_path / "usb")).parent == tmp_path / "usb"


async def test_every_night_has_one_backup(tmp_path: Path, clock: VirtualClock) -> None:
    night = {"SCHOOLGATE_BACKUP__NIGHTLY_HOUR_UTC": "2"}
    clock.at_ms = int(datetime(2026, 11, 26, 1, tzinfo=UTC).timestamp() * 1000)
    async with running("alpha", tmp_path / "alpha", clock, night) as one:
        one.folder.backup_passphrase_file.write_text(PASSPHRASE)
        await settle(one)
        assert len(files_of(one)) == 1  # none was ever made
        clock.advance(seconds=3500)
        await settle(one)
        assert len(files_of(one)) == 1
        clock.advance(seconds=100)
        assert await backup.make_due(one.context) == clock.at_ms // 1000 // 86400 * 86400_000 + (
            26 * 3_600_000
        )
        assert len(files_of(one)) == 2
        clock.advance(days=3)
        await settle(one)
        assert len(files_of(one)) == 3


async def test_a_night_without_a_passphrase_says_why_there_is_no_backup(
    tmp_path: Path, clock: VirtualClock
) -> None:
    night = {"SCHOOLGATE_BACKUP__NIGHTLY_HOUR_UTC": "2"}
    async with running("alpha", tmp_path / "alpha", clock, night) as one:
        await settle(one)
        (row,) = await backup.list_backups(one.context, OPERATOR)
        assert row.state == "failed"
        assert "passphrase" in row.trouble


async def test_what_an_administrator_asks_for_is_made_by_the_worker(alpha: Node) -> None:
    alpha.folder.backup_passphrase_file.write_text(PASSPHRASE)
    await backup.ask(alpha.context, alpha.admin)
    with pytest.raises(Refused) as refused:
        await backup.ask(alpha.context, alpha.admin)
    assert refused.value.reason is Reason.CONFLICT
    await settle(alpha)
    (row,) = await backup.list_backups(alpha.context, alpha.admin)
    assert (row.state, row.verified_ms) == ("made", alpha.clock.at_ms)
    teacher = await alpha.account("ana")
    with pytest.raises(Refused) as refused:
        await backup.ask(alpha.context, teacher)
    assert refused.value.reason is Reason.NOT_ALLOWED


async def test_a_second_backup_at_the_same_moment_waits(alpha: Node) -> None:
    alpha.folder.backup_passphrase_file.write_text(PASSPHRASE)
    await backup.ask(alpha.context, alpha.admin)
    with backup.alone(alpha.folder.tips_file.parent / "backup.lock"):
        assert await backup.make_due(alpha.context) == alpha.clock.at_ms + backup.AGAIN_MS
    async with alpha.context.database.read() as reader:
        assert len(await backups.list_wanted(reader)) == 1
    await settle(alpha)
    assert len(files_of(alpha)) == 1


def leave(folder: Folder) -> list[Path]:
    """What a backup leaves that is killed: plain copies of the database and the keys."""
    state = folder.tips_file.parent
    (state / "verify-abc" / "keys").mkdir(parents=True)
    left = [state / name for name in ("backup.sqlite", "backup.sqlite.part")]
    left.append(state / "verify-abc" / "keys" / "node.key")
    for one in left:
        one.write_bytes(b"plain")
    return [*left, state / "verify-abc"]


async def test_what_a_killed_backup_left_is_removed_by_the_next(alpha: Node) -> None:
    left = leave(alpha.folder)
    await back_up(alpha)
    assert [one for one in left if one.exists()] == []


async def test_what_a_killed_backup_left_stays_while_another_is_made(alpha: Node) -> None:
    left = leave(alpha.folder)
    with backup.alone(alpha.folder.tips_file.parent / "backup.lock"):
        await backup.clear_away(alpha.context)
        assert all(one.exists() for one in left)
    await backup.clear_away(alpha.context)
    assert [one for one in left if one.exists()] == []


async def test_a_start_that_went_well_removes_plain_copies_of_the_past(alpha: Node) -> None:
    before = alpha.folder.path / "node.sqlite.before-0012"
    before.write_bytes(b"plain")
    left = [*leave(alpha.folder), before]
    started = asyncio.create_task(serve_folder(alpha.folder, {}, "web", 0))
    for _ in range(1000):
        if started.done() or not any(one.exists() for one in left):
            break
        await asyncio.sleep(0.01)
    started.cancel()
    with pytest.raises(asyncio.CancelledError):
        await started
    assert [one for one in left if one.exists()] == []
