"""A class at each school of the demonstration: cards, pupils who take part, work that waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scripts.demonstration import journey, photo, pupils
from scripts.demonstration.fleet import School
from scripts.demonstration.pupils import Card
from scripts.demonstration.strangers import Strangers


@dataclass(frozen=True)
class SampleClass:
    """A class of a school with the names of its pupils and their cards."""

    school: School
    name: str
    cards: Sequence[Card]
    names: Sequence[str]


_CLASSES = (
    ("ana", "5b", {"Mia Nowak": "Badger Nova", "Tomás Vasconcelos": "Beaver Orion"}),
    ("luc", "6e A", {"Léa Marchand": "Lynx Vega", "Hugo Perrichon": "Otter Luna"}),
    ("yann", "6e 2", {"Maël Kerguelen": "Falcon Iris", "Anna Bihannic": "Dolphin Atlas"}),
)
_SAID = {
    "Badger Nova": "Storks nest on every roof here. Mia Nowak counted nine.",
    "Beaver Orion": "I saw a flamingo on the ria, it was pink!",
    "Lynx Vega": "In Lyon we have swans and one heron at the lock.",
    "Otter Luna": "A cormorant dries its wings at the bridge.",
    "Falcon Iris": "Gulls steal our bread at the harbour.",
    "Dolphin Atlas": "There are gannets behind the island.",
}


def fill(walk: Strangers) -> list[SampleClass]:
    """Every class takes part. Of each a reply waits for its teacher, in Aveiro one with a name in
    it and a photo too; the second pupil's reply of each school is released."""
    thread = journey.start_thread(
        walk.luc, walk.space, "Birds", "Which birds do you see on your way to school?"
    )
    return [_fill(walk, thread, *one) for one in _CLASSES]


def let_out(one: SampleClass) -> str:
    """What the second pupil of a class wrote, which is released."""
    return _SAID[one.cards[-1].alias]


def _fill(
    walk: Strangers, thread: str, handle: str, name: str, names: Mapping[str, str]
) -> SampleClass:
    teacher, node = walk.visitor(handle), walk.node_of(handle)
    cards = pupils.print_cards(teacher, pupils.make_class(teacher, name, names))
    pupils.take_part(teacher, walk.space, len(cards))
    journey.wait_for(teacher, thread, "on your way to school")
    first, second = [cards[alias] for alias in names.values()]
    for card in (second, first):
        pupil = pupils.come_in(node.base, card)
        space = pupil.get("/c/home").link("/c/w/")
        place = pupil.get(space).link(thread.rpartition("/")[2])
        pupils.hand_in(pupil, place, _SAID[card.alias])
        if card is second:
            teacher.send(teacher.get(teacher.get("/held").link("/held/")), "/release")
            journey.wait_for(teacher, thread, _SAID[card.alias])
        elif teacher is walk.ana:
            name_of_file = "Mia Nowak at the Vouga.jpg"
            pupils.bring(pupil, space, name_of_file, photo.take(), "Our river at noon.")
    return SampleClass(node, name, [first, second], list(names))
