"""Pictures and whom they show: marked by a teacher, released only with everybody's consent, taken
down when somebody says no.

Who is in a picture is known in the vault alone. The mark bears the name that the picture has in the
space, or will have; what is marked stays so when it is released.
"""

import asyncio
import traceback
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from node import events
from node.actions import materials, residency
from node.actions import spaces as own_spaces
from node.actions.context import Context
from node.actions.materials import Residency, Said
from node.classroom.room import Classroom, require_teacher
from node.storage.accounts import Account
from node.vault import classes, consents, places, portraits, pupils, works
from node.vault.consents import State
from node.vault.pupils import Reading, Why
from node.vault.vault import View
from protocol.errors import Reason, Refused

MOST_IN_A_PICTURE = 200
TOPIC = "portraits"
_AGAIN_MS = 600_000


@dataclass(frozen=True)
class Before:
    """Which picture a teacher had before him: the bytes `kept` of a work that waits."""

    work: int
    kept: str


@dataclass(frozen=True)
class Face:
    """A pupil who may be in a picture. `name` is what the asking teacher may read: that of his own
    class, else the alias in the space."""

    pupil: int
    name: str
    class_name: str
    state: State
    is_shown: bool

    @property
    def is_missing(self) -> bool:
        """Whether no consent counts for this pupil now."""
        return self.state is not State.GIVEN


async def list_faces(room: Classroom, account: Account, space: str, object_: str) -> Sequence[Face]:
    """Whom a picture may show: the teacher's own classes, and who else of the school takes part.

    That names were read is kept. Refuses with NOT_ALLOWED who is no teacher, NOT_FOUND who is not
    in the space.
    """
    require_teacher(account)
    await own_spaces.pseudonym_of(room.context, account, space)
    now_ms = room.now_ms()
    async with room.vault.write() as unit:
        said = await consents.list_of_space(unit, space)
        shown = set(await portraits.list_shown(unit, space, object_))
        reading = Reading(account.id, Why.PICTURES, now_ms)
        names: dict[int, tuple[str, str]] = {}
        for class_ in await classes.list_of_teacher(unit, account.id):
            for one in await pupils.read_class(unit, class_.id, reading):
                names[one.pupil.id] = (one.names.display or one.pupil.alias, class_.name)
        for place in await places.list_of_space(unit, space):
            if place.pupil not in names and (place.ended_ms is None or place.pupil in shown):
                names[place.pupil] = (place.alias, await _class_of(unit, place.pupil))
    return [
        Face(number, name, class_name, consents.state_of(said.get(number), now_ms), number in shown)
        for number, (name, class_name) in names.items()
    ]


async def mark(
    room: Classroom,
    account: Account,
    space: str,
    object_: str,
    shown: Collection[int],
    *,
    take_down: bool = False,
    before: Before | None = None,
) -> bool:
    """Say that a picture shows exactly these of the pupils whom the teacher can choose; whether it
    was taken down.

    For a picture that is not in the space yet everybody may be marked: what is missing keeps it
    here, and one that was blocked because somebody was forgotten is blocked no more. For one that
    is there, refuses with NOT_ALLOWED (fact `missing`, how many) where somebody has not consented,
    unless it may be taken down for it. Refuses with TOO_MANY_ITEMS, CONFLICT where somebody was
    forgotten meanwhile or the work has not the picture any more that was looked at `before`, and as
    `list_faces`.
    """
    faces = await list_faces(room, account, space, object_)
    if len(shown) > MOST_IN_A_PICTURE:
        raise Refused(Reason.TOO_MANY_ITEMS, f"At most {MOST_IN_A_PICTURE} are marked.")
    known = {one.pupil for one in faces}
    wanted = known & set(shown)
    missing = [one.pupil for one in faces if one.pupil in wanted and one.is_missing]
    is_out = await materials.is_there(room.context, space, object_)
    if is_out and missing and not take_down:
        raise _missing(missing)
    async with room.vault.write() as unit:
        if before is not None:
            await _require_same(unit, before)
        if [one for one in wanted if await pupils.find(unit, one) is None]:
            raise Refused(Reason.CONFLICT, "Somebody was forgotten meanwhile; look again.")
        # Whom this teacher cannot choose stays as a colleague marked it.
        others = set(await portraits.list_shown(unit, space, object_)) - known
        await portraits.put_all(
            unit, space, object_, wanted | others, account=account.id, now_ms=room.now_ms()
        )
        if not is_out and known.issuperset(shown):
            await portraits.unblock(unit, space, object_)
    # It may have been let out, or somebody may have said no, while this was being written.
    async with room.vault.read() as view:
        missing = await _list_missing(view, space, sorted(wanted), room.now_ms())
    return bool(missing) and await _take_down(room, space, object_)


