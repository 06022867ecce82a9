"""Aliases that a school gives its pupils: two friendly words, much the same in many languages.

The first is an animal, the second one of the sky's names; they say nothing about anybody. The words
were chosen so that none, and no two of them together, are rude in the languages of the face. In a
class that is addressed plainly it is one of the sky's names with a number.
"""

from collections.abc import Iterable

from node.clock import Chance
from node.vault.classes import Style
from node.vault.pupils import alias_key

ANIMALS = (
    *("Alpaka", "Antilope", "Bison", "Delfin", "Dingo", "Flamingo", "Gecko", "Gorilla", "Ibis"),
    *("Jaguar", "Kakadu", "Koala", "Kolibri", "Lama", "Lemur", "Leopard", "Okapi", "Orka"),
    *("Panda", "Pelikan", "Pinguin", "Puma", "Salamander", "Tapir", "Tiger", "Tukan", "Zebra"),
)
SKY = (
    *("Altair", "Andromeda", "Apollo", "Atlas", "Aurora", "Deneb", "Eridanus", "Galaxia"),
    *("Kallisto", "Komet", "Lyra", "Meteor", "Neptun", "Nova", "Orion", "Pegasus", "Phoenix"),
    *("Polaris", "Rigel", "Saturn", "Selene", "Sirius", "Solaris", "Titan", "Triton", "Vega"),
)
MAX_CHARACTERS = 40


def propose(
    taken: Iterable[str], count: int, chance: Chance, style: Style = "pictured"
) -> list[str]:
    """`count` aliases that nobody has yet, drawn by chance; a third word is a number when the
    pairs are used up."""
    keys = {alias_key(one) for one in taken}
    pairs = _pairs(style, 1)
    found: list[str] = []
    number = 1
    while len(found) < count:
        # Drawn without order: the order of a list says nothing about the order of a roster. And
        # drawn from all, again where it is taken: so what is taken tells nothing of itself either.
        free = {alias_key(one) for one in pairs} - keys
        while free and len(found) < count:
            one = pairs[int(chance.fraction() * len(pairs))]
            if alias_key(one) in free:
                found.append(one)
                free.discard(alias_key(one))
                keys.add(alias_key(one))
        number += 1
        pairs = _pairs(style, number)
    return found


def _pairs(style: Style, round_: int) -> list[str]:
    """All that may be drawn the first time, the second time and so on."""
    if style == "plain":
        lowest = 10**round_
        return [f"{star} {number}" for star in SKY for number in range(lowest, 10 * lowest)]
    last = "" if round_ == 1 else f" {round_}"
    return [f"{animal} {star}{last}" for animal in ANIMALS for star in SKY]
