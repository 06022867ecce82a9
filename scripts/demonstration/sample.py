"""Sample content of the demonstration, made the way people make it."""

from scripts.demonstration import journey
from scripts.demonstration.check import Walk
from scripts.demonstration.strangers import Strangers


def fill(strangers: Strangers) -> None:
    """Accredited schools, two teachers who know each other, a project that runs."""
    strangers.endorse()
    strangers.accredit()
    walk = Walk(strangers.fleet.azul, strangers.fleet.vert)
    walk.approve_partners()
    walk.sign_in()
    walk.follow()
    walk.become_contacts()
    walk.write_a_message()
    walk.found_a_project()
    walk.post_here_see_there()
    walk.reply_there_see_here()
    thread = journey.start_thread(
        walk.luc, walk.space, "Which day suits you?", "Our class could call on Friday at ten."
    )
    journey.wait_for(walk.ana, thread, "Friday at ten")
    journey.reply(walk.ana, thread, "Ten in Lyon is nine in Aveiro: perfect.")
    journey.wait_for(walk.luc, thread, "perfect")
