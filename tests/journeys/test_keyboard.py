"""The keyboard alone: whoever cannot use a mouse signs in, opens the menu, writes and posts.

At every stop the focus is to be seen: inside the window, with an outline, and covered by nothing
(WCAG 2.2: 2.1.1, 2.4.7, 2.4.11).
"""

import msgspec
import pytest
from playwright.async_api import ViewportSize

from tests.journeys.browser import NARROW, WIDE
from tests.journeys.scene import Scene

pytestmark = pytest.mark.asyncio(loop_scope="session")

MOST_STOPS = 80
_STOP = """() => {
  const one = document.activeElement;
  const box = one.getBoundingClientRect();
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + Math.min(box.height, 44) / 2, 0), innerHeight - 1);
  const above = document.elementFromPoint(x, y);
  const style = getComputedStyle(one);
  return JSON.stringify({
    words: (one.innerText || "").trim() || one.getAttribute("name") || one.tagName,
    name: one.getAttribute("name") || "",
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    uncovered: one.contains(above) || (above !== null && above.contains(one)),
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
  });
}"""


class Stop(msgspec.Struct):
    """Where the focus is."""

    words: str
    name: str
    inside: bool
    uncovered: bool
    outlined: bool


async def tab_to(scene: Scene, words: str) -> None:
    """Press Tab until the focus is on what reads so, or on the field of that name."""
    passed = []
    for _ in range(MOST_STOPS):
        await scene.page.keyboard.press("Tab")
        stop = msgspec.json.decode(await scene.page.evaluate(_STOP), type=Stop)
        passed.append(stop.words)
        if stop.words != "BODY":
            assert stop.inside, f"the focus is out of sight: {stop}"
            assert stop.uncovered, f"the focus is covered: {stop}"
            assert stop.outlined, f"the focus is not to be seen: {stop}"
        if words in stop.words or words == stop.name:
            return
    raise AssertionError(f"Tab never reaches {words!r}; it passes {passed}")


async def type_into(scene: Scene, field: str, text: str) -> None:
    await tab_to(scene, field)
    await scene.page.keyboard.type(text)


async def press_on(scene: Scene, words: str) -> None:
    """Go to a link or a button and press Enter there."""
    await tab_to(scene, words)
    await enter(scene)


async def enter(scene: Scene) -> None:
    """Press Enter and wait for the page that comes."""
    async with scene.page.expect_navigation():
        await scene.page.keyboard.press("Enter")


async def sign_in(scene: Scene, handle: str) -> None:
    school, person = scene.schools.person(handle)
    await scene.page.goto(school.base)
    await press_on(scene, "Sign in")
    await type_into(scene, "handle", handle)
    await type_into(scene, "password", person.password)
    await enter(scene)
    assert scene.path == "/home"


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
async def test_signing_in_and_out(scene: Scene, size: ViewportSize) -> None:
    await scene.page.set_viewport_size(size)
    await sign_in(scene, "nina")
    await tab_to(scene, "Menu")
    await scene.page.keyboard.press("Enter")
    await tab_to(scene, "Contacts")
    await scene.page.keyboard.press("Escape")
    focused = await scene.page.evaluate("document.activeElement.tagName")
    assert focused == "SUMMARY"
    assert await scene.page.locator("details.menu[open]").count() == 0
    await scene.page.keyboard.press("Enter")
    await press_on(scene, "Sign out")
    await scene.visit("@azul", "/home")
    assert scene.path == "/login"
    assert scene.watch.findings == []


async def test_the_first_stop_leads_past_the_menus(scene: Scene) -> None:
    await scene.visit("ana", "/home")
    await scene.page.keyboard.press("Tab")
    await scene.page.keyboard.press("Enter")
    await tab_to(scene, "Write an update")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
async def test_posting_in_a_space(scene: Scene, size: ViewportSize) -> None:
    title = f"Typed at {size['width']}"
    await scene.page.set_viewport_size(size)
    await scene.visit("ana", "/home")
    await press_on(scene, "Two rivers")
    await press_on(scene, "Begin a thread")
    await type_into(scene, "title", title)
    await type_into(scene, "text", "Without a mouse.")
    await press_on(scene, "Post")
    assert await scene.page.locator("h1").inner_text() == title
    await press_on(scene, "Change")
    await type_into(scene, "text", " And changed.")
    await press_on(scene, "Save")
    assert await scene.page.get_by_text("And changed.").count() == 1
    assert scene.watch.findings == []


async def test_an_error_is_read_first_and_leads_to_its_field(scene: Scene) -> None:
    await scene.visit("ana", "{space}/forum/new")
    await press_on(scene, "Post")
    assert await scene.page.evaluate("document.activeElement.className") == "summary"
    await scene.page.keyboard.press("Tab")
    await scene.page.keyboard.press("Enter")
    focused = await scene.page.evaluate("document.activeElement.name")
    assert focused in {"title", "text"}


async def test_a_reply_without_loading_the_page_says_what_happened(scene: Scene) -> None:
    await scene.visit("ana", "{thread}")
    await scene.page.evaluate("document.body.dataset.kept = 'yes'")
    await type_into(scene, "text", "Sent by a script of ours.")
    await tab_to(scene, "language")
    await scene.page.keyboard.press("Tab")
    await scene.page.keyboard.press("Enter")
    await scene.page.get_by_text("Sent by a script of ours.").wait_for()
    assert await scene.page.evaluate("document.body.dataset.kept") == "yes"
    assert "Posted" in await scene.page.locator("#status").inner_text()
    assert await scene.page.evaluate("document.activeElement.tagName") == "H1"
    assert scene.watch.findings == []
