"""What was reported, as the pages of the safeguarding persons show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from node.classroom.safeguarding import Lack
from node.web.i18n import later

KINDS = {
    "thread": later("Thread"),
    "reply": later("Reply"),
    "update": later("Update"),
    "file": later("File"),
    "album": later("Album"),
    "wall": later("Wall"),
    "card": later("Card"),
    "page": later("Page"),
    "block": later("Part of a page"),
}
OTHER = later("Contribution")


LACKS: Mapping[Lack, str] = {
    "nobody": later("Nobody reads what pupils report: make somebody your safeguarding person"),
    "nobody_else": later(
        "Your only safeguarding person may not open what was reported: make somebody else one too"
    ),
    "unopened": later("No safeguarding person has opened what was reported days ago"),
}


@dataclass(frozen=True)
class CaseLine:
    """A sealed copy in the list; `reason` is a marked word."""

    path: str
    space: str
    reason: str
    pupils: int
    teachers: int
    at_ms: int
    ends_ms: int
    closed_ms: int | None


@dataclass(frozen=True)
class Voice:
    """Who reported it. `who` is what was sealed, `name` that of a pupil who is still kept."""

    who: str
    name: str
    is_pupil: bool
    words: str
    at_ms: int


@dataclass(frozen=True)
class Extension:
    """Who let it be kept longer; `who` is empty for an account that is gone."""

    who: str
    why: str
    until_ms: int
    at_ms: int


@dataclass(frozen=True)
class File:
    """The sealed bytes. `shown` is picture, sound, film or document."""

    path: str
    shown: str
    octets: int


@dataclass(frozen=True)
class Case:
    """A sealed copy, opened. `kind` is a marked word, `alt` what is to be seen in the picture that
    came with it."""

    line: CaseLine
    kind: str
    text: str
    language: str
    author: str
    made_ms: int
    file_name: str
    alt: str
    file: File | None
    voices: Sequence[Voice]
    extensions: Sequence[Extension]
