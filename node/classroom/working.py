"""What a pupil does with his own work: write it, give it to his teachers, take it back, see it.

Nothing of it is outside the vault before a teacher has released it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from node.actions import publish
from node.actions import pupils as acting
from node.actions.spaces import SpaceView, not_found
from node.classroom import files
from node.classroom.files import Picture
from node.classroom.room import Classroom, clear_away
from node.vault import places, portraits, withdrawals, works
from node.vault.files import KeptFile
from node.vault.places import Place
from node.vault.pupils import Pupil
from node.vault.vault import Unit, View
from node.vault.works import Kind, State, Work
from protocol.canonical import JSONObject
from protocol.errors import Reason, Refused

MAX_TEXT_CHARACTERS = 10_000
MAX_UNRELEASED = 50
MAX_LISTED = 100


@dataclass(frozen=True)
class Desk:
    """A space as a pupil sees it, and under which name he is there."""

    seen: SpaceView
    place: Place


@dataclass(frozen=True)
class OwnWork:
    """A piece of work as its author sees it; `text` is empty once it lies in the space, and there
    are no `file` and no `parts` any more. `object` is its name there, `alt` what is to be seen or
    heard in the file; `withdrawn_ms` is when the author took it back, if he did."""

    id: int
    kind: Kind
    space: str
    object: str
    inside: str
    state: State
    language: str
    text: str
    note: str
    changed_ms: int
    file: KeptFile | None = None
    parts: JSONObject = field(default_factory=dict)
    alt: str = ""
    withdrawn_ms: int | None = None


async def find_desk(room: Classroom, pupil: Pupil, space: str) -> Desk:
    """Refuses with NOT_FOUND a space in which the pupil does not take part."""
    async with room.vault.read() as view:
        place = await _get_place(view, pupil, space)
    return Desk(await acting.find_space(room.context, space, place.pseudonym), place)


async def list_desks(room: Classroom, pupil: Pupil) -> list[Desk]:
    """The spaces in which a pupil takes part and is declared."""
    async with room.vault.read() as view:
        found = await places.list_of_pupil(view, pupil.id)
    desks = []
    for place in found:
        try:
            seen = await acting.find_space(room.context, place.space, place.pseudonym)
        except Refused:
            continue  # The school left the space, or has still to say that he takes part.
        desks.append(Desk(seen, place))
    return desks


async def write_reply(
    room: Classroom,
    pupil: Pupil,
    space: str,
    thread: str,
    *,
    text: str,
    language: str,
    hand_in: bool,
    alt: str = "",
    picture: Picture | None = None,
) -> int:
    """Keep a reply, as a draft or for the teachers to release; the work's number. `alt` says what
    is to be seen in the picture that comes with it.

    Refuses with NOT_FOUND, GONE as `acting.require_open_thread`, BAD_INPUT as `check`,
    TOO_MANY_ITEMS somebody with too much that is not released.
    """
    desk = await find_desk(room, pupil, space)
    await acting.require_open_thread(room.context, desk.seen.space, thread)
    file = None if picture is None else picture.file
    check(text, MAX_TEXT_CHARACTERS, file, alt, hand_in=hand_in)
    async with room.vault.write() as unit:
        work = await keep_one(
            room,
            unit,
            pupil,
            None,
            space=space,
            inside=thread,
            kind="reply",
            state="held" if hand_in else "draft",
            language=language,
            text=text,
            parts=parts_of(file, alt),
        )
        await files.enclose(room, unit, pupil, work, picture)
    return work


async def rewrite(
    room: Classroom,
    pupil: Pupil,
    work: int,
    *,
    text: str,
    language: str,
    hand_in: bool,
    alt: str = "",
    picture: Picture | None = None,
    bare: bool = False,
) -> None:
    """Another version of an own reply that has not left, with the picture that it has, with another
    one, or `bare` without. Refuses with CONFLICT one that has left, BAD_INPUT as `check`."""
    async with room.vault.write() as unit:
        found = await get_own(unit, pupil, work)
        require_here(found)
        if found.kind != "reply":
            raise not_there()
        file = picture_after(found, picture, bare=bare)
        check(text, MAX_TEXT_CHARACTERS, file, alt, hand_in=hand_in, bare=bare)
        if file is not found.file:
            await files.exchange(room, unit, pupil, found, None if bare else picture)
        await works.change(
            unit,
            work,
            state="held" if hand_in else "draft",
            language=language,
            text=text,
            now_ms=room.now_ms(),
            parts=parts_of(file, alt),
        )
    if picture is not None or bare:
        await clear_away(room)


def picture_after(found: Work, picture: Picture | None, *, bare: bool) -> KeptFile | None:
    """The picture that a reply or a card will have: another one, none, or that which it has."""
    if bare:
        return None
    return found.file if picture is None else picture.file


def parts_of(file: KeptFile | None, alt: str) -> JSONObject:
    """What a reply or a card keeps about its picture."""
    return {} if file is None else {works.ALT: alt}


def check(
    text: str, most: int, file: KeptFile | None, alt: str, *, hand_in: bool, bare: bool = False
) -> None:
    """Refuses with BAD_INPUT (`text`, `alt`) what is empty or too long. A picture may be kept for
    oneself before there is a word, and go again; it is handed in with what is to be seen in it."""
    fewest = 0 if (bare or file is not None) and not hand_in else 1
    if not fewest <= len(text.strip()) <= most:
        raise Refused(Reason.BAD_INPUT, f"Write 1 to {most} characters.", field="text")
    if file is not None and hand_in:
        files.require_described(file, alt)
    files.require_short(alt)


async def take_back(room: Classroom, pupil: Pupil, work: int) -> None:
    """Throw own work away that has not left. Refuses with CONFLICT one that has."""
    async with room.vault.write() as unit:
        found = await get_own(unit, pupil, work)
        require_here(found)
        await works.drop(unit, work)
        await portraits.drop(unit, found.space, found.shows)
    await clear_away(room)


async def list_works(room: Classroom, pupil: Pupil) -> list[OwnWork]:
    """A pupil's own work, what changed last first."""
    async with room.vault.read() as view:
        found = await works.list_of_pupil(view, pupil.id, limit=MAX_LISTED)
        gone = await withdrawals.list_of_pupil(view, pupil.id)
    return [_own(one, gone) for one in found]


