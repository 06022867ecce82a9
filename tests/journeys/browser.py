"""The browser of the journeys: Debian's Chromium without a window, driven through Playwright.

It never speaks to another machine: the flags below keep Chromium's own services quiet, and `Watch`
notes every request that a page makes.
"""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    ViewportSize,
    async_playwright,
)

WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> Path | None:
    """The program: the variable CHROMIUM, else chromium or google-chrome; None where none is."""
    for name in (os.environ.get("CHROMIUM"), "chromium", "google-chrome"):
        found = shutil.which(name) if name else None
        if found:
            return Path(found)
    return None


@asynccontextmanager
async def open_browser(program: Path) -> AsyncIterator[Browser]:
    """One running browser; each visitor gets a context of it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def open_context(
    browser: Browser, *, language: str = "en", scripts: bool = True
) -> AsyncIterator[BrowserContext]:
    """A visitor of its own: no cookies, no cache, nothing moves."""
    context = await browser.new_context(
        viewport=WIDE,
        locale=language,
        timezone_id="Europe/Lisbon",
        java_script_enabled=scripts,
        reduced_motion="reduce",
    )
    try:
        yield context
    finally:
        await context.close()


class Watch:
    """What goes wrong in a page, and whom it asks for something."""

    def __init__(self, page: Page) -> None:
        self.findings: list[str] = []
        self._origin = ""
        page.on("console", self._said)
        page.on("pageerror", self._raised)
        page.on("request", self._asked)
        page.on("response", self._answered)
        page.on("requestfailed", self._failed)

    def _said(self, message: ConsoleMessage) -> None:
        # The status of every answer is looked at in `_answered`.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.findings.append(f"console: {message.text}")

    def _raised(self, error: Error) -> None:
        self.findings.append(f"script: {error}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme == "data":
            return
        origin = f"{parts.scheme}://{parts.netloc}"
        if request.is_navigation_request():
            self._origin = origin
        elif origin != self._origin:
            self.findings.append(f"request to another origin: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type not in {"document", "fetch"}:
            self.findings.append(f"{response.status} for {response.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":
            self.findings.append(f"{request.failure} for {request.url}")
