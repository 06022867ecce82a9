"""A page for pupils is read aloud on the device alone, never by a voice that sends words away."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.journeys.browser import open_context
from tests.nodes import VirtualClock, running

pytestmark = pytest.mark.asyncio(loop_scope="session")

_VOICES = """
const voices = [
  {lang: "en-US", localService: false, name: "of the maker"},
  {lang: "HERE", localService: true, name: "of the device"},
];
window.said = [];
window.SpeechSynthesisUtterance = class {
  constructor(text) { this.text = text; this.voice = null; }
};
Object.defineProperty(window, "speechSynthesis", {value: {
  getVoices: () => voices, cancel: () => {}, addEventListener: () => {},
  speak: (one) => window.said.push([one.text, one.voice?.name ?? ""]),
}});
"""


@pytest.mark.parametrize(("here", "offered"), [("en-GB", True), ("fr-FR", False)])
async def test_only_a_voice_of_the_device_reads(
    browser: Browser, tmp_path: Path, here: str, offered: bool
) -> None:
    async with (
        running("alpha", tmp_path / "alpha", VirtualClock()) as alpha,
        open_context(browser) as context,
    ):
        page = await context.new_page()
        await page.add_init_script(_VOICES.replace("HERE", here))
        await page.goto(f"{alpha.url}/c")
        button = page.get_by_role("button", name="Read this page aloud")
        assert await button.is_visible() is offered
        if not offered:
            return
        await button.click()
        said: list[list[str]] = await page.evaluate("window.said")
        assert {voice for _, voice in said} == {"of the device"}
        assert "Secret word" in {text for text, _ in said}
        assert await button.get_attribute("aria-pressed") == "true"
