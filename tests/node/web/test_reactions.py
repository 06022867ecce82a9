"""Signs under a post in the pages: a teacher's stands at once, a pupil's waits."""

import pytest

from tests.node.classroom.classes import Twinned, twin
from tests.node.classroom.works import begin
from tests.node.spaces.schools import open_together
from tests.node.web.browser import Browser, Shown, browsing
from tests.node.web.test_classes import come_in
from tests.nodes import Node, settle


@pytest.fixture
async def twinned(pair: tuple[Node, Node]) -> Twinned:
    return await twin(await open_together(*pair))


async def press(browser: Browser, page: Shown, item: str, sign: str) -> Shown:
    return await browser.submit(page, f"/react/{item}", sign=sign)


async def test_a_teacher_and_a_pupil_react(twinned: Twinned) -> None:
    shared = twinned.shared
    item = (await begin(twinned)).replace("/", "-", 1)
    async with (
        browsing(shared.alpha) as pupil,
        browsing(shared.alpha, "ana") as ana,
        browsing(shared.beta, "bob") as bob,
    ):
        await come_in(pupil, twinned)
        path = f"/w/{shared.space}/forum/{item}"
        page = await press(ana, await ana.get(path), item, "heart")
        assert page.path == f"{path}#p-{item}".partition("#")[0]
        assert "I love it: Ana Alves" in page.text
        seen = await pupil.get(f"/c{path.replace('/forum', '')}")
        assert "I love it: Ana Alves" in seen.text
        page = await press(pupil, seen, item, "smile")
        assert "Your teacher reads it first" in page.text
        works = await pupil.get("/c/works")
        assert "It makes me smile" in works.text
        queue = await ana.get("/held")
        assert "A reaction to" in queue.text
        one = await ana.get(queue.link("/held/"))
        assert "It makes me smile" in one.text
        await ana.submit(one, "/release")
        await settle(shared.alpha, shared.beta)
        there = await bob.get(path)
        assert "I love it: Ana Alves" in there.text
        assert "It makes me smile:" in there.text
        page = await press(ana, await ana.get(path), item, "heart")
        assert "I love it: Ana" not in page.text
        bad = await press(ana, page, item, "Well done, Mia")
        assert bad.status in (400, 422)


async def test_what_is_no_post_or_elsewhere_takes_no_sign(twinned: Twinned) -> None:
    shared = twinned.shared
    item = (await begin(twinned)).replace("/", "-", 1)
    async with browsing(shared.alpha, "ana") as ana, browsing(shared.alpha) as pupil:
        await come_in(pupil, twinned)
        for path in (
            f"/w/{shared.space}/react/{'0' * 32}-{'m' * 21}A",
            f"/w/{'x' * 43}/react/{item}",
        ):
            assert (await ana.send(path, sign="heart")).status == 404
            assert (await pupil.send(f"/c{path}", sign="heart")).status == 404
        assert (await pupil.send(f"/w/{shared.space}/react/{item}", sign="heart")).status != 200
