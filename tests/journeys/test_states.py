"""Every page in every state: no obstacle, nothing cut off, no request elsewhere."""

import pytest

from node.app import build_app
from node.web.class_routes import SEALED
from node.web.file_routes import BYTES
from tests.journeys import axe
from tests.journeys.browser import NARROW, WIDE
from tests.journeys.scene import Scene
from tests.journeys.state import State
from tests.journeys.states import STATES
from tests.nodes import Node

NO_PAGES = {
    *("/healthz", "/readyz", "/metrics", "/static/{digest}/{name}", "/{address}"),
    *(path for method, path, _, _ in [*BYTES, *SEALED] if method == "GET"),
}


async def test_every_page_has_a_state(alpha: Node) -> None:
    app = build_app(alpha.context, "web")
    pages = {
        route.resource.canonical
        for route in app.router.routes()
        if route.method == "GET" and route.resource is not None
    }
    assert pages - {state.page for state in STATES} == NO_PAGES


def test_every_state_has_a_name_of_its_own() -> None:
    names = [state.name for state in STATES]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(
    ("scene", "state"),
    [pytest.param(state.language, state, id=state.name) for state in STATES],
    indirect=["scene"],
)
async def test_state(scene: Scene, state: State) -> None:
    await state.reach(scene)
    for size in (WIDE, NARROW):
        await scene.page.set_viewport_size(size)
        # The dark colours change nothing but colours.
        for dark in (False, True):
            await scene.page.emulate_media(color_scheme="dark" if dark else "light")
            for found in await axe.violations(scene.page, colours_only=dark):
                scene.watch.findings.append(f"axe at {size['width']} px, dark {dark}: {found}")
        too_wide = await scene.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if too_wide > 0:
            scene.watch.findings.append(f"scrolls sideways by {too_wide} at {size['width']} px")
    assert scene.watch.findings == []


PLANTED = """<p style="color: #aaa">Hardly to be seen</p><input name="nameless">
<p style="inline-size: 2000px">Too wide</p><img src="http://127.0.0.9:9/pixel.png" alt="">"""


@pytest.mark.asyncio(loop_scope="session")
async def test_what_is_planted_is_found(scene: Scene) -> None:
    await scene.visit("", "/about")
    main = scene.page.locator("main")
    await main.evaluate("(main, html) => main.insertAdjacentHTML('beforeend', html)", PLANTED)
    found = {one.rule for one in await axe.violations(scene.page)}
    # The policy forbids the colour that was planted as an attribute, and says so on the console.
    assert "label" in found
    assert any("Content Security Policy" in one for one in scene.watch.findings)
    await main.evaluate(
        "main => { main.lastElementChild.previousElementSibling.style.color = '#bbb' }"
    )
    assert {one.rule for one in await axe.violations(scene.page, colours_only=True)} == {
        "color-contrast"
    }
