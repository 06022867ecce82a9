"""Classes: pasted names, proposed aliases, what is refused, what is kept of each look."""

import re
from datetime import date

import pytest

from node.classroom import aliases, roster, second_step, taking_part
from node.classroom.retention import step
from node.classroom.roster import Newcomer, names_of, read_names
from node.vault import places
from node.vault.pupils import alias_key
from protocol.errors import Reason, Refused
from tests.node.classroom.classes import LAST_DAY, School, Twinned
from tests.nodes import Node, SeededChance, settle


def test_pasted_names_are_read_a_line_each_family_first_where_there_is_a_comma() -> None:
    read = [one.names for one in read_names("  Ana   Prata \n\nBerg, Tom\nLi,\n")]
    assert [one.display for one in read] == ["Ana Prata", "Tom Berg", "Li"]
    assert [(one.given, one.family) for one in read] == [("", ""), ("Tom", "Berg"), ("", "")]


def test_aliases_are_many_unlike_each_other_and_go_on_when_the_pairs_are_used_up() -> None:
    drawn = aliases.propose(["panda nova"], 900, SeededChance("a"))
    assert len({alias_key(one) for one in drawn}) == 900
    assert "Panda Nova" not in drawn
    assert max(map(len, drawn)) <= aliases.MAX_CHARACTERS
    assert sum(one.endswith(" 2") for one in drawn) == 900 - (
        len(aliases.ANIMALS) * len(aliases.SKY) - 1
    )


@pytest.mark.parametrize(
    ("alias", "name", "reason"),
    [
        ("panda NOVA", "", Reason.CONFLICT),
        ("Pánda Nova", "", Reason.CONFLICT),
        ("", "", Reason.BAD_INPUT),
        ("\u200b", "", Reason.BAD_INPUT),
        ("a" * 41, "", Reason.BAD_INPUT),
        ("Tiger Zoë", "Zoe Prata", Reason.BAD_INPUT),
    ],
)
async def test_an_alias_that_cannot_be_is_refused_and_nobody_of_the_list_is_kept(
    school: School, alias: str, name: str, reason: Reason
) -> None:
    room = school.node.room
    newcomers = [
        Newcomer("Lama Lyra", names_of(display="")),
        Newcomer(alias, names_of(display=name)),
    ]
    with pytest.raises(Refused) as refused:
        await roster.add_pupils(room, school.teacher, school.class_, newcomers)
    assert (refused.value.reason, refused.value.facts["row"]) == (reason, 1)
    opened = await roster.open_class(room, school.teacher, school.class_)
    assert len(opened.known) == 3


async def test_each_look_at_a_class_is_kept_and_shown_to_administrators_only(
    school: School,
) -> None:
    room, admin = school.node.room, school.node.admin
    pupil = school.pupils["Panda Nova"].id
    before = len(await roster.list_readings(room, admin, limit=99))
    await roster.open_class(room, school.teacher, school.class_)
    await roster.read_pupil(room, school.teacher, school.class_, pupil)
    one, other, *rest = await roster.list_readings(room, admin, limit=99)
    assert (one.account, one.pupil, one.why) == (school.teacher.id, pupil, "one_pupil")
    assert (other.account, other.pupil, other.why) == (school.teacher.id, None, "class_list")
    assert len(rest) == before
    with pytest.raises(Refused):
        await roster.list_readings(room, school.teacher, limit=1)


