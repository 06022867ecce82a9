"""Scripts switched off in a real browser: every step of the main journey is a link or a form."""

import pytest
from playwright.async_api import Browser, Page

from scripts.demonstration import agency
from scripts.demonstration.people import PROJECT
from tests.journeys.browser import Watch, open_context
from tests.journeys.scene import Scene, at, fill, press, see
from tests.journeys.schools import Schools

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def sign_in(scene: Scene, handle: str) -> None:
    school, person = scene.schools.person(handle)
    await scene.page.goto(f"{school.base}/login")
    await fill(handle=handle, password=person.password)(scene)
    await press("Sign in")(scene)
    assert scene.path == "/home"


async def wait_until_shown(page: Page, words: str) -> None:
    """What another school wrote arrives by itself; a reader without scripts loads again."""
    for _ in range(100):
        if words in await page.locator("main").inner_text():
            return
        await page.wait_for_timeout(200)
        await page.reload()
    raise AssertionError(f"{words!r} never arrives at {page.url}")


async def test_the_main_journey_needs_no_script(browser: Browser, schools: Schools) -> None:
    async with (
        open_context(browser, scripts=False) as here,
        open_context(browser, scripts=False) as there,
    ):
        ana, luc = [
            Scene(schools, context, page, Watch(page))
            for context, page in [
                (here, await here.new_page()),
                (there, await there.new_page()),
            ]
        ]
        await sign_in(ana, "ana")
        await sign_in(luc, "luc")
        await found_a_project(ana, luc)
        await write_to_each_other(ana, luc)
        await post_and_erase(ana, luc)
        assert ana.watch.findings == luc.watch.findings == []


async def found_a_project(ana: Scene, luc: Scene) -> None:
    await ana.page.goto(f"{ana.schools.azul.base}/projects/new")
    await fill(title="Plain paper", summary=str(PROJECT["summary"]))(ana)
    await fill(age_from="9", age_to="11")(ana)
    await ana.page.get_by_label("Biology", exact=True).check()
    await press("Keep the draft")(ana)
    await ana.page.get_by_label("Luc Bernard").check()
    await press("Offer the project")(ana)
    await luc.page.goto(f"{luc.schools.vert.base}/projects")
    await wait_until_shown(luc.page, "Plain paper")
    await luc.page.get_by_role("link", name="Plain paper").click()
    await luc.page.locator("main").get_by_role("link", name="Answer").click()
    await press("Yes, let us found it")(luc)
    # The hub of the founder's school has an officer look at each project.
    agency.approve_project(ana.schools.visitor("olga"), "Plain paper")
    await wait_until_shown(luc.page, "Enter the space")
    await ana.page.reload()
    await wait_until_shown(ana.page, "Enter the space")


async def write_to_each_other(ana: Scene, luc: Scene) -> None:
    await ana.page.goto(f"{ana.schools.azul.base}/messages/{ana.schools.places['luc']}")
    await fill(text="Written on a plain form.")(ana)
    await press("Send")(ana)
    await see("Written on a plain form.")(ana)
    await luc.page.goto(f"{luc.schools.vert.base}/messages/{luc.schools.places['ana_far']}")
    await wait_until_shown(luc.page, "Written on a plain form.")


async def post_and_erase(ana: Scene, luc: Scene) -> None:
    await at("ana", "{space}/forum/new")(ana)
    await fill(title="Plain thread", text="Posted without a script.")(ana)
    await press("Post")(ana)
    thread = ana.path
    await luc.page.goto(f"{luc.schools.vert.base}{thread}")
    await wait_until_shown(luc.page, "Posted without a script.")
    await fill(text="Answered without one, too.")(luc)
    await press("Reply")(luc)
    await ana.page.goto(f"{ana.schools.azul.base}{thread}")
    await wait_until_shown(ana.page, "Answered without one, too.")
    await luc.page.locator("main").get_by_role("link", name="Delete").last.click()
    await press("Delete it everywhere")(luc)
    await see("This post was deleted.")(luc)
    await ana.page.reload()
    await wait_until_shown(ana.page, "This post was deleted.")


async def test_the_menu_opens_without_a_script(browser: Browser, schools: Schools) -> None:
    async with open_context(browser, scripts=False) as context:
        page = await context.new_page()
        scene = Scene(schools, context, page, Watch(page))
        await sign_in(scene, "tiago")
        await page.locator("details.menu > summary").click()
        await page.get_by_role("link", name="Password and devices").click()
        assert scene.path == "/me/security"
        await page.locator("details.menu > summary").click()
        await page.get_by_role("button", name="Sign out").first.click()
        await page.goto(f"{schools.azul.base}/home")
        assert scene.path == "/login"
