"""Pictures marked with whom they show: no consent, no release; a no afterwards takes them down."""

from collections.abc import Sequence

import pytest

from node.actions import materials, residency, spaces, uploads
from node.classroom import portraits, retention, roster, slips
from node.classroom.consents import open_list
from node.vault import portraits as rows
from node.vault.consents import Said
from protocol.errors import Reason, Refused
from protocol.space.fold.history import Standing
from tests import pictures
from tests.node.classroom.classes import Twinned
from tests.node.classroom.consenting import agree
from tests.node.spaces.bringing import SAID, bring, bytes_at, files_at, on_disk
from tests.node.spaces.test_withdrawn_from_sight import files_at_all
from tests.node.spaces.viewing import look, refusal
from tests.nodes import settle


async def bring_picture(twinned: Twinned) -> str:
    """The name of an upload of Ana's that waits to be published."""
    shared = twinned.shared
    octets = pictures.tagged("JPEG")
    return (await bring(shared.alpha, shared.ana, shared.space, "Storks.jpg", octets)).id


async def mark(twinned: Twinned, picture: str, *aliases: str, take_down: bool = False) -> bool:
    numbers = [twinned.alpha.pupils[one].id for one in aliases]
    return await portraits.mark(
        twinned.alpha.node.room,
        twinned.shared.ana,
        twinned.space,
        picture,
        numbers,
        take_down=take_down,
    )


async def publish(twinned: Twinned, picture: str) -> str:
    shared, room = twinned.shared, twinned.alpha.node.room
    (file,) = await portraits.publish(room, shared.ana, shared.space, [(picture, SAID)])
    await settle(shared.alpha, shared.beta)
    return file


async def publish_of(twinned: Twinned, *aliases: str) -> str:
    """A picture that shows these, who have consented; its reference."""
    await agree(twinned, *aliases)
    picture = await bring_picture(twinned)
    await mark(twinned, picture, *aliases)
    return await publish(twinned, picture)


async def shown(twinned: Twinned, picture: str) -> Sequence[int]:
    async with twinned.alpha.node.room.vault.read() as view:
        return await rows.list_shown(view, twinned.space, picture.rpartition("/")[2])


async def slip_of(twinned: Twinned, alias: str) -> str:
    room, shared = twinned.alpha.node.room, twinned.shared
    made = await slips.make_forms(room, shared.ana, shared.space, twinned.alpha.class_)
    return next(one.code for one in made.forms if one.alias == alias)


async def test_a_picture_without_everybodys_consent_is_not_released(twinned: Twinned) -> None:
    picture = await bring_picture(twinned)
    await agree(twinned, "Panda Nova")
    await mark(twinned, picture, "Panda Nova", "Koala Orion")
    answers: Sequence[Said | None] = (None, "refused", "withdrawn")
    for answer in answers:
        if answer is not None:
            await agree(twinned, "Koala Orion", said=answer)
        with pytest.raises(Refused) as refused:
            await publish(twinned, picture)
        assert (refused.value.reason, refused.value.facts["missing"]) == (Reason.NOT_ALLOWED, 1)
    assert await files_at(twinned.shared.beta, twinned.space) == []
    assert len(await shown(twinned, picture)) == 2, "what waits keeps its marks"
    await mark(twinned, picture, "Panda Nova")
    await publish(twinned, picture)
    assert len(await files_at(twinned.shared.beta, twinned.space)) == 1


async def test_an_expired_consent_lets_nothing_out_and_takes_nothing_back(
    twinned: Twinned,
) -> None:
    file = await publish_of(twinned, "Panda Nova")
    picture = await bring_picture(twinned)
    await mark(twinned, picture, "Panda Nova")
    twinned.alpha.node.clock.advance(days=260)
    picture = await bring_picture(twinned)
    await mark(twinned, picture, "Panda Nova")
    with pytest.raises(Refused) as refused:
        await publish(twinned, picture)
    assert refused.value.facts["missing"] == 1
    await portraits.step(twinned.alpha.node.room, twinned.alpha.node.context)
    await look(twinned.shared, file)


async def test_a_picture_of_pupils_stays_at_its_school_and_a_partner_views_it(
    twinned: Twinned,
) -> None:
    file = await publish_of(twinned, "Panda Nova")
    (seen,) = await files_at(twinned.shared.beta, twinned.space)
    assert (seen.residency, seen.sha256) == ("home", "")
    assert (await look(twinned.shared, file))[0] == "image/webp"
    assert on_disk(twinned.shared.beta) == {}


