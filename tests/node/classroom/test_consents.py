"""Consents: recorded for a class in a space, looked at and withdrawn by the code of a slip."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pytest

from node.classroom import consents, keeping, roster, slips
from node.classroom.consents import Signed
from node.vault import consents as rows
from node.vault.consents import SignedBy, State
from protocol.errors import Reason, Refused
from tests.node.classroom.classes import LAST_DAY, Twinned
from tests.node.classroom.consenting import agree, states

TODAY = date(2026, 11, 18)


async def test_a_signed_slip_stands_until_the_end_of_the_year_and_expires(
    twinned: Twinned,
) -> None:
    assert await states(twinned) == {
        "Panda Nova": State.MISSING,
        "Tiger Vega": State.MISSING,
        "Koala Orion": State.MISSING,
    }
    await agree(twinned, "Panda Nova", "Koala Orion")
    assert await states(twinned) == {
        "Panda Nova": State.GIVEN,
        "Tiger Vega": State.MISSING,
        "Koala Orion": State.GIVEN,
    }
    twinned.alpha.node.clock.advance(days=300)
    assert (await states(twinned))["Panda Nova"] is State.EXPIRED


async def test_every_change_is_kept_with_who_made_it(twinned: Twinned) -> None:
    await agree(twinned, "Panda Nova", signer="Eva Nowak")
    await agree(twinned, "Panda Nova", said="refused")
    async with twinned.alpha.node.room.vault.read() as view:
        said = await rows.list_of_pupil(view, twinned.alpha.pupils["Panda Nova"].id)
    assert [(one.said, one.signer, one.account) for one in said] == [
        ("space", "Eva Nowak", twinned.shared.ana.id),
        ("refused", "", twinned.shared.ana.id),
    ]


@dataclass(frozen=True)
class Asked:
    """What a teacher sends; all of it can stand."""

    pupils: Sequence[str] = ("Panda Nova",)
    signed_on: date = TODAY
    until: date = LAST_DAY
    signed_by: SignedBy = "guardian"


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (Asked(pupils=()), "pupils"),
        (Asked(signed_on=date(2026, 12, 24)), "signed_on"),
        (Asked(until=date(2026, 11, 1)), "until"),
        (Asked(until=date(2036, 11, 1)), "until"),
        (Asked(signed_by="pupil"), "signed_by"),
        (Asked(), ""),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_is_kept(
    twinned: Twinned, asked: Asked, field: str
) -> None:
    refusing = pytest.raises(Refused) if field else contextlib.nullcontext()
    with refusing as refused:
        await consents.record(
            twinned.alpha.node.room,
            twinned.shared.ana,
            twinned.space,
            twinned.alpha.class_,
            [Signed(twinned.alpha.pupils[one].id) for one in asked.pupils],
            said="space",
            signed_by=asked.signed_by,
            signed_on=asked.signed_on,
            until=asked.until,
        )
    if refused is not None:
        assert (refused.value.reason, refused.value.facts["field"]) == (Reason.BAD_INPUT, field)
    expected = State.MISSING if field else State.GIVEN
    assert (await states(twinned))["Panda Nova"] is expected


async def test_in_a_class_of_adults_pupils_sign_and_nobody_else(twinned: Twinned) -> None:
    room, ana = twinned.alpha.node.room, twinned.shared.ana
    await consents.choose_decides(room, ana, twinned.alpha.class_, "all")
    with pytest.raises(Refused) as refused:
        await agree(twinned, "Panda Nova")
    assert refused.value.facts["field"] == "signed_by"
    await agree(twinned, "Panda Nova", signed_by="pupil")
    assert (await states(twinned))["Panda Nova"] is State.GIVEN


async def test_who_is_not_in_the_space_or_has_another_class_records_nothing(
    twinned: Twinned,
) -> None:
    room, node = twinned.alpha.node.room, twinned.alpha.node
    stranger = await node.account("rui", "Rui Sá")
    for account in (stranger,):
        with pytest.raises(Refused) as refused:
            await consents.open_list(room, account, twinned.space, twinned.alpha.class_)
        assert refused.value.reason is Reason.NOT_FOUND
    with pytest.raises(Refused) as refused:
        await consents.open_list(room, twinned.shared.ana, "nowhere", twinned.alpha.class_)
    assert refused.value.reason is Reason.NOT_FOUND


async def test_the_code_of_a_slip_tells_how_it_stands_and_withdraws(twinned: Twinned) -> None:
    room = twinned.alpha.node.room
    await agree(twinned, "Panda Nova")
    made = await slips.make_forms(room, twinned.shared.ana, twinned.space, twinned.alpha.class_)
    (form,) = [one for one in made.forms if one.alias == "Panda Nova"]
    assert (form.name, form.address.rpartition("/")[2]) == ("Mia Nowak-Reis", form.code)
    told = await slips.look_up(room, form.code, "192.0.2.1")
    assert (told.state, told.said) == (State.GIVEN, "space")
    await slips.withdraw(room, form.code.upper().replace("-", " "), "192.0.2.1")
    await slips.withdraw(room, form.code, "192.0.2.1")
    assert (await slips.look_up(room, form.code, "192.0.2.1")).state is State.WITHDRAWN
    assert (await states(twinned))["Panda Nova"] is State.WITHDRAWN
    async with room.vault.read() as view:
        said = await rows.list_of_pupil(view, twinned.alpha.pupils["Panda Nova"].id)
    assert [(one.said, one.way) for one in said] == [("space", "paper"), ("withdrawn", "slip")]


async def test_a_consent_that_was_signed_before_a_withdrawal_does_not_bring_it_back(
    twinned: Twinned,
) -> None:
    room, clock = twinned.alpha.node.room, twinned.alpha.node.clock
    made = await slips.make_forms(room, twinned.shared.ana, twinned.space, twinned.alpha.class_)
    (form,) = [one for one in made.forms if one.alias == "Panda Nova"]
    await slips.withdraw(room, form.code, "192.0.2.1")
    with pytest.raises(Refused) as refused:
        await agree(twinned, "Panda Nova", "Koala Orion", signed_on=TODAY)
    assert (refused.value.reason, refused.value.facts["earlier"]) == (Reason.CONFLICT, True)
    assert (await states(twinned))["Koala Orion"] is State.MISSING, "all of it or nothing"
    clock.advance(days=3)
    await agree(twinned, "Panda Nova", signed_on=date(2026, 11, 20))
    assert (await states(twinned))["Panda Nova"] is State.GIVEN


async def test_codes_that_open_nothing_are_answered_alike_and_slow_an_address_down(
    twinned: Twinned,
) -> None:
    room = twinned.alpha.node.room
    made = await slips.make_forms(room, twinned.shared.ana, twinned.space, twinned.alpha.class_)
    said = set()
    for code in ("", "x", "aaaa-aaaa-aaaa-aaaa-aaaa", "ü" * 500, *(f"b{one}" for one in range(16))):
        with pytest.raises(Refused) as refused:
            await slips.look_up(room, code, "192.0.2.9")
        said.add((refused.value.reason, refused.value.detail))
    assert said == {(Reason.NOT_FOUND, "This code opens nothing.")}
    for ask in (slips.look_up, slips.withdraw):
        with pytest.raises(Refused) as refused:
            await ask(room, made.forms[0].code, "192.0.2.9")
        assert refused.value.reason is Reason.TOO_MANY_REQUESTS
    for _ in range(40):
        await slips.look_up(room, made.forms[0].code, "192.0.2.10")
    twinned.alpha.node.clock.advance(seconds=1_800)
    await slips.look_up(room, made.forms[0].code, "192.0.2.9")


async def test_a_restored_vault_hears_every_no_again(twinned: Twinned) -> None:
    room = twinned.alpha.node.room
    await agree(twinned, "Panda Nova")
    made = await slips.make_forms(room, twinned.shared.ana, twinned.space, twinned.alpha.class_)
    (form,) = [one for one in made.forms if one.alias == "Panda Nova"]
    twinned.alpha.node.clock.advance(seconds=60)
    await slips.withdraw(room, form.code, "192.0.2.1")
    assert await keeping.refuse_again(room) == 0, "it knows"
    async with room.vault.write() as unit:
        await unit.change.run("DELETE FROM consents WHERE said = 'withdrawn'")
    assert (await states(twinned))["Panda Nova"] is State.GIVEN
    assert await keeping.refuse_again(room) == 1
    assert (await states(twinned))["Panda Nova"] is State.WITHDRAWN
    pupil, file = twinned.alpha.pupils["Panda Nova"], twinned.alpha.node.folder.refused_file
    assert pupil.name in file.read_text()
    await roster.remove_pupil(room, twinned.shared.ana, twinned.alpha.class_, pupil.id, erase=False)
    assert await keeping.refuse_again(room) == 0
    assert file.read_text() == "", "who is forgotten has said nothing"
