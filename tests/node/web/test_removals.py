"""Removing something for good: as both founding schools do it, without scripts."""

from tests.node.spaces.schools import Shared
from tests.node.spaces.third import join
from tests.node.web.browser import browsing
from tests.node.web.test_moderation import thread_of
from tests.node.web.test_space_keys import promote
from tests.nodes import Node, settle


async def test_both_founding_schools_remove_something_for_good(shared: Shared) -> None:
    thread = await thread_of(shared)
    item = thread.rpartition("/")[2]
    for node, name in ((shared.alpha, "ana"), (shared.beta, "bob")):
        await promote(node, name)
    async with browsing(shared.alpha, "ana") as ana, browsing(shared.beta, "bob") as bob:
        queue = f"/w/{shared.space}/moderation"
        ask = await bob.get(f"/w/{shared.space}/remove/{item}")
        assert "Remove this for good?" in ask.text
        asked = await bob.submit(ask, f"/remove/{item}")
        assert "Needs the other founding school's yes" in asked.text
        vain = await bob.send(f"/w/{shared.space}/remove/{item}")
        assert vain.status == 422
        await settle(shared.alpha, shared.beta)
        assert "Two!" not in (await ana.get(thread)).text
        waiting = await ana.get(queue)
        assert "Needs our yes" in waiting.text
        assert "Two!" in waiting.text
        shown = await ana.submit(waiting, f"/unremove/{item}")
        assert "It is shown again." in shown.text
        await settle(shared.alpha, shared.beta)
        assert "Two!" in (await bob.get(thread)).text
        await ana.send(f"/w/{shared.space}/remove/{item}")
        await settle(shared.alpha, shared.beta)
        waits = await bob.get(queue)
        done = await bob.submit(await bob.get(waits.link("/remove/")), f"/remove/{item}")
        assert "Both founding schools agreed" in done.text
        for _ in range(2):
            await settle(shared.alpha, shared.beta)
            shared.alpha.clock.advance(seconds=700)
        assert "Two!" not in (await bob.get(queue)).text
        ledger = await ana.get(f"/w/{shared.space}/erasures")
        assert "removed by both founding schools" in ledger.text
        assert "confirmed by all" in ledger.text


async def test_a_school_that_did_not_found_removes_nothing(shared: Shared, gamma: Node) -> None:
    item = (await thread_of(shared)).rpartition("/")[2]
    await join(shared, gamma)
    async with browsing(gamma, "cleo") as cleo:
        assert (await cleo.get(f"/w/{shared.space}/remove/{item}")).status == 403
        assert (await cleo.send(f"/w/{shared.space}/remove/{item}")).status == 403
        assert (await cleo.send(f"/w/{shared.space}/unremove/{item}")).status == 403
