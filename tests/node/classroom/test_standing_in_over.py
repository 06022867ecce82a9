"""What a substitute had is over when it is over, whatever stopped half-way."""

from unittest.mock import Mock

import pytest

from node import crew
from node.actions import forum, parting, reports, spaces, succession
from node.actions.substitutes import Appointment
from node.classroom import retention, roster, standing_in
from node.storage import reports as report_rows
from node.storage import spaces as space_rows
from node.storage import substitutions, waiting
from node.storage.accounts import Account
from node.storage.database import Transaction
from node.vault import classes as class_rows
from node.vault import substitutes as class_substitutes
from protocol.errors import Reason, Refused
from protocol.space.vocabulary import Role
from tests.node.classroom.classes import LAST_DAY, Twinned, twin
from tests.node.classroom.standing import appoint, is_out, roles_at_beta, work_on
from tests.node.members.joining import project_of
from tests.node.spaces.schools import found_together
from tests.nodes import Node, settle

FULL = Refused(Reason.STORAGE_FULL, "The disk is full.")


async def is_in(twinned: Twinned, account: Account) -> tuple[bool, bool]:
    """Whether somebody has the space, and whether the class."""
    room = twinned.shared.alpha.room
    async with room.context.database.read() as reader:
        alias = await space_rows.find_alias(reader, twinned.space, account.id)
    return alias is not None, bool(await roster.list_classes(room, account))


@pytest.fixture
async def by_letters(pair: tuple[Node, Node]) -> Twinned:
    """As `twinned`, of a project that its founders can close."""
    return await twin(await found_together(*pair))


@pytest.mark.parametrize("how", ["archive", "close"])
async def test_who_left_unheard_stays_out_of_a_project_that_is_closed_before_it_is_heard(
    by_letters: Twinned, how: str
) -> None:
    alpha, beta, bob = by_letters.shared.alpha, by_letters.shared.beta, by_letters.shared.bob
    eva = await beta.account("eva", "Eva Ek")
    wished = Appointment(bob.id, "eva", [by_letters.space], None)
    number = await standing_in.appoint(beta.room, beta.admin, wished, [])
    await settle(alpha, beta)
    await beta.close_doors()
    await standing_in.end(beta.room, beta.admin, number)
    project = await project_of(by_letters.shared)
    await getattr(parting, how)(alpha.context, by_letters.shared.ana, project)
    await beta.open_doors()
    alpha.clock.advance(days=1)
    await settle(alpha, beta)
    await standing_in.step(beta.room, beta.context)
    async with beta.context.database.read() as reader:
        kept = await space_rows.get(reader, by_letters.space)
        assert kept.state.limit is not None, "the project is closed, and the word came too late"
        assert await space_rows.find_alias(reader, by_letters.space, eva.id) is None
        assert await space_rows.list_teachers(reader, by_letters.space) == [bob.id]
    with pytest.raises(Refused) as refused:
        await spaces.find_space(beta.context, eva, by_letters.space)
    assert refused.value.reason is Reason.NOT_FOUND


async def test_a_substitute_passes_on_nothing_that_is_not_his_own(twinned: Twinned) -> None:
    alpha = twinned.shared.alpha
    rui, eva = await alpha.account("rui"), await alpha.account("eva")
    own = await roster.make_class(alpha.room, rui, name="6a", language="en", last_day=LAST_DAY)
    await appoint(twinned, days=2)
    duties = await standing_in.list_duties(alpha.room, alpha.admin, rui.id)
    assert (list(duties.rooms), [one.id for one in duties.classes]) == ([], [own])
    for reached, chosen, field in (
        ([twinned.space], [], "spaces"),
        ([], [twinned.alpha.class_], "their_classes"),
    ):
        wished = Appointment(rui.id, "eva", reached, None)
        with pytest.raises(Refused) as refused:
            await standing_in.appoint(alpha.room, alpha.admin, wished, chosen)
        assert refused.value.facts["field"] == field
    wished = Appointment(rui.id, "eva", [], None)
    assert await standing_in.appoint(alpha.room, alpha.admin, wished, [own])
    alpha.clock.advance(days=2)
    await work_on(twinned)
    assert await is_in(twinned, rui) == (False, True)
    assert [one.class_.id for one in await roster.list_classes(alpha.room, eva)] == [own]


async def test_a_later_last_day_holds_for_all_that_is_chosen_with_it(twinned: Twinned) -> None:
    alpha = twinned.shared.alpha
    rui = await alpha.account("rui", "Rui Reis")
    await appoint(twinned, days=2, classes=[])
    await appoint(twinned, days=9)
    for days, classes in ((9, None), (3, None), (3, [])):
        with pytest.raises(Refused) as refused:
            await appoint(twinned, days=days, classes=classes)
        assert refused.value.reason is Reason.CONFLICT
    alpha.clock.advance(days=3)
    await work_on(twinned)
    assert await is_in(twinned, rui) == (True, True)
    await appoint(twinned, days=9)
    alpha.clock.advance(days=6)
    await work_on(twinned)
    assert await is_in(twinned, rui) == (True, True)
    await appoint(twinned)
    alpha.clock.advance(days=90)
    await work_on(twinned)
    assert await is_in(twinned, rui) == (True, True)


