"""Own works go from one school to another: all of them, once, clean, and sealed."""

import io
import zipfile
from dataclasses import replace

import pytest

from node.classroom import own_works, roster, taking_in
from node.classroom.files import Shown
from node.vault import brought, files, store
from node.vault.brought import Told
from protocol.errors import Reason, Refused
from tests import pictures
from tests.node.classroom.archives import archive, pack, take_in, work, works_json
from tests.node.classroom.classes import Twinned, make_class
from tests.node.classroom.pupil_files import bring, sealed
from tests.node.classroom.works import begin, hand_in
from tests.node.web.browser import browsing

NOISE = bytes(range(7)) * 40
PHOTO = pictures.tagged("JPEG", (640, 480))


async def fetch_own(twinned: Twinned, alias: str) -> bytes:
    """The archive that a pupil takes along."""
    card = twinned.alpha.cards[alias].address.partition("#")[2]
    async with browsing(twinned.alpha.node) as pupil:
        await pupil.send("/c/card", card=card)
        answer = await pupil.client.post("/c/works/export", headers={"Origin": pupil.origin})
        return await answer.read()


async def test_works_make_the_round_trip_to_another_school_and_back(twinned: Twinned) -> None:
    thread = await begin(twinned)
    await hand_in(twinned, thread, "<b>Storks</b> & more")
    await bring(twinned)
    taken_along = await fetch_own(twinned, "Panda Nova")
    beta = twinned.shared.beta
    other = replace(twinned, alpha=await make_class(beta, twinned.shared.bob))
    done = await take_in(other, taken_along)
    assert (done.new, done.known, done.empty) == (2, 0, 0)
    found = await taking_in.list_brought(beta.room, other.alpha.pupils["Tiger Vega"])
    assert {one.told.text for one in found} == {"<b>Storks</b> & more", "A stork on a chimney."}
    (file,) = [one for one in found if one.file is not None]
    assert file.file is not None
    assert file.file.name == "IMG Storks.webp"
    assert file.told.state == "held"
    async with browsing(beta) as pupil:
        await pupil.send("/c/card", card=other.alpha.cards["Tiger Vega"].address.partition("#")[2])
        page = await pupil.get("/c/works")
        assert "<b>Storks</b> & more" in page.text
        shown = await pupil.client.get(f"/c/brought/{file.id}/bytes")
        assert shown.headers["Content-Type"] == "image/webp"
        assert (await shown.read())[8:12] == b"WEBP"
        again = await pupil.client.post("/c/works/export", headers={"Origin": pupil.origin})
        once_more = await again.read()
    done = await take_in(twinned, once_more)
    assert (done.new, done.known) == (2, 0)
    home = await taking_in.list_brought(twinned.alpha.node.room, twinned.alpha.pupils["Tiger Vega"])
    assert [(one.told, one.created_ms) for one in home] == [
        (one.told, one.created_ms) for one in found
    ]


async def test_the_same_archive_twice_is_the_same_as_once(twinned: Twinned) -> None:
    octets = archive(work(), work("Cranes."))
    assert (await take_in(twinned, octets)).new == 2
    done = await take_in(twinned, octets)
    assert (done.new, done.known) == (0, 2)


async def test_a_piece_that_was_released_meanwhile_is_here_already(twinned: Twinned) -> None:
    assert (await take_in(twinned, archive(work(state="held")))).new == 1
    done = await take_in(twinned, archive(work(state="released"), work("Cranes.")))
    assert (done.new, done.known) == (1, 1)


async def test_a_picture_is_made_clean_anew_and_lies_sealed(twinned: Twinned) -> None:
    assert b"GPS" in PHOTO or b"Exif" in PHOTO
    octets = archive(work("A stork.", "files/001-me.jpg", PHOTO), files={"files/001-me.jpg": PHOTO})
    await take_in(twinned, octets)
    room, pupil = twinned.alpha.node.room, twinned.alpha.pupils["Tiger Vega"]
    (one,) = await taking_in.list_brought(room, pupil)
    given = taking_in.shown(one, small=False)
    assert given is not None
    clean = b"".join([piece async for piece in own_works.pieces_of(room, _media(given))])
    assert clean[8:12] == b"WEBP"
    assert b"Exif" not in clean
    for file in store.folder_of(room.vault).iterdir():
        assert b"WEBP" not in file.read_bytes()
    kept = b"".join(
        file.read_bytes() for file in room.vault.database.path.parent.glob("vault.sqlite*")
    )
    assert b"A stork." not in kept


def _media(given: Shown) -> own_works.Media:
    return own_works.Media(given.name, given.octets, given)


