"""What lies in the trash of the schools that are looked at, and what is hidden there."""

from urllib.parse import urlsplit

from scripts.demonstration import journey, paper
from scripts.demonstration.visitor import Visitor


def fill_moderation(ana: Visitor, luc: Visitor, places: dict[str, str]) -> None:
    """A thread in Ana's trash, one of Luc's that Ana hid, and one that she may hide."""
    space = places["space"]
    thrown = journey.start_thread(ana, space, "An old plan", "We meet on Monday after all.")
    ana.send(ana.get(ana.get(thrown).link("/delete")), "/trash")
    hidden = journey.start_thread(luc, space, "Call us", "My number is +33 4 00 00 00 00.")
    page = journey.wait_for(ana, hidden, "My number")
    ana.send(
        ana.get(page.link("/hide/")),
        "/hide/",
        why="private_data_shown",
        text="A private number.",
    )
    places["hidden"] = hidden
    journey.wait_for(luc, hidden, "Hidden by")
    loud = journey.start_thread(luc, space, "Our songs", "Twelve of them, all about the river.")
    places["loud"] = loud
    page = journey.wait_for(ana, loud, "Twelve")
    places["report"] = page.link("/report")
    ana.send(ana.get(page.link("/report")), "/report", why="copyright", note="Who wrote them?")
    queue = journey.wait_for(luc, f"{space}/moderation", "Who wrote them?")
    places["reported"] = urlsplit(queue.link("/moderation/")).path
    _page(ana, luc, places)
    places["hide"] = urlsplit(page.link("/hide/")).path
    places["remove"] = places["hide"].replace("/hide/", "/remove/")
    _removal(ana, luc, places)


def _removal(ana: Visitor, luc: Visitor, places: dict[str, str]) -> None:
    """A thread that Ana's school wants to be gone for good, and Luc's has not agreed yet."""
    space = places["space"]
    libel = journey.start_thread(luc, space, "About a neighbour", "He stole a boat.")
    page = journey.wait_for(ana, libel, "He stole")
    path = urlsplit(page.link("/hide/")).path.replace("/hide/", "/remove/")
    ana.send(ana.get(path), path)
    journey.wait_for(luc, f"{space}/moderation", "Needs our yes")
    places["agree"] = path


def _page(ana: Visitor, luc: Visitor, places: dict[str, str]) -> None:
    """A page with a block that Ana hid and one that was removed, and one that she hid whole."""
    space = places["space"]
    page = paper.begin(luc, space, "Names of the town")
    paper.add(luc, page, "paragraph", text="The bridge has the name of a queen.")
    paper.add(luc, page, "paragraph", text="Her gardener lives at 4 Rue Basse.")
    last = paper.add(luc, page, "paragraph", text="A sentence too many.")
    luc.send(luc.get(f"{page}/edit"), f"{last}/remove")
    edit = journey.wait_for(ana, f"{page}/edit", "A sentence too many.")
    places["hide_page"] = urlsplit(ana.get(page).link("/hide/")).path
    second = [link for link, _ in edit.links if "/hide/" in link][1]
    ana.send(ana.get(second), "/hide/", why="private_data_shown", text="An address.")
    places["page_hidden_block"] = page
    whole = paper.begin(luc, space, "All our telephone numbers")
    paper.add(luc, whole, "paragraph", text="Ask the office.")
    read = journey.wait_for(ana, whole, "Ask the office.")
    places["report_page"] = read.link("/report")
    ana.send(ana.get(read.link("/hide/")), "/hide/", why="private_data_shown")
    places["hidden_page"] = whole
