"""Which aliases a space gets, who chooses them, and places that cannot be left just now."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from unittest.mock import AsyncMock

import pytest

from node.actions import replica
from node.classroom import aliases, roster, taking_part, year
from node.classroom.retention import step
from node.classroom.roster import Newcomer, names_of
from node.storage import spaces
from node.vault import places
from protocol.errors import Reason, Refused
from tests.node.classroom.classes import LAST_DAY, Twinned, make_class
from tests.node.spaces.schools import open_another
from tests.nodes import Node, settle


async def names_at(node: Node) -> list[str]:
    async with node.context.database.read() as reader:
        return [row["name"] for row in await reader.all("SELECT name FROM space_people")]


@pytest.mark.parametrize(
    "alias",
    ["Mia Nowak-Reis", "Super Mia", "mia.n", "Tom\u00e9", "T0me Prata", "panda NOVA", "Tiger Vega"],
)
async def test_an_alias_of_a_space_is_nobodys_name_nor_alias_in_a_class(
    twinned: Twinned, alias: str
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    pupil = twinned.alpha.pupils["Panda Nova"].id
    before = await names_at(shared.alpha)
    with pytest.raises(Refused) as refused:
        await taking_part.rename(room, shared.ana, shared.space, pupil, alias)
    assert (refused.value.reason, refused.value.facts["field"]) == (Reason.NOT_ALLOWED, "alias")
    await settle(shared.alpha, shared.beta)
    assert await names_at(shared.alpha) == before
    await taking_part.rename(room, shared.ana, shared.space, pupil, "Captain Stork")
    assert "Captain Stork" in await names_at(shared.alpha)


async def test_an_alias_that_could_not_be_said_is_not_shown_as_corrected(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    pupil = twinned.alpha.pupils["Panda Nova"].id

    async def alias_in_the_vault() -> str:
        async with room.vault.read() as view:
            place = await places.find(view, pupil, shared.space)
        assert place is not None
        return place.alias

    before = await alias_in_the_vault()
    with monkeypatch.context() as patched:
        full = Refused(Reason.STORAGE_FULL, "The disk is full.")
        patched.setattr(replica, "append", AsyncMock(side_effect=full))
        with pytest.raises(Refused) as refused:
            await taking_part.rename(room, shared.ana, shared.space, pupil, "Captain Stork")
    assert refused.value.reason is Reason.STORAGE_FULL
    assert await alias_in_the_vault() == before
    assert before in await names_at(shared.alpha)
    with monkeypatch.context() as patched:
        patched.setattr(replica, "tell", AsyncMock(side_effect=full))
        with pytest.raises(Refused):
            await taking_part.rename(room, shared.ana, shared.space, pupil, "Captain Stork")
    assert await alias_in_the_vault() == "Captain Stork", "the log has said it"
    await taking_part.rename(room, shared.ana, shared.space, pupil, "Captain Heron")
    await settle(shared.alpha, shared.beta)
    for node in (shared.alpha, shared.beta):
        names = await names_at(node)
        assert "Captain Heron" in names
        assert not {before, "Captain Stork"} & set(names)


async def test_a_drawn_alias_is_nobodys_name_either(
    twinned: Twinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An animal may be somebody's family name, also of somebody who does not take part."""
    shared, room = twinned.shared, twinned.alpha.node.room
    monkeypatch.setattr(aliases, "ANIMALS", ("Puma", "Zebra"))
    newcomers = [Newcomer("Lama Lyra", names_of(display="Rita Puma"))]
    await roster.add_pupils(room, shared.ana, twinned.alpha.class_, newcomers)
    chosen = [one.id for one in twinned.alpha.pupils.values()]
    await taking_part.choose(room, shared.ana, shared.space, [])
    await taking_part.choose(room, shared.ana, shared.space, chosen)
    async with room.vault.read() as view:
        there = await places.list_of_space(view, shared.space)
    fresh = next(one for one in there if one.pupil == twinned.alpha.pupils["Tiger Vega"].id)
    assert fresh.alias.startswith("Zebra")


