"""The gate of the school for pupils' work: a teacher of the school reads it, then lets it out or
gives it back.

Any teacher of the school who is in the space may do it. The roster check runs again at the click,
over what is really sent; who decides says which version was read, and nothing else is sent. Two
databases take part: the work is marked as leaving under the name that it will have in the space, is
written there, and is marked as released. Whatever fails in between is settled at once, and what a
stop interrupted by `finish`: the name says whether it happened.
"""

import contextlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from node import events
from node.actions import fetch_blobs
from node.actions import pupils as acting
from node.actions import spaces as own_spaces
from node.actions.context import Context
from node.actions.spaces import SpaceView
from node.classroom import copying, files, portraits
from node.classroom.letting_out import is_out, let_out
from node.classroom.looking import Checkable
from node.classroom.names.check import Hit, key_of, written
from node.classroom.names.meaning import Told
from node.classroom.room import Classroom, clear_away, require_teacher, whatever_comes
from node.storage import spaces as space_rows
from node.storage.accounts import Account
from node.storage.uploads import Upload
from node.vault import classes, places, pupils, words, works
from node.vault import files as file_rows
from node.vault import portraits as marks
from node.vault.classes import SchoolClass
from node.vault.places import Place
from node.vault.vault import Unit
from node.vault.works import Work
from protocol.errors import Reason, Refused

MAX_NOTE_CHARACTERS = 500
AT_ONCE = 20
"""So much of the queue is looked through for one page."""
TOPIC = "releases"
_STUCK_MS = 600_000


@dataclass(frozen=True)
class Held:
    """A piece of work that waits, as the teacher sees it: under its alias there and its class.

    `hits` are the places of `texts` that tell of somebody at the school; `texts` are its own, or
    those of the whole page that it would be a part of.
    """

    work: Work
    alias: str
    pseudonym: str
    class_name: str
    hits: Sequence[Hit]
    texts: Sequence[str]

    @property
    def is_blocked(self) -> bool:
        return any(one.blocks for one in self.hits)

    def word_at(self, hit: Hit) -> str:
        """What stands there."""
        return written(hit, self.texts)

    @property
    def doubtful(self) -> list[str]:
        """What a teacher may let pass, each once."""
        found = [self.word_at(one) for one in self.hits if not one.blocks]
        return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Queue:
    """What waits in one space."""

    seen: SpaceView
    held: Sequence[Held]


async def list_queue(room: Classroom, account: Account, page: int = 1) -> list[Queue]:
    """A page of what waits in the teacher's spaces, what waits longest first; by space."""
    require_teacher(account)
    mine = await own_spaces.list_spaces(room.context, account)
    async with room.vault.read() as view:
        found = await works.list_held(
            view, [one.id for one in mine], limit=AT_ONCE, offset=(page - 1) * AT_ONCE
        )
    held = await _look_through(room, found)
    return [
        Queue(
            await own_spaces.find_space(room.context, account, space),
            [one for one in held if one.work.space == space],
        )
        for space in dict.fromkeys(one.work.space for one in held)
    ]


async def count_held(room: Classroom, account: Account) -> int:
    """How much waits for a teacher."""
    async with room.context.database.read() as reader:
        mine = await space_rows.list_of_account(reader, account.id)
    async with room.vault.read() as view:
        return sum((await works.count_held(view, [one.id for one in mine])).values())


async def find_held(room: Classroom, account: Account, work: int) -> tuple[SpaceView, Held]:
    """One piece of work that waits. Refuses with NOT_FOUND who is not in its space, CONFLICT what
    does not wait any more."""
    seen, found = await _find(room, account, work)
    held = await _look_through(room, [found])
    if not held:
        raise _not_waiting()
    return seen, held[0]


async def _find(room: Classroom, account: Account, work: int) -> tuple[SpaceView, Work]:
    require_teacher(account)
    async with room.vault.read() as view:
        found = await works.find(view, work)
    if found is None:
        raise _not_found()
    seen = await own_spaces.find_space(room.context, account, found.space)
    if found.state != "held":
        raise _not_waiting()
    return seen, found


