"""Which pupils take part in a space, and under which name there.

The id and the alias are drawn for that space alone, so that two spaces cannot be joined by them.
The vault keeps the link; the school's log says the alias. First the vault, then the log: whoever
has a place and no role yet is declared when the page is saved again, and an alias that could not be
said stays as it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from node.actions import publish
from node.actions import pupils as acting
from node.actions import spaces as own_spaces
from node.actions.permission import By
from node.classroom import aliases
from node.classroom.looking import roster_of
from node.classroom.names.check import check
from node.classroom.names.common import language_of
from node.classroom.room import Classroom, get_class, require_teacher
from node.storage import spaces
from node.storage.accounts import Account
from node.vault import classes, places, pupils
from node.vault.classes import SchoolClass, Style
from node.vault.places import Place
from node.vault.pupils import Known, Reading, Why
from node.vault.vault import View
from protocol.errors import Reason, Refused

MAX_IN_A_SPACE = 200
_DRAWS = 12
_STYLES: tuple[Style, ...] = get_args(Style)
_CLOSED = frozenset({Reason.NOT_FOUND, Reason.READ_ONLY})


@dataclass(frozen=True)
class Candidate:
    """A pupil who may take part, with the place, if there is or was one."""

    known: Known
    place: Place | None

    @property
    def takes_part(self) -> bool:
        return self.place is not None and self.place.ended_ms is None


@dataclass(frozen=True)
class CandidateClass:
    """A class that the asking teacher looks after, with everybody in it."""

    class_: SchoolClass
    candidates: Sequence[Candidate]


async def list_candidates(room: Classroom, account: Account, space: str) -> list[CandidateClass]:
    """The teacher's own classes, for choosing who takes part; that names were read is kept.

    Refuses with NOT_ALLOWED who is no teacher, with NOT_FOUND who is not in the space.
    """
    require_teacher(account)
    await own_spaces.pseudonym_of(room.context, account, space)
    now_ms = room.now_ms()
    async with room.vault.write() as unit:
        there = {one.pupil: one for one in await places.list_of_space(unit, space)}
        reading = Reading(account.id, Why.TAKING_PART, now_ms)
        return [
            CandidateClass(
                one,
                [
                    Candidate(known, there.get(known.pupil.id))
                    for known in await pupils.read_class(unit, one.id, reading)
                ],
            )
            for one in await classes.list_of_teacher(unit, account.id)
        ]


async def choose(room: Classroom, account: Account, space: str, chosen: Iterable[int]) -> None:
    """Of the pupils whom the teacher looks after exactly the `chosen` ones take part.

    Others are left as they are. No alias is given, nor given back, that tells who somebody at the
    school is. Refuses with NOT_ALLOWED who is no teacher, NOT_FOUND who is not in the space,
    TOO_MANY_ITEMS, and as `acting.declare`.
    """
    require_teacher(account)
    await own_spaces.pseudonym_of(room.context, account, space)
    wanted = set(chosen)
    now_ms = room.now_ms()
    async with room.vault.write() as unit:
        there = {one.pupil: one for one in await places.list_of_space(unit, space)}
        own: dict[int, SchoolClass] = {}
        for class_ in await classes.list_of_teacher(unit, account.id):
            own |= {one.id: class_ for one in await pupils.list_of_class(unit, class_.id)}
        wanted &= own.keys()
        present = {number for number, one in there.items() if one.ended_ms is None}
        if len(present | wanted) > MAX_IN_A_SPACE:
            sentence = f"At most {MAX_IN_A_SPACE} pupils of a school take part in a space."
            raise Refused(Reason.TOO_MANY_ITEMS, sentence)
        back = [there[number] for number in (wanted & there.keys()) - present]
        telling = await _find_telling(unit, [one.alias for one in back])
        unsaid = {one.pupil: one for one in back if one.alias in telling}
        fresh = sorted((wanted - there.keys()) | unsaid.keys())
        taken = [one.alias for one in there.values()] + await pupils.list_aliases(unit)
        for number, alias in await _draw_for(room, unit, taken, fresh, own):
            before = unsaid.get(number)
            pseudonym = publish.new_name(room.context) if before is None else before.pseudonym
            await places.put(unit, number, space, pseudonym=pseudonym, alias=alias, now_ms=now_ms)
        for one in back:
            if one.pupil not in unsaid:
                await places.put(
                    unit, one.pupil, space, pseudonym=one.pseudonym, alias=one.alias, now_ms=now_ms
                )
        kept = {one.pupil: one for one in await places.list_of_space(unit, space)}
    # In the order of random ids, who comes and who goes: that of the roster would tell something.
    for number in sorted(wanted, key=lambda one: kept[one].pseudonym):
        one = kept[number]
        await acting.declare(
            room.context, account, space, one.pseudonym, one.alias, own[number].language
        )
    leaving = own.keys() & present - wanted
    for number in sorted(leaving, key=lambda one: kept[one].pseudonym):
        await _leave(room, account, kept[number])


async def rename(room: Classroom, account: Account, space: str, pupil: int, alias: str) -> None:
    """Another alias in this space. Refuses with NOT_FOUND, CONFLICT one that is taken there,
    BAD_INPUT one that is empty or too long, NOT_ALLOWED one with anybody's name, sign-in name or
    alias in a class of this school in it, and who is no teacher."""
    require_teacher(account)
    await own_spaces.pseudonym_of(room.context, account, space)
    alias = " ".join(alias.split())
    key = pupils.alias_key(alias)
    if not key or len(alias) > aliases.MAX_CHARACTERS:
        raise Refused(
            Reason.BAD_INPUT,
            f"An alias has 1 to {aliases.MAX_CHARACTERS} characters.",
            field="alias",
        )
    async with room.vault.write() as unit:
        found = await pupils.find(unit, pupil)
        if found is None:
            raise Refused(Reason.NOT_FOUND, "This pupil does not take part in the space.")
        class_ = await get_class(unit, account, found.class_)
        there = await places.list_of_space(unit, space)
        own = [one for one in there if one.pupil == pupil and one.ended_ms is None]
        if not own:
            raise Refused(Reason.NOT_FOUND, "This pupil does not take part in the space.")
        if any(pupils.alias_key(one.alias) == key for one in there if one.pupil != pupil):
            raise Refused(
                Reason.CONFLICT, "Somebody of your school has this alias there.", field="alias"
            )
        if await _find_telling(unit, [alias]):
            raise Refused(
                Reason.NOT_ALLOWED,
                "This alias tells who somebody at your school is.",
                field="alias",
            )
        await places.put(
            unit, pupil, space, pseudonym=own[0].pseudonym, alias=alias, now_ms=room.now_ms()
        )
    try:
        await acting.declare(room.context, account, space, own[0].pseudonym, alias, class_.language)
    except Refused:
        await _take_old(room, own[0], alias)
        raise


async def _take_old(room: Classroom, before: Place, refused: str) -> None:
    """The vault says again what the log says, where that could not be told of another alias: else
    the page of the school would show as corrected what every partner still reads."""
    if await acting.find_alias(room.context, before.space, before.pseudonym) == refused:
        return
    async with room.vault.write() as unit:
        there = await places.find(unit, before.pupil, before.space)
        if there is not None and there.alias == refused and there.ended_ms is None:
            await places.put(
                unit,
                before.pupil,
                before.space,
                pseudonym=before.pseudonym,
                alias=before.alias,
                now_ms=room.now_ms(),
            )


async def leave_together(room: Classroom, by: By, leaving: Iterable[int]) -> dict[int, Refused]:
    """End every place of these pupils that can be ended; what stood in the way, by pupil. A space
    that this school is in no more hears of it no more.

    One space after the other, and in each in the order of its random ids: were it pupil by pupil,
    whoever is in two of the spaces would see the same order in both.
    """
    async with room.vault.read() as view:
        found = [one for pupil in leaving for one in await places.list_of_pupil(view, pupil)]
    refusals: dict[int, Refused] = {}
    for one in sorted(found, key=lambda one: (one.space, one.pseudonym)):
        try:
            await _leave(room, by, one)
        except Refused as refused:
            refusals.setdefault(one.pupil, refused)
    return refusals


async def _draw_for(
    room: Classroom,
    view: View,
    taken: Iterable[str],
    fresh: Sequence[int],
    own: Mapping[int, SchoolClass],
) -> list[tuple[int, str]]:
    """An alias for each of these pupils, as their classes are addressed."""
    drawn: list[tuple[int, str]] = []
    for style in _STYLES:
        numbers = [one for one in fresh if own[one].style == style]
        used = [*taken, *(alias for _, alias in drawn)]
        found = await _draw(room, view, used, len(numbers), style)
        drawn += zip(numbers, found, strict=True)
    return drawn


async def _draw(
    room: Classroom, view: View, taken: Iterable[str], count: int, style: Style
) -> list[str]:
    """So many aliases that nobody has and that tell nothing: also an animal or a star may be
    somebody's name."""
    used = list(taken)
    drawn: list[str] = []
    for _ in range(_DRAWS):
        found = aliases.propose(used, count - len(drawn), room.context.chance, style)
        telling = await _find_telling(view, found)
        drawn += [one for one in found if one not in telling]
        used += found
        if len(drawn) == count:
            return drawn
    raise Refused(Reason.TOO_MANY_ITEMS, "Nearly every alias is somebody's name here.")


async def _leave(room: Classroom, by: By, place: Place) -> None:
    try:
        await acting.dismiss(room.context, by, place.space, place.pseudonym)
    except Refused as refused:
        # What is closed for a while only, as after a restored backup, hears of it later.
        if refused.reason not in _CLOSED or await _is_open(room, place.space):
            raise
    async with room.vault.write() as unit:
        await places.end(unit, place.pupil, place.space, room.now_ms())


async def _is_open(room: Classroom, space: str) -> bool:
    """Whether this school takes part in a space."""
    async with room.context.database.read() as reader:
        kept = await spaces.find(reader, space)
    return kept is not None and not kept.ended


async def _find_telling(view: View, found: Iterable[str]) -> set[str]:
    """Those aliases that tell who somebody at the school is, in any space or class."""
    known = {pupils.alias_key(one) for one in await pupils.list_aliases(view)}
    roster = roster_of(await pupils.list_names(view))
    return {
        one
        for one in found
        if pupils.alias_key(one) in known or check([one], roster, language_of(""))
    }
