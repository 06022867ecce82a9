"""A visitor's browser in front of the schools, and the small steps that states are made of."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Page

from scripts.demonstration.visitor import Visitor
from tests.journeys.browser import Watch
from tests.journeys.schools import Schools

LOOKS = 100
Step: TypeAlias = Callable[["Scene"], Awaitable[None]]


@dataclass
class Scene:
    """One page of one browser context; `watch` has what went wrong in it."""

    schools: Schools
    context: BrowserContext
    page: Page
    watch: Watch

    async def visit(self, who: str, path: str) -> None:
        """Open `path` as the person `who`; `@fresh` is somebody without an account there."""
        base = self.schools.azul.base
        if who.startswith("@"):
            base = getattr(self.schools, who[1:]).base
        elif who:
            visitor = self.schools.visitor(who)
            base = visitor.base
            await self.take_cookies(visitor)
        await self.page.goto(base + path.format_map(self.schools.places))

    async def take_cookies(self, visitor: Visitor) -> None:
        """Be signed in as `visitor` is."""
        await self.context.add_cookies(
            [
                {"name": name, "value": value, "url": visitor.base}
                for name, value in visitor.cookies.items()
            ]
        )

    @property
    def path(self) -> str:
        """Where the page is now."""
        return urlsplit(self.page.url).path


def at(who: str, path: str) -> Step:
    """Open `path` as `who` ("" for a visitor who has not signed in)."""

    async def step(scene: Scene) -> None:
        await scene.visit(who, path)

    return step


def fill(**answers: str) -> Step:
    """Write into fields of the page's main part."""

    async def step(scene: Scene) -> None:
        for name, answer in answers.items():
            field = scene.page.locator(f"main [name='{name}']").first
            await field.fill(answer.format_map(scene.schools.places))

    return step


def tick(label: str) -> Step:
    """Tick the first box of the page's main part that is labelled so."""

    async def step(scene: Scene) -> None:
        await scene.page.locator("main").get_by_label(label).first.check()

    return step


def untick(label: str) -> Step:
    """As `tick`, the other way round."""

    async def step(scene: Scene) -> None:
        await scene.page.locator("main").get_by_label(label).first.uncheck()

    return step


def press(words: str) -> Step:
    """Press the first button of the main part that reads so, and wait for what comes."""

    async def step(scene: Scene) -> None:
        await scene.page.locator("main").get_by_role("button", name=words).first.click()
        await scene.page.wait_for_load_state("load")

    return step


def follow(words: str) -> Step:
    """Follow the first link of the main part that reads so, and wait for what comes."""

    async def step(scene: Scene) -> None:
        await scene.page.locator("main").get_by_role("link", name=words).first.click()
        await scene.page.wait_for_load_state("load")

    return step


def unfold(selector: str) -> Step:
    """Open a `<details>`."""

    async def step(scene: Scene) -> None:
        await scene.page.locator(f"{selector} > summary").first.click()

    return step


def forget(name: str) -> Step:
    """Take a hidden field out of the page's main part, as a form that was opened earlier has it."""

    async def step(scene: Scene) -> None:
        for field in await scene.page.locator(f"main input[type=hidden][name='{name}']").all():
            await field.evaluate("one => one.remove()")

    return step


def see(words: str) -> Step:
    """Require that the page shows `words`, so that a state is what its name says."""

    async def step(scene: Scene) -> None:
        # A part of a page that a script of ours exchanges comes a moment after the click.
        wanted, shown = words.format_map(scene.schools.places), ""
        for _ in range(LOOKS):
            shown = await scene.page.locator("body").inner_text()
            if wanted in shown:
                return
            await scene.page.wait_for_timeout(50)
        raise AssertionError(f"{wanted!r} is not on {scene.page.url}:\n{shown}")

    return step
