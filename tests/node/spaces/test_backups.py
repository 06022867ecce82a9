"""A node that is lost and restored: it catches up, obeys its erasures, and contradicts nobody."""

from dataclasses import replace
from pathlib import Path

import pytest

from node.actions import forum, people, restore, sign_in, spaces
from node.actions.actors import Profile
from node.folder import Folder
from node.storage import mails, objects, taken_back
from protocol.errors import Reason, Refused
from protocol.space.statement import Signed
from tests.node.restored import PASSPHRASE, back_up, restored, rolled_back
from tests.node.spaces.schools import Shared, discussions, holds_the_same, texts
from tests.nodes import PASSWORD, Node, settle


async def write(shared: Shared, text: str) -> str:
    return await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title=text, text=text, language="en"
    )


async def test_a_restored_node_catches_up_and_goes_on(shared: Shared) -> None:
    await write(shared, "before")
    await settle(shared.alpha, shared.beta)
    file = await back_up(shared.alpha)
    await write(shared, "after")
    await settle(shared.alpha, shared.beta)
    async with restored(shared.alpha, file) as again:
        shared = replace(shared, alpha=again)
        assert await texts(again, shared.space) == [["before"]]
        with pytest.raises(Refused) as refused:
            await write(shared, "too soon")
        assert refused.value.reason is Reason.READ_ONLY
        await settle(again, shared.beta)
        await write(shared, "later")
        await settle(again, shared.beta)
        assert sorted(await texts(again, shared.space)) == [["after"], ["before"], ["later"]]
        assert await holds_the_same(again, shared.beta, shared.space)


async def test_an_erasure_since_the_backup_is_obeyed_before_the_node_serves(
    shared: Shared,
) -> None:
    post = await write(shared, "to be taken back")
    await settle(shared.alpha, shared.beta)
    file = await back_up(shared.alpha)
    await forum.erase(shared.alpha.context, shared.ana, shared.space, post)
    async with restored(shared.alpha, file, same_disk=True) as again:
        assert [one.thread.text for one in await discussions(again, shared.space)] == [""]
        octets = again.folder.database_file.read_bytes()
        assert b"to be taken back" not in octets
        # The partner hears of it from the restored node.
        await settle(again, shared.beta)
        assert [one.thread.text for one in await discussions(shared.beta, shared.space)] == [""]


async def test_without_the_old_disk_a_partner_reminds_of_the_erasure(shared: Shared) -> None:
    post = await write(shared, "to be taken back")
    await settle(shared.alpha, shared.beta)
    file = await back_up(shared.alpha)
    await forum.erase(shared.alpha.context, shared.ana, shared.space, post)
    await settle(shared.alpha, shared.beta)
    async with restored(shared.alpha, file) as again:
        await settle(again, shared.beta)
        assert [one.thread.text for one in await discussions(again, shared.space)] == [""]


async def test_a_restored_profile_is_newer_than_any_that_was_published(
    pair: tuple[Node, Node],
) -> None:
    alpha, _ = pair
    ana = await alpha.account("ana", "Ana")
    file = await back_up(alpha)
    await people.update_profile(alpha.context, ana, Profile("Ana, lost version"))
    async with alpha.context.database.read() as reader:
        lost = await objects.find(reader, ana.actor)
    alpha.clock.advance(seconds=5)
    async with restored(alpha, file) as again:
        await people.update_profile(again.context, ana, Profile("Ana, new version"))
        async with again.context.database.read() as reader:
            new = await objects.find(reader, ana.actor)
            changes = await objects.list_changes(reader, 1_000_000, 100)
        assert lost is not None
        assert new is not None
        assert new.version > lost.version + 1_000_000
        # Whoever followed the changes up to any number of before reads all of them again.
        assert {one.id for _, one in changes} >= {ana.actor}


async def test_who_was_signed_in_signs_in_again(alpha: Node) -> None:
    token = await sign_in.sign_in(
        alpha.context, "admin", PASSWORD, address="127.0.0.1", user_agent=""
    )
    invitation = await people.invite(
        alpha.context,
        alpha.admin,
        handle="eva",
        name="Eva",
        roles=frozenset({"teacher"}),
        language="en",
    )
    async with alpha.context.database.write() as transaction:
        await mails.put(transaction, "eva@stein.example", "Hello", invitation, 0)
    file = await back_up(alpha)
    async with restored(alpha, file) as again:
        assert await again.count("mails") == 0
        assert await sign_in.recognise_session(again.context, token) is None
        secret = invitation.rpartition("/")[2]
        assert await people.find_invitation(again.context, secret) is None
        assert await spaces.list_spaces(again.context, again.admin) == []


async def test_an_erasure_that_cannot_be_verified_hinders_no_other(shared: Shared) -> None:
    post = await write(shared, "to be taken back")
    await settle(shared.alpha, shared.beta)
    file = await back_up(shared.alpha)
    await forum.erase(shared.alpha.context, shared.ana, shared.space, post)
    kept = shared.alpha.folder.erasures_file
    ((space, signed),) = taken_back.read(kept)
    kept.unlink()
    # As if signed with a key that the copy does not know.
    unknown = Signed(signed.octets, bytes(64))
    taken_back.append(kept, space, [unknown, signed])
    async with restored(shared.alpha, file, same_disk=True) as again:
        assert [one.thread.text for one in await discussions(again, shared.space)] == [""]
        assert taken_back.read(again.folder.erasures_file) == [(space, unknown), (space, signed)]


@pytest.mark.parametrize("left", ["node.sqlite-wal", "node.sqlite-shm"])
async def test_a_dead_nodes_log_is_not_replayed_over_a_restored_database(
    alpha: Node, tmp_path: Path, left: str
) -> None:
    file = await back_up(alpha)
    new = Folder(tmp_path / "new")
    new.path.mkdir()
    (new.path / left).write_bytes(b"pages of another database")
    with pytest.raises(Refused) as refused:
        await restore.unpack(file, PASSPHRASE, new)
    assert refused.value.reason is Reason.BAD_DATA_FOLDER
    assert left in refused.value.detail


async def test_an_erasure_since_a_copy_is_obeyed_when_the_copy_is_started_again(
    shared: Shared,
) -> None:
    """As after an upgrade that was rolled back: the older database, the folder's own `state/`."""
    alpha = shared.alpha
    post = await write(shared, "to be taken back")
    await write(shared, "to stay")
    await settle(alpha, shared.beta)
    copy = alpha.folder.path / "copy.sqlite"
    await alpha.context.database.backup(copy)
    await forum.erase(alpha.context, shared.ana, shared.space, post)
    assert await restore.obey_again(alpha.context, alpha.folder) == 0
    async with rolled_back(alpha, copy) as again:
        shown = sorted(one.thread.text for one in await discussions(again, shared.space))
        assert shown == ["", "to stay"]
        assert b"to be taken back" not in again.folder.database_file.read_bytes()
        assert await restore.obey_again(again.context, again.folder) == 0
        await settle(again, shared.beta)
        assert await holds_the_same(again, shared.beta, shared.space)
