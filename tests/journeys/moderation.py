"""What lies in the trash of the schools that are looked at, and what is hidden there."""

from urllib.parse import urlsplit

from scripts.demonstration import journey
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
    places["hide"] = urlsplit(page.link("/hide/")).path
