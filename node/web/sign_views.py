"""Signs under something in a space, as templates get them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class SignLine:
    """One sign: its word and icon, who gave it, and whether the reader did. `waits`: the reader's
    waits for a teacher."""

    sign: str
    label: str
    icon: str
    names: Sequence[str]
    mine: bool
    waits: bool = False


@dataclass(frozen=True)
class Reactions:
    """What stands under something, and where a sign is sent."""

    path: str
    signs: Sequence[SignLine]

    @property
    def given(self) -> list[SignLine]:
        return [one for one in self.signs if one.names]