async def test_of_a_whole_class_one_is_chosen_by_the_alias_there(twinned: Twinned) -> None:
    octets = pack(
        {
            "01-A/works.json": works_json(work("One."), alias="Zebra Sol"),
            "02-B/works.json": works_json(work("Two."), alias="Otter Lux"),
            "__MACOSX/01-A/._works.json": b"litter",
            "01-A/.DS_Store": b"litter",
        }
    )
    with pytest.raises(Refused) as caught:
        await take_in(twinned, octets)
    assert caught.value.facts["why"] == "several"
    with pytest.raises(Refused) as caught:
        await take_in(twinned, octets, alias="Nobody")
    assert caught.value.facts["why"] == "nobody"
    await take_in(twinned, octets, alias=" otter  LUX")
    found = await taking_in.list_brought(
        twinned.alpha.node.room, twinned.alpha.pupils["Tiger Vega"]
    )
    assert [one.told for one in found] == [Told("Two rivers", "Birds", "released", "Two.", "")]


async def test_what_was_brought_along_takes_no_room_of_what_waits(twinned: Twinned) -> None:
    room, limits = twinned.alpha.node.room, twinned.alpha.node.context.settings.files
    octets = archive(work("A.", "files/001-a.jpg", PHOTO), files={"files/001-a.jpg": PHOTO})
    await take_in(twinned, octets)
    async with room.vault.read() as view:
        assert await brought.sum_octets(view) > 0
        assert await files.sum_octets(view) == 0
    await bring(twinned)
    object.__setattr__(limits, "all_brought_mib", 0)
    with pytest.raises(Refused) as caught:
        await take_in(twinned, archive(work("B.")))
    assert (caught.value.reason, caught.value.facts["why"]) == (Reason.STORAGE_FULL, "full")
    await bring(twinned)


async def test_what_was_erased_where_it_came_from_is_passed_over(twinned: Twinned) -> None:
    done = await take_in(twinned, archive(work(""), work("Here.")))
    assert (done.new, done.empty) == (1, 1)


async def test_what_was_brought_goes_with_its_pupil_and_its_bytes_too(twinned: Twinned) -> None:
    octets = archive(work("A.", "files/001-a.jpg", PHOTO), files={"files/001-a.jpg": PHOTO})
    await take_in(twinned, octets)
    assert len(sealed(twinned)) == 2
    school = twinned.alpha
    await roster.remove_pupil(
        school.node.room, school.teacher, school.class_, school.pupils["Tiger Vega"].id, erase=False
    )
    assert sealed(twinned) == []
    rows = await school.node.dump_vault()
    assert rows["brought_works"] == []


async def test_a_pupil_throws_it_away_and_nobody_sees_anothers(twinned: Twinned) -> None:
    octets = archive(work("A.", "files/001-a.jpg", PHOTO), files={"files/001-a.jpg": PHOTO})
    await take_in(twinned, octets)
    room, tiger = twinned.alpha.node.room, twinned.alpha.pupils["Tiger Vega"]
    panda = twinned.alpha.pupils["Panda Nova"]
    (one,) = await taking_in.list_brought(room, tiger)
    for refused in (taking_in.show(room, panda, one.id), taking_in.throw_away(room, panda, one.id)):
        with pytest.raises(Refused) as caught:
            await refused
        assert caught.value.reason is Reason.NOT_FOUND
    await taking_in.throw_away(room, tiger, one.id)
    assert sealed(twinned) == []


async def test_a_teacher_takes_it_in_by_a_form_that_says_what_is_wrong(twinned: Twinned) -> None:
    path = f"/classes/{twinned.alpha.class_}/pupils/{twinned.alpha.pupils['Tiger Vega'].id}/works"
    async with browsing(twinned.alpha.node, "ana") as ana:
        asked = await ana.get(path)
        assert "Work brought along" in asked.text
        nothing = await ana.bring(path, "file", "", b"")
        assert nothing.status == 422
        assert "Choose the archive first" in nothing.text
        wrong = await ana.bring(path, "file", "a.zip", b"no zip")
        assert "This is no whole zip archive" in wrong.text
        octets = archive(work("A.", "files/001-a.txt", NOISE), files={"files/001-a.txt": NOISE})
        refused = await ana.bring(path, "file", "a.zip", octets)
        assert "A file in it cannot be taken: a.txt" in refused.text
        taken = await ana.bring(path, "file", "a.zip", archive(work()))
        assert taken.status == 200
        assert "1 piece is here already" in taken.text
        record = await ana.get(path.replace("/works", "/record"))
        assert "Storks." in record.text
    async with browsing(twinned.shared.beta, "bob") as stranger:
        assert (await stranger.get(path)).status == 404


async def test_what_is_exported_holds_the_hash_of_each_file(twinned: Twinned) -> None:
    await bring(twinned)
    with zipfile.ZipFile(io.BytesIO(await fetch_own(twinned, "Panda Nova"))) as packed:
        said = packed.read("01-Panda-Nova/works.json").decode()
    assert '"sha256": "' in said
    assert '"size": 0' not in said
