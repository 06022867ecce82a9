"""Everything that is kept about one pupil, for whoever has the right to ask: what lies here, where
each piece went, who read it, and who confirmed that it is gone. That it was read is kept too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from node.actions import erase, materials, unsaying
from node.actions import spaces as own_spaces
from node.actions.erase import Confirmation
from node.classroom import own_works
from node.classroom.own_works import Piece
from node.classroom.room import Classroom, get_class
from node.classroom.roster import get_pupil
from node.storage import accounts, partners, spaces
from node.storage.accounts import Account
from node.storage.database import Reader
from node.storage.spaces import Space
from node.vault import (
    brought,
    cards,
    consents,
    places,
    portraits,
    pupils,
    second_steps,
    sessions,
    slips,
    withdrawals,
    works,
)
from node.vault.cards import Card
from node.vault.classes import SchoolClass
from node.vault.consents import Consent
from node.vault.places import Place
from node.vault.portraits import Portrait
from node.vault.pupils import Known, Read, Reading, Why
from node.vault.second_steps import Choice
from node.vault.works import Decision, Work
from protocol import names
from protocol.space.vocabulary import reference

MAX_READS = 1_000


@dataclass(frozen=True)
class There:
    """A place in a space: what it is called, and the other schools that read what was released."""

    place: Place
    title: str
    schools: Sequence[str]


@dataclass(frozen=True)
class Made:
    """A piece of work, what was decided about it, and, where it was erased, who confirmed that.

    `words` are those in a file that were read for the check, while it is not released;
    `withdrawn_ms` is when the pupil took it back, if he did; `picture_gone` who confirmed that the
    picture which came with it was erased, where it was.
    """

    piece: Piece
    words: Sequence[str]
    space: str
    decisions: Sequence[Decision]
    confirmations: Sequence[Confirmation]
    withdrawn_ms: int | None
    picture_gone: Sequence[Confirmation] = ()


@dataclass(frozen=True)
class Picture:
    """One in the materials that was marked as showing the pupil; `name` is empty where it waits, or
    is not shown any more."""

    name: str
    mark: Portrait


@dataclass(frozen=True)
class Everything:
    """`who` names the accounts that are mentioned; `titles` the spaces. `slips` are the space and
    the moment of each printed form; `seen_ms` is None for whoever is not signed in. Of works and
    reads the latest are there; `cut_short` where there are more."""

    known: Known
    class_: SchoolClass
    card: Card | None
    step: Choice | None
    seen_ms: int | None
    places: Sequence[There]
    consents: Sequence[Consent]
    slips: Sequence[tuple[str, int]]
    pictures: Sequence[Picture]
    works: Sequence[Made]
    brought: Sequence[Piece]
    reads: Sequence[Read]
    cut_short: bool
    who: dict[int, str]
    titles: dict[str, str]


async def collect(room: Classroom, account: Account, class_: int, pupil: int) -> Everything | None:
    """All of it; None for somebody who was forgotten just now. Refuses with NOT_FOUND."""
    now_ms = room.now_ms()
    async with room.vault.write() as unit:
        found = await get_class(unit, account, class_)
        bare = await get_pupil(unit, class_, pupil)
        known = await pupils.read_one(unit, pupil, Reading(account.id, Why.EVERYTHING, now_ms))
        card = (await cards.list_of_class(unit, class_)).get(pupil)
        step = await second_steps.find(unit, pupil)
        seen = (await sessions.list_of_class(unit, class_, now_ms)).get(pupil)
        there = await places.list_all_of_pupil(unit, pupil)
        said = await consents.list_of_pupil(unit, pupil)
        printed = await slips.list_of_pupil(unit, pupil)
        shown = await portraits.list_of_pupils(unit, [pupil])
        made = await works.list_of_pupil(unit, pupil, limit=own_works.MAX_WORKS)
        along = await brought.list_of_pupil(unit, pupil)
        decided = await works.list_decisions(unit, pupil)
        gone = await withdrawals.list_of_pupil(unit, pupil)
        reads = await pupils.list_readings_of(unit, bare, limit=MAX_READS)
    if known is None:
        return None
    everywhere = {
        *(one.space for one in there),
        *(one.space for one in said),
        *(space for space, _ in printed),
        *(one.space for one in shown),
        *(one.space for one in made),
    }
    titles = {one: await own_spaces.find_title(room.context, one) for one in everywhere}
    mentioned = {one.account for one in decided} | {one.account for one in reads}
    mentioned |= {one.account for one in said if one.account is not None}
    mentioned |= {one.account for one in shown}
    async with room.context.database.read() as reader:
        kept = {one: await spaces.find(reader, one) for one in titles}
        return Everything(
            known,
            found,
            card,
            None if step is None else Choice(step.way, step.set_ms),
            seen,
            [
                There(one, titles[one.space], await list_schools(reader, kept[one.space]))
                for one in there
            ],
            said,
            printed,
            [
                Picture(await materials.find_name(reader, kept[one.space], one.object), one)
                for one in shown
            ],
            [
                replace(
                    await _made(room, reader, one, titles, kept[one.space], decided),
                    withdrawn_ms=gone.get(one.id),
                )
                for one in made
            ],
            [own_works.piece_of_brought(one) for one in along],
            reads,
            len(made) == own_works.MAX_WORKS or len(reads) == MAX_READS,
            await _names(reader, mentioned),
            titles,
        )


async def _made(
    room: Classroom,
    reader: Reader,
    work: Work,
    titles: dict[str, str],
    space: Space | None,
    decided: Sequence[Decision],
) -> Made:
    confirmations: Sequence[Confirmation] = ()
    picture_gone: Sequence[Confirmation] = ()
    if space is not None and work.state == "released":
        confirmations = await list_confirmations(room, reader, work, space)
        named = reference(space.node, work.object)
        shows = reference(space.node, work.shows)
        if shows != named:
            picture_gone = await erase.read_confirmations(reader, space, shows)
    return Made(
        await own_works.piece_of(room, reader, work, titles[work.space]),
        () if work.file is None else work.file.words,
        work.space,
        [one for one in decided if one.work == work.id],
        confirmations,
        None,
        picture_gone,
    )


async def list_confirmations(
    room: Classroom, reader: Reader, work: Work, space: Space
) -> Sequence[Confirmation]:
    """Which other schools confirmed that released work is gone; empty where nothing was erased. Of
    a page and of reactions that is said of all that goes together."""
    if work.kind not in ("page", "reaction"):
        return await erase.read_confirmations(reader, space, reference(space.node, work.object))
    async with room.vault.read() as view:
        place = await places.find(view, work.pupil, work.space)
    if place is None:
        return ()
    read = (
        unsaying.read_part_confirmations
        if work.kind == "page"
        else unsaying.read_reaction_confirmations
    )
    return await read(reader, space, place.pseudonym, work.inside)


async def list_schools(reader: Reader, space: Space | None) -> Sequence[str]:
    """The other schools of a space, now and ever."""
    if space is None:
        return ()
    named = {one.origin: one.name for one in await partners.list_all(reader)}
    others = {names.origin(actor) for node, actor in space.state.actors.items()
              if node != space.node}  # fmt: skip
    return sorted(named.get(one, "") or one for one in others)


async def _names(reader: Reader, numbers: Iterable[int]) -> dict[int, str]:
    found = [await accounts.find(reader, one) for one in numbers]
    return {one.id: one.name for one in found if one is not None}
