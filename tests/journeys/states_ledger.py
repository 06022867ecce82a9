"""Copies of spaces and the ledger of erasures, in every state."""

from tests.journeys.scene import at, see
from tests.journeys.state import state

LEDGER = (
    state("copies", "/w/{space}/export", at("ana", "{space}/export"), see("Fetch the file")),
    state("copies, none", "/w/{space}/export", at("luc", "{space}/export"), see("no copy yet")),
    state(
        "erasures of a space",
        "/w/{space}/erasures",
        at("ana", "{space}/erasures"),
        see("Who confirmed what we deleted"),
    ),
    state("erasures", "/school/erasures", at("rosa", "/school/erasures"), see("confirmed by all")),
    state("erasures, none", "/school/erasures", at("eleni", "/school/erasures"), see("Nobody")),
)