async def test_ending_goes_on_where_the_disk_is_nearly_full(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha = twinned.shared.alpha
    rui = await alpha.account("rui")
    number = await appoint(twinned)
    with monkeypatch.context() as full:
        full.setattr(alpha.context.database, "write", Mock(side_effect=FULL))
        full.setattr(alpha.room.vault.database, "write", Mock(side_effect=FULL))
        await standing_in.end(alpha.room, alpha.admin, number)
    assert await is_out(twinned, rui)


async def test_what_a_stop_left_ended_in_the_vault_alone_ends_here_too(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha = twinned.shared.alpha
    rui = await alpha.account("rui")
    number = await appoint(twinned)
    with monkeypatch.context() as full:
        full.setattr(alpha.context.database, "write_small", Mock(side_effect=FULL))
        with pytest.raises(Refused):
            await standing_in.end(alpha.room, alpha.admin, number)
    assert await is_in(twinned, rui) == (True, False)
    await work_on(twinned)
    assert await is_out(twinned, rui)
    (found,) = await standing_in.list_of(alpha.room, rui)
    assert found.row.ended_ms is not None


async def test_what_the_vault_does_not_take_is_not_half_appointed(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha = twinned.shared.alpha
    rui = await alpha.account("rui")
    with monkeypatch.context() as full:
        full.setattr(class_substitutes, "put", Mock(side_effect=FULL))
        with pytest.raises(Refused) as refused:
            await appoint(twinned)
    assert refused.value.reason is Reason.STORAGE_FULL
    assert await is_out(twinned, rui)
    await appoint(twinned)
    assert await is_in(twinned, rui) == (True, True)


async def test_who_appoints_again_after_a_stop_between_the_databases_gives_the_classes(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha = twinned.shared.alpha
    rui = await alpha.account("rui")
    with monkeypatch.context() as stopped:
        stopped.setattr(class_substitutes, "put", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            await appoint(twinned)
    assert await is_in(twinned, rui) == (True, False)
    await work_on(twinned)
    await appoint(twinned)
    assert await is_in(twinned, rui) == (True, True)


async def test_one_that_cannot_end_keeps_neither_the_node_from_starting_nor_another_from_ending(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha = twinned.shared.alpha
    rui, eva = await alpha.account("rui"), await alpha.account("eva")
    stuck = await appoint(twinned, days=1)
    await appoint(twinned, "eva", days=1)
    alpha.clock.advance(days=1)
    keep = substitutions.put_ended

    async def refuse_one(
        transaction: Transaction, number: int, now_ms: int, by: int | None
    ) -> None:
        if number == stuck:
            raise FULL
        await keep(transaction, number, now_ms, by)

    with monkeypatch.context() as full:
        full.setattr(substitutions, "put_ended", refuse_one)
        await crew.prepare(alpha.room)
        assert await is_out(twinned, eva)
        assert await is_in(twinned, rui) == (True, False)
        next_ms = await standing_in.step(alpha.room, alpha.context)
        assert next_ms is not None
        assert next_ms > alpha.clock.now_ms(), "it is tried again, but not without a pause"
    await work_on(twinned)
    assert await is_out(twinned, rui)


async def test_who_stands_in_no_more_hears_of_no_report(twinned: Twinned) -> None:
    alpha, beta = twinned.shared.alpha, twinned.shared.beta
    rui = await alpha.account("rui")
    number = await appoint(twinned)
    thread = await forum.start_thread(
        alpha.context, twinned.shared.ana, twinned.space, title="Call", text="4711", language="en"
    )
    await settle(alpha, beta)
    await reports.report(
        *(beta.context, twinned.shared.bob, twinned.space, thread),
        reason="private_data_shown",
        note="A number.",
        language="en",
    )
    await settle(alpha, beta)
    assert await _hears(twinned, rui) == (1, 1)
    await standing_in.end(alpha.room, alpha.admin, number)
    assert await _hears(twinned, rui) == (0, 0)
    assert await _hears(twinned, twinned.shared.ana) == (1, 1)


async def _hears(twinned: Twinned, account: Account) -> tuple[int, int]:
    context = twinned.shared.alpha.context
    async with context.database.read() as reader:
        listed = await report_rows.list_waiting(reader, account.id)
        counts = await waiting.count(reader, account.actor, admin=False, now=context.now())
    return len(listed), counts.reports


async def test_whoever_is_to_stay_is_added_by_a_colleague_who_is_there_for_good(
    twinned: Twinned,
) -> None:
    shared, alpha = twinned.shared, twinned.shared.alpha
    rui, eva = await alpha.account("rui", "Rui Reis"), await alpha.account("eva")
    number, other = await appoint(twinned), await appoint(twinned, "eva", classes=[])
    for by in (rui, eva):
        with pytest.raises(Refused) as refused:
            await spaces.add_colleague(alpha.context, by, twinned.space, "rui")
        assert refused.value.reason is Reason.CONFLICT
    await spaces.add_colleague(alpha.context, shared.ana, twinned.space, "rui")
    with pytest.raises(Refused) as twice:
        await spaces.add_colleague(alpha.context, shared.ana, twinned.space, "rui")
    assert twice.value.reason is Reason.CONFLICT
    await standing_in.end(alpha.room, alpha.admin, number)
    await standing_in.end(alpha.room, alpha.admin, other)
    assert await is_in(twinned, rui) == (True, False)
    assert (await roles_at_beta(twinned))["Rui Reis"] is Role.TEACHER
    assert await is_out(twinned, eva)
    (found,) = await standing_in.list_of(alpha.room, rui)
    assert len(found.stays) == 1


async def test_who_takes_the_project_over_while_it_runs_has_it_in_his_own_right(
    by_letters: Twinned,
) -> None:
    alpha = by_letters.shared.alpha
    rui = await alpha.account("rui")
    await appoint(by_letters)
    await succession.end_account(alpha.context, alpha.admin, "ana", successor="rui")
    duties = await standing_in.list_duties(alpha.room, alpha.admin, rui.id)
    assert [one.space for one in duties.rooms] == [by_letters.space]


async def test_a_number_that_a_restored_node_gives_again_reaches_none_of_the_old_classes(
    twinned: Twinned,
) -> None:
    alpha, ana = twinned.shared.alpha, twinned.shared.ana
    rui = await alpha.account("rui")
    other = await roster.make_class(alpha.room, ana, name="6a", language="en", last_day=LAST_DAY)
    first = await appoint(twinned, classes=[twinned.alpha.class_])
    await standing_in.end(alpha.room, alpha.admin, first)
    async with alpha.context.database.write() as transaction:
        await transaction.run("DELETE FROM substitutions")
        await transaction.run("DELETE FROM sqlite_sequence WHERE name = 'substitutions'")
    assert await appoint(twinned, classes=[twinned.alpha.class_]) == first
    await work_on(twinned)
    assert await is_in(twinned, rui) == (True, True)
    await standing_in.end(alpha.room, alpha.admin, first)
    async with alpha.context.database.write() as transaction:
        await transaction.run("DELETE FROM substitutions")
        await transaction.run("DELETE FROM sqlite_sequence WHERE name = 'substitutions'")
    assert await appoint(twinned, classes=[other]) == first
    async with alpha.room.vault.read() as view:
        assert await class_substitutes.list_classes(view, first) == [(other, "6a")]
        assert await class_rows.list_teachers(view, twinned.alpha.class_) == [ana.id]


async def test_three_years_after_its_end_nobody_reads_of_an_absence_and_nobody_comes_back(
    twinned: Twinned,
) -> None:
    alpha = twinned.shared.alpha
    rui = await alpha.account("rui")
    await standing_in.end(alpha.room, alpha.admin, await appoint(twinned))
    alpha.clock.advance(days=3 * 365)
    await work_on(twinned)
    assert len(await standing_in.list_of(alpha.room, rui)) == 1
    alpha.clock.advance(days=1)
    await work_on(twinned)
    assert not await standing_in.list_of(alpha.room, rui)
    await retention.step(alpha.room, alpha.context)
    async with alpha.room.vault.read() as view:
        assert not await view.rows.all("SELECT 1 FROM class_substitutes")
    async with alpha.context.database.read() as reader:
        assert not await reader.all("SELECT 1 FROM substitution_spaces")
        assert await space_rows.list_teachers(reader, twinned.space) == [twinned.shared.ana.id]


async def test_what_is_handed_over_for_good_stays_with_the_substitute(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    alpha, ana = twinned.shared.alpha, twinned.shared.ana
    rui = await alpha.account("rui", "Rui Reis")
    number = await appoint(twinned, days=2)
    with pytest.raises(Refused) as refused:
        await standing_in.hand_over(alpha.room, rui, number)
    assert refused.value.reason is Reason.NOT_ALLOWED
    with monkeypatch.context() as full:
        full.setattr(alpha.context.database, "write_small", Mock(side_effect=FULL))
        with pytest.raises(Refused):
            await standing_in.hand_over(alpha.room, alpha.admin, number)
    async with alpha.room.vault.read() as view:
        assert not await class_rows.list_own(view, rui.id), "nothing of it, or all"
    await standing_in.hand_over(alpha.room, alpha.admin, number)
    with pytest.raises(Refused) as over:
        await standing_in.hand_over(alpha.room, alpha.admin, number)
    assert over.value.reason is Reason.CONFLICT
    alpha.clock.advance(days=3)
    await work_on(twinned)
    assert await is_in(twinned, rui) == (True, True)
    assert await is_in(twinned, ana) == (True, True)
    assert (await roles_at_beta(twinned))["Rui Reis"] is Role.TEACHER
    async with alpha.room.vault.read() as view:
        assert not await class_substitutes.is_any_open(view)
    duties = await standing_in.list_duties(alpha.room, alpha.admin, rui.id)
    assert [one.id for one in duties.classes] == [twinned.alpha.class_]
