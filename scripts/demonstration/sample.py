"""Sample content of the demonstration, made the way people make it."""

from scripts.demonstration import journey
from scripts.demonstration.strangers import Strangers


def fill(walk: Strangers) -> None:
    """Accredited schools, two teachers who found each other, a project that runs."""
    walk.endorse()
    walk.accredit()
    walk.find_a_stranger()
    walk.become_contacts()
    journey.follow(walk.ana, f"luc@{walk.fleet.vert.address}")
    journey.publish(walk.luc, "We measured the river today.")
    journey.wait_for(walk.ana, "/home", "We measured the river today.")
    journey.write_message(walk.ana, walk.luc, "Bonjour Luc, shall we call on Friday?")
    walk.found_a_project()
    walk.write()
    thread = journey.start_thread(
        walk.luc, walk.space, "Which day suits you?", "Our class could call on Friday at ten."
    )
    journey.wait_for(walk.ana, thread, "Friday at ten")
    journey.reply(walk.ana, thread, "Ten in Lyon is nine in Aveiro: perfect.")
    journey.wait_for(walk.luc, thread, "perfect")
