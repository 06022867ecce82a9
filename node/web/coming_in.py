"""What the pages of coming in share: the session that is opened, and three pictures one by one.

Without a script each picture is a button that sends the form; what was tapped before comes along
unseen, in a page that is kept nowhere.
"""

from dataclasses import dataclass

from aiohttp import web

from node.actions.context import CONTEXT
from node.classroom.second_step import CHOSEN, PICTURES
from node.web import sessions
from node.web.forms import Form
from node.web.i18n import later
from node.web.render import see_other

DAYS = 1
NAMES = {
    "apple": later("Apple"),
    "bike": later("Bicycle"),
    "bird": later("Bird"),
    "castle": later("Castle"),
    "cat": later("Cat"),
    "dog": later("Dog"),
    "fish": later("Fish"),
    "flower-2": later("Flower"),
    "moon": later("Moon"),
    "rabbit": later("Rabbit"),
    "rocket": later("Rocket"),
    "sailboat": later("Boat"),
    "star": later("Star"),
    "sun": later("Sun"),
    "turtle": later("Turtle"),
    "umbrella": later("Umbrella"),
}
STYLES = {
    "pictured": later("As younger pupils: an animal in each alias, such as Panda Nova"),
    "plain": later("As older pupils: plain aliases, such as Vega 27"),
}
SECOND_STEPS = {
    "none": later("The card alone"),
    "asked": later("The card, and then three pictures"),
}


@dataclass(frozen=True)
class Picking:
    """What was tapped so far, and, where it is to be shown once more, what was chosen before."""

    picked: tuple[str, ...] = ()
    first: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        return len(self.picked) == CHOSEN


def picking(form: Form) -> Picking:
    """What stands in a form of pictures; whatever is none of them is left out."""
    picked = [*form.values("picked"), form.value("picture")]
    return Picking(_known(picked), _known(form.values("first")))


def let_in(request: web.Request, token: str) -> web.Response:
    """The pupil's own pages, with the session that was opened."""
    base = request.app[CONTEXT].base
    answer = see_other("/c/home")
    sessions.put_token(answer, base, token, DAYS, sessions.PUPIL)
    sessions.drop_token(answer, base, sessions.HALFWAY)
    return answer


def _known(given: list[str]) -> tuple[str, ...]:
    return tuple(one for one in dict.fromkeys(given) if one in PICTURES)[:CHOSEN]