async def test_a_withdrawal_by_the_code_of_a_slip_takes_the_picture_down_everywhere_at_once(
    twinned: Twinned,
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    file = await publish_of(twinned, "Panda Nova", "Koala Orion")
    await look(shared, file)
    assert await shared.alpha.count("view_tickets") == 1
    code = await slip_of(twinned, "Koala Orion")
    assert (await slips.look_up(room, code, "192.0.2.1")).pictures == 1
    await slips.withdraw(room, code, "192.0.2.1")
    assert await refusal(shared, file) is Reason.NOT_FOUND, "before beta has heard of it"
    assert await shared.alpha.count("view_tickets") == 0
    assert on_disk(shared.alpha) == {}
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        assert await files_at_all(node, shared.space, file) == [Standing.ERASED]
    assert await shown(twinned, file) == []


async def test_a_shared_picture_is_deleted_from_the_partners_disk(twinned: Twinned) -> None:
    shared = twinned.shared
    file = await publish_of(twinned, "Panda Nova")
    await residency.move(shared.alpha.context, shared.ana, shared.space, file, "shared")
    await settle(shared.alpha, shared.beta)
    (seen,) = await files_at(shared.beta, shared.space)
    assert await bytes_at(shared.beta, shared.space, seen.sha256)
    assert await agree(twinned, "Panda Nova", said="withdrawn") == 1
    await settle(shared.alpha, shared.beta)
    assert await bytes_at(shared.beta, shared.space, seen.sha256) is None
    assert on_disk(shared.beta) == {}


async def test_a_picture_that_is_out_is_marked_later_only_with_consent_or_taken_down(
    twinned: Twinned,
) -> None:
    shared = twinned.shared
    file = await publish(twinned, await bring_picture(twinned))
    name = file.rpartition("/")[2]
    with pytest.raises(Refused) as refused:
        await mark(twinned, name, "Panda Nova")
    assert refused.value.facts["missing"] == 1
    assert await shown(twinned, file) == []
    await agree(twinned, "Koala Orion")
    assert not await mark(twinned, name, "Koala Orion")
    assert len(await shown(twinned, file)) == 1
    assert await mark(twinned, name, "Panda Nova", "Koala Orion", take_down=True)
    await settle(shared.alpha, shared.beta)
    assert await files_at_all(shared.beta, shared.space, file) == [Standing.ERASED]


async def test_what_could_not_be_taken_down_at_once_is_taken_down_later(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    file = await publish_of(twinned, "Panda Nova")

    async def full(*_: object) -> bool:
        raise Refused(Reason.STORAGE_FULL, "No room.")

    with monkeypatch.context() as broken:
        broken.setattr(materials, "take_down", full)
        assert await agree(twinned, "Panda Nova", said="withdrawn") == 0
    assert await files_at_all(shared.alpha, shared.space, file) == [Standing.SHOWN]
    await portraits.step(room, twinned.alpha.node.context)
    assert await files_at_all(shared.alpha, shared.space, file) == [Standing.ERASED]


async def test_forgetting_a_pupil_takes_the_pictures_along_that_show_him(
    twinned: Twinned,
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    file = await publish_of(twinned, "Panda Nova", "Koala Orion")
    pupil = twinned.alpha.pupils["Panda Nova"].id
    await roster.remove_pupil(room, shared.ana, twinned.alpha.class_, pupil, erase=False)
    await settle(shared.alpha, shared.beta)
    assert await files_at_all(shared.beta, shared.space, file) == [Standing.ERASED]


async def test_with_a_class_whose_time_is_over_its_pictures_go(twinned: Twinned) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    file = await publish_of(twinned, "Koala Orion")
    twinned.alpha.node.clock.advance(days=350)
    await retention.step(room, twinned.alpha.node.context)
    assert await files_at_all(shared.alpha, shared.space, file) == [Standing.ERASED]
    async with room.vault.read() as view:
        assert await view.rows.count("SELECT count(*) FROM pupils") == 0


async def test_a_colleague_marks_by_aliases_and_leaves_other_marks(twinned: Twinned) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    eve = await shared.alpha.account("eve", "Eve Esser")
    await spaces.add_colleague(shared.alpha.context, shared.ana, shared.space, "eve")
    await agree(twinned, "Tiger Vega", "Panda Nova")
    picture = await bring_picture(twinned)
    await mark(twinned, picture, "Tiger Vega")
    faces = await portraits.list_faces(room, eve, shared.space, picture)
    names = {one.name for one in faces}
    assert len(faces) == 2, "who does not take part is a matter of his own teachers"
    assert not names & {"Mia Nowak-Reis", "Tomé Prata", "Panda Nova", "Tiger Vega"}
    (tiger,) = await shown(twinned, picture)
    await portraits.mark(room, eve, shared.space, picture, [one.pupil for one in faces])
    assert tiger in await shown(twinned, picture)
    assert len(await shown(twinned, picture)) == 3
    listed = await open_list(room, shared.ana, shared.space, twinned.alpha.class_)
    assert {one.pictures for one in listed.lines} == {1}


async def test_marks_of_pictures_that_are_gone_are_forgotten_and_others_stay(
    twinned: Twinned,
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    context = shared.alpha.context
    stays = await publish_of(twinned, "Panda Nova")
    deleted = await publish_of(twinned, "Panda Nova")
    waits, thrown = await bring_picture(twinned), await bring_picture(twinned)
    for picture in (waits, thrown):
        await mark(twinned, picture, "Panda Nova")
    await materials.erase(context, shared.ana, shared.space, deleted)
    await uploads.discard(context, shared.ana, shared.space, thrown)
    await portraits.step(room, context)
    assert len(await shown(twinned, thrown)) == 1, "a release may be on its way just now"
    twinned.alpha.node.clock.advance(seconds=1_000)
    await portraits.step(room, context)
    kept = [len(await shown(twinned, one)) for one in (stays, waits, deleted, thrown)]
    assert kept == [1, 1, 0, 0]
