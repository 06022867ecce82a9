"""A power cut at each commit of what a restored school does that wrote on too early: its log has
forked, it opens the next one and says again what it had lost."""

import shutil
from pathlib import Path

import pytest

from protocol.space.vocabulary import MAX_INCARNATIONS
from tests.faults.flows import Flow, die_and_verify
from tests.faults.pairs import Pair, Side, wait_until
from tests.faults.renewing import ask_for_a_key, vouch

KEPT = ("node.sqlite", "node.sqlite-wal", "state/tips")
OWN = "SELECT max(CAST(substr(log, 36) AS INTEGER)) FROM logs WHERE log LIKE 'c/' || ? || '/%'"


class Recovered(Flow):
    """`vert` is restored with its disk as it was, writes on while nobody answers, and is heard."""

    begins_settled = False

    def begin(self) -> None:
        azul, vert = self.pair.azul, self.pair.vert
        ((self.node,),) = vert.rows("SELECT node FROM spaces")
        ((number,),) = vert.rows(OWN, self.node)
        if int(str(number)) % MAX_INCARNATIONS == MAX_INCARNATIONS - 1:
            number = self._renew()
        self.number = int(str(number))
        folder, aside = vert.school.folder, vert.school.folder.parent / f"aside {self.name}"
        vert.school.stop()
        _copy(folder, aside)
        self.start(vert)
        assert self._write(vert, "lost") == 303
        self.pair.settle()
        azul.school.stop()
        vert.school.stop()
        for name in KEPT:
            (folder / name).unlink(missing_ok=True)
        _copy(aside, folder)
        self.start(vert)
        assert self._write(vert, "early") == 303

    def _renew(self) -> int:
        """A school opens eight logs and no more by itself; with a new key it has eight others."""
        azul, vert, node = self.pair.azul, self.pair.vert, str(self.node)
        assert vouch(self.pair, azul, node, ask_for_a_key(self.pair, vert, azul)) == 303
        closed = "SELECT closed_to_writing FROM spaces"
        wait_until(lambda: vert.rows(closed) == [("",)], lambda: "there is no new key")
        self.pair.settle()
        ((number,),) = vert.rows(OWN, node)
        return int(str(number))

    def _write(self, side: Side, word: str) -> int:
        return side.post(self.pair.thread, text=f"{self.name} {word}", language="en")

    def act(self) -> None:
        self.start(self.pair.azul)

    def _said(self, side: Side) -> list[str]:
        like = f"{self.name} %"
        return side.texts("SELECT text FROM posts WHERE text LIKE ? AND standing = 'shown'", like)

    def is_done(self, side: Side) -> bool:
        ((number,),) = side.rows(OWN, self.node)
        both = [f"{self.name} early", f"{self.name} lost"]
        return number == self.number + 1 and self._said(side) == both

    def is_through(self) -> bool:
        return all(map(self.is_done, self.pair.sides))

    def require_whole(self) -> None:
        # However it was interrupted it goes on by itself, and nothing is said twice.
        wait_until(self.is_through, lambda: f"{[self._said(one) for one in self.pair.sides]}")


def _copy(here: Path, there: Path) -> None:
    for name in KEPT:
        if (here / name).exists():
            (there / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(here / name, there / name)


EVERY = 6
"""All commits were tried; one in six is, each time."""


@pytest.mark.parametrize("victim", ["azul", "vert"])
def test_death_at_each_commit_of_a_recovery_loses_and_doubles_nothing(
    pair: Pair, victim: str
) -> None:
    die_and_verify(pair, victim, Recovered, every=EVERY)
