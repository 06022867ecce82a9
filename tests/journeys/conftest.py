"""What journeys stand on: one browser and one set of running schools per test worker."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.journeys import browser as browsers
from tests.journeys import schools as schools_
from tests.journeys.browser import Watch
from tests.journeys.scene import Scene
from tests.journeys.schools import Schools


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium; where there is none the test skips and says so."""
    program = browsers.find_chromium()
    if program is None:
        pytest.skip("no Chromium found: install chromium or set CHROMIUM=/path/to/it")
    async with browsers.open_browser(program) as opened:
        yield opened


@pytest.fixture(scope="session")
def schools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Schools]:
    """Running schools with content."""
    made = schools_.make(tmp_path_factory.mktemp("schools"))
    try:
        schools_.start(made)
        yield made
    finally:
        made.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def scene(
    request: pytest.FixtureRequest, browser: Browser, schools: Schools
) -> AsyncIterator[Scene]:
    """A new visitor with one page; a parameter is the language that the browser asks for."""
    language = getattr(request, "param", "en")
    async with browsers.open_context(browser, language=language) as context:
        page = await context.new_page()
        yield Scene(schools, context, page, Watch(page))
