"""A power cut at each commit of what puts a space to rest, and of what wakes it."""

from urllib.parse import urlsplit

import pytest

from tests.faults.flows import Flow, die_and_verify
from tests.faults.pairs import Pair, Side

REST = "SELECT json_extract(state, '$.limit') IS NOT NULL FROM spaces"


class Archive(Flow):
    """A founder puts the space to rest; nothing is written in it any more."""

    to_rest = True

    def begin(self) -> None:
        azul = self.pair.azul.visitor
        self.path = urlsplit(azul.get(self.pair.space).link("/projects/")).path
        if self._rests(self.pair.azul) == self.to_rest:
            assert self._press(not self.to_rest) == 303
            self.pair.settle()
        assert not any(map(self.is_done, self.pair.sides))

    def _press(self, to_rest: bool) -> int:
        return self.pair.azul.post(f"{self.path}/{'archive' if to_rest else 'reopen'}")

    def _rests(self, side: Side) -> bool:
        ((rests,),) = side.rows(REST)
        return bool(rests)

    def is_done(self, side: Side) -> bool:
        return self._rests(side) == self.to_rest

    def act(self) -> None:
        self.acknowledged = self._press(self.to_rest) == 303

    def is_through(self) -> bool:
        return all(map(self.is_done, self.pair.sides))

    def require_whole(self) -> None:
        here, there = map(self.is_done, self.pair.sides)
        assert here == there
        assert here or not self.acknowledged
        for side in self.pair.sides:
            # What people may do follows: a space at rest takes no words, an awake one does.
            written = side.post(self.pair.thread, text=f"{self.name} {side.other}", language="en")
            assert (written == 303) is not self._rests(side), written


class Reopen(Archive):
    """The founder opens it again."""

    to_rest = False


@pytest.mark.parametrize(
    ("kind", "victim"),
    [
        (Archive, "azul"),
        (Archive, "vert"),
        (Reopen, "azul"),
        (Reopen, "vert"),
    ],
)
def test_death_at_each_commit_leaves_all_or_nothing_of_it_at_both_schools(
    pair: Pair, kind: type[Flow], victim: str
) -> None:
    die_and_verify(pair, victim, kind)