async def publish(
    room: Classroom, account: Account, space: str, said: Sequence[tuple[str, Said]]
) -> list[str]:
    """As `materials.publish`; a picture that shows pupils stays at this school at first.

    Refuses also as `require_consents`, with the fact `upload`.
    """
    checked = []
    async with room.vault.read() as view:
        for id_, words in said:
            shown = await portraits.list_shown(view, space, id_)
            await require_consents(room, view, space, id_, upload=id_)
            checked.append((id_, replace(words, residency="home") if shown else words))
    published = await materials.publish(room.context, account, space, checked)
    await look_again(room, space, [id_ for id_, _ in said])
    return published


async def move(room: Classroom, account: Account, space: str, file: str, wished: Residency) -> None:
    """As `residency.move`; what is to go to the other schools is refused as `require_consents`."""
    if wished == "shared":
        async with room.vault.read() as view:
            await require_consents(room, view, space, file.rpartition("/")[2])
    await residency.move(room.context, account, space, file, wished)
    # Somebody may have said no in between.
    await take_down_unwanted(room)


async def look_again(room: Classroom, space: str, published: Iterable[str]) -> None:
    """After pictures were let out: somebody may have said no in between, or been marked."""
    for object_ in published:
        async with room.vault.read() as view:
            shown = await portraits.list_shown(view, space, object_)
            missing = await _list_missing(view, space, shown, room.now_ms())
        if missing:
            await _try_to_take_down(room, space, object_)
    await take_down_unwanted(room)


async def require_consents(
    room: Classroom, view: View, space: str, object_: str, **facts: str
) -> None:
    """Refuses with NOT_ALLOWED (fact `missing`, how many) a picture that shows somebody who has not
    consented, or not for this long, and one (fact `forgotten`) that was marked with somebody who
    was forgotten since, until a teacher marks it anew."""
    if await portraits.is_blocked(view, space, object_):
        raise Refused(
            Reason.NOT_ALLOWED,
            "Somebody in the picture was forgotten; mark anew whom it shows.",
            forgotten=True,
            **facts,
        )
    shown = await portraits.list_shown(view, space, object_)
    missing = await _list_missing(view, space, shown, room.now_ms())
    if missing:
        raise _missing(missing, **facts)


async def name_missing(
    room: Classroom,
    account: Account,
    space: str,
    object_: str,
    chosen: Collection[int] | None = None,
) -> list[str]:
    """Whose consent is missing for a picture, under the names that the teacher may read: among
    whom it shows, or among the `chosen`. Refuses as `list_faces`."""
    faces = await list_faces(room, account, space, object_)
    wanted = {one.pupil for one in faces if one.is_shown} if chosen is None else set(chosen)
    return [one.name for one in faces if one.pupil in wanted and one.is_missing]


async def count_pictures(view: View, space: str, shown: Iterable[int]) -> dict[int, int]:
    """How many pictures of a space show each of them."""
    return await portraits.count_pictures(view, space, shown)


async def list_marked(room: Classroom, space: str, objects: Iterable[str]) -> dict[str, int]:
    """How many pupils each of these pictures shows."""
    async with room.vault.read() as view:
        return {one: len(await portraits.list_shown(view, space, one)) for one in objects}