async def test_a_pupil_is_changed_and_forgotten(twinned: Twinned) -> None:
    school, room = twinned.alpha, twinned.alpha.node.room
    pupil = school.pupils["Panda Nova"]
    changed = Newcomer("Okapi Selene", names_of(display="Maria"))
    await roster.change_pupil(room, school.teacher, school.class_, pupil.id, changed)
    known = await roster.read_pupil(room, school.teacher, school.class_, pupil.id)
    assert (known.pupil.alias, known.names.display, known.names.family) == (
        "Okapi Selene",
        "Maria",
        "",
    )
    await roster.remove_pupil(room, school.teacher, school.class_, pupil.id, erase=False)
    with pytest.raises(Refused):
        await roster.read_pupil(room, school.teacher, school.class_, pupil.id)
    shared = twinned.shared
    await settle(shared.alpha, shared.beta)
    (listed,) = await taking_part.list_candidates(room, shared.ana, shared.space)
    assert [one.takes_part for one in listed.candidates].count(True) == 1


async def test_another_alias_in_a_space_reaches_the_partner(twinned: Twinned) -> None:
    shared, room = twinned.shared, twinned.alpha.node.room
    pupil = twinned.alpha.pupils["Panda Nova"].id
    await taking_part.rename(room, shared.ana, shared.space, pupil, "Captain  Stork")
    await settle(shared.alpha, shared.beta)
    async with shared.beta.context.database.read() as reader:
        names = [row["name"] for row in await reader.all("SELECT name FROM space_people")]
    assert "Captain Stork" in names
    other = twinned.alpha.pupils["Koala Orion"].id
    with pytest.raises(Refused) as refused:
        await taking_part.rename(room, shared.ana, shared.space, other, "captain stork")
    assert refused.value.reason is Reason.CONFLICT


async def test_a_class_goes_by_its_rule_ninety_days_after_its_year(twinned: Twinned) -> None:
    node, room = twinned.alpha.node, twinned.alpha.node.room
    left_ms = roster.end_of(LAST_DAY) - node.clock.now_ms()
    node.clock.advance(seconds=left_ms / 1000, days=89)
    await step(room, node.context)
    assert len(await roster.list_classes(room, node.admin)) == 1
    node.clock.advance(days=1)
    await step(room, node.context)
    assert await roster.list_classes(room, node.admin) == []
    await settle(twinned.shared.alpha, twinned.shared.beta)
    async with twinned.shared.beta.context.database.read() as reader:
        roles = [row["role"] for row in await reader.all("SELECT role FROM space_people")]
    assert "pupil" not in roles


async def test_aliases_of_older_pupils_are_plain_in_the_class_and_in_every_space(
    twinned: Twinned,
) -> None:
    room, teacher, class_ = twinned.alpha.node.room, twinned.alpha.teacher, twinned.alpha.class_
    await second_step.choose_entry(room, teacher, class_, style="plain", second_step="none")
    drawn = await roster.propose(room, teacher, class_, read_names("Eva Lima\nRui Sá"))
    plain = re.compile(rf"({'|'.join(aliases.SKY)}) [1-9][0-9]")
    assert all(plain.fullmatch(one.alias) for one in drawn)
    everybody = [one.id for one in twinned.alpha.pupils.values()]
    await taking_part.choose(room, twinned.shared.ana, twinned.space, everybody)
    async with room.vault.read() as view:
        there = {one.pupil: one.alias for one in await places.list_of_space(view, twinned.space)}
    late = there.pop(twinned.alpha.pupils["Tiger Vega"].id)
    assert plain.fullmatch(late)
    assert not any(plain.fullmatch(one) for one in there.values()), "who has one keeps it"


def test_many_plain_aliases_are_drawn_each_once() -> None:
    drawn = aliases.propose(["Vega 27"], 2_500, SeededChance("a"), "plain")
    assert len({alias_key(one) for one in [*drawn, "Vega 27"]}) == 2_501


@pytest.mark.parametrize("last_day", [date(2026, 11, 17), date(2029, 7, 31)])
async def test_a_year_that_is_over_or_far_away_is_refused(alpha: Node, last_day: date) -> None:
    ana = await alpha.account("ana", "Ana Alves")
    with pytest.raises(Refused) as refused:
        await roster.make_class(alpha.room, ana, name="5b", language="en", last_day=last_day)
    assert refused.value.facts["field"] == "last_day"
