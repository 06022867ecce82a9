"""The new school year: who stays keeps his places, who leaves was offered his work and goes."""

from datetime import date

import pytest

from node.classroom import entry, own_works, roster, working, year
from node.classroom.roster import Newcomer
from protocol.errors import Reason, Refused
from tests.node.classroom.classes import LAST_DAY, Twinned, sign_in
from tests.node.classroom.works import begin, hand_back, hand_in, let_out

NEXT = date(2028, 7, 31)


async def promote(
    twinned: Twinned, *aliases: str, last_day: date = NEXT, offered: bool = True
) -> year.Promoted:
    return await year.promote(
        twinned.alpha.node.room,
        twinned.shared.ana,
        twinned.alpha.class_,
        name="6b",
        last_day=last_day,
        listed=[one.id for one in twinned.alpha.pupils.values()],
        staying=[twinned.alpha.pupils[one].id for one in aliases],
        offered=offered,
    )


async def aliases(twinned: Twinned) -> list[str]:
    opened = await roster.open_class(
        twinned.alpha.node.room, twinned.shared.ana, twinned.alpha.class_
    )
    return sorted(one.pupil.alias for one in opened.known)


async def test_a_class_goes_on_with_its_aliases_and_new_cards(twinned: Twinned) -> None:
    room = twinned.alpha.node.room
    pupil = await sign_in(twinned.alpha, "Panda Nova")
    before = await working.list_desks(room, pupil)
    twinned.alpha.node.clock.advance(days=240)
    done = await promote(twinned, "Panda Nova", "Tiger Vega", "Koala Orion")
    assert (done.stayed, done.left) == (3, 0)
    after = await working.list_desks(room, pupil)
    assert [one.place for one in after] == [one.place for one in before]
    found = await roster.find_class(room, twinned.shared.ana, twinned.alpha.class_)
    assert (found.name, found.ends_ms) == ("6b", roster.end_of(NEXT))
    token = twinned.alpha.cards["Panda Nova"].address.partition("#")[2]
    with pytest.raises(Refused) as refused:
        await entry.sign_in_by_card(room, token)
    assert refused.value.reason is Reason.BAD_CREDENTIALS


async def test_nobody_goes_whom_the_teacher_did_not_see(twinned: Twinned) -> None:
    room, ana, class_ = twinned.alpha.node.room, twinned.shared.ana, twinned.alpha.class_
    late = Newcomer("Orka Polaris", roster.names_of(display="Late"))
    await roster.add_pupils(room, ana, class_, [late])
    with pytest.raises(Refused) as refused:
        await promote(twinned, "Panda Nova", "Tiger Vega", "Koala Orion")
    assert refused.value.reason is Reason.CONFLICT
    assert "Orka Polaris" in await aliases(twinned)


async def test_who_leaves_goes_only_after_his_work_was_offered(twinned: Twinned) -> None:
    with pytest.raises(Refused) as refused:
        await promote(twinned, "Panda Nova", offered=False)
    assert refused.value.facts["field"] == "offered"
    assert len(await aliases(twinned)) == 3
    done = await promote(twinned, "Panda Nova")
    assert (done.stayed, done.left) == (1, 2)
    assert await aliases(twinned) == ["Panda Nova"]


@pytest.mark.parametrize("last_day", [LAST_DAY, date(2026, 7, 31), date(2036, 7, 31)])
async def test_the_new_year_ends_after_the_old_one_and_not_too_late(
    twinned: Twinned, last_day: date
) -> None:
    with pytest.raises(Refused) as refused:
        await promote(twinned, "Panda Nova", last_day=last_day)
    assert (refused.value.reason, refused.value.facts["field"]) == (Reason.BAD_INPUT, "last_day")
    assert len(await aliases(twinned)) == 3, "nobody is forgotten before all is well"


async def test_a_portfolio_holds_own_work_in_every_state_and_no_name(twinned: Twinned) -> None:
    room, thread = twinned.alpha.node.room, await begin(twinned)
    out = await hand_in(twinned, thread, "Storks.")
    back = await hand_in(twinned, thread, "Again.")
    await hand_in(twinned, thread, "Waiting.")
    await hand_in(twinned, thread, "Another's.", "Koala Orion")
    await let_out(twinned, out)
    await hand_back(twinned, back, "Which?")
    found = await own_works.collect_class(room, twinned.shared.ana, twinned.alpha.class_)
    mine = {one.alias: one.pieces for one in found}
    assert sorted(mine) == ["Koala Orion", "Panda Nova", "Tiger Vega"]
    assert {(one.text, one.state, one.note, one.thread) for one in mine["Panda Nova"]} == {
        ("Storks.", "released", "", "Birds"),
        ("Again.", "returned", "Which?", "Birds"),
        ("Waiting.", "held", "", "Birds"),
    }
    assert mine["Tiger Vega"] == []
    reads = await roster.list_readings(room, await twinned.alpha.node.get("admin"), limit=1)
    assert reads[0].why == "export"
    stranger = await twinned.alpha.node.account("rui", "Rui Sá")
    with pytest.raises(Refused) as refused:
        await own_works.collect_class(room, stranger, twinned.alpha.class_)
    assert refused.value.reason is Reason.NOT_FOUND
