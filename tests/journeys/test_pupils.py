"""A card that is scanned with a phone, and the release queue by keyboard alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from node.classroom import roster
from tests.journeys.browser import NARROW, Watch, open_context
from tests.node.classroom.classes import Twinned, twin
from tests.node.classroom.works import begin, hand_in
from tests.node.spaces.schools import open_together
from tests.nodes import PASSWORD, VirtualClock, make_partners, running

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def twinned(tmp_path: Path) -> AsyncIterator[Twinned]:
    """Two nodes of this process, a class of one of them in a space of both."""
    clock = VirtualClock()
    async with (
        running("alpha", tmp_path / "alpha", clock) as alpha,
        running("beta", tmp_path / "beta", clock) as beta,
    ):
        await make_partners(alpha, beta)
        yield await twin(await open_together(alpha, beta))


async def test_a_scanned_card_opens_the_pupils_page_and_its_secret_is_in_no_address(
    browser: Browser, twinned: Twinned
) -> None:
    card = twinned.alpha.cards["Panda Nova"]
    token = card.address.partition("#")[2]
    asked: list[str] = []
    async with open_context(browser) as context:
        page = await context.new_page()
        watch = Watch(page)
        page.on("request", lambda request: asked.append(request.url.partition("#")[0]))
        await page.set_viewport_size(NARROW)
        await page.goto(card.address)
        await expect(page.get_by_role("heading", name="Hello, Panda Nova")).to_be_visible()
        assert page.url.endswith("/c/home")
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_role("heading", name="Come in")).to_be_visible()
        await page.go_back()
        await expect(page.get_by_role("heading", name="Come in")).to_be_visible()
        assert token not in page.url
        assert watch.findings == []
    assert any(one.endswith("/c/card") for one in asked)
    assert [one for one in asked if token in one] == []


async def test_of_two_cards_in_a_row_each_opens_its_own_pupils_page(
    browser: Browser, twinned: Twinned
) -> None:
    """A tablet goes from hand to hand, and nobody signs out."""
    async with open_context(browser) as context:
        page = await context.new_page()
        watch = Watch(page)
        for alias in ("Panda Nova", "Tiger Vega", "Koala Orion"):
            await page.goto(twinned.alpha.cards[alias].address)
            await expect(page.get_by_role("heading", name=f"Hello, {alias}")).to_be_visible()
            assert page.url.endswith("/c/home")
        await page.goto(f"{twinned.alpha.node.url}/c")
        await expect(page.get_by_text("On this device Koala Orion is signed in.")).to_be_visible()
        # The page stands open: of the address nothing but what is behind the hash sign changes.
        await page.goto(twinned.alpha.cards["Panda Nova"].address)
        await expect(page.get_by_role("heading", name="Hello, Panda Nova")).to_be_visible()
        assert "#" not in page.url
        assert watch.findings == []
    opened = await roster.open_class(
        twinned.alpha.node.room, twinned.alpha.teacher, twinned.alpha.class_
    )
    assert opened.present.keys() == {twinned.alpha.pupils["Panda Nova"].id}


async def test_the_queue_is_gone_through_by_keyboard(browser: Browser, twinned: Twinned) -> None:
    thread = await begin(twinned)
    works = [await hand_in(twinned, thread, text) for text in ("Storks", "Frogs", "Herons")]
    async with open_context(browser) as context:
        page = await context.new_page()
        watch = Watch(page)
        await page.goto(f"{twinned.alpha.node.url}/login?next=/held")
        await page.get_by_label("Short name").fill("ana")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("main").get_by_role("button", name="Sign in").click()
        pieces = page.locator("article.post")
        await expect(pieces).to_have_count(len(works))
        await page.keyboard.press("j")
        await expect(pieces.nth(0)).to_be_focused()
        await page.keyboard.press("x")
        await expect(pieces.nth(0).get_by_role("checkbox")).not_to_be_checked()
        await page.keyboard.press("j")
        await page.keyboard.press("j")
        await page.keyboard.press("k")
        await expect(pieces.nth(1)).to_be_focused()
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/held/{works[1]}")
        await page.get_by_role("button", name="Release").press("Enter")
        await expect(page.get_by_text("Released. The partner schools")).to_be_visible()
        await expect(pieces).to_have_count(len(works) - 1)
        assert watch.findings == []
