"""A power cut at each commit: just before, nothing of it has happened; just after, all of it.

For every main flow and each of the two schools, the node dies at its first commit, then at its
second, and so on, until the flow is through before the node would die. After each death the
database is whole; after the next start both schools hold the same, once.
"""

import http.client
import time
from collections.abc import Callable

import pytest

from scripts.demonstration.people import PROJECT
from tests.faults.flows import Flow, die_everywhere
from tests.faults.pairs import Pair, Side, wait_until


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


@pytest.mark.parametrize("victim", ["azul", "vert"])
@pytest.mark.parametrize("kind", FLOWS)
def test_death_at_each_commit_leaves_all_or_nothing(pair: Pair, kind: str, victim: str) -> None:
    die_everywhere(pair, victim, lambda name: FLOWS[kind](pair, f"{kind} {name}"))
