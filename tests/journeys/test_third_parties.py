"""What pupils open asks nobody but their own school, seen in a real browser."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from node.web.class_routes import CLASSES
from node.web.door import Access
from tests.egress.walking import filled
from tests.journeys.browser import NARROW, open_context
from tests.node.classroom import pupil_files
from tests.node.classroom.classes import Twinned, twin
from tests.node.classroom.works import begin, hand_in
from tests.node.spaces.schools import open_together
from tests.nodes import VirtualClock, make_partners, running

pytestmark = pytest.mark.asyncio(loop_scope="session")
ELSEWHERE = "http://127.0.0.9:9/pixel.png"
PAGES = sorted(
    {path for method, path, access, _ in CLASSES if (method, access) == ("GET", Access.PUPIL)}
)


@pytest_asyncio.fixture(loop_scope="session")
async def twinned(tmp_path: Path) -> AsyncIterator[Twinned]:
    clock = VirtualClock()
    async with (
        running("alpha", tmp_path / "alpha", clock) as alpha,
        running("beta", tmp_path / "beta", clock) as beta,
    ):
        await make_partners(alpha, beta)
        yield await twin(await open_together(alpha, beta))


def watching(page: Page) -> set[str]:
    """The machines that a page asks, as they are asked."""
    asked: set[str] = set()
    page.on("request", lambda one: asked.add(urlsplit(one.url).netloc))
    return asked


async def test_a164_no_page_of_a_pupil_asks_another_machine(
    browser: Browser, twinned: Twinned
) -> None:
    thread = await begin(twinned)
    work = await hand_in(twinned, thread, "Seven storks.")
    file = await pupil_files.bring(twinned)
    own = twinned.alpha.node.url.partition("://")[2]
    known = {"space": twinned.space, "thread": thread.replace("/", "-")}
    async with open_context(browser) as context:
        page = await context.new_page()
        await page.set_viewport_size(NARROW)
        asked = watching(page)
        await page.goto(twinned.alpha.cards["Panda Nova"].address)
        await page.wait_for_url("**/c/home")
        shown = 0
        for pattern in PAGES:
            number = file if pattern.startswith("/c/files") else work
            answer = await page.goto(
                twinned.alpha.node.url + filled(pattern, {**known, "work": f"{number}"})
            )
            assert answer is not None
            shown += answer.ok
        assert len(PAGES) >= 8
        assert shown >= 7, "most of them are there"
        assert asked == {own}
        # A planted request is seen: by the policy it leads nowhere, but it is in the log.
        await page.goto(f"{twinned.alpha.node.url}/c/home")
        await page.evaluate(
            "address => { document.body.append(Object.assign(new Image(), {src: address})) }",
            ELSEWHERE,
        )
        await page.wait_for_timeout(100)
    assert asked == {own, urlsplit(ELSEWHERE).netloc}
