"""Something in a space is not right: a pupil or a teacher reports it, and the school of whoever did
keeps a sealed copy of it.

The copy is sealed before the report is made: what is being taken back meanwhile is kept, and a
report without its copy there is not. A pupil's words stay in the vault.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from node.actions import copying, publish, sight
from node.actions import reports as acting
from node.actions.copying import Copy
from node.classroom import working
from node.classroom.room import Classroom, clear_away, whatever_comes
from node.classroom.telling import require_untelling
from node.storage import reports as rows
from node.storage.accounts import Account
from node.storage.reports import Report
from node.vault import classes, evidence, store
from node.vault.evidence import Copied, SealedBytes, Unmade, Voice
from node.vault.pupils import Pupil
from node.vault.register import DAYS_OF_EVIDENCE
from node.vault.vault import Unit, View
from protocol import names
from protocol.errors import Reason, Refused

REASONS = frozenset(
    {"bullying", "harmful_to_a_child", "private_data_shown", "hate", "something_else"}
)
"""What a pupil may choose from."""
MAX_WORDS = 500
MAX_A_DAY = 5
"""So often a pupil may report something: whoever reports everything hides everything."""
_DAY_MS = 86_400_000


async def report(
    room: Classroom, pupil: Pupil, space: str, item: str, *, reason: str, words: str
) -> None:
    """A pupil reports something that he sees; said again, nothing happens.

    Refuses with NOT_FOUND, GONE what he does not see, BAD_INPUT, TOO_MANY_ITEMS.
    """
    if reason not in REASONS:
        raise Refused(Reason.BAD_INPUT, "Choose one of the list.", field="why")
    if len(words) > MAX_WORDS:
        raise Refused(Reason.BAD_INPUT, f"Write at most {MAX_WORDS} characters.", field="words")
    desk = await working.find_desk(room, pupil, space)
    now_ms = room.now_ms()
    async with room.context.database.read() as reader:
        made = await sight.find_for_pupils(reader, desk.seen.space, item)
        service = names.service_actor_id(room.context.base)
        known = await rows.find_open(reader, space, made, service, by_pupil=True)
    async with room.vault.read() as view:
        class_ = await classes.find(view, pupil.class_)
        kept = None if known is None else await evidence.find_of_report(view, known.id)
        if kept is not None and await evidence.has_voice(view, kept.id, pupil.id):
            return
        # Before anything is sealed; it counts where the voice is written.
        await _require_few(view, pupil.id, now_ms)
    who = f"{pupil.alias}, {class_.name}" if class_ is not None else pupil.alias
    voice = Voice(pupil.id, None, who, words.strip(), now_ms)
    if kept is not None:
        async with room.vault.write_small() as unit:
            await _put_voice(unit, kept.id, voice)
        return
    sealed = await _seal(room, space, item, reason, voice)
    said = acting.report_by_pupil(
        room.context, space, item, pseudonym=desk.place.pseudonym, reason=reason
    )
    await _make(room, sealed, said)


async def report_by_teacher(
    room: Classroom,
    account: Account,
    space: str,
    item: str,
    *,
    reason: str,
    note: str,
    language: str,
) -> Report:
    """As `acting.report`, with a sealed copy. Refuses also with NOT_ALLOWED a note that may tell of
    a pupil: both schools read it, and it lies in their databases."""
    await acting.require_new(room.context, account, space, item)
    await require_untelling(room, note, language)
    voice = Voice(None, account.id, account.name, note.strip(), room.now_ms())
    sealed = await _seal(room, space, item, reason, voice)
    said = acting.report(
        room.context, account, space, item, reason=reason, note=note, language=language
    )
    return await _make(room, sealed, said)


async def finish(room: Classroom, *, stuck_ms: int = 0) -> None:
    """Settle the copies whose reports have been made for so long: after a stop, all of them."""
    async with room.vault.read() as view:
        left = await evidence.list_unmade(view, before_ms=room.now_ms() - stuck_ms)
    for one in left:
        await _settle(room, one)


async def _make(room: Classroom, sealed: int, said: Awaitable[Report]) -> Report:
    """Make the report to which a copy was sealed; without the one there is not the other."""
    try:
        made = await said
        async with room.vault.write_small() as unit:
            await evidence.put_report(unit, sealed, made.id)
    except BaseException:
        await whatever_comes(_settle_one(room, sealed))
        raise
    return made


async def _settle(room: Classroom, left: Unmade) -> None:
    """The copy of a report that was made is that report's, and another one goes."""
    service = names.service_actor_id(room.context.base)
    # In its turn after whatever was being written there.
    async with room.context.database.write_small() as transaction:
        made = await rows.find_made(
            transaction, left.space, left.item, service, left.account, left.at_ms
        )
    async with room.vault.write_small() as unit:
        if made is None:
            await evidence.drop(unit, left.id)
        else:
            await evidence.put_report(unit, left.id, made)
    await clear_away(room)


