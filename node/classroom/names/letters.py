"""Letters that are taken for others: look-alikes, signs that stand for letters, other alphabets.

The look-alikes are those that UTS #39 lists as single letters of Greek, Cyrillic, Armenian, Coptic,
Cherokee and Lisu which look like one of the Latin alphabet; they keep their case, because a large
Ν looks like N and a small ν like v.
"""

import re
from collections.abc import Sequence
from typing import Final


def _pairs(text: str) -> dict[int, str]:
    return {ord(pair[0]): pair[1:] for pair in text.split()}


SPECIAL: Final = (
    # No accented forms of another letter to Unicode, and written as one all the same.
    _pairs("ıi łl øo đd ðd ħh ŧt ŋn əe ɫl ƶz ɨi ʉu ɓb ɗd ƙk ƴy ȼc")
    | _pairs("æae œoe þth")
    # Small capitals and letters of phonetic writing.
    | _pairs(
        "ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz ɑa ɡg ɩi ʋv ⱥa"
    )
    # Arabic: forms of alef, yeh, kaf and heh that keyboards and writers mix. Hebrew: final forms.
    | _pairs("ٱا ىي یي ېي کك ڪك ةه ەه ھه ךכ םמ ןנ ףפ ץצ")
    | _pairs("ґг ўу ςσ")
)
"""What a small letter becomes, after case and accents are away."""

LOOKS: Final = _pairs(
    """
    αa Αa Βb ϲc Ϲc Εe Ϝf Ηh ιi ϳj Ϳj Κk κk Μm Ϻm Νn νv οo σo Οo ρp Ρp Τt τt υu Χx χx γy Υy Ζz
    εe ηn
    аa Аa Ьb Вb вb сc Сc ԁd еe ҽe Еe Ԍg һh Нh нh ꙇi іi јj Јj Кk кk Іi Ӏi Мm мm оo Оo рp Рp ԛq
    ѕs Ѕs Тt тt ѵv Ѵv ѡw ԝw Ԝw хx Хx уy үy Уy Үy
    քf ցg հh ոn նn օo Օo զq Տs սu Սu աw
    ⲥc Ⲥc Ⲏh Ⲕk Ⲓi Ⲙm Ⲛn ⲟo Ⲟo ⲣp Ⲣp Ⲧt Ⲭx Ⲩy
    Ꭺa Ᏼb Ꮯc Ꭰd Ꭼe Ꮐg Ꮋh Ꭵi Ꭻj Ꮶk Ꮮl Ꮇm Ꮲp Ꭱr Ꮪs Ꭲt Ꮩv Ꮃw Ꭹy Ꮓz
    ꓮa ꓐb ꓚc ꓓd ꓰe ꓝf ꓖg ꓧh ꓙj ꓗk ꓡl ꓟm ꓠn ꓳo ꓑp ꓣr ꓢs ꓔt ꓴu ꓦv ꓪw ꓫx ꓬy ꓜz
    """
)
"""Letters of other alphabets that look like a Latin one, large and small."""

SIGNS: Final = _pairs("0o 1i 2z 3e 4a 5s 6g 7t 8b 9g @a $s €e !i |i ℓi li")
"""What stands for a letter (`4nn4`). One and l look alike too: there, every l is an i."""

SOUNDS: Final = _pairs("ck qk wv yi ji zs xks") | _pairs(
    "αa βv γg δd εe ζs ηi θt ιi κk λl μm νn ξks οo πp ρr σs τt υi φf χh ψps ωo "
    "аa бb вv гg ґg дd еe ёe жs зs иi йi кk лl мm нn оo пp рr сs тt уu фf хh цs чs шs "
    "щs ыi эe юiu яia єie іi їi ўu ђd јi љl њn ћs џs ѓg ќk ѕs ъ ь "
    "აa ბb გg დd ეe ვv ზs თt იi კk ლl მm ნn ოo პp ჟs რr სs ტt უu ფf ქk ღg ყk შs ჩs ცs ძs წs ჭs "
    "ხh ჯs ჰh աa բb գg դd եe զs էe ըi թt ժs իi լl խh ծs կk հh ձs ղg ճs մm յi նn շs ոo չs պp ջs ռr "
    "սs վv տt րr ցs ւv փp քk օo ֆf"
)
"""What other alphabets sound like, roughly; sounds that are spelled in many ways are one."""

_SPELLED: Final = re.compile(r"t?sch|tch|s[zh]|c[zh]|d?zh|t[sz]|rz|dż|dź")
"""One sound in several letters."""


def sounds(name: str) -> set[str]:
    """How a small Latin name may be meant by whoever writes it in another alphabet."""
    plain = name.replace("ph", "f").replace("th", "t").replace("ck", "k").replace("qu", "kv")
    found = {plain, _SPELLED.sub("s", plain), _SPELLED.sub("s", plain.replace("ch", "h"))}
    found |= {re.sub(r"(.)\1", r"\1", one) for one in found}
    return found


