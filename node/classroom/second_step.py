"""What a pupil shows after the card, where the class asks for it: three pictures in the order in
which they were chosen, or, in a class that is addressed plainly, a password.

A card can be lost, and three of sixteen pictures are soon tried out: so wrong ones are counted by
pupil, a few in a quarter of an hour and some in a day, and nobody else is kept out by them. What is
kept is an argon2id hash of a hash under the vault's key: who has the database alone tries nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from node.actions import passwords
from node.actions.sign_in import token_hash
from node.classroom import entry
from node.classroom.room import Classroom, get_class
from node.classroom.roster import get_pupil
from node.storage.accounts import Account
from node.vault import classes, pupils, second_steps, sessions
from node.vault.classes import SchoolClass, Style
from node.vault.classes import SecondStep as Asked
from node.vault.pupils import Pupil
from node.vault.second_steps import Choice, SecondStep, Way
from node.vault.vault import Unit, View
from protocol.errors import Reason, Refused
from protocol.folding import fold

PICTURES = (
    *("apple", "bike", "bird", "castle", "cat", "dog", "fish", "flower-2"),
    *("moon", "rabbit", "rocket", "sailboat", "star", "sun", "turtle", "umbrella"),
)
"""Symbols of `pictures.svg` that a child of seven has a word for, each far from the others."""
CHOSEN = 3
WINDOW_MS = 15 * 60_000
TRIES = 6
DAY_MS = 86_400_000
TRIES_A_DAY = 20
_PURPOSE = "second_steps.secret"
_STYLES: tuple[Style, ...] = get_args(Style)
_ASKED: tuple[Asked, ...] = get_args(Asked)


@dataclass(frozen=True)
class Halfway:
    """Whoever showed a card; `way` is None for who has chosen nothing yet, `may_type` says that it
    may be a password."""

    pupil: Pupil
    class_: SchoolClass
    way: Way | None
    may_type: bool


@dataclass(frozen=True)
class Chosen:
    """How it stands with a class: by pupil, what was chosen, and how often something wrong was
    shown within a day."""

    steps: dict[int, Choice]
    missteps: dict[int, int]


async def find(room: Classroom, token: str) -> Halfway | None:
    """Who is halfway in with `token`; None where that was too long ago."""
    async with room.vault.read() as view:
        return await _find(room, view, token)


async def choose_pictures(room: Classroom, token: str, pictures: Sequence[str]) -> str:
    """The token of a session, for a pupil who chose just now.

    Refuses with BAD_INPUT what is not three of the pictures, each once; NOT_SIGNED_IN, CONFLICT as
    `choose_password`.
    """
    if len(set(pictures)) != CHOSEN or not set(pictures) <= set(PICTURES):
        raise Refused(Reason.BAD_INPUT, f"Choose {CHOSEN} of the pictures, each once.")
    return await _choose(room, token, "pictures", " ".join(pictures))


async def choose_password(room: Classroom, token: str, password: str) -> str:
    """The token of a session, for a pupil who chose a password instead.

    Refuses with NOT_SIGNED_IN who showed no card, CONFLICT who has chosen already, NOT_ALLOWED in a
    class that is not addressed plainly, BAD_INPUT as `passwords.require_good` and one that holds
    the alias or the class's code, which stand on the card.
    """
    half = await _get(room, token)
    if not half.may_type:
        raise Refused(Reason.NOT_ALLOWED, "In this class everybody chooses pictures.")
    passwords.require_good(password)
    told = {fold(half.class_.code), fold(half.pupil.alias), *fold(half.pupil.alias).split()}
    if any(len(one) > 2 and one in fold(password) for one in told) or len(set(password)) < 4:
        raise Refused(Reason.BAD_INPUT, "Choose one that nobody guesses from the card.")
    return await _choose(room, token, "password", password)


async def show(room: Classroom, token: str, secret: str) -> str:
    """The token of a session, for whoever shows what was chosen: the pictures with a space between
    them, or the password.

    Refuses with NOT_SIGNED_IN who showed no card or has chosen nothing, BAD_CREDENTIALS what is
    wrong, TOO_MANY_REQUESTS (fact `retry_after_s`) after too much of it for this one pupil.
    """
    now_ms = room.now_ms()
    async with room.vault.write_small() as unit:
        half = await _require(room, unit, token)
        kept = await second_steps.find(unit, half.pupil.id)
        if kept is None:
            raise _card_first()
        await _require_tries(unit, half.pupil.id, now_ms)
        # Counted before it is looked at: many at the same time are as many.
        counted = await second_steps.put_misstep(unit, half.pupil.id, now_ms)
    given = _hashed(room, half.pupil, secret)
    if not await passwords.matches(room.context.settings.sign_in, kept.secret_hash, given):
        raise Refused(Reason.BAD_CREDENTIALS, "That is not what was chosen.")
    async with room.vault.write_small() as unit:
        await second_steps.drop_misstep(unit, counted)
        await _require(room, unit, token)
        if await second_steps.find(unit, half.pupil.id) != kept:
            raise _card_first()
        return await _let_in(room, unit, token, half.pupil)


async def go_back(room: Classroom, token: str) -> None:
    """Whoever is halfway in is not any more."""
    async with room.vault.write_small() as unit:
        await second_steps.drop_halfway(unit, token_hash(token))


async def list_chosen(room: Classroom, account: Account, class_: int) -> Chosen:
    """Refuses with NOT_FOUND."""
    async with room.vault.read() as view:
        await get_class(view, account, class_)
        return Chosen(
            await second_steps.list_of_class(view, class_),
            await second_steps.count_of_class(view, class_, room.now_ms() - DAY_MS),
        )


async def choose_entry(
    room: Classroom, account: Account, class_: int, *, style: str, second_step: str
) -> None:
    """How the pupils of a class come in and are addressed, from the next time on. What they chose
    stays, also while nobody is asked for it. Refuses with NOT_FOUND, BAD_INPUT other words."""
    chosen = next((one for one in _STYLES if one == style), None)
    asked = next((one for one in _ASKED if one == second_step), None)
    if chosen is None or asked is None:
        raise Refused(Reason.BAD_INPUT, "Choose one of each list.")
    async with room.vault.write() as unit:
        await get_class(unit, account, class_)
        await classes.put_entry(unit, class_, chosen, asked)


async def reset(room: Classroom, account: Account, class_: int, pupil: int | None = None) -> None:
    """The pupil, or everybody in the class, chooses anew after the next card, and is signed out:
    somebody else may have seen the pictures. Refuses with NOT_FOUND."""
    async with room.vault.write() as unit:
        await get_class(unit, account, class_)
        chosen = (
            await pupils.list_of_class(unit, class_)
            if pupil is None
            else [await get_pupil(unit, class_, pupil)]
        )
        for one in chosen:
            await second_steps.drop(unit, one.id)
            await second_steps.drop_missteps(unit, one.id)
            await sessions.drop_of_pupil(unit, one.id)


async def _choose(room: Classroom, token: str, way: Way, secret: str) -> str:
    half = await _get(room, token)
    given = _hashed(room, half.pupil, secret)
    hashed = await passwords.hash_password(room.context.settings.sign_in, given)
    async with room.vault.write_small() as unit:
        await _require(room, unit, token)
        step = SecondStep(half.pupil.id, way, hashed, room.now_ms())
        if not await second_steps.put_new(unit, step):
            raise Refused(Reason.CONFLICT, "Something was chosen already.")
        return await _let_in(room, unit, token, half.pupil)


async def _let_in(room: Classroom, unit: Unit, token: str, pupil: Pupil) -> str:
    await second_steps.drop_halfway(unit, token_hash(token))
    return await entry.open_session(room, unit, pupil.id)


async def _require_tries(view: View, pupil: int, now_ms: int) -> None:
    """Refuses with TOO_MANY_REQUESTS until the oldest of too many is a window ago."""
    wrong = await second_steps.list_missteps(view, pupil, now_ms - DAY_MS)
    opens_ms = max(
        wrong[tries - 1] + window_ms if len(wrong) >= tries else 0
        for tries, window_ms in ((TRIES, WINDOW_MS), (TRIES_A_DAY, DAY_MS))
    )
    if opens_ms > now_ms:
        raise Refused(
            Reason.TOO_MANY_REQUESTS,
            "Too often wrong for this pupil; wait, or ask a teacher to let it be chosen anew.",
            retry_after_s=-((now_ms - opens_ms) // 1000),
        )


async def _get(room: Classroom, token: str) -> Halfway:
    async with room.vault.read() as view:
        return await _require(room, view, token)


async def _require(room: Classroom, view: View, token: str) -> Halfway:
    """Refuses with NOT_SIGNED_IN."""
    found = await _find(room, view, token)
    if found is None:
        raise _card_first()
    return found


async def _find(room: Classroom, view: View, token: str) -> Halfway | None:
    now_ms = room.now_ms()
    number = await second_steps.find_halfway(view, token_hash(token), now_ms)
    pupil = None if number is None else await pupils.find(view, number)
    class_ = None if pupil is None else await classes.find(view, pupil.class_)
    if pupil is None or class_ is None or class_.ends_ms <= now_ms:
        return None
    kept = await second_steps.find(view, pupil.id)
    way = None if kept is None else kept.way
    return Halfway(pupil, class_, way, may_type=class_.style == "plain")


def _hashed(room: Classroom, pupil: Pupil, secret: str) -> str:
    return room.vault.box.mac(_PURPOSE, f"{pupil.name} {secret}")


def _card_first() -> Refused:
    return Refused(Reason.NOT_SIGNED_IN, "Show the card first.")
