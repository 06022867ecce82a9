"""Walls and cards, in every state."""

from tests.journeys.scene import at, press, see, unfold
from tests.journeys.state import MEND, state

WALLS = (
    state("walls", "/w/{space}/walls", at("ana", "{space}/walls"), see("Our questions")),
    state("new wall", "/w/{space}/walls/new", at("ana", "{space}/walls/new")),
    state(
        "new wall in vain",
        "/w/{space}/walls/new",
        at("ana", "{space}/walls/new"),
        press("Put it up"),
        MEND,
    ),
    state("wall", "/w/{space}/walls/{wall}", at("ana", "{wall}"), see("Do you swim in it?")),
    state(
        "wall with a card unfolded",
        "/w/{space}/walls/{wall}",
        at("luc", "{wall}"),
        unfold("details.more"),
        see("Take it off the wall"),
    ),
    state(
        "add a card in vain",
        "/w/{space}/walls/{wall}",
        at("ana", "{wall}"),
        press("Put it on the wall"),
        MEND,
    ),
    state("search a space", "/w/{space}/search", at("ana", "{space}/search")),
    state(
        "search a space with results",
        "/w/{space}/search",
        at("ana", "{space}/search?q=swim"),
        see("Do you swim in it?"),
    ),
    state(
        "search a space in vain",
        "/w/{space}/search",
        at("ana", "{space}/search?q=zeppelin"),
        see("Nothing in this space holds these words."),
    ),
    state("change a wall", "/w/{space}/walls/{wall}/edit", at("ana", "{wall}/edit")),
    state(
        "delete what stands on a card",
        "/w/{space}/cards/{card}/delete",
        at("ana", "{own_card}/delete"),
        see("every school of the project"),
    ),
    state("change a card", "/w/{space}/cards/{card}/edit", at("ana", "{card}")),
)
