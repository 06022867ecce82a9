"""A class at a school of a shared space, made through the very actions that a teacher uses."""

from dataclasses import dataclass
from datetime import date

from node.classroom import entry, handing_out, roster, taking_part
from node.classroom.handing_out import PrintedCard
from node.classroom.roster import Newcomer, names_of
from node.storage.accounts import Account
from node.vault.pupils import Pupil
from tests.node.spaces.schools import Shared
from tests.nodes import Node, settle

LAST_DAY = date(2027, 7, 31)
MIA = names_of(display="Mia Nowak-Reis", given="Mia", family="Nowak", login="mia.n")
TOM = names_of(display="Tomé Prata")


@dataclass
class School:
    """A node with a class of its own, and the teacher who looks after it."""

    node: Node
    teacher: Account
    class_: int
    pupils: dict[str, Pupil]
    cards: dict[str, PrintedCard]


async def make_class(node: Node, teacher: Account) -> School:
    """A class of three: two with names, one with nothing but an alias; with their cards."""
    class_ = await roster.make_class(
        node.room, teacher, name="5b", language="en", last_day=LAST_DAY
    )
    newcomers = [
        Newcomer("Panda Nova", MIA),
        Newcomer("Tiger Vega", TOM),
        Newcomer("Koala Orion", names_of(display="")),
    ]
    await roster.add_pupils(node.room, teacher, class_, newcomers)
    sheet = await handing_out.make_cards(node.room, teacher, class_)
    opened = await roster.open_class(node.room, teacher, class_)
    return School(
        node,
        teacher,
        class_,
        {one.pupil.alias: one.pupil for one in opened.known},
        {one.alias: one for one in sheet.cards},
    )


@dataclass
class Twinned:
    """A space of two schools in which a class of alpha takes part."""

    shared: Shared
    alpha: School

    @property
    def space(self) -> str:
        return self.shared.space


async def twin(shared: Shared) -> Twinned:
    """Mia and whoever has an alias alone take part; Tomé does not."""
    alpha = await make_class(shared.alpha, shared.ana)
    chosen = [alpha.pupils[one].id for one in ("Panda Nova", "Koala Orion")]
    await taking_part.choose(shared.alpha.room, shared.ana, shared.space, chosen)
    await settle(shared.alpha, shared.beta)
    return Twinned(shared, alpha)


async def sign_in(school: School, alias: str) -> Pupil:
    """The pupil who came in by the card."""
    token = school.cards[alias].address.partition("#")[2]
    opened = (await entry.sign_in_by_card(school.node.room, token)).token
    found = await entry.recognise(school.node.room, opened)
    assert found is not None
    return found.pupil