async def release(
    room: Classroom, account: Account, work: int, *, version: str, anyway: Collection[str] = ()
) -> str:
    """Let a piece of work out under its alias; its reference in the space.

    `version` is what the teacher read; `anyway` are the doubtful words that he lets pass, which is
    kept. Refuses with NOT_ALLOWED (fact `told`) where a name stands in it that cannot be sent,
    CONFLICT where it is another version by now (fact `changed`) or a doubtful word was not let pass
    (fact `words`), and as `find_held`, `acting.reply`, `portraits.require_consents`.
    """
    _, held = await find_held(room, account, work)
    _require_version(held.work, version)
    _require_clean(held, anyway)
    async with room.vault.write() as unit:
        # Meanwhile the pupil may have changed it, or a colleague may have decided.
        await _require_read(unit, work, version)
        await portraits.require_consents(room, unit, held.work.space, held.work.shows)
        await works.put_leaving(
            unit, work, account=account.id, words=held.doubtful, now_ms=room.now_ms()
        )
    upload: Upload | None = None
    try:
        async with contextlib.AsyncExitStack() as left:
            if held.work.file is not None:
                laid_out = files.laid_out(room, account, held.work)
                upload = await left.enter_async_context(laid_out)
            named = await let_out(room, account, held.work, held.pseudonym, upload)
        async with room.vault.write() as unit:
            await works.put_released(unit, work, room.now_ms())
    except BaseException:
        await whatever_comes(_settle(room, held.work, upload))
        raise
    await clear_away(room)
    if upload is not None:
        await portraits.look_again(room, held.work.space, [held.work.shows])
    events.work_released(account.id)
    return named


async def mend(
    room: Classroom, account: Account, work: int, *, version: str, name: str, alt: str
) -> None:
    """Call a file something else and describe it in other words, in the author's place; it goes on
    waiting, and who did so is kept. Refuses with BAD_INPUT as `files.require_described`, NOT_FOUND
    what is no file, and as `give_back`."""
    _, held = await find_held(room, account, work)
    file = held.work.file
    if file is None:
        raise _not_found()
    files.require_described(file, alt)
    async with room.vault.write() as unit:
        await works.mend(unit, await _require_read(unit, work, version), alt=alt)
        await file_rows.rename(unit, work, files.called(file, name))
        await works.put_decision(
            unit, work, account=account.id, what="mended", words=(), now_ms=room.now_ms()
        )


async def take_picture_out(room: Classroom, account: Account, work: int, *, version: str) -> None:
    """Let the words of a reply or a card wait without their picture, which is gone; who did so is
    kept. Refuses with NOT_FOUND what has none, and as `give_back`."""
    _, held = await find_held(room, account, work)
    if held.work.file is None or held.work.kind == "file":
        raise _not_found()
    async with room.vault.write() as unit:
        read = await _require_read(unit, work, version)
        await works.take_picture_out(unit, read)
        await marks.drop(unit, read.space, read.shows)
        await works.put_decision(
            unit, work, account=account.id, what="mended", words=(), now_ms=room.now_ms()
        )
    await clear_away(room)


async def show(room: Classroom, account: Account, work: int, *, small: bool = False) -> files.Shown:
    """What is given of a file that waits, to teachers in its space. Refuses as `find_held`."""
    _, found = await _find(room, account, work)
    return files.shown(found, small=small)


async def give_back(
    room: Classroom, account: Account, work: int, note: str, *, version: str
) -> None:
    """Give a piece of work back to its author with a note about the `version` that was read.

    Refuses with CONFLICT (fact `changed`) where it is another one by now, and as `find_held`.
    """
    if len(note) > MAX_NOTE_CHARACTERS:
        raise Refused(
            Reason.BAD_INPUT, f"A note has at most {MAX_NOTE_CHARACTERS} characters.", field="note"
        )
    await find_held(room, account, work)
    async with room.vault.write() as unit:
        await _require_read(unit, work, version)
        now_ms = room.now_ms()
        await works.put_decision(
            unit, work, account=account.id, what="returned", words=(), now_ms=now_ms
        )
        await works.put_returned(unit, work, note, now_ms)


async def allow_word(
    room: Classroom, account: Account, work: int, word: str, *, version: str
) -> None:
    """A family's name that stands in this work is a word in its class from now on; it is kept who
    said so. Refuses with BAD_INPUT what is not such a name, and as `give_back`."""
    _, held = await find_held(room, account, work)
    _require_version(held.work, version)
    names = {key_of(held.word_at(one)) for one in held.hits if one.told is Told.FAMILY_NAME}
    if key_of(word) not in names:
        raise Refused(Reason.BAD_INPUT, "This is no family's name in the text.", field="word")
    async with room.vault.write() as unit:
        pupil = await pupils.find(unit, held.work.pupil)
        if pupil is None:
            raise _not_found()
        await words.put(unit, pupil.class_, key_of(word), account.id, room.now_ms())


