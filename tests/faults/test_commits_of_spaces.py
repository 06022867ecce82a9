"""A power cut at each commit of what changes a space: its keys, its end, a page, a card."""

from urllib.parse import urlsplit

import pytest

from scripts.demonstration import paper
from tests.faults.flows import Flow, die_and_verify
from tests.faults.pairs import Pair, Side, wait_until

STATE = "SELECT json_extract(state, '$.epoch'), json_extract(state, '$.steward'), node FROM spaces"


class Keys(Flow):
    """The school that does not have the keys of the space takes them over by its vote."""

    def begin(self) -> None:
        (_, steward, own), *_ = self.pair.azul.rows(STATE)
        self.side = self.pair.vert if steward == own else self.pair.azul
        ((self.epoch, _, self.node),) = self.side.rows(STATE)

    def act(self) -> None:
        path = f"{self.pair.space}/keys"
        self.acknowledged = self.side.post(path, school=str(self.node)) == 303

    def _found(self, side: Side) -> bool:
        ((epoch, steward, _),) = side.rows(STATE)
        return epoch != self.epoch and steward == self.node

    def is_through(self) -> bool:
        return all(self._found(side) for side in self.pair.sides)

    def require_whole(self) -> None:
        here, there = (self._found(side) for side in self.pair.sides)
        assert here == there
        assert here or not self.acknowledged


class Block(Flow):
    """A paragraph is changed on a page that both schools hold."""

    kind = "page_blocks"

    def begin(self) -> None:
        azul = self.pair.azul.visitor
        page = paper.begin(azul, self.pair.space, "A page")
        self.path = f"{paper.add(azul, page, 'paragraph', text='As it was.')}/edit"
        self._wait_for("As it was.")
        self._open_form()

    def _open_form(self) -> None:
        """Before anything can die: a worker may commit while the form is asked for."""
        self.fields = dict(self.pair.azul.visitor.get(self.path).form("/edit").fields)

    def _wait_for(self, text: str) -> None:
        side = self.pair.vert
        wait_until(lambda: bool(self._rows(side, text)), lambda: f"{self.name} never arrives")

    def _rows(self, side: Side, text: str) -> list[str]:
        return side.texts("SELECT op FROM payloads WHERE payload LIKE ?", f"%{text}%")

    def act(self) -> None:
        fields = self.fields | {"text": self.name}
        self.acknowledged = self.pair.azul.post(self.path, port=None, **fields) == 303

    def is_through(self) -> bool:
        return len(self._rows(self.pair.vert, self.name)) == 1

    def require_whole(self) -> None:
        here, there = (len(self._rows(side, self.name)) for side in self.pair.sides)
        assert here == there <= 1
        assert here == 1 or not self.acknowledged


class Card(Block):
    """A card on a wall is changed."""

    def begin(self) -> None:
        azul, space = self.pair.azul.visitor, self.pair.space
        form = azul.get(f"{space}/walls/new")
        made = azul.send(form, "/walls/new", title="A wall", columns="One")
        wall = urlsplit(made.address).path
        made = azul.send(azul.get(wall), wall, text="As it was.")
        self.path = next(link for link, _ in made.links if "/cards/" in link and "/edit" in link)
        self._wait_for("As it was.")
        self._open_form()


@pytest.mark.parametrize(
    ("kind", "victim"), [(Keys, "azul"), (Keys, "vert"), (Block, "azul"), (Card, "vert")]
)
def test_death_at_each_commit_leaves_a_space_that_can_be_verified(
    pair: Pair, kind: type[Flow], victim: str
) -> None:
    die_and_verify(pair, victim, kind)
