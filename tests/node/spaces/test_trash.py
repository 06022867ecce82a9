"""The trash: out of sight everywhere, back within thirty days, erased by itself after them."""

import pytest

from node.actions import forum, give, news, removed, spaces, trash, walls
from node.actions.materials import Said
from node.actions.trash import KEPT_MS
from protocol.errors import Reason, Refused
from protocol.space.fold.history import Standing
from protocol.space.fold.materials import File
from tests import pictures
from tests.node.spaces.bringing import bytes_at, files_at, publish
from tests.node.spaces.schools import Shared, discussions, texts
from tests.node.spaces.test_erasure import files_of
from tests.nodes import Node, settle


async def thread_of(shared: Shared, text: str = "The storks are back.") -> str:
    return await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="Storks", text=text, language="en"
    )


async def standings(node: Node, space: str) -> list[Standing]:
    return [one.thread.standing for one in await discussions(node, space)]


async def test_what_was_deleted_is_out_of_sight_everywhere_and_comes_back(shared: Shared) -> None:
    alpha, beta = shared.alpha, shared.beta
    thread = await thread_of(shared)
    await settle(alpha, beta)
    await trash.throw_away(alpha.context, shared.ana, shared.space, thread)
    (thrown,) = await trash.list_thrown(alpha.context, shared.ana, shared.space)
    assert getattr(thrown.made, "text", "") == "The storks are back."
    assert thrown.ends_ms == alpha.clock.now_ms() + KEPT_MS
    await settle(alpha, beta)
    for node in (alpha, beta):
        assert await standings(node, shared.space) == [Standing.DELETED]
        assert await texts(node, shared.space) == [[""]]
    assert await trash.list_thrown(beta.context, shared.bob, shared.space) == []
    back = await trash.restore(alpha.context, shared.ana, shared.space, thread)
    assert back.standing is Standing.SHOWN
    await settle(alpha, beta)
    for node in (alpha, beta):
        assert await texts(node, shared.space) == [["The storks are back."]]
    assert await trash.list_thrown(alpha.context, shared.ana, shared.space) == []


async def test_after_thirty_days_the_home_node_erases_it_by_itself(shared: Shared) -> None:
    alpha, beta = shared.alpha, shared.beta
    thread = await thread_of(shared, "A secret of the storks")
    file = await publish(shared, pictures.plain("PNG", (60, 50)))
    update = await news.tell(
        alpha.context, shared.ana, shared.space, text="An update to go", language="en"
    )
    for item in (thread, file, update):
        await trash.throw_away(alpha.context, shared.ana, shared.space, item)
    await settle(alpha, beta)
    (sha256,) = {one.sha256 for one in await behind(shared, file)}
    assert await bytes_at(beta, shared.space, sha256) is not None
    alpha.clock.advance(days=29.9)
    await settle(alpha, beta)
    assert len(await trash.list_thrown(alpha.context, shared.ana, shared.space)) == 3
    assert b"A secret of the storks" in files_of(beta)
    alpha.clock.advance(days=0.2)
    await settle(alpha, beta)
    assert await trash.list_thrown(alpha.context, shared.ana, shared.space) == []
    for node in (alpha, beta):
        assert await standings(node, shared.space) == [Standing.ERASED]
        assert await files_at(node, shared.space) == []
        assert await bytes_at(node, shared.space, sha256) is None
        for words in (b"A secret of the storks", b"An update to go"):
            assert words not in files_of(node)
    with pytest.raises(Refused) as refused:
        await trash.restore(alpha.context, shared.ana, shared.space, thread)
    assert refused.value.reason is Reason.GONE


async def behind(shared: Shared, file: str) -> list[File]:
    async with shared.alpha.context.database.read() as reader:
        kept, _ = await spaces.require_member(reader, shared.ana, shared.space)
        made = await trash.get(reader, kept, file)
        found = await trash.look_behind(reader, shared.space, [made])
    return [one for one in found.values() if isinstance(one, File)]


