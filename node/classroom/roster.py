"""Classes and who is in them: made, filled, changed and read by the teachers who look after them.

Every look at a name is kept with who looked, when and why.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from node.actions import publish
from node.actions import pupils as acting
from node.actions.permission import By
from node.classroom import aliases, keeping, portraits, taking_part
from node.classroom.room import Classroom, clear_away, get_class, require_teacher
from node.storage.accounts import Account
from node.vault import cards, classes, places, pupils, sessions
from node.vault.cards import Card
from node.vault.classes import SchoolClass
from node.vault.pupils import Known, Names, Pupil, Read, Reading, Why
from node.vault.vault import Unit, View
from protocol.errors import Reason, Refused

MAX_PUPILS = 60
MAX_NAME_CHARACTERS = 120
MAX_CLASS_CHARACTERS = 60
MAX_CLASSES = 200
_DAY_MS = 86_400_000
_CODES = 900


@dataclass(frozen=True)
class ListedClass:
    """A class in a list."""

    class_: SchoolClass
    pupils: int


@dataclass(frozen=True)
class Newcomer:
    """Somebody to be put into a class; all names may be empty."""

    alias: str
    names: Names


@dataclass(frozen=True)
class OpenClass:
    """A class as its teacher sees it: records, cards by pupil, who is signed in and since when."""

    class_: SchoolClass
    known: Sequence[Known]
    cards: dict[int, Card]
    present: dict[int, int]


async def list_classes(room: Classroom, account: Account) -> list[ListedClass]:
    """The classes that the account looks after; all of them for administrators."""
    require_teacher(account)
    async with room.vault.read() as view:
        found = (
            await classes.list_all(view)
            if account.is_admin
            else await classes.list_of_teacher(view, account.id)
        )
        counts = await classes.count_pupils(view)
    return [ListedClass(one, counts.get(one.id, 0)) for one in found]


async def make_class(
    room: Classroom, account: Account, *, name: str, language: str, last_day: date
) -> int:
    """A new class; its number. Refuses with BAD_INPUT a year that is over or too far away."""
    require_teacher(account)
    now_ms = room.now_ms()
    ends_ms = end_of(last_day)
    require_year(now_ms, ends_ms)
    async with room.vault.write() as unit:
        if len(await classes.list_all(unit)) >= MAX_CLASSES:
            raise Refused(Reason.TOO_MANY_ITEMS, f"A school has at most {MAX_CLASSES} classes.")
        return await classes.put(
            unit,
            code=await _draw_code(room, unit),
            name=name,
            language=language,
            now_ms=now_ms,
            ends_ms=ends_ms,
            account=account.id,
        )


def require_year(now_ms: int, ends_ms: int) -> None:
    """Refuses with BAD_INPUT a year that is over or too far away."""
    if not now_ms < ends_ms <= now_ms + 731 * _DAY_MS:
        raise Refused(
            Reason.BAD_INPUT,
            "The school year ends after today, and within two years.",
            field="last_day",
        )


def end_of(last_day: date) -> int:
    """The end of a day, in milliseconds: with it the cards of a class expire."""
    midnight = datetime(last_day.year, last_day.month, last_day.day, tzinfo=UTC)
    return int(midnight.timestamp()) * 1000 + _DAY_MS


async def find_class(room: Classroom, account: Account, class_: int) -> SchoolClass:
    """A class, without its pupils. Refuses with NOT_FOUND as `get_class`."""
    async with room.vault.read() as view:
        return await get_class(view, account, class_)


async def open_class(
    room: Classroom, account: Account, class_: int, why: Why = Why.CLASS_LIST
) -> OpenClass:
    """A class with the names of its pupils; that somebody read them is kept."""
    now_ms = room.now_ms()
    async with room.vault.write() as unit:
        found = await get_class(unit, account, class_)
        return OpenClass(
            found,
            await pupils.read_class(unit, class_, Reading(account.id, why, now_ms)),
            await cards.list_of_class(unit, class_),
            await sessions.list_of_class(unit, class_, now_ms),
        )


def names_of(*, display: str, given: str = "", family: str = "", login: str = "") -> Names:
    """What somebody gave of a pupil's names."""
    return Names(display, given, family, login)