_GREEK_LETTERS: Final = "αβγδεζηθικλμνξοπρσςτυφχψω"
_CYRILLIC_LETTERS: Final = "абвгдежзийклмнопрстуфхцчшщъыьэюяєіїђјљњћџѓќѕ"
_GEORGIAN_LETTERS: Final = "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ"
_ARMENIAN_LETTERS: Final = "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆև"


def _table(letters: str, written: str) -> dict[str, str]:
    """Letter by letter; `-` is written as nothing."""
    return dict(zip(letters, written.replace("-", "").split(" "), strict=True))


_ALPHABETS: Final[Sequence[dict[str, str]]] = (
    # ELOT 743, and what keyboards and ears make of it.
    _table(_GREEK_LETTERS, "a v g d e z i th i k l m n x o p r s s t y f ch ps o")
    | {"ου": "ou", "αυ": "av", "ευ": "ev", "γγ": "ng", "γκ": "gk", "μπ": "mp", "ντ": "nt"},
    _table(_GREEK_LETTERS, "a v g d e z i th i k l m n ks o p r s s t i f h ps o")
    | {"ου": "ou", "αυ": "af", "ευ": "ef", "γγ": "ng", "γκ": "g", "μπ": "b", "ντ": "d"},
    # English usage, the Bulgarian and the Ukrainian rules, scientific writing without its accents.
    _table(
        _CYRILLIC_LETTERS,
        "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya "
        "ye i yi dj j lj nj c dz gj kj dz",
    ),
    _table(
        _CYRILLIC_LETTERS,
        "a b v g d e zh z i y k l m n o p r s t u f h ts ch sh sht a y y e yu ya "
        "ie i i dj j lj nj c dz gj kj dz",
    ),
    _table(
        _CYRILLIC_LETTERS,
        "a b v h d e zh z y i k l m n o p r s t u f kh ts ch sh shch - y - e iu ia "
        "ie i i dj j lj nj c dz gj kj dz",
    ),
    _table(
        _CYRILLIC_LETTERS,
        "a b v g d e z z i j k l m n o p r s t u f h c c s sc - y - e ju ja "
        "je i ji d j lj nj c dz gj kj dz",
    ),
    _table(
        _GEORGIAN_LETTERS,
        "a b g d e v z t i k l m n o p zh r s t u p k gh q sh ch ts dz ts ch kh j h",
    ),
    _table(
        _ARMENIAN_LETTERS,
        "a b g d e z e y t zh i l kh ts k h dz gh ch m y n sh o ch p j r s v t r ts u p k o f ev",
    ),
)
_IN_LATIN: Final = frozenset("".join(one for table in _ALPHABETS for one in table))

_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "đ": "dj"})
_WRITTEN_OUT: Final = re.compile(r"(?<![gq])([aou])e|a(?=a)")
"""An umlaut in two letters; not in `Miguel` and `Jacques`."""
_SCOTTISH: Final = re.compile(r"ma?c(?=[bcdfghjklmnpqrstvwxyz])")
MIN_OTHER_SPELLING: Final = 4


def drawn(name: str) -> set[str]:
    """How a small name looks where two letters stand for one: `rn` for an m, `vv` for a w."""
    if len(name) < MIN_OTHER_SPELLING:
        return set()
    return {name.replace("m", "rn"), name.replace("w", "vv")} - {name}


def spellings(name: str) -> set[str]:
    """How else a small, composed name is written in Latin letters: `müller` as `mueller` and that
    as `muller`, a Greek, Cyrillic, Georgian or Armenian one as passports and keyboards do."""
    found = {name.translate(_UMLAUTS), _WRITTEN_OUT.sub(r"\1", name)}
    if (scottish := _SCOTTISH.match(name)) is not None:
        found |= {f"{son}{name[scottish.end() :]}" for son in ("mac", "mc")}
    plain = {one for one in found if len(one) >= MIN_OTHER_SPELLING}
    return (plain | _romanised(name)) - {name}


def _romanised(name: str) -> set[str]:
    if not _IN_LATIN.intersection(name):
        return set()
    return {written for table in _ALPHABETS if (written := _by_table(name, table)) is not None}


def _by_table(name: str, table: dict[str, str]) -> str | None:
    """`name` by one way of writing; None where it has a letter of another alphabet."""
    written, at = "", 0
    while at < len(name):
        taken = 2 if name[at : at + 2] in table and at + 1 < len(name) else 1
        letter = table.get(name[at : at + taken])
        if letter is None:
            return None
        written += letter
        at += taken
    return written


def is_spaceless(letter: str) -> bool:
    """Whether the letter's language writes words without spaces, or puts endings on names without
    one: Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese."""
    point = ord(letter)
    return point >= 0xE00 and (
        point <= 0xEFF
        or 0x1000 <= point <= 0x109F
        or 0x1780 <= point <= 0x17FF
        or 0x2E80 <= point <= 0x9FFF
        or 0xAC00 <= point <= 0xD7A3
        or 0xF900 <= point <= 0xFAFF
        or 0x20000 <= point <= 0x3FFFF
    )
