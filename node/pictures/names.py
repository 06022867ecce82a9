"""What a file is called, cleaned: a name for people, and never a part of a path on this node."""

import re
import unicodedata

LONGEST = 120
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
_RESERVED = re.compile(r'[<>:"/\\|?*]')
# Names that an older Windows takes for a device, with whatever ending.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)


def clean_name(name: str, ending: str = "") -> str:
    """`name` in one line, without folders, control and direction signs, devices and leading dots
    or dashes, at most `LONGEST` characters; with `ending` in place of its own where one is given.
    """
    last = re.split(r"[/\\]", name.replace("\x00", ""))[-1]
    visible = "".join(one for one in last if unicodedata.category(one) not in _UNSEEN)
    plain = _RESERVED.sub("_", unicodedata.normalize("NFC", visible))
    words = " ".join(plain.split()).strip(" .-")
    stem, dot, own = words.rpartition(".")
    if not dot or len(own) > 10:
        stem, own = words, ""
    ending = ending or own
    stem = stem[: LONGEST - len(ending) - 1].strip(" .-") or "file"
    if _DEVICE.fullmatch(stem.partition(".")[0].strip()):
        stem = f"_{stem}"
    return f"{stem}.{ending}" if ending else stem
