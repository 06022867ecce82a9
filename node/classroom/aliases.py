"""Aliases that a school gives its pupils: two friendly words, much the same in many languages.

The first is an animal, the second one of the sky's names; they say nothing about anybody. The words
were chosen so that none, and no two of them together, are rude in the languages of the face.
"""

from collections.abc import Iterable

from node.clock import Chance
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


def propose(taken: Iterable[str], count: int, chance: Chance) -> list[str]:
    """`count` aliases that nobody has yet, drawn by chance; a third word is a number when the
    pairs are used up."""
    keys = {alias_key(one) for one in taken}
    pairs = [f"{animal} {star}" for animal in ANIMALS for star in SKY]
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
        pairs = [f"{animal} {star} {number}" for animal in ANIMALS for star in SKY]
    return found
