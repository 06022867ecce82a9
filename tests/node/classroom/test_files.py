"""A pupil's picture: cleaned and sealed at once, held, mended, released, seen at the partner."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from node.actions import materials
from node.classroom import bringing, files, release, roster, taking_part, working
from node.storage import views
from node.vault import store
from protocol.errors import Reason, Refused
from protocol.space.vocabulary import Role
from tests import pictures
from tests.files import pdf
from tests.node.classroom.classes import Twinned, sign_in
from tests.node.classroom.pupil_files import bring, find, mend, sealed
from tests.node.classroom.works import hand_back, let_out
from tests.node.spaces.bringing import bytes_at, files_at, in_pieces, on_disk
from tests.node.spaces.test_erasure import files_of
from tests.node.spaces.viewing import kept_at_home, look, refusal, traces, traces_of_hash
from tests.nodes import settle


async def shown(twinned: Twinned, work: int, *, small: bool = False) -> bytes:
    """What a teacher sees of a file that waits."""
    room = twinned.alpha.node.room
    given = await release.show(room, twinned.shared.ana, work, small=small)
    octets = b"".join([piece async for piece in files.pieces(room, given)])
    assert len(octets) == given.octets
    return octets


async def test_a_photo_waits_sealed_and_then_is_seen_at_the_partner_and_lies_nowhere_there(
    twinned: Twinned,
) -> None:
    shared, alpha = twinned.shared, twinned.alpha.node
    work = await bring(twinned)
    await settle(shared.alpha, shared.beta)
    octets, small = await shown(twinned, work), await shown(twinned, work, small=True)
    assert octets[:4] == small[:4] == b"RIFF"
    assert [one for one in pictures.SECRETS if one in octets + small and one not in b"EXIF"] == []
    assert len(sealed(twinned)) == 2
    for one in (octets, small):
        assert traces(shared.alpha, one) == [], "it lies sealed, and nowhere else"
    assert await files_at(shared.alpha, twinned.space) == []
    assert await files_at(shared.beta, twinned.space) == []
    _, held = await release.find_held(alpha.room, shared.ana, work)
    file = await let_out(twinned, work)
    assert sealed(twinned) == [], "what lies in the space lies in the vault no more"
    await settle(shared.alpha, shared.beta)
    here = await kept_at_home(shared.alpha, twinned.space, file)
    assert here is not None
    assert await bytes_at(shared.alpha, twinned.space, here.sha256) == octets
    (seen,) = await files_at(shared.beta, twinned.space)
    assert (seen.name, seen.alt, seen.stays_home) == (
        "IMG Storks.webp",
        "A stork on a chimney.",
        True,
    )
    assert (seen.sha256, seen.actor) == ("", held.pseudonym)
    async with shared.beta.context.database.read() as reader:
        people = await views.list_people(reader, twinned.space)
    (author,) = [one for one in people if one.pseudonym == seen.actor]
    assert (author.role, author.name) == (Role.PUPIL, held.alias)
    assert await look(shared, file) == ("image/webp", octets)
    assert on_disk(shared.beta) == {}
    for one, sha256 in ((octets, here.sha256), (small, here.thumbnail)):
        assert traces(shared.beta, one) == []
        assert traces_of_hash(shared.beta, sha256) == []


async def test_a_name_in_a_files_name_is_marked_and_goes_when_the_teacher_mends_it(
    twinned: Twinned,
) -> None:
    room, ana = twinned.alpha.node.room, twinned.shared.ana
    work = await bring(twinned, "Mia_Nowak-Reis am Fluss.jpg")
    _, held = await release.find_held(room, ana, work)
    assert held.is_blocked
    assert held.hits[0].places[0].part == 0, "it stands in what the file is called"
    with pytest.raises(Refused) as refused:
        await let_out(twinned, work)
    assert refused.value.reason is Reason.NOT_ALLOWED
    with pytest.raises(Refused) as undescribed:
        await mend(twinned, work, name="The river", alt=" ")
    assert undescribed.value.facts["field"] == "alt"
    await mend(twinned, work, name="The river")
    async with room.vault.read() as view:
        (decision,) = await view.rows.all("SELECT account, what FROM decisions")
    assert tuple(decision) == (ana.id, "mended")
    with pytest.raises(Refused) as changed:
        await release.release(room, ana, work, version=held.work.version)
    assert changed.value.facts["changed"] is True, "what was read before the mending counts no more"
    await let_out(twinned, work)
    await settle(twinned.shared.alpha, twinned.shared.beta)
    (seen,) = await files_at(twinned.shared.beta, twinned.space)
    assert (seen.name, seen.alt) == ("The river.webp", "A stork.")
    assert b"Nowak" not in files_of(twinned.shared.beta)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Mia%20Nowak.jpg", "full_name"),
        ("20261126Nowak.jpg", "family_name"),
        ("IMG_0042_miaNOWAK(3).jpg", "full_name"),
        ("mia.n.jpg", "login"),
        ("C:\\Users\\mia.n\\storks.jpg", None),
    ],
)
async def test_a158_a_name_in_a_files_name_is_found_as_cameras_and_programs_write_it(
    twinned: Twinned, name: str, told: str | None
) -> None:
    work = await bring(twinned, name, b"Storks.")
    _, held = await release.find_held(twinned.alpha.node.room, twinned.shared.ana, work)
    assert [str(one.told) for one in held.hits if one.blocks] == ([told] if told else [])


async def test_a_name_in_a_description_holds_a_picture(twinned: Twinned) -> None:
    work = await bring(twinned, alt="Mia Nowak and a stork")
    with pytest.raises(Refused) as refused:
        await let_out(twinned, work)
    assert refused.value.facts["told"] == "full_name"


async def test_what_came_from_the_camera_is_nowhere_after_it_was_cleaned(
    twinned: Twinned,
) -> None:
    coming = pictures.tagged("JPEG", (640, 480))
    await bring(twinned, octets=coming)
    for folder in (twinned.alpha.node, twinned.shared.beta):
        assert traces(folder, coming) == []
        assert pictures.OWNER.encode() not in files_of(folder)


async def test_the_same_photo_in_two_spaces_has_two_hashes(twinned: Twinned) -> None:
    coming = pictures.plain("PNG", (300, 200))
    both = [await bring(twinned, octets=coming) for _ in range(2)]
    assert await shown(twinned, both[0]) != await shown(twinned, both[1])


@pytest.mark.parametrize(
    ("octets", "reason", "why"),
    [
        (b"<html><body>Hi</body></html>", Reason.UNSUPPORTED_MEDIA_TYPE, "kind"),
        (pictures.tagged("JPEG")[:300], Reason.UNSUPPORTED_MEDIA_TYPE, "broken"),
        (b"PK\x03\x04" + bytes(60), Reason.UNSUPPORTED_MEDIA_TYPE, "archive"),
        (b"", Reason.BAD_INPUT, None),
    ],
)
async def test_what_cannot_be_cleaned_is_refused_and_leaves_nothing(
    twinned: Twinned, octets: bytes, reason: Reason, why: str | None
) -> None:
    room, mia = twinned.alpha.node.room, await sign_in(twinned.alpha, "Panda Nova")
    with pytest.raises(Refused) as refused:
        await bringing.bring(
            room, mia, twinned.space, name="a", language="en", pieces=in_pieces(octets)
        )
    assert (refused.value.reason, refused.value.facts.get("why")) == (reason, why)
    assert sealed(twinned) == []
    assert await working.list_works(room, mia) == []


async def test_a_connection_that_breaks_leaves_nothing_and_another_file_is_taken(
    twinned: Twinned,
) -> None:
    room, mia = twinned.alpha.node.room, await sign_in(twinned.alpha, "Panda Nova")
    begun = asyncio.Event()

    async def stalls() -> AsyncIterator[bytes]:
        yield pictures.plain("PNG", (64, 64))
        begun.set()
        await asyncio.Event().wait()

    stalled = asyncio.create_task(
        bringing.bring(room, mia, twinned.space, name="a", language="en", pieces=stalls())
    )
    await begun.wait()
    with pytest.raises(Refused) as busy:
        await bring(twinned)
    assert busy.value.reason is Reason.BUSY
    stalled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stalled
    assert sealed(twinned) == []
    await bring(twinned)


async def test_words_in_a_document_are_looked_through_and_what_cannot_be_read_is_said(
    twinned: Twinned,
) -> None:
    room, ana = twinned.alpha.node.room, twinned.shared.ana
    text = await bring(twinned, "Birds.txt", b"On Monday Mia Nowak counted storks.")
    _, held = await release.find_held(room, ana, text)
    (hit,) = held.hits
    assert (hit.places[0].part, held.word_at(hit)) == (2, "Mia Nowak")
    assert held.is_blocked
    photo = await bring(twinned)
    paper = await bring(twinned, "Paper.pdf", pdf(300_000), alt="")
    unread = [(await find(twinned, one)).file for one in (photo, paper)]
    assert [one.unread for one in unread if one is not None] == [("pictures",), ("pictures",)]
    assert unread[1] is not None
    assert any("Seed 0" in one for one in unread[1].words)


async def test_a_picture_is_not_handed_in_without_a_word_about_it(twinned: Twinned) -> None:
    room, mia = twinned.alpha.node.room, await sign_in(twinned.alpha, "Panda Nova")
    work = await bring(twinned, hand_in=False)
    with pytest.raises(Refused) as refused:
        await bringing.describe(room, mia, work, name="a", alt="", language="en", hand_in=True)
    assert refused.value.facts["field"] == "alt"
    koala = await sign_in(twinned.alpha, "Koala Orion")
    with pytest.raises(Refused) as elses:
        await bringing.describe(room, koala, work, name="a", alt="b", language="en", hand_in=True)
    assert elses.value.reason is Reason.NOT_FOUND
    with pytest.raises(Refused) as draft:
        await release.show(room, twinned.shared.ana, work)
    assert draft.value.reason is Reason.CONFLICT, "a draft is its author's alone"
    waiting, rui = await bring(twinned), await twinned.alpha.node.account("rui", "Rui")
    with pytest.raises(Refused) as no_teacher:
        await release.show(room, rui, waiting)
    assert no_teacher.value.reason is Reason.NOT_FOUND


async def test_a_picture_that_is_given_back_is_described_anew_or_thrown_away(
    twinned: Twinned,
) -> None:
    room, mia = twinned.alpha.node.room, await sign_in(twinned.alpha, "Panda Nova")
    work = await bring(twinned)
    await hand_back(twinned, work, "Whose chimney?")
    own = await working.find_work(room, mia, work)
    assert (own.state, own.note, own.kind) == ("returned", "Whose chimney?", "file")
    with pytest.raises(Refused):
        await working.rewrite(room, mia, work, text="A reply?", language="en", hand_in=True)
    await working.take_back(room, mia, work)
    assert sealed(twinned) == []


async def test_a_released_picture_is_taken_back_by_a_teacher_and_gone_at_the_partner_at_once(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    file = await let_out(twinned, await bring(twinned))
    await settle(shared.alpha, shared.beta)
    _, octets = await look(shared, file)
    await materials.erase(shared.alpha.context, shared.ana, twinned.space, file)
    assert await refusal(shared, file) is Reason.NOT_FOUND
    assert traces(shared.alpha, octets) == []
    await settle(shared.alpha, shared.beta)
    assert b"IMG Storks" not in files_of(shared.beta)
    assert await shared.alpha.count("receipts") >= 1


@pytest.mark.parametrize("erase", [True, False])
async def test_whoever_is_forgotten_leaves_no_held_file_and_erased_none_that_was_released(
    twinned: Twinned, erase: bool
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    released, held = (
        await bring(twinned),
        await bring(twinned, "Frogs.jpg", pictures.plain("PNG", (500, 300))),
    )
    others = await bring(twinned, "Toads.jpg", alias="Koala Orion")
    octets = await shown(twinned, held)
    file = await let_out(twinned, released)
    await settle(shared.alpha, shared.beta)
    mia = twinned.alpha.pupils["Panda Nova"].id
    await roster.remove_pupil(room, shared.ana, twinned.alpha.class_, mia, erase=erase)
    await settle(shared.alpha, shared.beta)
    kept = (await find(twinned, others)).file
    assert kept is not None
    assert sealed(twinned) == [kept.kept, kept.kept + store.SMALL]
    assert traces(shared.alpha, octets) == []
    there = [one.name for one in await files_at(shared.beta, twinned.space) if one.name]
    assert there == ([] if erase else ["IMG Storks.webp"])
    if erase:
        assert await refusal(shared, file) is Reason.NOT_FOUND
        assert on_disk(shared.alpha) == {}


async def test_who_leaves_the_space_can_bring_nothing_more_and_what_waits_is_not_released(
    twinned: Twinned,
) -> None:
    work = await bring(twinned)
    await taking_part.choose(twinned.alpha.node.room, twinned.shared.ana, twinned.space, [])
    with pytest.raises(Refused) as late:
        await bring(twinned)
    assert late.value.reason is Reason.NOT_FOUND
    with pytest.raises(Refused) as refused:
        await let_out(twinned, work)
    assert refused.value.reason is Reason.NOT_ALLOWED
    assert on_disk(twinned.alpha.node) == {}, "what was laid out for it is gone"
    assert len(sealed(twinned)) == 2
