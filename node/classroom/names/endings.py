"""How languages put endings on names, and change their ends: one table for all of them.

Pupils write of their classmates in every language of the project, so the page's language does not
choose among the endings. A name is kept under its stems; a word is a name's form when it is a stem
with an ending. No ending is longer than seven letters: the look-up of a word takes a bounded time.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from node.classroom.names.folding import fold_word

SHORTEST_STEM: Final = 3


def _set(text: str) -> frozenset[str]:
    return frozenset(map(fold_word, text.split()))


ENDINGS: Final = _set(
    # Germanic
    "s n en ns es er em e in innen chen chens lein leins le i y et erne "
    # Romance and Balkan
    "a o as os is us ito ita itos inho inha inhos zinho zinha ino ina etto etta uccio "
    "ei ului lui ul ilor "
    # West Slavic
    "owi ovi u ie iem em ami om ow ach ym im ego iego emu iemu ej iej iu ia io ou owie "
    "ovci ova ove "
    "ovou owa owej ech eho emu ymi imi kiem kowi ku "
    # South Slavic
    "ov ev ovo ova ovi ju ja jem jo jev inim inom "
    # Baltic
    "ui ai am as iu io iui es ei eis aite yte iene ytes aites im "
    # Hungarian
    "t at et ot nak nek val vel al el rol tol bol hoz hez ra re ban ben ba be on nal nel ig ert ek "
    "eknel eknek ekkel jal jel sal sel tal tel mal mel lal lel ral rel kal kel dal del gal gel "
    "bal bel "
    "zal zel pal pel ekhez eke je "
    # Finnish, Estonian
    "ta lla lle lta ssa sta an in un ksi na seen ga le l lt st ile iga ist "
    # Turkish, where the apostrophe was left out
    "nin nun un ya ye da de dan den yi yu la ler lar "
    # Greek
    "σ ου ο ε η ησ α ασ ων ουσ οι ακη ακησ ακι ουλα "
    # Cyrillic
    "а у ом ем ей ой ою ею е и ы ю я ым им ого ому ова овой ову ов ови еві єм ів та ко ин ина "
    "ину "
    "ією і ех ах ами ами ите ка ку кою"
)
_AFTER_VOWEL: Final = _set(
    "a o e i u y ie ia io iu ou em om im ym am iem ej iej oj ji ami ach ech owi "
    "ovi ova ove ego iego "
    "emu iemu owie ito ita itos itas inho inha zinha ino etta ico ica ek ka ko ku ki kou cia "
    "as es os is us ai ui ei iai iui ου ο ε η α ησ ασ ων ουσ "
    "а у ом ем ей ой ою ею е и ы ю я ого ому его ему ым им ую ая ах ами ий ії ией ей ею ии ію ією"
)
"""What takes the place of a last vowel: `Anna`, `Anny`."""
_AFTER_TAIL: Final = _set(
    "o u ui a e ai i io iui iu am em ou ei ο ου η α ε ων ουσ ого ому им ым ая ой ую"
)
"""What takes the place of a last syllable: `Jonas`, `Jono`."""
_CHANGED_ENDINGS: Final = _set("ie e i u y")
"""What stands after a changed consonant: `Marta`, `Marcie`."""
_GRADED_ENDINGS: Final = _set("n lla lle lta ssa sta ksi an in on un")
_TAILS: Final = ("us", "os", "as", "is", "ys", "οσ", "ασ", "ησ", "εσ", "ουσ", "ии", "іи")
_LAST_VOWELS: Final = frozenset("aeiouyαηοιυωεаяеиоуыюіь")
_CHANGES: Final = (
    ("ch", "sz"), ("st", "sc"), ("sk", "sc"), ("t", "c"), ("d", "dz"), ("k", "c"), ("g", "dz"),
    ("r", "rz"), ("h", "z"), ("g", "z"), ("c", "k"), ("к", "ц"), ("г", "з"), ("х", "с"),
)  # fmt: skip
_FLEETING: Final = ("ek", "ec", "el", "er", "en", "ko", "ок", "ек", "ец")


class How(NamedTuple):
    """What may follow a stem: `exactly` says that the stem is the whole name."""

    exactly: bool
    endings: frozenset[str]


_WHOLE: Final = How(exactly=True, endings=ENDINGS)
_SHORTENED: Final = How(exactly=False, endings=_AFTER_VOWEL)
_CUT: Final = How(exactly=False, endings=_AFTER_TAIL)
_CHANGED: Final = How(exactly=False, endings=_CHANGED_ENDINGS)
_GRADED: Final = How(exactly=False, endings=_GRADED_ENDINGS)
_BARE: Final = How(exactly=True, endings=frozenset())


def stems(name: str) -> Iterator[tuple[str, How]]:
    """The stems of a folded name, the name itself first."""
    if len(name) < SHORTEST_STEM:
        yield name, _BARE
        return
    yield name, _WHOLE
    bare = name
    if name[-1] in _LAST_VOWELS:
        bare = name[:-1]
        if len(bare) >= SHORTEST_STEM or len(name) == SHORTEST_STEM:
            yield bare, _SHORTENED
    if len(name) <= SHORTEST_STEM:
        return
    for tail in _TAILS:
        if name.endswith(tail) and len(name) - len(tail) >= SHORTEST_STEM:
            yield name[: -len(tail)], _CUT
    if name.endswith("nen") and len(name) > 5:
        yield name[:-3] + "se", _GRADED
    for end, changed in _CHANGES:
        if bare.endswith(end) and len(bare) > SHORTEST_STEM - 1:
            yield bare[: -len(end)] + changed, _CHANGED
    if name.endswith("ja"):
        yield name[:-2] + "i", _BARE
    if name.endswith("ab"):
        yield name[:-2] + "eb", _SHORTENED
    if len(name) >= 5 and name[-2:] in _FLEETING:
        yield name[:-2] + name[-1], _SHORTENED
    if len(bare) > SHORTEST_STEM and bare[-1] == bare[-2] and bare != name:
        yield bare[:-1] + name[-1], _GRADED


LONGEST_ENDING: Final = max(map(len, ENDINGS | _AFTER_VOWEL | _AFTER_TAIL | _GRADED_ENDINGS))
