"""What officers of hubs do on their pages, and administrators of schools on theirs."""

from scripts.demonstration import journey
from scripts.demonstration.fleet import School
from scripts.demonstration.visitor import Visitor


def endorse(here: School, admin: Visitor, there: School, other_admin: Visitor) -> None:
    """Compare the other hub's fingerprint, approve it, and let its accreditations count."""
    journey.approve(here, admin, there, other_admin)
    page = admin.get(admin.get("/agency").link("/agency/nodes"))
    page = admin.send(page, f"{there.address}/endorse")
    journey.require("Take the endorsement back" in page.words, f"{here.name} endorses nobody")


def make_link(officer: Visitor, whom: str) -> str:
    """A join link, which the hub sends to a school."""
    page = officer.send(officer.get("/agency"), "/agency/links", label=whom, uses="1", days="30")
    for word in page.words.split():
        if "/join/" in word:
            return word
    raise AssertionError(f"there is no link on {page.address}")


def apply(admin: Visitor, link: str, reason: str) -> None:
    """Paste the join link at home and say what shows that it is this school."""
    page = admin.get(admin.get("/admin").link("/admin/hub"))
    page = admin.send(page, "/admin/hub", link=link, register_number="4023", reason=reason)
    journey.require("Being checked" in page.words, f"the request was refused: {page.words[:400]}")


def accredit(officer: Visitor, school: School, admin: Visitor) -> None:
    """Find the school's request and grant it; the school hears of it by itself."""
    page = officer.get(officer.get("/agency").link("/agency/schools"))
    page = officer.send(officer.get(page.link(school.name)), "/accredit")
    journey.require("Accredited" in page.words, f"{school.name} was not accredited")
    journey.wait_for(admin, "/admin/hub", "The accreditation holds until")


def approve_project(officer: Visitor, title: str) -> None:
    """Read what the project is about and approve it."""
    listed = officer.get("/agency").link("/agency/projects")
    page = journey.wait_for(officer, listed, title)
    page = officer.send(officer.get(page.link(title)), "/approve")
    journey.require(
        "is approved." in page.words, f"the project was not approved: {page.words[:300]}"
    )


def revoke(officer: Visitor, school: School, admin: Visitor, reason: str) -> None:
    """Take the accreditation back; the school hears of it by itself."""
    page = officer.get(officer.get("/agency").link("/agency/schools"))
    page = officer.get(page.link("Accredited"))
    page = officer.send(officer.get(page.link(school.name)), "/revoke", reason=reason)
    journey.require("taken back" in page.words, f"{school.name} was not revoked")
    journey.wait_for(admin, "/admin/hub", reason)
