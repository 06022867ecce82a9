"""How pupils come in and out: by the code on a card, or by class, alias and secret word. Where the
class asks for more (`second_step`), whoever showed that is halfway in.

Failures are counted by pupil, never by address: a class sits behind one. What a stranger types is
answered alike whether or not there is such a class or alias, until too many wrong words were given
for one pupil.
"""

from contextlib import suppress
from dataclasses import dataclass
from hmac import compare_digest as same_secret

from node.actions.sign_in import token_hash
from node.classroom.handing_out import plain_word, word_mac
from node.classroom.room import Classroom, get_class
from node.classroom.roster import get_pupil
from node.storage.accounts import Account
from node.vault import cards, classes, pupils, second_steps, sessions
from node.vault.classes import SchoolClass
from node.vault.pupils import Pupil
from node.vault.vault import Unit
from protocol.canonical import b64
from protocol.errors import Reason, Refused

SESSION_MS = 10 * 3_600_000
"""A school day: a tablet goes from hand to hand."""
FAILURE_WINDOW_MS = 15 * 60_000
FAILURES_PER_PUPIL = 10
HALFWAY_MS = 10 * 60_000
TOKEN_OCTETS = 32
SEEN_EVERY_MS = 60_000
_HASHES = 64


@dataclass(frozen=True)
class SignedInPupil:
    """Who asks: an alias and a class, no name."""

    pupil: Pupil
    class_: SchoolClass


@dataclass(frozen=True)
class Admission:
    """What a card opens: the token of a session, or, where it `is_whole` not, of one halfway in."""

    token: str
    is_whole: bool


async def sign_in_by_card(room: Classroom, card: str) -> Admission:
    """For whoever holds the card. Refuses with BAD_CREDENTIALS."""
    now_ms = room.now_ms()
    async with room.vault.write_small() as unit:
        pupil = await cards.find_pupil(unit, token_hash(card.strip()), now_ms)
        if pupil is None:
            raise _unknown()
        return await _admit(room, unit, pupil)


async def sign_in_by_word(room: Classroom, code: str, alias: str, word: str) -> Admission:
    """For whoever knows what stands on the card.

    Refuses with BAD_CREDENTIALS whatever is wrong, with TOO_MANY_REQUESTS (fact `retry_after_s`)
    after too many wrong words for this one pupil.
    """
    now_ms = room.now_ms()
    async with room.vault.write_small() as unit:
        class_ = await classes.find_by_code(unit, "-".join(code.lower().split())[:_HASHES])
        pupil = None if class_ is None else await pupils.find_by_alias(unit, class_.id, alias)
        if pupil is None:
            raise _unknown()
        failed = await sessions.count_failures(unit, pupil.id, now_ms - FAILURE_WINDOW_MS)
        if failed >= FAILURES_PER_PUPIL:
            raise Refused(
                Reason.TOO_MANY_REQUESTS,
                "Too many wrong words for this pupil; wait a quarter of an hour, or ask a teacher "
                "for a new card.",
                retry_after_s=FAILURE_WINDOW_MS // 1000,
            )
        card = await cards.find(unit, pupil.id, now_ms)
        given = word_mac(unit, pupil.id, plain_word(word))
        admission = None
        if card is not None and same_secret(card.word_mac, given):
            admission = await _admit(room, unit, pupil.id)
        else:
            # Kept although the sign-in is refused: that is why nothing is raised in here.
            await sessions.put_failure(unit, pupil.id, now_ms)
    if admission is None:
        raise _unknown()
    return admission


async def recognise(room: Classroom, token: str) -> SignedInPupil | None:
    """Who holds `token`; None for a session that has ended."""
    now_ms = room.now_ms()
    async with room.vault.read() as view:
        session = await sessions.find(view, token_hash(token), now_ms)
        pupil = None if session is None else await pupils.find(view, session.pupil)
        class_ = None if pupil is None else await classes.find(view, pupil.class_)
    if session is None or pupil is None or class_ is None or class_.ends_ms <= now_ms:
        return None
    if now_ms - session.seen_ms > SEEN_EVERY_MS:
        # A disk that is full must not keep anybody from reading.
        with suppress(Refused):
            async with room.vault.write_small() as unit:
                await sessions.put_seen(unit, session.id, now_ms)
    return SignedInPupil(pupil, class_)


async def sign_out(room: Classroom, token: str) -> None:
    """End the session of `token`."""
    async with room.vault.write_small() as unit:
        await sessions.drop(unit, token_hash(token))


async def sign_out_class(
    room: Classroom, account: Account, class_: int, pupil: int | None = None
) -> None:
    """End the sessions of a class, or of one pupil. Refuses with NOT_FOUND."""
    async with room.vault.write_small() as unit:
        await get_class(unit, account, class_)
        if pupil is None:
            await sessions.drop_of_class(unit, class_)
        else:
            await get_pupil(unit, class_, pupil)
            await sessions.drop_of_pupil(unit, pupil)


async def _admit(room: Classroom, unit: Unit, pupil: int) -> Admission:
    await sessions.drop_failures(unit, pupil)
    found = await pupils.find(unit, pupil)
    class_ = None if found is None else await classes.find(unit, found.class_)
    if class_ is None or class_.second_step == "none":
        return Admission(await open_session(room, unit, pupil), is_whole=True)
    token, now_ms = b64(room.context.chance.octets(TOKEN_OCTETS)), room.now_ms()
    await second_steps.put_halfway(
        unit, token_hash(token), pupil, now_ms=now_ms, expires_ms=now_ms + HALFWAY_MS
    )
    return Admission(token, is_whole=False)


async def open_session(room: Classroom, unit: Unit, pupil: int) -> str:
    """The token of a new session, for whoever showed all that was asked for."""
    token = b64(room.context.chance.octets(TOKEN_OCTETS))
    now_ms = room.now_ms()
    await sessions.put(
        unit, token_hash(token), pupil, now_ms=now_ms, expires_ms=now_ms + SESSION_MS
    )
    return token


def _unknown() -> Refused:
    return Refused(Reason.BAD_CREDENTIALS, "The card is not known here.")
