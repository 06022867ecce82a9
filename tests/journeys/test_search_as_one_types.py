"""Searching while one types: results change, the field keeps the focus, the address stays."""

import pytest
from playwright.async_api import expect

from tests.journeys.scene import Scene

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_results_follow_the_letters_and_the_field_keeps_the_focus(scene: Scene) -> None:
    await scene.visit("ana", "/search")
    field = scene.page.locator("#field-q")
    results = scene.page.locator("#results")
    await expect(results.get_by_role("link", name="Luc Bernard")).to_be_visible()
    await field.press_sequentially("INES")
    await expect(results.get_by_role("link", name="Luc Bernard")).to_have_count(0)
    await expect(results.get_by_role("link", name="Inès Garnier")).to_be_visible()
    await expect(field).to_be_focused()
    await expect(field).to_have_value("INES")
    await expect(scene.page.locator("#status")).to_have_text("1 result on this page")
    assert scene.page.url.endswith("/search")
    await field.press_sequentially("xyz")
    await expect(results.get_by_text("Nothing was found")).to_be_visible()
    assert scene.watch.findings == []


async def test_the_form_narrows_down_by_its_address(scene: Scene) -> None:
    await scene.visit("ana", "/search")
    await scene.page.get_by_label("What you look for").select_option("school")
    await scene.page.get_by_role("button", name="Search").click()
    await scene.page.wait_for_url("**/search?*kind=school*")
    results = scene.page.locator("#results")
    await expect(results.get_by_role("link", name="Escola Básica de Aveiro")).to_be_visible()
    await expect(results.get_by_role("link", name="Luc Bernard")).to_have_count(0)
    assert scene.watch.findings == []
