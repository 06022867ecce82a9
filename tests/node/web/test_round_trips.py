"""How often a page waits for the database: the dearest pages stay within their bound."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from node.actions import forum
from node.storage.database import Reader, Row, Value
from tests.node.spaces.schools import found_together
from tests.node.web.browser import browsing
from tests.nodes import Node, settle

MOST_TRIPS = 5


@dataclass
class Trips:
    """Statements that are asked side by side are one trip."""

    made: int = 0
    under_way: int = 0


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Trips]:
    trips = Trips()
    asked = Reader.all

    async def counted(reader: Reader, sql: str, *values: Value) -> list[Row]:
        trips.made += trips.under_way == 0
        trips.under_way += 1
        try:
            return await asked(reader, sql, *values)
        finally:
            trips.under_way -= 1

    with monkeypatch.context() as patched:
        patched.setattr(Reader, "all", counted)
        yield trips


async def test_the_page_of_a_space_waits_for_the_database_five_times_at_most(
    pair: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = await found_together(*pair)
    for number in range(12):
        shared.alpha.clock.advance(seconds=1)
        await forum.start_thread(
            shared.alpha.context,
            shared.ana,
            shared.space,
            title=f"Thread {number}",
            text="Hello",
            language="en",
        )
    await settle(*pair)
    async with browsing(shared.alpha, shared.ana.handle) as ana:
        with counting(monkeypatch) as trips:
            shown = await ana.get(f"/w/{shared.space}")
        assert "Thread 11" in shown.text
        assert 1 < trips.made <= MOST_TRIPS