async def _settle_one(room: Classroom, sealed: int) -> None:
    async with room.vault.read() as view:
        left = await evidence.find_unmade(view, sealed)
    if left is not None:
        await _settle(room, left)


async def _seal(room: Classroom, space: str, item: str, reason: str, voice: Voice) -> int:
    """Seal what is shown now; the copy's number. Refuses with NOT_FOUND, GONE, STORAGE_FULL, and as
    `_put_voice`."""
    found = await copying.copy(room.context, space, item)
    now_ms = room.now_ms()
    async with _sealed_bytes(room, found) as (bytes_, sealed), room.vault.write_small() as unit:
        number = await evidence.put(
            unit,
            space=space,
            item=item,
            reason=reason,
            copied=_copied(found),
            file=bytes_,
            about=found.account,
            now_ms=now_ms,
            ends_ms=now_ms + DAYS_OF_EVIDENCE * _DAY_MS,
        )
        await _put_voice(unit, number, voice)
        if bytes_ is not None:
            store.place(unit, room.vault, sealed, bytes_.kept)
    return number


async def _put_voice(unit: Unit, number: int, voice: Voice) -> None:
    """Refuses with TOO_MANY_ITEMS a pupil who reported so much today, also at the same moment."""
    if voice.pupil is not None:
        await _require_few(unit, voice.pupil, voice.at_ms)
    await evidence.put_voice(unit, number, voice)


async def _require_few(view: View, pupil: int, now_ms: int) -> None:
    if await evidence.count_of_pupil(view, pupil, now_ms - _DAY_MS) >= MAX_A_DAY:
        raise Refused(Reason.TOO_MANY_ITEMS, f"At most {MAX_A_DAY} reports a day.")


def _copied(found: Copy) -> Copied:
    return Copied(
        kind=found.kind,
        text=found.text,
        language=found.language,
        alias=found.alias,
        author=found.author,
        school=found.school,
        ours=found.ours,
        made_ms=found.made_ms,
        edited_ms=found.edited_ms,
        file_name=found.file_name,
        alt=found.alt,
    )


@asynccontextmanager
async def _sealed_bytes(
    room: Classroom, found: Copy
) -> AsyncIterator[tuple[SealedBytes | None, Path]]:
    """The bytes of a file, sealed beside their place, until the block is left. Without them where
    the disk is full: what somebody says of it is worth more."""
    kept = publish.new_name(room.context)
    sealed = store.coming_of(room.vault, f"{kept}.sealed")
    bytes_ = None
    try:
        if found.bytes_ is not None:
            with suppress(Refused, FileNotFoundError):
                room.context.shelf.check_room(found.bytes_.octets)
                source = found.bytes_.path
                await asyncio.to_thread(store.seal, room.vault.box, source, sealed, kept)
                bytes_ = SealedBytes(kept, found.bytes_.media_type, found.bytes_.octets)
        yield bytes_, sealed
    finally:
        sealed.unlink(missing_ok=True)
