"""A pupil who decides for himself about his pictures says so on a page of his own.

Who that is the school marks: all of a class, or some of it; nobody's age is kept. Everybody else
sees how it stands, and who decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from node.actions import spaces as own_spaces
from node.classroom import keeping, portraits
from node.classroom.room import Classroom, get_class
from node.storage.accounts import Account
from node.vault import classes, consents, deciders, places
from node.vault.consents import Consent, Said, State
from node.vault.pupils import Pupil
from node.vault.vault import View
from protocol.errors import Reason, Refused

ANSWERS: Final[Sequence[Said]] = ("space", "public", "refused")


@dataclass(frozen=True)
class OwnLine:
    """How it stands in one space; `until_ms` for a yes, `pictures` are those that show him."""

    space: str
    title: str
    said: Said | None
    state: State
    until_ms: int
    pictures: int


@dataclass(frozen=True)
class OwnConsents:
    """All of a pupil's, and whether he decides; `ends_ms` is when a yes of today ends."""

    lines: Sequence[OwnLine]
    decides: bool
    ends_ms: int


async def open_own(room: Classroom, pupil: Pupil) -> OwnConsents:
    """How it stands with a pupil's pictures in each space in which he takes part."""
    now_ms = room.now_ms()
    async with room.vault.read() as view:
        decides, ends_ms = await _decides(view, pupil)
        there = await places.list_of_pupil(view, pupil.id)
        said = [await consents.find(view, pupil.id, one.space) for one in there]
        shown = [
            (await portraits.count_pictures(view, one.space, [pupil.id])).get(pupil.id, 0)
            for one in there
        ]
    return OwnConsents(
        [
            OwnLine(
                place.space,
                await own_spaces.find_title(room.context, place.space),
                None if one is None else one.said,
                consents.state_of(one, now_ms),
                0 if one is None else one.until_ms,
                number,
            )
            for place, one, number in zip(there, said, shown, strict=True)
        ],
        decides,
        ends_ms,
    )


async def say(room: Classroom, pupil: Pupil, space: str, said: Said) -> None:
    """What the pupil decided; a no takes down every picture that shows him there, everywhere.

    Refuses with NOT_FOUND a space in which he does not take part, NOT_ALLOWED whoever does not
    decide for himself, BAD_INPUT (`said`) another answer, or a yes after the school year.
    """
    now_ms = room.now_ms()
    if said not in ANSWERS:
        raise Refused(Reason.BAD_INPUT, "Choose one of the answers.", field="said")
    if said == "refused":
        async with room.vault.read() as view:
            await _require(view, pupil, space)
        # Before it is certain to be kept: one no too many is harmless, one too few is not.
        await keeping.note_refused(room, pupil.name, space, now_ms)
    async with room.vault.write() as unit:
        ends_ms = await _require(unit, pupil, space)
        if said != "refused" and ends_ms <= now_ms:
            raise Refused(Reason.BAD_INPUT, "The school year is over.", field="said")
        await consents.put(
            unit,
            Consent(
                pupil=pupil.id,
                space=space,
                said=said,
                way="page",
                signed_by="pupil",
                signer="",
                signed_ms=now_ms,
                until_ms=now_ms if said == "refused" else ends_ms,
                account=None,
                at_ms=now_ms,
            ),
        )
    if said == "refused":
        await portraits.take_down_unwanted(room)


async def mark(room: Classroom, account: Account, class_: int, pupils: Sequence[int]) -> None:
    """Say who of a class decides for himself, where some of it do. Refuses with NOT_FOUND."""
    async with room.vault.write() as unit:
        await get_class(unit, account, class_)
        await deciders.put_class(unit, class_, pupils, account=account.id, now_ms=room.now_ms())


async def list_marked(room: Classroom, account: Account, class_: int) -> frozenset[int]:
    """Refuses with NOT_FOUND."""
    async with room.vault.read() as view:
        await get_class(view, account, class_)
        return await deciders.list_of_class(view, class_)


async def _require(view: View, pupil: Pupil, space: str) -> int:
    """When a yes of this pupil ends."""
    place = await places.find(view, pupil.id, space)
    if place is None or place.ended_ms is not None:
        raise Refused(Reason.NOT_FOUND, "There is no such project.")
    decides, ends_ms = await _decides(view, pupil)
    if not decides:
        raise Refused(Reason.NOT_ALLOWED, "Somebody else decides about pictures of this pupil.")
    return ends_ms


async def _decides(view: View, pupil: Pupil) -> tuple[bool, int]:
    class_ = await classes.find(view, pupil.class_)
    if class_ is None or class_.decides == "none":
        return False, 0
    if class_.decides == "some" and not await deciders.is_one(view, pupil.id):
        return False, class_.ends_ms
    return True, class_.ends_ms