async def take_down_unwanted(room: Classroom) -> int:
    """Erase, here and at every partner, what shows somebody who said no or was forgotten; how many
    pictures.

    What cannot be erased just now, because a disk is full or a backup was just restored, keeps no
    other picture and is tried again by the worker.
    """
    async with room.vault.read() as view:
        found = [(one.space, one.object) for one in await portraits.list_unwanted(view)]
        found += await portraits.list_blocked(view)
    return sum([await _try_to_take_down(room, *one) for one in dict.fromkeys(found)])


async def take_down_of(room: Classroom, forgotten: Iterable[int]) -> dict[int, Refused]:
    """Erase every picture that shows somebody of whom the school is about to know nothing more: it
    could not show a consent any more. What stood in the way, by pupil, as `materials.take_down`.

    One space after the other and by random names, as in `taking_part.leave_together`.
    """
    async with room.vault.read() as view:
        found = await portraits.list_of_pupils(view, forgotten)
    refusals: dict[int, Refused] = {}
    for space, object_ in dict.fromkeys((one.space, one.object) for one in found):
        try:
            await _take_down(room, space, object_)
        except Refused as refused:
            shown = [one.pupil for one in found if (one.space, one.object) == (space, object_)]
            refusals = dict.fromkeys(shown, refused) | refusals
    return refusals


async def step(room: Classroom, _: Context) -> int | None:
    """Take down what could not be taken down when somebody said no, and forget whom pictures showed
    that are gone. A worker's step."""
    await take_down_unwanted(room)
    await _forget_gone(room)
    return room.now_ms() + _AGAIN_MS


async def _forget_gone(room: Classroom) -> None:
    """A picture that somebody deleted, or threw away before it was published, shows nobody; one
    that a restored node may still get back is not gone."""
    async with room.vault.read() as view:
        marked = await portraits.list_elsewhere(view, before_ms=room.now_ms() - _AGAIN_MS)
        waiting = await works.list_pictures_kept(view)
    left = [one for one in marked if one[1] not in waiting]
    gone = [one for one in left if await materials.is_gone(room.context, *one)]
    if gone:
        async with room.vault.write() as unit:
            for space, object_ in gone:
                await portraits.drop(unit, space, object_)


async def _try_to_take_down(room: Classroom, space: str, object_: str) -> bool:
    """Whether it was taken down; why it was not is told to the operator."""
    (done,) = await asyncio.gather(_take_down(room, space, object_), return_exceptions=True)
    if isinstance(done, Refused):
        events.picture_stayed(space, done.reason)
    elif isinstance(done, Exception):
        last = traceback.extract_tb(done.__traceback__)[-1:]
        where = "".join(f"{frame.filename}:{frame.lineno}" for frame in last)
        events.picture_failed(space, type(done).__name__, where)
    elif isinstance(done, BaseException):
        raise done
    return done is True


async def _take_down(room: Classroom, space: str, object_: str) -> bool:
    """A picture that is not there yet keeps its marks: they keep it from being released."""
    if not await materials.take_down(room.context, space, object_):
        return False
    async with room.vault.write_small() as unit:
        await portraits.drop(unit, space, object_)
    events.picture_taken_down(space)
    return True


async def _list_missing(view: View, space: str, shown: Sequence[int], now_ms: int) -> list[int]:
    return [
        one
        for one in shown
        if consents.state_of(await consents.find(view, one, space), now_ms) is not State.GIVEN
    ]


async def _require_same(view: View, before: Before) -> None:
    found = await works.find(view, before.work)
    if found is None or found.file is None or found.file.kept != before.kept:
        raise Refused(Reason.CONFLICT, "There is another picture now; look at it again.")


async def _class_of(view: View, pupil: int) -> str:
    found = await pupils.find(view, pupil)
    class_ = None if found is None else await classes.find(view, found.class_)
    return "" if class_ is None else class_.name


def _missing(numbers: Sequence[int], **facts: str) -> Refused:
    return Refused(
        Reason.NOT_ALLOWED,
        "Somebody in the picture has not consented.",
        missing=len(numbers),
        **facts,
    )
