"""Forms for signing, and their codes: whoever holds a slip sees how it stands and withdraws,
without an account and without anybody being named.

A code has 99 bits of chance and is kept as a hash. Failures are counted, by network address, in
memory; whatever opens nothing is answered alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from node import limits
from node.actions import spaces as own_spaces
from node.actions.sign_in import token_hash
from node.classroom import keeping, portraits
from node.classroom.handing_out import draw, draw_word
from node.classroom.room import Classroom, get_class
from node.classroom.roster import get_pupil
from node.storage.accounts import Account
from node.vault import classes, consents, pupils, slips
from node.vault.classes import SchoolClass
from node.vault.consents import Said, State
from node.vault.pupils import Reading, Why
from node.vault.slips import Slip
from node.vault.vault import View
from protocol.errors import Reason, Refused

CODE_CHARACTERS = 20
GROUP = 4


@dataclass(frozen=True)
class PrintedForm:
    """A form as it is printed, once. `name` is "" where only the alias is known."""

    name: str
    alias: str
    code: str
    address: str
    squares: Sequence[bytes]


@dataclass(frozen=True)
class Forms:
    """The forms of a class, or of one pupil, for one space."""

    class_: SchoolClass
    forms: Sequence[PrintedForm]


@dataclass(frozen=True)
class Standing:
    """What a code tells: of which space, how it stands, and how many pictures are shown there."""

    title: str
    state: State
    said: Said | None
    signed_ms: int
    until_ms: int
    pictures: int


async def make_forms(
    room: Classroom, account: Account, space: str, class_: int, pupil: int | None = None
) -> Forms:
    """New forms; the codes of those before keep working. That names were read is kept.

    Refuses with NOT_FOUND who is not in the space or does not look after the class.
    """
    await own_spaces.pseudonym_of(room.context, account, space)
    now_ms = room.now_ms()
    printed = []
    async with room.vault.write() as unit:
        found = await get_class(unit, account, class_)
        if pupil is not None:
            await get_pupil(unit, class_, pupil)
        known = await pupils.read_class(unit, class_, Reading(account.id, Why.CONSENTS, now_ms))
        for one in known:
            if pupil is not None and one.pupil.id != pupil:
                continue
            word = draw_word(room, CODE_CHARACTERS)
            await slips.put(unit, token_hash(word), one.pupil.id, space, now_ms)
            code = grouped(word)
            address = f"{room.context.address}/consent/{code}"
            names = one.names
            name = names.display or f"{names.given} {names.family}".strip()
            printed.append(PrintedForm(name, one.pupil.alias, code, address, draw(address)))
    return Forms(found, printed)


async def look_up(room: Classroom, code: str, peer: str) -> Standing:
    """What stands behind a code, for whoever holds it.

    Refuses with NOT_FOUND whatever opens nothing, and with TOO_MANY_REQUESTS (fact
    `retry_after_s`) an address that has tried that too often.
    """
    now_ms = room.now_ms()
    async with room.vault.read() as view:
        slip = await _find(room, view, code, peer)
        consent = await consents.find(view, slip.pupil, slip.space)
        shown = await portraits.count_pictures(view, slip.space, [slip.pupil])
        ends_ms = await _end_of_year(view, slip)
    return Standing(
        await own_spaces.find_title(room.context, slip.space),
        consents.state_of(consent, now_ms),
        None if consent is None else consent.said,
        0 if consent is None else consent.signed_ms,
        ends_ms if consent is None else consent.until_ms,
        shown.get(slip.pupil, 0),
    )


async def withdraw(room: Classroom, code: str, peer: str) -> None:
    """Say no, whatever was said before: every picture that shows this pupil in that space is
    erased here at once, and at every partner. Saying it again changes nothing.

    Also where the disk is nearly full. Refuses as `look_up`.
    """
    now_ms = room.now_ms()
    async with room.vault.read() as view:
        slip = await _find(room, view, code, peer)
        pupil = await pupils.find(view, slip.pupil)
        last = await consents.find(view, slip.pupil, slip.space)
    if pupil is not None and consents.state_of(last, now_ms) is not State.WITHDRAWN:
        await keeping.note_refused(room, pupil.name, slip.space, now_ms)
        async with room.vault.write_small() as unit:
            await consents.put(unit, consents.withdrawn(slip.pupil, slip.space, now_ms))
    await portraits.take_down_unwanted(room)


async def _find(room: Classroom, view: View, code: str, peer: str) -> Slip:
    key, now_ms = limits.address_key(peer), room.now_ms()
    wait_s = room.tries.wait(key, now_ms)
    if wait_s:
        raise Refused(
            Reason.TOO_MANY_REQUESTS, "Too many codes that open nothing.", retry_after_s=wait_s
        )
    slip = await slips.find(view, token_hash(plain_code(code)))
    if slip is None:
        room.tries.take(key, now_ms)
        raise Refused(Reason.NOT_FOUND, "This code opens nothing.")
    return slip


def plain_code(typed: str) -> str:
    """A code as it was meant: without dashes and gaps, in small letters."""
    return "".join(typed.split()).replace("-", "").lower()[: 2 * CODE_CHARACTERS]


def grouped(typed: str) -> str:
    """A code as it is printed: in groups."""
    plain = plain_code(typed)
    return "-".join(plain[at : at + GROUP] for at in range(0, len(plain), GROUP))


async def _end_of_year(view: View, slip: Slip) -> int:
    pupil = await pupils.find(view, slip.pupil)
    class_ = None if pupil is None else await classes.find(view, pupil.class_)
    return 0 if class_ is None else class_.ends_ms
