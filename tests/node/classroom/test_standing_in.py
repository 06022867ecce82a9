"""A substitute: a teacher of the spaces and of the classes of somebody who is away, for a while."""

import pytest

from node import crew
from node.actions import spaces, succession, suspension
from node.actions.substitutes import Appointment
from node.classroom import roster, standing_in
from node.storage import spaces as space_rows
from node.vault import classes as class_rows
from node.vault import pupils
from protocol.errors import Reason, Refused
from protocol.space.vocabulary import Role
from tests.node.classroom.classes import LAST_DAY, Twinned
from tests.node.classroom.standing import appoint, is_out, roles_at_beta, work_on
from tests.node.classroom.works import begin, hand_in, let_out
from tests.node.spaces.schools import texts


async def test_a_substitute_releases_and_sees_the_class_while_the_founders_node_is_down(
    twinned: Twinned,
) -> None:
    shared, room = twinned.shared, twinned.shared.alpha.room
    rui = await shared.alpha.account("rui", "Rui Reis")
    work = await hand_in(twinned, await begin(twinned), "We saw storks.")
    before = await shared.alpha.get("ana")
    assert await is_out(twinned, rui)
    await shared.beta.close_doors()
    await appoint(twinned)
    assert [one.class_.id for one in await roster.list_classes(room, rui)] == [twinned.alpha.class_]
    await let_out(twinned, work, by=rui)
    opened = await roster.open_class(room, rui, twinned.alpha.class_)
    assert len(opened.known) == 3
    assert await shared.alpha.get("ana") == before
    assert await roster.list_classes(room, shared.ana)
    await shared.beta.open_doors()
    shared.alpha.clock.advance(days=1)
    assert (await roles_at_beta(twinned))["Rui Reis"] is Role.TEACHER
    assert await texts(shared.beta, twinned.space) == [["Which?", "We saw storks."]]
    looks = await roster.list_readings(room, shared.alpha.admin, limit=9)
    assert (looks[0].account, looks[0].why) == (rui.id, pupils.Why.CLASS_LIST)


async def test_it_ends_by_itself_after_the_last_day(twinned: Twinned) -> None:
    alpha = twinned.shared.alpha
    rui = await alpha.account("rui", "Rui Reis")
    number = await appoint(twinned, days=7)
    alpha.clock.advance(days=6.9)
    await work_on(twinned)
    assert await spaces.find_space(alpha.context, rui, twinned.space)
    next_ms = await standing_in.step(alpha.room, alpha.context)
    assert next_ms is not None
    assert next_ms <= alpha.clock.now_ms() + 3_600_000
    alpha.clock.advance(days=0.1)
    await work_on(twinned)
    assert await is_out(twinned, rui)
    assert (await roles_at_beta(twinned))["Rui Reis"] is Role.LEFT
    assert (await roles_at_beta(twinned))["Ana Alves"] is Role.TEACHER
    (found,) = await standing_in.list_of(alpha.room, twinned.shared.ana)
    assert (found.row.number, found.ended_by) == (number, "")
    assert found.row.ended_ms == alpha.clock.now_ms()
    assert found.classes == [(twinned.alpha.class_, "5b")]


async def test_an_administrator_ends_it_at_once_and_both_are_kept(twinned: Twinned) -> None:
    alpha = twinned.shared.alpha
    rui = await alpha.account("rui", "Rui Reis")
    number = await appoint(twinned)
    with pytest.raises(Refused) as refused:
        await standing_in.end(alpha.room, twinned.shared.ana, number)
    assert refused.value.reason is Reason.NOT_ALLOWED
    await standing_in.end(alpha.room, alpha.admin, number)
    assert await is_out(twinned, rui)
    (found,) = await standing_in.list_of(alpha.room, rui)
    assert (found.absent, found.substitute) == ("Ana Alves", "Rui Reis")
    assert found.appointed_by == found.ended_by == alpha.admin.name
    with pytest.raises(Refused) as over:
        await standing_in.end(alpha.room, alpha.admin, number)
    assert over.value.reason is Reason.CONFLICT
    again = await appoint(twinned)
    assert again > number
    assert await spaces.find_space(alpha.context, rui, twinned.space)


@pytest.mark.parametrize(
    ("handle", "reason", "field"),
    [
        ("nobody", Reason.BAD_INPUT, "substitute"),
        ("ana", Reason.BAD_INPUT, "substitute"),
        ("porter", Reason.BAD_INPUT, "substitute"),
        ("sus", Reason.BAD_INPUT, "substitute"),
    ],
)
async def test_only_a_colleague_who_teaches_and_comes_in_stands_in(
    twinned: Twinned, handle: str, reason: Reason, field: str
) -> None:
    alpha = twinned.shared.alpha
    await alpha.account("porter", roles="admin")
    sus = await alpha.account("sus")
    await suspension.suspend(alpha.context, alpha.admin, sus.id)
    before = await alpha.dump()
    with pytest.raises(Refused) as refused:
        await appoint(twinned, handle)
    assert (refused.value.reason, refused.value.facts["field"]) == (reason, field)
    assert await alpha.dump() == before
    await suspension.lift(alpha.context, alpha.admin, sus.id)
    assert await appoint(twinned, "sus")


