"""What was reported is sealed at the reporter's school: for its safeguarding persons alone, each
look kept, for ninety days, whatever becomes of the thing itself."""

import pytest

from node.actions import copying, forum, materials, people, permission
from node.classroom import everything, files, reporting, retention, roster, safeguarding
from node.classroom.safeguarding import Opened
from node.storage.accounts import Account
from node.vault import store
from protocol.errors import Reason, Refused
from tests.node.classroom.classes import Twinned
from tests.node.classroom.reported import WORDS, sealed, tell
from tests.node.classroom.works import begin
from tests.node.spaces.bringing import SAID, bring
from tests.nodes import settle


async def guardian(twinned: Twinned) -> Account:
    return await twinned.shared.alpha.account("greta", "Greta Guard", roles="safeguarding")


async def opened(twinned: Twinned, account: Account) -> Opened:
    (one,) = await sealed(twinned.alpha.node)
    return await safeguarding.open_evidence(twinned.alpha.node.room, account, one.id)


async def looks(twinned: Twinned) -> int:
    alpha = twinned.alpha.node
    found = await roster.list_readings(alpha.room, alpha.admin, limit=99)
    return sum(one.evidence is not None for one in found)


async def test_the_copy_says_what_was_there_by_whom_and_who_reported_it(twinned: Twinned) -> None:
    thread = await begin(twinned)
    greta = await guardian(twinned)
    await tell(twinned, thread)
    await tell(twinned, thread, alias="Koala Orion")
    found = await opened(twinned, greta)
    assert (found.copied.kind, found.copied.text) == ("thread", "Birds\nWhich?")
    assert found.copied.author == "Bob Bell"
    assert found.copied.school == f"{twinned.shared.beta.url}/actor"
    assert [(one.who, one.words) for one in found.voices] == [
        ("Panda Nova, 5b", WORDS),
        ("Koala Orion, 5b", WORDS),
    ]
    pupil = twinned.alpha.pupils["Panda Nova"].id
    assert found.names[pupil] == "Mia Nowak-Reis"


async def test_only_a_safeguarding_person_opens_it_and_each_look_is_kept(twinned: Twinned) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    await tell(twinned, await begin(twinned))
    greta = await guardian(twinned)
    (one,) = await sealed(shared.alpha)
    for other in (shared.ana, shared.alpha.admin):
        for asked in (
            safeguarding.list_evidence(room, other),
            safeguarding.open_evidence(room, other, one.id),
            safeguarding.show(room, other, one.id),
            safeguarding.extend(room, other, one.id, "Because."),
            safeguarding.close(room, other, one.id),
        ):
            with pytest.raises(Refused) as refused:
                await asked
            assert refused.value.reason is Reason.NOT_ALLOWED
    assert [
        each.evidence
        for each in await roster.list_readings(room, shared.alpha.admin, limit=9)
        if each.evidence
    ] == []
    await safeguarding.open_evidence(room, greta, one.id)
    looks = await roster.list_readings(room, shared.alpha.admin, limit=9)
    assert [(each.account, each.why) for each in looks if each.evidence == one.id] == [
        (greta.id, "evidence")
    ]


async def test_that_she_read_who_reported_it_is_told_to_no_parent_and_of_no_class(
    twinned: Twinned,
) -> None:
    alpha = twinned.shared.alpha
    await tell(twinned, await begin(twinned))
    greta = await guardian(twinned)
    assert (await opened(twinned, greta)).names
    found = await everything.collect(
        alpha.room, twinned.shared.ana, twinned.alpha.class_, twinned.alpha.pupils["Panda Nova"].id
    )
    assert found is not None
    assert {one.account for one in found.reads} == {twinned.shared.ana.id}
    looks = await roster.list_readings(alpha.room, alpha.admin, limit=9)
    assert [(one.class_, one.pupil) for one in looks if one.why == "evidence"] == [(0, None)]


async def test_what_a_safeguarding_person_wrote_is_opened_by_another_one_alone(
    twinned: Twinned,
) -> None:
    alpha, space = twinned.shared.alpha, twinned.space
    await people.set_roles(
        alpha.context, permission.OPERATOR, "ana", frozenset({"teacher", "safeguarding"})
    )
    ana, greta = await alpha.get("ana"), await guardian(twinned)
    thread = await forum.start_thread(
        alpha.context, ana, space, title="Marks", text="Who is worst?", language="en"
    )
    await tell(twinned, thread)
    (one,) = await sealed(alpha)
    for asked in (
        safeguarding.open_evidence(alpha.room, ana, one.id),
        safeguarding.show(alpha.room, ana, one.id),
        safeguarding.extend(alpha.room, ana, one.id, "Because."),
        safeguarding.close(alpha.room, ana, one.id),
    ):
        with pytest.raises(Refused) as refused:
            await asked
        assert refused.value.reason is Reason.NOT_FOUND
    assert await safeguarding.list_evidence(alpha.room, ana) == []
    assert await safeguarding.count_open(alpha.room, ana) == 0
    assert await safeguarding.count_open(alpha.room, greta) == 1
    assert len(await safeguarding.list_evidence(alpha.room, greta)) == 1
    await safeguarding.close(alpha.room, greta, one.id)


