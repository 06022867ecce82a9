"""What hangs on the walls of the schools that are looked at."""

from urllib.parse import urlsplit

from scripts.demonstration import journey
from scripts.demonstration.visitor import Visitor


def fill_walls(ana: Visitor, luc: Visitor, places: dict[str, str]) -> None:
    """A wall of Ana's with cards of both, one of them with a picture."""
    space = places["space"]
    page = ana.send(
        ana.get(f"{space}/walls/new"),
        "/walls/new",
        title="Our questions about the rivers",
        columns="We wonder\nWe found out\nStill open",
        pupils="yes",
    )
    wall = urlsplit(page.address).path
    places["wall"] = wall
    for text, column, colour in (
        ("How long is yours?", "1", "yellow"),
        ("Ours is 812 kilometres long.", "2", "green"),
        ("Who fishes there?", "3", "grey"),
    ):
        ana.send(ana.get(wall), wall, text=text, column=column, colour=colour)
    picture = places["picture"].rpartition("/")[2]
    ana.send(ana.get(wall), wall, text="The bridge", file=picture, column="2")
    journey.wait_for(luc, wall, "How long is yours?")
    luc.send(luc.get(wall), wall, text="Do you swim in it?", column="1", colour="plain")
    page = journey.wait_for(ana, wall, "Do you swim in it?")
    cards = [link for link, _ in page.links if "/cards/" in link]
    places["card"] = urlsplit(cards[0]).path
    places["own_card"] = places["card"].removesuffix("/edit")