async def test_what_lies_in_the_trash_can_be_erased_at_once(shared: Shared) -> None:
    thread = await thread_of(shared)
    await trash.throw_away(shared.alpha.context, shared.ana, shared.space, thread)
    await forum.erase(shared.alpha.context, shared.ana, shared.space, thread)
    assert await standings(shared.alpha, shared.space) == [Standing.ERASED]
    for again in (trash.throw_away, trash.restore):
        with pytest.raises(Refused) as refused:
            await again(shared.alpha.context, shared.ana, shared.space, thread)
        assert refused.value.reason is Reason.GONE


async def test_a_file_in_the_trash_is_given_to_nobody(shared: Shared) -> None:
    file = await publish(shared, pictures.plain("PNG", (60, 50)), Said("A", "", "CC0-1.0", "en"))
    await settle(shared.alpha, shared.beta)
    await trash.throw_away(shared.alpha.context, shared.ana, shared.space, file)
    await settle(shared.alpha, shared.beta)
    for node, reader in ((shared.alpha, shared.ana), (shared.beta, shared.bob)):
        with pytest.raises(Refused) as refused:
            await give.find(node.context, reader, shared.space, file)
        assert refused.value.reason is Reason.NOT_FOUND


async def test_colleagues_and_partners_delete_nothing_and_administrators_may(
    shared: Shared,
) -> None:
    alpha, beta = shared.alpha, shared.beta
    carla = await alpha.account("carla", "Carla Cruz")
    boss = await alpha.account("boss", "Boss", roles="teacher admin")
    for one in ("carla", "boss"):
        await spaces.add_colleague(alpha.context, shared.ana, shared.space, one)
    thread = await thread_of(shared)
    await settle(alpha, beta)
    for node, account in ((alpha, carla), (beta, shared.bob)):
        for attempt in (trash.throw_away, trash.restore):
            with pytest.raises(Refused) as refused:
                await attempt(node.context, account, shared.space, thread)
            assert refused.value.reason is Reason.NOT_OWNER
    await trash.throw_away(alpha.context, boss, shared.space, thread)
    with pytest.raises(Refused) as refused:
        await trash.throw_away(alpha.context, boss, shared.space, thread)
    assert refused.value.reason is Reason.GONE
    assert await trash.list_thrown(alpha.context, carla, shared.space) == []
    assert len(await trash.list_thrown(alpha.context, boss, shared.space)) == 1
    await trash.restore(alpha.context, boss, shared.space, thread)
    with pytest.raises(Refused) as refused:
        await trash.restore(alpha.context, boss, shared.space, thread)
    assert refused.value.reason is Reason.CONFLICT


async def test_what_others_throw_away_pushes_nothing_out_of_one_s_trash(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha, space = shared.alpha, shared.space
    monkeypatch.setattr(trash, "AT_ONCE", 1)
    monkeypatch.setattr(removed, "AT_ONCE", 1)
    carla = await alpha.account("carla", "Carla Cruz")
    await spaces.add_colleague(alpha.context, shared.ana, space, "carla")
    thread = await thread_of(shared)
    await trash.throw_away(alpha.context, shared.ana, space, thread)
    alpha.clock.advance(seconds=1)
    wall = await walls.make(
        alpha.context,
        carla,
        space,
        title="Questions",
        columns=("One",),
        language="en",
        audience="members",
    )
    await walls.remove(alpha.context, carla, space, wall)
    alpha.clock.advance(seconds=1)
    hers = await forum.start_thread(
        alpha.context, carla, space, title="Hers", text="Gone", language="en"
    )
    await trash.throw_away(alpha.context, carla, space, hers)
    for account, expected in ((shared.ana, thread), (carla, hers)):
        found = await trash.list_thrown(alpha.context, account, space)
        assert [one.made.reference for one in found] == [expected]
        common = await removed.list_removed(alpha.context, account, space)
        assert [one.made.reference for one in common] == [wall]
