"""A page that two schools write: what they see, what meets, what is undone, what is erased."""

from collections.abc import Iterable

import pytest

from node.actions import blocks, page_past, pages, refold
from node.actions.blocks import Said
from node.actions.readings import find_readings
from node.storage import pages as page_rows
from node.storage import payloads
from node.storage import spaces as space_rows
from node.storage.database import Reader
from protocol.errors import Reason, Refused
from protocol.space.fold.history import Standing
from protocol.space.fold.page import MAX_BLOCKS
from protocol.space.fold.versions import Change
from tests import pictures
from tests.node.spaces.bringing import publish
from tests.node.spaces.paper import Paper, begin
from tests.node.spaces.schools import Shared
from tests.node.spaces.test_erasure import files_of
from tests.nodes import Node


@pytest.fixture
async def paper(shared: Shared) -> Paper:
    return await begin(shared)


async def dump(node: Node, space: str) -> list[object]:
    """Every row that is kept of pages, search rows included."""
    async with node.context.database.read() as reader:
        shown = [
            await reader.all(f"SELECT home, object, told FROM {table} WHERE space = $1", space)
            for table in ("pages", "page_blocks")
        ]
        past = await reader.all("SELECT * FROM page_versions WHERE space = $1", space)
        found = await reader.all(
            "SELECT b.home, b.object, s.folded FROM block_search s "
            "JOIN page_blocks b ON b.number = s.rowid WHERE b.space = $1",
            space,
        )
        lost = await reader.count(
            "SELECT count(*) FROM block_search WHERE rowid NOT IN (SELECT number FROM page_blocks)"
        )
    return [*(sorted(map(tuple, one)) for one in (*shown, past, found)), lost]


async def test_two_schools_write_one_page(paper: Paper) -> None:
    one = await paper.add("ana", "First, by Ana.")
    await paper.settle()
    await paper.add("bob", "Second, by Bob.", after=one)
    await paper.change("bob", one, "First, by both.")
    await paper.settle()
    for who in ("ana", "bob"):
        assert (await paper.shown(who)).title == "Birds"
        assert await paper.texts(who) == ["First, by both.", "Second, by Bob."]
    assert (await paper.block("ana", one)).node == (await paper.blocks("bob"))[1].node


async def test_what_both_write_at_once_stands_side_by_side_until_somebody_settles_it(
    paper: Paper,
) -> None:
    one = await paper.add("ana", "We met on Monday. It rained.")
    await paper.settle()
    await paper.change("ana", one, "We met on Tuesday. It rained.")
    await paper.change("bob", one, "We met on Monday. It snowed.")
    await paper.settle()
    assert len((await paper.block("ana", one)).others) == 1
    assert await paper.texts("ana") == await paper.texts("bob")
    node, account = paper.at("bob")
    async with node.context.database.read() as reader:
        kept = await space_rows.get(reader, paper.space)
        found, readings, suggested = await find_readings(reader, kept, one)
    assert len(readings) == 2
    assert suggested.parts["text"] == "We met on Tuesday. It snowed."
    agreed = Said(suggested.kind, suggested.parts, "en")
    bases = found.bases["body"]
    assert not await blocks.change(node.context, account, paper.space, one, agreed, bases=bases)
    await paper.settle()
    for who in ("ana", "bob"):
        assert await paper.texts(who) == ["We met on Tuesday. It snowed."]
        assert (await paper.block(who, one)).others == ()


async def test_a_form_that_was_opened_before_somebody_else_saved_overwrites_nothing(
    paper: Paper,
) -> None:
    one = await paper.add("ana", "Ten birds.")
    opened = (await paper.block("ana", one)).bases["body"]
    assert not await paper.change("ana", one, "Twelve birds.")
    assert await paper.change("ana", one, "Ten birds and a cat.", bases=opened)
    block = await paper.block("ana", one)
    assert len(block.bases["body"]) == 2
    assert await paper.texts("ana") == ["Ten birds and a cat."]


async def test_a_form_names_versions_of_its_own_block_only(paper: Paper) -> None:
    one, other = await paper.add("ana", "One."), await paper.add("ana", "Other.")
    foreign = (await paper.block("ana", other)).bases["body"]
    for bases in (foreign, (), ("x" * 43,), foreign * 2):
        with pytest.raises(Refused) as refused:
            await paper.change("ana", one, "Changed.", bases=bases)
        assert refused.value.reason is Reason.BAD_INPUT
    assert not await paper.change("ana", one, "Changed.")


async def test_blocks_are_put_between_and_moved(paper: Paper) -> None:
    first = await paper.add("ana", "1")
    third = await paper.add("ana", "3", after=first)
    await paper.add("ana", "2", after=first)
    await paper.add("ana", "0")
    assert await paper.texts("ana") == ["0", "1", "2", "3"]
    await paper.settle()
    await paper.move("bob", third)
    await paper.settle()
    for who in ("ana", "bob"):
        assert await paper.texts(who) == ["3", "0", "1", "2"]


