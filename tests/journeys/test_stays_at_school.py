"""A picture that stays at one school is seen in a browser at another, and lies nowhere there."""

import asyncio
import base64
from pathlib import Path

import pytest
from playwright.async_api import Page, Response

from tests.journeys.scene import LOOKS, Scene, see

pytestmark = pytest.mark.asyncio(loop_scope="session")


def everything_in(folder: Path) -> bytes:
    return b"".join(one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file())


def is_in(folder: Path, octets: bytes) -> bool:
    """Whether any of three pieces of these bytes lies there, as it is or in base64."""
    there = everything_in(folder)
    middle = len(octets) // 2
    for piece in (octets[:96], octets[middle : middle + 96], octets[-96:]):
        texts = [base64.b64encode(bytes(shift) + piece)[6:-6] for shift in range(3)]
        texts += [one.replace(b"+", b"-").replace(b"/", b"_") for one in texts]
        if piece in there or any(text in there for text in texts):
            return True
    return False


async def shown(page: Page, selector: str, count: int) -> None:
    """Wait until so many pictures are there, with all of their points."""
    widths: list[int] = []
    for _ in range(LOOKS):
        for one in await page.locator(selector).all():
            await one.scroll_into_view_if_needed()
        widths = await page.locator(selector).evaluate_all(
            "all => all.map(one => one.naturalWidth)"
        )
        if len(widths) == count and all(widths):
            return
        await page.wait_for_timeout(50)
    raise AssertionError(f"{count} pictures are not shown: {widths}")


async def test_a_picture_is_seen_at_the_other_school_and_never_lies_there(scene: Scene) -> None:
    schools, page = scene.schools, scene.page
    pictures: list[Response] = []
    page.on("response", lambda one: pictures.append(one) if "/files/" in one.url else None)
    await scene.visit("luc", "{stays}")
    await shown(page, "img.whole", 1)
    (answer,) = pictures
    octets = await answer.body()
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.headers["content-type"] == "image/webp"
    await scene.visit("luc", "{space}/materials")
    await shown(page, ".exhibit img", await page.locator(".exhibit img").count())
    small = [await one.body() for one in pictures if "/thumbnail" in one.url and one.ok]
    assert small
    for _ in range(20):
        assert not is_in(schools.vert.folder, octets)
        await asyncio.sleep(0.05)
    assert is_in(schools.azul.folder, octets), "the search would find it"
    assert scene.watch.findings == []


async def test_a_page_is_there_at_once_and_says_so_when_its_school_is_not(scene: Scene) -> None:
    schools, page = scene.schools, scene.page
    schools.azul.stop()
    try:
        began = asyncio.get_running_loop().time()
        await scene.visit("luc", "{stays}")
        assert await page.locator("h1").inner_text() == "Margem.webp"
        assert asyncio.get_running_loop().time() - began < 3
        await see("cannot be reached just now, or does not show this any more")(scene)
        assert await page.locator("img.whole").is_hidden()
        await page.reload()
        await see("which cannot be reached just now")(scene)
        assert await page.locator("img.whole").count() == 0
        await scene.visit("luc", "{space}/materials")
        await see("stays at its school")(scene)
    finally:
        schools.azul.start()
    # It is asked again after a while, and others find it as they left it.
    for _ in range(LOOKS):
        await scene.visit("luc", "{stays_document}")
        if await page.get_by_role("link", name="Open it from its school").count():
            return
        await page.wait_for_timeout(500)
    raise AssertionError("its school is never asked again")
