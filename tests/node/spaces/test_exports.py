"""A copy of a space on a page: asked for, made, given to that person alone, forgotten in time."""

import zipfile
from pathlib import Path

import pytest

from node.actions import exports, forum, spaces
from node.storage import exports as rows
from node.storage.accounts import Account
from protocol.errors import Reason, Refused
from tests.node.spaces.schools import Shared
from tests.node.spaces.test_erasure import WORD
from tests.nodes import Node, settle


async def ask(shared: Shared) -> str:
    """Ana asks for a copy, and it is made; its id."""
    await exports.ask(shared.alpha.context, shared.ana, shared.space, "en")
    await settle(shared.alpha)
    return await newest(shared)


async def newest(shared: Shared) -> str:
    found = await exports.list_own(shared.alpha.context, shared.ana, shared.space)
    return found[0].id


async def find(shared: Shared, account: Account, id_: str, space: str = "") -> Path:
    return await exports.find(shared.alpha.context, account, space or shared.space, id_)


async def is_given(shared: Shared, account: Account, id_: str, space: str = "") -> bool:
    try:
        await find(shared, account, id_, space)
    except Refused as refused:
        if refused.reason is not Reason.NOT_FOUND:
            raise
        return False
    return True


def on_disk(node: Node) -> list[Path]:
    return sorted(node.context.folder.exports.iterdir())


async def test_a_copy_is_given_to_whoever_asked_and_to_nobody_else(shared: Shared) -> None:
    id_ = await ask(shared)
    with zipfile.ZipFile(await find(shared, shared.ana, id_)) as archive:
        assert "index.html" in archive.namelist()
    await shared.alpha.account("eve", "Eve Esser")
    eve = await shared.alpha.get("eve")
    assert not await is_given(shared, eve, id_)
    await spaces.add_colleague(shared.alpha.context, shared.ana, shared.space, "eve")
    assert not await is_given(shared, eve, id_), "in the same space, and not hers"
    assert not await is_given(shared, shared.alpha.admin, id_)
    assert not await is_given(shared, shared.ana, id_, "A" * 43)
    for guess in (id_[:-1], id_ + "A", "", "../" + id_, id_.lower(), "A" * 22):
        assert not await is_given(shared, shared.ana, guess)
    with pytest.raises(Refused) as refused:
        await exports.discard(shared.alpha.context, eve, shared.space, id_)
    assert refused.value.reason is Reason.NOT_FOUND
    assert await is_given(shared, shared.ana, id_)


async def test_a_copy_is_forgotten_after_some_days(shared: Shared) -> None:
    id_ = await ask(shared)
    shared.alpha.clock.advance(days=6.9)
    assert await is_given(shared, shared.ana, id_)
    shared.alpha.clock.advance(days=0.2)
    assert not await is_given(shared, shared.ana, id_), "also before the worker has looked"
    await exports.step(shared.alpha.context)
    assert on_disk(shared.alpha) == []
    assert await exports.list_own(shared.alpha.context, shared.ana, shared.space) == []


async def test_whoever_leaves_the_space_gets_nothing_more(shared: Shared) -> None:
    id_ = await ask(shared)
    alias = await spaces.pseudonym_of(shared.alpha.context, shared.ana, shared.space)
    await spaces.remove_colleague(shared.alpha.context, shared.ana, shared.space, alias)
    assert not await is_given(shared, shared.ana, id_)


async def test_what_is_erased_goes_from_the_copy_at_once(shared: Shared) -> None:
    thread = await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="T", text=WORD, language="en"
    )
    id_ = await ask(shared)
    path = await find(shared, shared.ana, id_)
    await forum.erase(shared.alpha.context, shared.ana, shared.space, thread)
    assert not path.exists(), "in the very transaction"
    assert not await is_given(shared, shared.ana, id_)
    shared.alpha.clock.advance(seconds=1)
    await settle(shared.alpha)
    with zipfile.ZipFile(await find(shared, shared.ana, id_)) as archive:
        assert not [one for one in archive.namelist() if WORD.encode() in archive.read(one)]


async def test_one_copy_is_made_at_a_time_and_three_are_kept(shared: Shared) -> None:
    context = shared.alpha.context
    for _ in range(exports.MAX_OF_ACCOUNT):
        await exports.ask(context, shared.ana, shared.space, "en")
        with pytest.raises(Refused) as refused:
            await exports.ask(context, shared.ana, shared.space, "en")
        assert refused.value.reason is Reason.CONFLICT
        shared.alpha.clock.advance(seconds=1)
        await exports.step(context)
    with pytest.raises(Refused):
        await exports.ask(context, shared.ana, shared.space, "en")
    await exports.discard(context, shared.ana, shared.space, await newest(shared))
    assert len(on_disk(shared.alpha)) == exports.MAX_OF_ACCOUNT - 1
    await exports.ask(context, shared.ana, shared.space, "en")


async def test_what_a_crash_left_is_removed(shared: Shared) -> None:
    id_ = await ask(shared)
    left = shared.alpha.context.folder.exports / "left.zip.part"
    left.write_bytes(b"left")
    await exports.step(shared.alpha.context)
    assert not left.exists()
    assert await is_given(shared, shared.ana, id_)
    async with shared.alpha.context.database.read() as reader:
        assert await rows.list_wanted(reader) == []