def read_names(text: str) -> list[Newcomer]:
    """Pasted names, one in a line; a line `Berg, Anna` names the family first."""
    found = []
    for line in text.splitlines():
        family, comma, given = (" ".join(part.split()) for part in line.partition(","))
        if comma and family and given:
            found.append(Newcomer("", Names(f"{given} {family}", given, family)))
        elif name := family or given:
            found.append(Newcomer("", Names(name)))
    return found


async def open_for_cards(room: Classroom, account: Account, class_: int) -> OpenClass:
    """As `open_class`, in order to hand out cards."""
    return await open_class(room, account, class_, Why.CARDS)


async def propose(
    room: Classroom, account: Account, class_: int, found: Sequence[Newcomer]
) -> list[Newcomer]:
    """The same people, each with an alias that nobody in the class has."""
    async with room.vault.read() as view:
        style = (await get_class(view, account, class_)).style
        present = await pupils.list_of_class(view, class_)
        taken = [one.alias for one in present] + await places.list_aliases(view)
    proposed = aliases.propose(taken, len(found), room.context.chance, style)
    return [Newcomer(alias, one.names) for alias, one in zip(proposed, found, strict=True)]


async def add_pupils(
    room: Classroom, account: Account, class_: int, newcomers: Sequence[Newcomer]
) -> None:
    """Put people into a class, all or none.

    Refuses with CONFLICT (fact `row`, from 0) an alias that the class has, BAD_INPUT (`row`) an
    empty or too long one, one that tells the name (`tells`) or one that somebody has in a space
    (`said`), TOO_MANY_ITEMS a class that is too large.
    """
    now_ms = room.now_ms()
    async with room.vault.write() as unit:
        await get_class(unit, account, class_)
        taken = {pupils.alias_key(one.alias) for one in await pupils.list_of_class(unit, class_)}
        if len(taken) + len(newcomers) > MAX_PUPILS:
            raise Refused(Reason.TOO_MANY_ITEMS, f"A class has at most {MAX_PUPILS} pupils.")
        known = {pupils.alias_key(one) for one in await places.list_aliases(unit)}
        for row, one in enumerate(newcomers):
            check_alias(one.alias, one.names, taken, row=row)
            _require_unsaid(one.alias, known, row=row)
            taken.add(pupils.alias_key(one.alias))
            name = publish.new_name(room.context)
            await pupils.put(unit, class_, one.alias, one.names, now_ms, name=name)


async def read_pupil(room: Classroom, account: Account, class_: int, pupil: int) -> Known:
    """One record; that somebody read it is kept. Refuses with NOT_FOUND."""
    async with room.vault.write() as unit:
        await get_class(unit, account, class_)
        await get_pupil(unit, class_, pupil)
        known = await pupils.read_one(
            unit, pupil, Reading(account.id, Why.ONE_PUPIL, room.now_ms())
        )
    if known is None:
        raise _no_pupil()
    return known


async def change_pupil(
    room: Classroom, account: Account, class_: int, pupil: int, newcomer: Newcomer
) -> None:
    """Another alias, other names. Refuses as `add_pupils`."""
    async with room.vault.write() as unit:
        await get_class(unit, account, class_)
        await get_pupil(unit, class_, pupil)
        others = await pupils.list_of_class(unit, class_)
        taken = {pupils.alias_key(one.alias) for one in others if one.id != pupil}
        check_alias(newcomer.alias, newcomer.names, taken, row=0)
        known = {pupils.alias_key(one) for one in await places.list_aliases(unit)}
        _require_unsaid(newcomer.alias, known, row=0)
        await pupils.change(unit, pupil, newcomer.alias, newcomer.names)


