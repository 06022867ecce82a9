"""The safeguarding persons of a school: they alone open what was sealed with a report.

An administrator gives the role (`safeguarding`) and has not got it by himself. Each look is kept
with who looked and when, and administrators see that somebody did. What one of them wrote himself
is not there for that person.
"""

from dataclasses import dataclass
from typing import Literal

from node.actions import escalations, partners, suspension
from node.actions.permission import By
from node.classroom.files import Shown
from node.classroom.room import Classroom
from node.classroom.telling import require_untelling
from node.pictures.names import clean_name
from node.pictures.sniff import ending_for
from node.storage import accounts, spaces
from node.storage.accounts import Account
from node.vault import cards, classes, evidence, places, pupils, sessions
from node.vault.evidence import Copied, Evidence, Extension, Voice
from node.vault.pupils import Reading, Why
from node.vault.vault import Unit, View
from protocol.errors import Reason, Refused
from protocol.names import origin

AT_ONCE = 50
"""So many are on one page."""
UNOPENED_DAYS = 3
"""Administrators hear of what nobody has opened after so long."""
EXTENDED_DAYS = 90
"""For so many more days a copy is kept when somebody says why."""
MAX_KEPT_DAYS = 3 * 365
MAX_WHY_CHARACTERS = 500
_DAY_MS = 86_400_000


Lack = Literal["nobody", "nobody_else", "unopened"]
"""No safeguarding person is there; something waits that the only one wrote, or that none has
opened."""


@dataclass(frozen=True)
class Listed:
    """A copy in the list, closed; how many pupils and teachers reported it."""

    evidence: Evidence
    pupils: int
    teachers: int


@dataclass(frozen=True)
class Opened:
    """A copy, opened. `names` are those of the pupils who reported it, by their numbers, as far as
    they are kept."""

    evidence: Evidence
    copied: Copied
    voices: list[Voice]
    names: dict[int, str]
    extensions: list[Extension]

    @property
    def pupils(self) -> int:
        return sum(one.account is None for one in self.voices)

    @property
    def teachers(self) -> int:
        return len(self.voices) - self.pupils


def is_guardian(account: Account) -> bool:
    """Whether somebody is a safeguarding person of the school."""
    return account.state == "active" and "safeguarding" in account.roles


def require_guardian(account: Account) -> None:
    """Refuses with NOT_ALLOWED anybody else, administrators too."""
    if not is_guardian(account):
        raise Refused(Reason.NOT_ALLOWED, "Only safeguarding persons of the school may do this.")


async def is_there(room: Classroom) -> bool:
    """Whether the school has a safeguarding person at all."""
    return bool(await _list_guardians(room))


async def _list_guardians(room: Classroom) -> set[int]:
    async with room.context.database.read() as reader:
        staff = await accounts.list_all(reader)
    now_ms = room.now_ms()
    return {one.id for one in staff if is_guardian(one) and one.may_sign_in(now_ms)}


async def count_open(room: Classroom, account: Account) -> int:
    """How many reports wait for a safeguarding person; 0 for anybody else."""
    if not is_guardian(account):
        return 0
    async with room.vault.read() as view:
        return sum(one != account.id for one in await evidence.list_about_open(view))


async def list_lacks(room: Classroom, by: By) -> list[Lack]:
    """What an administrator has to see to, and not of what he wrote himself; nothing for anybody
    else but the command line, which hears all of it."""
    if isinstance(by, Account) and not by.is_admin:
        return []
    own = by.id if isinstance(by, Account) else None
    async with room.vault.read() as view:
        has_classes = bool(await classes.list_all(view))
        about = await evidence.list_about_open(view)
        unopened = await evidence.list_about_unopened(view, room.now_ms() - UNOPENED_DAYS * _DAY_MS)
    found: list[Lack] = []
    guardians = await _list_guardians(room)
    if has_classes and not guardians:
        found.append("nobody")
    if any(guardians == {one} for one in about if one is not None and one != own):
        found.append("nobody_else")
    if any(one is None or one != own for one in unopened):
        found.append("unopened")
    return found


async def list_evidence(room: Classroom, account: Account, page: int = 1) -> list[Listed]:
    """A page of what was reported at this school: nothing is opened for it. Refuses with
    NOT_ALLOWED."""
    require_guardian(account)
    async with room.vault.read() as view:
        shown = (await _list_for(view, account))[(page - 1) * AT_ONCE : page * AT_ONCE]
        return [Listed(one, *await evidence.count_voices(view, one.id)) for one in shown]


async def count_evidence(room: Classroom, account: Account) -> int:
    """How much there is on all pages. Refuses with NOT_ALLOWED."""
    require_guardian(account)
    async with room.vault.read() as view:
        return len(await _list_for(view, account))


async def _list_for(view: View, account: Account) -> list[Evidence]:
    """His own are left out here: no gap in a page tells that there are some."""
    return [one for one in await evidence.list_all(view) if one.about != account.id]


async def open_evidence(room: Classroom, account: Account, number: int) -> Opened:
    """What was sealed, and who reported it; the look is kept. Refuses with NOT_ALLOWED,
    NOT_FOUND."""
    require_guardian(account)
    async with room.vault.write_small() as unit:
        kept, copied = await _look(room, unit, account, number)
        voices = await evidence.list_voices(unit, number)
        names: dict[int, str] = {}
        for voice in voices:
            if voice.pupil is not None:
                names[voice.pupil] = await pupils.read_display(unit, voice.pupil) or ""
        return Opened(kept, copied, voices, names, await evidence.list_extensions(unit, number))


