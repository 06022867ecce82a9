"""What one school brings reaches the other without what it tells of people, places and devices."""

from collections.abc import Callable

import pytest

from node.actions.materials import Said
from tests import canary, tagged_documents, tagged_films, tagged_pdf
from tests.node.spaces.bringing import on_disk, publish
from tests.node.spaces.schools import Shared
from tests.nodes import settle

TELLING: dict[str, Callable[[], bytes]] = {
    "a.pdf": tagged_pdf.pdf,
    "a.pptx": lambda: tagged_documents.document("pptx"),
    "a.mp4": lambda: tagged_films.film("pieces.mp4"),
}


@pytest.mark.parametrize("name", TELLING)
async def test_a_file_arrives_clean_at_both_schools(shared: Shared, name: str) -> None:
    octets = TELLING[name]()
    assert canary.find(octets)
    await publish(shared, octets, Said(name, "", "CC0-1.0", "en"))
    await settle(shared.alpha, shared.beta)
    lies = [list(on_disk(node).values()) for node in (shared.alpha, shared.beta)]
    assert lies[0] == lies[1]
    assert [canary.find(one) for one in lies[0]] == [[]]