async def test_who_comes_back_gets_another_alias_where_the_old_one_tells_a_name_by_now(
    twinned: Twinned,
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    pupil = twinned.alpha.pupils["Panda Nova"].id
    await taking_part.rename(room, shared.ana, shared.space, pupil, "Captain Stork")
    await taking_part.choose(room, shared.ana, shared.space, [])
    newcomers = [Newcomer("Lama Lyra", names_of(display="Rita Stork"))]
    await roster.add_pupils(room, shared.ana, twinned.alpha.class_, newcomers)
    await taking_part.choose(room, shared.ana, shared.space, [pupil])
    async with room.vault.read() as view:
        place = await places.find(view, pupil, shared.space)
    assert place is not None
    assert "Stork" not in place.alias


async def test_an_alias_that_partners_know_is_given_to_nobody_in_a_class(
    twinned: Twinned,
) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    pupil = twinned.alpha.pupils["Panda Nova"].id
    await taking_part.rename(room, shared.ana, shared.space, pupil, "Captain Stork")
    again = Newcomer("captain stork", names_of(display=""))
    for attempted in (
        roster.add_pupils(room, shared.ana, twinned.alpha.class_, [again]),
        roster.change_pupil(room, shared.ana, twinned.alpha.class_, pupil, again),
    ):
        with pytest.raises(Refused) as refused:
            await attempted
        assert (refused.value.reason, refused.value.facts["said"]) == (Reason.BAD_INPUT, True)


async def test_only_teachers_see_and_choose_who_takes_part(twinned: Twinned) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    other = replace(shared.ana, roles=frozenset())
    for attempted in (
        taking_part.list_candidates(room, other, shared.space),
        taking_part.choose(room, other, shared.space, []),
        taking_part.rename(room, other, shared.space, 1, "Captain Stork"),
    ):
        with pytest.raises(Refused) as refused:
            await attempted
        assert refused.value.reason is Reason.NOT_ALLOWED


async def list_departures(node: Node, space: str) -> list[str]:
    """Who left a space, in the order in which the log says so."""
    async with node.context.database.read() as reader:
        rows = await reader.all(
            "SELECT header FROM operations WHERE space = $1 AND json_extract(header, '$.type') = "
            "'Role' AND json_extract(header, '$.args.role') = 'left' ORDER BY seq",
            space,
        )
    return [json.loads(row["header"])["object"] for row in rows]


async def fill(twinned: Twinned, *spaces_: str) -> dict[str, dict[int, str]]:
    """Twenty more pupils, and all of the class in these spaces; their ids there, by pupil."""
    room, teacher, class_ = twinned.alpha.node.room, twinned.alpha.teacher, twinned.alpha.class_
    newcomers = [Newcomer(f"Alias {number}", names_of(display="")) for number in range(20)]
    await roster.add_pupils(room, teacher, class_, newcomers)
    opened = await roster.open_class(room, teacher, class_)
    there: dict[str, dict[int, str]] = {}
    for space in spaces_:
        await taking_part.choose(room, teacher, space, [one.pupil.id for one in opened.known])
        async with room.vault.read() as view:
            found = await places.list_of_space(view, space)
        there[space] = {one.pupil: one.pseudonym for one in found}
    return there


async def test_the_order_in_which_pupils_go_is_not_that_of_the_roster(twinned: Twinned) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    there = (await fill(twinned, shared.space))[shared.space]
    await taking_part.choose(room, shared.ana, shared.space, [])
    await settle(shared.alpha, shared.beta)
    assert await list_departures(shared.beta, shared.space) == sorted(there.values())


async def promote_nobody(twinned: Twinned) -> None:
    room, teacher, class_ = twinned.alpha.node.room, twinned.alpha.teacher, twinned.alpha.class_
    opened = await roster.open_class(room, teacher, class_)
    listed = [one.pupil.id for one in opened.known]
    await year.promote(
        room,
        teacher,
        class_,
        name="6b",
        last_day=date(2028, 7, 31),
        listed=listed,
        staying=[],
        offered=True,
    )


async def drop_the_class(twinned: Twinned) -> None:
    await end_of_its_time(twinned)
    await step(twinned.alpha.node.room, twinned.alpha.node.context)


@pytest.mark.parametrize("end", [drop_the_class, promote_nobody])
async def test_a_class_that_ends_leaves_no_two_spaces_in_one_order(
    twinned: Twinned, end: Callable[[Twinned], Awaitable[None]]
) -> None:
    shared = twinned.shared
    other = await open_another(shared, "B" * 21 + "A")
    there = await fill(twinned, shared.space, other.space)
    await end(twinned)
    gone = {space: await list_departures(shared.alpha, space) for space in there}
    assert gone == {space: sorted(ids.values()) for space, ids in there.items()}
    who = [
        [next(pupil for pupil, id_ in there[space].items() if id_ == one) for one in gone[space]]
        for space in there
    ]
    assert who[0] != who[1]


async def end_of_its_time(twinned: Twinned) -> None:
    node = twinned.alpha.node
    left_ms = roster.end_of(LAST_DAY) - node.clock.now_ms()
    node.clock.advance(seconds=left_ms / 1000, days=91)


async def test_a_place_in_a_space_that_is_not_here_keeps_nobody_from_being_forgotten(
    twinned: Twinned,
) -> None:
    node, room = twinned.alpha.node, twinned.alpha.node.room
    gone, other = (twinned.alpha.pupils[one].id for one in ("Panda Nova", "Koala Orion"))
    async with room.vault.write() as unit:
        for pupil in (gone, other):
            await places.put(
                unit, pupil, "A" * 43, pseudonym=f"{pupil}" * 22, alias=f"Orka {pupil}", now_ms=1
            )
    await roster.remove_pupil(room, twinned.alpha.teacher, twinned.alpha.class_, gone, erase=False)
    await end_of_its_time(twinned)
    await step(room, node.context)
    assert await roster.list_classes(room, node.admin) == []


async def test_a_space_that_is_closed_for_a_while_hears_later_and_nothing_else_waits(
    twinned: Twinned,
) -> None:
    node, room, shared = twinned.alpha.node, twinned.alpha.node.room, twinned.shared
    other = await make_class(node, twinned.alpha.teacher)
    await end_of_its_time(twinned)
    async with node.context.database.write() as transaction:
        await spaces.put_closed_to_writing(transaction, shared.space, "restored")
    await step(room, node.context)
    listed = await roster.list_classes(room, node.admin)
    assert [one.class_.id for one in listed] == [twinned.alpha.class_]
    assert other.class_ != twinned.alpha.class_, "the other one is gone"
    assert (await node.dump_vault())["cards"] == [], "what is over goes all the same"
    async with room.vault.read() as view:
        there = await places.list_of_space(view, shared.space)
    assert [one.ended_ms for one in there] == [None, None], "LEFT is yet to be said"
    async with node.context.database.write() as transaction:
        await spaces.put_closed_to_writing(transaction, shared.space, "")
    await step(room, node.context)
    assert await roster.list_classes(room, node.admin) == []
    await settle(shared.alpha, shared.beta)
    async with shared.beta.context.database.read() as reader:
        roles = [row["role"] for row in await reader.all("SELECT role FROM space_people")]
    assert "pupil" not in roles