async def finish(room: Classroom, *, stuck_ms: int = 0) -> None:
    """Settle what has been leaving for so long: after a stop, all of it."""
    async with room.vault.read() as view:
        leaving = await works.list_leaving(view, before_ms=room.now_ms() - stuck_ms)
    stayed = [one for one in leaving if await _settle(room, one)]
    if any(one.file is not None for one in stayed):
        await fetch_blobs.forget_unnamed(room.context)
    if leaving:
        await clear_away(room)


async def step(room: Classroom, _: Context) -> int | None:
    """Settle what could not even be settled when it failed, because a disk was full or another
    program kept a database; not what is being released just now. A worker's step."""
    await finish(room, stuck_ms=_STUCK_MS)
    return room.now_ms() + _STUCK_MS


async def _settle(room: Classroom, work: Work, upload: Upload | None = None) -> bool:
    """What is in the space is released, the rest waits, and its bytes are nowhere but here; whether
    it waits."""
    # In its turn after whatever was being written there.
    async with room.context.database.write_small() as transaction:
        space = await space_rows.find(transaction, work.space)
        there = space is not None and await is_out(room.context, transaction, space, work)
        if upload is not None and not there:
            await acting.forget_bytes(room.context, transaction, upload)
    async with room.vault.write() as unit:
        current = await works.find(unit, work.id)
        if current is None or current.state != "leaving":
            return False
        if there:
            await works.put_released(unit, work.id, room.now_ms())
        else:
            await works.put_stayed(unit, work.id)
    if there and work.file is not None:
        await portraits.look_again(room, work.space, [work.shows])
    return not there


async def _look_through(room: Classroom, found: Sequence[Work]) -> list[Held]:
    if not found:
        return []
    async with room.vault.read() as view:
        names = await pupils.list_sealed(view)
        known: list[tuple[Checkable, Place, SchoolClass]] = []
        for one in found:
            place = await places.find(view, one.pupil, one.space)
            pupil = await pupils.find(view, one.pupil)
            class_ = None if pupil is None else await classes.find(view, pupil.class_)
            if place is not None and class_ is not None:
                allowed = await words.list_of_class(view, class_.id)
                known.append((Checkable(one, allowed, one.texts), place, class_))
    known = [
        (await _with_page(room, one, place.pseudonym), place, class_)
        for one, place, class_ in known
    ]
    hits = await room.lookout.look(names, [one for one, _, _ in known])
    return [
        Held(one.work, place.alias, place.pseudonym, class_.name, told, one.texts)
        for (one, place, class_), told in zip(known, hits, strict=True)
    ]


async def _with_page(room: Classroom, one: Checkable, pseudonym: str) -> Checkable:
    """Of a copy of a page all words that the page would have."""
    if one.work.kind != "page":
        return one
    async with room.context.database.read() as reader:
        page = await copying.result(room.context, reader, one.work, pseudonym)
    return replace(one, texts=page.texts, own=page.own_texts)


async def _require_read(unit: Unit, work: int, version: str) -> Work:
    """What was read, as it is. Refuses with CONFLICT what does not wait any more, or is another
    version by now."""
    current = await works.find(unit, work)
    if current is None or current.state != "held":
        raise _not_waiting()
    _require_version(current, version)
    return current


def _require_version(work: Work, version: str) -> None:
    if work.version != version:
        raise Refused(
            Reason.CONFLICT, "This was changed meanwhile; look at it again.", changed=True
        )


def _require_clean(held: Held, anyway: Collection[str]) -> None:
    worst = [one for one in held.hits if one.blocks]
    if worst:
        raise Refused(
            Reason.NOT_ALLOWED,
            "A pupil's name stands in it, which does not leave the school; give it back.",
            told=str(worst[0].told),
        )
    left = [word for word in held.doubtful if word not in anyway]
    if left:
        raise Refused(
            Reason.CONFLICT, "Say for each marked word that it may be sent.", words=len(left)
        )


def _not_waiting() -> Refused:
    return Refused(Reason.CONFLICT, "This does not wait any more.")


def _not_found() -> Refused:
    return Refused(Reason.NOT_FOUND, "There is no such work.")
