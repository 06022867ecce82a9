"""Copies of spaces and the ledger of erasures, in every state."""

from tests.journeys.scene import at, forget, press, see
from tests.journeys.state import state

LEDGER = (
    state("copies", "/w/{space}/export", at("ana", "{space}/export"), see("Fetch the file")),
    state("copies, none", "/w/{space}/export", at("luc", "{space}/export"), see("no copy yet")),
    state(
        "erasures of a space",
        "/w/{space}/erasures",
        at("ana", "{space}/erasures"),
        see("others wrote further on it"),
    ),
    state(
        "leftovers",
        "/w/{space}/leftovers",
        at("luc", "{space}/leftovers"),
        see("Nothing of it is in there"),
    ),
    state(
        "leftovers, none",
        "/w/{space}/leftovers",
        at("ana", "{space}/leftovers"),
        see("Nothing waits"),
    ),
    state(
        "leftovers, to delete",
        "/w/{space}/leftovers/{item}/delete",
        at("luc", "{space}/leftovers/{leftover}/delete"),
        see("Delete what our school wrote here?"),
    ),
    state(
        "leftovers, changed meanwhile",
        "/w/{space}/leftovers/{item}/clear",
        at("luc", "{space}/leftovers"),
        forget("seen"),
        press("Nothing of it is in there"),
        see("Somebody has changed this since"),
    ),
    state("erasures", "/school/erasures", at("rosa", "/school/erasures"), see("confirmed by all")),
    state("erasures, none", "/school/erasures", at("eleni", "/school/erasures"), see("Nobody")),
)
