"""Cards for a class: made anew, shown once, kept as hashes.

A card bears a token of 144 bits in an address, behind the hash sign, for whoever can scan it; and
a short secret word for whoever types, which counts only with the class's code and the alias, and
a few times a quarter of an hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import segno

from node.actions.sign_in import token_hash
from node.classroom.room import Classroom, get_class
from node.classroom.roster import get_pupil
from node.storage.accounts import Account
from node.vault import cards, pupils, second_steps, sessions
from node.vault.classes import SchoolClass
from node.vault.vault import Unit
from protocol.canonical import b64

TOKEN_OCTETS = 18
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What a child does not mix up: neither i, l, o nor 0, 1."""
WORD_CHARACTERS = 8
WORD = "cards.word"
BORDER = 4
"""Light squares around a code (ISO/IEC 18004)."""


@dataclass(frozen=True)
class PrintedCard:
    """A card as it is printed, once. `squares` is its code: rows of dark (1) and light (0)."""

    alias: str
    address: str
    word: str
    squares: Sequence[bytes]


@dataclass(frozen=True)
class Sheet:
    """The cards of a class, or of one pupil."""

    class_: SchoolClass
    cards: Sequence[PrintedCard]


async def make_cards(
    room: Classroom, account: Account, class_: int, pupil: int | None = None
) -> Sheet:
    """New cards for a class, or for one pupil; the ones before open nothing any more.

    Whoever was signed in by an old card is signed out. What a pupil shows after the card stays, for
    it protects whoever lost one. Refuses with NOT_FOUND.
    """
    now_ms = room.now_ms()
    printed = []
    async with room.vault.write() as unit:
        found = await get_class(unit, account, class_)
        chosen = (
            await pupils.list_of_class(unit, class_)
            if pupil is None
            else [await get_pupil(unit, class_, pupil)]
        )
        for one in chosen:
            token = b64(room.context.chance.octets(TOKEN_OCTETS))
            word = draw_word(room, WORD_CHARACTERS)
            await cards.put(
                unit,
                one.id,
                token_hash=token_hash(token),
                word_mac=word_mac(unit, one.id, word),
                now_ms=now_ms,
                expires_ms=found.ends_ms,
            )
            await sessions.drop_of_pupil(unit, one.id)
            await sessions.drop_failures(unit, one.id)
            await second_steps.drop_missteps(unit, one.id)
            address = f"{room.context.address}/c#{token}"
            printed.append(PrintedCard(one.alias, address, word, draw(address)))
    return Sheet(found, printed)


def word_mac(unit: Unit, pupil: int, word: str) -> str:
    """What is kept of a secret word: it opens nothing for another pupil."""
    return unit.box.mac(WORD, f"{pupil} {word}")


def plain_word(typed: str) -> str:
    """A secret word as it was meant: without gaps, in small letters."""
    return "".join(typed.split()).replace("-", "").lower()[: 4 * WORD_CHARACTERS]


def draw(text: str) -> Sequence[bytes]:
    """The squares of a QR code, without its quiet border."""
    return [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]


def as_path(squares: Sequence[bytes]) -> str:
    """The dark squares as the data of one SVG path, after a quiet border of `BORDER` squares."""
    path = ""
    for y, row in enumerate(squares, BORDER):
        start = None
        for x, dark in enumerate([*row, 0], BORDER):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                path += f"M{start} {y}h{x - start}v1h-{x - start}z"
                start = None
    return path


def draw_word(room: Classroom, characters: int) -> str:
    """A secret of letters that nobody mixes up, each with the same chance."""
    word = ""
    while len(word) < characters:
        for octet in room.context.chance.octets(characters):
            # Octets beyond a multiple of the letters would prefer the first of them.
            if octet < len(LETTERS) * (256 // len(LETTERS)):
                word += LETTERS[octet % len(LETTERS)]
    return word[:characters]
