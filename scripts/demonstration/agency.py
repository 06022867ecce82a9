"""What hubs do, and schools with them: endorse, apply, accredit, revoke."""

import time

from scripts.demonstration import journey
from scripts.demonstration.fleet import School
from scripts.demonstration.visitor import Visitor


def endorse(here: School, admin: Visitor, there: School, other_admin: Visitor) -> None:
    """Compare the other hub's fingerprint, approve it, and let its accreditations count."""
    journey.approve(here, admin, there, other_admin)
    here.command("hub", "endorse", there.base)


def apply(school: School, hub: School) -> None:
    """Ask the hub of the school's country to accredit it, by a join link."""
    link = hub.command("hub", "link", "--label", school.name).strip()
    asked = ("--register-number", "4023", "--reason", "You find us in the register.")
    school.command("hub", "join", link, *asked)


def accredit(school: School, hub: School) -> None:
    """The officer finds the request and grants it; the school hears of it by itself."""
    waiting = hub.command("hub", "requests")
    journey.require(school.base in waiting, f"{hub.name} has no request of {school.name}")
    hub.command("hub", "accredit", school.base)
    wait_until(school, "accredited")


def revoke(school: School, hub: School, reason: str) -> None:
    """Take the accreditation back; the school hears of it by itself."""
    hub.command("hub", "revoke", school.base, "--reason", reason)
    wait_until(school, reason)


def wait_until(school: School, standing: str) -> None:
    """Wait until the school knows what its hub said of it."""
    deadline = time.monotonic() + journey.PATIENCE_S
    said = ""
    while standing not in said:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{school.name} never hears {standing!r}; it says {said!r}")
        time.sleep(0.2)
        said = school.command("hub", "status")