async def remove_pupil(
    room: Classroom, account: Account, class_: int, pupil: int, *, erase: bool
) -> None:
    """Forget a pupil here: names, card, sessions, places and whatever was not released.

    With `erase` everything that was released is erased at every school too, and the aliases; each
    school confirms it with its signature. Without, it stays under its alias; pictures that show the
    pupil go in any case. The spaces hear that the alias takes part no more; where that cannot be
    said now, nobody is forgotten yet: what could be said stays said.
    """
    async with room.vault.read() as view:
        await get_class(view, account, class_)
        found = await get_pupil(view, class_, pupil)
        there = await places.list_all_of_pupil(view, pupil)
    await let_go(room, account, [pupil])
    if erase:
        for one in there:
            await acting.erase(room.context, account, one.space, one.pseudonym)
    # Before the rows go: one name too many is harmless, one too few is not.
    await keeping.note_forgotten(room, found.name)
    async with room.vault.write() as unit:
        await pupils.drop(unit, pupil)
    await clear_away(room)


async def let_go(room: Classroom, by: By, leaving: Collection[int]) -> None:
    """The spaces hear that these pupils take part no more, and the pictures that show them go: all
    that can be said now, and then it refuses as the first that cannot. For pupils who are to be
    forgotten together it is called once, so that nobody outside sees who came after whom."""
    refusals = await taking_part.leave_together(room, by, leaving)
    refusals |= await portraits.take_down_of(room, leaving)
    for refused in refusals.values():
        raise refused


async def list_readings(room: Classroom, account: Account, *, limit: int) -> list[Read]:
    """Who read what about pupils, for administrators. Refuses others with NOT_ALLOWED."""
    if not account.is_admin:
        raise Refused(Reason.NOT_ALLOWED, "Only an administrator sees who read what.")
    async with room.vault.read() as view:
        return await pupils.list_readings(view, limit=limit)


async def get_pupil(view: View, class_: int, pupil: int) -> Pupil:
    """A pupil of the class. Refuses with NOT_FOUND."""
    found = await pupils.find(view, pupil)
    if found is None or found.class_ != class_:
        raise _no_pupil()
    return found


def check_alias(alias: str, names: Names, taken: set[str], *, row: int) -> None:
    """Refuses an alias that cannot be: see `add_pupils`."""
    key = pupils.alias_key(alias)
    if not key or len(alias) > aliases.MAX_CHARACTERS:
        raise Refused(
            Reason.BAD_INPUT,
            f"An alias has 1 to {aliases.MAX_CHARACTERS} characters.",
            field="alias",
            row=row,
        )
    parts = [
        part
        for name in (names.display, names.given, names.family, names.login)
        for part in name.split()
    ]
    if any(len(pupils.alias_key(part)) > 2 and pupils.alias_key(part) in key for part in parts):
        raise Refused(
            Reason.BAD_INPUT,
            "This alias tells the pupil's name.",
            field="alias",
            row=row,
            tells=True,
        )
    if key in taken:
        raise Refused(
            Reason.CONFLICT, "Somebody in the class has this alias.", field="alias", row=row
        )


def _require_unsaid(alias: str, known: set[str], *, row: int) -> None:
    """Refuses an alias that partner schools know: it stands on a card and on the class list."""
    if pupils.alias_key(alias) in known:
        raise Refused(
            Reason.BAD_INPUT,
            "Somebody of your school has this alias in a space, where partners read it.",
            field="alias",
            row=row,
            said=True,
        )


async def _draw_code(room: Classroom, unit: Unit) -> str:
    """A code for a class: an animal and a number, which a child can type."""
    chance = room.context.chance
    while True:
        animal = aliases.ANIMALS[int(chance.fraction() * len(aliases.ANIMALS))]
        code = f"{animal.lower()}-{100 + int(chance.fraction() * _CODES)}"
        if await classes.find_by_code(unit, code) is None:
            return code


def _no_pupil() -> Refused:
    return Refused(Reason.NOT_FOUND, "There is no such pupil in this class.")
