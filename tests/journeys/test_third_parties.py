"""What pupils open asks nobody but their own school, seen in a real browser."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from node.classroom import taking_in
from node.web.class_routes import CLASSES
from node.web.door import Access
from tests.egress.walking import filled
from tests.journeys.browser import NARROW, open_context
from tests.node.classroom import pictured, pupil_files
from tests.node.classroom.classes import Twinned, sign_in, twin
from tests.node.classroom.test_copying import begin as begin_page
from tests.node.classroom.test_withdrawing import address_plainly
from tests.node.classroom.walls import hang, pin
from tests.node.classroom.works import begin, hand_in, let_out
from tests.node.spaces.bringing import in_pieces
from tests.node.spaces.schools import open_together
from tests.node.web.browser import browsing
from tests.nodes import VirtualClock, make_partners, running, settle

pytestmark = pytest.mark.asyncio(loop_scope="session")
ELSEWHERE = "http://127.0.0.9:9/pixel.png"
PAGES = sorted(
    {path for method, path, access, _ in CLASSES if (method, access) == ("GET", Access.PUPIL)}
)


@pytest_asyncio.fixture(loop_scope="session")
async def twinned(tmp_path: Path) -> AsyncIterator[Twinned]:
    clock = VirtualClock()
    async with (
        running("alpha", tmp_path / "alpha", clock) as alpha,
        running("beta", tmp_path / "beta", clock) as beta,
    ):
        await make_partners(alpha, beta)
        yield await twin(await open_together(alpha, beta))


def watching(page: Page) -> set[str]:
    """The machines that a page asks, as they are asked."""
    asked: set[str] = set()
    page.on("request", lambda one: asked.add(urlsplit(one.url).netloc))
    return asked


@dataclass(frozen=True)
class Filled:
    """What a pupil of alpha has to look at, by the family of its address, and what there is in the
    space."""

    works: Mapping[str, int]
    known: Mapping[str, str]

    def path_of(self, pattern: str) -> str:
        """The address of this pattern with what is really there."""
        kind = "released" if pattern.endswith("/withdraw") else pattern.split("/")[2]
        number = self.works.get(kind, 0)
        item = self.known["picture" if "/pictures/" in pattern else "thread"]
        return filled(pattern, {**self.known, "work": f"{number}", "item": item})


async def fill(twinned: Twinned) -> Filled:
    """A thread, a wall, a page and a file of which something is released and something waits; works
    that were brought along."""
    thread, wall, paper = await begin(twinned), await hang(twinned), await begin_page(twinned)
    released = await hand_in(twinned, thread, "Seven storks.")
    await let_out(twinned, released)
    await let_out(twinned, await pin(twinned, wall, "Where do they sleep?"))
    await let_out(twinned, await pupil_files.bring(twinned, "River.jpg"))
    picture = await let_out(twinned, await pictured.reply(twinned))
    room, pupil = twinned.alpha.node.room, await sign_in(twinned.alpha, "Panda Nova")
    portfolio = await export_of(twinned)
    await taking_in.take_in(
        room, twinned.shared.ana, twinned.alpha.class_, pupil.id, alias="",
        pieces=in_pieces(portfolio),
    )  # fmt: skip
    await copy(twinned, paper, "It is 812 km long.")
    works = {
        "works": await hand_in(twinned, thread, "And an owl."),
        "cards": await pin(twinned, wall, "In the reeds?"),
        "files": await pupil_files.bring(twinned, "Lock.jpg"),
        "brought": await find_brought(twinned),
        "released": released,
    }
    # Older pupils have pages more.
    await address_plainly(twinned)
    there = [one.replace("/", "-") for one in (thread, wall, paper, picture)]
    known = dict(zip(("thread", "wall", "page", "picture"), there, strict=True))
    await settle(twinned.shared.alpha, twinned.shared.beta)
    return Filled(works, known | {"space": twinned.space})


async def export_of(twinned: Twinned) -> bytes:
    """What a pupil takes along, files too."""
    node = twinned.alpha.node
    async with browsing(node) as pupil:
        await pupil.send("/c/card", card=card_of(twinned))
        answer = await pupil.client.post("/c/works/export", headers={"Origin": node.url})
        assert answer.status == 200
        return await answer.read()


async def copy(twinned: Twinned, page: str, text: str) -> None:
    """A pupil writes something else in the first part of a page, and hands it in."""
    path = f"/c/w/{twinned.space}/pages/{page.replace('/', '-')}"
    async with browsing(twinned.alpha.node) as pupil:
        await pupil.send("/c/card", card=card_of(twinned))
        shown = await pupil.get(path)
        part = re.findall(r'name="(text-[^"]+)"', shown.html)[0]
        kept = await pupil.submit(shown, path, how="held", language="en", **{part: text})
        assert kept.status == 200, kept.text
        assert text in kept.text


async def find_brought(twinned: Twinned) -> int:
    """The number of a file that was brought along."""
    async with browsing(twinned.alpha.node) as pupil:
        await pupil.send("/c/card", card=card_of(twinned))
        shown = await pupil.get("/c/works")
    return min(map(int, re.findall(r"/c/brought/(\d+)/small", shown.html)))


def card_of(twinned: Twinned) -> str:
    return twinned.alpha.cards["Panda Nova"].address.partition("#")[2]


async def test_a164_no_page_of_a_pupil_asks_another_machine(
    browser: Browser, twinned: Twinned
) -> None:
    there = await fill(twinned)
    own = twinned.alpha.node.url.partition("://")[2]
    async with open_context(browser) as context:
        page = await context.new_page()
        await page.set_viewport_size(NARROW)
        asked = watching(page)
        await page.goto(twinned.alpha.cards["Panda Nova"].address)
        await page.wait_for_url("**/c/home")
        said = ""
        for pattern in PAGES:
            answer = await page.goto(twinned.alpha.node.url + there.path_of(pattern))
            assert answer is not None, pattern
            assert answer.ok, (pattern, answer.status)
            said += await page.content()
        assert len(PAGES) >= 16
        for words in ("Seven storks.", "And an owl.", "Where do they sleep?", "In the reeds?"):
            assert words in said, "these are no empty pages"
        assert "812 km" in said
        assert asked == {own}
        # A planted request is seen: by the policy it leads nowhere, but it is in the log.
        await page.goto(f"{twinned.alpha.node.url}/c/home")
        await page.evaluate(
            "address => { document.body.append(Object.assign(new Image(), {src: address})) }",
            ELSEWHERE,
        )
        await page.wait_for_timeout(100)
    assert asked == {own, urlsplit(ELSEWHERE).netloc}
