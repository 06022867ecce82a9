"""Nobody replaces on a page what he has not seen, and a long page holds nobody else up."""

import threading

import msgspec
import pytest

from node.actions import page_past, pages, refold
from node.storage import spaces as space_rows
from protocol.errors import Reason, Refused
from protocol.space.fold import versions
from protocol.space.fold.history import Standing
from protocol.space.fold.page import Page
from protocol.space.merge import Piece, Steps, differences
from tests.node.spaces.paper import Paper, begin
from tests.node.spaces.schools import Shared


@pytest.fixture
async def paper(shared: Shared) -> Paper:
    return await begin(shared)


async def test_settings_that_were_opened_before_somebody_else_saved_overwrite_nothing(
    paper: Paper,
) -> None:
    node, account = paper.at("ana")
    opened = await paper.shown("ana")

    async def settle(title: str, audience: str, page: Page) -> None:
        await pages.settle(
            node.context,
            account,
            paper.space,
            paper.page,
            title=title,
            language="en",
            audience=audience,
            bases=page.bases,
        )

    await settle("Storks", "teachers", opened)
    page = await paper.shown("ana")
    for title, audience in (("Birds", "teachers"), ("Storks", "members"), ("Cats", "members")):
        with pytest.raises(Refused) as refused:
            await settle(title, audience, opened)
        assert refused.value.reason is Reason.CONFLICT
        assert await paper.shown("ana") == page
    assert (page.title, page.audience) == ("Storks", "teachers")
    half = msgspec.structs.replace(opened, bases={**opened.bases, "title": page.bases["title"]})
    with pytest.raises(Refused):
        await settle("Cats", "members", half)
    assert (await paper.shown("ana")).title == "Storks", "neither is written"
    await settle("Cats", "members", page)
    assert (await paper.shown("ana")).audience == "members"


async def test_words_that_have_not_come_yet_are_not_replaced(paper: Paper) -> None:
    one = await paper.add("ana", "Ten birds.")
    good = (await paper.versions("ana"))[0]
    await paper.settle()
    await paper.change("bob", one, "Twelve birds.")
    await paper.settle()
    node, account = paper.at("ana")
    late = (await paper.block("ana", one)).bases["body"]
    async with node.context.database.write() as transaction:
        await transaction.run("DELETE FROM payloads WHERE op = $1", late[0])
    await refold.everything(node.context, paper.space)
    assert (await paper.block("ana", one)).standing is Standing.WAITING
    with pytest.raises(Refused) as refused:
        await paper.change("ana", one, "No birds.", bases=late)
    assert refused.value.reason is Reason.CONFLICT
    with pytest.raises(Refused) as restored:
        await page_past.restore(node.context, account, paper.space, paper.page, good.id)
    assert restored.value.reason is Reason.CONFLICT
    assert (await paper.block("ana", one)).bases["body"] == late


async def test_words_are_compared_beside_the_loop(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await paper.add("ana", "We saw ten birds.")
    await paper.change("ana", one, "We saw no birds.")
    threads: list[int] = []

    def noted(before: str, after: str, steps: Steps | None = None) -> list[Piece]:
        threads.append(threading.get_ident())
        return differences(before, after, steps)

    monkeypatch.setattr(versions, "differences", noted)
    node, _ = paper.at("ana")
    latest = (await paper.versions("ana"))[0]
    async with node.context.database.read() as reader:
        kept = await space_rows.get(reader, paper.space)
        found = await page_past.find(reader, kept, paper.page, latest.id, since=False)
    assert [list(change.pieces) for change in found.changes] == [["text"]]
    assert not found.is_past
    assert threads
    assert threading.get_ident() not in threads
