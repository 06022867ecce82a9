"""Searching a space: what leads where, what is not found, and for whom."""

from node.actions import cards, forum, moderation, pages, trash, walls
from node.web import rooms
from tests import pictures
from tests.node.spaces.bringing import publish
from tests.node.spaces.paper import begin
from tests.node.spaces.schools import Shared
from tests.node.spaces.test_erasure import WORD, files_of
from tests.node.spaces.test_walls import pin, put_up
from tests.node.web.browser import browsing
from tests.nodes import settle


async def thread_of(shared: Shared, text: str) -> str:
    return await forum.start_thread(
        shared.alpha.context, shared.ana, shared.space, title="Birds", text=text, language="en"
    )


async def test_every_result_leads_to_its_place(shared: Shared) -> None:
    thread = await thread_of(shared, "A stork on the old bridge")
    paper = await begin(shared, "Stork diary")
    block = await paper.add("ana", "The stork has come")
    wall = await put_up(shared, ("Storks of ours",))
    (card,) = await pin(shared, wall, "Which stork was first?")
    file = await publish(shared, pictures.plain("PNG", (60, 50)))
    await paper.settle()
    here = f"/w/{shared.space}"
    places = {
        f"{here}/forum/{rooms.address_of(thread)}#p-{rooms.address_of(thread)}",
        f"{here}/pages/{rooms.address_of(paper.page)}",
        f"{here}/pages/{rooms.address_of(paper.page)}#b-{rooms.address_of(block)}",
        f"{here}/walls/{rooms.address_of(wall)}",
        f"{here}/walls/{rooms.address_of(wall)}#c-{rooms.address_of(card)}",
        f"{here}/materials/{rooms.address_of(file)}",
    }
    async with browsing(shared.beta, "bob") as bob:
        empty = await bob.get(f"{here}/search")
        assert "is not found" in empty.text
        found = await bob.get(f"{here}/search?q=St%C3%B3rk")
        for place in places:
            assert f'href="{place}"' in found.html, place
            assert (await bob.get(place.partition("#")[0])).status == 200
        none = await bob.get(f"{here}/search?q=stork+heron")
        assert "Nothing in this space holds these words." in none.text
        for odd in ("%22", "*", "NOT+stork", "stork+OR", "(", "%00", "x" * 400):
            assert (await bob.get(f"{here}/search?q={odd}")).status == 200
    async with browsing(shared.beta, "admin") as stranger:
        assert (await stranger.get(f"{here}/search?q=stork")).status == 404


async def test_what_is_hidden_removed_or_erased_is_found_by_nobody(shared: Shared) -> None:
    alpha, context, space = shared.alpha, shared.alpha.context, shared.space
    hidden, thrown, erased = [await thread_of(shared, f"{WORD} {n}") for n in range(3)]
    lost = await begin(shared, f"{WORD} page")
    await lost.add("ana", f"{WORD} on it")
    kept = await begin(shared, "Kept")
    block = await kept.add("ana", f"{WORD} block")
    gone = await put_up(shared, (f"{WORD} column",))
    await pin(shared, gone, f"{WORD} on a removed wall")
    wall = await put_up(shared)
    (card, pinned) = await pin(shared, wall, f"{WORD} hidden card", f"{WORD} removed card")
    path = f"/w/{space}/search?q={WORD}"
    async with browsing(alpha, "ana") as ana, browsing(shared.beta, "bob") as bob:
        assert (await ana.get(path)).text.count(WORD) >= 8
        for item in (hidden, card):
            await moderation.hide(
                context, shared.ana, space, item, reason="hate", text="", language="en"
            )
        await trash.throw_away(context, shared.ana, space, thrown)
        await forum.erase(context, shared.ana, space, erased)
        await pages.remove(context, shared.ana, space, lost.page)
        await kept.remove("ana", block)
        await walls.remove(context, shared.ana, space, gone)
        await cards.remove(context, shared.ana, space, pinned)
        await settle(alpha, shared.beta)
        for reader in (ana, bob):
            assert "Nothing in this space holds these words." in (await reader.get(path)).text
        await walls.put_back(context, shared.ana, space, gone)
        assert f"{WORD} on a removed wall" in (await ana.get(path)).text


async def test_words_that_were_erased_lie_in_no_index(shared: Shared) -> None:
    file = await publish(shared, pictures.plain("PNG", (60, 50)))
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        assert b"storks" in files_of(node)
    async with browsing(shared.alpha, "ana") as ana:
        path = f"/w/{shared.space}/materials/{rooms.address_of(file)}/delete"
        assert (await ana.send(path)).status == 200
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        assert await node.count("content_words") == 0
        assert b"storks" not in files_of(node)
