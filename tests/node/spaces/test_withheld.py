"""What one founder's word hides is read nowhere: neither in a copy nor in the past of a page."""

import zipfile
from pathlib import Path

import pytest

from node.actions import export, exports, forum, moderation, page_past, removals
from node.actions.permission import OPERATOR
from node.storage import spaces as space_rows
from protocol.space.fold.history import Standing
from tests import pictures
from tests.node.spaces.bringing import publish
from tests.node.spaces.paper import begin
from tests.node.spaces.schools import Shared
from tests.node.spaces.test_erasure import WORD
from tests.node.spaces.test_stewards import admin
from tests.nodes import Node, settle

Three = tuple[Shared, Node]


async def thread(shared: Shared, text: str) -> str:
    return await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="T", text=text, language="en"
    )


async def carry(node: Node, space: str, target: Path) -> tuple[bytes, list[str]]:
    """All that a copy says, and the names of the files in it."""
    await export.export_now(node.context, OPERATOR, space, target, "en")
    with zipfile.ZipFile(target) as archive:
        names = archive.namelist()
        said = b"".join(archive.read(one) for one in names)
    return said, [one for one in names if one.startswith("files/")]


async def purge(shared: Shared, gamma: Node, *items: str) -> None:
    """One of two founders asks; all schools hear of it."""
    bob = await admin(shared.beta, "bob")
    for item in items:
        await removals.ask(shared.beta.context, bob, shared.space, item)
    await settle(shared.alpha, shared.beta, gamma)


async def test_what_a_purge_hides_is_in_no_copy(three: Three, tmp_path: Path) -> None:
    shared, gamma = three
    item = await thread(shared, f"{WORD} hidden")
    file = await publish(shared, pictures.tagged("JPEG", (320, 240)))
    await thread(shared, "What stays")
    await settle(shared.alpha, shared.beta, gamma)
    said, files = await carry(gamma, shared.space, tmp_path / "before.zip")
    assert WORD.encode() in said
    assert len(files) == 2
    await purge(shared, gamma, item, file)
    for node in (shared.alpha, shared.beta, gamma):
        said, files = await carry(node, shared.space, tmp_path / f"{node.name}.zip")
        assert WORD.encode() not in said
        assert b"Storks.webp" not in said
        assert files == []
        assert b"What stays" in said
    # It is still kept, and comes back where the founder takes its word back.
    bob = await admin(shared.beta, "bob")
    await removals.take_back(shared.beta.context, bob, shared.space, item)
    await settle(shared.alpha, shared.beta, gamma)
    assert WORD.encode() in (await carry(gamma, shared.space, tmp_path / "after.zip"))[0]


async def test_what_a_purge_hides_goes_from_the_copy_that_was_made(three: Three) -> None:
    shared, gamma = three
    item = await thread(shared, WORD)
    context = shared.alpha.context
    await exports.ask(context, shared.ana, shared.space, "en")
    await settle(shared.alpha, shared.beta, gamma)
    (made,) = await exports.list_own(context, shared.ana, shared.space)
    path = await exports.find(context, shared.ana, shared.space, made.id)
    ana = await admin(shared.alpha, "ana")
    await removals.ask(context, ana, shared.space, item)
    assert not path.exists()
    await settle(shared.alpha)
    path = await exports.find(context, shared.ana, shared.space, made.id)
    with zipfile.ZipFile(path) as archive:
        assert not [one for one in archive.namelist() if WORD.encode() in archive.read(one)]


@pytest.mark.parametrize("how", ["purge", "hide"])
async def test_what_is_hidden_is_read_in_no_version_of_a_page(three: Three, how: str) -> None:
    shared, gamma = three
    paper = await begin(shared)
    block = await paper.add("ana", f"{WORD} first")
    await paper.change("ana", block, f"{WORD} second")
    other = await paper.add("ana", "Birds.", after=block)
    await settle(shared.alpha, shared.beta, gamma)
    versions = await paper.versions("ana")
    async with shared.alpha.context.database.read() as reader:
        kept = await space_rows.get(reader, shared.space)
        words = await page_past.list_words(reader, kept, versions)
    assert len([one for one in words.values() if WORD in one]) == 2
    if how == "purge":
        await purge(shared, gamma, block)
    else:
        await moderation.hide(
            shared.alpha.context,
            shared.ana,
            shared.space,
            block,
            reason="bullying",
            text="Why",
            language="en",
        )
    async with shared.alpha.context.database.read() as reader:
        kept = await space_rows.get(reader, shared.space)
        words = await page_past.list_words(reader, kept, versions)
        assert sorted(words.values()) == ["Birds", "Birds."]
        for one in versions:
            for since in (True, False):
                found = await page_past.find(reader, kept, paper.page, one.id, since=since)
                assert WORD not in repr(found)
    await paper.change("ana", other, "Storks.")
    newest = next(one for one in versions if one.object == other)
    await page_past.restore(shared.alpha.context, shared.ana, shared.space, paper.page, newest.id)
    assert WORD not in repr(await paper.blocks("ana"))
    assert "Birds." in await paper.texts("ana")
    assert (await paper.block("ana", block)).standing is not Standing.SHOWN
