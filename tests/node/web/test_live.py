"""A teacher who is with his pupils, as his and their pages show it."""

import pytest

from node.web import rooms
from tests.node.classroom.classes import Twinned, twin
from tests.node.classroom.works import begin, let_live
from tests.node.spaces.schools import Shared, texts
from tests.node.web.browser import browsing
from tests.nodes import settle


@pytest.fixture
async def twinned(shared: Shared) -> Twinned:
    return await twin(shared)


async def test_a_teacher_who_is_there_lets_pupils_write_live(twinned: Twinned) -> None:
    thread = await begin(twinned)
    await let_live(twinned)
    where = f"/w/{twinned.space}/pupils"
    address = f"/c/w/{twinned.space}/{rooms.address_of(thread)}"
    async with browsing(twinned.alpha.node, "ana") as ana, browsing(twinned.alpha.node) as pupil:
        token = twinned.alpha.cards["Panda Nova"].address.partition("#")[2]
        await pupil.send("/c/card", card=token)
        before = await pupil.get(address)
        assert "Your teacher reads it first" in before.text
        begun = await ana.submit(await ana.get(where), "/live", how="begin")
        assert begun.path.endswith("/pupils?told=live-begun"), begun.text
        assert "45 more minutes" in begun.text
        during = await pupil.get(address)
        assert "Your teacher is here" in during.text
        out = await pupil.submit(during, address, text="At once.", language="en", how="held")
        assert "Everyone in the project sees it now" in out.text
        marked = await pupil.submit(out, address, text="Mia saw it.", language="en", how="held")
        assert "Your teacher reads it first. Then the others" in marked.text
        await ana.send("/logout")
        assert "Your teacher reads it first" in (await pupil.get(address)).text
    await settle(twinned.shared.alpha, twinned.shared.beta)
    assert await texts(twinned.shared.beta, twinned.space) == [["Which?", "At once."]]