async def test_what_is_not_the_absent_ones_or_over_is_refused(twinned: Twinned) -> None:
    alpha = twinned.shared.alpha
    rui = await alpha.account("rui")
    other = await roster.make_class(alpha.room, rui, name="6a", language="en", last_day=LAST_DAY)
    for asked, field in (
        (appoint(twinned, classes=[other]), "their_classes"),
        (appoint(twinned, classes=[10_000]), "their_classes"),
        (appoint(twinned, spaces=["zzz"]), "spaces"),
        (appoint(twinned, spaces=[], classes=[]), "spaces"),
        (appoint(twinned, days=0), "last_day"),
    ):
        with pytest.raises(Refused) as refused:
            await asked
        assert refused.value.reason is Reason.BAD_INPUT
        assert refused.value.facts["field"] == field
    with pytest.raises(Refused) as not_allowed:
        await appoint(twinned, by=twinned.shared.ana)
    assert not_allowed.value.reason is Reason.NOT_ALLOWED
    assert not await standing_in.list_of(alpha.room, twinned.shared.ana)


async def test_whoever_has_all_of_it_is_not_appointed_and_what_he_has_stays_his(
    twinned: Twinned,
) -> None:
    shared, alpha = twinned.shared, twinned.shared.alpha
    rui = await alpha.account("rui")
    await spaces.add_colleague(alpha.context, shared.ana, twinned.space, "rui")
    with pytest.raises(Refused) as refused:
        await appoint(twinned, classes=[])
    assert refused.value.reason is Reason.CONFLICT
    number = await appoint(twinned)
    with pytest.raises(Refused) as twice:
        await appoint(twinned)
    assert twice.value.reason is Reason.CONFLICT
    await standing_in.end(alpha.room, alpha.admin, number)
    assert await spaces.find_space(alpha.context, rui, twinned.space), "he was there before"
    assert not await roster.list_classes(alpha.room, rui)


async def test_who_stands_in_for_two_stays_until_both_are_back(twinned: Twinned) -> None:
    shared, alpha = twinned.shared, twinned.shared.alpha
    rui, eva = await alpha.account("rui"), await alpha.account("eva")
    await spaces.add_colleague(alpha.context, shared.ana, twinned.space, "eva")
    await appoint(twinned, days=2)
    wished = Appointment(eva.id, "rui", [twinned.space], None)
    second = await standing_in.appoint(alpha.room, alpha.admin, wished, [])
    alpha.clock.advance(days=2)
    await work_on(twinned)
    assert await spaces.find_space(alpha.context, rui, twinned.space)
    assert not await roster.list_classes(alpha.room, rui)
    await standing_in.end(alpha.room, alpha.admin, second)
    assert await is_out(twinned, rui)


async def test_in_a_project_that_closed_meanwhile_the_substitute_is_nobody_when_it_is_over(
    twinned: Twinned,
) -> None:
    alpha = twinned.shared.alpha
    rui = await alpha.account("rui", "Rui Reis")
    number = await appoint(twinned)
    await _stop_writing(twinned, "stopped")
    with pytest.raises(Refused) as closed:
        await appoint(twinned, "rui", classes=[])
    assert closed.value.reason is Reason.READ_ONLY
    await standing_in.end(alpha.room, alpha.admin, number)
    assert await is_out(twinned, rui)
    async with alpha.context.database.read() as reader:
        assert await space_rows.list_teachers(reader, twinned.space) == [twinned.shared.ana.id]
    await _stop_writing(twinned, "")
    await work_on(twinned)
    assert (await roles_at_beta(twinned))["Rui Reis"] is Role.LEFT
    await spaces.add_colleague(alpha.context, twinned.shared.ana, twinned.space, "rui")
    assert await spaces.find_space(alpha.context, rui, twinned.space)


async def _stop_writing(twinned: Twinned, why: str) -> None:
    async with twinned.shared.alpha.context.database.write() as transaction:
        await space_rows.put_closed_to_writing(transaction, twinned.space, why)


async def test_who_has_taken_the_project_over_stays_in_it(twinned: Twinned) -> None:
    alpha = twinned.shared.alpha
    rui = await alpha.account("rui", "Rui Reis")
    number = await appoint(twinned)
    await succession.end_account(alpha.context, alpha.admin, "ana", successor="rui")
    await standing_in.end(alpha.room, alpha.admin, number)
    assert await spaces.find_space(alpha.context, rui, twinned.space)
    assert not await roster.list_classes(alpha.room, rui)
    (found,) = await standing_in.list_of(alpha.room, rui)
    assert len(found.stays) == 1


async def test_it_ends_with_the_account_of_whoever_stands_in(twinned: Twinned) -> None:
    alpha = twinned.shared.alpha
    rui = await alpha.account("rui", "Rui Reis")
    await appoint(twinned)
    await succession.end_account(alpha.context, alpha.admin, "rui")
    await work_on(twinned)
    (found,) = await standing_in.list_of(alpha.room, rui)
    assert found.row.ended_ms is not None
    async with alpha.room.vault.read() as view:
        assert await class_rows.list_teachers(view, twinned.alpha.class_) == [twinned.shared.ana.id]


async def test_a_restored_vault_in_which_it_still_runs_is_set_right_at_the_start(
    twinned: Twinned,
) -> None:
    alpha = twinned.shared.alpha
    rui = await alpha.account("rui", "Rui Reis")
    number = await appoint(twinned)
    await standing_in.end(alpha.room, alpha.admin, number)
    async with alpha.room.vault.write() as unit:
        await unit.change.run("UPDATE class_substitutes SET ended_ms = NULL")
    assert await roster.list_classes(alpha.room, rui)
    await crew.prepare(alpha.room)
    assert not await roster.list_classes(alpha.room, rui)