async def find_work(room: Classroom, pupil: Pupil, work: int) -> OwnWork:
    """A pupil's own piece of work. Refuses with NOT_FOUND."""
    async with room.vault.read() as view:
        found = await get_own(view, pupil, work)
        return _own(found, await withdrawals.list_of_pupil(view, pupil.id))


def _own(work: Work, gone: Mapping[int, int]) -> OwnWork:
    return OwnWork(
        work.id,
        work.kind,
        work.space,
        work.object,
        work.inside,
        work.state,
        work.language,
        work.text,
        work.note,
        work.changed_ms,
        work.file,
        work.parts,
        work.alt,
        gone.get(work.id),
    )


async def get_own(view: View, pupil: Pupil, work: int) -> Work:
    """Refuses with NOT_FOUND what is not this pupil's."""
    found = await works.find(view, work)
    if found is None or found.pupil != pupil.id:
        raise not_there()
    return found


def not_there() -> Refused:
    return Refused(Reason.NOT_FOUND, "There is no such work.")


async def keep_one(
    room: Classroom,
    unit: Unit,
    pupil: Pupil,
    found: Work | None,
    *,
    space: str,
    inside: str,
    kind: Kind,
    state: State,
    language: str,
    text: str = "",
    parts: JSONObject | None = None,
) -> int:
    """Another version of the work that was `found` and has not left, or a new one; its number.

    Refuses as `require_room`.
    """
    now_ms = room.now_ms()
    if found is not None:
        await works.change(
            unit, found.id, state=state, language=language, text=text, now_ms=now_ms, parts=parts
        )
        return found.id
    await require_room(unit, pupil)
    return await works.put(
        unit,
        pupil=pupil.id,
        space=space,
        inside=inside,
        name=publish.new_name(room.context),
        state=state,
        language=language,
        text=text,
        now_ms=now_ms,
        kind=kind,
        parts=parts,
    )


async def require_room(view: View, pupil: Pupil) -> None:
    """Refuses with TOO_MANY_ITEMS somebody with too much that is not released."""
    if await works.count_unreleased(view, pupil.id) >= MAX_UNRELEASED:
        raise Refused(
            Reason.TOO_MANY_ITEMS, f"At most {MAX_UNRELEASED} pieces of work wait at a time."
        )


async def _get_place(view: View, pupil: Pupil, space: str) -> Place:
    place = await places.find(view, pupil.id, space)
    if place is None or place.ended_ms is not None:
        raise not_found()
    return place


def require_here(work: Work) -> None:
    if work.state in ("leaving", "released"):
        raise Refused(Reason.CONFLICT, "Your teacher has released this already.")
