"""The pages of the schools that are looked at: all kinds of blocks, two versions, past, trash."""

from urllib.parse import urlsplit

from scripts.demonstration import journey, paper
from scripts.demonstration.visitor import Visitor


def fill_pages(ana: Visitor, luc: Visitor, places: dict[str, str]) -> None:
    """`places` is told where a page, its blocks and its versions are; `picture` and `document`
    are there already."""
    space = places["space"]
    page = paper.begin(ana, space, "What our rivers do")
    file = places["picture"].rpartition("/")[2]
    paper.add(ana, page, "heading", text="How high the water stands")
    text = "In Aveiro we measure at the old bridge.\n\nSee https://river.example/today"
    block = paper.add(ana, page, "paragraph", text=text)
    journey.wait_for(luc, page, "at the old bridge")
    paper.add(luc, page, "list", text="bring a rope\nwrite the number down", ordered="yes")
    table = "Day | Aveiro | Lyon\nMonday | 1.2 m | 2.4 m\nTuesday | 1.3 m | 2.2 m"
    journey.wait_for(ana, page, "write the number down")
    paper.add(ana, page, "table", text=table)
    paper.add(ana, page, "image", file=file, caption="The bridge at noon")
    paper.add(ana, page, "file", file=places["document"].rpartition("/")[2])
    paper.add(ana, page, "embed", url="https://river.example/film", title="A film of the flood")
    last = paper.add(ana, page, "paragraph", text="This went.")
    form = ana.get(f"{page}/edit")
    ana.send(form, f"{last}/remove")
    again = ana.get(f"{block}/edit")
    paper.change(ana, again, text="In Aveiro we measure at the old bridge, each Monday.")
    journey.wait_for(luc, page, "each Monday")
    _two_versions(ana, luc, page, places)
    places["page"], places["block"] = page, block
    newest = ana.get(f"{page}/history")
    versions = [link for link, _ in newest.links if "/history/" in link]
    places["version"] = versions[2]
    empty = paper.begin(luc, space, "Songs of the river")
    _open_to_pupils(ana, luc, space, places)
    places["empty_page"] = empty
    luc.send(luc.get(f"{empty}/settings"), "/settings", pupils="yes")
    journey.wait_for(ana, f"{space}/pages", "Songs of the river")
    gone = paper.begin(ana, space, "A page too many")
    ana.send(ana.get(f"{gone}/settings"), "/remove")
    places["page_in_trash"] = gone


def _open_to_pupils(ana: Visitor, luc: Visitor, space: str, places: dict[str, str]) -> None:
    """A page of Luc's on which pupils may write."""
    asked = luc.get(f"{space}/pages/new")
    made = luc.send(asked, "/pages/new", title="Animals of our rivers", pupils="yes")
    page = urlsplit(made.address).path.removesuffix("/edit")
    paper.add(luc, page, "heading", text="Birds")
    paper.add(luc, page, "paragraph", text="In Lyon we see ducks and swans.")
    paper.add(luc, page, "list", text="kingfisher\nheron")
    journey.wait_for(ana, page, "heron")
    places["open_page"] = page


def _two_versions(ana: Visitor, luc: Visitor, page: str, places: dict[str, str]) -> None:
    """Both open the same form before either has saved."""
    block = paper.add(ana, page, "paragraph", text="We met on Monday. It rained.")
    journey.wait_for(luc, page, "We met on Monday")
    here, there = ana.get(f"{block}/edit"), luc.get(f"{block}/edit")
    paper.change(ana, here, text="We met on Tuesday. It rained.")
    paper.change(luc, there, text="We met on Friday. It rained a lot.")
    journey.wait_for(ana, f"{block}/versions", "Friday")
    places["two_versions"] = block
