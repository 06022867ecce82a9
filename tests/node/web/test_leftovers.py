"""What our school wrote on what another one deleted: as a teacher finds it and answers."""

import pytest

from node.actions import blocks
from node.web import rooms
from tests.node.spaces.paper import Paper, begin
from tests.node.spaces.schools import Shared
from tests.node.spaces.test_erasure import files_of
from tests.node.web.browser import browsing


@pytest.fixture
async def left(shared: Shared) -> tuple[Paper, str]:
    """A page on which Bob wrote further on what Ana then deleted for ever, and that part of it."""
    paper = await begin(shared)
    block = await paper.add("ana", "Anna lives in Mill Lane.")
    await paper.settle()
    await paper.change("bob", block, "Anna and Bo live in Mill Lane.")
    await paper.settle()
    await blocks.erase_own(shared.alpha.context, shared.ana, shared.space, block)
    await paper.settle()
    return paper, block


async def test_a_teacher_is_told_writes_it_anew_and_says_that_nothing_is_left(
    left: tuple[Paper, str],
) -> None:
    paper, block = left
    shared, item = paper.shared, rooms.address_of(block)
    space = f"/w/{shared.space}"
    async with browsing(shared.alpha, "ana") as ana, browsing(shared.beta, "bob") as bob:
        assert (
            "wrote further on something that another school deleted"
            in (await bob.get("/home")).text
        )
        home = await bob.get(space)
        found = await bob.get(home.link("/leftovers"))
        assert "Anna and Bo live in Mill Lane." in found.text
        assert "Nothing of it is in there" in found.text
        ledger = await ana.get(f"{space}/erasures")
        assert "others wrote further on it" in ledger.text
        there = await ana.get(ledger.link(f"#b-{item}").partition("#")[0])
        assert "Anna and Bo live in Mill Lane." in there.text
        assert "Anna" not in (await ana.get(f"{space}/leftovers")).text
        form = await bob.get(found.link("/edit"))
        anew = "Somebody lives somewhere."
        saved = await bob.submit(form, "/edit", "paragraph", language="en", text=anew)
        assert saved.status == 200
        # The form that was opened before knows nothing of what stands now.
        stale = await bob.submit(found, f"/{item}/clear")
        assert (stale.status, "Somebody has changed this since" in stale.text) == (422, True)
        again = await bob.get(f"{space}/leftovers")
        assert "delete our earlier versions" in again.text
        done = await bob.submit(again, f"/{item}/clear")
        assert "Nothing waits for our school here." in done.text
        await paper.settle()
        assert "others wrote further on it" not in (await ana.get(f"{space}/erasures")).text
        assert home.path == space
        assert "/leftovers" not in (await bob.get(space)).html
    for node in (shared.alpha, shared.beta):
        assert b"Mill Lane" not in files_of(node)


async def test_a_teacher_deletes_it_and_nobody_else_is_let_in(left: tuple[Paper, str]) -> None:
    paper, block = left
    shared, item = paper.shared, rooms.address_of(block)
    page = f"/w/{shared.space}/leftovers"
    async with browsing(shared.beta, "admin") as stranger:
        assert (await stranger.get(page)).status == 404
        for path in (f"{page}/{item}/clear", f"{page}/{item}/delete"):
            assert (await stranger.send(path)).status == 404
    async with browsing(shared.beta, "bob") as bob:
        for odd in ("x", "A" * 22, f"{'a' * 32}.{'A' * 22}"):
            assert (await bob.send(f"{page}/{odd}/clear")).status == 404
            assert (await bob.get(f"{page}/{odd}/delete")).status == 404
        ask = await bob.get((await bob.get(page)).link(f"/{item}/delete"))
        assert "Delete what our school wrote here?" in ask.text
        done = await bob.submit(ask, f"/{item}/delete")
        assert "Nothing waits for our school here." in done.text
        assert (await bob.send(f"{page}/{item}/delete")).status == 410
        assert (await bob.send(f"{page}/{item}/clear")).status == 410
    await paper.settle()
    for node in (shared.alpha, shared.beta):
        assert b"Mill Lane" not in files_of(node)
