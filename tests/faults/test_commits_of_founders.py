"""A power cut at each commit of what schools decide together: removing for good, and a new key."""

import pytest

from tests.faults.flows import Flow, die_and_verify
from tests.faults.pairs import Pair, Side, wait_until
from tests.faults.renewing import ask_for_a_key, vouch


class Asked(Flow):
    """A founding school wants a thread of the other one gone: it is hidden at both."""

    def begin(self) -> None:
        azul, vert = self.pair.azul, self.pair.vert
        made = azul.visitor.send(
            azul.visitor.get(f"{self.pair.space}/forum/new"),
            "/forum/new",
            title=self.name,
            text="Gone soon.",
        )
        self.item = made.address.rpartition("/")[2].partition("?")[0]
        wait_until(lambda: bool(self._texts(vert)), lambda: f"{self.name} never arrives")

    def _texts(self, side: Side) -> list[str]:
        return side.texts("SELECT op FROM payloads WHERE payload LIKE ?", f"%{self.name}%")

    def _remove(self, side: Side) -> int:
        return side.post(f"{self.pair.space}/remove/{self.item}")

    def act(self) -> None:
        self.acknowledged = self._remove(self.pair.vert) == 303

    def is_done(self, side: Side) -> bool:
        return bool(
            side.rows(
                "SELECT 1 FROM withheld w JOIN payloads p ON p.op = w.op WHERE p.payload LIKE ?",
                f"%{self.name}%",
            )
        )

    def is_through(self) -> bool:
        return all(map(self.is_done, self.pair.sides))

    def require_whole(self) -> None:
        here, there = map(self.is_done, self.pair.sides)
        assert here == there
        assert here or not self.acknowledged
        for side in self.pair.sides:
            shown = side.rows("SELECT standing FROM posts WHERE object = ?", self.item[-22:])
            assert (shown == [("shown",)]) is not here, shown


class Agreed(Asked):
    """The other founding school agrees: it is erased at both, and each has the other's word."""

    def begin(self) -> None:
        super().begin()
        assert self._remove(self.pair.vert) == 303
        wait_until(
            lambda: all(Asked.is_done(self, side) for side in self.pair.sides),
            lambda: f"{self.name} is never hidden",
        )

    def act(self) -> None:
        self.acknowledged = self._remove(self.pair.azul) == 303

    def is_done(self, side: Side) -> bool:
        return not self._texts(side)

    def is_through(self) -> bool:
        owed = (
            "SELECT 1 FROM purges p WHERE NOT EXISTS "
            "(SELECT 1 FROM receipts r WHERE r.statement = p.id)"
        )
        return super().is_through() and not any(side.rows(owed) for side in self.pair.sides)

    def require_whole(self) -> None:
        here, there = map(self.is_done, self.pair.sides)
        assert here == there
        assert here or not self.acknowledged


class Renewed(Flow):
    """The school that does not keep the list of members has a new key, by the other one's word."""

    def begin(self) -> None:
        ((steward,),) = self.pair.azul.rows("SELECT json_extract(state, '$.steward') FROM spaces")
        ((own,),) = self.pair.azul.rows("SELECT node FROM spaces")
        sides = self.pair.sides if steward == own else self.pair.sides[::-1]
        self.steward, self.asker = sides
        ((self.node,),) = self.asker.rows("SELECT node FROM spaces")
        self.key = ask_for_a_key(self.pair, self.asker, self.steward)

    def act(self) -> None:
        answer = vouch(self.pair, self.steward, str(self.node), self.key)
        self.acknowledged = answer == 303

    def is_done(self, side: Side) -> bool:
        ((state,),) = side.rows("SELECT state FROM spaces")
        return f'"{self.key}"' in str(state)

    def is_through(self) -> bool:
        ((closed,),) = self.asker.rows("SELECT closed_to_writing FROM spaces")
        return all(map(self.is_done, self.pair.sides)) and not closed

    def require_whole(self) -> None:
        here, there = map(self.is_done, self.pair.sides)
        assert here == there
        assert here or not self.acknowledged
        ((closed,),) = self.asker.rows("SELECT closed_to_writing FROM spaces")
        assert bool(closed) is not here
        if here:
            written = self.asker.post(self.pair.thread, text=self.name, language="en")
            assert written == 303


@pytest.mark.parametrize(
    ("kind", "victim"),
    [
        (Asked, "azul"),
        (Asked, "vert"),
        (Agreed, "azul"),
        (Agreed, "vert"),
        (Renewed, "azul"),
        (Renewed, "vert"),
    ],
)
def test_death_at_each_commit_leaves_one_decision_at_both_schools(
    pair: Pair, kind: type[Flow], victim: str
) -> None:
    die_and_verify(pair, victim, kind)
