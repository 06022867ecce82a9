"""The form of a reply or a card with a picture where something does not go as it was meant."""

import asyncio
import io
from collections.abc import AsyncIterator, Sequence

import pytest
from PIL import Image

from node.actions import moderation
from node.actions.context import MIB
from node.classroom import bringing, live, portraits, working
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
from tests.nodes import Node, settle

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


@either
async def test_the_summary_of_mistakes_names_the_fields_as_the_form_does(
    twinned: Twinned, made: Send, path: str
) -> None:
    await made(twinned, hand_in=False)
    own = "Your reply" if path == "/c/works/1" else "What stands on it"
    async with browsing(twinned.alpha.node) as pupil:
        await come_in(pupil, twinned)
        wrong = await send(pupil, path, b"no picture " * 200, text="", alt="", **MORE)
        assert wrong.status == 422
        assert f"{own}: Fill this in." in wrong.text
        assert "Another picture: This is no picture." in wrong.text
        assert "What is in the picture?: Say what can be seen in it" in wrong.text
        new = "/c/w/" + (await find(twinned, 1)).space
        inside = (await find(twinned, 1)).inside.replace("/", "-")
        new += f"/{inside}" if path == "/c/works/1" else f"/walls/{inside}"
        wrong = await send(pupil, new, b"no picture " * 200, text="", alt="", **MORE)
        assert f"{own}: Fill this in." in wrong.text
        assert "A picture with it: This is no picture." in wrong.text


@either
async def test_a_teacher_who_misses_a_consent_hears_that_the_picture_can_be_taken_out(
    twinned: Twinned, made: Send, path: str
) -> None:
    await made(twinned)
    async with browsing(twinned.alpha.node, "ana") as ana:
        shown = str(twinned.alpha.pupils["Tiger Vega"].id)
        back = await ana.submit(await ana.get("/held/1/pupils"), "/pupils", shown=shown)
        refused = await ana.submit(back, "/release")
        assert refused.status == 422
        assert "Look who is in it, take the picture out, or give all of it back." in refused.text
        out = await ana.submit(refused, "/held/1/picture")
        done = await ana.submit(out, "/release")
        assert done.path == "/held?told=work-released", done.text


async def test_nothing_is_to_be_released_at_once_where_there_is_nothing_to_tick(
    twinned: Twinned,
) -> None:
    await reply(twinned)
    async with browsing(twinned.alpha.node, "ana") as ana:
        queue = await ana.get("/held")
        assert "Look at it first" in queue.text
        assert "Release what is ticked" not in queue.text
        await card(twinned)
        pupil = await sign_in(twinned.alpha, "Panda Nova")
        await working.rewrite(
            twinned.alpha.node.room,
            pupil,
            1,
            text=TEXT,
            language="en",
            hand_in=True,
            bare=True,
        )
        assert "Release what is ticked" in (await ana.get("/held")).text


async def test_a_card_whose_wall_is_not_there_any_more_shows_its_author_its_picture(
    twinned: Twinned,
) -> None:
    await card(twinned)
    shared = twinned.shared
    work = await find(twinned, 1)
    await moderation.hide(
        shared.beta.context,
        shared.bob,
        shared.space,
        work.inside,
        reason="something_else",
        text="",
        language="en",
    )
    await settle(shared.alpha, shared.beta)
    async with browsing(shared.alpha) as pupil:
        await come_in(pupil, twinned)
        mine = await pupil.get("/c/cards/1")
    assert "The wall for this card is not there for you now." in mine.text
    assert TEXT in mine.text
    assert f'src="/c/files/1/small" alt="{ALT}"' in mine.html


async def test_a_mistake_of_this_node_over_a_picture_is_not_laid_to_the_form(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, more = await place_of(twinned, "card")

    async def broken(*_: object) -> None:
        raise ValueError("the box is of another kind")

    monkeypatch.setattr(bringing, "seal", broken)
    async with browsing(twinned.alpha.node) as pupil:
        await come_in(pupil, twinned)
        failed = await send(pupil, path, pictures.tagged("JPEG"), text=TEXT, alt=ALT, **more)
    assert failed.status == 503, failed.text
    assert '"reference"' in failed.html or "log under" in failed.html


async def test_a_form_that_breaks_off_in_its_picture_is_no_form(twinned: Twinned) -> None:
    path, _ = await place_of(twinned, "card")
    async with browsing(twinned.alpha.node) as pupil:
        await come_in(pupil, twinned)
        kind = "multipart/form-data; boundary=x"
        head = b'--x\r\nContent-Disposition: form-data; name="pictures"; filename="a.jpg"\r\n\r\n'
        for octets in (pictures.tagged("JPEG")[:400], b"no picture " * 20_000):
            answer = await pupil.client.post(
                path, data=head + octets, headers={"Origin": pupil.origin, "Content-Type": kind}
            )
            assert answer.status == 400, await answer.text()
    assert sealed(twinned) == []
