"""axe-core: it looks for obstacles to people who see, hear or move otherwise (WCAG 2.2 A, AA)."""

from functools import cache
from pathlib import Path

import msgspec
from playwright.async_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
_SOURCE = Path(__file__).parent / "vendor" / "axe.min.js"
_RUN = """async runOnly => {
  const found = await axe.run(document, {runOnly, resultTypes: ["violations"]});
  return JSON.stringify(found.violations.map(one => ({
    rule: one.id,
    help: one.help,
    nodes: one.nodes.map(node => node.html + " " + node.failureSummary),
  })));
}"""


class Violation(msgspec.Struct):
    """One rule that the page breaks, and where."""

    rule: str
    help: str
    nodes: list[str]


@cache
def _source() -> str:
    return _SOURCE.read_text(encoding="utf-8")


async def violations(page: Page, *, colours_only: bool = False) -> list[Violation]:
    """What axe finds in the page as it is shown now."""
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(_source())
    only: dict[str, str | list[str]] = {"type": "tag", "values": TAGS}
    if colours_only:
        only = {"type": "rule", "values": COLOUR_RULES}
    return msgspec.json.decode(await page.evaluate(_RUN, only), type=list[Violation])
