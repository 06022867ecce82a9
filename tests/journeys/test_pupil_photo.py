"""A pupil's photo on a telephone: a card, a reply, a photo; mended, released, seen elsewhere."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Page, expect

from tests import pictures
from tests.journeys.browser import NARROW, Watch, open_context
from tests.node.classroom.classes import Twinned, twin
from tests.node.classroom.works import begin
from tests.node.spaces.schools import open_together
from tests.node.spaces.test_erasure import files_of
from tests.node.spaces.viewing import traces
from tests.nodes import PASSWORD, VirtualClock, make_partners, running, settle

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


async def sign_in(page: Page, base: str, handle: str, there: str) -> None:
    await page.goto(f"{base}/login?next={there}")
    await page.get_by_label("Short name").fill(handle)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("main").get_by_role("button", name="Sign in").click()


async def test_a_photo_of_a_pupil_is_seen_at_the_partner_and_kept_at_home(
    browser: Browser, twinned: Twinned
) -> None:
    await begin(twinned)
    shared = twinned.shared
    coming = pictures.tagged("JPEG", (640, 480))
    async with open_context(browser) as telephone:
        page = await telephone.new_page()
        watch = Watch(page)
        await page.set_viewport_size(NARROW)
        await page.goto(twinned.alpha.cards["Panda Nova"].address)
        await page.get_by_role("link", name="There you are").click()
        await page.get_by_role("link", name="Birds").click()
        await page.get_by_label("Your reply").fill("Storks on every roof.")
        await page.get_by_role("button", name="Hand in").click()
        await expect(page.get_by_text("Storks on every roof.")).to_be_visible()
        await page.get_by_role("main").locator("a.back").click()
        await page.get_by_role("link", name="Bring a picture or a file").click()
        await page.get_by_label("Your picture or file").set_input_files(
            FilePayload(name="Mia Nowak am Fluss.jpg", mimeType="image/jpeg", buffer=coming)
        )
        await page.get_by_role("button", name="Bring it").click()
        await expect(page.get_by_text("It is here.")).to_be_visible()
        picture = page.locator("figure img")
        assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)")
        await page.get_by_label("What can be seen").fill("A stork at the river.")
        await page.get_by_role("button", name="Hand in").click()
        await expect(page.get_by_text("Your teacher reads it first").first).to_be_visible()
        assert watch.findings == []
    async with open_context(browser) as desk:
        page = await desk.new_page()
        watch = Watch(page)
        await sign_in(page, shared.alpha.url, "ana", "/held")
        await expect(page.locator("article.post")).to_have_count(2)
        await page.get_by_role("link", name="Look at it").nth(1).click()
        await expect(page.locator("mark.blocks")).to_contain_text("Mia Nowak")
        await expect(page.get_by_role("button", name="Release")).to_have_count(0)
        await page.get_by_label("Name", exact=True).fill("At the river")
        await page.get_by_role("button", name="Change it").click()
        await page.get_by_role("button", name="Release").click()
        await expect(page.get_by_text("Released. The partner schools")).to_be_visible()
        assert watch.findings == []
    await settle(shared.alpha, shared.beta)
    async with open_context(browser) as elsewhere:
        page = await elsewhere.new_page()
        watch = Watch(page)
        await sign_in(page, shared.beta.url, "bob", f"/w/{shared.space}/materials")
        await page.get_by_role("link", name="At the river").first.click()
        picture = page.locator("img.whole")
        assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)")
        await expect(page.get_by_text("Your school keeps no copy of it")).to_be_visible()
        await expect(page.get_by_text("Mia")).to_have_count(0)
        source = await picture.get_attribute("src")
        octets = await (await page.request.get(f"{shared.beta.url}{source}")).body()
        assert watch.findings == []
    assert octets[:4] == b"RIFF"
    assert traces(shared.beta, octets) == []
    assert traces(shared.alpha, octets) != [], "the search finds it where it is"
    there = files_of(shared.beta)
    for secret in (b"Nowak", pictures.OWNER.encode(), pictures.PLACE.encode()):
        assert secret not in there
