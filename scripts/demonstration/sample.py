"""Sample content of the demonstration, made the way people make it."""

from scripts.demonstration import classes, files, journey, paper
from scripts.demonstration.classes import SampleClass
from scripts.demonstration.strangers import Strangers

LIST = b"""Herons on the Vouga
Monday    3
Tuesday   5
Friday    4, and one stork
"""


def fill(walk: Strangers) -> list[SampleClass]:
    """Accredited schools, teachers who found each other, a project of three schools that runs, and
    their classes."""
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
    return classes.fill(walk)


def _work(walk: Strangers) -> None:
    ana, luc, space = walk.ana, walk.luc, walk.space
    thread = journey.start_thread(
        luc, space, "Which day suits you?", "Our class could call on Friday at ten."
    )
    journey.wait_for(ana, thread, "Friday at ten")
    journey.reply(ana, thread, "Ten in Lyon is nine in Aveiro: perfect.")
    journey.wait_for(luc, thread, "perfect")
    page = paper.begin(ana, space, "What our rivers do")
    paper.add(ana, page, "heading", text="How high the water stands")
    first = paper.add(ana, page, "paragraph", text="In Aveiro we measure at the old bridge.")
    journey.wait_for(luc, page, "at the old bridge")
    paper.add(luc, page, "table", text="Day | Aveiro | Lyon\nMonday | 1.2 m | 2.4 m")
    changed = "In Aveiro we measure at the old bridge, in Lyon at the lock."
    paper.change(luc, luc.get(f"{first}/edit"), text=changed)
    journey.wait_for(ana, page, "in Lyon at the lock")
    told = "We counted herons for a week; the list is with the materials."
    journey.write_update(ana, space, told)
    journey.wait_for(luc, space, told)
    address = files.bring(ana, space, LIST, "Herons.txt")
    files.keep(luc, address, LIST)