async def test_blocks_that_two_schools_put_at_one_place_can_be_parted(paper: Paper) -> None:
    start = await paper.add("ana", "start")
    await paper.settle()
    await paper.add("ana", "a", after=start)
    await paper.add("bob", "b", after=start)
    await paper.settle()
    one, other = (await paper.blocks("ana"))[1:]
    assert one.place == other.place
    await paper.add("ana", "between", after=one.reference)
    await paper.settle()
    for who in ("ana", "bob"):
        assert (await paper.texts(who))[2] == "between"


async def test_a_removed_block_is_put_back_with_what_it_said(paper: Paper) -> None:
    one = await paper.add("ana", "Once more.")
    await paper.settle()
    await paper.remove("bob", one)
    await paper.settle()
    assert await paper.texts("ana") == []
    node, account = paper.at("ana")
    await blocks.put_back(node.context, account, paper.space, one)
    await paper.settle()
    assert await paper.texts("bob") == ["Once more."]
    with pytest.raises(Refused) as refused:
        await blocks.put_back(node.context, account, paper.space, one)
    assert refused.value.reason is Reason.CONFLICT


async def test_what_was_changed_while_another_removed_it_is_not_put_back_over(
    paper: Paper,
) -> None:
    one = await paper.add("ana", "One.")
    await paper.settle()
    await paper.change("ana", one, "One, changed.")
    await paper.remove("bob", one)
    await paper.settle()
    node, account = paper.at("bob")
    assert (await paper.block("bob", one)).standing is Standing.DELETED
    with pytest.raises(Refused) as refused:
        await blocks.put_back(node.context, account, paper.space, one)
    assert refused.value.reason is Reason.CONFLICT
    assert len((await paper.block("bob", one)).bases["body"]) == 2


async def test_what_a_school_erases_is_nowhere_and_the_block_falls_back(paper: Paper) -> None:
    one = await paper.add("ana", "Ten birds.")
    await paper.settle()
    await paper.change("bob", one, "Ten birds, said Ciconia.")
    await paper.settle()
    assert await paper.search("ana", "ciconia") == ["Ten birds, said Ciconia."]
    node, account = paper.at("bob")
    await blocks.erase_own(node.context, account, paper.space, one)
    await paper.settle()
    for who in ("ana", "bob"):
        assert await paper.texts(who) == ["Ten birds."]
        assert await paper.search(who, "ciconia") == []
        assert await paper.search(who, "birds") == ["Ten birds."]
        node, _ = paper.at(who)
        assert b"Ciconia" not in files_of(node)
        erased = (await paper.versions(who))[0]
        async with node.context.database.read() as reader:
            kept = await space_rows.get(reader, paper.space)
            past = await page_past.find(reader, kept, paper.page, erased.id, since=False)
        assert [one.body for one in past.then.blocks] == [(await paper.blocks(who))[0].body]


async def test_the_base_of_two_versions_is_erased_and_they_still_come_together(
    paper: Paper,
) -> None:
    one = await paper.add("ana", "Anna saw ten birds.")
    await paper.settle()
    await paper.change("ana", one, "We saw ten birds.")
    await paper.change("bob", one, "Anna saw ten birds. It rained.", bases=None)
    await paper.settle()
    node, account = paper.at("ana")
    await blocks.erase_own(node.context, account, paper.space, one)
    await paper.settle()
    for who in ("ana", "bob"):
        assert await paper.texts(who) == ["Anna saw ten birds. It rained."]
        assert (await paper.block(who, one)).others == ()


async def test_a_version_of_the_page_is_compared_and_brought_back(paper: Paper) -> None:
    one = await paper.add("ana", "We saw ten birds.")
    two = await paper.add("ana", "Then it rained.", after=one)
    good = (await paper.versions("ana"))[0]
    await paper.settle()
    await paper.change("bob", one, "We saw no birds.")
    await paper.remove("bob", two)
    await paper.add("bob", "Nonsense.", after=one)
    await paper.settle()
    node, account = paper.at("ana")
    async with node.context.database.read() as reader:
        kept = await space_rows.get(reader, paper.space)
        changed = await page_past.find(reader, kept, paper.page, good.id, since=False)
        since = await page_past.find(reader, kept, paper.page, good.id, since=True)
    assert [plainly(change) for change in changed.changes] == ["same", "new"]
    assert [plainly(change) for change in since.changes] == ["changed", "gone", "new"]
    assert changed.is_past
    assert since.is_past
    before = await paper.versions("ana")
    node.clock.advance(seconds=1)
    done = await page_past.restore(node.context, account, paper.space, paper.page, good.id)
    assert done == 3
    assert await paper.texts("ana") == ["We saw ten birds.", "Then it rained."]
    after = await paper.versions("ana")
    assert after[done:] == before, "nothing is rewritten"
    await paper.settle()
    assert await paper.texts("bob") == await paper.texts("ana")
    assert await page_past.restore(node.context, account, paper.space, paper.page, good.id) == 0


