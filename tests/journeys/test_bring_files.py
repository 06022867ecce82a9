"""Bringing files with scripts: chosen or dropped, with progress, on where a connection broke."""

import re

import pytest
from playwright.async_api import FilePayload, Page, Route

from tests import pictures
from tests.files import film
from tests.journeys.scene import Scene, at, see

pytestmark = pytest.mark.asyncio(loop_scope="session")

FILM = film(9_000_000)
PIECES = re.compile(r"/uploads/[A-Za-z0-9_-]{22}\?")


def payload(name: str, kind: str, octets: bytes) -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": octets}


async def throw_all_away(page: Page) -> None:
    """Leave the page as the next test finds it."""
    while await page.get_by_role("button", name="Throw away").count():
        await page.get_by_role("button", name="Throw away").first.click()
        await page.wait_for_load_state("load")


async def test_chosen_files_arrive_and_ask_for_their_description_at_once(scene: Scene) -> None:
    await at("luc", "{space}/materials/new")(scene)
    await scene.page.set_input_files(
        "#field-file",
        [
            payload("Pont.jpg", "image/jpeg", pictures.tagged("JPEG", (640, 480))),
            payload("Notes.txt", "text/plain", b"un, deux, trois"),
        ],
    )
    await see("Say what they are")(scene)
    names = await scene.page.locator("input[name^='name-']").evaluate_all(
        "all => all.map(one => one.value).sort()"
    )
    assert names == ["Notes.txt", "Pont.webp"]
    shown = await scene.page.locator(".bringing img").evaluate("one => one.naturalWidth")
    assert shown > 0
    assert scene.watch.findings == []
    await throw_all_away(scene.page)


async def test_a_broken_connection_goes_on_where_it_was(scene: Scene) -> None:
    await at("luc", "{space}/materials/new")(scene)
    offsets: list[str] = []

    async def break_twice(route: Route) -> None:
        offset = await route.request.header_value("upload-offset")
        if offset is not None:
            offsets.append(offset)
        if len(offsets) in {2, 4} and offset is not None:
            await route.abort("connectionreset")
        else:
            await route.continue_()

    await scene.page.route(PIECES, break_twice)
    await scene.page.set_input_files("#field-file", [payload("Rhône.mp4", "video/mp4", FILM)])
    await see("Say what they are")(scene)
    # The piece that broke came again, and none that had arrived.
    assert offsets == ["0", "4194304", "4194304", "8388608", "8388608"]
    await throw_all_away(scene.page)


async def test_the_same_file_goes_on_after_the_page_was_left(scene: Scene) -> None:
    await at("luc", "{space}/materials/new")(scene)
    offsets: list[str] = []

    async def stop_after_one(route: Route) -> None:
        offset = await route.request.header_value("upload-offset")
        if offset is not None:
            offsets.append(offset)
        if offset not in {None, "0"} and len(offsets) == 2:
            await route.abort("connectionreset")
        else:
            await route.continue_()

    await scene.page.route(PIECES, stop_after_one)
    picked = scene.page.locator("#field-file")
    # One and the same file on the disk: a browser tells it by its name, its size and its date.
    path = scene.schools.azul.folder.parent / "Rhône.mp4"
    path.write_bytes(FILM)
    await picked.set_input_files(path)
    await see("The connection broke")(scene)
    await at("luc", "{space}/materials/new")(scene)
    await see("Not yet whole")(scene)
    await scene.page.locator("#field-file").set_input_files(path)
    await see("Say what they are")(scene)
    assert offsets[0] == "0"
    assert offsets.count("0") == 1
    await throw_all_away(scene.page)


async def test_what_is_dropped_arrives_and_what_is_not_taken_says_so(scene: Scene) -> None:
    await at("luc", "{space}/materials/new")(scene)
    await scene.page.evaluate(
        """() => {
          const held = new DataTransfer();
          held.items.add(new File(["<svg onload='x()'/>"], "bad.svg", { type: "image/svg+xml" }));
          held.items.add(new File(["some words"], "good.txt", { type: "text/plain" }));
          document.dispatchEvent(new DragEvent("drop", { dataTransfer: held, bubbles: true }));
        }"""
    )
    await see("bad.svg is not taken")(scene)
    await see("has arrived")(scene)
    await at("luc", "{space}/materials/new")(scene)
    assert await scene.page.locator("input[name^='name-']").count() == 1
    await throw_all_away(scene.page)
