"""A power cut at each commit: just before, nothing of it has happened; just after, all of it.

For every main flow and each of the two schools, the node dies at its first commit, then at its
second, and so on, until the flow is through before the node would die. After each death the
database is whole; after the next start both schools hold the same, once.
"""

import http.client
import time
from collections.abc import Callable
from itertools import product

import pytest

from scripts.demonstration.people import PROJECT
from tests.faults.cuts import Cut
from tests.faults.pairs import Pair, Side, require_sound, wait_until

MOST_COMMITS = 120
BOTH_SIDES = 10
"""Up to this commit the node dies just before and just after; then only before: what is on the disk
after one commit is what was there before the next."""


class Flow:
    """Something that people do, told apart by its `name`; it goes on where it was interrupted."""

    def __init__(self, pair: Pair, name: str) -> None:
        self.pair = pair
        self.name = name
        self.acknowledged = False

    def begin(self) -> None:
        """What has to be there before the cut is armed."""

    def act(self) -> None:
        """Do it once; what comes back may be nothing."""

    def is_through(self) -> bool:
        """Whether all of it has happened at both schools."""
        raise AssertionError

    def require_whole(self) -> None:
        """All or nothing, and all where it was acknowledged."""


class Message(Flow):
    """From azul to vert."""

    def act(self) -> None:
        self.acknowledged = self.pair.azul.write(self.name) == 303

    def _found(self, side: Side) -> int:
        return len(side.rows("SELECT id FROM messages WHERE text = ?", self.name))

    def is_through(self) -> bool:
        return self._found(self.pair.vert) == 1

    def require_whole(self) -> None:
        here, there = (self._found(side) for side in self.pair.sides)
        assert here == there <= 1
        assert here == 1 or not self.acknowledged


class Post(Flow):
    """A reply in the forum, from azul; it reaches vert as a signed operation."""

    def act(self) -> None:
        self.acknowledged = (
            self.pair.azul.post(self.pair.thread, text=self.name, language="en") == 303
        )

    def _found(self, side: Side) -> int:
        return len(side.rows("SELECT op FROM posts WHERE text = ?", self.name))

    def is_through(self) -> bool:
        return self._found(self.pair.vert) == 1

    def require_whole(self) -> None:
        here, there = (self._found(side) for side in self.pair.sides)
        assert here == there <= 1
        assert here == 1 or not self.acknowledged


class Erasure(Post):
    """A reply that both have is deleted by its author."""

    def begin(self) -> None:
        super().act()
        wait_until(super().is_through, lambda: f"{self.name} never arrives")
        self.pair.settle()
        self.acknowledged = False
        page = self.pair.azul.visitor.get(self.pair.thread)
        at = page.words.index(self.name)
        assert at > 0
        self.address = [link for link, _ in page.links if link.endswith("/delete")][-1]

    def act(self) -> None:
        self.acknowledged = self.pair.azul.post(self.address) == 303

    def is_through(self) -> bool:
        return not any(self._found(side) for side in self.pair.sides) and not self._unconfirmed()

    def _unconfirmed(self) -> int:
        sql = "SELECT id FROM erasures WHERE id NOT IN (SELECT statement FROM receipts)"
        return len(self.pair.azul.rows(sql))

    def require_whole(self) -> None:
        here, there = (self._found(side) for side in self.pair.sides)
        assert here == there <= 1
        assert here == 0 or not self.acknowledged
        for side in self.pair.sides:
            payloads = side.rows("SELECT op FROM payloads WHERE payload LIKE ?", f"%{self.name}%")
            assert len(payloads) == here
        assert not self._unconfirmed()


class Founding(Flow):
    """A project is offered, accepted and founded; its space opens at both schools."""

    def begin(self) -> None:
        azul = self.pair.azul.visitor
        fields = PROJECT | {"title": self.name}
        page = azul.send(azul.get("/projects/new"), "/projects/new", button="", **fields)
        assert "/manage" in page.address, page.words

    def act(self) -> None:
        """Both press what their page offers, as people do who find that it is their turn."""
        while not self.is_through() and all(side.school.is_alive for side in self.pair.sides):
            for side, action in zip(self.pair.sides, ("/offer", "/accept"), strict=True):
                self._press(side, action)
            time.sleep(0.05)

    def _press(self, side: Side, action: str) -> None:
        try:
            page = side.visitor.get("/projects")
            page = side.visitor.get(page.link(self.name))
            page = side.visitor.get(page.link("/manage"))
            choices = {name: value for name, value in page.form(action).choices if name == "other"}
            side.visitor.send(page, action, button="", **choices)
        except (LookupError, OSError, http.client.HTTPException):
            return  # it is not this side's turn, or its node is dead

    def _spaces(self, side: Side) -> list[str]:
        return side.texts(
            "SELECT spaces.id FROM spaces JOIN objects ON objects.id = spaces.project "
            "WHERE json_extract(objects.document, '$.name') = ?",
            self.name,
        )

    def is_through(self) -> bool:
        here, there = (self._spaces(side) for side in self.pair.sides)
        return here == there and len(here) == 1

    def require_whole(self) -> None:
        self.act()
        assert self.is_through()


FLOWS: dict[str, Callable[[Pair, str], Flow]] = {
    "message": Message,
    "post": Post,
    "erase": Erasure,
    "found": Founding,
}


def die_at(pair: Pair, side: Side, flow: Flow, cut: Cut) -> bool:
    """Go through `flow` with a node that dies at `cut`; whether it did. It is down afterwards."""
    flow.begin()
    pair.settle()
    cut.armed.touch()
    flow.act()
    wait_until(
        lambda: not side.school.is_alive or (flow.is_through() and pair.is_settled()),
        lambda: f"{flow.name}: neither dead nor through",
    )
    died = not side.school.is_alive
    require_sound(side)
    side.school.stop()
    cut.armed.unlink()
    return died


def require_healed(pair: Pair, interrupted: Flow | None) -> None:
    """After the next start both schools come to hold the same, all of it or nothing."""
    pair.settle()
    if interrupted is not None:
        interrupted.require_whole()
        pair.settle()


@pytest.mark.parametrize("victim", ["azul", "vert"])
@pytest.mark.parametrize("kind", FLOWS)
def test_death_at_each_commit_leaves_all_or_nothing(pair: Pair, kind: str, victim: str) -> None:
    side = pair.azul if victim == "azul" else pair.vert
    armed = side.school.folder / "armed"
    side.school.stop()
    interrupted: Flow | None = None
    deaths = 0
    for number, after in product(range(1, MOST_COMMITS), (False, True)):
        if after and number > BOTH_SIDES:
            continue
        cut = Cut(number, after, armed)
        side.school.start(cut.around)
        require_healed(pair, interrupted)
        name = f"{kind} {victim} {'after' if after else 'before'} {number}"
        interrupted = FLOWS[kind](pair, name)
        died = die_at(pair, side, interrupted, cut)
        deaths += died
        if not died and not after:
            break
    side.school.start()
    require_healed(pair, interrupted)
    assert 2 <= deaths < MOST_COMMITS + BOTH_SIDES - 1
