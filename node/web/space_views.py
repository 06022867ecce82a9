"""What is written in a space, as its pages show it, and what a reader can do with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from node.web.views import Person, School


@dataclass(frozen=True)
class Hidden:
    """By whom something was hidden, when and why; `reason` is a marked word, empty where none was
    given."""

    by: Person
    at_ms: int
    reason: str
    text: str


@dataclass(frozen=True)
class Doings:
    """What a reader can do with something: addresses, empty where it cannot be done."""

    change: str = ""
    delete: str = ""
    report: str = ""
    hide: str = ""
    show_again: str = ""
    hidden: Hidden | None = None


@dataclass(frozen=True)
class Thing:
    """Something of any kind in a list: `kind` is a marked word, `title` its title or text. `path`
    is where one reads it, `own_path` where its author changes it; what is `common` anybody does."""

    item: str
    kind: str
    title: str
    language: str
    path: str
    own_path: str
    author: Person
    at_ms: int
    common: bool = False


@dataclass(frozen=True)
class Leftover:
    """Something that our school wrote on top of what `schools` (`purged`: both founders) deleted.

    `thing` is None where nobody sees it. `seen` are the own versions of it that stand, `past` how
    many others there are; `change`, `clear` and `erase` are addresses, empty where there is nothing
    to do.
    """

    thing: Thing | None
    schools: Sequence[School]
    since_ms: int
    purged: bool
    seen: Sequence[str]
    past: int
    change: str
    clear: str
    erase: str


@dataclass(frozen=True)
class Removal:
    """What founding schools want to be gone for good: `schools` gave their word; `agree`, `again`
    are the addresses where this one does too, or has it shown again. `state`: asked or agreed."""

    thing: Thing
    schools: Sequence[School]
    at_ms: int
    state: str
    agree: str = ""
    again: str = ""


@dataclass(frozen=True)
class ReactionLine:
    """One sign under a post: its word and icon, who gave it, and whether the reader did. `waits`:
    the reader's waits for a teacher."""

    sign: str
    label: str
    icon: str
    names: Sequence[str]
    mine: bool
    waits: bool = False


@dataclass(frozen=True)
class Reactions:
    """What stands under a post, and where a sign is sent."""

    path: str
    signs: Sequence[ReactionLine]

    @property
    def given(self) -> list[ReactionLine]:
        return [one for one in self.signs if one.names]


@dataclass(frozen=True)
class Picture:
    """A file that is shown with something: `path` leads to it, `small` to its small picture, if
    there is one."""

    path: str
    small: str
    alt: str
    language: str


@dataclass(frozen=True)
class Post:
    """A forum post; the first of a thread opens it. `absent` says why it has no text, if so;
    `picture` is None where none is shown with it."""

    id: str
    author: Person
    text: str
    language: str
    at_ms: int
    edited_ms: int | None
    absent: str
    doings: Doings = Doings()
    reactions: Reactions | None = None
    picture: Picture | None = None


@dataclass(frozen=True)
class Copy:
    """A file of the space that somebody asked for; `trouble` is a marked sentence, or empty."""

    id: str
    state: str
    asked_ms: int
    ends_ms: int
    octets: int
    trouble: str


@dataclass(frozen=True)
class ThreadLine:
    """A thread in a list. `absent` stands for the title of one that has none (any more)."""

    path: str
    title: str
    absent: str
    author: Person | None
    at_ms: int
    replies: int


@dataclass(frozen=True)
class Thread:
    """A thread's page."""

    path: str
    title: str
    posts: Sequence[Post]
    is_open: bool