async def show(room: Classroom, account: Account, number: int) -> Shown:
    """The file that was reported; the look is kept. Refuses with NOT_ALLOWED, NOT_FOUND."""
    require_guardian(account)
    async with room.vault.write_small() as unit:
        kept, copied = await _look(room, unit, account, number)
    if kept.file is None:
        raise Refused(Reason.NOT_FOUND, "There is no such file.")
    name = clean_name(copied.file_name, ending_for(kept.file.media_type, copied.file_name))
    return Shown(name, kept.file.media_type, kept.file.octets, kept.file.kept)


async def extend(room: Classroom, account: Account, number: int, why: str) -> None:
    """Keep a copy for another while, and say why.

    Refuses with NOT_ALLOWED, NOT_FOUND, BAD_INPUT without a reason, CONFLICT what is closed or kept
    for as long as anything is.
    """
    require_guardian(account)
    if not 1 <= len(why.strip()) <= MAX_WHY_CHARACTERS:
        raise Refused(
            Reason.BAD_INPUT, f"Say why, in at most {MAX_WHY_CHARACTERS} characters.", field="why"
        )
    now_ms = room.now_ms()
    async with room.vault.write() as unit:
        kept = await _get(unit, account, number)
        most_ms = kept.at_ms + MAX_KEPT_DAYS * _DAY_MS
        until_ms = min(kept.ends_ms + EXTENDED_DAYS * _DAY_MS, most_ms)
        if kept.closed_ms is not None or until_ms <= kept.ends_ms:
            raise Refused(Reason.CONFLICT, "This is closed, or kept for that long already.")
        extension = Extension(account.id, why.strip(), until_ms, now_ms)
        await evidence.put_extension(unit, number, extension)


async def tell_hub(
    room: Classroom, account: Account, number: int, *, note: str, language: str
) -> None:
    """Tell the hub which item was reported, and why; `note` only where something is written for it.

    Refuses with NOT_ALLOWED others, and words that may tell of a pupil of this school by whatever
    name, alias or class, for nobody else looks at them before they leave; with NOT_FOUND, CONFLICT
    what is closed or was told, and as `escalations.tell`.
    """
    require_guardian(account)
    async with room.vault.read() as view:
        kept = await _get(view, account, number)
    if kept.closed_ms is not None or kept.told_ms is not None or not kept.report:
        raise Refused(Reason.CONFLICT, "This is closed, or the hub was told.")
    await require_untelling(room, note, language)
    await escalations.tell(room.context, kept.report, note=note, language=language)
    async with room.vault.write_small() as unit:
        await evidence.put_told(unit, number, account.id, room.now_ms())


async def suspend(room: Classroom, account: Account, number: int) -> None:
    """Let whoever wrote what was reported in no more: a colleague until an administrator lifts it,
    a pupil until a teacher makes a new card.

    Refuses with NOT_ALLOWED, NOT_FOUND where it was nobody of this school, or nobody who is left,
    and as `suspension.suspend`.
    """
    require_guardian(account)
    async with room.vault.write_small() as unit:
        kept, copied = await _look(room, unit, account, number)
        pupil = None
        if copied.ours:
            pupil = await places.find_pupil(unit, kept.space, copied.alias)
        if pupil is not None:
            await cards.drop_of_pupil(unit, pupil)
            await sessions.drop_of_pupil(unit, pupil)
            return
    if not copied.ours:
        raise Refused(Reason.NOT_FOUND, "Nobody of this school wrote it.")
    async with room.context.database.read() as reader:
        author = await spaces.find_account(reader, kept.space, copied.alias)
    if author is None:
        raise Refused(Reason.NOT_FOUND, "Whoever wrote it is here no more.")
    await suspension.suspend(room.context, account, author)


async def block_school(room: Classroom, account: Account, number: int) -> None:
    """Exchange nothing any more with the school that wrote what was reported, until an
    administrator lifts it. Refuses with NOT_ALLOWED, NOT_FOUND where that is this school."""
    require_guardian(account)
    async with room.vault.write_small() as unit:
        _, copied = await _look(room, unit, account, number)
    if copied.ours or not copied.school:
        raise Refused(Reason.NOT_FOUND, "No other school wrote it.")
    await partners.block(room.context, account, origin(copied.school))


async def close(room: Classroom, account: Account, number: int) -> None:
    """Nothing is left to do; it goes at its time. Refuses with NOT_ALLOWED, NOT_FOUND, CONFLICT
    what is closed."""
    require_guardian(account)
    async with room.vault.write() as unit:
        kept = await _get(unit, account, number)
        if kept.closed_ms is not None:
            raise Refused(Reason.CONFLICT, "This is closed already.")
        await evidence.put_closed(unit, number, account.id, room.now_ms())


async def _look(
    room: Classroom, unit: Unit, account: Account, number: int
) -> tuple[Evidence, Copied]:
    """A copy, opened; the look is kept. Refuses as `_get`."""
    kept = await _get(unit, account, number)
    reading = Reading(account.id, Why.EVIDENCE, room.now_ms())
    copied = await evidence.read_copy(unit, number, reading)
    if copied is None:
        raise _not_found()
    return kept, copied


async def _get(view: View, account: Account, number: int) -> Evidence:
    """Refuses with NOT_FOUND also what the person himself wrote."""
    found = await evidence.find(view, number)
    if found is None or found.about == account.id:
        raise _not_found()
    return found


def _not_found() -> Refused:
    return Refused(Reason.NOT_FOUND, "There is no such report.")