async def test_administrators_hear_where_the_only_safeguarding_person_wrote_it(
    twinned: Twinned,
) -> None:
    alpha, space = twinned.shared.alpha, twinned.space
    roles = frozenset({"teacher", "safeguarding"})
    await people.set_roles(alpha.context, permission.OPERATOR, "ana", roles)
    thread = await forum.start_thread(
        alpha.context, twinned.shared.ana, space, title="Marks", text="Who?", language="en"
    )
    assert await safeguarding.list_lacks(alpha.room, alpha.admin) == []
    await tell(twinned, thread)
    assert await safeguarding.list_lacks(alpha.room, alpha.admin) == ["nobody_else"]
    # Not where she is the administrator.
    await people.set_roles(alpha.context, permission.OPERATOR, "ana", roles | {"admin"})
    assert await safeguarding.list_lacks(alpha.room, await alpha.get("ana")) == []
    await guardian(twinned)
    assert await safeguarding.list_lacks(alpha.room, alpha.admin) == []
    alpha.clock.advance(days=safeguarding.UNOPENED_DAYS)
    assert await safeguarding.list_lacks(alpha.room, alpha.admin) == ["unopened"]
    assert await safeguarding.list_lacks(alpha.room, await alpha.get("ana")) == []


async def test_erasing_what_was_reported_does_not_touch_the_copy(twinned: Twinned) -> None:
    shared = twinned.shared
    thread = await begin(twinned)
    await tell(twinned, thread)
    await forum.erase(shared.beta.context, shared.bob, twinned.space, thread)
    await settle(shared.alpha, shared.beta)
    await roster.remove_pupil(
        shared.alpha.room,
        shared.ana,
        twinned.alpha.class_,
        twinned.alpha.pupils["Panda Nova"].id,
        erase=True,
    )
    found = await opened(twinned, await guardian(twinned))
    assert found.copied.text == "Birds\nWhich?"
    # The pupil is forgotten: the alias is left, and no name.
    assert [(one.who, one.pupil) for one in found.voices] == [("Panda Nova, 5b", None)]
    assert found.names == {}


async def test_retention_drops_it_after_ninety_days_and_later_where_somebody_said_why(
    twinned: Twinned,
) -> None:
    alpha = twinned.shared.alpha
    greta = await guardian(twinned)
    for _ in range(2):
        await tell(twinned, await begin(twinned))
    kept, gone = await sealed(alpha)
    alpha.clock.advance(days=80)
    with pytest.raises(Refused) as refused:
        await safeguarding.extend(alpha.room, greta, kept.id, "  ")
    assert refused.value.reason is Reason.BAD_INPUT
    await safeguarding.extend(alpha.room, greta, kept.id, "The police asks for it.")
    await retention.step(alpha.room, alpha.context)
    assert len(await sealed(alpha)) == 2
    alpha.clock.advance(days=11)
    await retention.step(alpha.room, alpha.context)
    assert [one.id for one in await sealed(alpha)] == [kept.id]
    assert (await opened(twinned, greta)).extensions[0].why == "The police asks for it."
    with pytest.raises(Refused) as refused:
        await safeguarding.open_evidence(alpha.room, greta, gone.id)
    assert refused.value.reason is Reason.NOT_FOUND
    alpha.clock.advance(days=90)
    await retention.step(alpha.room, alpha.context)
    assert await sealed(alpha) == []


async def test_a_teachers_report_of_a_file_seals_its_bytes_which_go_with_the_copy(
    twinned: Twinned,
) -> None:
    shared, space = twinned.shared, twinned.space
    alpha = shared.alpha
    upload = await bring(shared.beta, shared.bob, space, "Plan.txt", b"where they live")
    (name,) = await materials.publish(shared.beta.context, shared.bob, space, [(upload.id, SAID)])
    await settle(alpha, shared.beta)
    await reporting.report_by_teacher(
        alpha.room, shared.ana, space, name, reason="private_data_shown", note="Look", language="en"
    )
    greta = await guardian(twinned)
    (one,) = await sealed(alpha)
    assert one.file is not None
    folder = store.folder_of(alpha.room.vault)
    assert b"where they live" not in (folder / one.file.kept).read_bytes()
    given = await safeguarding.show(alpha.room, greta, one.id)
    assert b"".join([piece async for piece in files.pieces(alpha.room, given)]) == (
        b"where they live"
    )
    # The page and its file are one look, a later one is another.
    await opened(twinned, greta)
    assert await looks(twinned) == 1
    alpha.clock.advance(seconds=120)
    await opened(twinned, greta)
    assert await looks(twinned) == 2
    await materials.erase(shared.beta.context, shared.bob, space, name)
    await settle(alpha, shared.beta)
    assert b"".join([piece async for piece in files.pieces(alpha.room, given)])
    alpha.clock.advance(days=91)
    await retention.step(alpha.room, alpha.context)
    assert list(folder.iterdir()) == []


async def test_a_report_that_is_not_made_seals_nothing(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = twinned.shared
    thread = await begin(twinned)
    said = {"reason": "hate", "note": "", "language": "en"}
    room = shared.alpha.room
    await reporting.report_by_teacher(room, shared.ana, twinned.space, thread, **said)
    monkeypatch.setattr(copying, "copy", None)
    with pytest.raises(Refused) as refused:
        await reporting.report_by_teacher(room, shared.ana, twinned.space, thread, **said)
    assert refused.value.reason is Reason.CONFLICT
    stranger = await shared.alpha.account("otto")
    with pytest.raises(Refused) as refused:
        await reporting.report_by_teacher(room, stranger, twinned.space, thread, **said)
    assert refused.value.reason is Reason.NOT_FOUND
    assert len(await sealed(shared.alpha)) == 1


async def test_only_an_administrator_gives_the_role(twinned: Twinned) -> None:
    shared = twinned.shared
    roles = frozenset({"teacher", "safeguarding"})
    with pytest.raises(Refused) as refused:
        await people.set_roles(shared.alpha.context, shared.ana, "ana", roles)
    assert refused.value.reason is Reason.NOT_ALLOWED
    await people.set_roles(shared.alpha.context, permission.OPERATOR, "ana", roles)
    assert safeguarding.is_guardian(await shared.alpha.get("ana"))
