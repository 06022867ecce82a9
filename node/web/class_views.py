"""Classes, cards and pupils' work as the pages show them.

Only the pages of a class hold names, for its teachers and for administrators; all others know
aliases.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from node.web.views import Person, School


@dataclass(frozen=True)
class ClassLine:
    """A class in a list."""

    path: str
    name: str
    code: str
    pupils: int
    ends_ms: int


@dataclass(frozen=True)
class PupilLine:
    """A pupil in his teacher's list. `card` tells whether there is one that works; `seen_ms` is
    None for whoever is not signed in."""

    id: str
    path: str
    name: str
    alias: str
    card: bool
    seen_ms: int | None


@dataclass(frozen=True)
class StepLine:
    """What a pupil shows after the card: `way` is empty for who has chosen nothing; `missteps` are
    those of a day."""

    id: str
    name: str
    alias: str
    way: str
    set_ms: int
    missteps: int


@dataclass(frozen=True)
class ReadLine:
    """One look at pupils' records, or at the sealed copy of what was reported; names are empty
    where the account or the class is gone."""

    who: str
    class_name: str
    why: str
    at_ms: int
    sealed: bool = False


@dataclass(frozen=True)
class LeftOut:
    """A row of a class list that is not taken over; `why` is a marked sentence."""

    line: int
    name: str
    why: str


@dataclass(frozen=True)
class CardView:
    """A card as it is printed: its code has `size` squares a side, the dark ones in `path`."""

    alias: str
    word: str
    size: int
    path: str


@dataclass(frozen=True)
class PlaceLine:
    """A pupil who may take part in a space; `alias` is the one there, empty without a place."""

    id: str
    name: str
    alias: str
    takes_part: bool


@dataclass(frozen=True)
class PlaceGroup:
    """A class for choosing from."""

    id: str
    name: str
    places: Sequence[PlaceLine]


@dataclass(frozen=True)
class Part:
    """A part of a text; `told` says what is told there, empty for what tells nothing."""

    text: str
    told: str = ""
    blocks: bool = False


@dataclass(frozen=True)
class Marked:
    """A text with what is told in it; `label` says which text of a file it is."""

    label: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class FileView:
    """A file that is not released. `shown` is picture, sound, film or document; `path` leads to its
    bytes, `small` to its small picture, if there is one; `unread` are marked sentences."""

    name: str
    shown: str
    path: str
    small: str
    width: int
    height: int
    octets: int
    unread: Sequence[str]


@dataclass(frozen=True)
class BroughtLine:
    """A piece of work that was brought along. `path` is where it is thrown away and its bytes are;
    `name` is that of its file, "" for none, `small` leads to its small picture, if there is one."""

    path: str
    project: str
    thread: str
    text: str
    language: str
    at_ms: int
    name: str
    small: str


@dataclass(frozen=True)
class HeldLine:
    """A piece of work that waits: as the partners would see it, and what was found in it. `kind` is
    one of the vault's words, `place` what that is called in which it stands, `alt` says what is to
    be seen or heard in its file. Of a card `colour` is a word and `column` the title of one, of a
    reaction `sign` is a word, of a copy of a page `beside` counts what would stand beside others'
    words."""

    id: str
    version: str
    path: str
    author: Person
    class_name: str
    place: str
    place_path: str
    text: str
    language: str
    at_ms: int
    marked: Sequence[Marked]
    blocked: bool
    doubtful: Sequence[str]
    families: Sequence[str]
    file: FileView | None = None
    kind: str = "reply"
    colour: str = ""
    column: str = ""
    sign: str = ""
    beside: int = 0
    alt: str = ""

    @property
    def is_looked_at_first(self) -> bool:
        """Whether it is released on its own page alone."""
        return bool(self.blocked or self.doubtful or self.file or self.kind == "page")


@dataclass(frozen=True)
class HeldGroup:
    """What waits in one space."""

    title: str
    path: str
    schools: Sequence[School]
    held: Sequence[HeldLine]


@dataclass(frozen=True)
class WorkLine:
    """A pupil's own piece of work. `state` and `kind` are words of the vault's, or the state is
    `withdrawn`; `withdraw` leads to where it is taken back, for who may; `alt` says what is to be
    seen or heard in its file."""

    path: str
    state: str
    title: str
    text: str
    language: str
    note: str
    at_ms: int
    file: FileView | None = None
    kind: str = "reply"
    sign: str = ""
    alt: str = ""
    withdraw: str = ""


@dataclass(frozen=True)
class WithdrawnLine:
    """What a pupil took back, called `alias` in the space `title`; `kind` is a marked word."""

    id: str
    kind: str
    alias: str
    title: str
    path: str
    at_ms: int


@dataclass(frozen=True)
class OpenLine:
    """A wall or a page in a pupil's list; `opened` says that pupils may write on it."""

    path: str
    title: str
    opened: bool


@dataclass(frozen=True)
class DeskLine:
    """A space of a pupil's, and what he is called there."""

    path: str
    title: str
    alias: str
    schools: Sequence[School]


@dataclass(frozen=True)
class ConsentLine:
    """A pupil with what was said last about his pictures; `state` is one of the vault's words,
    `said` tells how far a consent goes, `signed_by` who said it. Days are moments in ms."""

    id: str
    name: str
    alias: str
    state: str
    said: str
    signed_by: str
    signer: str
    signed_ms: int
    until_ms: int
    pictures: int


@dataclass(frozen=True)
class FormView:
    """A form for signing as it is printed; its code has `size` squares a side."""

    name: str
    code: str
    address: str
    size: int
    path: str


@dataclass(frozen=True)
class FaceLine:
    """A pupil who may be in a picture; `lacking` says so of one who has not consented."""

    id: str
    name: str
    class_name: str
    state: str
    lacking: bool
