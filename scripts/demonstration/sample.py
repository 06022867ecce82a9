"""Sample content of the demonstration, made the way people make it."""

from scripts.demonstration import files, journey
from scripts.demonstration.strangers import Strangers

LIST = b"""Herons on the Vouga
Monday    3
Tuesday   5
Friday    4, and one stork
"""


def fill(walk: Strangers) -> None:
    """Accredited schools, teachers who found each other, a project of three schools that runs."""
    walk.endorse()
    walk.accredit()
    walk.find_a_stranger()
    walk.become_contacts()
    walk.answer_a_notice()
    journey.follow(walk.ana, f"luc@{walk.fleet.vert.address}")
    journey.publish(walk.luc, "We measured the river today.")
    journey.wait_for(walk.ana, "/home", "We measured the river today.")
    journey.write_message(walk.ana, walk.luc, "Bonjour Luc, shall we call on Friday?")
    walk.found()
    walk.write()
    walk.join()
    _work(walk)


def _work(walk: Strangers) -> None:
    ana, luc, space = walk.ana, walk.luc, walk.space
    thread = journey.start_thread(
        luc, space, "Which day suits you?", "Our class could call on Friday at ten."
    )
    journey.wait_for(ana, thread, "Friday at ten")
    journey.reply(ana, thread, "Ten in Lyon is nine in Aveiro: perfect.")
    journey.wait_for(luc, thread, "perfect")
    told = "We counted herons for a week; the list is with the materials."
    journey.write_update(ana, space, told)
    journey.wait_for(luc, space, told)
    address = files.bring(ana, space, LIST, "Herons.txt")
    files.keep(luc, address, LIST)
