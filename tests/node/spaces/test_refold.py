"""Much at once is shown soon behind its arrival: what is seen in the end is what was to be seen."""

from collections.abc import Sequence

import pytest

from node import events
from node.actions import forum, refold, spaces
from node.actions.refold import Folded
from node.app import open_context
from node.storage import spaces as space_rows
from node.storage import unfolded
from node.storage.database import Reader
from node.workers import replication
from node.workers.rota import WORKERS
from protocol.space.effects import Touched
from protocol.space.fold.history import Standing
from tests.node.spaces.schools import Shared, discussions, open_another
from tests.node.spaces.test_erasure import WORD, files_of, search
from tests.node.spaces.test_pages import dump as dump_pages
from tests.node.spaces.test_views import dump
from tests.node.web.browser import browsing
from tests.nodes import CHEAP, Node, settle, shared_book


async def write(shared: Shared, count: int, text: str = "They came.") -> list[str]:
    return [
        await forum.start_thread(
            shared.alpha.context, shared.ana, shared.space, title=f"T{n}", text=text, language="en"
        )
        for n in range(count)
    ]


async def bring(shared: Shared, patch: pytest.MonkeyPatch) -> None:
    """Alpha's news reach beta as if they were many, and nobody there has folded them yet."""
    patch.setattr(refold, "MANY", 1)
    await replication.step(shared.alpha.context)


async def is_behind(node: Node, shared: Shared) -> bool:
    account = shared.ana if node is shared.alpha else shared.bob
    return (await spaces.find_space(node.context, account, shared.space)).space.behind


async def test_much_at_once_is_shown_behind_and_until_then_the_space_says_so(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write(shared, 3)
    await bring(shared, monkeypatch)
    forum_page = f"/w/{shared.space}/forum"
    async with browsing(shared.beta, "bob") as browser:
        assert await discussions(shared.beta, shared.space) == []
        assert await is_behind(shared.beta, shared)
        assert "not all yet" in (await browser.get(forum_page)).html
        await refold.step(shared.beta.context)
        assert len(await discussions(shared.beta, shared.space)) == 3
        assert not await is_behind(shared.beta, shared)
        assert "not all yet" not in (await browser.get(forum_page)).html
    assert await dump(shared.beta, shared.space) == await dump(shared.alpha, shared.space)


async def test_few_operations_are_shown_when_they_are_kept(shared: Shared) -> None:
    await write(shared, 3)
    await replication.step(shared.alpha.context)
    assert len(await discussions(shared.beta, shared.space)) == 3
    assert not await is_behind(shared.beta, shared)


async def test_what_is_erased_before_it_was_shown_is_never_seen(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, gone = await write(shared, 2, f"A {WORD} came.")
    await bring(shared, monkeypatch)
    assert WORD.encode() in files_of(shared.beta)
    await forum.erase(shared.alpha.context, shared.ana, shared.space, gone)
    await forum.erase(shared.alpha.context, shared.ana, shared.space, kept)
    await replication.step(shared.alpha.context)
    # The statements act at once, although what they name was never folded.
    assert WORD.encode() not in files_of(shared.beta)
    await settle(shared.alpha, shared.beta)
    shown = await discussions(shared.beta, shared.space)
    assert {one.thread.standing for one in shown} == {Standing.ERASED}
    assert await search(shared.beta, shared.space, WORD) == []
    assert await dump(shared.beta, shared.space) == await dump(shared.alpha, shared.space)


async def test_whatever_comes_between_the_view_is_the_one_made_anew(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = await write(shared, 3)
    await bring(shared, monkeypatch)
    monkeypatch.undo()
    # An edit of what waits is few: it is shown at once, and again with what was before it.
    await forum.edit(
        shared.alpha.context, shared.ana, shared.space, threads[1], text="Edited", language="en"
    )
    await replication.step(shared.alpha.context)
    assert [one.thread.text for one in await discussions(shared.beta, shared.space)] == ["Edited"]
    assert await is_behind(shared.beta, shared)
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        before = await dump(node, shared.space), await dump_pages(node, shared.space)
        await refold.everything(node.context, shared.space)
        assert (await dump(node, shared.space), await dump_pages(node, shared.space)) == before
    assert await dump(shared.beta, shared.space) == await dump(shared.alpha, shared.space)


async def test_what_a_crash_left_unfolded_is_folded_by_whoever_starts_next(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write(shared, 2)
    await bring(shared, monkeypatch)
    async with open_context(shared.beta.folder, CHEAP, book=shared_book()) as another:
        (views,) = [one for one in WORKERS if one.name == "views"]
        await views.step(another)
    assert not await is_behind(shared.beta, shared)
    assert await dump(shared.beta, shared.space) == await dump(shared.alpha, shared.space)


async def test_made_anew_nothing_waits_any_more(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write(shared, 2)
    await bring(shared, monkeypatch)
    await refold.everything(shared.beta.context, shared.space)
    assert not await is_behind(shared.beta, shared)
    assert await dump(shared.beta, shared.space) == await dump(shared.alpha, shared.space)


async def test_what_waits_to_be_shown_moves_its_space_up_already(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write(shared, 2)
    shared.beta.clock.advance(seconds=60)
    await bring(shared, monkeypatch)
    assert await is_behind(shared.beta, shared)
    async with shared.beta.context.database.read() as reader:
        kept = await space_rows.get(reader, shared.space)
    assert kept.moved_ms == shared.beta.clock.now_ms()


async def test_a_defect_in_one_space_holds_no_other_one_up(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = {one.space: one for one in (shared, await open_another(shared, "B" * 21 + "A"))}
    for one in both.values():
        await write(one, 2)
    await bring(shared, monkeypatch)
    async with shared.beta.context.database.read() as reader:
        first = await unfolded.find_space(reader, ())
    assert first is not None
    ill, well = both[first], next(one for space, one in both.items() if space != first)
    whole = refold.fold

    async def broken(reader: Reader, space: str, changed: Sequence[Touched]) -> Folded:
        if space == ill.space:
            raise ZeroDivisionError
        return await whole(reader, space, changed)

    told = list[tuple[str, str]]()
    monkeypatch.setattr(events, "fold_failed", lambda space, error, _: told.append((space, error)))
    monkeypatch.setattr(refold, "fold", broken)
    await refold.step(shared.beta.context)
    assert len(await discussions(shared.beta, well.space)) == 2
    assert not await is_behind(shared.beta, well)
    assert await is_behind(shared.beta, ill)
    assert told == [(ill.space, "ZeroDivisionError")]
    monkeypatch.setattr(refold, "fold", whole)
    await refold.step(shared.beta.context)
    assert len(await discussions(shared.beta, ill.space)) == 2
    assert not await is_behind(shared.beta, ill)
