"""The map of schools: where places lie, what is counted, and that the list says all of it."""

import re
from importlib.resources import files

import pytest

from node.actions import school
from node.actions.actors import Card
from node.actions.permission import OPERATOR
from node.web import atlas, words
from node.web.pages import schools
from scripts import cartography
from tests.node.web.browser import browsing
from tests.nodes import Node

MAP = (files("node.web") / "static" / "map.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("latitude", "longitude", "east_m", "north_m"),
    # The second is the example of EPSG for this projection (ETRS89-LAEA, 3035).
    [(52, 10, 4_321_000, 3_210_000), (50, 5, 3_962_799, 2_999_719)],
)
def test_a_place_lies_where_the_projection_says(
    latitude: float, longitude: float, east_m: int, north_m: int
) -> None:
    x = ((east_m - 4_321_000) / 1000 + 2450) / 5.9
    y = (2350 - (north_m - 3_210_000) / 1000) / 5.9
    found = atlas.place(latitude, longitude)
    # A sphere differs from the ellipsoid by less than a dot's width.
    assert found == pytest.approx((x, y), abs=1)
    assert atlas.is_inside(*found)


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(40.7, -74), (-52, -170), (-90, 0), (90, 180), (35.7, 139.7)]
)
def test_what_is_elsewhere_is_not_on_the_map(latitude: float, longitude: float) -> None:
    assert not atlas.is_inside(*atlas.place(latitude, longitude))


def test_every_middle_is_that_of_a_country_and_on_the_map() -> None:
    assert set(atlas.MIDDLES) <= set(words.COUNTRIES)
    assert all(atlas.is_inside(x, y) for x, y in atlas.MIDDLES.values())
    assert len(atlas.MIDDLES) > 55


def test_the_map_is_small_and_holds_nothing_but_lines() -> None:
    assert len(MAP) < 40_000
    assert set(re.findall(r"<([a-z]+)", MAP)) == {"svg", "symbol", "path"}
    assert f'viewBox="0 0 {atlas.WIDTH} {atlas.HEIGHT}"' in MAP
    assert "fill=" not in MAP


def test_a_line_is_simplified_and_cut_without_losing_its_ends() -> None:
    bend = [(0.0, 0.0), (1.0, 0.1), (2.0, 0.0), (2.0, 9.0)]
    assert cartography.simple(bend) == [(0.0, 0.0), (2.0, 0.0), (2.0, 9.0)]
    beyond = [(-500.0, 100.0), (500.0, 100.0), (500.0, 200.0), (-500.0, 200.0)]
    cut = cartography.clipped(beyond, 0)
    assert min(x for x, _ in cut) == 0
    assert abs(cartography.area(cut)) == pytest.approx(500 * 100)
    assert cartography.middle(cut) == pytest.approx((250, 150))
    assert cartography.closed([(0.2, 0.1), (0.3, 0.2), (5, 0), (5, 5)]) == "M0 0l5 0 0 5z"


async def test_schools_stand_on_the_map_and_in_the_list(pair: tuple[Node, Node]) -> None:
    alpha, beta = pair
    placed = Card("Escola de Aveiro", "PT", city="Aveiro", location=(406, -87))
    await school.update_card(alpha.context, OPERATOR, placed)
    await school.update_card(beta.context, OPERATOR, Card("Lindenschule", "DE"))
    async with browsing(alpha, "admin") as admin:
        # Of a partner whose card nobody has looked at, the node knows what it calls itself.
        assert "2 schools" in (await admin.get("/map")).text
        unread = await admin.get("/schools?country=PT")
        assert "School Beta" in unread.text
        assert "Lindenschule" in (await admin.get(unread.link("/schools/school@"))).text
        shown = await admin.get("/map")
        assert "2 schools" in shown.text
        x, y = (round(one) for one in atlas.place(40.6, -8.7))
        assert f'cx="{x}" cy="{y}" r="8"' in shown.html
        assert "<title>Escola de Aveiro</title>" in shown.html
        x, y = atlas.MIDDLES["DE"]
        assert f'<text x="{x}" y="{y}">1</text>' in shown.html
        x, y = atlas.MIDDLES["PT"]
        assert f'<text x="{x}" y="{y}">' not in shown.html
        germany = await admin.get(shown.link("/schools?country=DE"))
        assert "Lindenschule" in germany.text
        assert f'href="/schools/school@{beta.url.partition("://")[2]}"' in germany.html
        assert 'href="/schools/school"' not in germany.html
        everywhere = await admin.get("/schools")
        assert "Lindenschule" in everywhere.text
        assert "Escola de Aveiro" in everywhere.text
        assert "No school of this country" in (await admin.get("/schools?country=MT")).text
    async with browsing(alpha) as visitor:
        assert (await visitor.get("/map")).path.startswith("/login")


async def test_above_many_dots_numbers_are_shown(
    alpha: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = Card("Escola de Aveiro", "PT", location=(406, -87))
    await school.update_card(alpha.context, OPERATOR, placed)
    monkeypatch.setattr(schools, "MOST_DOTS", 0)
    async with browsing(alpha, "admin") as admin:
        shown = await admin.get("/map")
        x, y = atlas.MIDDLES["PT"]
        assert f'<text x="{x}" y="{y}">1</text>' in shown.html
        assert 'class="dot' not in shown.html


async def test_strange_questions_are_named_or_answered(alpha: Node) -> None:
    async with browsing(alpha, "admin") as admin:
        for query, status in (
            ("country=XX", 422),
            ("country=%00", 422),
            ("after=1-999999999999999999999999", 422),
            ("after=x", 422),
            ("country=PT&country=DE", 200),
            ("other=1", 200),
        ):
            assert (await admin.get(f"/schools?{query}")).status == status, query
