"""`scripts/screenshots`: start the schools of the journeys, take a picture of each state."""

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser

from tests.journeys import browser as browsers
from tests.journeys import schools as schools_
from tests.journeys.browser import NARROW, WIDE, Watch
from tests.journeys.scene import Scene
from tests.journeys.schools import Schools
from tests.journeys.state import State
from tests.journeys.states import STATES

TARGET = Path(__file__).resolve().parents[1] / ".screenshots"
DARK = (
    "front",
    "home",
    "conversation",
    "space",
    "thread",
    "login with",
    "members",
    "deliveries",
    "map",
)


def main(parts: list[str]) -> int:
    """Take the pictures; the exit code."""
    program = browsers.find_chromium()
    if program is None:
        print("No Chromium found: install chromium or set CHROMIUM=/path/to/it", file=sys.stderr)
        return 1
    chosen = [state for state in STATES if not parts or any(part in state.name for part in parts)]
    with tempfile.TemporaryDirectory(prefix="schoolgate-pictures-") as folder:
        schools = schools_.make(Path(folder))
        try:
            print("Starting the schools; this takes some seconds.", flush=True)
            schools_.start(schools)
            asyncio.run(_take_all(program, schools, chosen))
        finally:
            schools.stop()
    print(f"{len(chosen)} states, in {TARGET}")
    return 0


async def _take_all(program: Path, schools: Schools, states: list[State]) -> None:
    async with browsers.open_browser(program) as browser:
        for state in states:
            try:
                await _take(browser, schools, state)
            except AssertionError as error:
                print(f"{state.name}: {error}", file=sys.stderr)


async def _take(browser: Browser, schools: Schools, state: State) -> None:
    async with browsers.open_context(browser, language=state.language) as context:
        page = await context.new_page()
        await state.reach(Scene(schools, context, page, Watch(page)))
        for size in (WIDE, NARROW):
            await page.set_viewport_size(size)
            for dark in (False, True):
                if dark and not state.name.startswith(DARK):
                    continue
                await page.emulate_media(color_scheme="dark" if dark else "light")
                folder = TARGET / f"{size['width']}{'-dark' if dark else ''}"
                name = f"{state.name.replace(' ', '-')}.png"
                await page.screenshot(path=folder / name, full_page=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
