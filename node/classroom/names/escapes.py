"""Texts that a machine or a browser shows otherwise than they are written: letters by their
numbers (`%4D`, `&#77;`, `\\u004d`), in marks of HTML, in tags that nobody sees, from right to left.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

_ESCAPE: Final = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+|&(?:#x?[0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});|\\u[0-9A-Fa-f]{4}"
    r"|</?[A-Za-z][^<>]{0,80}>|[\U000e0020-\U000e007e]"
)
_TURNED: Final = re.compile("\u202e([^\u202c\n]*)")
_TAGS: Final = 0xE0000


@dataclass(frozen=True)
class Meant:
    """A text as it is meant, and for each of its letters from where to before where it stands."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


def meant(text: str) -> Meant | None:
    """What a text says once it is shown; None where it says what stands there."""
    turned = "\u202e" in text
    if not turned and _ESCAPE.search(text) is None:
        return None
    letters: list[tuple[str, int, int]] = []
    at = 0
    for found in _ESCAPE.finditer(text):
        letters += [(text[one], one, one + 1) for one in range(at, found.start())]
        letters += [(one, *found.span()) for one in _shown(found[0])]
        at = found.end()
    letters += [(text[one], one, one + 1) for one in range(at, len(text))]
    if turned:
        written = "".join(one for one, _, _ in letters)
        for run in _TURNED.finditer(written):
            letters[slice(*run.span(1))] = letters[slice(*run.span(1))][::-1]
    return Meant(
        "".join(one for one, _, _ in letters),
        [start for _, start, _ in letters],
        [end for _, _, end in letters],
    )


def _shown(escape: str) -> str:
    match escape[0]:
        case "%":
            return unquote(escape, errors="ignore")
        case "&":
            return html.unescape(escape)
        case "\\":
            return chr(int(f"0x{escape[2:]}", 0))
        case "<":
            return ""
        case _:
            return chr(ord(escape) - _TAGS)
