"""Pupils see a picture with words where they may see both, and only where it is one."""

import re

import msgspec
import pytest

from node.actions import cards, forum, materials
from node.actions.materials import Said
from node.storage.uploads import Upload
from protocol.canonical import JSONObject
from protocol.space import writing
from tests import pictures
from tests.files import film
from tests.node.classroom.classes import Twinned, twin
from tests.node.classroom.pictured import ALT, TEXT, card, reply, seen
from tests.node.classroom.reported import tell
from tests.node.classroom.walls import hang
from tests.node.classroom.works import begin, let_out
from tests.node.spaces.bringing import bring
from tests.node.spaces.bringing import publish as publish_here
from tests.node.spaces.schools import open_together
from tests.node.web.browser import Browser, browsing
from tests.node.web.test_classes import come_in
from tests.nodes import Node, settle

both = pytest.mark.parametrize("place", ["reply", "card"])


@pytest.fixture
async def twinned(pair: tuple[Node, Node]) -> Twinned:
    return await twin(await open_together(*pair))


async def publish(twinned: Twinned, octets: bytes, said: Said) -> str:
    """Bob puts a file into the materials, which has arrived at alpha; its reference."""
    beta, bob, space = twinned.shared.beta, twinned.shared.bob, twinned.space
    ready = await bring(beta, bob, space, said.name, octets)
    (file,) = await materials.publish(beta.context, bob, space, [(ready.id, said)])
    await settle(twinned.shared.alpha, beta)
    return file


async def show(twinned: Twinned, place: str, file: str) -> str:
    """Bob shows a file with words of his, which have arrived at alpha; their reference."""
    beta, bob, space = twinned.shared.beta.context, twinned.shared.bob, twinned.space
    if place == "reply":
        thread = await begin(twinned)
        named = await forum.reply(beta, bob, space, thread, text=TEXT, language="en", file=file)
    else:
        wall = await hang(twinned)
        named = await cards.add(
            beta, bob, space, wall, text=TEXT, file=file, colour="plain", column=0, language="en"
        )
    await settle(twinned.shared.alpha, twinned.shared.beta)
    return named


async def page(twinned: Twinned, pupil: Browser, named: str) -> str:
    """The thread or the wall on which something stands, as a pupil of alpha sees it."""
    made = await seen(twinned.alpha.node, twinned.space, named)
    around = getattr(made, "wall", "") or getattr(made, "thread", "")
    kind = "walls/" if getattr(made, "wall", "") else ""
    found = await pupil.get(f"/c/w/{twinned.space}/{kind}{around.replace('/', '-')}")
    assert TEXT in found.text
    return found.html


async def status(twinned: Twinned, pupil: Browser, named: str) -> int:
    path = f"/c/w/{twinned.space}/pictures/{named.replace('/', '-')}"
    return (await pupil.client.get(path)).status


@both
async def test_a_picture_that_was_reported_is_not_shown_with_words_that_were_not(
    twinned: Twinned, place: str
) -> None:
    named = await let_out(twinned, await (reply if place == "reply" else card)(twinned))
    picture = (await seen(twinned.alpha.node, twinned.space, named)).file
    async with browsing(twinned.alpha.node) as pupil:
        await come_in(pupil, twinned)
        assert ALT in await page(twinned, pupil, named)
        assert await status(twinned, pupil, named) == 200
        await tell(twinned, picture, alias="Koala Orion")
        assert ALT not in await page(twinned, pupil, named)
        assert await status(twinned, pupil, named) == 410


@both
async def test_nothing_of_a_file_is_told_whose_album_was_reported(
    twinned: Twinned, place: str
) -> None:
    shared = twinned.shared
    album = await materials.make_album(
        shared.beta.context, shared.bob, twinned.space, title="Birds", text="", language="en"
    )
    said = Said("Storks.png", ALT, "CC0-1.0", "en", album, "home")
    named = await show(twinned, place, await publish(twinned, pictures.plain("PNG"), said))
    async with browsing(twinned.alpha.node) as pupil:
        await come_in(pupil, twinned)
        assert ALT in await page(twinned, pupil, named)
        await tell(twinned, album, alias="Koala Orion")
        shown = await page(twinned, pupil, named)
        assert (ALT in shown, "Storks" in shown) == (False, False)
        assert await status(twinned, pupil, named) == 410


@both
async def test_nothing_of_a_file_is_told_that_is_for_teachers(
    twinned: Twinned, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        put = writing.file
        patched.setattr(
            writing,
            "file",
            lambda *told, **more: msgspec.structs.replace(put(*told, **more), audience="teachers"),
        )
        said = Said("Storks.png", ALT, "CC0-1.0", "en", residency="home")
        file = await publish(twinned, pictures.plain("PNG"), said)
    named = await show(twinned, place, file)
    async with browsing(twinned.alpha.node) as pupil:
        await come_in(pupil, twinned)
        shown = await page(twinned, pupil, named)
        assert (ALT in shown, "Storks" in shown) == (False, False)
        assert await status(twinned, pupil, named) == 404


@pytest.mark.parametrize("school", ["alpha", "beta"])
async def test_what_is_called_a_picture_and_is_none_is_given_to_no_pupil(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch, school: str
) -> None:
    told = materials.facts_of_upload

    def lie(upload: Upload) -> JSONObject:
        return told(upload) | {"mediaType": "image/webp"}

    with monkeypatch.context() as patched:
        patched.setattr(materials, "facts_of_upload", lie)
        if school == "alpha":
            said = Said("Storks.mp4", ALT, "CC0-1.0", "en")
            file = await publish_here(twinned.shared, film(200_000), said)
            await settle(twinned.shared.alpha, twinned.shared.beta)
        else:
            said = Said("Storks.mp4", ALT, "CC0-1.0", "en", residency="home")
            file = await publish(twinned, film(200_000), said)
    named = await show(twinned, "reply", file)
    async with browsing(twinned.alpha.node) as pupil:
        await come_in(pupil, twinned)
        assert ("<img" in await page(twinned, pupil, named)) is (school == "beta")
        assert await status(twinned, pupil, named) == (404 if school == "alpha" else 502)


async def test_who_takes_a_card_off_is_told_that_its_picture_stays_meanwhile(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    pictured = await let_out(twinned, await card(twinned))
    await settle(shared.alpha, shared.beta)
    wall = (await seen(shared.beta, twinned.space, pictured)).inside.replace("/", "-")
    async with browsing(shared.beta, "bob") as bob:
        on = await bob.get(f"/w/{twinned.space}/walls/{wall}")
        form = {"text": "Bare.", "colour": "plain", "column": "1", "language": "en"}
        await bob.submit(on, f"/walls/{wall}", **form)
        both = await bob.get(f"/w/{twinned.space}/walls/{wall}")
        takes = re.findall(r'action="(/w/[^"]+/cards/[^"]+/remove)"', both.html)
        told = {one: (await bob.submit(both, one)).text for one in takes}
    assert len(told) == 2
    for path, said in told.items():
        with_picture = pictured.replace("/", "-") in path
        assert "The card is taken off the wall." in said
        assert ("stays in the materials for thirty days" in said) is with_picture
