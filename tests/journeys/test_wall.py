"""Cards are dragged with a mouse, and everybody sees where they stand then."""

import pytest

from tests.journeys.scene import Scene

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_card_is_dragged_into_another_column_and_stays_there(scene: Scene) -> None:
    await scene.visit("ana", "{wall}")
    page = scene.page
    card = page.locator("[data-card]", has_text="Who fishes there?")
    async with page.expect_response(lambda answer: answer.url.endswith("/move")) as moved:
        await card.drag_to(page.locator("#wall section", has_text="We wonder").locator("h2"))
    assert (await moved.value).status == 303
    column = page.locator("#wall section", has_text="We wonder")
    await column.locator("[data-card]", has_text="Who fishes there?").wait_for()
    await page.wait_for_load_state("networkidle")
    await page.reload()
    assert await column.locator("[data-card]", has_text="Who fishes there?").count() == 1
    assert scene.watch.findings == []
