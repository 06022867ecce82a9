"""The form of a reply or a card with a picture where something does not go as it was meant."""

import asyncio
import io
from collections.abc import AsyncIterator, Sequence

import pytest
from PIL import Image

from node.actions.context import MIB
from node.classroom import bringing, live, portraits
from node.classroom.room import Classroom
from node.storage.accounts import Account
from node.vault import portraits as marks
from protocol.errors import Reason, Refused
from tests import pictures
from tests.node.classroom.classes import Twinned, sign_in, twin
from tests.node.classroom.pictured import ALT, TEXT, Send, card, reply
from tests.node.classroom.pupil_files import find, sealed
from tests.node.classroom.works import let_live
from tests.node.spaces.schools import open_together
from tests.node.web.browser import browsing
from tests.node.web.test_classes import come_in
from tests.node.web.test_pupil_pictured import both, place_of, send
from tests.nodes import Node

either = pytest.mark.parametrize(("made", "path"), [(reply, "/c/works/1"), (card, "/c/cards/1")])
MORE = {"colour": "green", "column": "2"}
"""What a card asks beside; a reply passes over it."""


def grainy() -> bytes:
    """A picture that takes more than half a megabyte, clean too."""
    out = io.BytesIO()
    Image.effect_noise((1_200, 900), 60).save(out, "JPEG", quality=85)
    return out.getvalue()


@pytest.fixture
async def twinned(pair: tuple[Node, Node]) -> Twinned:
    return await twin(await open_together(*pair))


