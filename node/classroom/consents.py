"""What was signed about pupils' pictures: recorded by a class's teachers, for one space at a time.

Every change is kept with who made it. Whoever may sign, a class says (`Decides`), so that no
pupil's age has to be known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from node.actions import spaces as own_spaces
from node.classroom import keeping, portraits
from node.classroom.room import Classroom, get_class
from node.storage.accounts import Account
from node.vault import classes, consents, deciders, places, pupils
from node.vault.classes import Decides, SchoolClass
from node.vault.consents import Consent, Said, SignedBy, State
from node.vault.pupils import Known, Reading, Why
from protocol.errors import Reason, Refused

MAX_SIGNER_CHARACTERS = 120
ANSWERS: tuple[Said, ...] = ("space", "public", "refused", "withdrawn")
SIGNERS: dict[Decides, tuple[SignedBy, ...]] = {
    "none": ("guardian",),
    "some": ("guardian", "pupil"),
    "all": ("pupil",),
}
_DAY_MS = 86_400_000
_AHEAD_MS = 14 * 3_600_000
"""So far a school's day may be ahead of UTC."""
_LONGEST_DAYS = 731
_YES: frozenset[Said] = frozenset({"space", "public"})


@dataclass(frozen=True)
class Line:
    """A pupil of the class with his last word; `alias` is the one in the space, "" without."""

    known: Known
    alias: str
    consent: Consent | None
    state: State
    pictures: int


@dataclass(frozen=True)
class ConsentList:
    """A class in a space."""

    class_: SchoolClass
    lines: Sequence[Line]

    @property
    def signers(self) -> tuple[SignedBy, ...]:
        """Who may sign in this class."""
        return SIGNERS[self.class_.decides]


@dataclass(frozen=True)
class Signed:
    """A slip that came back: whose it is, and the name under it, which may be left out."""

    pupil: int
    signer: str = ""


async def open_list(room: Classroom, account: Account, space: str, class_: int) -> ConsentList:
    """How it stands with everybody in a class; that the names were read is kept.

    Refuses with NOT_FOUND who is not in the space or does not look after the class.
    """
    await own_spaces.pseudonym_of(room.context, account, space)
    now_ms = room.now_ms()
    async with room.vault.write() as unit:
        found = await get_class(unit, account, class_)
        known = await pupils.read_class(unit, class_, Reading(account.id, Why.CONSENTS, now_ms))
        said = await consents.list_of_space(unit, space)
        there = {
            one.pupil: one.alias
            for one in await places.list_of_space(unit, space)
            if one.ended_ms is None
        }
        shown = await portraits.count_pictures(unit, space, [one.pupil.id for one in known])
    return ConsentList(
        found,
        [
            Line(
                one,
                there.get(one.pupil.id, ""),
                said.get(one.pupil.id),
                consents.state_of(said.get(one.pupil.id), now_ms),
                shown.get(one.pupil.id, 0),
            )
            for one in known
        ],
    )


async def choose_decides(room: Classroom, account: Account, class_: int, decides: Decides) -> None:
    """Say whether the pupils of a class sign for themselves. Refuses with NOT_FOUND."""
    async with room.vault.write() as unit:
        await get_class(unit, account, class_)
        await classes.put_decides(unit, class_, decides)


async def record(
    room: Classroom,
    account: Account,
    space: str,
    class_: int,
    slips: Sequence[Signed],
    *,
    said: Said,
    signed_by: SignedBy,
    signed_on: date,
    until: date,
) -> int:
    """Keep what came back signed; how many pictures were taken down everywhere because of it.

    All of it or nothing. Refuses with NOT_FOUND as `open_list` and somebody of another class;
    BAD_INPUT where nobody is chosen (field `pupils`), with a day that cannot be (fields
    `signed_on`, `until`), and somebody who does not sign in this class, or for one who decides for
    himself (field `signed_by`);
    CONFLICT (fact `earlier`) a consent that was signed before, or on the day of, a withdrawal.
    """
    await own_spaces.pseudonym_of(room.context, account, space)
    now_ms, signed_ms = room.now_ms(), _midnight(signed_on)
    until_ms = _midnight(until) + _DAY_MS if said in _YES else signed_ms
    if not slips:
        raise Refused(Reason.BAD_INPUT, "Choose at least one pupil.", field="pupils")
    if signed_ms > now_ms + _AHEAD_MS:
        raise Refused(Reason.BAD_INPUT, "Nobody signs in the future.", field="signed_on")
    if said in _YES and not now_ms < until_ms <= now_ms + _LONGEST_DAYS * _DAY_MS:
        raise Refused(
            Reason.BAD_INPUT, "A consent ends after today, and within two years.", field="until"
        )
    async with room.vault.write() as unit:
        found = await get_class(unit, account, class_)
        if signed_by not in SIGNERS[found.decides]:
            raise Refused(Reason.BAD_INPUT, "In this class somebody else signs.", field="signed_by")
        marked = await deciders.list_of_class(unit, class_)
        if signed_by == "guardian" and any(one.pupil in marked for one in slips):
            raise Refused(
                Reason.BAD_INPUT, "Somebody of them decides for himself.", field="signed_by"
            )
        own = {one.id for one in await pupils.list_of_class(unit, class_)}
        before = await consents.list_of_space(unit, space)
        if any(one.pupil not in own for one in slips):
            raise Refused(Reason.NOT_FOUND, "There is no such pupil in this class.")
        if said in _YES and any(_is_earlier(before.get(one.pupil), signed_ms) for one in slips):
            raise Refused(Reason.CONFLICT, "Somebody said no after this was signed.", earlier=True)
        if said not in _YES:
            # Before it is certain to be kept: one no too many is harmless, one too few is not.
            for each in await pupils.list_of_class(unit, class_):
                if each.id in {one.pupil for one in slips}:
                    await keeping.note_refused(room, each.name, space, now_ms)
        for one in slips:
            await consents.put(
                unit,
                Consent(
                    one.pupil,
                    space,
                    said,
                    "paper",
                    signed_by,
                    one.signer,
                    signed_ms,
                    until_ms,
                    account.id,
                    now_ms,
                ),
            )
    if said in _YES:
        return 0
    return await portraits.take_down_unwanted(room)


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


def _is_earlier(last: Consent | None, signed_ms: int) -> bool:
    """Whether somebody said no since. What a slip withdrew needs a slip of another day."""
    if last is None or last.said in _YES:
        return False
    return signed_ms < last.signed_ms or (last.said == "withdrawn" and signed_ms == last.signed_ms)
