"""The gate of the school for pupils' work: a teacher of the school reads it, then lets it out or
gives it back.

Any teacher of the school who is in the space may do it. The roster check runs again at the click,
over what is really sent. Two databases take part: the work is marked as leaving under the name
that it will have in the space, is written there, and is marked as released; whatever was
interrupted in between is finished by `finish`, because the name says whether it happened.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from node import events
from node.actions import pupils as acting
from node.actions import spaces as own_spaces
from node.actions.spaces import SpaceView
from node.classroom.names.check import Hit, check, key_of, written
from node.classroom.names.common import language_of
from node.classroom.names.meaning import Told
from node.classroom.names.roster import Named, Roster
from node.classroom.room import Classroom, require_teacher
from node.storage import spaces as space_rows
from node.storage.accounts import Account
from node.vault import classes, places, pupils, words, works
from node.vault.vault import View
from node.vault.works import Work
from protocol.errors import Reason, Refused

MAX_NOTE_CHARACTERS = 500


@dataclass(frozen=True)
class Held:
    """A piece of work that waits, as the teacher sees it: under its alias there and its class.

    `hits` are the places of its text that tell of somebody at the school.
    """

    work: Work
    alias: str
    pseudonym: str
    class_name: str
    hits: Sequence[Hit]

    @property
    def is_blocked(self) -> bool:
        return any(one.blocks for one in self.hits)

    def word_at(self, hit: Hit) -> str:
        """What stands there."""
        return written(hit, [self.work.text])

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


async def list_queue(room: Classroom, account: Account) -> list[Queue]:
    """What waits in each of the teacher's spaces, what waits longest first."""
    require_teacher(account)
    queues = []
    for listed in await own_spaces.list_spaces(room.context, account):
        async with room.vault.read() as view:
            found = await works.list_in_state(view, listed.id, "held")
            held = await _look_through(view, found)
        if held:
            queues.append(
                Queue(await own_spaces.find_space(room.context, account, listed.id), held)
            )
    return queues


async def count_held(room: Classroom, account: Account) -> int:
    """How much waits for a teacher."""
    async with room.context.database.read() as reader:
        mine = await space_rows.list_of_account(reader, account.id)
    async with room.vault.read() as view:
        return sum((await works.count_held(view, [one.id for one in mine])).values())


async def find_held(room: Classroom, account: Account, work: int) -> tuple[SpaceView, Held]:
    """One piece of work that waits. Refuses with NOT_FOUND who is not in its space, CONFLICT what
    does not wait any more."""
    require_teacher(account)
    async with room.vault.read() as view:
        found = await works.find(view, work)
        if found is None:
            raise _not_found()
        held = await _look_through(view, [found])
    seen = await own_spaces.find_space(room.context, account, found.space)
    if found.state != "held" or not held:
        raise Refused(Reason.CONFLICT, "This does not wait any more.")
    return seen, held[0]


async def release(
    room: Classroom, account: Account, work: int, *, anyway: Collection[str] = ()
) -> str:
    """Let a piece of work out under its alias; its reference in the space.

    `anyway` are the doubtful words that the teacher lets pass, which is kept. Refuses with
    NOT_ALLOWED (fact `told`) where a name stands in it that cannot be sent, CONFLICT (fact `words`)
    where a doubtful one was not let pass, and as `find_held`, `acting.reply`.
    """
    _, held = await find_held(room, account, work)
    _require_clean(held, anyway)
    async with room.vault.write() as unit:
        # Meanwhile the pupil may have changed it, or a colleague may have decided.
        current = await works.find(unit, work)
        if current != held.work:
            raise Refused(Reason.CONFLICT, "This was changed just now; look at it again.")
        await works.put_state(unit, work, "leaving")
    try:
        named = await acting.reply(
            room.context,
            account,
            held.work.space,
            held.work.thread,
            pseudonym=held.pseudonym,
            name=held.work.object,
            text=held.work.text,
            language=held.work.language,
        )
    except Refused:
        async with room.vault.write() as unit:
            await works.put_state(unit, work, "held")
        raise
    async with room.vault.write() as unit:
        await works.put_decision(
            unit,
            work,
            account=account.id,
            what="released",
            words=held.doubtful,
            now_ms=room.now_ms(),
        )
        await works.put_released(unit, work, room.now_ms())
    events.work_released(account.id)
    return named


async def give_back(room: Classroom, account: Account, work: int, note: str) -> None:
    """Give a piece of work back to its author with a note. Refuses as `find_held`."""
    if len(note) > MAX_NOTE_CHARACTERS:
        raise Refused(
            Reason.BAD_INPUT, f"A note has at most {MAX_NOTE_CHARACTERS} characters.", field="note"
        )
    await find_held(room, account, work)
    async with room.vault.write() as unit:
        current = await works.find(unit, work)
        if current is None or current.state != "held":
            raise Refused(Reason.CONFLICT, "This does not wait any more.")
        now_ms = room.now_ms()
        await works.put_decision(
            unit, work, account=account.id, what="returned", words=(), now_ms=now_ms
        )
        await works.put_returned(unit, work, note, now_ms)


async def allow_word(room: Classroom, account: Account, work: int, word: str) -> None:
    """A family's name that stands in this work is a word in its class from now on; it is kept who
    said so. Refuses with BAD_INPUT what is not such a name, and as `find_held`."""
    _, held = await find_held(room, account, work)
    names = {key_of(held.word_at(one)) for one in held.hits if one.told is Told.FAMILY_NAME}
    if key_of(word) not in names:
        raise Refused(Reason.BAD_INPUT, "This is no family's name in the text.", field="word")
    async with room.vault.write() as unit:
        pupil = await pupils.find(unit, held.work.pupil)
        if pupil is None:
            raise _not_found()
        await words.put(unit, pupil.class_, key_of(word), account.id, room.now_ms())


async def finish(room: Classroom) -> None:
    """After a stop in the middle of a release: what is in the space is released, the rest waits."""
    async with room.vault.read() as view:
        leaving = await works.list_leaving(view)
    for one in leaving:
        async with room.context.database.read() as reader:
            space = await space_rows.find(reader, one.space)
            there = space is not None and await acting.is_there(reader, space, one.object)
        async with room.vault.write() as unit:
            if there:
                await works.put_released(unit, one.id, room.now_ms())
            else:
                await works.put_state(unit, one.id, "held")


async def _look_through(view: View, found: Sequence[Work]) -> list[Held]:
    listed = await pupils.list_names(view) if found else []
    roster = Roster.of(Named(one.display, one.given, one.family, one.login) for one in listed)
    held = []
    for one in found:
        place = await places.find(view, one.pupil, one.space)
        pupil = await pupils.find(view, one.pupil)
        class_ = None if pupil is None else await classes.find(view, pupil.class_)
        if place is None or class_ is None:
            continue
        allowed = await words.list_of_class(view, class_.id)
        hits = check([one.text], roster, language_of(one.language), allowed)
        held.append(Held(one, place.alias, place.pseudonym, class_.name, hits))
    return held


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


def _not_found() -> Refused:
    return Refused(Reason.NOT_FOUND, "There is no such work.")