async def test_marks_stay_off_a_picture_that_comes_while_they_are_being_kept(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await reply(twinned)
    shows = (await find(twinned, number)).shows
    listing, reached, exchanged = portraits.list_faces, asyncio.Event(), asyncio.Event()
    async with browsing(twinned.alpha.node) as pupil, browsing(twinned.alpha.node, "ana") as ana:
        await come_in(pupil, twinned)
        asked = await ana.get("/held/1/pupils")

        async def slowly(
            room: Classroom, account: Account, space: str, object_: str
        ) -> Sequence[portraits.Face]:
            faces = await listing(room, account, space, object_)
            reached.set()
            await exchanged.wait()
            return faces

        monkeypatch.setattr(portraits, "list_faces", slowly)
        shown = str(twinned.alpha.pupils["Tiger Vega"].id)
        marking = asyncio.create_task(ana.submit(asked, "/pupils", shown=shown))
        await reached.wait()
        other = await send(pupil, "/c/works/1", pictures.tagged("JPEG"), text=TEXT, alt=ALT)
        assert other.path.endswith("told=work-held"), other.text
        exchanged.set()
        assert (await marking).status == 409
    async with twinned.alpha.node.room.vault.read() as view:
        assert await marks.list_shown(view, twinned.space, shows) == []


@both
async def test_where_there_is_no_room_for_a_picture_the_words_come_back(
    twinned: Twinned, place: str
) -> None:
    path, more = await place_of(twinned, place)
    object.__setattr__(twinned.alpha.node.context.settings.files, "held_mib", 0)
    async with browsing(twinned.alpha.node) as pupil:
        await come_in(pupil, twinned)
        full = await send(pupil, path, pictures.tagged("JPEG"), text="We saw it.", alt=ALT, **more)
        assert full.status == 422, full.text
        assert "There is no room for pictures at your school" in full.text
        assert "disk" not in full.text
        assert "We saw it.</textarea>" in full.html
        assert f"{ALT}</textarea>" in full.html
        plain = await send(pupil, path, text="We saw it.", alt="", **more)
        assert plain.path.endswith("told=work-held"), plain.text


@both
async def test_a_child_is_told_that_a_picture_waits_even_where_the_teacher_is_there(
    twinned: Twinned, place: str
) -> None:
    path, _ = await place_of(twinned, place)
    await let_live(twinned)
    await live.begin(twinned.alpha.node.room, twinned.shared.ana, twinned.space)
    async with browsing(twinned.alpha.node) as pupil:
        await come_in(pupil, twinned)
        asked = await pupil.get(path)
    assert "everyone in the project sees it at once" in asked.text
    assert "If a name stands in it, or a picture comes with it, your teacher reads it" in asked.text


@either
async def test_taking_the_picture_out_takes_also_that_which_was_chosen_in_the_same_form(
    twinned: Twinned, made: Send, path: str
) -> None:
    await made(twinned, hand_in=False)
    async with browsing(twinned.alpha.node) as pupil:
        await come_in(pupil, twinned)
        for chosen in (pictures.tagged("JPEG"), b"no picture " * 200):
            out = await send(pupil, path, chosen, text=TEXT, alt=ALT, how="bare", **MORE)
            assert out.path == f"{path}?told=picture-out", out.text
            assert (await find(twinned, 1)).file is None
            assert sealed(twinned) == []


@either
async def test_a_draft_of_a_picture_alone_can_lose_it(
    twinned: Twinned, made: Send, path: str
) -> None:
    await made(twinned, text="", hand_in=False)
    async with browsing(twinned.alpha.node) as pupil:
        await come_in(pupil, twinned)
        out = await send(pupil, path, text="", alt="", how="bare", **MORE)
        assert out.path == f"{path}?told=picture-out", out.text
        assert (await find(twinned, 1)).file is None
        for how in ("held", "draft"):
            empty = await send(pupil, path, text="", alt="", how=how, **MORE)
            assert empty.status == 422
            assert "Fill this in." in empty.text
        other = await send(pupil, path, pictures.tagged("JPEG"), text=TEXT, alt=ALT, **MORE)
        assert "told=work-held" in other.path, other.text


async def test_a_file_that_is_no_picture_is_called_that_whatever_else_it_is(
    twinned: Twinned,
) -> None:
    path, more = await place_of(twinned, "card")
    async with browsing(twinned.alpha.node) as pupil:
        await come_in(pupil, twinned)
        for octets, words in (
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is no picture"),
            (b"{\\rtf1 Some words.}", "This is no picture"),
            (b"PK\x03\x04" + bytes(60), "This is no picture"),
            (pictures.tagged("JPEG")[:300], "maybe it is damaged"),
        ):
            wrong = await send(pupil, path, octets, text="See this.", alt="x", **more)
            assert wrong.status == 422
            assert words in wrong.text, wrong.text


async def test_what_is_no_picture_is_refused_after_its_first_bytes(twinned: Twinned) -> None:
    room, pupil = twinned.alpha.node.room, await sign_in(twinned.alpha, "Panda Nova")
    came = 0

    async def film() -> AsyncIterator[bytes]:
        nonlocal came
        yield b"\x00\x00\x00\x20ftypisom" + bytes(20)
        for _ in range(64):
            came += 1
            yield bytes(65_536)

    with pytest.raises(Refused) as refused:
        async with bringing.clean_picture(room, pupil, name="a.mp4", pieces=film()):
            raise AssertionError("a film was taken")
    assert refused.value.reason is Reason.UNSUPPORTED_MEDIA_TYPE
    assert refused.value.facts["why"] == "picture"
    assert came <= 1


@either
async def test_a_picture_is_exchanged_for_another_where_both_together_would_be_too_much(
    twinned: Twinned, made: Send, path: str
) -> None:
    await made(twinned, hand_in=False)
    photo = grainy()
    settings = twinned.alpha.node.context.settings.files
    async with browsing(twinned.alpha.node) as pupil:
        await come_in(pupil, twinned)
        for limit, words in (("pupil_mib", "First words."), ("held_mib", "Other words.")):
            kept = getattr(settings, limit)
            object.__setattr__(settings, limit, 1)
            for text in (words, words + "!"):
                other = await send(pupil, path, photo, text=text, alt=ALT, **MORE)
                assert "told=work-held" in other.path, other.text
            object.__setattr__(settings, limit, kept)
            found = await find(twinned, 1)
            assert found.text == words + "!"
            assert found.file is not None
            assert found.file.octets > MIB // 2