def plainly(change: Change) -> str:
    if change.before is None:
        return "new"
    if change.after is None:
        return "gone"
    return "changed" if change.is_change else "same"


async def test_titles_sight_order_and_trash_of_pages(paper: Paper) -> None:
    node, account = paper.at("bob")
    context, space = node.context, paper.space
    second = await pages.make(
        context, account, space, title="Second", language="en", audience="teachers"
    )
    bases = (await paper.shown("bob")).bases
    await pages.settle(
        context,
        account,
        space,
        paper.page,
        title="Our birds",
        language="en",
        audience="teachers",
        bases=bases,
    )
    await pages.move(context, account, space, second, earlier=True)
    await paper.settle()
    assert await titles(paper, "ana") == ["Second", "Our birds"]
    assert (await paper.shown("ana")).audience == "teachers"
    ana_node, ana = paper.at("ana")
    await pages.remove(ana_node.context, ana, space, second)
    await paper.settle()
    assert await titles(paper, "bob") == ["Our birds"]
    with pytest.raises(Refused) as refused:
        await blocks.add(context, account, space, second, Said("paragraph", {"text": "x"}, "en"))
    assert refused.value.reason is Reason.GONE
    await pages.put_back(context, account, space, second)
    await paper.settle()
    assert await titles(paper, "ana") == ["Second", "Our birds"]


async def titles(paper: Paper, who: str) -> list[str]:
    node, _ = paper.at(who)
    async with node.context.database.read() as reader:
        return [one.title for one in await page_rows.list_pages(reader, paper.space, limit=50)]


async def test_a_picture_of_the_space_stands_in_a_page_and_nothing_else_does(
    paper: Paper,
) -> None:
    file = await publish(paper.shared, pictures.tagged("JPEG", (640, 480)))
    await paper.settle()
    node, account = paper.at("bob")
    picture = Said("image", {"file": file, "caption": "A stork"}, "en")
    one = await blocks.add(node.context, account, paper.space, paper.page, picture)
    await paper.settle()
    assert (await paper.block("ana", one)).standing is Standing.SHOWN
    for kind, parts in (
        ("image", {"file": file[:-4] + "AAAA"}),
        ("image", {"file": "https://elsewhere.example/x.png"}),
        ("embed", {"type": "link", "url": "javascript:alert(1)"}),
        ("paragraph", {"text": ""}),
        ("script", {"text": "x"}),
        ("table", {"text": "\n".join([" | ".join(["x" * 400] * 12)] * 50)}),
    ):
        with pytest.raises(Refused):
            await blocks.add(
                node.context, account, paper.space, paper.page, Said(kind, parts, "en")
            )
    assert len(await paper.blocks("bob")) == 1


async def test_what_is_shown_is_a_cache_of_the_operations(paper: Paper) -> None:
    one = await paper.add("ana", "One.")
    two = await paper.add("ana", "Two.", after=one)
    await paper.settle()
    await paper.change("ana", one, "One by Ana.")
    await paper.change("bob", one, "One by Bob.")
    await paper.remove("bob", two)
    await paper.move("ana", one, after=two)
    await paper.settle()
    node, account = paper.at("bob")
    await blocks.erase_own(node.context, account, paper.space, one)
    await paper.settle()
    for node in (paper.shared.alpha, paper.shared.beta):
        before = await dump(node, paper.space)
        await refold.everything(node.context, paper.space)
        assert await dump(node, paper.space) == before
    assert await dump(paper.shared.alpha, paper.space) == await dump(paper.shared.beta, paper.space)


async def test_a_write_reads_no_other_block_and_no_old_payload(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await paper.add("ana", "One.")
    for number in range(20):
        await paper.add("ana", f"Other {number}.", after=one)
        await paper.change("ana", one, f"Version {number}.")
    read: list[int] = []
    listing = payloads.list_by_op

    async def counting(reader: Reader, space: str, ids: Iterable[str]) -> dict[str, str]:
        found = await listing(reader, space, ids)
        read.append(len(found))
        return found

    monkeypatch.setattr(payloads, "list_by_op", counting)
    await paper.change("ana", one, "The last.")
    assert read == [1]


async def test_a_page_has_at_most_five_hundred_blocks(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "MAX_BLOCKS", 2)
    assert MAX_BLOCKS == 500
    await paper.add("ana", "One.")
    await paper.add("ana", "Two.")
    with pytest.raises(Refused) as refused:
        await paper.add("ana", "Three.")
    assert refused.value.reason is Reason.TOO_MANY_ITEMS
